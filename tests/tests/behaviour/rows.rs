//! One row at a time: insert, get, save, refresh, remove, and the errors that name what is wrong.

use model_runtime::prelude::*;
use model_runtime::{Model, clock, schema};
use tests::fixtures::{DAY, blog, new_year, post, refused_fields, taken_fields};
use tests::models::{Author, Category, Everything, Page, Post, Task};
use tests::{on_both, raw_sql};

async fn author(email: &str, db: &Pool) -> Author {
    Author::builder().email(email).create(db).await.unwrap()
}

async fn category(slug: &str, db: &Pool) -> Category {
    Category::builder().name("Category").slug(slug).create(db).await.unwrap()
}

async fn pages(db: &Pool) {
    schema::create_tables(&[Page::table()], db).await.unwrap();
}

async fn tasks(db: &Pool) {
    schema::create_tables(&[Task::table()], db).await.unwrap();
}

/// What was looked for in vain.
fn missing<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::NotFound { model, what }) => format!("{model}: {what}"),
        other => panic!("found: {other:?}"),
    }
}

/// Removes the row behind the library's back.
async fn remove_all(db: &Pool, table: &str) {
    raw_sql::execute(db, &format!("DELETE FROM {table}")).await.unwrap();
}

on_both! {
    async fn an_inserted_row_holds_what_the_database_holds(db) {
        blog(&db).await;
        let (author, category) = (author("ann@example.com", &db).await, category("news", &db).await);
        let mut row = Post::builder()
            .title("Title")
            .content("Content")
            .author_id(author.id)
            .category_id(category.id)
            .views_count(7)
            .build();
        assert_eq!(raw_sql::count(&db, "posts").await, 0, "nothing is written by `build`");
        row.insert(&db).await.unwrap();
        assert_eq!(Post::get(row.id, &db).await.unwrap(), row);
        assert_eq!(row.excerpt, "Content", "the hook ran");
        assert_eq!(raw_sql::value::<String>(&db, "SELECT title FROM posts").await, "Title");
        assert_eq!(raw_sql::value::<i32>(&db, "SELECT views_count FROM posts").await, 7);
        assert_eq!(raw_sql::value::<Uuid>(&db, "SELECT author_id FROM posts").await, author.id);
    }

    async fn the_builder_fills_in_defaults(db) {
        pages(&db).await;
        let page = Page::builder().position(1).create(&db).await.unwrap();
        assert_eq!((page.title.as_str(), page.parent_id), ("Untitled", None));
        // The schema has the same default, for whoever writes past the library.
        raw_sql::execute(&db, "INSERT INTO pages (page_number) VALUES (2)").await.unwrap();
        let page = Page::objects().filter(|p| p.position.eq(2)).get(&db).await.unwrap();
        assert_eq!((page.title.as_str(), page.parent_id), ("Untitled", None));
    }

    async fn keys_made_by_the_client_are_kept(db) {
        blog(&db).await;
        let id = Uuid::from_u128(7);
        let row = Category::builder().id(id).name("A").slug("a").create(&db).await.unwrap();
        assert_eq!(row.id, id);
        assert_eq!(raw_sql::value::<Uuid>(&db, "SELECT id FROM categories").await, id);
        let again = Category::builder().id(id).name("B").slug("b").create(&db).await;
        assert_eq!(taken_fields(again), ["id"]);
        assert_eq!(raw_sql::value::<String>(&db, "SELECT name FROM categories").await, "A");
    }

    async fn keys_made_by_the_database_count_up_and_are_not_used_again(db) {
        tasks(&db).await;
        let first = Task::builder().title("first").create(&db).await.unwrap();
        let second = Task::builder().title("second").create(&db).await.unwrap();
        assert!(0 < first.id && first.id < second.id);
        assert_eq!(Task::get(second.id, &db).await.unwrap().title, "second");
        assert!(second.hard_delete(&db).await.unwrap());
        let mut third = Task { id: first.id, ..Task::builder().title("third").build() };
        third.insert(&db).await.unwrap();
        assert!(second.id < third.id, "the database makes the key, whatever it was before");
        let ids = raw_sql::column::<i64>(&db, "SELECT id FROM tasks ORDER BY id").await;
        assert_eq!(ids, [first.id, third.id]);
    }

    async fn an_explicit_creation_time_is_honoured(db) {
        blog(&db).await;
        let (then, now) = (new_year(), new_year() + DAY * 30);
        let row = clock::frozen(now, async {
            Category::builder().name("A").slug("a").created_at(then).create(&db).await.unwrap()
        });
        let row = row.await;
        assert_eq!((row.created_at, row.updated_at), (then, now));
        assert_eq!(Category::get(row.id, &db).await.unwrap(), row);
        let row =
            clock::frozen(now, async { Category::builder().name("B").slug("b").create(&db).await.unwrap() });
        assert_eq!(row.await.created_at, now);
    }

    async fn save_writes_where_something_differs(db) {
        blog(&db).await;
        let mut row = clock::frozen(new_year(), category("a", &db)).await;
        let other = clock::frozen(new_year(), category("b", &db)).await;
        raw_sql::watch_updates(&db, "categories").await;
        let mut copy = row.clone();
        row.name = "Renamed".to_owned();
        let saved = clock::frozen(new_year() + DAY, row.save(&db)).await.unwrap();
        assert!(saved);
        assert_eq!(raw_sql::updates(&db).await, 1);
        assert_eq!(row.updated_at, new_year() + DAY);
        assert_eq!(Category::get(row.id, &db).await.unwrap(), row);
        assert_eq!(Category::get(other.id, &db).await.unwrap(), other, "no other row is touched");

        // The same values again, from another copy of the row too, are no change.
        copy.name = "Renamed".to_owned();
        for unchanged in [&mut row, &mut copy] {
            let saved = clock::frozen(new_year() + DAY * 2, unchanged.save(&db)).await.unwrap();
            assert!(!saved);
        }
        assert_eq!(raw_sql::updates(&db).await, 0);
        assert_eq!(Category::get(row.id, &db).await.unwrap().updated_at, new_year() + DAY);
    }

    async fn save_does_not_write_what_operations_manage(db) {
        blog(&db).await;
        let mut row = clock::frozen(new_year(), category("a", &db)).await;
        raw_sql::watch_updates(&db, "categories").await;
        row.created_at = new_year() - DAY;
        row.updated_at = new_year() - DAY;
        assert!(!row.save(&db).await.unwrap());
        assert_eq!(raw_sql::updates(&db).await, 0);
        // By name it can be written; the time of the last write is always that of the write.
        let saved =
            clock::frozen(new_year() + DAY, row.save_only(|c| (c.created_at, c.updated_at), &db)).await;
        assert!(saved.unwrap());
        let read = Category::get(row.id, &db).await.unwrap();
        assert_eq!((read.created_at, read.updated_at), (new_year() - DAY, new_year() + DAY));
        assert_eq!(read, row);
    }

    async fn save_only_writes_only_the_columns_named(db) {
        blog(&db).await;
        let mut row = clock::frozen(new_year(), category("a", &db)).await;
        raw_sql::watch_updates(&db, "categories").await;
        row.name = "Name".to_owned();
        row.slug = "slug".to_owned();
        row.description = "Description".to_owned();
        let saved = clock::frozen(new_year() + DAY, row.save_only(|c| (c.name, c.description), &db)).await;
        assert!(saved.unwrap());
        assert_eq!(row.slug, "slug", "memory keeps the rest");
        let read = Category::get(row.id, &db).await.unwrap();
        assert_eq!((&*read.name, &*read.slug, &*read.description), ("Name", "a", "Description"));
        assert_eq!((read.updated_at, row.updated_at), (new_year() + DAY, new_year() + DAY));
        assert_eq!(raw_sql::updates(&db).await, 1);

        let saved = clock::frozen(new_year() + DAY * 2, row.save_only(|c| c.name, &db)).await;
        assert!(!saved.unwrap(), "the name differs no more");
        assert!(!row.save_only(|c| c.id, &db).await.unwrap(), "the key is never written");
        assert_eq!(raw_sql::updates(&db).await, 0);
        assert_eq!(Category::get(row.id, &db).await.unwrap(), read);
        assert!(row.save(&db).await.unwrap(), "save writes the rest");
        assert_eq!(raw_sql::value::<String>(&db, "SELECT slug FROM categories").await, "slug");
    }

    async fn refresh_reads_the_row_again(db) {
        blog(&db).await;
        let mut row = category("a", &db).await;
        let stale = row.clone();
        raw_sql::execute(&db, "UPDATE categories SET name = 'Elsewhere'").await.unwrap();
        row.description = "not saved".to_owned();
        row.refresh(&db).await.unwrap();
        assert_eq!(row, Category { name: "Elsewhere".to_owned(), ..stale });
    }

    async fn a_row_that_is_gone_is_not_found(db) {
        blog(&db).await;
        tasks(&db).await;
        let mut row = category("a", &db).await;
        remove_all(&db, "categories").await;
        let what = format!("Category: id = {}", row.id);
        assert_eq!(missing(Category::get(row.id, &db).await), what);
        assert_eq!(missing(row.clone().refresh(&db).await), what);
        assert_eq!(missing(row.save(&db).await), what, "nothing differs, and it is gone all the same");
        row.name = "Changed".to_owned();
        assert_eq!(missing(row.save(&db).await), what);
        assert_eq!(missing(row.save_only(|c| c.name, &db).await), what);
        assert_eq!(missing(row.save_only(|c| c.id, &db).await), what);
        assert!(!row.hard_delete(&db).await.unwrap());
        assert!(!row.delete(&db).await.unwrap(), "what `delete` removes is gone already");
        assert_eq!(raw_sql::count(&db, "categories").await, 0);

        let mut marked = Task::builder().title("t").create(&db).await.unwrap();
        remove_all(&db, "tasks").await;
        let what = format!("Task: id = {}", marked.id);
        assert_eq!(missing(marked.delete(&db).await), what);
        assert_eq!(missing(marked.restore(&db).await), what);
        assert!(!marked.hard_delete(&db).await.unwrap());

        let mut published = post("Title", &db).await;
        remove_all(&db, "posts").await;
        let what = format!("Post: id = {}", published.id);
        assert_eq!(missing(published.publish(&db).await), what);
        assert_eq!(missing(published.unpublish(&db).await), what);
        assert_eq!(missing(published.archive(&db).await), what);
        assert_eq!(raw_sql::count(&db, "posts").await, 0);
    }

    async fn delete_removes_what_cannot_be_marked(db) {
        blog(&db).await;
        let (mut row, other) = (category("a", &db).await, category("b", &db).await);
        let mut post = Post::builder().title("T").content("C").category_id(row.id).create(&db).await.unwrap();
        assert!(row.delete(&db).await.unwrap());
        assert_eq!(raw_sql::column::<Uuid>(&db, "SELECT id FROM categories").await, [other.id]);
        post.refresh(&db).await.unwrap();
        assert_eq!(post.category_id, None, "on_delete = set_null");
    }

    async fn a_row_that_others_refer_to_is_protected(db) {
        blog(&db).await;
        let mut author = author("ann@example.com", &db).await;
        let post = Post::builder().title("T").content("C").author_id(author.id).create(&db).await.unwrap();
        let attempts = [
            author.hard_delete(&db).await.map(u64::from),
            author.delete(&db).await.map(u64::from),
            Author::objects().delete(&db).await,
            Author::objects().filter(|a| a.id.eq(author.id)).hard_delete(&db).await,
        ];
        for attempt in attempts {
            let Err(Error::Protected { model, relation, rows }) = attempt else { panic!("{attempt:?}") };
            assert_eq!((model, &*relation, rows), ("Author", "Post.author_id", Some(1)));
        }
        assert_eq!(raw_sql::count(&db, "authors").await, 1);
        assert!(post.hard_delete(&db).await.unwrap());
        assert!(author.hard_delete(&db).await.unwrap());
        assert_eq!(raw_sql::count(&db, "authors").await, 0);
    }

    async fn on_delete_cascade_removes_the_rows_below(db) {
        pages(&db).await;
        let root = Page::builder().position(1).create(&db).await.unwrap();
        let part = Page::builder().position(1).parent_id(root.id).create(&db).await.unwrap();
        Page::builder().position(1).parent_id(part.id).create(&db).await.unwrap();
        let other = Page::builder().position(2).create(&db).await.unwrap();
        assert!(root.hard_delete(&db).await.unwrap());
        assert_eq!(raw_sql::column::<i64>(&db, "SELECT id FROM pages").await, [other.id]);
    }

    async fn a_reference_to_no_row_is_refused(db) {
        blog(&db).await;
        let nobody = Uuid::from_u128(9);
        let created = Post::builder().title("T").content("C").author_id(nobody).create(&db).await;
        // SQLite does not say which reference it was.
        let field = if let Pool::Sqlite(_) = db { "author_id or category_id" } else { "author_id" };
        let errors = refused_fields(created);
        assert_eq!((&*errors[0].field, &*errors[0].message), (field, "refers to a row that does not exist"));
        assert_eq!((errors.len(), raw_sql::count(&db, "posts").await), (1, 0));

        let mut row = post("Title", &db).await;
        row.title = "Changed".to_owned();
        row.author_id = Some(nobody);
        assert_eq!(refused_fields(row.save(&db).await)[0].field, field);
        assert_eq!(refused_fields(row.save_only(|p| p.author_id, &db).await)[0].field, field);
        let updated = Post::objects().update(|p| p.author_id.set(nobody), &db).await;
        assert_eq!(refused_fields(updated)[0].field, field);
        let created =
            Post::bulk_create(vec![Post { id: Uuid::now_v7(), slug: String::new(), ..row.clone() }], &db)
                .await;
        assert_eq!(refused_fields(created)[0].field, field);
        assert_eq!(raw_sql::value::<String>(&db, "SELECT title FROM posts").await, "Title");
        assert_eq!(raw_sql::count(&db, "posts WHERE author_id IS NULL").await, 1);

        pages(&db).await;
        let created = Page::builder().position(1).parent_id(77).create(&db).await;
        assert_eq!(refused_fields(created)[0].field, "parent_id", "the only reference of the table");
    }

    async fn a_taken_value_is_an_error_that_names_the_fields(db) {
        blog(&db).await;
        pages(&db).await;
        tasks(&db).await;
        // A column.
        category("a", &db).await;
        let mut other = category("b", &db).await;
        let created = Category::builder().name("C").slug("a").create(&db).await;
        assert_eq!(created.as_ref().unwrap_err().to_string(), "another Category has the same slug");
        assert_eq!(taken_fields(created), ["slug"]);
        other.slug = "a".to_owned();
        assert_eq!(taken_fields(other.save(&db).await), ["slug"]);
        assert_eq!(taken_fields(other.save_only(|c| c.slug, &db).await), ["slug"]);
        assert_eq!(taken_fields(Category::objects().update(|c| c.slug.set("c"), &db).await), ["slug"]);
        assert_eq!(
            raw_sql::column::<String>(&db, "SELECT slug FROM categories ORDER BY slug").await,
            ["a", "b"]
        );

        // A column that is unique among the rows that are not deleted.
        Task::builder().title("t").create(&db).await.unwrap();
        assert_eq!(taken_fields(Task::builder().title("t").create(&db).await), ["title"]);
        assert_eq!(raw_sql::count(&db, "tasks").await, 1);

        // An expression.
        author("Ann@example.com", &db).await;
        let created = Author::builder().email("ANN@EXAMPLE.COM").create(&db).await;
        assert_eq!(taken_fields(created), ["email"]);
        assert_eq!(raw_sql::count(&db, "authors").await, 1);

        // Two columns, one of another name than its field.
        let root = Page::builder().position(1).create(&db).await.unwrap();
        let child = || Page::builder().position(5).parent_id(root.id);
        child().create(&db).await.unwrap();
        let created = child().create(&db).await;
        assert_eq!(
            created.as_ref().unwrap_err().to_string(),
            "another Page has the same parent_id and position"
        );
        assert_eq!(taken_fields(created), ["parent_id", "position"]);
        assert_eq!(
            taken_fields(Page::bulk_create(vec![child().build()], &db).await),
            ["parent_id", "position"]
        );
        assert_eq!(raw_sql::count(&db, "pages").await, 2);
        // NULL is not the same as NULL.
        Page::builder().position(1).create(&db).await.unwrap();
    }

    async fn a_violated_check_names_the_field(db) {
        pages(&db).await;
        schema::create_tables(&[Everything::table()], &db).await.unwrap();
        let mut row = Everything { price: Decimal::new(-1, 2), ..Everything::sample() };
        let errors = refused_fields(row.insert(&db).await);
        assert_eq!((errors.len(), &*errors[0].field), (1, "price"));
        assert!(errors[0].message.starts_with("is refused by the schema: "), "{}", errors[0].message);
        assert_eq!(raw_sql::count(&db, "everything").await, 0);

        let mut page = Page::builder().position(0).create(&db).await.unwrap();
        page.position = -1;
        assert_eq!(refused_fields(page.save(&db).await)[0].field, "position");
        let updated = Page::objects().update(|p| p.position.set(-1), &db).await;
        assert_eq!(refused_fields(updated)[0].field, "position");
        assert_eq!(raw_sql::value::<i32>(&db, "SELECT page_number FROM pages").await, 0);
    }

    async fn all_invalid_fields_come_in_one_error(db) {
        blog(&db).await;
        let created = Post::builder()
            .title("ü".repeat(201))
            .content("a\0b")
            .slug("no slug")
            .seo_title("x".repeat(61))
            .seo_description("y".repeat(161))
            .create(&db)
            .await;
        let errors = refused_fields(created);
        let fields: Vec<&str> = errors.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["title", "content", "excerpt", "slug", "seo_title", "seo_description"]);
        assert_eq!(errors[0].message, "has 201 characters, 200 are allowed");
        assert_eq!(raw_sql::count(&db, "posts").await, 0);
        // The limit counts characters, not bytes.
        let row = Post::builder().title("ü".repeat(200)).content("C").create(&db).await.unwrap();
        assert_eq!(raw_sql::value::<String>(&db, "SELECT title FROM posts").await, row.title);
    }

    async fn hooks_and_their_errors(db) {
        blog(&db).await;
        let row = Post::builder().title("T").content("ü".repeat(501)).create(&db).await.unwrap();
        assert_eq!(row.excerpt, "ü".repeat(497) + "...");
        let errors = refused_fields(Post::builder().title("  ").content("C").create(&db).await);
        assert_eq!((&*errors[0].field, &*errors[0].message), ("title", "is empty"));
        assert_eq!(raw_sql::count(&db, "posts").await, 1);
        let mut row = Post { excerpt: String::new(), content: "Short".to_owned(), ..row };
        assert!(row.save(&db).await.unwrap());
        assert_eq!(
            raw_sql::value::<String>(&db, "SELECT excerpt FROM posts").await,
            "Short",
            "the hook ran in save"
        );
    }

    async fn a_row_shows_itself(db) {
        pages(&db).await;
        let page = Page::builder().position(1).title("Chapter").create(&db).await.unwrap();
        assert_eq!((page.to_string(), page.repr()), ("Chapter".to_owned(), "Chapter".to_owned()));
        let everything = Everything::sample();
        assert_eq!(everything.repr(), format!("Everything {}", everything.id));
    }
}
