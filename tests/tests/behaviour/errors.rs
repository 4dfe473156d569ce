//! What errors say: texts that a program can show as they are.

use std::error::Error as _;

use model_runtime::prelude::*;
use model_runtime::{FieldError, Result, UnknownChoice, ValidationErrors};
use tests::fixtures::blog;
use tests::models::{Author, Post, Size};
use tests::on_both;

fn assert_error<E: std::error::Error + Send + Sync + 'static>(_: &E) {}

#[test]
fn errors_read_as_sentences() {
    let mut invalid = ValidationErrors::new("Post");
    invalid.add("title", "is empty");
    invalid.add("slug", "has 300 characters, 255 are allowed");
    let cases = [
        (Error::NotFound { model: "Post", what: "id = 7".to_owned() }, "no Post found: id = 7"),
        (Error::Multiple { model: "Post" }, "more than one Post found by a query that must find exactly one"),
        (
            Error::Validation(invalid),
            "Post is not valid: title is empty; slug has 300 characters, 255 are allowed",
        ),
        (
            Error::Unique { model: "Post", fields: vec!["title".to_owned(), "author_id".to_owned()] },
            "another Post has the same title and author_id",
        ),
        (
            Error::Protected { model: "Author", relation: "Post.author_id".to_owned(), rows: Some(2) },
            "this Author cannot be deleted: 2 rows refer to it by Post.author_id",
        ),
        (
            Error::InvalidTransition { model: "Post", from: "archived", to: "published" },
            "this Post is archived and cannot become published",
        ),
        (
            Error::Conflict { model: "Post", detail: "version 3, not 2".to_owned() },
            "this Post was changed by somebody else: version 3, not 2",
        ),
        (
            Error::Url { url: "mysql://host".to_owned(), reason: "no such database".to_owned() },
            "cannot connect to \"mysql://host\": no such database",
        ),
        (Error::Database(sqlx::Error::PoolClosed), "attempted to acquire a connection on a closed pool"),
    ];
    for (error, text) in cases {
        assert_eq!(error.to_string(), text);
        assert_error(&error);
    }
}

#[test]
fn validation_errors_are_collected() {
    let none = ValidationErrors::new("Post");
    assert!(none.errors().is_empty() && none.into_result().is_ok());
    let mut errors = ValidationErrors::new("Post");
    errors.add("title", String::from("is empty"));
    assert_eq!(errors.errors(), [FieldError { field: "title".to_owned(), message: "is empty".to_owned() }]);
    assert_error(&errors);
    let Err(Error::Validation(returned)) = errors.clone().into_result() else { panic!("an error") };
    assert_eq!(returned, errors);
    // A hook returns them with `?`.
    let hook = |errors: ValidationErrors| -> Result<()> { Err(errors)? };
    assert_eq!(hook(errors).unwrap_err().to_string(), "Post is not valid: title is empty");
}

#[test]
fn an_unknown_choice_names_the_choices() {
    let error: UnknownChoice = "XL".parse::<Size>().unwrap_err();
    assert_eq!(error.to_string(), "\"XL\" is no Size: expected small or xl");
    assert_error(&error);
    assert_eq!((Size::ExtraLarge.as_str(), Size::ExtraLarge.label()), ("xl", "Extra large"));
    assert_eq!(Size::VARIANTS, [Size::Small, Size::ExtraLarge]);
    for size in Size::VARIANTS {
        assert_eq!(size.to_string().parse::<Size>().unwrap(), *size);
    }
}

on_both! {
    async fn errors_of_the_database_name_model_and_field(db) {
        blog(&db).await;
        let author = Author::builder().email("a@example.com").create(&db).await.unwrap();
        let again = Author::builder().email("A@example.com").create(&db).await.unwrap_err();
        assert_eq!(again.to_string(), "another Author has the same email");
        let unknown = Uuid::from_u128(1);
        let missing = Post::get(unknown, &db).await.unwrap_err();
        assert_eq!(missing.to_string(), format!("no Post found: id = {unknown}"));
        let mut post =
            Post::builder().title("T").content("C").author_id(author.id).create(&db).await.unwrap();
        let transition = post.unpublish(&db).await.unwrap_err();
        assert_eq!(transition.to_string(), "this Post is draft and cannot become draft");
        let protected = author.hard_delete(&db).await.unwrap_err().to_string();
        assert_eq!(protected, "this Author cannot be deleted: 1 row refers to it by Post.author_id");
        let invalid = Post::builder().title("").content("C").create(&db).await.unwrap_err();
        assert_eq!(invalid.to_string(), "Post is not valid: title is empty");
    }

    async fn other_errors_of_the_database_keep_their_source(db) {
        let error = Post::objects().count(&db).await.unwrap_err();
        let Error::Database(driver) = &error else { panic!("{error:?}") };
        assert_eq!(error.to_string(), driver.to_string());
        assert!(error.to_string().contains("posts"), "{error}");
        assert!(error.source().is_some());
    }
}
