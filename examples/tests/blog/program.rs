//! The program, with a database of its own for each test.

use std::ops::Deref;

use serde_json::Value;
use tests::database::Database;
use tests::program::Program;
use tests::raw_sql;

pub use tests::program::USER;

/// The posts that the program ships.
pub const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");

/// The program and its database.
pub struct Blog(Program);

impl Deref for Blog {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.0
    }
}

impl Blog {
    pub async fn sqlite() -> Self {
        Self::on(Database::sqlite().await)
    }

    pub async fn postgres() -> Self {
        Self::on(Database::postgres().await)
    }

    fn on(database: Database) -> Self {
        Self(Program::new(env!("CARGO_BIN_EXE_blog"), "BLOG_DATABASE_URL", database))
    }

    pub async fn close(self) {
        self.0.close().await;
    }

    /// A field of every post that `list` prints.
    pub fn listed(&self, field: &str, arguments: &[&str]) -> Vec<Value> {
        let page = self.json(&[&["list"], arguments].concat());
        page["posts"].as_array().unwrap().iter().map(|post| post[field].clone()).collect()
    }

    /// The user with that e-mail address, as `user list` tells of them.
    pub fn user(&self, email: &str) -> Value {
        let page = self.json(&["user", "list", "--per-page", "1000"]);
        page["users"].as_array().unwrap().iter().find(|user| user["email"] == email).unwrap().clone()
    }

    /// The e-mail addresses of all users, in order.
    pub async fn emails(&self) -> Vec<String> {
        let mut emails = raw_sql::column(self.pool(), "SELECT email FROM users").await;
        emails.sort_unstable();
        emails
    }
}

/// Defines tests that run once on each database: the body gets `blog: Blog`.
macro_rules! on_both {
    ($(async fn $name:ident($blog:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use $crate::program::Blog;

            async fn body($blog: &Blog) $body

            #[tokio::test]
            async fn sqlite() {
                let blog = Blog::sqlite().await;
                body(&blog).await;
                blog.close().await;
            }

            #[tokio::test]
            #[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
            async fn postgres() {
                let blog = Blog::postgres().await;
                body(&blog).await;
                blog.close().await;
            }
        }
    )*};
}
pub(crate) use on_both;
