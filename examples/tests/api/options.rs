//! What the program is told by its command line and by its environment.

use std::process::Command;

use examples::blog::Post;
use model_runtime::prelude::*;
use model_runtime::users::User;
use reqwest::Method;
use serde_json::{Value, json};
use tests::database::Database;
use tests::raw_sql;

use crate::program::{Running, blog_api, user};
use crate::server::PASSWORD;

/// Why it does not start: one line of its log.
fn refused(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let line: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((output.status.code(), &line["level"]), (Some(1), &json!("ERROR")));
    line["fields"]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn without_a_database_it_keeps_one_in_the_target_folder() {
    let folder = tempfile::tempdir().unwrap();
    for posts in 0..2 {
        let mut program = Running::start(blog_api(&[]).env("CARGO_TARGET_DIR", folder.path()));
        assert_eq!(program.get("/api/posts/").await.1["count"], posts);
        let url = format!("sqlite://{}?mode=rw", folder.path().join("blog.db").display());
        let db = Pool::connect(&url).await.unwrap();
        if posts == 0 {
            let (_, token) = user(&db).await;
            let post = json!({"title": "Kept", "content": "In the file."});
            let request = program.request(Method::POST, "/api/posts/").bearer_auth(token).json(&post);
            assert_eq!(request.send().await.unwrap().status(), 201);
        }
        assert_eq!(raw_sql::count(&db, "posts").await, 1);
        db.close().await;
        program.signal("INT");
        program.ended_well();
    }
}

#[tokio::test]
async fn a_cursor_is_good_where_the_secret_is_the_same() {
    let database = Database::sqlite().await;
    let url = ["--database-url", &database.url];
    let mut next = "/api/posts/?ordering=created_at&page_size=1&cursor=".to_owned();
    let secret = "0123456789abcdef0123456789abcdef";
    for (n, (arguments, status)) in [
        (&["--secret", secret][..], 200),
        (&["--secret", secret], 200),
        (&["--secret", "another, of at least 32 bytes too"], 400),
        (&[], 400),
    ]
    .into_iter()
    .enumerate()
    {
        let program = Running::start(&mut blog_api(&[&url, arguments].concat()));
        if n == 0 {
            let (user, _) = user(&database.pool).await;
            for title in ["Post 0", "Post 1", "Post 2"] {
                let post = Post::builder().title(title).content("b").author_id(user.id);
                post.posted_on("2026-01-31".parse::<NaiveDate>().unwrap())
                    .create(&database.pool)
                    .await
                    .unwrap();
            }
        }
        let (answered, body) = program.get(&next).await;
        assert_eq!(answered, status, "{arguments:?}: {body}");
        if status == 200 {
            assert_eq!(body["results"][0]["title"], format!("Post {n}"));
            next = body["next"].as_str().unwrap().to_owned();
        } else {
            assert_eq!(body["errors"][0]["field"], "cursor");
        }
    }
    let error = refused(blog_api(&url).env("BLOG_SECRET", "too short"));
    assert!(error.contains("32") && !error.contains("too short"), "{error}");
    database.close().await;
}

#[tokio::test]
async fn proxies_are_trusted_where_there_are_some() {
    let database = Database::sqlite().await;
    let mut token = None;
    for (proxies, address) in [("0", "127.0.0.1"), ("1", "203.0.113.9"), ("2", "6.6.6.6")] {
        let mut command = blog_api(&["--database-url", &database.url]);
        let program = Running::start(command.env("BLOG_TRUSTED_PROXIES", proxies));
        if token.is_none() {
            token = Some(user(&database.pool).await.1);
        }
        let request = program.request(Method::POST, "/api/posts/").bearer_auth(token.as_ref().unwrap());
        let request = request.header("x-forwarded-for", "6.6.6.6, 203.0.113.9");
        let answer = request.json(&json!({"title": "a", "content": "b"})).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        let row = AuditLog::objects().order_by(|a| a.id.desc()).first(&database.pool).await.unwrap().unwrap();
        assert_eq!((row.content_type.as_str(), row.ip_address), ("blog.post", address.parse().ok()));
    }
    database.close().await;
}

#[tokio::test]
async fn cookies_are_for_https_unless_it_is_said() {
    let database = Database::sqlite().await;
    let url = ["--database-url", &database.url];
    let mut made: Option<User> = None;
    for (arguments, is_secure) in [(&[][..], true), (&["--insecure-cookies"], false)] {
        let program = Running::start(&mut blog_api(&[&url, arguments].concat()));
        if made.is_none() {
            made = Some(user(&database.pool).await.0);
        }
        let form = json!({"email": "test@example.com", "password": PASSWORD});
        let answer = program.request(Method::POST, "/api/login/").json(&form).send().await.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        assert_eq!(cookie.contains("; Secure"), is_secure, "{cookie}");
    }
    database.close().await;
}

#[tokio::test]
async fn what_keeps_it_from_starting_is_said() {
    let database = Database::sqlite().await;
    let url = ["--database-url", &database.url];
    let running = Running::start(&mut blog_api(&url));
    let address = running.address().to_string();
    let error = refused(blog_api(&url).env("BLOG_LISTEN", &address));
    assert!(error.contains(&format!("{address} is taken")), "{error}");

    let error = refused(&mut blog_api(&["--database-url", "mysql://me:hunter2@localhost/blog"]));
    assert!(error.contains("mysql") && !error.contains("hunter2"), "{error}");
    let error = refused(&mut blog_api(&["--database-url", "postgres://me:hunter2@127.0.0.1:1/blog"]));
    assert!(error.contains("the database cannot be opened") && !error.contains("hunter2"), "{error}");
    let output = blog_api(&url).env("RUST_LOG", "info=loud").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--log is no filter"));
    database.close().await;
}
