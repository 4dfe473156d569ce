//! `/api/posts/`.

use axum::extract::{OriginalUri, State};
use axum::middleware;
use axum::routing::{get, post};
use axum::{Json, Router};
use model_runtime::prelude::*;
use model_runtime::users::User;
use model_runtime::web::utoipa::ToSchema;
use model_runtime::web::{Access, Action, Caller, QueryString, RowId, ViewSet, WebResult, accept_json};
use model_runtime::{Cursors, count};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::blog::{Post, Tag};

/// Who may publish the posts of others.
const PUBLISH: &str = "blog.publish_post";

/// Whoever is signed in writes posts, and changes their own. Who has the permission changes those of others.
pub(super) fn posts(cursors: Cursors) -> ViewSet<Post> {
    use Action::{Create, Delete, Patch, Replace, Restore};
    ViewSet::<Post>::new("/api/posts")
        .filter(|p| (p.status, p.author_id, p.category_id, p.published_at, p.posted_on, p.views_count))
        .search(|p| (p.title, p.content, p.excerpt))
        .order(|p| (p.created_at, p.updated_at, p.published_at, p.views_count))
        .read_only(|p| (p.slug, p.views_count, p.source_path, p.featured_image))
        .owned_by(|p| p.author_id)
        .on_create(|p| p.posted_on, |_| Utc::now().date_naive())
        .show("is_published", |post| post.is_published())
        .related(
            |posts| {
                let tags = Tag::objects().order_by(|t| t.slug.asc());
                posts.select_related(|p| (p.author(), p.category())).prefetch_many(Post::TAGS, tags)
            },
            |((_, (author, category)), tags)| Related {
                author_name: author.get_full_name(),
                category_name: category.as_ref().map(|category| category.name.clone()),
                tags: tags.iter().map(|tag| tag.slug.clone()).collect(),
            },
        )
        .links("tags", Post::TAGS, |t| t.slug)
        .allow([Create], Access::SignedIn)
        .allow([Replace, Patch, Delete, Restore], Access::Owner)
        .restorable()
        .cursors(cursors)
}

/// What a post is shown with.
#[derive(Serialize, ToSchema)]
struct Related {
    /// The author's full name, where they have told one.
    author_name: String,
    /// What the post is filed under.
    category_name: Option<String>,
    /// The slugs of what it is about.
    tags: Vec<String>,
}

pub(super) fn router(posts: &ViewSet<Post>) -> Router {
    let actions = Router::new()
        .route(&posts.path("/{id}/publish/"), post(publish))
        .route(&posts.path("/{id}/increment_views/"), post(increment_views))
        .route(&posts.path("/stats/"), get(stats))
        .route(&posts.path("/recent/"), get(recent))
        .route_layer(middleware::from_fn(accept_json))
        .with_state(posts.clone());
    posts.router().merge(actions)
}

async fn publish(
    State(posts): State<ViewSet<Post>>,
    caller: Caller<User>,
    RowId(id): RowId,
) -> WebResult<Json<Value>> {
    let user = caller.signed_in()?;
    let mut post = posts.find(&id, Action::Retrieve, &caller).await?;
    if post.author_id != user.id {
        caller.require_perm(PUBLISH).await?;
    }
    post.publish(caller.db()).await?;
    Ok(Json(json!({"status": post.status.as_str()})))
}

async fn increment_views(
    State(posts): State<ViewSet<Post>>,
    caller: Caller<User>,
    RowId(id): RowId,
) -> WebResult<Json<Value>> {
    let mut post = posts.find(&id, Action::Retrieve, &caller).await?;
    post.increment_views(caller.db()).await?;
    Ok(Json(json!({"views_count": post.views_count})))
}

#[derive(Serialize, Default)]
struct Stats {
    total: i64,
    published: i64,
    draft: i64,
    archived: i64,
    total_views: i64,
    most_viewed: Option<Box<RawValue>>,
}

async fn stats(State(posts): State<ViewSet<Post>>, caller: Caller<User>) -> WebResult<Json<Stats>> {
    let rows = posts.rows_of(&caller);
    let groups = rows.clone().group_by(|p| p.status).aggregate(|p| (count(), p.views_count.sum()));
    let mut stats = Stats::default();
    for (status, (posts, views)) in groups.fetch_all(caller.db()).await? {
        stats.total += posts;
        stats.total_views += views.unwrap_or_default();
        match status {
            PublishStatus::Published => stats.published = posts,
            PublishStatus::Draft => stats.draft = posts,
            PublishStatus::Archived => stats.archived = posts,
        }
    }
    let most_viewed = rows.order_by(|p| p.views_count.desc()).first(caller.db()).await?;
    if let Some(post) = most_viewed {
        stats.most_viewed = Some(posts.to_json(&post, &caller).await?);
    }
    Ok(Json(stats))
}

#[derive(Deserialize)]
struct Recent {
    #[serde(default = "Recent::week")]
    days: u32,
}

impl Recent {
    fn week() -> u32 {
        7
    }
}

async fn recent(
    State(posts): State<ViewSet<Post>>,
    caller: Caller<User>,
    QueryString(recent): QueryString<Recent>,
    OriginalUri(uri): OriginalUri,
) -> WebResult {
    posts.page(posts.rows_of(&caller).recent(recent.days), &uri, &["days"], &caller).await
}
