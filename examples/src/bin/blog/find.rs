//! Finding the post that a slug names, and the user whom an e-mail address names.

use anyhow::{Context, anyhow};
use examples::blog::Post;
use model_runtime::prelude::*;
use model_runtime::users::User;

/// The post with this slug, or with it among its old ones.
pub async fn live(slug: &str, db: &Pool) -> anyhow::Result<Post> {
    Post::by_slug(slug, db).await.map_err(|error| match error {
        Error::NotFound { .. } => anyhow!("there is no post `{slug}`"),
        error => error.into(),
    })
}

/// The same, or else the one that was deleted last.
pub async fn any(slug: &str, db: &Pool) -> anyhow::Result<Post> {
    match live(slug, db).await {
        Ok(post) => Ok(post),
        Err(error) => deleted(slug, db).await?.ok_or(error),
    }
}

/// The post with this slug that was deleted last.
pub async fn deleted(slug: &str, db: &Pool) -> anyhow::Result<Option<Post>> {
    let posts = Post::objects().deleted().slug(slug).order_by(|p| p.deleted_at.desc());
    Ok(posts.first(db).await?)
}

/// The user with this e-mail address, in any case of its letters.
pub async fn user(email: &str, db: &Pool) -> anyhow::Result<User> {
    let user = User::objects().by_email(email).first(db).await?;
    user.with_context(|| format!("there is no user with the e-mail address `{email}`"))
}
