//! Sessions in cookies, and the guard against other sites.

use model_runtime::prelude::*;
use model_runtime::users::ExposeSecret;
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

    async fn a_second_factor_is_asked_for(db) {
        let api = Api::serve(db).await;
        let (mut user, _) = api.user("test@example.com").await;
        let enrolment = api.users.enrol_two_factor(&user, &api.db).await.unwrap();
        let totp = totp_rs::Totp::from_url(enrolment.uri().expose_secret()).unwrap();
        let code = totp.generate(Utc::now().timestamp().try_into().unwrap()).to_string();
        let recovery = api.users.confirm_two_factor(&mut user, &code, &api.db).await.unwrap();

        let send = async |path: &str, body: Value| api.send(api.request(Method::POST, path).json(&body)).await;
        let first = send("/api/login/", json!({"email": "test@example.com", "password": PASSWORD})).await;
        assert_eq!((first.status.as_u16(), first.headers.get("set-cookie")), (200, None), "{}", first.body);
        assert_eq!(first.body.as_object().unwrap().len(), 1);
        let token = first.body["code_required"].as_str().unwrap();
        let enter = async |token: &str, code: &str| send("/api/login/code/", json!({"token": token, "code": code})).await;
        // What was used is of no use again.
        for (token, code) in [(token, code.as_str()), (token, "nonsense"), (token, "\0"), ("nonsense", "000000"), ("\0", "")] {
            let answer = enter(token, code).await;
            assert!(matches!(answer.status.as_u16(), 401 | 422), "{}", answer.body);
            answer.fields();
            assert_eq!(answer.headers.get("set-cookie"), None);
        }
        let as_bearer = api.with(token, Method::GET, "/api/me/", Value::Null).await;
        assert_eq!(as_bearer.status, 401, "the token between is none of the API's");
        let answer = enter(token, recovery[0].expose_secret()).await;
        assert_eq!((answer.status.as_u16(), &answer.body["email"]), (200, &json!("test@example.com")), "{}", answer.body);
        assert_eq!(answer.headers["cache-control"], "no-store");
        let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
        let me = api.send(api.request(Method::GET, "/api/me/").header("cookie", cookie)).await;
        assert_eq!(me.body["id"], user.id.to_string());
        assert_eq!(enter(token, recovery[1].expose_secret()).await.status, 401, "the token is used up");
    }

    async fn who_tries_too_often_waits(db) {
        let api = Api::serve(db).await;
        api.user("test@example.com").await;
        let login = async |password: &str| {
            let body = json!({"email": "test@example.com", "password": password});
            api.send(api.request(Method::POST, "/api/login/").json(&body)).await
        };
        let mut tries = 0;
        let throttled = loop {
            let answer = login("wrong").await;
            if answer.status != 401 {
                break answer;
            }
            tries += 1;
            assert!(tries < 100, "it is never throttled");
        };
        assert_eq!(throttled.status, 429);
        throttled.fields();
        let seconds: u64 = throttled.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=24 * 3600).contains(&seconds), "{seconds}");
        let right = login(PASSWORD).await;
        assert_eq!((right.status.as_u16(), right.headers.get("set-cookie")), (429, None));
    }

    async fn what_no_text_holds_signs_nobody_in(db) {
        let api = Api::serve(db).await;
        let (_, token) = api.user("test@example.com").await;
        for (email, password) in [("test@example.com\0", PASSWORD), ("test@example.com", "\0"), ("\0", "\0"), ("", "")] {
            let body = json!({"email": email, "password": password});
            let answer = api.send(api.request(Method::POST, "/api/login/").json(&body)).await;
            assert!(matches!(answer.status.as_u16(), 401 | 422), "{email:?}: {}", answer.body);
            answer.fields();
        }
        let answer = api.with(&token, Method::POST, "/api/tokens/", json!({"name": "a\0"})).await;
        assert_eq!(answer.status, 422, "{}", answer.body);
        answer.fields();
        for cookie in ["session=", "session=%00", "session=\u{e9}", "session; session=a; ="] {
            let answer = api.send(api.request(Method::GET, "/api/me/").header("cookie", cookie)).await;
            assert_eq!(answer.status, 401, "{cookie}");
        }
        let bytes = reqwest::header::HeaderValue::from_bytes(b"Bearer \xff").unwrap();
        assert_eq!(api.send(api.request(Method::GET, "/api/me/").header("authorization", bytes)).await.status, 401);
    }
}
