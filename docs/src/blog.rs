//! The tables of the examples.

use model_runtime::prelude::*;
use model_runtime::schema;
use model_runtime::users::{self, User};

/// Whoever writes posts.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "authors", display = name)]
pub struct Author {
    /// The name.
    #[column(unique)]
    pub name: String,
}

/// A post of a blog, with every capability.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "posts", display = title)]
#[timestamps]
#[soft_delete]
#[publishable]
#[seo(slug = title, title = title, description = content)]
#[track_changes(keep = 100)]
#[audited]
pub struct Post {
    /// The headline.
    #[column(max_length = 200)]
    pub title: String,
    /// The text.
    #[column(default)]
    pub content: String,
    /// Who wrote it.
    #[belongs_to(Author, on_delete = protect)]
    pub author_id: Option<Uuid>,
    /// How often it was read.
    #[column(default = 0)]
    pub views_count: i32,
}

/// An empty SQLite database with these tables.
///
/// # Errors
/// The database's.
pub async fn database() -> Result<Pool> {
    let db = Pool::connect("sqlite::memory:").await?;
    schema::create_tables(&[Author::table(), Post::table(), AuditLog::table()], &db).await?;
    Ok(db)
}

/// An empty SQLite database with the tables of users.
///
/// # Errors
/// The database's.
pub async fn database_with_users() -> Result<Pool> {
    let db = Pool::connect("sqlite::memory:").await?;
    let tables = [&users::tables()[..], &[User::table(), AuditLog::table()]].concat();
    schema::create_tables(&tables, &db).await?;
    Ok(db)
}

/// A user of that database, whose password is `a boat on the Lek`.
///
/// # Errors
/// The database's.
pub async fn jane(db: &Pool) -> Result<User> {
    let jane = User::builder().email("jane@example.com").first_name("Jane").last_name("Doe").build();
    User::manager().create_user(jane, Some("a boat on the Lek"), db).await
}
