//! A browser without a screen: the audit page, and somebody who is signed in.

use model_runtime::prelude::*;
use model_runtime::users::User;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use tests::raw_sql;

use crate::server::{Api, PASSWORD};

pub const LIST: &str = "/admin/audit/";
pub const SIGN_IN: &str = "/admin/audit/sign-in/";

pub struct Site {
    pub api: Api,
    pub staff: User,
    pub cookie: String,
}

/// What was answered.
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

pub async fn send(request: RequestBuilder) -> Page {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Page { status, headers, text: response.text().await.unwrap() }
}

/// Sends a form, as a browser does.
pub async fn post(api: &Api, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Page {
    let mut form = reqwest::Url::parse("http://x/").unwrap();
    let body = form.query_pairs_mut().extend_pairs(fields).finish().query().unwrap_or_default().to_owned();
    let request = api.request(Method::POST, path).header("origin", api.origin()).header("cookie", cookie);
    send(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
}

/// Signs in by the form; returns the cookie.
pub async fn sign_in(api: &Api, email: &str) -> String {
    let page = post(api, SIGN_IN, "", &[("email", email), ("password", PASSWORD), ("next", "")]).await;
    assert_eq!((page.status, page.location()), (303, LIST), "{}", page.text);
    page.cookie()
}

impl Site {
    /// The site, with staff who are signed in.
    pub async fn serve(db: Pool) -> Self {
        let api = Api::serve(db).await;
        let (mut staff, _) = api.user("staff@example.com").await;
        staff.set_staff(true, &api.db).await.unwrap();
        let cookie = sign_in(&api, "staff@example.com").await;
        Self { api, staff, cookie }
    }

    pub async fn get(&self, path: &str) -> Page {
        send(self.api.request(Method::GET, path).header("cookie", &self.cookie)).await
    }

    /// The list with this query string.
    pub async fn list(&self, query: &str) -> Page {
        let page = self.get(&format!("{LIST}?{query}")).await;
        assert_eq!(page.status, 200, "{query}: {}", page.text);
        page
    }

    /// The ids of the entries on all pages of the list, and how many pages there are.
    pub async fn walk(&self, query: &str) -> (Vec<i64>, usize) {
        let (mut ids, mut pages) = (Vec::new(), 0);
        let mut page = self.list(query).await;
        loop {
            pages += 1;
            ids.extend(page.ids());
            match page.link("next") {
                Some(next) => page = self.get(&next).await,
                None => return (ids, pages),
            }
        }
    }
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers.get("location").map_or("", |location| location.to_str().unwrap())
    }

    /// The session's cookie that it sets.
    pub fn cookie(&self) -> String {
        self.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
    }

    /// The entries of the list, in their order.
    pub fn ids(&self) -> Vec<i64> {
        let entries = self.text.split("<th scope=\"row\"><a href=\"/admin/audit/entries/").skip(1);
        entries.map(|entry| entry.split('/').next().unwrap().parse().unwrap()).collect()
    }

    /// Where the link of this relation leads.
    pub fn link(&self, relation: &str) -> Option<String> {
        let (_, link) = self.text.split_once(&format!("rel=\"{relation}\" href=\""))?;
        Some(unescaped(link.split('"').next().unwrap()))
    }

    /// The value of a hidden field.
    pub fn field(&self, name: &str) -> &str {
        let start = format!("name=\"{name}\" value=\"");
        let (_, value) = self.text.split_once(&start).unwrap_or_else(|| panic!("{name}: {}", self.text));
        value.split('"').next().unwrap()
    }

    /// The fields that it says are wrong.
    pub fn wrong(&self) -> Vec<&str> {
        let wrong = self.text.split("<li><code>").skip(1);
        wrong.map(|error| error.split("</code>").next().unwrap()).collect()
    }
}

pub fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
}

/// Writes entries behind the library's back, one a minute from 2026 on.
pub async fn fill(db: &Pool, count: u32) {
    let (numbers, time, json) = match db.dialect() {
        Dialect::Postgres => (
            format!("generate_series(1, {count}) AS g(n)"),
            "timestamptz '2026-01-01T00:00:00Z' + n * interval '1 minute'",
            "jsonb",
        ),
        Dialect::Sqlite => (
            format!(
                "(WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < {count}) SELECT n FROM g) AS g"
            ),
            "strftime('%Y-%m-%dT%H:%M:%S+00:00', '2026-01-01', '+' || n || ' minutes')",
            "text",
        ),
    };
    let fill = format!(
        "INSERT INTO audit_logs (timestamp, action, content_type, object_id, object_repr, changes, actor_id, actor_label, user_agent)
         SELECT {time}, CASE WHEN n % 7 = 0 THEN 'create' WHEN n % 11 = 0 THEN 'hard_delete' ELSE 'update' END,
            CASE WHEN n % 5 = 0 THEN 'blog.tag' ELSE 'blog.post' END, 'k' || (n % 40), 'Object ' || n,
            CAST('{{\"title\": {{\"old\": \"a\", \"new\": \"b\"}}}}' AS {json}),
            CASE WHEN n % 3 > 0 THEN 'u' || (n % 10) END, CASE WHEN n % 3 > 0 THEN 'Name ' || (n % 10) END, ''
         FROM {numbers} ORDER BY n"
    );
    raw_sql::execute(db, &fill).await.unwrap();
}
