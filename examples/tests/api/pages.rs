//! Pages by number and by cursor.

use serde_json::{Value, json};
use tests::on_both;

use crate::server::Api;

on_both! {
    async fn pages_lead_to_each_other(db) {
        let api = Api::serve(db).await;
        let (user, _) = api.user("test@example.com").await;
        for i in 0..5 {
            api.post(&format!("Post {i}"), &user).await;
        }
        for (first, count) in [("page_size=2", json!(5)), ("page_size=2&cursor=", Value::Null)] {
            let mut path = Some(format!("/api/posts/?ordering=created_at&{first}"));
            let (mut titles, mut pages) = (Vec::new(), 0);
            while let Some(next) = path {
                let answer = api.get(&next).await;
                assert_eq!((answer.status.as_u16(), &answer.body["count"]), (200, &count), "{}", answer.body);
                titles.extend(answer.results("title"));
                pages += 1;
                path = answer.body["next"].as_str().map(str::to_owned);
            }
            assert_eq!((pages, titles), (3, (0..5).map(|i| json!(format!("Post {i}"))).collect()));
        }
        let second = api.get("/api/posts/?page=2&page_size=2").await;
        assert_eq!(second.body["previous"], "/api/posts/?page_size=2&page=1");

        // From the end to the start, in the list's order.
        let mut path = Some("/api/posts/?ordering=created_at&page_size=2&before=".to_owned());
        let mut pages = Vec::new();
        while let Some(previous) = path {
            let answer = api.get(&previous).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            pages.push(answer.results("title"));
            path = answer.body["previous"].as_str().map(str::to_owned);
        }
        let titles = |of: &[usize]| of.iter().map(|i| json!(format!("Post {i}"))).collect::<Vec<_>>();
        assert_eq!(pages, [titles(&[3, 4]), titles(&[1, 2]), titles(&[0])]);
        let first = api.get("/api/posts/?ordering=created_at&page_size=2&cursor=").await;
        assert_eq!(first.body["previous"], Value::Null);
        let second = api.get(first.body["next"].as_str().unwrap()).await;
        let back = api.get(second.body["previous"].as_str().unwrap()).await;
        assert_eq!(back.body["results"], first.body["results"]);
        assert_eq!(back.body["next"], first.body["next"]);

        for (query, field) in [("cursor=&before=", "before"), ("page=1&before=", "cursor"), ("before=x", "cursor")] {
            let refused = api.get(&format!("/api/posts/?{query}")).await;
            assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["field"]), (400, &json!(field)), "{query}");
        }
    }
}
