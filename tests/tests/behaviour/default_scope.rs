//! Rule 18: the default scope holds in every read and write of a queryset, and is widened before filters apply.

use futures_util::TryStreamExt;
use model_runtime::prelude::*;
use tests::fixtures::{blog, post, posts, titles};
use tests::models::{Post, Task};
use tests::on_both;
use tests::raw_sql::{column, count};

/// Live `c` and `a`, deleted `d` and `b`; the newest is `d`.
async fn half_deleted(db: &Pool) -> [Post; 4] {
    blog(db).await;
    let mut posts = posts(["a", "b", "c", "d"], db).await;
    for deleted in [1, 3] {
        assert!(posts[deleted].delete(db).await.unwrap());
    }
    let live = column::<String>(db, "SELECT title FROM posts WHERE deleted_at IS NULL ORDER BY title").await;
    assert_eq!(live, ["a", "c"]);
    posts
}

/// The titles of the rows that meet a condition of plain SQL, in alphabetical order.
async fn stored(condition: &str, db: &Pool) -> Vec<String> {
    column(db, &format!("SELECT title FROM posts WHERE {condition} ORDER BY title")).await
}

on_both! {
    async fn in_every_way_to_read(db) {
        let [a, b, c, d] = half_deleted(&db).await;
        let all = Post::objects;
        assert_eq!(all().count(&db).await.unwrap(), 2);
        assert!(all().exists(&db).await.unwrap());
        assert_eq!(all().fetch_all(&db).await.unwrap(), [c.clone(), a.clone()]);
        assert_eq!(all().fetch(&db).try_collect::<Vec<_>>().await.unwrap(), [c.clone(), a.clone()]);
        assert_eq!(all().first(&db).await.unwrap(), Some(c.clone()));
        assert_eq!(all().fetch_optional(&db).await.unwrap(), Some(c.clone()));
        assert_eq!(all().fetch_one(&db).await.unwrap(), c);
        assert_eq!(
            all().values(|p| (p.title, p.deleted_at)).fetch_all(&db).await.unwrap(),
            [("c".into(), None), ("a".into(), None)]
        );
        assert_eq!(Post::get(a.id, &db).await.unwrap(), a);
        assert_eq!(Post::by_slug("a", &db).await.unwrap(), a);
        for deleted in [&b, &d] {
            let this = || all().filter(|p| p.id.eq(deleted.id));
            assert_eq!(this().count(&db).await.unwrap(), 0);
            assert!(!this().exists(&db).await.unwrap());
            assert_eq!(this().fetch_all(&db).await.unwrap(), []);
            assert_eq!(this().first(&db).await.unwrap(), None);
            assert!(matches!(this().get(&db).await, Err(Error::NotFound { model: "Post", .. })));
            assert!(matches!(this().fetch_one(&db).await, Err(Error::NotFound { .. })));
            assert!(matches!(Post::get(deleted.id, &db).await, Err(Error::NotFound { .. })));
            assert!(matches!(Post::by_slug(&deleted.slug, &db).await, Err(Error::NotFound { .. })));
        }
    }

    async fn get_is_about_the_rows_in_the_scope(db) {
        let [a, ..] = half_deleted(&db).await;
        let one = Post::objects().filter(|p| p.title.is_in(["a", "b", "d"]));
        assert_eq!(one.clone().get(&db).await.unwrap(), a);
        assert!(matches!(one.all_with_deleted().get(&db).await, Err(Error::Multiple { model: "Post" })));
    }

    async fn in_slices(db) {
        half_deleted(&db).await;
        assert_eq!(titles(Post::objects().limit(1), &db).await, ["c"]);
        assert_eq!(titles(Post::objects().limit(1).offset(1), &db).await, ["a"]);
        assert_eq!(titles(Post::objects().limit(9).offset(2), &db).await, [""; 0]);
        assert_eq!(Post::objects().limit(3).count(&db).await.unwrap(), 2);
        assert_eq!(Post::objects().offset(1).count(&db).await.unwrap(), 1);
        assert!(!Post::objects().offset(2).exists(&db).await.unwrap());
        assert_eq!(titles(Post::objects().deleted().limit(1), &db).await, ["d"]);
        assert_eq!(titles(Post::objects().all_with_deleted().limit(2).offset(1), &db).await, ["c", "b"]);
    }

    async fn beside_filters_with_or_and_not(db) {
        half_deleted(&db).await;
        let either = || Post::objects().filter(|p| p.title.eq("a") | p.title.eq("b"));
        assert_eq!(titles(either(), &db).await, ["a"]);
        assert_eq!(either().count(&db).await.unwrap(), 1);
        assert_eq!(titles(either().filter(|p| p.title.eq("b") | p.title.eq("c")), &db).await, [""; 0]);
        assert_eq!(titles(Post::objects().filter(|p| !p.title.eq("a")), &db).await, ["c"]);
        assert_eq!(titles(Post::objects().exclude(|p| p.title.eq("a") | p.title.eq("b")), &db).await, ["c"]);
        assert_eq!(titles(either().deleted(), &db).await, ["b"]);
        assert_eq!(titles(either().all_with_deleted(), &db).await, ["b", "a"]);
        assert_eq!(titles(Post::objects().slug("b"), &db).await, [""; 0]);
        assert_eq!(titles(Post::objects().all_with_deleted().slug("b"), &db).await, ["b"]);
    }

    async fn widened_whatever_the_order_of_the_calls(db) {
        half_deleted(&db).await;
        let after_a = |query: QuerySet<Post>| query.filter(|p| p.title.gt("a"));
        for query in
            [after_a(Post::objects()).all_with_deleted(), after_a(Post::objects().all_with_deleted())]
        {
            assert_eq!(titles(query, &db).await, ["d", "c", "b"]);
        }
        for query in [after_a(Post::objects()).deleted(), after_a(Post::objects().deleted())] {
            assert_eq!(titles(query, &db).await, ["d", "b"]);
        }
        for query in
            [Post::objects().limit(3).all_with_deleted(), Post::objects().all_with_deleted().limit(3)]
        {
            assert_eq!(titles(query, &db).await, ["d", "c", "b"]);
        }
        assert_eq!(titles(Post::objects().active(), &db).await, ["c", "a"]);
        assert_eq!(titles(Post::objects().all_with_deleted().active(), &db).await, ["c", "a"]);
        assert_eq!(titles(Post::objects().deleted().all_with_deleted(), &db).await, ["d", "b"]);
        assert_eq!(titles(Post::objects().deleted().active(), &db).await, [""; 0]);
    }

    async fn in_bulk_updates(db) {
        half_deleted(&db).await;
        assert_eq!(Post::objects().update(|p| p.views_count.set(1), &db).await.unwrap(), 2);
        assert_eq!(stored("views_count = 1", &db).await, ["a", "c"]);
        let either = Post::objects().filter(|p| p.title.eq("a") | p.title.eq("b"));
        assert_eq!(either.clone().update(|p| p.views_count.set(2), &db).await.unwrap(), 1);
        assert_eq!(stored("views_count = 2", &db).await, ["a"]);
        assert_eq!(either.all_with_deleted().update(|p| p.views_count.set(3), &db).await.unwrap(), 2);
        assert_eq!(stored("views_count = 3", &db).await, ["a", "b"]);
        assert_eq!(Post::objects().deleted().update(|p| p.views_count.set(4), &db).await.unwrap(), 2);
        assert_eq!(stored("views_count = 4", &db).await, ["b", "d"]);
        assert_eq!(Post::objects().limit(1).update(|p| p.views_count.set(5), &db).await.unwrap(), 1);
        assert_eq!(stored("views_count = 5", &db).await, ["c"]);
    }

    async fn in_bulk_publication(db) {
        half_deleted(&db).await;
        assert_eq!(Post::objects().publish(&db).await.unwrap(), 2);
        assert_eq!(stored("status = 'published'", &db).await, ["a", "c"]);
        assert_eq!(Post::objects().deleted().archive(&db).await.unwrap(), 2);
        assert_eq!(stored("status = 'archived'", &db).await, ["b", "d"]);
        assert_eq!(Post::objects().unpublish(&db).await.unwrap(), 2);
        assert_eq!(stored("status = 'draft'", &db).await, ["a", "c"]);
    }

    async fn in_bulk_deletes(db) {
        let [_, b, _, d] = half_deleted(&db).await;
        let either = Post::objects().filter(|p| p.title.eq("a") | p.title.eq("b"));
        assert_eq!(either.delete(&db).await.unwrap(), 1);
        assert_eq!(stored("deleted_at IS NOT NULL", &db).await, ["a", "b", "d"]);
        assert_eq!(Post::objects().delete(&db).await.unwrap(), 1);
        assert_eq!(stored("deleted_at IS NULL", &db).await, [""; 0]);
        // The deletions of before are as they were.
        for before in [b, d] {
            let mut after = before.clone();
            after.refresh(&db).await.unwrap();
            assert_eq!(after, before);
        }
    }

    async fn in_bulk_deletes_of_slices(db) {
        blog(&db).await;
        posts(["a", "b", "c", "d", "e"], &db).await;
        assert_eq!(Post::objects().limit(2).delete(&db).await.unwrap(), 2);
        assert_eq!(stored("deleted_at IS NOT NULL", &db).await, ["d", "e"]);
        assert_eq!(Post::objects().offset(2).delete(&db).await.unwrap(), 1);
        assert_eq!(stored("deleted_at IS NOT NULL", &db).await, ["a", "d", "e"]);
        let oldest = || Post::objects().order_by(|p| p.created_at.asc()).limit(1);
        assert_eq!(oldest().delete(&db).await.unwrap(), 1);
        assert_eq!(stored("deleted_at IS NULL", &db).await, ["c"]);
        assert_eq!(oldest().hard_delete(&db).await.unwrap(), 1);
        assert_eq!(stored("TRUE", &db).await, ["a", "b", "d", "e"]);
        assert_eq!(oldest().deleted().hard_delete(&db).await.unwrap(), 1);
        assert_eq!(stored("TRUE", &db).await, ["b", "d", "e"]);
        assert_eq!(Post::objects().deleted().limit(1).restore(&db).await.unwrap(), 1);
        assert_eq!(stored("deleted_at IS NULL", &db).await, ["e"]);
    }

    async fn a_slice_is_chosen_before_its_rows_are_told_apart(db) {
        half_deleted(&db).await;
        let newest = || Post::objects().all_with_deleted().limit(1);
        assert_eq!(titles(newest(), &db).await, ["d"]);
        assert_eq!(newest().delete(&db).await.unwrap(), 0);
        assert_eq!(stored("deleted_at IS NOT NULL", &db).await, ["b", "d"]);
        assert_eq!(newest().offset(1).restore(&db).await.unwrap(), 0);
        assert_eq!(stored("deleted_at IS NOT NULL", &db).await, ["b", "d"]);
        assert_eq!(newest().archive(&db).await.unwrap(), 1);
        assert_eq!(newest().archive(&db).await.unwrap(), 0);
        assert_eq!(newest().publish(&db).await.unwrap(), 0);
        assert_eq!(stored("status = 'archived'", &db).await, ["d"]);
        assert_eq!(stored("status = 'draft'", &db).await, ["a", "b", "c"]);
    }

    async fn hard_delete_keeps_to_the_scope(db) {
        half_deleted(&db).await;
        assert_eq!(
            Post::objects().filter(|p| p.title.eq("a") | p.title.eq("b")).hard_delete(&db).await.unwrap(),
            1
        );
        assert_eq!(stored("TRUE", &db).await, ["b", "c", "d"]);
        assert_eq!(Post::objects().deleted().hard_delete(&db).await.unwrap(), 2);
        assert_eq!(stored("TRUE", &db).await, ["c"]);
        post("e", &db).await.delete(&db).await.unwrap();
        assert_eq!(Post::objects().all_with_deleted().hard_delete(&db).await.unwrap(), 2);
        assert_eq!(count(&db, "posts").await, 0);
    }

    async fn of_a_column_of_another_name(db) {
        model_runtime::schema::create_tables(&[Task::table()], &db).await.unwrap();
        let [mut one, two] = ["one", "two"].map(|title| Task::builder().title(title).build());
        one.insert(&db).await.unwrap();
        let two = Task::bulk_create(vec![two], &db).await.unwrap().remove(0);
        assert!(one.delete(&db).await.unwrap());
        assert!(one.removed_at.is_some() && one.is_deleted());
        let left = column::<String>(&db, "SELECT title FROM tasks WHERE removed_at IS NULL").await;
        assert_eq!(left, ["two"]);
        assert_eq!(Task::objects().fetch_all(&db).await.unwrap(), [two]);
        assert_eq!(Task::objects().deleted().get(&db).await.unwrap(), one);
        assert_eq!(Task::objects().all_with_deleted().count(&db).await.unwrap(), 2);
        assert_eq!(Task::objects().restore_all(&db).await.unwrap(), 1);
        assert_eq!(Task::objects().count(&db).await.unwrap(), 2);
    }
}
