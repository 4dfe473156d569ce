//! One post in full.

use std::fmt::{self, Display, Formatter};

use model_runtime::prelude::*;
use serde::Serialize;

use crate::find;
use crate::post_view::PostView;

/// A post with its content and the slugs it had before.
#[derive(Serialize)]
pub struct Full {
    #[serde(flatten)]
    post: PostView,
    old_slugs: Vec<String>,
    content: String,
}

/// Finds a post by a slug that it has or had.
pub async fn run(slug: &str, db: &Pool) -> anyhow::Result<Full> {
    let post = find::live(slug, db).await?;
    let old_slugs = post.slug_history(db).await?;
    Ok(Full { post: PostView::from(&post), old_slugs, content: post.content })
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
