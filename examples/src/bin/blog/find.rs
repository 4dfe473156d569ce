//! Finding the post that a slug names, and the user whom an e-mail address names.

use anyhow::{Context, anyhow};
use examples::blog::{Category, Post, Tag};
use model_runtime::prelude::*;
use model_runtime::users::User;

/// The post with this slug, or with it among its old ones.
pub async fn live(slug: &str, db: &Pool) -> anyhow::Result<Post> {
    Post::by_slug(slug, db).await.map_err(|error| match error {
        Error::NotFound { .. } => missing(slug),
        error => error.into(),
    })
}

/// What to say where no post has the slug.
pub fn missing(slug: &str) -> anyhow::Error {
    anyhow!("there is no post `{slug}`")
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

/// The category with this slug.
pub async fn category(slug: &str, db: &Pool) -> anyhow::Result<Category> {
    if let Some(category) = Category::objects().slug(slug).first(db).await? {
        return Ok(category);
    }
    let known = Category::objects().order_by(|category| category.slug.asc()).values(|category| category.slug);
    Err(unknown("category", slug, &known.fetch_all(db).await?))
}

/// The tag with this slug.
pub async fn tag(slug: &str, db: &Pool) -> anyhow::Result<Tag> {
    if let Some(tag) = Tag::objects().slug(slug).first(db).await? {
        return Ok(tag);
    }
    let known = Tag::objects().order_by(|tag| tag.slug.asc()).values(|tag| tag.slug);
    Err(unknown("tag", slug, &known.fetch_all(db).await?))
}

/// What to say where nothing has the slug: what there is.
fn unknown(noun: &str, slug: &str, known: &[String]) -> anyhow::Error {
    match known {
        [] => anyhow!("there is no {noun} `{slug}`, and no other"),
        known => anyhow!("there is no {noun} `{slug}`; there are {}", known.join(", ")),
    }
}
