//! Accounts: what is unique, what is refused, and what a stale row does not bring back (rules 25 and 27).

use model_runtime::prelude::*;
use model_runtime::users::User;
use tests::accounts::{Member, Player, create_tables};
use tests::fixtures::{refused_fields, taken_fields};
use tests::{on_both, raw_sql};

use super::fixtures::{
    OTHER, PASSWORD, assert_same, dump, has_password, jane, manager, member, settings, stored, stored_hash,
    trail, user,
};

/// The refused fields, without the reasons.
fn fields<T: std::fmt::Debug>(result: Result<T>) -> Vec<String> {
    refused_fields(result).into_iter().map(|error| error.field).collect()
}

/// Sets columns of the only user behind the library's back.
async fn set(columns: &str, db: &Pool) {
    raw_sql::execute(db, &format!("UPDATE users SET {columns}")).await.expect("the statement runs");
}

on_both! {
    async fn an_address_is_unique_in_any_case_and_its_domain_is_lower_cased(db) {
        create_tables(&db).await;
        let john = user(" John.Doe@EXAMPLE.Com ", &db).await;
        assert_eq!(john.email, "John.Doe@example.com");
        assert_eq!(stored("email", &john, &db).await.unwrap(), "John.Doe@example.com");
        for taken in ["John.Doe@example.com", "john.doe@example.com", "JOHN.DOE@EXAMPLE.COM"] {
            let again = User::builder().email(taken).build();
            assert_eq!(taken_fields(manager().create_user(again, Some(PASSWORD), &db).await), ["email"], "{taken}");
            assert_eq!(taken_fields(User::builder().email(taken).create(&db).await), ["email"], "{taken}");
            assert_eq!(taken_fields(User::bulk_create(vec![User::builder().email(taken).build()], &db).await), ["email"]);
        }
        assert_eq!(raw_sql::count(&db, "users").await, 1);
        assert_eq!(trail(&john, &db).await.len(), 1);
        assert_eq!(raw_sql::count(&db, "audit_logs").await, 1);
        // Nor past the library.
        let jane = user("jane@example.com", &db).await;
        let upper = "UPDATE users SET email = 'JOHN.DOE@EXAMPLE.COM' WHERE email = 'jane@example.com'";
        assert!(raw_sql::execute(&db, upper).await.is_err());
        assert_eq!(stored("email", &jane, &db).await.unwrap(), "jane@example.com");
        for typed in ["john.doe@example.com", "JOHN.DOE@example.COM", "  John.Doe@Example.com\n"] {
            assert_eq!(manager::<User>().by_email(typed).get(&db).await.unwrap().id, john.id, "{typed:?}");
        }
        for nobody in ["", "john.doe", "@", "%", "john_doe@example.com", "' OR 1=1 --", "john.doe@example.com\0"] {
            assert_eq!(manager::<User>().by_email(nobody).count(&db).await.unwrap(), 0, "{nobody:?}");
        }
        assert_eq!(UserManager::<User>::normalize_email("A.b@EXAMPLE.com").unwrap(), "A.b@example.com");
        assert_eq!(fields(UserManager::<User>::normalize_email("A.b")), ["email"]);
    }

    async fn a_saved_address_is_normalised_and_refused_as_a_new_one_is(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        user("john@example.com", &db).await;
        jane.email = "Jane@EXAMPLE.org".to_owned();
        assert!(jane.save(&db).await.unwrap());
        assert_eq!(jane.email, "Jane@example.org");
        assert_eq!(stored("email", &jane, &db).await.unwrap(), "Jane@example.org");
        let before = dump(&db).await;
        jane.email = "JOHN@example.com".to_owned();
        assert_eq!(taken_fields(jane.save(&db).await), ["email"]);
        for bad in ["", "jane", "jane@", "@example.com", "jane@localhost", "jane@exa mple.com", "jane@аpple.com"] {
            jane.email = bad.to_owned();
            assert_eq!(fields(jane.save(&db).await), ["email"], "{bad:?}");
            assert_eq!(fields(jane.save_only(|u| u.email, &db).await), ["email"], "{bad:?}");
        }
        assert_same(&before, &dump(&db).await, "a refused save");
    }

    async fn a_username_is_optional_and_unique(db) {
        create_tables(&db).await;
        let named = |email: &str, name: Option<&str>| {
            User::builder().email(email).username(name.map(str::to_owned)).build()
        };
        for (email, name) in [("a@e.com", None), ("b@e.com", None), ("c@e.com", Some("")), ("d@e.com", Some("  "))] {
            let user = manager().create_user(named(email, name), None, &db).await.unwrap();
            assert_eq!((stored("username", &user, &db).await, user.username), (None, None), "{name:?}");
        }
        let one = manager().create_user(named("one@e.com", Some("one")), None, &db).await.unwrap();
        let again = manager().create_user(named("two@e.com", Some("one")), None, &db).await;
        assert_eq!(taken_fields(again), ["username"]);
        let long = named("long@e.com", Some(&"x".repeat(151)));
        assert_eq!(fields(manager().create_user(long, None, &db).await), ["username"]);
        assert_eq!(raw_sql::count(&db, "users").await, 5);
        assert_eq!(stored("username", &one, &db).await.unwrap(), "one");
        let bulk = vec![named("x@e.com", Some("")), named("y@e.com", None)];
        User::bulk_create(bulk, &db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "users WHERE username IS NULL").await, 6);
    }

    async fn all_that_is_wrong_comes_in_one_error_and_nothing_is_written(db) {
        create_tables(&db).await;
        let bad = User::builder().email("jane@").username("jane.roe".to_owned()).build();
        let refused = refused_fields(manager().create_user(bad, Some("4711"), &db).await);
        let told: Vec<_> = refused.iter().map(|error| format!("{} {}", error.field, error.message)).collect();
        assert_eq!(told[0], "email has no valid domain after the @");
        assert!(told.contains(&"password has 4 characters, at least 8 are needed".to_owned()), "{told:?}");
        assert!(told.contains(&"password has digits only".to_owned()), "{told:?}");
        let admin = User::builder().email("admin").build();
        let refused = fields(manager().create_superuser(admin, Some("admin"), &db).await);
        assert_eq!(refused[..3], ["is_staff", "is_superuser", "email"]);
        assert!(refused[3..].iter().all(|field| field == "password") && refused.len() > 3, "{refused:?}");
        let mut member = Member::builder().email("m").club("x".repeat(51)).phone_number("0".repeat(21)).build();
        member.bio = "x".repeat(501);
        let mut refused = fields(manager().create_user(member, Some("member"), &db).await);
        refused.dedup();
        refused.sort();
        assert_eq!(refused, ["bio", "club", "email", "password", "phone_number"]);
        for table in ["users", "members", "audit_logs"] {
            assert_eq!(raw_sql::count(&db, table).await, 0, "{table}");
        }
    }

    async fn a_superuser_is_staff_and_superuser(db) {
        create_tables(&db).await;
        let admin = || User::superuser().email("admin@example.com");
        for (user, fields_of) in [
            (admin().is_staff(false).build(), &["is_staff"][..]),
            (admin().is_superuser(false).build(), &["is_superuser"]),
            (User::builder().email("admin@example.com").build(), &["is_staff", "is_superuser"]),
        ] {
            let refused = refused_fields(manager().create_superuser(user, Some(OTHER), &db).await);
            assert_eq!(refused.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), fields_of);
            assert!(refused[0].message.contains("User::superuser()"), "{refused:?}");
        }
        assert_eq!(raw_sql::count(&db, "users").await, 0);
        manager().create_superuser(admin().build(), Some(OTHER), &db).await.unwrap();
        let member = Member::superuser().email("admin@example.com").club("Rowing").build();
        manager().create_superuser(member, Some(OTHER), &db).await.unwrap();
        for table in ["users", "members"] {
            let admins = format!("{table} WHERE is_staff AND is_superuser AND is_verified");
            assert_eq!(raw_sql::count(&db, &admins).await, 1);
        }
    }

    async fn bulk_writes_hold_to_the_rules_of_addresses(db) {
        create_tables(&db).await;
        let rows = ["A@EXAMPLE.com", " b@Example.COM "].map(|email| User::builder().email(email).build());
        let rows = User::bulk_create(rows.into(), &db).await.unwrap();
        assert_eq!(rows.iter().map(|user| user.email.as_str()).collect::<Vec<_>>(), ["A@example.com", "b@example.com"]);
        let stored: Vec<String> = raw_sql::column(&db, "SELECT email FROM users ORDER BY email").await;
        assert_eq!(stored, ["A@example.com", "b@example.com"]);
        let before = dump(&db).await;
        let one = || User::objects().filter(|u| u.email.eq("b@example.com"));
        for bad in ["BAD", "", "c@EXAMPLE.com", " c@example.com", "c@localhost"] {
            assert_eq!(fields(one().update(|u| u.email.set(bad), &db).await), ["email"], "{bad:?}");
            let rows = vec![User::builder().email("new@example.com").build(), User::builder().email(bad).build()];
            if !bad.contains('c') || bad.ends_with("localhost") {
                assert_eq!(fields(User::bulk_create(rows, &db).await), ["email"], "{bad:?}");
            }
        }
        assert_eq!(taken_fields(one().update(|u| u.email.set("a@example.com"), &db).await), ["email"]);
        let two = ["z@example.com", "Z@example.com"].map(|email| User::builder().email(email).build());
        assert_eq!(taken_fields(User::bulk_create(two.into(), &db).await), ["email"]);
        assert_same(&before, &dump(&db).await, "a refused bulk write");
        assert_eq!(one().update(|u| u.email.set("B.b@example.com"), &db).await.unwrap(), 1);
        assert_eq!(raw_sql::count(&db, "users WHERE email = 'B.b@example.com'").await, 1);
    }

    async fn the_address_of_a_deleted_user_is_free(db) {
        create_tables(&db).await;
        let mut first = member("anna@example.com", &db).await;
        assert!(first.delete(&db).await.unwrap());
        assert_eq!(manager::<Member>().by_email("anna@example.com").count(&db).await.unwrap(), 0);
        let mut second = member("Anna@example.com", &db).await;
        assert_ne!(second.id, first.id);
        assert_eq!(taken_fields(first.restore(&db).await), ["email"]);
        assert!(stored("deleted_at", &first, &db).await.is_some());
        assert_eq!(taken_fields(Member::objects().restore_all(&db).await), ["email"]);
        assert_eq!(raw_sql::count(&db, "members WHERE deleted_at IS NULL").await, 1);
        let third = Member::builder().email("ANNA@example.com").club("Rowing").build();
        assert_eq!(taken_fields(manager().create_user(third, None, &db).await), ["email"]);
        assert!(second.delete(&db).await.unwrap());
        assert!(first.restore(&db).await.unwrap());
        assert_eq!(manager::<Member>().by_email("anna@example.com").get(&db).await.unwrap().id, first.id);
    }

    async fn a_stale_row_brings_nothing_back(db) {
        create_tables(&db).await;
        let users = manager::<User>();
        let mut fresh = jane(&db).await;
        let mut stale = fresh.clone();
        users.set_password(&mut fresh, OTHER, &db).await.unwrap();
        fresh.verify_email(&db).await.unwrap();
        let _ = users.authenticate("jane@example.com", OTHER, &db).await.unwrap();
        let avatar = r#"{"content_type":"image/png","path":"avatars/2026/01/31/one.png","size":1024}"#;
        set(&format!("two_factor_enabled = TRUE, avatar = '{avatar}'"), &db).await;
        let hash = stored_hash(&fresh, &db).await;
        let managed = "is_verified AND verified_at IS NOT NULL AND two_factor_enabled \
                       AND last_login_at IS NOT NULL AND avatar IS NOT NULL";
        stale.bio = "Stale".to_owned();
        assert!(stale.save(&db).await.unwrap());
        assert_eq!(stored("bio", &fresh, &db).await.unwrap(), "Stale");
        assert_eq!(stored_hash(&fresh, &db).await, hash);
        assert_eq!(raw_sql::count(&db, &format!("users WHERE {managed}")).await, 1);
        assert!(has_password(&fresh, OTHER, &db).await);
        let told = trail(&fresh, &db).await.pop().unwrap().1;
        assert_eq!(told, serde_json::json!({ "bio": { "old": "", "new": "Stale" } }));
    }

    /// The same of a model whose writes are not recorded.
    async fn a_stale_member_brings_nothing_back(db) {
        create_tables(&db).await;
        let members = manager::<Member>();
        let mut fresh = member("anna@example.com", &db).await;
        let mut stale = fresh.clone();
        members.set_password(&mut fresh, OTHER, &db).await.unwrap();
        fresh.verify_email(&db).await.unwrap();
        let _ = members.authenticate("anna@example.com", OTHER, &db).await.unwrap();
        stale.club = "Sailing".to_owned();
        assert!(stale.save(&db).await.unwrap());
        let managed = "club = 'Sailing' AND is_verified AND verified_at IS NOT NULL AND last_login_at IS NOT NULL";
        assert_eq!(raw_sql::count(&db, &format!("members WHERE {managed}")).await, 1);
        assert!(has_password(&fresh, OTHER, &db).await);
        assert!(!has_password(&fresh, PASSWORD, &db).await);
    }

    /// A user that was signed in before does not take what the manager did elsewhere back.
    async fn signing_in_by_a_row_that_was_read_before_takes_no_change_back(db) {
        create_tables(&db).await;
        let mut one = jane(&db).await;
        let mut other = one.clone();
        manager().set_password(&mut one, OTHER, &db).await.unwrap();
        assert!(other.verify_email(&db).await.unwrap());
        assert!(has_password(&one, OTHER, &db).await);
        assert_eq!(raw_sql::count(&db, "users WHERE is_verified").await, 1);
    }

    async fn a_password_of_a_user_that_is_gone_is_not_set(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        let before = jane.password.clone();
        jane.hard_delete(&db).await.unwrap();
        let result = manager().set_password(&mut jane, OTHER, &db).await;
        assert!(matches!(result, Err(Error::NotFound { .. })), "{result:?}");
        assert!(jane.password == before, "the user in memory has a password that is nowhere");
        let mut never = User::builder().email("never@example.com").build();
        assert!(matches!(manager().set_password(&mut never, OTHER, &db).await, Err(Error::NotFound { .. })));
        assert!(!never.password.is_usable());
        assert!(matches!(never.verify_email(&db).await, Err(Error::NotFound { .. })));
        assert_eq!((never.is_verified, never.verified_at), (false, None));
    }

    async fn a_new_password_holds_to_the_rules(db) {
        create_tables(&db).await;
        let player = Player::builder().email("pele@example.com").first_name("Edson").build();
        let mut player = UserManager::new(settings()).create_user(player, Some(PASSWORD), &db).await.unwrap();
        let before = dump(&db).await;
        for weak in ["", "short", "1234567890123", "password", "edson edson", "pele@example.com", &"x".repeat(2000)] {
            let refused = fields(manager().set_password(&mut player, weak, &db).await);
            assert!(!refused.is_empty() && refused.iter().all(|field| field == "password"), "{weak:?}: {refused:?}");
        }
        assert_same(&before, &dump(&db).await, "a refused password");
        assert!(has_password(&player, PASSWORD, &db).await);
        manager().set_password(&mut player, OTHER, &db).await.unwrap();
        assert!(has_password(&player, OTHER, &db).await);
        assert!(manager().check_password(&player, OTHER).await.unwrap());
        let (action, changes) = trail(&player, &db).await.pop().unwrap();
        assert_eq!(action, "update");
        assert_eq!(changes, serde_json::json!({ "password": { "old": "***", "new": "***" } }));
    }
}
