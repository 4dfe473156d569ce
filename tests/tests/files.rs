//! Stored files: the field's type, the store, and what makes an upload a picture.

#[path = "files/fixtures.rs"]
mod fixtures;
#[path = "files/picture.rs"]
mod picture;
#[path = "files/picture_refused.rs"]
mod picture_refused;
#[path = "files/store.rs"]
mod store;
#[path = "files/stored_file.rs"]
mod stored_file;
