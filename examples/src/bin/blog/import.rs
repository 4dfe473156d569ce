//! Bringing Markdown files into the database.

use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Display, Formatter};

use anyhow::Context;
use chrono::{NaiveTime, Utc};
use examples::blog::{Post, Tag, excerpt_of};
use indicatif::ProgressBar;
use model_runtime::Transaction;
use model_runtime::prelude::*;
use serde::Serialize;

use crate::document::Document;
use crate::output;
use crate::resolve::{Resolved, ResolvedSource, resolve};
use crate::source::Source;
use crate::topics::{Filing, Topics};

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

/// Writes what is new and what has changed since the last import: of each file all or nothing, but for the users who
/// signed it.
pub async fn run(sources: Vec<Source>, db: &Pool, progress: &ProgressBar) -> anyhow::Result<Summary> {
    progress.set_length(sources.len() as u64);
    let mut known = known(db).await?;
    let mut topics = Topics::known(db).await?;
    let (mut plain, mut new) = (Vec::new(), Vec::new());
    let mut summary = Summary::default();
    for ResolvedSource { path, document } in resolve(sources, db).await? {
        let done = match (document, known.get_mut(&path)) {
            (Ok(Some(resolved)), None) => {
                let document = &resolved.document;
                if document.tags.is_empty() && document.aliases.is_empty() && topics.know(document) {
                    let post = post(&path, &resolved, &topics.find(document));
                    plain.push((path, post));
                } else {
                    new.push((path, resolved));
                }
                continue;
            }
            (Ok(Some(_)), Some((post, _))) if post.is_deleted() => Ok(Done::Skipped),
            (Ok(Some(resolved)), Some((post, tags))) => update(post, tags, &resolved, &mut topics, db).await,
            (Ok(None), _) => Ok(Done::Skipped),
            (Err(error), _) => Err(error),
        };
        summary.count(path, done);
        progress.inc(1);
    }
    for chunk in plain.chunks(CHUNK) {
        for ((path, _), created) in chunk.iter().zip(create_plain(chunk, db).await) {
            summary.count(path.clone(), created.map(|()| Done::Created).map_err(Into::into));
            progress.inc(1);
        }
    }
    for (path, resolved) in new {
        let created = create(&path, &resolved, &mut topics, db).await;
        summary.count(path, created.map(|()| Done::Created));
        progress.inc(1);
    }
    summary.failed.sort_by(|a, b| a.file.cmp(&b.file));
    progress.finish_and_clear();
    Ok(summary)
}

/// The posts that came from files, with their tags, by the path of the file.
async fn known(db: &Pool) -> Result<HashMap<String, (Post, Vec<Tag>)>> {
    let imported = Post::objects().all_with_deleted().filter(|p| p.source_path.is_not_null());
    let mut posts = imported.prefetch_many(Post::TAGS, Tag::objects()).fetch_all(db).await?;
    // Of several posts with one path only one is live; as the last it is the one that stays in the map.
    posts.sort_by_key(|(post, _)| !post.is_deleted());
    Ok(posts.into_iter().filter_map(|known| Some((known.0.source_path.clone()?, known))).collect())
}

/// Writes what differs between a post and its file. What was done to the post here, such as archiving it, stays.
async fn update(
    post: &mut Post,
    tags: &[Tag],
    resolved: &Resolved,
    topics: &mut Topics,
    db: &Pool,
) -> anyhow::Result<Done> {
    let Resolved { document, author_id } = resolved;
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
    let found = topics.find(document);
    post.category_id = found.category_id();
    let written = if topics.know(document) && document.aliases.is_empty() && ids(tags) == ids(&found.tags) {
        post.save(db).await?
    } else {
        let mut transaction = db.begin().await?;
        let filing = topics.find_or_make(document, &mut transaction).await?;
        post.category_id = filing.category_id();
        let written = post.save(&mut transaction).await?
            | (ids(tags) != ids(&filing.tags) && post.tags().set(&filing.tags, &mut transaction).await? > 0)
            | add_aliases(post, document, &mut transaction).await?;
        transaction.commit().await?;
        topics.learn(filing);
        written
    };
    Ok(if written { Done::Updated } else { Done::Unchanged })
}

fn ids(tags: &[Tag]) -> BTreeSet<Uuid> {
    tags.iter().map(|tag| tag.id).collect()
}

/// Writes new posts that are one row each, and says for each of them how that went.
async fn create_plain(new: &[(String, Post)], db: &Pool) -> Vec<Result<()>> {
    let posts = new.iter().map(|(_, post)| post.clone()).collect();
    if Post::bulk_create(posts, db).await.is_ok() {
        return new.iter().map(|_| Ok(())).collect();
    }
    // Nothing was written, because of at least one of them. One by one it shows which.
    let mut created = Vec::with_capacity(new.len());
    for (_, post) in new {
        created.push(post.clone().insert(db).await.map(drop));
    }
    created
}

/// Writes a new post with its category, its tags and its aliases.
async fn create(path: &str, resolved: &Resolved, topics: &mut Topics, db: &Pool) -> anyhow::Result<()> {
    let mut transaction = db.begin().await?;
    let filing = topics.find_or_make(&resolved.document, &mut transaction).await?;
    let mut post = post(path, resolved, &filing);
    post.insert(&mut transaction).await?;
    if !filing.tags.is_empty() {
        post.tags().add(&filing.tags, &mut transaction).await?;
    }
    add_aliases(&post, &resolved.document, &mut transaction).await?;
    transaction.commit().await?;
    topics.learn(filing);
    Ok(())
}

/// A published post from a file.
fn post(path: &str, resolved: &Resolved, filing: &Filing) -> Post {
    let Resolved { document, author_id } = resolved;
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
    post.category_id = filing.category_id();
    post.published_at = Some(post.created_at);
    post.status = PublishStatus::Published;
    post
}

/// Makes the post reachable under the paths that the file lists; says whether one of them was new.
async fn add_aliases(post: &Post, document: &Document, db: &mut Transaction<'_>) -> anyhow::Result<bool> {
    let mut added = false;
    for alias in &document.aliases {
        let new =
            post.add_slug_alias(alias, &mut *db).await.with_context(|| format!("the alias {alias:?}"))?;
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
