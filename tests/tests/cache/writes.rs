//! Every kind of write, and what is served after it.

use model_runtime::audit;
use model_runtime::prelude::*;
use model_runtime::profile::assert_statements;
use tests::cached::{Book, BookLabel, Label, Publisher, Shelf};
use tests::{on_both_caches, raw_sql};

async fn book(db: &Pool) -> Book {
    Book::builder().title("Poems").copies(3).create(db).await.unwrap()
}

fn all() -> QuerySet<Book> {
    Book::objects().order_by(|b| b.title.asc())
}

/// Has the row and the query kept, and makes sure that they are.
async fn keep(db: &Pool, id: Uuid) {
    if Book::get_cached(id, db).await.is_ok() {
        assert_statements(0, Book::get_cached(id, db)).await.unwrap();
    }
    all().fetch_all_cached(db).await.unwrap();
    assert_statements(0, all().fetch_all_cached(db)).await.unwrap();
}

/// What is served is what plain SQL finds.
async fn agrees(db: &Pool, id: Uuid) {
    let key = raw_sql::key(db, id);
    let find =
        |column: &str| format!("SELECT {column} FROM cached_books WHERE id = {key} AND deleted_at IS NULL");
    let titles = raw_sql::column::<String>(db, &find("title")).await;
    match Book::get_cached(id, db).await {
        Ok(book) => {
            assert_eq!(titles, std::slice::from_ref(&book.title));
            assert_eq!(raw_sql::value::<i32>(db, &find("copies")).await, book.copies);
            assert_eq!(raw_sql::value::<String>(db, &find("status")).await, book.status.to_string());
            assert_eq!(raw_sql::value::<Option<i64>>(db, &find("shelf_id")).await, book.shelf_id);
            assert_eq!(*book, Book::get(id, db).await.unwrap());
        }
        Err(Error::NotFound { .. }) => assert_eq!(titles, [""; 0]),
        Err(error) => panic!("{error}"),
    }
    let served = all().fetch_all_cached(db).await.unwrap();
    let served: Vec<_> = served.iter().map(|book| book.title.clone()).collect();
    let live = "SELECT title FROM cached_books WHERE deleted_at IS NULL ORDER BY title";
    assert_eq!(served, raw_sql::column::<String>(db, live).await);
}

/// Runs each write on a row that is kept, and looks at what is served then.
macro_rules! after_each {
    ($db:ident, $book:ident: $($write:expr),* $(,)?) => {$(
        keep(&$db, $book.id).await;
        let _ = $write.await.unwrap();
        agrees(&$db, $book.id).await;
    )*};
}

