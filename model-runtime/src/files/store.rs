//! Where files lie: a folder, memory or a bucket.

use std::fmt;
use std::io;
use std::path::Path as Folder;
use std::str::FromStr;
use std::sync::Arc;

use chrono::format::StrftimeItems;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{Attribute, Attributes, ObjectStore, ObjectStoreExt, ObjectStoreScheme, PutOptions};
use uuid::Uuid;

use super::StoredFile;
use super::stored_file::refuse_path;
use crate::clock;
use crate::error::{Error, Result, ValidationErrors};

/// A store of files. Cloning it is cheap.
///
/// ```
/// use model_runtime::files::FileStore;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
/// let store = FileStore::from_url("memory:///", [])?;
/// let file = store.put("reports/%Y/%m/%d/", "txt", "text/plain", "All is well").await?;
/// assert_eq!(store.read(&file).await?, b"All is well");
/// store.remove(&file).await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct FileStore {
    objects: Arc<dyn ObjectStore>,
    /// Whether it keeps the content type of a file. A folder does not.
    keeps_type: bool,
}

impl fmt::Debug for FileStore {
    /// Without the credentials that a bucket's store holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileStore({})", self.objects)
    }
}

impl FileStore {
    /// A folder, which is made if it is missing. Files are flushed to disk before [`put`](Self::put) returns.
    ///
    /// # Errors
    /// [`Error::Storage`] where the folder can be neither found nor made.
    pub fn local(folder: impl AsRef<Folder>) -> Result<Self> {
        std::fs::create_dir_all(&folder).map_err(|error| {
            storage(format!("the folder {:?} cannot be made: {error}", folder.as_ref().display()))
        })?;
        let objects = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { objects: Arc::new(objects), keeps_type: false })
    }

    /// The store that a URL names: `file:///folder`, `memory:///`, or with the cargo feature `s3` `s3://bucket/prefix`.
    ///
    /// The options are those of [object_store](https://docs.rs/object_store/0.14/object_store/aws/enum.AmazonS3ConfigKey.html)
    /// for S3, such as `("region", "eu-central-1")`, `("access_key_id", …)` and `("endpoint", …)`; none for the others.
    /// The environment is not read.
    ///
    /// # Errors
    /// [`Error::Storage`] where the URL names no such store, or an option is not known.
    pub fn from_url<'o>(url: &str, options: impl IntoIterator<Item = (&'o str, &'o str)>) -> Result<Self> {
        let options: Vec<_> = options.into_iter().collect();
        let url_scheme = scheme_of(url);
        let url = parsed(url)?;
        let unknown = || {
            storage(format!(
                "{url_scheme}: is none of this build's stores; use file:///folder, memory:/// or s3://bucket/prefix, \
                 and for S3 enable the cargo feature `s3` of model-runtime"
            ))
        };
        let (scheme, prefix) = ObjectStoreScheme::parse(&url).map_err(|_| unknown())?;
        match scheme {
            ObjectStoreScheme::Local | ObjectStoreScheme::Memory if !options.is_empty() => {
                Err(storage(format!("a store at {url_scheme}: takes no options; leave them out")))
            }
            ObjectStoreScheme::Local => {
                let folder = url.to_file_path().map_err(|()| storage(format!("{url} names no folder")))?;
                Self::local(folder)
            }
            ObjectStoreScheme::Memory => Ok(Self::prefixed(InMemory::new(), prefix)),
            #[cfg(feature = "s3")]
            ObjectStoreScheme::AmazonS3 => {
                options.iter().try_for_each(|(option, _)| known_to_s3(option))?;
                let (objects, prefix) = object_store::parse_url_opts(&url, options)?;
                Ok(Self::prefixed(objects, prefix))
            }
            _ => Err(unknown()),
        }
    }

    fn prefixed(objects: impl ObjectStore, prefix: Path) -> Self {
        Self { objects: Arc::new(PrefixStore::new(objects, prefix)), keeps_type: true }
    }

    /// Stores a new file in `folder`, with the parts of today's date (`"avatars/%Y/%m/%d/"`, UTC) filled in. Its name is
    /// random; `extension` and `content_type` are what the caller knows the content to be, not what a client says.
    ///
    /// The file may be stored where the future is dropped.
    ///
    /// # Errors
    /// [`Error::Validation`] naming `path` where the folder or the extension makes no path, `content_type` where it is
    /// none; else [`Error::Storage`].
    pub async fn put(
        &self,
        folder: &str,
        extension: &str,
        content_type: &str,
        bytes: impl Into<Vec<u8>> + Send,
    ) -> Result<StoredFile> {
        let bytes = bytes.into();
        let file = named(folder, extension, content_type, bytes.len())?;
        self.write(&file, bytes).await?;
        Ok(file)
    }

    /// Stores a file under the name that it has.
    pub(crate) async fn write(&self, file: &StoredFile, bytes: Vec<u8>) -> Result<()> {
        let mut attributes = Attributes::new();
        if self.keeps_type {
            attributes.insert(Attribute::ContentType, file.content_type().to_owned().into());
        }
        let options = PutOptions { attributes, ..PutOptions::default() };
        self.objects.put_opts(&location(file.path())?, bytes.into(), options).await?;
        Ok(())
    }

    /// The content of a file.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is missing, else [`Error::Storage`].
    pub async fn read(&self, file: &StoredFile) -> Result<Vec<u8>> {
        self.read_path(file.path()).await
    }

    /// The content of the file at a path that may come from a client, as in the URL of a picture.
    ///
    /// # Errors
    /// [`Error::Validation`] naming `path` where it is none inside the store (see [`StoredFile::new`]),
    /// [`Error::NotFound`] where there is no file, else [`Error::Storage`].
    pub async fn read_path(&self, path: &str) -> Result<Vec<u8>> {
        let content = async { self.objects.get(&location(path)?).await?.bytes().await.map_err(Error::from) };
        match content.await {
            Ok(bytes) => Ok(bytes.into()),
            Err(Error::Storage(error)) if is_missing(&error) => {
                Err(Error::NotFound { model: "file", what: path.to_owned() })
            }
            Err(error) => Err(error),
        }
    }

    /// Removes a file. A missing one is no error.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn remove(&self, file: &StoredFile) -> Result<()> {
        match self.objects.delete(&location(file.path())?).await {
            Err(error) if !is_missing(&error) => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// A new file's path and description.
pub(crate) fn named(folder: &str, extension: &str, content_type: &str, size: usize) -> Result<StoredFile> {
    let folder = match StrftimeItems::new(folder).parse() {
        Ok(items) => clock::now().format_with_items(items.iter()).to_string(),
        Err(_) => return Err(invalid_path("has a `%` that is no part of a date; use `%Y`, `%m` or `%d`")),
    };
    let path = format!("{folder}{}.{extension}", Uuid::new_v4().simple());
    StoredFile::new(path, size as u64, content_type)
}

/// The path as the store takes it.
fn location(path: &str) -> Result<Path> {
    match refuse_path(path) {
        Some(why) => Err(invalid_path(why)),
        None => Ok(Path::parse(path).map_err(object_store::Error::from)?),
    }
}

fn invalid_path(why: &'static str) -> Error {
    let mut errors = ValidationErrors::new("StoredFile");
    errors.add("path", why);
    Error::Validation(errors)
}

/// Whether there is no such file. A folder's store does not say so where a part of the path is a file.
fn is_missing(error: &object_store::Error) -> bool {
    let causes = std::iter::successors(std::error::Error::source(error), |error| error.source());
    let mut errors = causes.filter_map(|error| error.downcast_ref::<io::Error>());
    matches!(error, object_store::Error::NotFound { .. })
        || errors.any(|error| error.kind() == io::ErrorKind::NotADirectory)
}

/// Refuses an option that object_store would pass over.
#[cfg(feature = "s3")]
fn known_to_s3(option: &str) -> Result<()> {
    match option.to_ascii_lowercase().parse::<object_store::aws::AmazonS3ConfigKey>() {
        Ok(_) => Ok(()),
        Err(_) => {
            Err(storage(format!("{option:?} is no option of S3; see AmazonS3ConfigKey of object_store")))
        }
    }
}

/// Parses what the context wants: object_store does not export its type of a URL.
fn parsed<T: FromStr<Err: fmt::Display>>(url: &str) -> Result<T> {
    let parsed = url.parse();
    parsed.map_err(|error| storage(format!("{:?}… is no URL: {error}", scheme_of(url))))
}

/// What an error tells of a URL, which may have a password.
fn scheme_of(url: &str) -> &str {
    url.split_once(':').map_or("", |(scheme, _)| scheme)
}

fn storage(why: String) -> Error {
    Error::Storage(object_store::Error::Generic { store: "FileStore", source: why.into() })
}
