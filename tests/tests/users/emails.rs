//! E-mail addresses that look like others: refused, or stored in one form.

use model_runtime::prelude::*;
use model_runtime::users::User;
use tests::accounts::{Member, create_tables};
use tests::fixtures::{refused_fields, taken_fields};
use tests::{on_both, raw_sql};

use super::fixtures::{PASSWORD, dump, manager, member, user};

on_both! {
    async fn an_international_domain_is_stored_in_ascii_and_found_in_any_form(db) {
        create_tables(&db).await;
        let jane = user("Jane@BÜCHER.example", &db).await;
        assert_eq!(jane.email, "Jane@xn--bcher-kva.example");
        let stored: String = raw_sql::value(&db, "SELECT email FROM users").await;
        assert_eq!(stored, "Jane@xn--bcher-kva.example");
        for typed in [
            "jane@bücher.example",
            "jane@bu\u{308}cher.example",
            "JANE@XN--BCHER-KVA.EXAMPLE",
            "jane@bücher。example",
            "jane@ｂücher.example",
        ] {
            let found = manager::<User>().by_email(typed).get(&db).await.unwrap();
            assert_eq!(found.id, jane.id, "{typed}");
            assert!(manager::<User>().authenticate(typed, PASSWORD, &db).await.is_ok(), "{typed}");
            let again = User::builder().email(typed).build();
            assert_eq!(taken_fields(manager().create_user(again, Some(PASSWORD), &db).await), ["email"], "{typed}");
        }
        assert_eq!(raw_sql::count(&db, "users").await, 1);
    }

    async fn look_alikes_of_an_address_are_refused_by_name(db) {
        create_tables(&db).await;
        user("jane@apple.com", &db).await;
        let mut john = user("john@example.com", &db).await;
        let before = dump(&db).await;
        for (typed, why) in [
            ("jane@аpple.com", "looks like `apple.com`"),
            ("jane@аррӏе.com", "looks like `apple.com`"),
            ("jane@xn--80ak6aa92e.com", "looks like `apple.com`"),
            ("jane@applé-аpp.com", "mixes scripts"),
            ("jаne@apple.com", "before the @"),
            ("jane\u{200d}@apple.com", "before the @"),
            ("ｊane@apple.com", "before the @"),
        ] {
            let again = User::builder().email(typed).build();
            john.email = typed.to_owned();
            let bulk = User::bulk_create(vec![User::builder().email(typed).build()], &db).await.map(drop);
            let update = User::objects().update(|u| u.email.set(typed), &db).await.map(drop);
            let created = manager().create_user(again, Some(PASSWORD), &db).await.map(drop);
            for refused in [created, john.save(&db).await.map(drop), bulk, update] {
                let refused = refused_fields(refused);
                assert_eq!(refused.len(), 1, "{typed}: {refused:?}");
                assert_eq!(refused[0].field, "email");
                assert!(refused[0].message.contains(why), "{typed}: {refused:?}");
            }
            assert_eq!(manager::<User>().by_email(typed).count(&db).await.unwrap(), 0, "{typed}");
        }
        assert_eq!(dump(&db).await, before);
    }

    /// A bulk update has no hooks that would bring it to that form.
    async fn a_bulk_update_takes_the_stored_form_alone(db) {
        create_tables(&db).await;
        let member = member("jane@example.com", &db).await;
        let only = || Member::objects().filter(|m| m.id.eq(member.id));
        for typed in ["Jane@EXAMPLE.org", " jane@example.org", "jane@bücher.example"] {
            let refused = refused_fields(only().update(|m| m.email.set(typed), &db).await);
            assert_eq!(refused.len(), 1);
            assert!(refused[0].message.starts_with("is stored as `"), "{refused:?}");
        }
        assert_eq!(only().update(|m| m.email.set("Jane@xn--bcher-kva.example"), &db).await.unwrap(), 1);
        let stored: String = raw_sql::value(&db, "SELECT email FROM members").await;
        assert_eq!(stored, "Jane@xn--bcher-kva.example");
    }
}
