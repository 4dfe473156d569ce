//! Sessions in cookies, and the guard against other sites.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{on_both, raw_sql};

use crate::server::{Api, PASSWORD};

on_both! {
    async fn a_session_from_sign_in_to_sign_out(db) {
        let api = Api::serve(db).await;
        api.user("test@example.com").await;
        let login = async |password: &str| {
            let body = json!({"email": "test@example.com", "password": password});
            api.send(api.request(Method::POST, "/api/login/").json(&body)).await
        };
        assert_eq!(login("wrong").await.status, 401);
        let answer = login(PASSWORD).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let set = answer.headers["set-cookie"].to_str().unwrap().to_owned();
        for part in ["session=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=1209600"] {
            assert!(set.contains(part), "{set}");
        }
        let cookie = set.split(';').next().unwrap().to_owned();
        let csrf = answer.body["csrf_token"].as_str().unwrap().to_owned();
        assert!(!cookie.contains(&csrf));

        let create = async |headers: &[(&str, &str)]| {
            let request = api.request(Method::POST, "/api/posts/").json(&json!({"title": "a", "content": "b"}));
            let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            api.send(request).await.status.as_u16()
        };
        let session = ("cookie", cookie.as_str());
        let token = ("x-csrf-token", csrf.as_str());
        assert_eq!(create(&[session]).await, 403);
        assert_eq!(create(&[session, ("x-csrf-token", "nonsense")]).await, 403);
        assert_eq!(create(&[session, token, ("origin", "https://evil.example")]).await, 403);
        assert_eq!(create(&[session, token, ("origin", "null")]).await, 403);
        assert_eq!(create(&[session, token, ("sec-fetch-site", "cross-site")]).await, 403);
        assert_eq!(raw_sql::count(&api.db, "posts").await, 0);
        assert_eq!(create(&[session, token]).await, 201);
        assert_eq!(create(&[session, token, ("origin", api.origin())]).await, 201);

        let me = async || api.send(api.request(Method::GET, "/api/me/").header("cookie", &cookie)).await;
        assert_eq!(me().await.body["csrf_token"], csrf);
        let request = api.request(Method::POST, "/api/tokens/").header("cookie", &cookie).header(token.0, token.1);
        let made = api.send(request.json(&json!({"name": "laptop"}))).await;
        assert_eq!(made.status, 201);
        let bearer = made.body["token"].as_str().unwrap();
        assert_eq!(api.with(bearer, Method::GET, "/api/me/", Value::Null).await.body["csrf_token"], Value::Null);
        let as_session = api.with(cookie.split_once('=').unwrap().1, Method::GET, "/api/me/", Value::Null).await;
        assert_eq!(as_session.status, 401, "a session's token is none of the API's");

        let logout = api.request(Method::POST, "/api/logout/").header("cookie", &cookie).header(token.0, token.1);
        let answer = api.send(logout).await;
        assert_eq!(answer.status, 204);
        assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        assert_eq!(me().await.status, 401);
        assert_eq!(raw_sql::value::<i64>(&api.db, "SELECT COUNT(*) FROM auth_tokens WHERE purpose = 'session'").await, 0);
    }

    async fn another_site_cannot_sign_in_its_own_user(db) {
        let api = Api::serve(db).await;
        api.user("test@example.com").await;
        let body = json!({"email": "test@example.com", "password": PASSWORD});
        let request = api.request(Method::POST, "/api/login/").json(&body).header("origin", "https://evil.example");
        assert_eq!(api.send(request).await.status, 403);
    }
}
