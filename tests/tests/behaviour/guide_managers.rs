//! The guide's tests of managers (Testing Strategies, 2 and PostManagerTest), and its usage of Core Managers.
//! Where one of them was wrong it is mended, and says so.

mod post_manager_test {
    use model_runtime::clock;
    use model_runtime::prelude::*;
    use tests::fixtures::{DAY, blog, titles};
    use tests::models::{Author, Post};
    use tests::on_both;

    async fn set_up(db: &Pool) {
        blog(db).await;
        let user = Author::builder().email("test@example.com").create(db).await.unwrap();
        let now = clock::now();
        let create = |title: &str| Post::builder().title(title).content("Content").author_id(user.id);
        create("Recent Post").created_at(now - DAY * 2).create(db).await.unwrap();
        create("Old Post").created_at(now - DAY * 15).create(db).await.unwrap();
        create("Deleted Post").create(db).await.unwrap().delete(db).await.unwrap();
    }

    on_both! {
        async fn test_recent_method(db) {
            set_up(&db).await;
            assert_eq!(titles(Post::objects().recent(7), &db).await, ["Recent Post"]);
        }

        async fn test_older_than_method(db) {
            set_up(&db).await;
            assert_eq!(titles(Post::objects().older_than(7), &db).await, ["Old Post"]);
        }

        async fn test_all_with_deleted(db) {
            set_up(&db).await;
            assert_eq!(Post::objects().all_with_deleted().count(&db).await.unwrap(), 3);
        }

        async fn test_deleted_method(db) {
            set_up(&db).await;
            assert_eq!(Post::objects().deleted().count(&db).await.unwrap(), 1);
            assert_eq!(titles(Post::objects().deleted(), &db).await, ["Deleted Post"]);
        }
    }
}

mod soft_delete_manager_test {
    use model_runtime::prelude::*;
    use tests::fixtures::{blog, posts, titles};
    use tests::models::Post;
    use tests::on_both;
    use tests::raw_sql::value;

    async fn set_up(db: &Pool) {
        blog(db).await;
        let mut posts = posts(["Post 1", "Post 2", "Post 3"], db).await;
        for post in &mut posts[1..] {
            post.delete(db).await.unwrap();
        }
    }

    async fn live(db: &Pool) -> i64 {
        value(db, "SELECT COUNT(*) FROM posts WHERE deleted_at IS NULL").await
    }

    on_both! {
        async fn test_default_queryset_excludes_deleted(db) {
            set_up(&db).await;
            assert_eq!(Post::objects().count(&db).await.unwrap(), 1);
            assert_eq!(titles(Post::objects(), &db).await, ["Post 1"]);
        }

        async fn test_all_with_deleted_includes_all(db) {
            set_up(&db).await;
            assert_eq!(Post::objects().all_with_deleted().count(&db).await.unwrap(), 3);
        }

        async fn test_deleted_returns_only_deleted(db) {
            set_up(&db).await;
            assert_eq!(titles(Post::objects().deleted(), &db).await, ["Post 3", "Post 2"]);
        }

        async fn test_restore_all_restores_deleted(db) {
            set_up(&db).await;
            assert_eq!(Post::objects().restore_all(&db).await.unwrap(), 2);
            assert_eq!(Post::objects().count(&db).await.unwrap(), 3);
            assert_eq!(live(&db).await, 3);
        }

        // The guide's queryset overwrites the times of earlier deletions; rule 19.
        async fn test_bulk_delete(db) {
            set_up(&db).await;
            assert_eq!(Post::objects().filter(|p| p.title.starts_with("Post")).delete(&db).await.unwrap(), 1);
            assert_eq!(Post::objects().count(&db).await.unwrap(), 0);
            assert_eq!(Post::objects().deleted().count(&db).await.unwrap(), 3);
            assert_eq!(live(&db).await, 0);
        }

        async fn test_bulk_restore(db) {
            set_up(&db).await;
            assert_eq!(Post::objects().deleted().restore(&db).await.unwrap(), 2);
            assert_eq!(Post::objects().count(&db).await.unwrap(), 3);
            assert_eq!(Post::objects().deleted().count(&db).await.unwrap(), 0);
            assert_eq!(live(&db).await, 3);
        }
    }
}

