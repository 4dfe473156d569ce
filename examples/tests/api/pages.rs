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
    }
}
