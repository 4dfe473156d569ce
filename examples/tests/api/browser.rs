//! The audit page in Chromium: by the keyboard alone, in both colour schemes, on a phone.

mod chromium;

use std::time::Duration;

use examples::blog::{Category, Post, Tag};
use fantoccini::Locator;
use fantoccini::key::Key;
use model_runtime::audit::AuditContext;
use model_runtime::prelude::*;
use model_runtime::users::User;
use serde_json::json;
use tests::database::Database;

use crate::audit_page::site::LIST;
use crate::server::{Api, PASSWORD};
use chromium::{Browser, DESKTOP, PHONE};

const SCRIPT: &str =
    "<script>document.title = 'planted'</script><img src=x onerror=\"document.title = 'planted'\">";

/// A few days at a bakery's blog.
async fn entries(api: &Api) -> Post {
    let user = async |email: &str, first: &str, last: &str| {
        let user = User::builder().email(email).first_name(first).last_name(last).build();
        api.users.create_user(user, Some(PASSWORD), &api.db).await.unwrap()
    };
    let (ines, omar) =
        (user("ines@example.com", "Ines", "Baker").await, user("omar@example.com", "Omar", "Miller").await);
    let context = |user: &User, agent: &str| {
        let context = AuditContext::default().actor(user.id, user.get_display_name());
        context
            .ip_address([203, 0, 113, 9])
            .user_agent(agent)
            .request_id("01a20307-03b8-7365-8e8e-949df59e6634")
    };
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0";
    let (by_ines, by_omar) = (context(&ines, firefox), context(&omar, "curl/8.17.0"));
    let bread = Category::builder().name("Bread").description("").create(by_ines.on(&api.db)).await.unwrap();
    for name in ["rye", "sourdough", "ovens"] {
        Tag::builder().name(name).create(by_ines.on(&api.db)).await.unwrap();
    }
    let titles =
        ["Lighting the oven", "Flour", "Croissants", "Rye", "Weekly notes", "Bread and tea", "Why Tuesday"];
    let mut posts = Vec::new();
    for (n, title) in titles.into_iter().enumerate() {
        let content =
            "Weigh the flour. Warm the water to 28 degrees. Let the starter stand overnight.".to_owned();
        let content = format!(
            "{content}\n\nKnead for ten minutes, then let it rest for an hour.\n\n{}",
            "Salt comes last. ".repeat(n * 9)
        );
        let author = if n % 2 == 0 { (&ines, &by_ines) } else { (&omar, &by_omar) };
        let post = Post::builder().title(title).content(content).author_id(author.0.id).category_id(bread.id);
        let day = "2026-11-22".parse::<NaiveDate>().unwrap();
        posts.push(post.posted_on(day).create(author.1.on(&api.db)).await.unwrap());
    }
    for post in posts.iter_mut().take(4) {
        post.publish(by_omar.on(&api.db)).await.unwrap();
    }
    posts[1].delete(by_omar.on(&api.db)).await.unwrap();
    posts[1].restore(by_ines.on(&api.db)).await.unwrap();
    posts[4].hard_delete(by_ines.on(&api.db)).await.unwrap();
    let mut post = posts.pop().unwrap();
    post.title = "Why Wednesday".into();
    post.content = post.content.replace("Knead for ten minutes", "Fold it four times").replace("28", "26");
    post.excerpt = "On the day we bake.".into();
    post.category_id = None;
    post.with_audit(&by_ines).save(&api.db).await.unwrap();
    post
}

/// Something that came from outside, in every text of an entry.
async fn plant(post: &mut Post, api: &Api) {
    let planted = AuditContext::default().actor(SCRIPT, SCRIPT).user_agent(SCRIPT).request_id(SCRIPT);
    post.title = SCRIPT.into();
    post.with_audit(&planted).save(&api.db).await.unwrap();
}

/// Presses Tab until the focus is on what this selects; no mouse is used.
async fn tab_to(browser: &Browser, selector: &str) {
    for _ in 0..200 {
        browser.press(Key::Tab.into()).await;
        if browser.is_true(&format!("document.activeElement.matches({})", json!(selector))).await {
            let outline = browser.value("getComputedStyle(document.activeElement).outlineStyle").await;
            assert_ne!(outline, "none", "the focus on {selector} shows");
            return;
        }
    }
    panic!("the keyboard does not reach {selector}");
}

