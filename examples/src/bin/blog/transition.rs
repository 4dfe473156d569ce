//! Publishing, deleting and the other changes of state.

use std::fmt::{self, Display, Formatter};

use clap::{Args, Subcommand};
use examples::blog::Post;
use model_runtime::prelude::*;
use serde::Serialize;

use crate::find;
use crate::post_view::PostView;

/// A change of state, and the post to make it to.
#[derive(Debug, Subcommand)]
pub enum Transition {
    /// Publish a draft
    Publish(Target),
    /// Make a published or archived post a draft again
    Unpublish(Target),
    /// Archive a draft or a published post
    Archive(Target),
    /// Delete a post; `restore` brings it back
    Delete(Target),
    /// Bring a deleted post back
    Restore(Target),
}

/// The post to change.
#[derive(Debug, Args)]
pub struct Target {
    /// The slug of the post, or one that it had before
    slug: String,
}

/// What a transition did.
#[derive(Serialize)]
pub struct Outcome {
    /// Whether anything was written: a published post is not published again.
    changed: bool,
    post: PostView,
}

impl Transition {
    /// Makes the change.
    pub async fn run(&self, db: &Pool) -> anyhow::Result<Outcome> {
        let mut post = self.find(db).await?;
        let changed = match self {
            Self::Publish(_) => post.publish(db).await?,
            Self::Unpublish(_) => post.unpublish(db).await?,
            Self::Archive(_) => post.archive(db).await?,
            Self::Delete(_) => post.delete(db).await?,
            Self::Restore(_) => post.restore(db).await?,
        };
        Ok(Outcome { changed, post: PostView::from(&post) })
    }

    async fn find(&self, db: &Pool) -> anyhow::Result<Post> {
        match self {
            Self::Publish(Target { slug })
            | Self::Unpublish(Target { slug })
            | Self::Archive(Target { slug }) => find::live(slug, db).await,
            Self::Delete(Target { slug }) => find::any(slug, db).await,
            Self::Restore(Target { slug }) => match find::deleted(slug, db).await? {
                Some(post) => Ok(post),
                None => find::live(slug, db).await,
            },
        }
    }
}

impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let PostView { slug, status, deleted_at, .. } = &self.post;
        let state = if deleted_at.is_some() { "deleted" } else { status };
        match self.changed {
            true => write!(f, "{slug} is now {state}"),
            false => write!(f, "{slug} was {state} already: nothing changed"),
        }
    }
}
