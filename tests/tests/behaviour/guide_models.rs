//! The guide's tests of models (Testing Strategies, 1), and its usage of the Abstract Base Models and of Pattern 1.
//! Where one of them was wrong it is mended, and says so.

mod post_model_test {
    use model_runtime::prelude::*;
    use tests::fixtures::blog;
    use tests::models::{Author, Category, Post};
    use tests::on_both;
    use tests::raw_sql::{column, value};

    struct SetUp {
        user: Author,
        post: Post,
    }

    async fn set_up(db: &Pool) -> SetUp {
        blog(db).await;
        let user = Author::builder().email("test@example.com").create(db).await.unwrap();
        let category = Category::builder().name("Technology").slug("technology").create(db).await.unwrap();
        let post = Post::builder().title("Test Post").content("Test content").author_id(user.id);
        SetUp { post: post.category_id(category.id).create(db).await.unwrap(), user }
    }

    async fn status(db: &Pool) -> String {
        value(db, "SELECT status FROM posts").await
    }

    on_both! {
        async fn test_post_creation(db) {
            let SetUp { user, post } = set_up(&db).await;
            assert_eq!(post.title, "Test Post");
            assert_eq!(post.author_id, Some(user.id));
            assert_eq!(post.status, PublishStatus::Draft);
            assert_eq!(post.id.get_version_num(), 7);
            assert_eq!(post.created_at, post.updated_at);
            assert_eq!(column::<Uuid>(&db, "SELECT id FROM posts").await, [post.id]);
            assert_eq!(Post::get(post.id, &db).await.unwrap(), post);
        }

        async fn test_post_str_method(db) {
            let SetUp { post, .. } = set_up(&db).await;
            assert_eq!(post.to_string(), "Test Post");
        }

        async fn test_post_publish(db) {
            let SetUp { mut post, .. } = set_up(&db).await;
            assert!(post.publish(&db).await.unwrap());
            assert_eq!(post.status, PublishStatus::Published);
            assert!(post.published_at.is_some());
            assert!(post.is_published());
            assert_eq!(status(&db).await, "published");
        }

        async fn test_post_unpublish(db) {
            let SetUp { mut post, .. } = set_up(&db).await;
            post.publish(&db).await.unwrap();
            assert!(post.unpublish(&db).await.unwrap());
            assert_eq!(post.status, PublishStatus::Draft);
            assert_eq!(status(&db).await, "draft");
        }

        async fn test_post_archive(db) {
            let SetUp { mut post, .. } = set_up(&db).await;
            assert!(post.archive(&db).await.unwrap());
            assert_eq!(post.status, PublishStatus::Archived);
            assert_eq!(status(&db).await, "archived");
        }

        async fn test_post_soft_delete(db) {
            let SetUp { mut post, .. } = set_up(&db).await;
            assert!(post.delete(&db).await.unwrap());
            let this = || Post::objects().filter(|p| p.id.eq(post.id));
            assert!(!this().exists(&db).await.unwrap());
            assert!(this().all_with_deleted().exists(&db).await.unwrap());
            assert!(post.is_deleted());
            assert_eq!(
                column::<Option<DateTime<Utc>>>(&db, "SELECT deleted_at FROM posts").await,
                [post.deleted_at]
            );
        }

        async fn test_post_restore(db) {
            let SetUp { mut post, .. } = set_up(&db).await;
            post.delete(&db).await.unwrap();
            assert!(post.restore(&db).await.unwrap());
            assert!(!post.is_deleted());
            assert!(Post::objects().filter(|p| p.id.eq(post.id)).exists(&db).await.unwrap());
            assert_eq!(column::<Option<DateTime<Utc>>>(&db, "SELECT deleted_at FROM posts").await, [None]);
        }

        async fn test_post_increment_views(db) {
            let SetUp { mut post, .. } = set_up(&db).await;
            assert_eq!(post.views_count, 0);
            post.views_count += 1;
            assert!(post.save_only(|p| p.views_count, &db).await.unwrap());
            post.refresh(&db).await.unwrap();
            assert_eq!(post.views_count, 1);
            assert_eq!(value::<i32>(&db, "SELECT views_count FROM posts").await, 1);
        }

        async fn test_excerpt_auto_generation(db) {
            let SetUp { user, .. } = set_up(&db).await;
            let post = Post::builder().title("Long Post").content("A".repeat(1000)).author_id(user.id);
            let post = post.create(&db).await.unwrap();
            assert_eq!(post.excerpt.len(), 500);
            assert!(post.excerpt.ends_with("..."));
            assert_eq!(
                value::<String>(&db, "SELECT excerpt FROM posts WHERE title = 'Long Post'").await,
                post.excerpt
            );
        }
    }
}

