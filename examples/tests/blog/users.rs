//! Users: making them, their passwords, and what they may do.

use model_runtime::prelude::*;
use model_runtime::users::User;
use serde_json::{Value, json};
use tests::raw_sql::{self, column, count, value};

use crate::program::{Blog, SAMPLES, on_both};

const JANE: &str = "jane@example.com";
const PASSWORD: &str = "a boat on the Lek";
const OTHER: &str = "seven ducks in a row";

/// Makes the user `JANE` with `PASSWORD`.
fn create_jane(blog: &Blog) {
    let arguments = ["user", "create", JANE, "--first-name", "Jane", "--last-name", "Doe"];
    assert_eq!(blog.text_after(&format!("{PASSWORD}\n"), &arguments), "jane@example.com is now a user\n");
}

/// Signs in through the library.
async fn sign_in(blog: &Blog, email: &str, password: &str) -> Result<User> {
    match User::manager().authenticate(email, password, blog.pool()).await? {
        SignIn::Complete(user) => Ok(user),
        SignIn::CodeRequired(_) => panic!("{email} has no second factor"),
    }
}

/// All of the audit trail as text.
async fn trail(blog: &Blog) -> Vec<String> {
    let columns =
        "content_type || ' ' || action || ' ' || object_repr || ' ' || CAST(changes AS TEXT) || user_agent
        || COALESCE(actor_id, '') || COALESCE(actor_label, '') || COALESCE(request_id, '')";
    column(blog.pool(), &format!("SELECT {columns} FROM audit_logs ORDER BY id")).await
}