on_both_caches! {
    async fn of_one_row(db) {
        let mut book = book(&db).await;
        book.title = "Songs".to_owned();
        after_each!(db, book: book.save(&db));
        book.copies = 4;
        after_each!(db, book:
            book.save_only(|b| (b.copies,), &db),
            book.update_if(|b| b.copies.ge(1), |b| b.copies.set(b.copies - 1), &db),
            book.publish(&db),
            book.archive(&db),
            book.unpublish(&db),
            book.delete(&db),
            book.restore(&db),
            book.hard_delete(&db),
        );
        assert_eq!(raw_sql::count(&db, "cached_books").await, 0);
    }

    async fn in_an_audit_context(db) {
        let mut book = book(&db).await;
        book.copies = 9;
        let actor = audit::AuditContext::default();
        after_each!(db, book:
            book.without_audit().save(&db),
            book.with_audit(&actor).publish(&db),
            book.with_audit(&actor).delete(&db),
            book.without_audit().restore(&db),
            Book::objects().without_audit().update(|b| b.copies.set(1), &db),
            Book::objects().with_audit(&actor).delete(&db),
        );
        assert_eq!(raw_sql::count(&db, "cached_books WHERE deleted_at IS NOT NULL AND copies = 1").await, 1);
    }

    async fn of_querysets(db) {
        let book = book(&db).await;
        after_each!(db, book:
            Book::objects().update(|b| b.title.set("Songs"), &db),
            Book::objects().filter(|b| b.id.eq(book.id)).update(|b| b.copies.set(b.copies + 1), &db),
            Book::objects().filter(|b| b.title.eq("Songs")).limit(1).update(|b| b.copies.set(7), &db),
            Book::objects().publish(&db),
            Book::objects().archive(&db),
            Book::objects().delete(&db),
            Book::objects().deleted().restore(&db),
            Book::objects().hard_delete(&db),
        );
        assert_eq!(raw_sql::count(&db, "cached_books").await, 0);
    }

    async fn that_insert(db) {
        let book = book(&db).await;
        let new = |title: &str| Book::builder().title(title).build();
        after_each!(db, book:
            Book::builder().title("A").create(&db),
            new("B").insert(&db),
            Book::bulk_create(vec![new("C"), new("D")], &db),
            Book::get_or_create(|b| b.title.eq("E"), new("E"), &db),
            Book::update_or_create(|b| b.title.eq("Poems"), Book { copies: 11, ..book.clone() }, &db),
            Book::bulk_create_new(vec![new("F")], &db),
        );
        assert_eq!(raw_sql::count(&db, "cached_books").await, 7);
        assert_eq!(Book::get_cached(book.id, &db).await.unwrap().copies, 11);
    }

    async fn of_given_rows(db) {
        let mut book = book(&db).await;
        let mut other = Book { copies: 5, ..book.clone() };
        after_each!(db, book:
            Book::bulk_update(std::slice::from_mut(&mut other), |b| (b.copies,), &db),
            Book::upsert(Book { copies: 6, ..book.clone() }, |b| b.id, |b| (b.copies,), &db),
            Book::objects().update_returning(|b| b.copies.set(b.copies + 1), &db),
        );
        book.refresh(&db).await.unwrap();
        assert_eq!(book.copies, 7);
    }

    async fn that_are_refused(db) {
        let mut book = book(&db).await;
        let other = Book::builder().title("Other").create(&db).await.unwrap();
        keep(&db, book.id).await;
        book.slug = other.slug.clone();
        assert!(matches!(book.save(&db).await, Err(Error::Unique { .. })));
        agrees(&db, book.id).await;
        // Nothing is held any more.
        keep(&db, book.id).await;
    }

    async fn of_another_row_leave_a_row_kept(db) {
        let mut books = Vec::new();
        for n in 0..10 {
            books.push(Book::builder().title(format!("{n}")).create(&db).await.unwrap());
        }
        let mut other = books.pop().unwrap();
        for book in &books {
            Book::get_cached(book.id, &db).await.unwrap();
        }
        other.copies = 5;
        other.save(&db).await.unwrap();
        Book::objects().filter(|b| b.id.eq(other.id)).update(|b| b.copies.set(6), &db).await.unwrap();
        let mut kept = 0;
        for book in &books {
            let (found, profile) = model_runtime::profile::profile("get", Book::get_cached(book.id, &db)).await;
            assert_eq!(found.unwrap().id, book.id);
            kept += usize::from(profile.statements.is_empty());
        }
        // Of 128 marks one may be shared by chance.
        assert!(kept >= 7, "{kept}");
    }

    async fn of_other_tables_that_a_query_reads(db) {
        let mut shelf = Shelf::builder().name("poems").create(&db).await.unwrap();
        let book = Book::builder().title("Poems").shelf_id(shelf.id).create(&db).await.unwrap();
        let label = Label::builder().name("new").create(&db).await.unwrap();
        let joined = || Book::objects().filter(|b| b.shelf().name.eq("poems"));
        let labels = || BookLabel::objects().filter(|l| l.label_id.eq(label.id)).values(|l| l.book_id);
        let labelled = || Book::objects().filter(|b| b.id.is_in(labels()));
        let counts = || async {
            let mut counts = Vec::new();
            for query in [joined(), labelled(), label_books(&label)] {
                counts.push(query.clone().fetch_all_cached(&db).await.unwrap().len());
                assert_statements(0, query.fetch_all_cached(&db)).await.unwrap();
            }
            counts
        };
        assert_eq!(counts().await, [1, 0, 0]);
        book.labels().add([&label], &db).await.unwrap();
        assert_eq!(counts().await, [1, 1, 1]);
        book.labels().clear(&db).await.unwrap();
        assert_eq!(counts().await, [1, 0, 0]);
        book.labels().set([&label], &db).await.unwrap();
        assert_eq!(counts().await, [1, 1, 1]);
        book.labels().remove([&label], &db).await.unwrap();
        shelf.name = "prose".to_owned();
        shelf.save(&db).await.unwrap();
        assert_eq!(counts().await, [0, 0, 0]);
    }

    async fn of_rows_that_the_database_follows(db) {
        let shelf = Shelf::builder().name("poems").create(&db).await.unwrap();
        let publisher = Publisher::builder().name("A").create(&db).await.unwrap();
        let book = Book::builder().title("A").shelf_id(shelf.id).publisher_id(publisher.id).create(&db).await.unwrap();
        let label = Label::builder().name("new").create(&db).await.unwrap();
        book.labels().add([&label], &db).await.unwrap();
        let link = BookLabel::objects().fetch_all_cached(&db).await.unwrap()[0].id;
        BookLabel::get_cached(link, &db).await.unwrap();
        keep(&db, book.id).await;
        Publisher::objects().hard_delete(&db).await.unwrap();
        assert_eq!(Book::get_cached(book.id, &db).await.unwrap().publisher_id, None);
        agrees(&db, book.id).await;
        keep(&db, book.id).await;
        shelf.hard_delete(&db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "cached_books").await, 0);
        agrees(&db, book.id).await;
        assert!(matches!(BookLabel::get_cached(link, &db).await, Err(Error::NotFound { .. })));
        assert_eq!(BookLabel::objects().fetch_all_cached(&db).await.unwrap().len(), 0);
    }

    async fn of_slugs(db) {
        let mut book = book(&db).await;
        let found = |slug: &'static str| Book::objects().filter(|b| b.slug.eq(slug)).fetch_all_cached(&db);
        assert_eq!((found("poems").await.unwrap().len(), found("songs").await.unwrap().len()), (1, 0));
        book.slug = "songs".to_owned();
        book.save(&db).await.unwrap();
        assert_eq!((found("poems").await.unwrap().len(), found("songs").await.unwrap().len()), (0, 1));
    }
}

fn label_books(label: &Label) -> QuerySet<Book> {
    let links = BookLabel::objects().filter(|l| l.label_id.eq(label.id)).values(|l| l.book_id);
    Book::objects().filter(|b| b.id.is_in(links)).order_by(|b| b.title.asc())
}
