//! Reading and changing posts.

use serde_json::json;

use crate::program::{SAMPLES, on_both};

/// The slug of one of the samples.
const FLOUR: &str = "where-the-flour-comes-from";

on_both! {
    async fn posts_are_shown_under_old_slugs_too(blog) {
        blog.json(&["import", SAMPLES]);
        let post = blog.json(&["show", "lighting-the-oven"]);
        assert_eq!(post["title"], "Lighting the oven");
        assert_eq!(post["posted_on"], "2023-10-02");
        assert_eq!(post["status"], "published");
        assert_eq!(post["old_slugs"], json!(["2023/10/02/oven.html", "news/first-fire"]));
        assert_eq!(blog.json(&["show", "news/first-fire"]), post);
        assert_eq!(blog.json(&["show", "2023/10/02/oven.html"]), post);

        let text = blog.text(&["show", "news/first-fire"]);
        assert!(text.contains("The oven came with the building"), "{text}");
        assert!(text.contains("Also at news/first-fire"), "{text}");
    }

    async fn lists_are_filtered_sorted_and_paged(blog) {
        blog.json(&["import", SAMPLES]);
        let none: [&str; 0] = [];
        let starter = ["Feeding a starter when you are not at home"];
        assert_eq!(blog.listed("title", &["--search", "STARTER"]), starter);
        assert_eq!(blog.listed("title", &["--search", "100%"]), none);
        assert_eq!(blog.listed("title", &["--recent", "1"]), none);
        assert_eq!(blog.listed("title", &["--status", "draft"]), none);
        assert_eq!(blog.listed("title", &["--status", "published"]).len(), 8);

        let titles = ["Lighting the oven", "Rye, or: how to bake a brick & like it"];
        assert_eq!(blog.listed("title", &["--per-page", "1", "--order", "posted-on"]), titles[..1]);
        assert_eq!(blog.listed("title", &["--per-page", "1"]), titles[1..]);

        let mut paged = Vec::new();
        for page in ["1", "2", "3", "4"] {
            paged.extend(blog.listed("slug", &["--per-page", "3", "--order", "-title", "--page", page]));
        }
        assert_eq!(paged.len(), 8);
        assert_eq!(paged, blog.listed("slug", &["--order", "-title"]));
        assert_eq!(
            blog.json(&["list", "--per-page", "3", "--page", "4"]),
            json!({"total": 8, "page": 4, "pages": 3, "posts": []})
        );
        let text = blog.text(&["list", "--per-page", "3", "--page", "4"]);
        assert_eq!(text, "There is no page 4: 8 posts on 3 pages.\n");
        assert_eq!(blog.text(&["list", "--search", "100%"]), "No posts.\n");
    }

    async fn a_post_goes_through_its_states(blog) {
        blog.json(&["import", SAMPLES]);
        let change = |command: &str| {
            let outcome = blog.json(&[command, FLOUR]);
            let status = outcome["post"]["status"].as_str().unwrap().to_owned();
            (outcome["changed"].as_bool().unwrap(), status)
        };

        assert_eq!(change("publish"), (false, "published".into()));
        assert_eq!(change("unpublish"), (true, "draft".into()));
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts WHERE status = 'draft'").await, 1);
        assert_eq!(blog.listed("slug", &["--status", "draft"]), [FLOUR]);
        assert_eq!(change("publish"), (true, "published".into()));
        assert_eq!(change("archive"), (true, "archived".into()));
        assert_eq!(
            blog.error(&["publish", FLOUR]),
            "blog: this Post is archived and cannot become published"
        );

        assert_eq!(change("delete"), (true, "archived".into()));
        assert_eq!(change("delete"), (false, "archived".into()));
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts WHERE deleted_at IS NOT NULL").await, 1);
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts").await, 8);
        assert_eq!(blog.listed("slug", &["--deleted"]), [FLOUR]);
        let missing = format!("blog: there is no post `{FLOUR}`");
        assert_eq!(blog.error(&["show", FLOUR]), missing);
        assert_eq!(blog.error(&["publish", FLOUR]), missing);
        assert_eq!(change("restore"), (true, "archived".into()));
        assert_eq!(change("restore"), (false, "archived".into()));
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts WHERE deleted_at IS NOT NULL").await, 0);

        let mut stats = blog.json(&["stats"]);
        assert_eq!(stats["newest"].take()["slug"], "rye-or-how-to-bake-a-brick-like-it");
        assert_eq!(
            stats,
            json!({"draft": 0, "published": 7, "archived": 1, "deleted": 0, "users": 3, "newest": null})
        );
        assert_eq!(blog.text(&["unpublish", FLOUR]), format!("{FLOUR} is now draft\n"));
    }

    async fn the_walk_through_ends_with_a_list_numbers_and_the_trail(blog) {
        let walk = blog.json(&[]);
        assert_eq!(walk["loaded"]["created"], 8);
        assert_eq!(walk["posts"].as_array().unwrap().len(), 9);
        assert_eq!(walk["stats"]["archived"], 1);
        let results: Vec<_> =
            walk["steps"].as_array().unwrap().iter().map(|step| step["result"].as_str().unwrap()).collect();
        assert_eq!(results[0], "a draft, excerpt of 500 characters");
        assert_eq!(
            results[1..4],
            ["2 tags added; a second time 0", "Ines Okafor may not publish posts", "Ines Okafor may publish posts"]
        );
        assert!(results.contains(&"1 view, at /blog/why-tuesday/"), "{results:?}");
        assert!(results.contains(&"9 posts before, 8 now"), "{results:?}");
        assert!(results.contains(&"1 post restored"), "{results:?}");
        assert_eq!(*results.last().unwrap(), "refused: this Post is archived and cannot become published");
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts WHERE status = 'archived'").await, 1);

        let trail = walk["trail"].as_array().unwrap();
        let actions: Vec<&str> = trail.iter().map(|record| record["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["create", "publish", "update", "delete", "restore", "archive"]);

        let again = blog.text(&[]);
        let parts = ["0 created, 0 updated, 8 unchanged", "The life of a post", "Posts", "Numbers", "The audit trail"];
        for part in parts {
            assert!(again.contains(part), "{again}");
        }
        assert_eq!(blog.number("SELECT COUNT(*) FROM posts").await, 10);
    }
}
