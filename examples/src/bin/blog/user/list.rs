//! Lists of users.

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};

use clap::Args;
use comfy_table::Table;
use examples::blog::Post;
use model_runtime::count;
use model_runtime::prelude::*;
use model_runtime::users::User;
use serde::Serialize;

use super::user_view::UserView;
use crate::output;
use crate::paging::{Paging, Place};

/// Which users to list.
#[derive(Debug, Args)]
pub struct Filter {
    #[command(flatten)]
    paging: Paging,
}

/// One page of users, by their e-mail addresses.
#[derive(Serialize)]
pub struct Page {
    #[serde(flatten)]
    place: Place,
    users: Vec<Listed>,
}

/// A user, and how many posts belong to them.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    user: UserView,
    posts: i64,
}

/// Reads one page.
pub async fn run(filter: &Filter, db: &Pool) -> anyhow::Result<Page> {
    let by_email = User::objects().order_by(|user| user.email.asc());
    let (place, users) = filter.paging.page(by_email, async |users| users.fetch_all(db).await, db).await?;
    let theirs = Post::objects().filter(|post| post.author_id.is_in(users.iter().map(|user| user.id)));
    let posts = theirs.group_by(|post| post.author_id).aggregate(|_| count());
    let posts: HashMap<Uuid, i64> = posts.fetch_all(db).await?.into_iter().collect();
    let listed = |user: &User| Listed {
        user: UserView::from(user),
        posts: posts.get(&user.id).copied().unwrap_or_default(),
    };
    Ok(Page { place, users: users.iter().map(listed).collect() })
}

fn table_of(users: &[Listed]) -> Table {
    let header = ["E-mail", "Name", "Active", "Verified", "Superuser", "Last login", "Posts"];
    let mut table = output::table(&header);
    let yes = |it: bool| if it { "yes" } else { "no" }.to_owned();
    table.add_rows(users.iter().map(|Listed { user, posts }| {
        let name = if user.name.is_empty() { "-".to_owned() } else { output::short(&user.name) };
        let last_login = user.last_login_at.map_or_else(|| "-".to_owned(), output::time);
        let (active, verified, superuser) =
            (yes(user.is_active), yes(user.is_verified), yes(user.is_superuser));
        [user.email.clone(), name, active, verified, superuser, last_login, posts.to_string()]
    }));
    table
}

impl Display for Page {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.place.write(f, "user", || table_of(&self.users))
    }
}
