//! Bringing Markdown files into the database.

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};

use anyhow::Context;
use chrono::{NaiveTime, Utc};
use examples::blog::{Post, excerpt_of};
use indicatif::ProgressBar;
use model_runtime::prelude::*;
use serde::Serialize;

use crate::authors::{self, Signed, SignedSource};
use crate::document::Document;
use crate::output;
use crate::source::Source;

/// How many new posts are written at once.
const CHUNK: usize = 100;

/// What an import did.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    pub created: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Index files of sections, and posts that were deleted here: an import does not bring them back.
    pub skipped: usize,
    pub failed: Vec<Failure>,
}

/// A file that could not be imported.
#[derive(Debug, Serialize)]
pub struct Failure {
    pub file: String,
    pub reason: String,
}

enum Done {
    Created,
    Updated,
    Unchanged,
    Skipped,
}

/// Writes what is new and what has changed since the last import.
pub async fn run(sources: Vec<Source>, db: &Pool, progress: &ProgressBar) -> anyhow::Result<Summary> {
    progress.set_length(sources.len() as u64);
    let mut known = known(db).await?;
    let mut new = Vec::new();
    let mut summary = Summary::default();
    for SignedSource { path, document } in authors::sign(sources, db).await? {
        let done = match (document, known.get_mut(&path)) {
            (Ok(Some(signed)), None) => {
                new.push((path, signed));
                continue;
            }
            (Ok(Some(_)), Some(post)) if post.is_deleted() => Ok(Done::Skipped),
            (Ok(Some(signed)), Some(post)) => update(post, &signed, db).await,
            (Ok(None), _) => Ok(Done::Skipped),
            (Err(error), _) => Err(error),
        };
        summary.count(path, done);
        progress.inc(1);
    }
    for chunk in new.chunks(CHUNK) {
        let posts = create(chunk, db).await;
        for ((path, signed), post) in chunk.iter().zip(posts) {
            summary.count(path.clone(), finish(post, &signed.document, db).await);
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    Ok(summary)
}

/// The posts that came from files, by the path of the file.
async fn known(db: &Pool) -> Result<HashMap<String, Post>> {
    let imported = Post::objects().all_with_deleted().filter(|p| p.source_path.is_not_null());
    let mut posts = imported.fetch_all(db).await?;
    // Of several posts with one path only one is live; as the last it is the one that stays in the map.
    posts.sort_by_key(|post| !post.is_deleted());
    Ok(posts.into_iter().filter_map(|post| Some((post.source_path.clone()?, post))).collect())
}

/// Writes what differs between a post and its file. What was done to the post here, such as archiving it, stays.
async fn update(post: &mut Post, signed: &Signed, db: &Pool) -> anyhow::Result<Done> {
    let Signed { document, author_id } = signed;
    if post.excerpt == excerpt_of(&post.content) {
        // It was made from the old content; left empty it is made again.
        post.excerpt.clear();
    }
    post.title.clone_from(&document.title);
    post.description.clone_from(&document.description);
    post.content.clone_from(&document.content);
    post.author_id = *author_id;
    post.authors = document.authors.join(", ");
    if let Some(day) = document.posted_on {
        post.posted_on = day;
    }
    // Nobody writes these here, so they too are made again. The slug is not: it is the post's address.
    post.seo_title.clear();
    post.seo_description.clear();
    let written = post.save(db).await? | add_aliases(post, document, db).await?;
    Ok(if written { Done::Updated } else { Done::Unchanged })
}

/// Writes new posts, and says for each of them how that went.
async fn create(new: &[(String, Signed)], db: &Pool) -> Vec<Result<Post>> {
    let posts = new.iter().map(|(path, signed)| post(path, signed)).collect();
    if let Ok(posts) = Post::bulk_create(posts, db).await {
        return posts.into_iter().map(Ok).collect();
    }
    // Nothing was written, because of at least one of them. One by one it shows which.
    let mut posts = Vec::with_capacity(new.len());
    for (path, signed) in new {
        let mut post = post(path, signed);
        posts.push(post.insert(db).await.map(|_| post));
    }
    posts
}

/// A published post from a file.
fn post(path: &str, signed: &Signed) -> Post {
    let Signed { document, author_id } = signed;
    let day = document.posted_on.unwrap_or_else(|| Utc::now().date_naive());
    let mut post = Post::builder()
        .title(document.title.as_str())
        .description(document.description.as_str())
        .content(document.content.as_str())
        .author_id(*author_id)
        .authors(document.authors.join(", "))
        .source_path(path.to_owned())
        .posted_on(day)
        .build();
    // It is as old as its date says, not as this import.
    post.created_at = day.and_time(NaiveTime::MIN).and_utc();
    post.published_at = Some(post.created_at);
    post.status = PublishStatus::Published;
    post
}

/// The part of a new post that needs the post to be there.
async fn finish(post: Result<Post>, document: &Document, db: &Pool) -> anyhow::Result<Done> {
    add_aliases(&post?, document, db).await?;
    Ok(Done::Created)
}

/// Makes the post reachable under the paths that the file lists; says whether one of them was new.
async fn add_aliases(post: &Post, document: &Document, db: &Pool) -> anyhow::Result<bool> {
    let mut added = false;
    for alias in &document.aliases {
        let new = post.add_slug_alias(alias, db).await.with_context(|| format!("the alias {alias:?}"))?;
        added |= new;
    }
    Ok(added)
}

impl Summary {
    fn count(&mut self, file: String, done: anyhow::Result<Done>) {
        match done {
            Ok(Done::Created) => self.created += 1,
            Ok(Done::Updated) => self.updated += 1,
            Ok(Done::Unchanged) => self.unchanged += 1,
            Ok(Done::Skipped) => self.skipped += 1,
            Err(error) => self.failed.push(Failure { file, reason: output::one_line(&error) }),
        }
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.failed.is_empty() {
            let mut table = output::table(&["Failed", "Because"]);
            table.add_rows(self.failed.iter().map(|failure| [&failure.file, &failure.reason]));
            writeln!(f, "{table}")?;
        }
        let Self { created, updated, unchanged, skipped, failed } = self;
        let failed = failed.len();
        write!(
            f,
            "{created} created, {updated} updated, {unchanged} unchanged, {skipped} skipped, {failed} failed"
        )
    }
}