mod usage {
    use model_runtime::clock::frozen;
    use model_runtime::prelude::*;
    use model_runtime::schema::create_tables;
    use tests::fixtures::{DAY, blog, new_year};
    use tests::models::{Author, Category, Post, Task};
    use tests::on_both;
    use tests::raw_sql::{column, count, value};

    /// UUIDModel's example. The guide's key is a random one.
    #[mixins]
    #[derive(Debug, Clone, PartialEq, Model)]
    #[model(table = "products", id = v4, display = name, unchecked)]
    #[timestamps]
    #[seo(slug = name, title = name, description = description)]
    struct Product {
        #[column(max_length = 200)]
        name: String,
        #[column(default)]
        description: String,
        #[column(precision = 10, scale = 2, default = Decimal::ZERO)]
        price: Decimal,
    }

    /// TimestampedModel's example.
    #[mixins]
    #[derive(Debug, Clone, PartialEq, Model)]
    #[model(table = "comments", display = text, unchecked)]
    #[timestamps]
    struct Comment {
        text: String,
        #[belongs_to(Author, on_delete = cascade)]
        author_id: Uuid,
    }

    /// PublishableModel's example.
    #[mixins]
    #[derive(Debug, Clone, PartialEq, Model)]
    #[model(table = "blog_posts", display = title, unchecked)]
    #[timestamps]
    #[publishable]
    struct BlogPost {
        #[column(max_length = 200)]
        title: String,
        content: String,
    }

