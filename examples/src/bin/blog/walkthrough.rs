//! The life of a post, step by step, on the samples that the program ships.

use std::fmt::{self, Display, Formatter};

use chrono::Utc;
use comfy_table::Table;
use examples::blog::{Category, LoadedPost, Post, Tag};
use indicatif::ProgressBar;
use model_runtime::prelude::*;
use model_runtime::users::User;
use serde::Serialize;

use crate::post_view::{self, LoadedView, PostView};
use crate::stats::{self, Stats};
use crate::user::grant;
use crate::{audit, find, import, output, samples};

/// The permission to publish posts.
const PUBLISH: &str = "blog.publish_post";

/// Everything that happened, and what the blog looks like after it.
#[derive(Serialize)]
pub struct Walkthrough {
    loaded: import::Summary,
    steps: Vec<Step>,
    trail: Vec<audit::Record>,
    posts: Vec<LoadedView>,
    stats: Stats,
}

/// One step, and the post after it.
#[derive(Serialize)]
struct Step {
    name: &'static str,
    result: String,
    post: PostView,
}

/// Takes one post through everything that can happen to it.
pub async fn run(db: &Pool) -> anyhow::Result<Walkthrough> {
    let loaded = import::run(samples::all(), db, &ProgressBar::hidden()).await?;

    let mut steps = Vec::new();
    let mut log = |name, result: String, post: &Post| {
        steps.push(Step { name, result, post: PostView::from(post) });
    };

    let ines = User::objects().filter(|user| user.username.eq("Ines Okafor")).get(db).await?;
    let business =
        Category::objects().filter(|category| category.name.eq("Behind the counter")).get(db).await?;
    let mut post = Post::builder()
        .title("Why Tuesday")
        .author_id(ines.id)
        .category_id(business.id)
        .content("Because nobody else in the street does. ".repeat(20))
        .authors(ines.get_full_name())
        .posted_on(Utc::now().date_naive())
        .create(db)
        .await?;
    log("create", format!("a draft, excerpt of {} characters", post.excerpt.chars().count()), &post);

    let known = [Tag::objects().filter(|tag| tag.name.eq("news")).get(db).await?];
    let (opening_times, _) = Tag::get_or_create(
        |tag| tag.name.eq("opening times"),
        Tag::builder().name("opening times").build(),
        db,
    )
    .await?;
    let added = post.tags().add(known.iter().chain([&opening_times]), db).await?;
    let again = post.tags().add(&known, db).await?;
    log("tag", format!("{added} tags added; a second time {again}"), &post);

    log("ask for permission", may_publish(&ines, db).await?, &post);
    grant::to(&ines, Some("editors"), &[PUBLISH], db).await?;
    log("join the editors", may_publish(&ines, db).await?, &post);
    log("publish", done(post.publish(db).await?), &post);
    log("publish again", done(post.publish(db).await?), &post);
    post.increment_views(db).await?;
    log("view", format!("{} view, at {}", post.views_count, post.absolute_url()), &post);

    let old_slug = post.slug.clone();
    post.title = "Why Wednesday".into();
    // Left empty, it is made from the new title.
    post.slug.clear();
    log("edit the title", done(post.save(db).await?), &post);
    log("save again", done(post.save(db).await?), &post);
    let found = find::live(&old_slug, db).await?;
    log("look up the old slug", format!("{old_slug} leads to {}", found.slug), &found);

    let before = Post::objects().count(db).await?;
    log("delete", done(post.delete(db).await?), &post);
    log("count", format!("{before} posts before, {} now", Post::objects().count(db).await?), &post);
    log("delete again", done(post.delete(db).await?), &post);
    let restored = Post::objects().deleted().filter(|p| p.id.eq(post.id)).restore(db).await?;
    post.refresh(db).await?;
    log("restore by a query", format!("{restored} post restored"), &post);

    log("archive", done(post.archive(db).await?), &post);
    let refused = match post.publish(db).await {
        Ok(_) => "published".to_owned(),
        Err(error) => format!("refused: {error}"),
    };
    log("publish the archived", refused, &post);

    let posts = Post::objects().order_by(|p| p.posted_on.desc()).limit(20);
    let posts = LoadedPost::fetch_all(posts, db).await?;
    Ok(Walkthrough {
        loaded,
        steps,
        trail: audit::of(&post, db).await?,
        posts: posts.iter().map(LoadedView::from).collect(),
        stats: stats::run(db).await?,
    })
}

/// Whether a user has the permission to publish posts.
async fn may_publish(user: &User, db: &Pool) -> Result<String> {
    let may = if user.has_perm(PUBLISH, db).await? { "may" } else { "may not" };
    Ok(format!("{user} {may} publish posts"))
}

/// The audit trail, each change of a field on a line of its own.
fn trail(records: &[audit::Record]) -> Table {
    let mut table = output::table(&["Action", "Actor", "Field", "Old", "New"]);
    for record in records {
        if record.is_whole() {
            table.add_row([record.action, &record.by(), "all", "", ""]);
            continue;
        }
        table.add_rows(record.changes.iter().map(|(field, change)| {
            let (old, new) = (output::value(&change.old), output::value(&change.new));
            [record.action, &record.by(), field, &old, &new].map(str::to_owned)
        }));
    }
    table
}

/// What a write says about itself.
fn done(written: bool) -> String {
    if written { "done".to_owned() } else { "nothing to do, nothing written".to_owned() }
}

impl Display for Walkthrough {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut steps = output::table(&["Step", "Result", "Slug", "Status", "Deleted"]);
        steps.add_rows(self.steps.iter().map(|Step { name, result, post }| {
            let deleted = if post.deleted_at.is_some() { "yes" } else { "no" };
            [name, result.as_str(), &post.slug, &post.status, deleted]
        }));
        writeln!(f, "Samples: {}\n", self.loaded)?;
        writeln!(f, "The life of a post\n{steps}\n")?;
        writeln!(f, "Posts\n{}\n", post_view::table_of(&self.posts))?;
        writeln!(f, "Numbers\n{}\n", self.stats)?;
        write!(f, "The audit trail of the post\n{}", trail(&self.trail))
    }
}
