//! Pictures of posts.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use tests::raw_sql;

use crate::program::{Blog, SAMPLES, on_both};

/// A picture of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cch\0\0\0\x82\0\x81w\xcdr\xb6\0\0\0\0IEND\xaeB`\x82";
const OVEN: &str = "lighting-the-oven";

/// The files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.append(&mut files(&path));
        } else {
            found.push(path.to_str().unwrap().to_owned());
        }
    }
    found
}

fn feature(blog: &Blog, store: &TempDir, picture: &str) -> Value {
    let url = format!("file://{}", store.path().display());
    blog.json(&["feature", OVEN, picture, "--files-url", &url])
}

on_both! {
    async fn a_post_has_one_picture_and_its_file_is_there(blog) {
        blog.json(&["import", SAMPLES]);
        let (store, upload) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (png, text) = (upload.path().join("x.txt"), upload.path().join("x.png"));
        fs::write(&png, PNG).unwrap();
        fs::write(&text, "no picture").unwrap();
        let (png, text) = (png.to_str().unwrap(), text.to_str().unwrap());

        let first = feature(blog, &store, png);
        let path = first["post"]["featured_image"].as_str().unwrap();
        assert!(path.starts_with("blog/20") && path.ends_with(".png"), "{path}");
        assert_eq!(files(store.path()), [store.path().join(path).to_str().unwrap()]);
        let second = feature(blog, &store, png);
        let path = second["post"]["featured_image"].as_str().unwrap();
        assert_eq!(files(store.path()), [store.path().join(path).to_str().unwrap()]);
        assert_eq!(blog.json(&["show", OVEN])["featured_image"], path);
        assert_eq!(blog.json(&["history", OVEN, "--field", "featured_image"])["changes"].as_array().unwrap().len(), 2);

        let url = format!("file://{}", store.path().display());
        assert_eq!(
            blog.error(&["feature", OVEN, text, "--files-url", &url]),
            "blog: upload is not valid: featured_image is no picture that can be read; use a PNG, JPEG, WebP or GIF file"
        );
        let missing = blog.error(&["feature", OVEN, "/nowhere/x.png", "--files-url", &url]);
        assert!(missing.starts_with("blog: /nowhere/x.png cannot be read: No such file"), "{missing}");
        assert_eq!(files(store.path()).len(), 1);
        assert_eq!(blog.json(&["show", OVEN])["featured_image"], path);

        let remove = ["feature", OVEN, "--remove", "--files-url", &url];
        assert_eq!(blog.text(&remove), format!("{OVEN} is now shown without a picture\n"));
        assert_eq!(blog.text(&remove), format!("{OVEN} had no picture: nothing changed\n"));
        assert_eq!(files(store.path()), [""; 0]);
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts WHERE featured_image IS NOT NULL").await, 0);
    }

    async fn a_file_that_cannot_be_removed_is_left_over(blog) {
        blog.json(&["import", SAMPLES]);
        let (store, upload) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let png = upload.path().join("x.png");
        fs::write(&png, PNG).unwrap();
        let png = png.to_str().unwrap();
        let url = format!("file://{}", store.path().display());

        // A folder in the file's place cannot be removed as a file.
        let block = |picture: &Value| {
            let path = store.path().join(picture["post"]["featured_image"].as_str().unwrap());
            fs::remove_file(&path).unwrap();
            fs::create_dir(&path).unwrap();
            fs::write(path.join("x"), "").unwrap();
        };
        block(&feature(blog, &store, png));
        let second = feature(blog, &store, png);
        assert_eq!(blog.json(&["show", OVEN])["featured_image"], second["post"]["featured_image"]);
        assert_eq!(files(store.path()).len(), 2);
        block(&second);
        let removed = blog.text(&["feature", OVEN, "--remove", "--files-url", &url]);
        assert_eq!(removed, format!("{OVEN} is now shown without a picture\n"));
    }
}

/// The connection is lost during the commit.
#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn a_commit_whose_end_is_not_known_leaves_both_files() {
    let blog = Blog::postgres().await;
    blog.json(&["import", SAMPLES]);
    let (store, upload) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let png = upload.path().join("x.png");
    fs::write(&png, PNG).unwrap();
    let png = png.to_str().unwrap();
    feature(&blog, &store, png);
    for statement in [
        "CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER hang_up AFTER UPDATE ON posts DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION hang_up()",
    ] {
        raw_sql::execute(blog.pool(), statement).await.unwrap();
    }
    let url = format!("file://{}", store.path().display());
    let error = blog.error(&["feature", OVEN, png, "--files-url", &url]);
    assert!(error.contains("terminating connection"), "{error}");
    assert_eq!(files(store.path()).len(), 2);
    blog.close().await;
}
