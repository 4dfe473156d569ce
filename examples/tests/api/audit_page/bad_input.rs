//! What is refused: always a page that names the field and the cure, never an error of the server.

use reqwest::Method;
use tests::on_both;

use super::site::{LIST, Site, fill, send};

on_both! {
    async fn query_strings(db) {
        let site = Site::serve(db).await;
        fill(&site.api.db, 120).await;
        let next = site.list("").await.link("next").unwrap();
        let cursor = next.split_once("after=").unwrap().1.to_owned();
        let by_time = site.list("from=2026-01-01").await.link("next").unwrap();
        let by_time = by_time.split_once("after=").unwrap().1.to_owned();
        let long = "x".repeat(201);
        let cases = [
            ("page=0".to_owned(), vec!["page"]),
            ("page=abc&nonsense=1".to_owned(), vec!["page", "nonsense"]),
            ("action=nonsense".to_owned(), vec!["action"]),
            ("action=Update".to_owned(), vec!["action"]),
            ("model=Blog+Nonsense".to_owned(), vec!["model"]),
            ("user=nobody%40example.com".to_owned(), vec!["user"]),
            ("from=yesterday".to_owned(), vec!["from"]),
            ("from=2026-02-30&to=2026-13-01".to_owned(), vec!["from", "to"]),
            ("from=-200000-01-01&to=99999-01-01".to_owned(), vec!["from", "to"]),
            ("from=2026-02-01&to=2026-01-01".to_owned(), vec!["to"]),
            (format!("search={long}"), vec!["search"]),
            (format!("search={}", "x".repeat(10_000)), vec!["search"]),
            ("search=a+b+c+d+e+f+g+h+i+j+k".to_owned(), vec!["search"]),
            ("search=%00".to_owned(), vec!["search"]),
            ("user=%00&model=%00".to_owned(), vec!["user", "model"]),
            ("action=update&action=create".to_owned(), vec!["action"]),
            ("after=nonsense".to_owned(), vec!["after"]),
            ("before=nonsense".to_owned(), vec!["before"]),
            (format!("after={by_time}"), vec!["after"]),
            (format!("from=2026-01-01&after={cursor}"), vec!["after"]),
            (format!("before={by_time}"), vec!["before"]),
            (format!("after={}A", &cursor[..cursor.len() - 1]), vec!["after"]),
            (format!("after={cursor}&before={cursor}"), vec!["before"]),
            ("action=nonsense&from=x&page=1&after=y".to_owned(), vec!["page", "action", "from", "after"]),
        ];
        for (query, fields) in cases {
            let page = site.get(&format!("{LIST}?{query}")).await;
            assert_eq!((page.status, page.wrong()), (400, fields.clone()), "{query}: {}", page.text);
            assert!(page.text.contains("role=\"alert\"") && page.text.contains("<form method=\"get\""), "{query}");
            let exported: Vec<_> = fields.into_iter().filter(|field| !["after", "before"].contains(field)).collect();
            let page = site.get(&format!("/admin/audit/export.csv?{query}")).await;
            assert_eq!(page.status, 400, "{query}");
            assert!(exported.iter().all(|field| page.wrong().contains(field)), "{query}: {}", page.text);
        }
        let page = site.get(&format!("{LIST}?from=yesterday")).await;
        for part in ["<code>from</code> is &#34;yesterday&#34;, and no date; write it as 2026-01-31", "aria-invalid=\"true\" aria-describedby=\"from-error\"", "value=\"yesterday\""] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
    }

    async fn paths(db) {
        let site = Site::serve(db).await;
        fill(&site.api.db, 3).await;
        for path in ["entries/0/", "entries/-1/", "entries/abc/", "entries/99999999999999999999/", "entries/%00/", "entries/%ff/",
            "nonsense", "style.css/x", "object/?model=blog.post&id=nonsense", "object/?model=nonsense&id=k1"] {
            let page = site.get(&format!("{LIST}{path}")).await;
            assert!([400, 404].contains(&page.status), "{path}: {}", page.status);
            assert!(page.text.contains("<h1>") && page.text.contains("Go to the list"), "{path}: {}", page.text);
        }
        for (query, fields) in [("", vec!["model", "id"]), ("model=blog.post", vec!["id"]), ("model=blog.post&id=%00", vec!["id"]),
            ("model=blog.post&id=k1&page=0", vec!["page"]), ("model=blog.post&id=k1&after=x", vec!["after"])] {
            let page = site.get(&format!("{LIST}object/?{query}")).await;
            assert_eq!((page.status, page.wrong()), (400, fields), "{query}: {}", page.text);
        }
        for (method, path) in [(Method::POST, ""), (Method::DELETE, "entries/1/"), (Method::PUT, "entries/1/"), (Method::PATCH, "")] {
            let csrf = site.list("").await.field("csrf_token").to_owned();
            let request = site.api.request(method.clone(), &format!("{LIST}{path}")).header("cookie", &site.cookie);
            let page = send(request.header("x-csrf-token", csrf)).await;
            assert_eq!(page.status, 405, "{method} {path}");
        }
        let csrf = site.list("").await.field("csrf_token").to_owned();
        let request = site.api.request(Method::POST, "/admin/audit/sign-in/").header("x-csrf-token", csrf);
        assert_eq!(send(request.header("cookie", &site.cookie).json(&1)).await.status, 415);
    }
}