on_both! {
    async fn a_user_signs_in_with_the_password_of_create(blog) {
        create_jane(blog);
        assert!(matches!(sign_in(blog, JANE, OTHER).await, Err(Error::Credentials)));
        assert_eq!(blog.user(JANE)["last_login_at"], Value::Null);
        assert_eq!(sign_in(blog, "JANE@Example.com", PASSWORD).await.unwrap().to_string(), "Jane Doe");
        assert!(blog.user(JANE)["last_login_at"].is_string());
        let hash: String = value(blog.pool(), "SELECT password FROM users").await;
        assert!(hash.starts_with("$argon2id$"), "{hash}");
    }

    async fn a_password_is_one_line_without_its_end(blog) {
        for (email, input, password) in [
            ("a@example.com", "a boat on the Lek", "a boat on the Lek"),
            ("b@example.com", " seven ducks in a row \r\nnot this\n", " seven ducks in a row "),
            ("c@example.com", "пароль из пяти слов\n", "пароль из пяти слов"),
        ] {
            blog.text_after(input, &["user", "create", email]);
            sign_in(blog, email, password).await.unwrap();
        }
    }

    async fn create_tells_the_user_without_the_password(blog) {
        let mut made = blog.json_after(
            PASSWORD,
            &["user", "create", " Jane.Doe@EXAMPLE.com", "--username", "jane", "--first-name", "Jane", "--superuser"],
        );
        let user = made["user"].as_object_mut().unwrap();
        assert_eq!(user.remove("id").unwrap().as_str().unwrap().len(), 36);
        assert!(user.remove("created_at").unwrap().is_string());
        user.remove("verified_at").unwrap();
        assert_eq!(
            made,
            json!({"user": {
                "email": "Jane.Doe@example.com", "username": "jane", "name": "Jane", "is_active": true,
                "is_staff": true, "is_superuser": true, "is_verified": true, "last_login_at": null,
            }})
        );
        let flags = "SELECT COUNT(*) FROM users WHERE is_superuser AND is_staff AND is_active";
        assert_eq!(blog.number(flags).await, 1);
        let text = blog.text_after(PASSWORD, &["user", "create", "root@example.com", "--superuser"]);
        assert_eq!(text, "root@example.com is now a superuser\n");
    }

    async fn nobody_signs_in_without_a_password(blog) {
        blog.text(&["user", "create", JANE, "--no-password"]);
        for password in ["", "!", PASSWORD] {
            assert!(matches!(sign_in(blog, JANE, password).await, Err(Error::Credentials)), "{password}");
        }
        assert_eq!(blog.text_after(OTHER, &["user", "passwd", JANE]), "jane@example.com has a new password\n");
        sign_in(blog, JANE, OTHER).await.unwrap();
    }

    async fn what_cannot_be_created_is_not_and_says_why(blog) {
        create_jane(blog);
        let records = count(blog.pool(), "audit_logs").await;
        let long = "x".repeat(151);
        for (arguments, input, error) in [
            (&["jane"][..], PASSWORD, "User is not valid: email is no e-mail address: it has no @"),
            (&["jane@localhost"], PASSWORD, "User is not valid: email has a domain without a dot"),
            (&[JANE], PASSWORD, "another User has the same email"),
            (&["JANE@EXAMPLE.COM"], PASSWORD, "another User has the same email"),
            (&["JANE@EXAMPLE.COM", "--superuser"], PASSWORD, "another User has the same email"),
            (
                &["joe@example.com", "--username", &long],
                PASSWORD,
                "User is not valid: username has 151 characters, 150 are allowed",
            ),
            (
                &["joe@example.com"],
                "",
                "the password is empty: type one, or give it as the first line of standard input",
            ),
            (
                &["joe@example.com"],
                "123456\n",
                "User is not valid: password has 6 characters, at least 8 are needed; password has digits only; \
                 password is a common password",
            ),
            (
                &["jo-smith@", "--last-name", "Smith"],
                "smith\n",
                "User is not valid: email has no valid domain after the @; password has 5 characters, at least 8 are \
                 needed; password is too similar to email; password is too similar to last_name; password is too easy \
                 to guess",
            ),
        ] {
            let arguments = [&["user", "create"], arguments].concat();
            assert_eq!(blog.error_after(input, &arguments), format!("blog: {error}"), "{arguments:?}");
        }
        assert_eq!(blog.emails().await, [JANE]);
        assert_eq!(count(blog.pool(), "audit_logs").await, records);
    }

    async fn an_address_is_verified_once(blog) {
        blog.text(&["user", "create", JANE, "--no-password"]);
        assert_eq!(blog.user(JANE)["is_verified"], false);
        let first = blog.json(&["user", "verify", "Jane@Example.com"]);
        assert_eq!((&first["changed"], &first["user"]["is_verified"]), (&json!(true), &json!(true)));
        assert_eq!(blog.number("SELECT COUNT(*) FROM users WHERE is_verified AND verified_at IS NOT NULL").await, 1);
        let records = count(blog.pool(), "audit_logs").await;
        let second = blog.json(&["user", "verify", JANE]);
        assert_eq!(second, json!({"changed": false, "user": first["user"]}));
        assert_eq!(blog.text(&["user", "verify", JANE]), "jane@example.com was verified already: nothing changed\n");
        assert_eq!(count(blog.pool(), "audit_logs").await, records);
        blog.text(&["user", "create", "joe@example.com", "--no-password"]);
        assert_eq!(blog.text(&["user", "verify", "joe@example.com"]), "joe@example.com is now verified\n");
    }

    async fn another_password_takes_the_place_of_the_first(blog) {
        create_jane(blog);
        let short = blog.error_after("jane doe\n", &["user", "passwd", JANE]);
        let why = "password is too similar to email; password is too similar to first_name; password is too easy to guess";
        assert_eq!(short, format!("blog: User is not valid: {why}"));
        sign_in(blog, JANE, PASSWORD).await.unwrap();
        blog.text_after(OTHER, &["user", "passwd", JANE]);
        assert!(matches!(sign_in(blog, JANE, PASSWORD).await, Err(Error::Credentials)));
        sign_in(blog, JANE, OTHER).await.unwrap();
        // The same again is a password with another salt.
        blog.text_after(OTHER, &["user", "passwd", JANE]);
        sign_in(blog, JANE, OTHER).await.unwrap();
    }

    async fn permissions_are_granted_once(blog) {
        blog.text(&["user", "create", JANE, "--no-password"]);
        let grant = ["user", "grant", JANE, "blog.publish_post", "blog.change_post", "blog.publish_post"];
        let granted = blog.json(&grant);
        assert_eq!(granted["changed"], true);
        assert_eq!(granted["permissions"], json!(["blog.change_post", "blog.publish_post"]));
        let records = count(blog.pool(), "audit_logs").await;
        assert_eq!(blog.json(&grant)["changed"], false);
        assert_eq!(blog.text(&grant), "jane@example.com had that already: nothing changed\n");
        assert_eq!(count(blog.pool(), "auth_user_permissions").await, 2);
        assert_eq!(count(blog.pool(), "auth_groups").await, 0);
        assert_eq!(count(blog.pool(), "audit_logs").await, records);
        let text = blog.text(&["user", "grant", JANE, "blog.delete_post"]);
        assert_eq!(text, "jane@example.com has now: blog.change_post, blog.delete_post, blog.publish_post\n");

        let jane = User::objects().by_email(JANE).get(blog.pool()).await.unwrap();
        assert!(jane.has_perm("blog.publish_post", blog.pool()).await.unwrap());
        assert!(!jane.has_perm("blog.add_post", blog.pool()).await.unwrap());
    }

    async fn a_group_is_made_once_and_shared(blog) {
        blog.text(&["user", "create", JANE, "--no-password"]);
        blog.text(&["user", "create", "joe@example.com", "--no-password"]);
        let text = blog.text(&["user", "grant", JANE, "--group", "editors"]);
        assert_eq!(text, "jane@example.com has now: nothing\n");
        assert_eq!(count(blog.pool(), "auth_user_groups").await, 1);
        let text = blog.text(&["user", "grant", "joe@example.com", "blog.publish_post", "--group", "editors"]);
        assert_eq!(text, "joe@example.com has now: blog.publish_post\n");
        // Jane has it through the group.
        let again = blog.json(&["user", "grant", JANE, "blog.publish_post", "--group", "editors"]);
        assert_eq!((&again["changed"], &again["permissions"]), (&json!(false), &json!(["blog.publish_post"])));
        assert_eq!(column::<String>(blog.pool(), "SELECT name FROM auth_groups").await, ["editors"]);
        assert_eq!(count(blog.pool(), "auth_group_permissions").await, 1);
        assert_eq!(count(blog.pool(), "auth_user_groups").await, 2);
        assert_eq!(count(blog.pool(), "auth_user_permissions").await, 0);
    }

    async fn what_a_superuser_or_somebody_inactive_has_is_said(blog) {
        blog.text(&["user", "create", JANE, "--no-password", "--superuser"]);
        let grant = ["user", "grant", JANE, "blog.publish_post"];
        assert_eq!(blog.text(&grant), "jane@example.com has now: everything, as a superuser\n");
        raw_sql::execute(blog.pool(), "UPDATE users SET is_active = FALSE; DELETE FROM auth_user_permissions").await.unwrap();
        assert_eq!(blog.text(&grant), "jane@example.com has now: nothing, since they are not active\n");
        assert!(blog.text(&["user", "list"]).contains("│ jane@example.com ┆ -    ┆ no     ┆ yes      ┆ yes       ┆"));
    }

    async fn what_cannot_be_granted_leaves_nothing(blog) {
        blog.text(&["user", "create", JANE, "--no-password"]);
        let known = "auth.add_user, auth.change_user, auth.delete_user, auth.view_user, blog.add_post, blog.change_post, \
                     blog.delete_post, blog.publish_post, blog.view_post";
        for arguments in [&["blog.fly", "blog.publish_post"][..], &["blog.publish_post", "blog.fly", "--group", "pilots"]] {
            let error = blog.error(&[&["user", "grant", JANE], arguments].concat());
            assert_eq!(error, format!("blog: there is no permission `blog.fly`; there are {known}"));
        }
        let error = blog.error(&["user", "grant", JANE, "--group", &"x".repeat(151)]);
        assert_eq!(error, "blog: Group is not valid: name has 151 characters, 150 are allowed");
        for table in ["auth_permissions", "auth_user_permissions", "auth_groups", "auth_user_groups"] {
            assert_eq!(count(blog.pool(), table).await, 0, "{table}");
        }
        assert_eq!(count(blog.pool(), "audit_logs").await, 1);
    }

    async fn a_user_who_is_not_there_is_named(blog) {
        blog.text(&["user", "create", JANE, "--no-password"]);
        let records = count(blog.pool(), "audit_logs").await;
        for email in ["joe@example.com", "jane", ""] {
            let error = format!("blog: there is no user with the e-mail address `{email}`");
            assert_eq!(blog.error(&["user", "verify", email]), error);
            assert_eq!(blog.error_after(PASSWORD, &["user", "passwd", email]), error);
            assert_eq!(blog.error(&["user", "grant", email, "blog.publish_post"]), error);
        }
        assert_eq!(count(blog.pool(), "audit_logs").await, records);
    }

    async fn users_are_listed_with_their_posts(blog) {
        assert_eq!(blog.text(&["user", "list"]), "No users.\n");
        blog.json(&["import", SAMPLES]);
        create_jane(blog);
        blog.text(&["user", "verify", JANE]);
        blog.text(&["delete", "where-the-flour-comes-from"]);
        let page = blog.json(&["user", "list"]);
        let posts: Vec<[&Value; 3]> = page["users"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| [&user["email"], &user["name"], &user["posts"]])
            .collect();
        assert_eq!(
            json!(posts),
            json!([
                ["ines-okafor@authors.invalid", "Ines Okafor", 3],
                ["jane@example.com", "Jane Doe", 0],
                ["jonas-lindqvist@authors.invalid", "Jonas Lindqvist", 1],
                ["mei-tan@authors.invalid", "Mei Tan", 3],
            ])
        );
        let text = blog.text(&["user", "list", "--per-page", "3"]);
        let header = "│ E-mail                          ┆ Name            ┆ Active ┆ Verified ┆ Superuser ┆ Last login ┆ Posts │";
        let jane = "│ jane@example.com                ┆ Jane Doe        ┆ yes    ┆ yes      ┆ no        ┆ -          ┆ 0     │";
        assert!(text.contains(header) && text.contains(jane), "{text}");
        assert!(text.ends_with("Page 1 of 2, 4 users in all.\n"), "{text}");
    }

    async fn the_trail_says_who_did_it(blog) {
        for arguments in [
            &["user", "create", JANE, "--no-password", "--actor", "ada"][..],
            &["user", "verify", JANE, "--actor", "bo"],
            &["user", "grant", JANE, "blog.publish_post", "--group", "editors", "--actor", "cy"],
        ] {
            blog.text(arguments);
        }
        blog.text_after(PASSWORD, &["user", "passwd", JANE, "--actor", "di"]);
        let by = |actor| blog.json(&["audit", "--by", actor])["records"].clone();
        assert_eq!((&by("ada")[0]["action"], &by("ada")[0]["model"]), (&json!("create"), &json!("auth.user")));
        assert_eq!(by("bo")[0]["changes"]["is_verified"], json!({"old": false, "new": true}));
        assert_eq!(by("di")[0]["changes"]["password"], json!({"old": "***", "new": "***"}));
        let mut given: Vec<String> =
            by("cy").as_array().unwrap().iter().map(|it| it["model"].as_str().unwrap().to_owned()).collect();
        given.dedup();
        assert_eq!(given, ["auth.user_group", "auth.group_permission", "auth.group", "auth.permission"]);
        assert_eq!(blog.json(&["audit", "--model", "user", "--field", "password", "--action", "update"])["total"], 1);
    }

    async fn no_password_and_no_hash_is_told(blog) {
        let mut told = Vec::new();
        let mut run = |input: &str, arguments: &[&str]| {
            let output = blog.run_after(input, arguments);
            told.push(String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap());
        };
        for json in [&[][..], &["--json"]] {
            let mut run = |input: &str, arguments: &[&str]| run(input, &[arguments, json].concat());
            run(PASSWORD, &["user", "create", JANE]);
            run("hunter2", &["user", "create", "joe@example.com"]);
            run(OTHER, &["user", "passwd", JANE]);
            run("hunter2", &["user", "passwd", JANE]);
            run("", &["user", "verify", JANE]);
            run("", &["user", "grant", JANE, "blog.publish_post", "--group", "editors"]);
            run("", &["user", "list"]);
            run("", &["audit", "--model", "user"]);
            run("", &["stats"]);
        }
        told.extend(trail(blog).await);
        let hash: String = value(blog.pool(), "SELECT password FROM users").await;
        let salt = hash.split('$').nth(4).unwrap();
        assert!(told.iter().any(|it| it.contains("jane@example.com is now a user")), "{told:?}");
        assert!(told.iter().any(|it| it.starts_with("auth.user update")), "{told:?}");
        for secret in [PASSWORD, OTHER, "hunter2", "argon2", &hash, salt] {
            let telling: Vec<_> = told.iter().filter(|it| it.contains(secret)).collect();
            assert!(telling.is_empty(), "{secret}: {telling:?}");
        }
    }
}