    on_both! {
        async fn uuid_model(db) {
            create_tables(&[Product::table()], &db).await.unwrap();
            let price: Decimal = "999.99".parse().unwrap();
            let product = Product::builder().name("Laptop").price(price).create(&db).await.unwrap();
            assert_eq!(product.id.get_version_num(), 4);
            assert_eq!(value::<Uuid>(&db, "SELECT id FROM products").await, product.id);
            assert_eq!(Product::get(product.id, &db).await.unwrap().price, price);
        }

        async fn timestamped_model(db) {
            create_tables(&[Author::table(), Comment::table()], &db).await.unwrap();
            let user = Author::builder().email("a@example.com").create(&db).await.unwrap();
            let comment = Comment::builder().text("Great post!").author_id(user.id).create(&db);
            let mut comment = frozen(new_year(), comment).await.unwrap();
            assert_eq!((comment.created_at, comment.updated_at), (new_year(), new_year()));
            comment.text = "Updated comment".to_owned();
            assert!(frozen(new_year() + DAY, comment.save(&db)).await.unwrap());
            assert_eq!((comment.created_at, comment.updated_at), (new_year(), new_year() + DAY));
            assert_eq!(
                value::<DateTime<Utc>>(&db, "SELECT updated_at FROM comments").await,
                new_year() + DAY
            );
            frozen(new_year() + DAY * 2, async {
                assert_eq!(Comment::objects().recent(1).count(&db).await.unwrap(), 0);
                assert_eq!(Comment::objects().recent(2).count(&db).await.unwrap(), 1);
                assert_eq!(Comment::objects().older_than(1).get(&db).await.unwrap(), comment);
            })
            .await;
        }

        async fn soft_delete_model(db) {
            create_tables(&[Task::table()], &db).await.unwrap();
            let mut task = Task::builder().title("Write documentation").create(&db).await.unwrap();
            assert!(task.delete(&db).await.unwrap());
            assert!(task.is_deleted());
            assert_eq!(Task::objects().count(&db).await.unwrap(), 0);
            assert_eq!(Task::objects().all_with_deleted().count(&db).await.unwrap(), 1);
            assert!(task.restore(&db).await.unwrap());
            assert_eq!(Task::objects().count(&db).await.unwrap(), 1);
            assert!(task.hard_delete(&db).await.unwrap());
            assert_eq!(count(&db, "tasks").await, 0);
            let done = ["a", "b"].map(|title| Task::builder().title(title).completed(true).build());
            Task::bulk_create(done.into(), &db).await.unwrap();
            Task::builder().title("open").create(&db).await.unwrap();
            assert_eq!(Task::objects().filter(|t| t.completed.eq(true)).delete(&db).await.unwrap(), 2);
            assert_eq!(
                column::<String>(&db, "SELECT title FROM tasks WHERE removed_at IS NULL").await,
                ["open"]
            );
            assert_eq!(Task::objects().deleted().restore(&db).await.unwrap(), 2);
            assert_eq!(Task::objects().filter(|t| t.completed.eq(true)).delete(&db).await.unwrap(), 2);
            assert_eq!(Task::objects().deleted().hard_delete(&db).await.unwrap(), 2);
            assert_eq!(column::<String>(&db, "SELECT title FROM tasks").await, ["open"]);
        }

        async fn publishable_model(db) {
            create_tables(&[BlogPost::table()], &db).await.unwrap();
            let mut post =
                BlogPost::builder().title("My Post").content("Content here...").create(&db).await.unwrap();
            assert_eq!(post.status.to_string(), "draft");
            assert!(!post.is_published());
            post.publish(&db).await.unwrap();
            assert_eq!(post.status.to_string(), "published");
            assert!(post.published_at.is_some() && post.is_published());
            assert_eq!(BlogPost::objects().published().get(&db).await.unwrap(), post);
            post.unpublish(&db).await.unwrap();
            assert_eq!(post.status.to_string(), "draft");
            post.archive(&db).await.unwrap();
            assert_eq!(post.status.to_string(), "archived");
            assert_eq!(value::<String>(&db, "SELECT status FROM blog_posts").await, "archived");
            assert_eq!(
                BlogPost::objects()
                    .filter(|p| p.status.eq(PublishStatus::Published))
                    .count(&db)
                    .await
                    .unwrap(),
                0
            );
        }

        async fn seo_model(db) {
            create_tables(&[Product::table()], &db).await.unwrap();
            let description = "High-quality wireless headphones with noise cancellation...";
            let product = Product::builder().name("Wireless Headphones").description(description);
            let product = product.seo_keywords("headphones,wireless,audio").create(&db).await.unwrap();
            assert_eq!(product.slug, "wireless-headphones");
            assert_eq!(product.seo_title, "Wireless Headphones");
            assert_eq!(product.seo_description, description);
            assert_eq!(value::<String>(&db, "SELECT slug FROM products").await, "wireless-headphones");
            assert_eq!(
                value::<String>(&db, "SELECT seo_keywords FROM products").await,
                "headphones,wireless,audio"
            );
            // The guide breaks on the second product of a name.
            let second = Product::builder().name("Wireless Headphones").create(&db).await.unwrap();
            assert_eq!(second.slug, "wireless-headphones-2");
        }

        async fn blog_system(db) {
            blog(&db).await;
            let user = Author::builder().email("a@example.com").create(&db).await.unwrap();
            let category = Category::builder().name("Tech").slug("tech").create(&db).await.unwrap();
            let post = Post::builder().title("My First Post").content("Long content here...");
            let mut post = post.author_id(user.id).category_id(category.id).create(&db).await.unwrap();
            post.publish(&db).await.unwrap();
            post.title = "Updated Title".to_owned();
            assert!(post.save(&db).await.unwrap());
            post.delete(&db).await.unwrap();
            assert_eq!(Post::objects().published().count(&db).await.unwrap(), 0);
            post.restore(&db).await.unwrap();
            assert_eq!(Post::objects().published().fetch_all(&db).await.unwrap(), [post.clone()]);
            assert_eq!(Post::objects().recent(7).fetch_all(&db).await.unwrap(), [post.clone()]);
            // URLs stay: a changed title does not change the slug.
            assert_eq!(Post::by_slug("my-first-post", &db).await.unwrap(), post);
            assert_eq!(value::<String>(&db, "SELECT title FROM posts").await, "Updated Title");
        }
    }
}
