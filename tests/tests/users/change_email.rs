//! Another e-mail address: not verified, and tokens sent to the old one prove nothing.

use model_runtime::prelude::*;
use model_runtime::users::{TokenFault, TokenPurpose, User};
use secrecy::ExposeSecret;
use tests::accounts::create_tables;
use tests::fixtures::{refused_fields, taken_fields};
use tests::{on_both, raw_sql};

use super::fixtures::{assert_same, dump, jane, manager, stored, user};

on_both! {
    async fn a_new_address_is_not_verified(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        jane.verify_email(&db).await.unwrap();
        let reset = manager().issue(&jane, TokenPurpose::ResetPassword, &db).await.unwrap();
        assert!(manager().change_email(&mut jane, " New@Example.COM ", &db).await.unwrap());
        assert_eq!((jane.email.as_str(), jane.is_verified, jane.verified_at), ("New@example.com", false, None));
        assert_eq!(stored("email", &jane, &db).await.unwrap(), "New@example.com");
        assert_eq!(raw_sql::count(&db, "users WHERE is_verified OR verified_at IS NOT NULL").await, 0);
        let refused = manager::<User>().reset_password(reset.expose_secret(), "a boat on the Waal", &db).await;
        assert!(matches!(refused, Err(Error::Token(TokenFault::Unknown))), "{refused:?}");
        let entry = AuditLog::objects().for_object(&jane).fetch_one(&db).await.unwrap();
        assert_eq!(entry.changes["email"].new.as_json(), "\"New@example.com\"");
    }

    async fn the_same_address_changes_nothing(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        jane.verify_email(&db).await.unwrap();
        let before = dump(&db).await;
        let same = jane.email.clone();
        let mut stale = jane.clone();
        stale.email = "unsaved@example.com".into();
        assert!(!manager().change_email(&mut stale, &same, &db).await.unwrap());
        assert_eq!((stale.email.as_str(), stale.is_verified), (same.as_str(), true));
        assert_same(&before, &dump(&db).await, "the same address");
    }

    async fn a_bad_or_taken_address_or_a_user_that_is_gone_is_refused(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        user("john@example.com", &db).await;
        let before = (dump(&db).await, jane.clone());
        assert_eq!(refused_fields(manager().change_email(&mut jane, "nobody", &db).await)[0].field, "email");
        assert_eq!(taken_fields(manager().change_email(&mut jane, "JOHN@example.com", &db).await), ["email"]);
        assert_same(&before.0, &dump(&db).await, "a refused address");
        assert!(jane == before.1);
        jane.hard_delete(&db).await.unwrap();
        let gone = manager().change_email(&mut jane, "new@example.com", &db).await;
        assert!(matches!(gone, Err(Error::NotFound { .. })), "{gone:?}");
        assert_eq!(raw_sql::count(&db, "users").await, 1);
    }

    async fn what_was_the_users_alone_goes_with_them(db) {
        create_tables(&db).await;
        let (jane, john) = (jane(&db).await, user("john@example.com", &db).await);
        for user in [&jane, &john] {
            manager().issue(user, TokenPurpose::Session, &db).await.unwrap();
            manager().enrol_two_factor(user, &db).await.unwrap();
        }
        jane.hard_delete(&db).await.unwrap();
        for table in ["auth_tokens", "auth_two_factor"] {
            let left = raw_sql::column::<String>(&db, &format!("SELECT user_id FROM {table}")).await;
            assert_eq!(left, [john.id.to_string()], "{table}");
        }
        User::objects().hard_delete(&db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "auth_tokens").await, 0);
    }
}
