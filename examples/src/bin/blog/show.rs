//! One post in full.

use std::fmt::{self, Display, Formatter};

use clap::Args;
use examples::blog::{LoadedPost, Post};
use model_runtime::prelude::*;
use serde::Serialize;

use crate::find;
use crate::post_view::LoadedView;

/// The post to show.
#[derive(Debug, Args)]
pub struct Page {
    /// The slug of the post, or one that it had before
    slug: String,

    /// Count this as a view of the post
    #[arg(long)]
    count: bool,
}

/// A post with its content and the slugs it had before.
#[derive(Serialize)]
pub struct Full {
    #[serde(flatten)]
    post: LoadedView,
    old_slugs: Vec<String>,
    content: String,
}

/// Finds a post by a slug that it has or had.
pub async fn run(page: &Page, db: &Pool) -> anyhow::Result<Full> {
    let found = LoadedPost::fetch_all(Post::objects().slug(&page.slug), db).await?;
    let mut loaded = found.into_iter().next().ok_or_else(|| find::missing(&page.slug))?;
    if page.count {
        loaded.post.increment_views(db).await?;
    }
    let old_slugs = loaded.post.slug_history(db).await?;
    Ok(Full { post: LoadedView::from(&loaded), old_slugs, content: loaded.post.content })
}

impl Display for Full {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.post)?;
        for slug in &self.old_slugs {
            writeln!(f, "Also at {slug}")?;
        }
        write!(f, "\n{}", self.content)
    }
}
