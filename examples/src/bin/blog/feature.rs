//! The picture that a post is shown with.

use std::fmt::{self, Display, Formatter};
use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use examples::database;
use model_runtime::files::FileStore;
use model_runtime::prelude::*;
use serde::Serialize;

use crate::find;
use crate::post_view::PostView;

/// The post, and its picture.
#[derive(Debug, Args)]
pub struct Picture {
    /// The slug of the post, or one that it had before
    slug: String,

    /// A PNG, JPEG, WebP or GIF file
    #[arg(required_unless_present = "remove")]
    file: Option<PathBuf>,

    /// Take the picture away
    #[arg(long, conflicts_with = "file")]
    remove: bool,

    /// Where pictures are kept: `file:///FOLDER`; a folder under `target/` when left out
    #[arg(long, value_name = "URL", env = "BLOG_FILES_URL", hide_env_values = true)]
    files_url: Option<String>,
}

/// What came of it.
#[derive(Serialize)]
pub struct Outcome {
    /// Whether anything was written: a picture that is not there is not removed.
    changed: bool,
    post: PostView,
}

/// Sets the picture, or removes it.
pub async fn run(picture: &Picture, db: &Pool) -> anyhow::Result<Outcome> {
    let mut post = find::live(&picture.slug, db).await?;
    let upload = match &picture.file {
        Some(file) => Some(fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?),
        None => None,
    };
    let store = match &picture.files_url {
        Some(url) => FileStore::from_url(url, [])?,
        None => FileStore::local(database::target()?.join("blog-files"))?,
    };
    let changed = match upload {
        Some(upload) => post.set_featured_image(upload, &store, db).await.map(|()| true)?,
        None => post.clear_featured_image(&store, db).await?,
    };
    Ok(Outcome { changed, post: PostView::from(&post) })
}

impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let PostView { slug, featured_image, .. } = &self.post;
        match featured_image {
            Some(path) => write!(f, "{slug} is now shown with {path}"),
            None if self.changed => write!(f, "{slug} is now shown without a picture"),
            None => write!(f, "{slug} had no picture: nothing changed"),
        }
    }
}
