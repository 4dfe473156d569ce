//! The store: names that nobody chooses, and paths that lead nowhere else.

use std::path::Path;

use model_runtime::clock;
use model_runtime::files::{FileStore, StoredFile};
use model_runtime::prelude::*;

use super::fixtures::{files_in, refusal};

const FOLDER: &str = "avatars/%Y/%m/%d/";

async fn put(store: &FileStore, bytes: &[u8]) -> StoredFile {
    store.put(FOLDER, "png", "image/png", bytes).await.unwrap()
}

fn is_name(name: &str) -> bool {
    name.strip_suffix(".png").is_some_and(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[tokio::test]
async fn a_file_lies_under_its_day_with_a_random_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::local(folder.path().join("made/if/missing")).unwrap();
    let day = "2026-02-03T23:59:59Z".parse::<DateTime<Utc>>().unwrap();
    let (one, two) =
        clock::frozen(day, async { (put(&store, b"one").await, put(&store, b"second").await) }).await;

    let mut paths = vec![one.path().to_owned(), two.path().to_owned()];
    paths.sort();
    assert_eq!(files_in(&folder.path().join("made/if/missing")), paths);
    for path in &paths {
        let name = path.strip_prefix("avatars/2026/02/03/").unwrap();
        assert!(is_name(name), "{path}");
    }
    assert_ne!(paths[0], paths[1]);
    assert_eq!((two.size(), two.content_type()), (6, "image/png"));
    assert_eq!(store.read(&one).await.unwrap(), b"one");
    assert_eq!(store.read_path(two.path()).await.unwrap(), b"second");
}

#[tokio::test]
async fn a_removed_file_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::local(folder.path()).unwrap();
    let file = put(&store, b"one").await;
    let other = put(&store, b"two").await;
    store.remove(&file).await.unwrap();
    store.remove(&file).await.unwrap();
    assert_eq!(files_in(folder.path()), [other.path()]);
    let error = store.read(&file).await.unwrap_err();
    assert_eq!(error.to_string(), format!("no file found: {}", file.path()));
    assert!(matches!(error, Error::NotFound { .. }));
}

#[tokio::test]
async fn folders_and_what_is_no_folder_are_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::local(folder.path()).unwrap();
    let file = put(&store, b"one").await;
    for path in ["avatars".to_owned(), "missing".to_owned(), "a/b/c".to_owned(), format!("{}/x", file.path())]
    {
        let error = store.read_path(&path).await.unwrap_err();
        assert!(matches!(error, Error::NotFound { .. }), "{path}: {error:?}");
    }
}

/// Paths that would lead to a file beside the store, if anybody followed them.
#[tokio::test]
async fn a_path_leads_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::local(folder.path().join("store")).unwrap();
    let secret = folder.path().join("secret.txt");
    std::fs::write(&secret, "secret").unwrap();
    std::fs::create_dir(folder.path().join("store/a")).unwrap();
    assert_eq!(std::fs::read(folder.path().join("store/a/../../secret.txt")).unwrap(), b"secret");

    let absolute = secret.to_str().unwrap();
    let tricks = [
        "",
        ".",
        "..",
        "/",
        "../secret.txt",
        "a/../../secret.txt",
        "/../secret.txt",
        "./../secret.txt",
        "..\\secret.txt",
        "a\\..\\..\\secret.txt",
        "%2e%2e/secret.txt",
        "%2e%2e%2fsecret.txt",
        "..%2fsecret.txt",
        "%252e%252e/secret.txt",
        "a//b",
        "a/",
        "a/./b",
        "../secret.txt\0.png",
        "a\0",
        "a\nb",
        "a\u{7f}",
        "a\u{85}",
        "C:secret.txt",
        "file:///etc/passwd",
        "a?b",
        "name.png#1",
        absolute,
    ];
    for path in tricks {
        let (field, message) = refusal(store.read_path(path).await.unwrap_err());
        assert_eq!(field, "path", "{path:?}");
        assert!(!message.is_empty());
        assert!(StoredFile::new(path, 1, "image/png").is_err(), "{path:?}");
    }
    for long in ["a/".repeat(600) + "a", "a".repeat(256)] {
        assert_eq!(refusal(store.read_path(&long).await.unwrap_err()).0, "path");
    }
    assert!(secret.exists());
}

#[tokio::test]
async fn a_folder_or_an_extension_that_makes_no_path_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::local(folder.path().join("store")).unwrap();
    for (prefix, extension) in [
        ("../%Y/", "png"),
        ("/%Y/", "png"),
        ("a/%", "png"),
        ("%Q/", "png"),
        ("a/", "/../png"),
        ("a\\", "png"),
    ] {
        let error = store.put(prefix, extension, "image/png", "x").await.unwrap_err();
        assert_eq!(refusal(error).0, "path", "{prefix} {extension}");
    }
    for content_type in ["", "png", "image/png\r\nX-Evil: 1", "image/\u{e9}"] {
        let error = store.put("a/", "png", content_type, "x").await.unwrap_err();
        assert_eq!(refusal(error).0, "content_type", "{content_type:?}");
    }
    assert!(files_in(folder.path()).is_empty());
}

#[tokio::test]
async fn a_store_that_fails_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = FileStore::local(file.join("store")).unwrap_err();
    assert!(matches!(error, Error::Storage(_)), "{error:?}");

    let store = FileStore::local(folder.path().join("store")).unwrap();
    std::fs::write(folder.path().join("store/avatars"), "in the way").unwrap();
    let error = store.put(FOLDER, "png", "image/png", "x").await.unwrap_err();
    assert!(error.to_string().starts_with("the store of files failed: "), "{error}");
    assert_eq!(files_in(folder.path()), ["file", "store/avatars"]);
}

#[tokio::test]
async fn a_url_names_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}/of%20files", folder.path().display());
    let store = FileStore::from_url(&url, []).unwrap();
    let file = put(&store, b"one").await;
    assert_eq!(files_in(&folder.path().join("of files")), [file.path()]);

    let store = FileStore::from_url("memory:///", []).unwrap();
    let file = put(&store, b"two").await;
    assert_eq!(store.clone().read(&file).await.unwrap(), b"two");
    assert!(Path::new(file.path()).is_relative());
}

#[tokio::test]
async fn a_url_that_names_no_store_is_refused() {
    for (url, options, why) in [
        ("no url", None, "is no URL"),
        ("", None, "is no URL"),
        ("ftp://host/", None, "ftp"),
        ("https://example.com/", None, "use file:///folder, memory:/// or s3://bucket/prefix"),
        ("gs://bucket/", None, "use file:///folder, memory:/// or s3://bucket/prefix"),
        ("memory:///", Some(("region", "x")), "takes no options"),
        ("ftp://user:hunter2@host/", None, "ftp: is none of this build's stores"),
        ("http//user:hunter2@host/", None, "is no URL"),
    ] {
        let error = FileStore::from_url(url, options).unwrap_err();
        assert!(matches!(error, Error::Storage(_)) && error.to_string().contains(why), "{url}: {error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "a password is told");
    }
}