mod timestamped_manager_test {
    use model_runtime::clock::{self, frozen};
    use model_runtime::prelude::*;
    use tests::fixtures::{DAY, blog, titles};
    use tests::models::Post;
    use tests::on_both;

    async fn set_up(db: &Pool) -> [Post; 3] {
        blog(db).await;
        let now = clock::now();
        let mut posts = Vec::new();
        for (title, age) in [("Post 1", 1), ("Post 2", 10), ("Post 3", 30)] {
            let post = Post::builder().title(title).content("Content").create(db);
            posts.push(frozen(now - DAY * age, post).await.unwrap());
        }
        posts.try_into().unwrap()
    }

    on_both! {
        async fn test_recent_days_filter(db) {
            set_up(&db).await;
            assert_eq!(titles(Post::objects().recent(7), &db).await, ["Post 1"]);
        }

        async fn test_older_than_filter(db) {
            set_up(&db).await;
            assert_eq!(titles(Post::objects().older_than(15), &db).await, ["Post 3"]);
        }

        // The guide saves without a change, which writes nothing (rule 5), and expects a row that was made within
        // the hour not to be updated since: here it is made a day before.
        async fn test_updated_since_filter(db) {
            let [_, mut post, _] = set_up(&db).await;
            let cutoff = clock::now() - DAY / 24;
            assert!(!post.save(&db).await.unwrap());
            assert_eq!(Post::objects().updated_since(cutoff).count(&db).await.unwrap(), 0);
            post.content = "Changed".to_owned();
            assert!(post.save(&db).await.unwrap());
            assert_eq!(titles(Post::objects().updated_since(cutoff), &db).await, ["Post 2"]);
        }
    }
}

mod usage {
    use model_runtime::clock::frozen;
    use model_runtime::prelude::*;
    use tests::fixtures::{DAY, blog, new_year, posts, titles};
    use tests::models::{Category, Post};
    use tests::on_both;
    use tests::raw_sql::column;

    on_both! {
        async fn soft_delete_queryset(db) {
            blog(&db).await;
            let mut rows = posts(["Draft", "Published"], &db).await;
            rows[1].publish(&db).await.unwrap();
            assert_eq!(
                Post::objects().filter(|p| p.status.eq(PublishStatus::Draft)).delete(&db).await.unwrap(),
                1
            );
            assert_eq!(
                column::<String>(&db, "SELECT title FROM posts WHERE deleted_at IS NULL").await,
                ["Published"]
            );
            assert_eq!(Post::objects().deleted().restore(&db).await.unwrap(), 1);
            assert_eq!(titles(Post::objects(), &db).await, ["Published", "Draft"]);
        }

        async fn timestamped_queryset(db) {
            blog(&db).await;
            let mut rows = posts(["First", "Second"], &db).await;
            let now = new_year() + DAY * 100;
            rows[0].views_count = 1;
            frozen(now, async {
                rows[0].save(&db).await.unwrap();
                assert_eq!(titles(Post::objects().older_than(90), &db).await, ["Second", "First"]);
                assert_eq!(titles(Post::objects().recent(99), &db).await, ["Second"]);
                assert_eq!(titles(Post::objects().updated_since(now - DAY / 2), &db).await, ["First"]);
            })
            .await;
        }

        // Best practices, 2: methods chain, in any order.
        async fn methods_chain(db) {
            blog(&db).await;
            let tech = Category::builder().name("Tech").slug("tech").create(&db).await.unwrap();
            let mut rows = posts(["One", "Two", "Three"], &db).await;
            for row in &mut rows {
                row.category_id = Some(tech.id);
                row.save(&db).await.unwrap();
                row.publish(&db).await.unwrap();
            }
            rows[1].delete(&db).await.unwrap();
            frozen(new_year() + DAY * 31, async {
                let results =
                    Post::objects().active().filter(|p| p.category_id.eq(tech.id)).recent(30).published();
                assert_eq!(titles(results, &db).await, ["Three"]);
                let results =
                    Post::objects().published().recent(30).filter(|p| p.category_id.eq(tech.id)).active();
                assert_eq!(titles(results, &db).await, ["Three"]);
                let deleted = Post::objects().recent(30).deleted().published();
                assert_eq!(titles(deleted, &db).await, ["Two"]);
            })
            .await;
        }
    }
}
