//! What a person sees who asks for what cannot be.

use crate::program::Blog;

#[tokio::test]
async fn errors_are_one_line() {
    let blog = Blog::sqlite().await;
    assert_eq!(blog.error(&["show", "nothing"]), "blog: there is no post `nothing`");
    assert_eq!(blog.error(&["restore", "nothing"]), "blog: there is no post `nothing`");
    assert_eq!(blog.error(&["import", "/nowhere/at/all"]), "blog: there is no folder /nowhere/at/all");
    let unknown = blog.error(&["--database-url", "mysql://me:hunter2@localhost/blog", "stats"]);
    assert!(unknown.contains("mysql") && !unknown.contains("hunter2"), "{unknown}");
    assert_eq!(
        blog.error(&["--database-url", "sqlite:///nowhere/at/all.db", "stats"]),
        "blog: the database cannot be opened: error returned from database: (code: 14) unable to open database file"
    );
    blog.close().await;
}

#[tokio::test]
async fn wrong_arguments_are_refused_with_a_hint() {
    let blog = Blog::sqlite().await;
    for (arguments, hint) in [
        (&["publsh", "x"][..], "some similar subcommands exist: 'unpublish', 'publish'"),
        (&["list", "--order", "colour"], "[possible values: title, -title,"),
        (&["list", "--status", "lost"], "[possible values: draft, published, archived]"),
        (&["list", "--page", "0"], "0 is not in 1.."),
        (&["show"], "<SLUG>"),
    ] {
        let output = blog.run(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(error.contains(hint), "{arguments:?}: {error}");
    }
    blog.close().await;
}
