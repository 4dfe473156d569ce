//! What many tests begin with.

use std::time::Duration;

use model_runtime::prelude::*;
use model_runtime::{FieldError, schema};

use crate::models::{Author, Category, Post};
use crate::raw_sql;

/// One day.
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The time that frozen tests begin with.
pub fn new_year() -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}

/// Makes the tables of the blog.
pub async fn blog(db: &Pool) {
    let tables = [Post::table(), Author::table(), Category::table()];
    schema::create_tables(&tables, db).await.expect("the tables are made");
}

/// A post of that title, in the database.
pub async fn post(title: &str, db: &Pool) -> Post {
    Post::builder().title(title).content("Content").create(db).await.expect("the post is created")
}

/// Posts of these titles, in the database, each made a day after the one before.
pub async fn posts<const N: usize>(titles: [&str; N], db: &Pool) -> [Post; N] {
    let mut posts = Vec::new();
    for (day, title) in (0..).zip(titles) {
        posts.push(model_runtime::clock::frozen(new_year() + DAY * day, post(title, db)).await);
    }
    posts.try_into().expect("one post for each title")
}

/// The titles of a queryset, in its order.
pub async fn titles(query: QuerySet<Post>, db: &Pool) -> Vec<String> {
    query.values(|p| p.title).fetch_all(db).await.expect("the titles are read")
}

/// The fields that a write refused, in order, with the reasons.
pub fn refused_fields<T: std::fmt::Debug>(result: Result<T>) -> Vec<FieldError> {
    match result {
        Err(Error::Validation(errors)) => errors.errors().to_vec(),
        other => panic!("not refused as invalid: {other:?}"),
    }
}

/// The fields whose values another row has.
pub fn taken_fields<T: std::fmt::Debug>(result: Result<T>) -> Vec<String> {
    match result {
        Err(Error::Unique { fields, .. }) => fields,
        other => panic!("not refused as taken: {other:?}"),
    }
}

/// Asserts that no slug is both the history of one post and the current slug of another live one.
pub async fn assert_owned(db: &Pool) {
    let two_owners = "SELECT t.slug FROM posts t JOIN posts_slug_history h \
                      ON h.slug = t.slug AND h.object_id <> t.id WHERE t.deleted_at IS NULL";
    assert_eq!(raw_sql::column::<String>(db, two_owners).await, [""; 0]);
}
