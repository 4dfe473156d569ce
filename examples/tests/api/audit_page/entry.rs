//! An entry's own page, and the history of an object.

use examples::blog::Category;
use model_runtime::audit::AuditContext;
use model_runtime::prelude::*;
use tests::{on_both, raw_sql};

use super::site::{LIST, Site};

const SCRIPT: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";

on_both! {
    async fn an_entry_has_the_fieldsets_of_the_guide(db) {
        let site = Site::serve(db).await;
        let context = AuditContext::default().actor(site.staff.id, "Ada").ip_address([203, 0, 113, 9]);
        let context = context.user_agent("curl/8").request_id("r-1");
        let mut post = site.api.post("Why Tuesday", &site.staff).await;
        post.title = "Why Wednesday".into();
        post.excerpt = "New".into();
        post.with_audit(&context).save(&site.api.db).await.unwrap();
        let id = site.list("model=blog.post&action=update").await.ids()[0];
        let page = site.get(&format!("{LIST}entries/{id}/")).await;
        assert_eq!(page.status, 200);
        let key = post.id.to_string();
        for part in [
            "Basic info</h2>", "Object</h2>", "Changes</h2>", "Request info</h2>",
            "Update</span> Why Wednesday</h1>", ">Ada</a>", "<code>blog.post</code>", &key, "<code>203.0.113.9</code>", "curl/8", "<code>r-1</code>",
            "<th scope=\"row\"><code>title</code></th>",
            "Why <del>Tuesday</del></div>", "Why <ins>Wednesday</ins></div>",
            &format!("/admin/audit/object/?model=blog.post&#38;id={key}"),
        ] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        let mut bread = Category::builder().name("Bread").description("").create(&site.api.db).await.unwrap();
        bread.description = "All of it".into();
        bread.save(&site.api.db).await.unwrap();
        let id = site.list("model=blog.category&action=update").await.ids()[0];
        let page = site.get(&format!("{LIST}entries/{id}/")).await;
        assert!(page.text.contains("<td data-label=\"Old\"><span class=\"none\">empty</span></td>"), "{}", page.text);
        let created = site.list("model=blog.post&action=create").await.ids()[0];
        let page = site.get(&format!("{LIST}entries/{created}/")).await;
        assert!(page.text.contains("<th scope=\"col\">Value</th>") && page.text.contains("<span class=\"none\">null</span>"), "{}", page.text);
        assert!(page.text.contains("<span class=\"none\">nobody</span>"), "{}", page.text);
    }

    /// An update from null, or to it, has an old and a new value.
    async fn null_is_a_value_of_an_update(db) {
        let site = Site::serve(db).await;
        let json = if site.api.db.dialect() == Dialect::Postgres { "jsonb" } else { "text" };
        for (change, old, new) in [
            (r#"{"old": null, "new": "x"}"#, "<span class=\"none\">null</span>", "x</div>"),
            (r#"{"old": "x", "new": null}"#, "x</div>", "<span class=\"none\">null</span>"),
        ] {
            raw_sql::execute(&site.api.db, &format!(
                "INSERT INTO audit_logs (timestamp, action, content_type, object_id, object_repr, changes, user_agent)
                 VALUES ('2026-01-01T00:00:00+00:00', 'update', 'blog.post', 'k', 'x', CAST('{{\"a\": {change}}}' AS {json}), '')"
            )).await.unwrap();
            let id = site.list("model=blog.post").await.ids()[0];
            let page = site.get(&format!("{LIST}entries/{id}/")).await;
            let cell = |label: &str| {
                let (_, cell) = page.text.split_once(&format!("<td data-label=\"{label}\">")).unwrap_or_else(|| panic!("{}", page.text));
                cell.split("</td>").next().unwrap().to_owned()
            };
            assert!(cell("Old").contains(old) && cell("New").contains(new), "{}", page.text);
        }
    }

    async fn masked_values_stay_masked(db) {
        let site = Site::serve(db).await;
        let id: i64 = raw_sql::value(&site.api.db, "SELECT MAX(id) FROM audit_logs WHERE content_type = 'auth.user' AND action = 'create'").await;
        let page = site.get(&format!("{LIST}entries/{id}/")).await;
        let (_, password) = page.text.split_once("<code>password</code>").unwrap();
        assert!(password.split("</tr>").next().unwrap().contains(">***</span>"), "{}", page.text);
        assert!(!page.text.contains("argon2"));
    }

    async fn the_history_of_an_object_is_a_timeline(db) {
        let site = Site::serve(db).await;
        let mut post = site.api.post("Revision 0", &site.staff).await;
        for n in 1..25 {
            post.title = format!("Revision {n}");
            post.save(&site.api.db).await.unwrap();
        }
        post.publish(&site.api.db).await.unwrap();
        post.delete(&site.api.db).await.unwrap();
        let mut other = site.api.post("Another", &site.staff).await;
        other.delete(&site.api.db).await.unwrap();
        let path = format!("{LIST}object/?model=blog.post&id={}", post.id);
        let first = site.get(&path).await;
        assert_eq!(first.status, 200, "{}", first.text);
        assert!(first.text.contains("History of Revision 24</h1>") && !first.text.contains("Another"));
        let ids = |text: &str| -> Vec<i64> {
            let entries = text.split("<p class=\"event\"><a href=\"/admin/audit/entries/").skip(1);
            entries.map(|entry| entry.split('/').next().unwrap().parse().unwrap()).collect()
        };
        let second = site.get(&first.link("next").unwrap()).await;
        let wanted = format!("SELECT id FROM audit_logs WHERE content_type = 'blog.post' AND object_id = '{}' ORDER BY id DESC", post.id);
        assert_eq!([ids(&first.text), ids(&second.text)].concat(), raw_sql::column::<i64>(&site.api.db, &wanted).await);
        assert_eq!((second.link("next"), ids(&site.get(&second.link("prev").unwrap()).await.text)), (None, ids(&first.text)));
        assert!(first.text.contains("Revision <del>23</del>") && first.text.contains("Revision <ins>24</ins>"), "{}", first.text);
        assert!(second.text.contains("<details>"), "what was created");
    }

    /// Text is text wherever it stands: between tags, in attributes, in links, in what was typed.
    async fn a_planted_script_stays_text(db) {
        let site = Site::serve(db).await;
        let context = AuditContext::default().actor(SCRIPT, SCRIPT).user_agent(SCRIPT).request_id(SCRIPT);
        let mut post = site.api.post("a", &site.staff).await;
        post.title = SCRIPT.into();
        post.content = format!("{SCRIPT}\n{SCRIPT}");
        post.with_audit(&context).save(&site.api.db).await.unwrap();
        let mut staff = site.staff.clone();
        staff.first_name = SCRIPT.into();
        staff.save(&site.api.db).await.unwrap();
        let json = if site.api.db.dialect() == Dialect::Postgres { "jsonb" } else { "text" };
        let text = SCRIPT.replace('\'', "''");
        let changes = serde_json::json!({SCRIPT: {"old": {SCRIPT: [SCRIPT]}, "new": SCRIPT}}).to_string().replace('\'', "''");
        raw_sql::execute(&site.api.db, &format!(
            "INSERT INTO audit_logs (timestamp, action, content_type, object_id, object_repr, changes, user_agent)
             VALUES ('2026-01-01T00:00:00+00:00', 'update', '{text}', '{text}', '{text}', CAST('{changes}' AS {json}), '{text}')"
        )).await.unwrap();
        let query = |name: &str, value: &str| {
            let mut url = reqwest::Url::parse("http://x/").unwrap();
            url.query_pairs_mut().append_pair(name, value).finish().query().unwrap().to_owned()
        };
        let (search, user, model, from, unknown) = (query("search", SCRIPT), query("user", SCRIPT), query("model", SCRIPT), query("from", SCRIPT), query(SCRIPT, SCRIPT));
        let next = query("next", SCRIPT);
        let list = site.list("").await;
        let mut paths: Vec<String> = list.ids().iter().take(3).map(|id| format!("{LIST}entries/{id}/")).collect();
        paths.extend([search, user, model.clone(), from, unknown].map(|query| format!("{LIST}?{query}")));
        paths.push(format!("{LIST}object/?model=blog.post&id={}", post.id));
        paths.push(format!("{LIST}object/?{model}&{}", query("id", SCRIPT)));
        paths.push(format!("{LIST}object/?{model}"));
        paths.push(format!("{LIST}entries/{SCRIPT}/"));
        paths.push(format!("{LIST}sign-in/?{next}"));
        paths.push(LIST.to_owned());
        for path in paths {
            let page = site.get(&path).await;
            assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"), "{path}");
            let text = page.text.to_lowercase();
            assert!(!text.contains("<script") && !text.contains("<img"), "{path}: {}", page.text);
            assert!(!text.contains("\"'>") && !text.contains("\"'&#62;"), "{path}: {}", page.text);
            assert!(text.contains("&#60;script") || page.status >= 400 || path.contains("entries"), "{path}: {}", page.text);
        }
    }

    async fn a_long_text_shows_where_it_differs(db) {
        let site = Site::serve(db).await;
        let paragraph = "Flour, water, salt and time. ".repeat(400);
        let mut post = site.api.post("Bread", &site.staff).await;
        post.content = format!("{paragraph}\nKnead it.\n{paragraph}");
        post.save(&site.api.db).await.unwrap();
        post.content = format!("{paragraph}\nFold it.\n{paragraph}");
        post.save(&site.api.db).await.unwrap();
        let id = site.list("model=blog.post").await.ids()[0];
        let page = site.get(&format!("{LIST}entries/{id}/")).await;
        assert!(page.text.contains("<del>Knead</del>") && page.text.contains("<ins>Fold</ins>"), "{}", page.text);
        assert!(page.text.contains("characters …") && page.text.len() < 20_000, "{}", page.text.len());
    }
}
