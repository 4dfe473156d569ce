//! Files that a row refers to: [`StoredFile`] is the field's type. With the cargo feature `files` come the store
//! (`FileStore`: a folder or, with the feature `s3`, a bucket) and what makes an upload a picture (`PictureRules`).

#[cfg(feature = "files")]
mod picture;
#[cfg(feature = "files")]
mod store;
mod stored_file;

#[cfg(feature = "files")]
pub use picture::{Picture, PictureRules};
#[cfg(feature = "files")]
pub use store::FileStore;
#[cfg(all(feature = "files", feature = "users"))]
pub(crate) use store::named;
pub use stored_file::StoredFile;
