//! Numbers about the whole blog.

use std::fmt::{self, Display, Formatter};

use examples::blog::Post;
use model_runtime::prelude::*;
use model_runtime::users::User;
use serde::Serialize;

use crate::output;
use crate::post_view::PostView;

/// How many posts there are in each state, and more.
#[derive(Serialize)]
pub struct Stats {
    pub draft: u64,
    pub published: u64,
    pub archived: u64,
    pub deleted: u64,
    pub users: u64,
    pub newest: Option<PostView>,
}

/// Counts.
pub async fn run(db: &Pool) -> anyhow::Result<Stats> {
    let posts = Post::objects();
    let newest = posts.clone().order_by(|p| p.posted_on.desc()).first(db).await?;
    Ok(Stats {
        draft: posts.clone().drafts().count(db).await?,
        published: posts.clone().published().count(db).await?,
        archived: posts.clone().archived().count(db).await?,
        deleted: posts.deleted().count(db).await?,
        users: User::objects().count(db).await?,
        newest: newest.as_ref().map(PostView::from),
    })
}

impl Display for Stats {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut table = output::table(&["Posts and users", "How many"]);
        table.add_row(["draft", &self.draft.to_string()]);
        table.add_row(["published", &self.published.to_string()]);
        table.add_row(["archived", &self.archived.to_string()]);
        table.add_row(["deleted", &self.deleted.to_string()]);
        table.add_row(["users", &self.users.to_string()]);
        write!(f, "{table}")?;
        match &self.newest {
            Some(post) => write!(f, "\nThe newest post is `{}`.", post.slug),
            None => Ok(()),
        }
    }
}