async fn shoot(browser: &Browser, name: &str) {
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        browser.screenshot(&format!("{name}-{scheme}")).await;
    }
    browser.resize(PHONE).await;
    for scheme in ["dark", "light"] {
        browser.prefer(scheme).await;
        browser.screenshot(&format!("{name}-phone-{scheme}")).await;
        let width = browser.value("document.documentElement.scrollWidth").await;
        assert!(width.as_u64() <= Some(PHONE.0.into()), "{name} is {width} wide, and a phone is not");
    }
    browser.resize(DESKTOP).await;
}

#[tokio::test]
#[cfg_attr(not(chromedriver), ignore = "TEST_CHROMEDRIVER is not set")]
async fn the_audit_page_in_chromium() {
    let database = Database::sqlite().await;
    let api = Api::serve(database.pool.clone()).await;
    let mut post = entries(&api).await;
    let staff = User::builder().email("staff@example.com").first_name("Mira").last_name("Audit").build();
    let mut staff = api.users.create_user(staff, Some(PASSWORD), &api.db).await.unwrap();
    staff.set_staff(true, &api.db).await.unwrap();
    let browser = Browser::start().await;
    let at = |path: &str| format!("{}{path}", api.origin());

    // Signing in: the focus is on the first field.
    browser.client.goto(&at(LIST)).await.unwrap();
    assert_eq!(browser.path().await, "/admin/audit/sign-in/?next=%2Fadmin%2Faudit%2F");
    shoot(&browser, "sign-in").await;
    for (password, to) in [("wrong", "/admin/audit/sign-in/"), (PASSWORD, LIST)] {
        if password == "wrong" {
            browser.write("staff@example.com").await;
            tab_to(&browser, "#password").await;
        }
        // The second time the focus is there already.
        browser.write(password).await;
        browser.press(Key::Enter.into()).await;
        browser.wait_for(if to == LIST { "table.entries" } else { ".refusal" }).await;
        assert_eq!(browser.path().await, to);
        if password == "wrong" {
            shoot(&browser, "sign-in-refused").await;
        }
    }
    shoot(&browser, "list").await;

    // The first thing that the keyboard comes to leads past the bar.
    tab_to(&browser, ".skip").await;
    browser.press(Key::Enter.into()).await;
    assert!(browser.is_true("location.hash == '#content'").await);

    // Filtering and searching.
    tab_to(&browser, "#search").await;
    browser.write("why").await;
    tab_to(&browser, "#action").await;
    browser.write("u").await;
    tab_to(&browser, ".filters button").await;
    browser.press(Key::Enter.into()).await;
    browser.wait_for("a.button[href='/admin/audit/']").await;
    assert_eq!(browser.path().await, "/admin/audit/?search=why&action=update&model=&user=&from=&to=");
    assert_eq!(browser.value("document.querySelectorAll('.entries tbody tr').length").await, 1);
    shoot(&browser, "filtered").await;

    // Its own page, and the history of its object.
    tab_to(&browser, ".entries th a").await;
    browser.press(Key::Enter.into()).await;
    browser.wait_for(".fieldsets").await;
    let differences = "[...document.querySelectorAll('del, ins')].map(e => e.textContent).join('|')";
    let differences = browser.value(differences).await;
    assert!(differences.as_str().unwrap().contains("Tuesday|Wednesday"), "{differences}");
    shoot(&browser, "entry").await;
    tab_to(&browser, "a[href*='/object/']").await;
    browser.press(Key::Enter.into()).await;
    browser.wait_for(".timeline").await;
    assert!(browser.path().await.ends_with(&format!("?model=blog.post&id={}", post.id)));
    tab_to(&browser, "summary").await;
    browser.press(Key::Enter.into()).await;
    assert!(browser.is_true("document.querySelector('details').open").await);
    shoot(&browser, "timeline").await;

    // What is wrong is told where it stands.
    browser.client.goto(&at("/admin/audit/?from=yesterday&action=nonsense&page=0")).await.unwrap();
    shoot(&browser, "refused").await;
    browser.client.goto(&at("/admin/audit/nonsense/")).await.unwrap();
    shoot(&browser, "not-found").await;

    // An export is saved.
    browser.client.goto(&at("/admin/audit/?model=blog.tag")).await.unwrap();
    tab_to(&browser, ".export a").await;
    browser.press(Key::Enter.into()).await;
    let saved = browser.saved("csv").await;
    assert_eq!(saved.lines().count(), 1 + 3, "{saved}");

    // What was planted stays text.
    plant(&mut post, &api).await;
    browser.client.goto(&at(LIST)).await.unwrap();
    let mut pages = vec![browser.path().await];
    for selector in
        [".entries th a", ".entries td[data-label='Object'] a", ".entries td[data-label='User'] a"]
    {
        pages.push(
            browser
                .value(&format!("document.querySelector({}).getAttribute('href')", json!(selector)))
                .await
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    for page in pages {
        browser.client.goto(&at(&page)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(browser.is_true("document.scripts.length + document.images.length == 0").await, "{page}");
        let (title, text) =
            (browser.client.title().await.unwrap(), browser.value("document.body.innerText").await);
        assert!(title.ends_with("Audit log"), "{title}");
        assert!(text.as_str().unwrap().contains(SCRIPT), "{page}: {text}");
    }
    shoot(&browser, "planted").await;

    // Signing out.
    browser.client.goto(&at(LIST)).await.unwrap();
    tab_to(&browser, ".bar button").await;
    browser.press(Key::Enter.into()).await;
    browser.wait_for("#password").await;
    browser.client.goto(&at(LIST)).await.unwrap();
    assert!(browser.path().await.starts_with("/admin/audit/sign-in/"));
    assert!(browser.client.find(Locator::Css("table")).await.is_err());
    browser.close().await;
    database.close().await;
}

#[tokio::test]
#[cfg_attr(not(chromedriver), ignore = "TEST_CHROMEDRIVER is not set")]
async fn the_page_of_the_document_writes_by_a_session() {
    let database = Database::sqlite().await;
    let api = Api::serve(database.pool.clone()).await;
    api.user("test@example.com").await;
    let browser = Browser::start().await;
    browser.client.goto(&format!("{}/api/docs/", api.origin())).await.unwrap();
    browser.wait_for("#operations-User-token").await;
    let body = json!({"email": "test@example.com", "password": PASSWORD}).to_string();
    let login = format!(
        "fetch('/api/login/', {{method: 'POST', headers: {{'content-type': 'application/json'}}, body: {}}}).then(it => it.json())",
        json!(body)
    );
    let csrf = browser.value(&login).await["csrf_token"].as_str().unwrap().to_owned();
    let click = async |selector: &str| {
        browser.wait_for(selector).await;
        browser.client.find(Locator::Css(selector)).await.unwrap().click().await.unwrap();
    };
    let answered = "#operations-User-token .live-responses-table tbody .response-col_status";
    let status = async || {
        browser.value(&format!("parseInt(document.querySelector({}).textContent)", json!(answered))).await
    };

    click("#operations-User-token .opblock-summary-control").await;
    click("#operations-User-token .try-out__btn").await;
    click("#operations-User-token .execute").await;
    browser.wait_for(answered).await;
    assert_eq!(status().await, 403);

    click(".scheme-container .btn.authorize").await;
    let of_csrf = |element: &str| format!("//div[@class='auth-container'][.//code='csrf']//{element}");
    let find = async |element: &str| {
        browser.client.wait().for_element(Locator::XPath(&of_csrf(element))).await.unwrap()
    };
    find("input").await.send_keys(&csrf).await.unwrap();
    browser.screenshot("document-authorize").await;
    find("button[@type='submit']").await.click().await.unwrap();
    click(".close-modal").await;
    click("#operations-User-token .execute").await;
    for _ in 0..100 {
        if status().await == 201 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(status().await, 201);
    browser.screenshot("document-written").await;
    browser.close().await;
    database.close().await;
}
