//! The page that shows the API's document: all that it loads comes from here.

use reqwest::Method;
use reqwest::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use tests::on_both;

use crate::server::Api;

/// The values of an attribute.
fn attributes<'t>(html: &'t str, name: &str) -> Vec<&'t str> {
    html.split(&format!("{name}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

on_both! {
    async fn the_page_loads_nothing_from_elsewhere(db) {
        let api = Api::serve(db).await;
        let get = async |path: &str| {
            let response = api.request(Method::GET, path).send().await.unwrap();
            assert_eq!(response.status(), 200, "{path}");
            let kind = response.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
            let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
            (kind, policy, response.text().await.unwrap())
        };
        let moved = api.request(Method::GET, "/api/docs").send().await.unwrap();
        assert_eq!((moved.status().as_u16(), moved.headers()["location"].to_str().unwrap()), (308, "docs/"));
        let (kind, policy, page) = get("/api/docs/").await;
        assert_eq!(kind, "text/html");
        for source in policy.split([';', ' ']).filter(|word| !word.is_empty() && !word.ends_with("-src")) {
            let known = ["'none'", "'self'", "'unsafe-inline'", "data:", "base-uri", "form-action", "frame-ancestors"];
            assert!(known.contains(&source), "{source}");
        }
        assert!(!page.contains("://"), "{page}");
        let files = [attributes(&page, "src"), attributes(&page, "href")].concat();
        assert_eq!(files.len(), 7);
        for file in files {
            let name = file.trim_start_matches("./");
            let (kind, _, text) = get(&format!("/api/docs/{name}")).await;
            let wanted = match name.rsplit_once('.').unwrap().1 {
                "js" => "text/javascript",
                "css" => "text/css",
                _ => "image/png",
            };
            assert_eq!(kind, wanted, "{name}");
            if name == "swagger-initializer.js" {
                assert!(text.contains(r#""url": "/api/openapi.json""#), "{text}");
                assert!(text.contains(r#""validatorUrl": "none""#), "{text}");
                assert!(!text.contains("://"), "{text}");
            }
            // Where a style sheet loads more, it brings it along.
            if kind == "text/css" {
                assert!(text.split("url(").skip(1).all(|url| url.trim_start_matches('"').starts_with("data:")), "{name}");
                assert!(!text.contains("@import"), "{name}");
            }
        }
    }

    async fn what_the_page_does_not_have_is_a_problem(db) {
        let api = Api::serve(db).await;
        for path in ["/api/docs/nonsense.js", "/api/docs/..%2Findex.html", "/api/docs/%ff"] {
            let answer = api.get(path).await;
            assert!(matches!(answer.status.as_u16(), 400 | 404), "{path}");
            answer.fields();
        }
        let answer = api.send(api.request(Method::POST, "/api/docs/")).await;
        assert_eq!(answer.status, 405);
        answer.fields();
    }
}
