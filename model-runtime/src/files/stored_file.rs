//! A field's type for a file: where it lies in its store, its size and what it is.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::backend::ColumnReader;
use crate::canonical_json::canonical_json;
use crate::checked::Fits;
use crate::error::{Error, Result, ValidationErrors};
use crate::field::{BoxError, FieldType};
use crate::table::ColumnDef;
use crate::value::{Kind, Value};

/// Longest path, in bytes: what S3 takes.
const PATH_LENGTH: usize = 1024;
/// Longest segment of a path, in bytes: what file systems take.
const SEGMENT_LENGTH: usize = 255;
/// Longest content type, in bytes.
const CONTENT_TYPE_LENGTH: usize = 255;

/// A file in a store, as a row refers to it. The column is JSON (`JSONB`; text on SQLite).
///
/// ```
/// use model_runtime::files::StoredFile;
///
/// let file = StoredFile::new("avatars/2026/01/31/one.png", 1_024, "image/png")?;
/// assert_eq!(file.path(), "avatars/2026/01/31/one.png");
/// assert!(StoredFile::new("../etc/passwd", 1_024, "text/plain").is_err());
/// # Ok::<(), model_runtime::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct StoredFile {
    path: String,
    size: u64,
    content_type: String,
}

/// A [`StoredFile`] as it was written, whoever wrote it.
#[derive(Deserialize)]
struct Unchecked {
    path: String,
    size: u64,
    content_type: String,
}

impl TryFrom<Unchecked> for StoredFile {
    type Error = Error;

    fn try_from(file: Unchecked) -> Result<Self> {
        Self::new(file.path, file.size, file.content_type)
    }
}

impl StoredFile {
    /// A file that is in the store already, such as one of an older site; `size` in bytes.
    ///
    /// # Errors
    /// [`Error::Validation`] naming `path` where it could lead out of the store (absolute, empty, with an empty, `.` or
    /// `..` segment, a backslash, or another character that a file system or a URL gives a meaning), and `content_type`
    /// where it is none.
    pub fn new(path: impl Into<String>, size: u64, content_type: impl Into<String>) -> Result<Self> {
        let (path, content_type) = (path.into(), content_type.into());
        let mut errors = ValidationErrors::new("StoredFile");
        if let Some(why) = refuse_path(&path) {
            errors.add("path", why);
        }
        if !is_content_type(&content_type) {
            errors.add("content_type", "is no content type; use one such as `image/png`");
        }
        errors.into_result()?;
        Ok(Self { path, size, content_type })
    }

    /// Where it lies, from the root of its store: `avatars/2026/01/31/….png`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What it is: `image/png`. It is fit for a header of a response.
    pub fn content_type(&self) -> &str {
        &self.content_type
    }
}

/// Why a path is none of a file inside a store. `%` is refused since somebody may decode `%2e%2e`.
pub(super) fn refuse_path(path: &str) -> Option<&'static str> {
    const MEANS_SOMETHING: &[char] = &['\\', '%', '#', '?', ':', '*', '"', '<', '>', '|'];
    if path.is_empty() {
        return Some("is empty; name a file, as in `avatars/2026/01/31/one.png`");
    }
    if path.starts_with('/') {
        return Some("is absolute; name the file from the root of the store, without the leading `/`");
    }
    if path.contains(|c: char| c.is_control() || MEANS_SOMETHING.contains(&c)) {
        return Some("contains a control character or one of `\\ % # ? : * \" < > |`; leave it out");
    }
    if path.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return Some("has an empty, `.` or `..` segment; name the file from the root of the store");
    }
    if path.len() > PATH_LENGTH || path.split('/').any(|segment| segment.len() > SEGMENT_LENGTH) {
        return Some("is too long; 1024 bytes are allowed, 255 between two `/`");
    }
    None
}

fn is_content_type(text: &str) -> bool {
    text.len() <= CONTENT_TYPE_LENGTH
        && text.contains('/')
        && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

#[diagnostic::do_not_recommend]
impl FieldType for StoredFile {
    const KIND: Kind = Kind::Json;

    fn to_value(&self) -> Value<'_> {
        match canonical_json(self) {
            Ok(text) => Value::Json(Cow::Owned(text)),
            Err(error) => Value::Invalid(format!("cannot be written as JSON: {error}")),
        }
    }

    fn read<'r, R: ColumnReader<'r>>(reader: R, _: &ColumnDef) -> Result<Self, BoxError> {
        reader.json()
    }
}

#[cfg(feature = "sqlite")]
impl Fits<sqlx::Sqlite, String> for StoredFile {}
#[cfg(feature = "postgres")]
impl Fits<sqlx::Postgres, serde_json::Value> for StoredFile {}
