//! The guide's Pattern 1, and what its tests of models say of a post's relations and views. Where it was wrong it is
//! mended, and says so.

use examples::blog::{Category, CategoryPosts, LoadedPost, Post, PostTag, Tag, UserPosts};
use examples::database::migrate;
use model_runtime::prelude::*;
use model_runtime::profile::assert_statements;
use model_runtime::users::User;
use tests::on_both;
use tests::raw_sql::{column, count, value};

struct SetUp {
    user: User,
    category: Category,
}

async fn set_up(db: &Pool) -> SetUp {
    migrate(db).await.unwrap();
    let user =
        User::builder().email("test@example.com").username("testuser".to_owned()).create(db).await.unwrap();
    let category = Category::builder().name("Technology").create(db).await.unwrap();
    SetUp { user, category }
}

async fn post(title: &str, SetUp { user, category }: &SetUp, db: &Pool) -> Post {
    let day = "2025-02-27".parse::<NaiveDate>().unwrap();
    let post = Post::builder().title(title).content("Long content here...").author_id(user.id);
    post.category_id(category.id).posted_on(day).create(db).await.unwrap()
}

async fn tags(names: [&str; 2], db: &Pool) -> Vec<Tag> {
    Tag::bulk_create(names.map(|name| Tag::builder().name(name).build()).into(), db).await.unwrap()
}

on_both! {
    async fn the_usage_of_a_blog(db) {
        let set_up = set_up(&db).await;
        let mut post = post("My First Post", &set_up, &db).await;
        let two = tags(["rust", "databases"], &db).await;
        assert_eq!(post.tags().add(&two, &db).await.unwrap(), 2);
        assert!(post.publish(&db).await.unwrap());
        post.title = "Updated Title".into();
        assert!(post.save(&db).await.unwrap());
        let change = &post.history_of("title")[0].change;
        assert_eq!((change.old.as_json(), change.new.as_json()), (r#""My First Post""#, r#""Updated Title""#));
        assert!(post.delete(&db).await.unwrap());
        assert!(post.restore(&db).await.unwrap());
        assert_eq!(Post::objects().published().fetch_all(&db).await.unwrap(), [post.clone()]);
        assert_eq!(Post::objects().recent(7).fetch_all(&db).await.unwrap(), [post.clone()]);

        assert_eq!(post.excerpt, "Long content here...");
        assert_eq!(post.absolute_url(), "/blog/my-first-post/");
        assert_eq!((set_up.category.to_string(), two[0].to_string()), ("Technology".into(), "rust".into()));
        assert_eq!(set_up.category.slug, "technology");
        // `related_name='posts'` of both, and the tag's way back.
        assert_eq!(set_up.user.posts().get(&db).await.unwrap(), post);
        assert_eq!(set_up.category.posts().get(&db).await.unwrap(), post);
        assert_eq!(two[1].posts().all().get(&db).await.unwrap(), post);
        assert_eq!(value::<String>(&db, "SELECT title FROM posts").await, "Updated Title");
    }

    async fn links_are_on_record_and_linking_again_is_nothing(db) {
        let post = post("Tagged", &set_up(&db).await, &db).await;
        let two = tags(["rust", "databases"], &db).await;
        assert_eq!(post.tags().add(&two, &db).await.unwrap(), 2);
        assert_eq!(post.tags().add(&two, &db).await.unwrap(), 0);
        assert_eq!(post.tags().set(&two[..1], &db).await.unwrap(), 1);
        assert!(!post.tags().contains(&two[1], &db).await.unwrap());
        let mut links: Vec<String> = column(&db, "SELECT action FROM audit_logs WHERE content_type = 'blog.post_tag'").await;
        links.sort_unstable();
        assert_eq!(links, ["create", "create", "hard_delete"]);
        assert_eq!(PostTag::objects().count(&db).await.unwrap(), 1);
    }

    /// on_delete: PROTECT of the author, SET_NULL of the category.
    async fn an_author_is_protected_and_a_category_may_go(db) {
        let set_up = set_up(&db).await;
        let mut post = post("Hello", &set_up, &db).await;
        assert!(matches!(set_up.user.hard_delete(&db).await, Err(Error::Protected { .. })));
        assert!(set_up.category.hard_delete(&db).await.unwrap());
        post.refresh(&db).await.unwrap();
        assert_eq!(post.category_id, None);
        assert_eq!(count(&db, "users").await, 1);
    }

    /// The guide reads, adds one and saves, and so loses views.
    async fn views_at_the_same_time_all_count(db) {
        let mut post = post("Popular", &set_up(&db).await, &db).await;
        assert_eq!(post.views_count, 0);
        assert!(post.increment_views(&db).await.unwrap());
        assert_eq!(post.views_count, 1);
        let records = count(&db, "audit_logs").await;
        let viewers = (0..64).map(|_| {
            let (mut post, db) = (post.clone(), db.clone());
            tokio::spawn(async move {
                for _ in 0..100 {
                    assert!(post.increment_views(&db).await.unwrap());
                }
            })
        });
        for viewer in viewers.collect::<Vec<_>>() {
            viewer.await.unwrap();
        }
        assert_eq!(value::<i32>(&db, "SELECT views_count FROM posts").await, 1 + 6_400);
        assert_eq!(count(&db, "audit_logs").await, records);
        assert_eq!(value::<String>(&db, "SELECT CAST(change_log AS TEXT) FROM posts").await, "{}");

        post.delete(&db).await.unwrap();
        assert!(!post.increment_views(&db).await.unwrap());
        assert_eq!(post.views_count, 6_401);
    }

    async fn a_list_of_100_posts_is_two_statements(db) {
        let set_up = set_up(&db).await;
        let two = tags(["rust", "databases"], &db).await;
        let day = "2025-02-27".parse::<NaiveDate>().unwrap();
        let new = |n: i32| {
            let post = Post::builder().title(format!("Post {n}")).content("Content").author_id(set_up.user.id);
            post.category_id((n % 2 == 0).then_some(set_up.category.id)).posted_on(day).build()
        };
        let posts = Post::bulk_create((0..120).map(new).collect(), &db).await.unwrap();
        let links = posts.iter().flat_map(|post| two.iter().map(|tag| {
            PostTag::builder().post_id(post.id).tag_id(tag.id).build()
        }));
        PostTag::bulk_create(links.collect(), &db).await.unwrap();

        let list = LoadedPost::fetch_all(Post::objects().limit(100), &db);
        let loaded = assert_statements(2, list).await.unwrap();
        assert_eq!(loaded.len(), 100);
        for LoadedPost { post, author, category, tags } in &loaded {
            assert_eq!(author, &set_up.user);
            let is_even = post.title.ends_with(['0', '2', '4', '6', '8']);
            assert_eq!(category.as_ref(), is_even.then_some(&set_up.category));
            assert_eq!(tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["databases", "rust"]);
        }
    }
}
