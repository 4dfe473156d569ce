//! What a side can do. A side is connected once for each case.

use std::future::Future;

use anyhow::Result;
use uuid::Uuid;

use crate::case::Case;
use crate::rows::{Draft, Editor, Last};

/// A way to work with the database: this library, another, or by hand. The clock runs around each call, so that
/// whatever a call returns is dropped behind it.
pub trait Peer: Clone + Send + Sync + 'static {
    /// A row of `posts`.
    type Post: Send + Sync;
    /// A row of `posts` with one of `authors`.
    type Joined: Send;
    /// A row of `articles`.
    type Article: Send;
    /// A place in the list of posts, behind which a page begins.
    type Place: Send + Sync;

    /// Whether a call blocks its thread.
    const BLOCKS: bool = false;

    /// Connects to `url`, with at most that many connections.
    fn connect(url: &str, connections: u32) -> impl Future<Output = Result<Self>> + Send;

    /// Why it has no such case, where it has none.
    fn lacks(&self, _case: Case) -> Option<&'static str> {
        None
    }

    /// A post by its key.
    fn get(&self, id: Uuid) -> impl Future<Output = Result<Self::Post>> + Send;

    /// The newest posts.
    fn list(&self, limit: u64) -> impl Future<Output = Result<Vec<Self::Post>>> + Send;

    /// The newest 100 posts with their authors.
    fn joined(&self) -> impl Future<Output = Result<Vec<Self::Joined>>> + Send;

    /// How many posts there are.
    fn count(&self) -> impl Future<Output = Result<u64>> + Send;

    /// The place behind a row.
    fn place(&self, last: &Last) -> impl Future<Output = Result<Self::Place>> + Send;

    /// The newest 20 posts behind a place.
    fn page(&self, behind: Option<&Self::Place>) -> impl Future<Output = Result<Vec<Self::Post>>> + Send;

    /// Reads all posts one after another: how many, and how many characters of text.
    fn stream(&self) -> impl Future<Output = Result<(u64, u64)>> + Send;

    /// Writes a new post.
    fn insert(&self, draft: Draft) -> impl Future<Output = Result<Self::Post>> + Send;

    /// Writes new posts, all or none.
    fn bulk_create(&self, drafts: Vec<Draft>) -> impl Future<Output = Result<u64>> + Send;

    /// Gives a post that title and saves it. A post that is gone is an error, also for whoever writes only what differs.
    fn save(&self, post: &mut Self::Post, title: String) -> impl Future<Output = Result<()>> + Send;

    /// Takes pieces from the stock of a product, if that many are there.
    fn sell(&self, product: Uuid, pieces: i32) -> impl Future<Output = Result<bool>> + Send;

    /// The same, and what is left, where it happened.
    fn sell_and_read(&self, product: Uuid, pieces: i32) -> impl Future<Output = Result<Option<i32>>> + Send;

    /// An article by its key.
    fn article(&self, id: Uuid) -> impl Future<Output = Result<Self::Article>> + Send;

    /// Writes a new article and an audit row.
    fn audited_create(&self, draft: Draft, by: &Editor)
    -> impl Future<Output = Result<Self::Article>> + Send;

    /// Writes a change of an article, with an entry of its change log and an audit row.
    fn audited_write(
        &self,
        article: &mut Self::Article,
        change: Change,
        by: &Editor,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Deletes all drafts softly, with an audit row for each.
    fn delete_drafts(&self, by: &Editor) -> impl Future<Output = Result<u64>> + Send;
}

/// What becomes of an article.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It gets that title.
    Title(String),
    /// It is published.
    Publish,
    /// It is deleted softly.
    Delete,
    /// It lives again.
    Restore,
}

impl Change {
    /// What an audit row calls it.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Title(_) => "update",
            Self::Publish => "publish",
            Self::Delete => "delete",
            Self::Restore => "restore",
        }
    }
}

/// Writes a change into a row with the fields of an article.
#[macro_export]
macro_rules! apply {
    ($change:expr, $row:expr, $now:expr, $published:expr) => {{
        match $change {
            $crate::Change::Title(title) => $row.title = title,
            $crate::Change::Publish => {
                $row.status = $published;
                $row.published_at = Some($now);
            }
            $crate::Change::Delete => $row.deleted_at = Some($now),
            $crate::Change::Restore => $row.deleted_at = None,
        }
        $row.updated_at = $now;
    }};
}

/// What differs between two rows with the fields of an article, by field.
#[macro_export]
macro_rules! changes {
    ($old:expr, $new:expr) => {
        $crate::changes!(@ $old, $new, title slug content excerpt author_id category_id views_count featured
            rating status published_at deleted_at)
    };
    (@ $old:expr, $new:expr, $($field:ident)*) => {{
        let mut changes = $crate::serde_json::Map::new();
        $(if $old.$field != $new.$field {
            changes.insert(
                stringify!($field).to_owned(),
                $crate::serde_json::json!({ "old": $old.$field, "new": $new.$field }),
            );
        })*
        changes
    }};
}

/// What an audit row tells of a new article.
#[macro_export]
macro_rules! all_new {
    ($new:expr) => {
        $crate::all_new!(@ $new, title slug content excerpt author_id category_id views_count featured rating status)
    };
    (@ $new:expr, $($field:ident)*) => {{
        let mut changes = $crate::serde_json::Map::new();
        $(changes.insert(
            stringify!($field).to_owned(),
            $crate::serde_json::json!({ "old": null, "new": $new.$field }),
        );)*
        changes
    }};
}
