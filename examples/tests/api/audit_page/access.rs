//! Who sees the audit page, and how they sign in on it.

use chrono::Utc;
use model_runtime::prelude::*;
use model_runtime::users::ExposeSecret;
use reqwest::Method;
use tests::{on_both, raw_sql};

use super::site::{LIST, Page, SIGN_IN, Site, post, send, sign_in, unescaped};
use crate::server::{Api, PASSWORD};

const PAGES: [&str; 5] = [
    LIST,
    "/admin/audit/entries/1/",
    "/admin/audit/object/?model=blog.post&id=1",
    "/admin/audit/export.csv",
    "/admin/audit/export.jsonl?action=update",
];

async fn sessions(db: &Pool) -> i64 {
    raw_sql::value(db, "SELECT COUNT(*) FROM auth_tokens WHERE purpose = 'session'").await
}

fn right(next: &str) -> [(&str, &str); 3] {
    [("email", "staff@example.com"), ("password", PASSWORD), ("next", next)]
}

fn guarded(page: &Page) {
    let policy =
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    for (name, value) in [
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
    ] {
        assert_eq!(page.headers[name], value);
    }
}

on_both! {
    async fn who_is_not_signed_in_is_led_there_and_back(db) {
        let api = Api::serve(db).await;
        let (mut staff, _) = api.user("staff@example.com").await;
        staff.set_staff(true, &api.db).await.unwrap();
        for path in PAGES {
            let browser = api.request(Method::GET, path).header("accept", "text/html,*/*;q=0.8");
            let page = send(browser).await;
            assert_eq!(page.status, 303, "{path}");
            guarded(&page);
            let program = send(api.request(Method::GET, path)).await;
            let is_export = path.contains("/export.");
            assert_eq!(program.status, if is_export { 401 } else { 303 }, "{path}");
            assert_eq!(program.headers.contains_key("www-authenticate"), is_export);
            let form = send(api.request(Method::GET, page.location())).await;
            assert_eq!((form.status, unescaped(form.field("next")).as_str()), (200, path));
            let page = post(&api, SIGN_IN, "", &right(path)).await;
            assert_eq!((page.status, page.location()), (303, path));
            let cookie = page.cookie();
            let wanted = send(api.request(Method::GET, path).header("cookie", &cookie)).await;
            assert!([200, 404].contains(&wanted.status), "{path}");
            let again = send(api.request(Method::GET, SIGN_IN).header("cookie", &cookie)).await;
            assert_eq!((again.status, again.location()), (303, LIST));
        }
        let page = send(api.request(Method::GET, "/admin/audit")).await;
        assert_eq!((page.status, page.location()), (308, LIST));
    }

    async fn nobody_is_led_elsewhere(db) {
        let api = Api::serve(db).await;
        let (mut staff, _) = api.user("staff@example.com").await;
        staff.set_staff(true, &api.db).await.unwrap();
        for next in ["https://evil.example/", "//evil.example/", "/", "/api/posts/", "/admin/auditor/", "/admin/audit",
            "\\/evil.example", "/admin/audit/\\evil", "/admin/audit/\r\nx: y", "javascript:alert(1)", "admin/audit/"] {
            let page = post(&api, SIGN_IN, "", &right(next)).await;
            assert_eq!((page.status, page.wrong()), (400, vec!["next"]), "{next}");
            let mut url = reqwest::Url::parse(api.origin()).unwrap();
            let query = url.query_pairs_mut().append_pair("next", next).finish().query().unwrap().to_owned();
            let page = send(api.request(Method::GET, &format!("{SIGN_IN}?{query}"))).await;
            assert_eq!((page.status, page.wrong()), (400, vec!["next"]), "{next}");
            guarded(&page);
        }
        assert_eq!(sessions(&api.db).await, 0);
    }

    async fn who_is_no_staff_is_told(db) {
        let site = Site::serve(db).await;
        site.api.user("reader@example.com").await;
        let cookie = sign_in(&site.api, "reader@example.com").await;
        for path in PAGES {
            let page = send(site.api.request(Method::GET, path).header("cookie", &cookie)).await;
            assert_eq!(page.status, 403, "{path}");
            assert!(page.text.contains("who is not staff") && page.text.contains("reader@example.com"), "{}", page.text);
            guarded(&page);
        }
        // Another account, in the place of this one.
        let form = send(site.api.request(Method::GET, SIGN_IN).header("cookie", &cookie)).await;
        let csrf = form.field("csrf_token").to_owned();
        let before = sessions(&site.api.db).await;
        assert_eq!(post(&site.api, SIGN_IN, &cookie, &right("")).await.status, 403, "without the session's token");
        let page = post(&site.api, SIGN_IN, &cookie, &[&right("")[..], &[("csrf_token", &csrf)]].concat()).await;
        assert_eq!(page.status, 303, "{}", page.text);
        assert_eq!(sessions(&site.api.db).await, before, "the old session is over");
        let mut staff = site.staff.clone();
        staff.set_staff(false, &site.api.db).await.unwrap();
        assert_eq!(site.get(LIST).await.status, 403, "from the next request on");
    }

    async fn forms_show_their_token(db) {
        let site = Site::serve(db).await;
        let out = "/admin/audit/sign-out/";
        let csrf = site.list("").await.field("csrf_token").to_owned();
        for fields in [vec![], vec![("csrf_token", "")], vec![("csrf_token", "nonsense")], vec![("CSRF_TOKEN", csrf.as_str())]] {
            let page = post(&site.api, out, &site.cookie, &fields).await;
            assert_eq!(page.status, 403, "{fields:?}");
            assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"), "{}", page.text);
            guarded(&page);
        }
        let evil = site.api.request(Method::POST, out).header("cookie", &site.cookie).header("origin", "https://evil.example");
        let evil = evil.header("content-type", "application/x-www-form-urlencoded").body(format!("csrf_token={csrf}"));
        assert_eq!(send(evil).await.status, 403);
        let evil = site.api.request(Method::POST, SIGN_IN).header("origin", "https://evil.example");
        let evil = evil.header("content-type", "application/x-www-form-urlencoded").body("email=a&password=b");
        assert_eq!(send(evil).await.status, 403);
        assert_eq!(site.get(LIST).await.status, 200, "the session goes on");
        assert_eq!(site.get(out).await.status, 405);

        let page = post(&site.api, out, &site.cookie, &[("csrf_token", &csrf)]).await;
        assert_eq!((page.status, page.location()), (303, SIGN_IN));
        assert!(page.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        assert_eq!((site.get(LIST).await.status, sessions(&site.api.db).await), (303, 0));
    }

    async fn a_wrong_password_is_told_and_slowed(db) {
        let api = Api::serve(db).await;
        api.user("staff@example.com").await;
        let wrong = [("email", "staff@example.com"), ("password", "wrong"), ("next", "/admin/audit/?action=update")];
        let page = post(&api, SIGN_IN, "", &wrong).await;
        assert_eq!(page.status, 401);
        assert!(page.text.contains("The e-mail or the password is wrong."), "{}", page.text);
        assert_eq!((page.field("next"), page.field("email\" type=\"email\" autocomplete=\"username")), ("/admin/audit/?action=update", "staff@example.com"));
        assert!(!page.text.contains("value=\"wrong\""));
        let mut slowed = None;
        for _ in 0..15 {
            let page = post(&api, SIGN_IN, "", &wrong).await;
            if page.status != 401 {
                slowed = Some(page);
                break;
            }
        }
        let slowed = slowed.expect("it is slowed");
        assert_eq!(slowed.status, 429);
        assert!(slowed.headers.contains_key("retry-after") && slowed.text.contains("Too many attempts failed"), "{}", slowed.text);
        assert_eq!(sessions(&api.db).await, 0);
    }

    async fn a_second_factor_is_asked_for(db) {
        let api = Api::serve(db).await;
        let (mut staff, _) = api.user("staff@example.com").await;
        staff.set_staff(true, &api.db).await.unwrap();
        let enrolment = api.users.enrol_two_factor(&staff, &api.db).await.unwrap();
        let totp = totp_rs::Totp::from_url(enrolment.uri().expose_secret()).unwrap();
        let code = totp.generate(Utc::now().timestamp().try_into().unwrap()).to_string();
        let recovery = api.users.confirm_two_factor(&mut staff, &code, &api.db).await.unwrap();

        let page = post(&api, SIGN_IN, "", &right("/admin/audit/?action=create")).await;
        assert_eq!((page.status, page.headers.get("set-cookie")), (200, None), "{}", page.text);
        let (token, next) = (page.field("token").to_owned(), page.field("next").to_owned());
        let path = "/admin/audit/sign-in/code/";
        let wrong = post(&api, path, "", &[("token", &token), ("code", "nonsense"), ("next", &next)]).await;
        assert_eq!((wrong.status, wrong.field("token")), (422, token.as_str()), "{}", wrong.text);
        assert!(wrong.text.contains("class=\"refusal\""), "{}", wrong.text);
        let foreign = post(&api, path, "", &[("token", "nonsense"), ("code", "1"), ("next", "")]).await;
        assert_eq!(foreign.status, 401);
        assert!(foreign.text.contains("sign in again"), "{}", foreign.text);
        assert_eq!(sessions(&api.db).await, 0);

        let code = recovery[0].expose_secret();
        let page = post(&api, path, "", &[("token", &token), ("code", code), ("next", &next)]).await;
        assert_eq!((page.status, page.location()), (303, "/admin/audit/?action=create"), "{}", page.text);
        let list = send(api.request(Method::GET, LIST).header("cookie", page.cookie())).await;
        assert_eq!(list.status, 200);
        let again = post(&api, path, "", &[("token", &token), ("code", code), ("next", &next)]).await;
        assert_eq!(again.status, 401, "the token is used up");
    }

    async fn a_program_comes_by_its_token(db) {
        let api = Api::serve(db).await;
        let (mut staff, token) = api.user("staff@example.com").await;
        let get = async |token: &str| send(api.request(Method::GET, "/admin/audit/export.jsonl").bearer_auth(token)).await;
        assert_eq!(get(&token).await.status, 403);
        assert_eq!(get("nonsense").await.status, 401);
        staff.set_staff(true, &api.db).await.unwrap();
        let page = get(&token).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.text.lines().count() as i64, raw_sql::count(&api.db, "audit_logs").await);
    }

    async fn every_answer_is_guarded(db) {
        let site = Site::serve(db).await;
        for path in [&PAGES[..], &[SIGN_IN, "/admin/audit/nonsense/", "/admin/audit/?page=0", "/admin/audit"]].concat() {
            let page = site.get(path).await;
            guarded(&page);
            assert_eq!(page.headers["cache-control"], "no-store", "{path}");
        }
        let list = site.list("").await;
        let (_, style) = list.text.split_once("rel=\"stylesheet\" href=\"").unwrap();
        let style = site.get(&unescaped(style.split('"').next().unwrap())).await;
        assert_eq!((style.status, &style.headers["content-type"]), (200, &"text/css; charset=utf-8".parse().unwrap()));
        assert!(style.headers["cache-control"].to_str().unwrap().contains("immutable"));
        guarded(&style);
        assert!(!list.text.contains("<script") && !list.text.contains("style=\""));
    }
}
