//! Stored files: the field's type, the store, what makes an upload a picture, and users' avatars.

#[path = "files/avatar.rs"]
mod avatar;
#[path = "files/avatar_faults.rs"]
mod avatar_faults;
#[path = "files/avatar_order.rs"]
mod avatar_order;
#[path = "files/fixtures.rs"]
mod fixtures;
#[path = "files/picture.rs"]
mod picture;
#[path = "files/picture_refused.rs"]
mod picture_refused;
#[path = "files/scene.rs"]
mod scene;
#[path = "files/store.rs"]
mod store;
#[path = "files/stored_file.rs"]
mod stored_file;
