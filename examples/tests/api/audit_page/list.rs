//! The list: filters and search.

use model_runtime::prelude::*;
use model_runtime::users::User;
use model_runtime::web::Web;
use model_runtime::{Cursors, admin::AuditPage};
use reqwest::Method;
use serde_json::json;
use tests::{on_both, raw_sql};

use super::site::{LIST, Site, fill};

async fn ids(db: &Pool, condition: &str, order: &str) -> Vec<i64> {
    raw_sql::column(db, &format!("SELECT id FROM audit_logs WHERE {condition} ORDER BY {order}")).await
}

on_both! {
    async fn each_filter_finds_what_sql_finds(db) {
        let site = Site::serve(db).await;
        let db = &site.api.db;
        fill(db, 400).await;
        let staff = site.staff.id;
        let day = |day: &str| match db.dialect() {
            Dialect::Sqlite => format!("timestamp {day}"),
            Dialect::Postgres => format!("(timestamp AT TIME ZONE 'UTC')::text {day}"),
        };
        let (to_3am, by_time) = (day("< '2026-01-02'"), "timestamp DESC, id DESC");
        for (query, condition, order) in [
            ("", "TRUE".to_owned(), "id DESC"),
            ("action=&model=&user=&from=&to=&search=", "TRUE".to_owned(), "id DESC"),
            ("action=hard_delete", "action = 'hard_delete'".to_owned(), "id DESC"),
            ("model=blog.tag", "content_type = 'blog.tag'".to_owned(), "id DESC"),
            ("user=u4", "actor_id = 'u4'".to_owned(), "id DESC"),
            ("user=STAFF%40example.com", format!("actor_id = '{staff}'"), "id DESC"),
            ("from=2026-01-02", day(">= '2026-01-02'"), by_time),
            ("to=2026-01-01", to_3am.clone(), by_time),
            ("from=2026-01-01&to=2026-01-01", to_3am.clone(), by_time),
            ("from=2027-01-01&to=2027-01-02", "FALSE".to_owned(), by_time),
            ("user=u4&to=2026-01-01&action=create", format!("actor_id = 'u4' AND action = 'create' AND {to_3am}"), "id DESC"),
            ("model=blog.tag&action=create", "content_type = 'blog.tag' AND action = 'create'".to_owned(), "id DESC"),
            ("model=blog.tag&to=2026-01-01", format!("content_type = 'blog.tag' AND {to_3am}"), by_time),
            ("search=ject+39", "object_repr LIKE 'Object%39%'".to_owned(), "id DESC"),
            ("search=NAME+4&action=update", "actor_label LIKE '%4%' AND action = 'update'".to_owned(), "id DESC"),
        ] {
            let (found, _) = site.walk(query).await;
            let condition = if query.starts_with("search=NAME") {
                "((actor_label LIKE 'Name%4%') OR (actor_label LIKE 'Name%' AND object_repr LIKE '%4%')) AND action = 'update'".to_owned()
            } else {
                condition
            };
            assert_eq!(found, ids(db, &condition, order).await, "{query}");
        }
        let far = format!("to=2026-01-01&from=2026-01-01&search={}", "a".repeat(200));
        assert!(site.list(&far).await.text.contains("There are no entries that meet these filters."));
    }

    async fn a_search_is_in_object_name_and_address(db) {
        let site = Site::serve(db).await;
        let mut ada = User::builder().email("Countess_L@byron.example").first_name("Ada").build();
        ada = site.api.users.create_user(ada, None, &site.api.db).await.unwrap();
        let context = model_runtime::audit::AuditContext::default().actor(ada.id, ada.get_display_name());
        for name in ["100% rye", "1000 rye", "a_b", "acb", "Sauerteig"] {
            examples::blog::Tag::builder().name(name).create(context.on(&site.api.db)).await.unwrap();
        }
        let objects = async |search: &str| {
            let mut url = reqwest::Url::parse("http://x/").unwrap();
            let page = site.list(url.query_pairs_mut().append_pair("search", search).append_pair("model", "blog.tag").finish().query().unwrap()).await;
            let texts = page.text.split("title=\"The history of this object\">").skip(1);
            texts.map(|text| text.split('<').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let tags = ["Sauerteig", "acb", "a_b", "1000 rye", "100% rye"];
        assert_eq!(objects("ada").await, tags);
        assert_eq!(objects("ADA rye").await, ["1000 rye", "100% rye"]);
        assert_eq!(objects("countess_l@BYRON").await, tags);
        assert_eq!(objects("countessxl").await, [""; 0]);
        assert_eq!(objects("100%").await, ["100% rye"]);
        assert_eq!(objects("a_b").await, ["a_b"]);
        assert_eq!(objects("SAUER").await, ["Sauerteig"]);
        assert_eq!(objects("'; DROP TABLE audit_logs; --").await, [""; 0]);
    }

    async fn a_word_of_too_many_addresses_is_refused(db) {
        let site = Site::serve(db).await;
        for (count, status) in [(999, 200), (1, 200), (1, 400)] {
            let there = raw_sql::count(&site.api.db, "users").await;
            let users = (there..there + count).map(|n| User::builder().email(format!("u{n}@many.example")).build());
            User::bulk_create(users.collect(), &site.api.db).await.unwrap();
            for path in ["", "export.csv"] {
                let page = site.get(&format!("{LIST}{path}?search=many.example")).await;
                assert_eq!(page.status, status, "{}", page.text);
            }
        }
    }

    async fn a_model_without_entries_has_none(db) {
        let site = Site::serve(db).await;
        let page = site.list("model=blog.quiet_one").await;
        assert!(page.ids().is_empty() && page.text.contains("There are no entries that meet these filters."));
        assert!(page.text.contains("<option value=\"blog.quiet_one\" selected>"), "{}", page.text);
        let lines = site.get("/admin/audit/export.jsonl?model=blog.quiet_one").await;
        assert_eq!((lines.status, lines.text.as_str()), (200, ""));
    }

    async fn what_is_listed_is_what_the_guide_lists(db) {
        let site = Site::serve(db).await;
        let (_, token) = site.api.user("author@example.com").await;
        let body = json!({"title": "Why Tuesday", "content": "b"});
        assert_eq!(site.api.with(&token, Method::POST, "/api/posts/", body).await.status, 201);
        let page = site.list("model=blog.post").await;
        let id = page.ids()[0];
        let row = format!("<th scope=\"row\"><a href=\"/admin/audit/entries/{id}/\"");
        for part in [
            "<th scope=\"col\">Time (UTC)</th><th scope=\"col\">Action</th><th scope=\"col\">User</th><th scope=\"col\">Object</th><th scope=\"col\">Model</th>",
            &row,
            "<span class=\"action create\">Create</span>",
            ">author@example.com</a>",
            ">Why Tuesday</a>",
            "<code>blog.post</code>",
            "<option value=\"blog.post\" selected>",
            "href=\"/admin/audit/export.csv?model=blog.post\"",
        ] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        let home = |page: &str| page.contains("href=\"/admin/audit/\" aria-current=\"page\"");
        assert!(!home(&page.text) && home(&site.list("").await.text));
    }

    /// As EXPLAIN tells: no page sorts, or goes through the table.
    async fn each_page_goes_by_an_index(db) {
        let site = Site::serve(db).await;
        let db = &site.api.db;
        fill(db, 20_000).await;
        raw_sql::execute(db, "ANALYZE audit_logs").await.unwrap();
        let cursors = Cursors::new("a secret of the tests, of at least 32 bytes").unwrap();
        let audit = AuditPage::new("/admin/audit", &Web::new(db.clone(), site.api.users.clone()), cursors);
        let after = async |query: &str| {
            let next = site.list(query).await.link("next").unwrap();
            next.strip_prefix(&format!("{LIST}?")).unwrap().to_owned()
        };
        let key = if db.dialect() == Dialect::Postgres { "audit_logs_pkey" } else { "INTEGER PRIMARY KEY" };
        for (query, indexes) in [
            ("", &[key, "SCAN t"][..]),
            ("action=hard_delete", &["audit_logs_action_id_idx"]),
            ("model=blog.tag", &["audit_logs_content_type_id_idx"]),
            ("user=u4", &["audit_logs_actor_id_id_idx"]),
            ("from=2026-01-02&to=2026-01-03", &["audit_logs_timestamp_id_idx"]),
            ("search=object", &[key, "SCAN t"]),
            ("user=u4&search=object&action=update&to=2026-01-08", &["audit_logs_actor_id_id_idx"]),
            ("from=2026-01-02&model=blog.tag", &["audit_logs_timestamp_id_idx"]),
        ] {
            for (query, is_first) in [(query.to_owned(), true), (after(query).await, false)] {
                let plan = audit.explain(&query).await.unwrap();
                assert!(indexes.iter().any(|index| plan.contains(index)), "{query}:\n{plan}");
                let table = plan.lines().next().unwrap();
                assert!(!plan.contains("Seq Scan on audit_logs"), "{query}:\n{plan}");
                // What is tested is among so many rows, which may be sorted.
                let sorts = plan.contains("Sort") || plan.contains("TEMP B-TREE");
                assert!(!sorts || query.contains("search") || query.contains("from=2026-01-02&model"), "{query}:\n{plan}");
                // SQLite goes through the table in the order of its key, from its end.
                assert!(is_first || !table.starts_with("SCAN"), "{query}:\n{plan}");
            }
        }
    }
}
