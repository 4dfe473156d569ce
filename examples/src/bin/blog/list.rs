//! Lists of posts.

use std::fmt::{self, Display, Formatter};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum, value_parser};
use examples::blog::{LoadedPost, Post, PostTag};
use model_runtime::prelude::*;
use serde::Serialize;

use crate::find;
use crate::paging::{Paging, Place};
use crate::post_view::{self, LoadedView};

/// Which posts to list, in what order.
#[derive(Debug, Args)]
pub struct Filter {
    /// Only posts in this state
    #[arg(long, value_parser = statuses())]
    status: Option<PublishStatus>,

    /// Only posts with this text in their title, content or authors
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,

    /// Only posts of this category
    #[arg(long, value_name = "SLUG")]
    category: Option<String>,

    /// Only posts with this tag; given twice, posts with both
    #[arg(long, value_name = "SLUG")]
    tag: Vec<String>,

    /// Only posts of the last DAYS days
    #[arg(long, value_name = "DAYS", value_parser = value_parser!(u32).range(1..=36_500))]
    recent: Option<u32>,

    /// Only deleted posts
    #[arg(long)]
    deleted: bool,

    /// What to sort by; `-` turns the order around
    #[arg(long, value_name = "FIELD", value_enum, default_value_t = Order::NewestPosted, allow_hyphen_values = true)]
    order: Order,

    #[command(flatten)]
    paging: Paging,
}

/// A field to sort by, and the direction.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Order {
    #[value(name = "title")]
    Title,
    #[value(name = "-title")]
    TitleBackwards,
    #[value(name = "posted-on")]
    OldestPosted,
    #[value(name = "-posted-on")]
    NewestPosted,
    #[value(name = "published-at")]
    OldestPublished,
    #[value(name = "-published-at")]
    NewestPublished,
    #[value(name = "updated-at")]
    OldestUpdated,
    #[value(name = "-updated-at")]
    NewestUpdated,
}

/// One page of posts.
#[derive(Serialize)]
pub struct Page {
    #[serde(flatten)]
    place: Place,
    posts: Vec<LoadedView>,
}

/// Reads one page.
pub async fn run(filter: &Filter, db: &Pool) -> anyhow::Result<Page> {
    let posts = filter.order.apply(filter.posts(db).await?);
    let (place, posts) =
        filter.paging.page(posts, async |posts| LoadedPost::fetch_all(posts, db).await, db).await?;
    Ok(Page { place, posts: posts.iter().map(LoadedView::from).collect() })
}

impl Filter {
    async fn posts(&self, db: &Pool) -> anyhow::Result<QuerySet<Post>> {
        let mut posts = Post::objects();
        if self.deleted {
            posts = posts.deleted();
        }
        if let Some(status) = self.status {
            posts = posts.filter(|p| p.status.eq(status));
        }
        if let Some(text) = &self.search {
            posts = posts
                .filter(|p| p.title.icontains(text) | p.content.icontains(text) | p.authors.icontains(text));
        }
        if let Some(days) = self.recent {
            posts = posts.recent(days);
        }
        if let Some(slug) = &self.category {
            let category = find::category(slug, db).await?;
            posts = posts.filter(|p| p.category_id.eq(category.id));
        }
        for slug in &self.tag {
            let tag = find::tag(slug, db).await?;
            let links = PostTag::objects().filter(|link| link.tag_id.eq(tag.id));
            posts = posts.filter(|p| p.id.is_in(links.values(|link| link.post_id)));
        }
        Ok(posts)
    }
}

impl Order {
    fn apply(self, posts: QuerySet<Post>) -> QuerySet<Post> {
        posts.order_by(|p| match self {
            Self::Title => p.title.asc(),
            Self::TitleBackwards => p.title.desc(),
            Self::OldestPosted => p.posted_on.asc(),
            Self::NewestPosted => p.posted_on.desc(),
            Self::OldestPublished => p.published_at.asc(),
            Self::NewestPublished => p.published_at.desc(),
            Self::OldestUpdated => p.updated_at.asc(),
            Self::NewestUpdated => p.updated_at.desc(),
        })
    }
}

/// Reads a status, and knows all of them for the help and for errors.
fn statuses() -> impl TypedValueParser<Value = PublishStatus> {
    PossibleValuesParser::new(PublishStatus::VARIANTS.iter().map(|status| status.as_str()))
        .try_map(|name| name.parse::<PublishStatus>())
}

impl Display for Page {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.place.write(f, "post", || post_view::table_of(&self.posts))
    }
}
