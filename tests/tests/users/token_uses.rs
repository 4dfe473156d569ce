//! What tokens do: whole or nothing, and once (rule 26).

use std::time::Duration;

use futures_util::future::join_all;
use model_runtime::clock::{self, frozen};
use model_runtime::prelude::*;
use model_runtime::users::{Token, TokenFault, TokenPurpose, User};
use secrecy::{ExposeSecret, SecretString};
use tests::accounts::create_tables;
use tests::fixtures::refused_fields;
use tests::{on_both, raw_sql};

use super::fixtures::{
    OTHER, PASSWORD, allow, assert_same, dump, has_password, jane, manager, refuse, trail, user,
};
use super::tokens::{ALL, fault, issue};

on_both! {
    async fn an_address_is_verified_by_its_token_once(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let token = issue(&jane, TokenPurpose::VerifyEmail, &db).await;
        let now = clock::now();
        let verified = frozen(now, manager::<User>().verify_email(token.expose_secret(), &db)).await.unwrap();
        assert_eq!((verified.id, verified.is_verified, verified.verified_at), (jane.id, true, Some(now)));
        assert_eq!(raw_sql::count(&db, "users WHERE is_verified AND verified_at IS NOT NULL").await, 1);
        assert_eq!(raw_sql::count(&db, "auth_tokens WHERE used_at IS NOT NULL").await, 1);
        let told = trail(&jane, &db).await;
        assert_eq!(told.len(), 2);
        assert_eq!(told[1].1["is_verified"], serde_json::json!({ "old": false, "new": true }));
        let before = dump(&db).await;
        assert_eq!(fault(manager::<User>().verify_email(token.expose_secret(), &db).await), TokenFault::Used);
        // Used, it is past: what else there is does not find it.
        assert_eq!(fault(manager::<User>().by_token(token.expose_secret(), TokenPurpose::VerifyEmail, &db).await), TokenFault::Used);
        assert_same(&before, &dump(&db).await, "a used token");
    }

    async fn of_many_uses_one_wins(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let token = issue(&jane, TokenPurpose::VerifyEmail, &db).await;
        let uses = (0..20).map(|_| {
            let (db, token) = (db.clone(), token.expose_secret().to_owned());
            tokio::spawn(async move { manager::<User>().verify_email(&token, &db).await })
        });
        let results: Vec<_> = join_all(uses).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        for refused in results.into_iter().filter(|result| result.is_err()) {
            assert_eq!(fault(refused), TokenFault::Used);
        }
        assert_eq!(trail(&jane, &db).await.len(), 2);
    }

    async fn of_many_resets_one_wins(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        // Also of several tokens: the first use ends the others.
        let tokens = [issue(&jane, TokenPurpose::ResetPassword, &db).await, issue(&jane, TokenPurpose::ResetPassword, &db).await];
        let passwords: Vec<String> = (0..20).map(|i| format!("{i} geese over the Waal")).collect();
        let uses = passwords.iter().enumerate().map(|(i, password)| {
            let (db, token, password) = (db.clone(), tokens[i % 2].expose_secret().to_owned(), password.clone());
            tokio::spawn(async move { manager::<User>().reset_password(&token, &password, &db).await })
        });
        let results: Vec<_> = join_all(uses).await.into_iter().map(Result::unwrap).collect();
        let winners: Vec<usize> = (0..20).filter(|i| results[*i].is_ok()).collect();
        assert_eq!(winners.len(), 1, "{results:?}");
        for refused in results.into_iter().filter(|result| result.is_err()) {
            let fault = fault(refused);
            assert!(matches!(fault, TokenFault::Used | TokenFault::Unknown), "{fault:?}");
        }
        assert!(has_password(&jane, &passwords[winners[0]], &db).await);
        assert_eq!(raw_sql::count(&db, "auth_tokens").await, 0);
        assert_eq!(trail(&jane, &db).await.len(), 2);
    }

    async fn a_change_of_the_password_ends_all_tokens(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        let john = user("john@example.com", &db).await;
        let johns = issue(&john, TokenPurpose::Session, &db).await;
        let users = manager::<User>();
        for by_token in [false, true] {
            let tokens: Vec<SecretString> = join_all(ALL.map(|purpose| issue(&jane, purpose, &db))).await;
            match by_token {
                false => users.set_password(&mut jane, OTHER, &db).await.unwrap(),
                true => {
                    let reset = users.reset_password(tokens[1].expose_secret(), PASSWORD, &db).await.unwrap();
                    assert_eq!(reset.id, jane.id);
                }
            }
            for (purpose, token) in ALL.into_iter().zip(&tokens) {
                let ended = users.by_token(token.expose_secret(), purpose, &db).await;
                assert_eq!(fault(ended), TokenFault::Unknown, "{purpose:?}");
            }
            assert_eq!(Token::objects().of(&jane).count(&db).await.unwrap(), 0);
            assert!(has_password(&jane, if by_token { PASSWORD } else { OTHER }, &db).await);
        }
        users.by_token(johns.expose_secret(), TokenPurpose::Session, &db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "auth_tokens").await, 1);
    }

    async fn a_reset_forgets_the_failures_and_lets_in(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let users = manager::<User>();
        let now = clock::now();
        frozen(now, async {
            for _ in 0..4 {
                let _ = users.authenticate("jane@example.com", "wrong", &db).await;
            }
            let slowed = users.authenticate("jane@example.com", PASSWORD, &db).await;
            assert!(matches!(slowed, Err(Error::Throttled { .. })), "{slowed:?}");
            let token = issue(&jane, TokenPurpose::ResetPassword, &db).await;
            users.reset_password(token.expose_secret(), OTHER, &db).await.unwrap();
            assert_eq!(raw_sql::count(&db, "auth_throttle").await, 0);
            assert!(matches!(users.authenticate("jane@example.com", OTHER, &db).await, Ok(SignIn::Complete(_))));
        })
        .await;
    }

    async fn a_weak_password_does_not_use_the_token(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let users = manager::<User>();
        let token = issue(&jane, TokenPurpose::ResetPassword, &db).await;
        let before = dump(&db).await;
        for weak in ["", "short", "12345678901", "password", "jane@example.com", &"x".repeat(2000)] {
            let refused = refused_fields(users.reset_password(token.expose_secret(), weak, &db).await);
            assert!(!refused.is_empty() && refused.iter().all(|error| error.field == "password"), "{refused:?}");
        }
        assert_same(&before, &dump(&db).await, "a weak password");
        users.reset_password(token.expose_secret(), OTHER, &db).await.unwrap();
        assert!(has_password(&jane, OTHER, &db).await);
        let again = users.reset_password(token.expose_secret(), PASSWORD, &db).await;
        assert!(matches!(fault(again), TokenFault::Used | TokenFault::Unknown));
        assert!(has_password(&jane, OTHER, &db).await);
    }

    async fn a_write_that_fails_undoes_the_use(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        let users = manager::<User>();
        let verify = issue(&jane, TokenPurpose::VerifyEmail, &db).await;
        let reset = issue(&jane, TokenPurpose::ResetPassword, &db).await;
        let (verify, reset) = (verify.expose_secret(), reset.expose_secret());
        for (event, table) in
            [("UPDATE", "users"), ("INSERT", "audit_logs"), ("DELETE", "auth_tokens"), ("UPDATE", "auth_tokens")]
        {
            let before = dump(&db).await;
            refuse(event, table, &db).await;
            let password = jane.password.clone();
            if (event, table) != ("DELETE", "auth_tokens") {
                let refused = users.verify_email(verify, &db).await;
                assert!(!matches!(refused, Ok(_) | Err(Error::Token(_))), "{event} {table}: {refused:?}");
            }
            let refused = users.reset_password(reset, OTHER, &db).await;
            assert!(!matches!(refused, Ok(_) | Err(Error::Token(_))), "{event} {table}: {refused:?}");
            if table != "auth_tokens" || event == "DELETE" {
                assert!(users.set_password(&mut jane, OTHER, &db).await.is_err(), "{event} {table}");
                assert!(jane.password == password, "memory has a password that the database has not");
            }
            allow(event, table, &db).await;
            assert_same(&before, &dump(&db).await, &format!("a use with {event} of {table} refused"));
        }
        // Both are good yet.
        users.verify_email(verify, &db).await.unwrap();
        users.reset_password(reset, OTHER, &db).await.unwrap();
        assert!(has_password(&jane, OTHER, &db).await);
    }

    async fn nothing_happened_where_the_caller_rolls_back(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        let users = manager::<User>();
        let verify = issue(&jane, TokenPurpose::VerifyEmail, &db).await;
        let session = issue(&jane, TokenPurpose::Session, &db).await;
        let before = dump(&db).await;
        let mut transaction = db.begin().await.unwrap();
        let lost = users.issue(&jane, TokenPurpose::Api, &mut transaction).await.unwrap();
        users.verify_email(verify.expose_secret(), &mut transaction).await.unwrap();
        let again = users.verify_email(verify.expose_secret(), &mut transaction).await;
        assert_eq!(fault(again), TokenFault::Used);
        let hash = jane.password.clone();
        users.set_password(&mut jane, OTHER, &mut transaction).await.unwrap();
        let ended = users.by_token(session.expose_secret(), TokenPurpose::Session, &mut transaction).await;
        assert_eq!(fault(ended), TokenFault::Unknown);
        let other = User::builder().email("other@example.com").build();
        users.create_user(other, Some(PASSWORD), &mut transaction).await.unwrap();
        transaction.rollback().await.unwrap();
        jane.password = hash;
        assert_same(&before, &dump(&db).await, "what was rolled back");
        users.by_token(session.expose_secret(), TokenPurpose::Session, &db).await.unwrap();
        assert_eq!(fault(users.by_token(lost.expose_secret(), TokenPurpose::Api, &db).await), TokenFault::Unknown);
        // And all of it where the caller commits, also after something in it was refused.
        let mut transaction = db.begin().await.unwrap();
        users.verify_email(verify.expose_secret(), &mut transaction).await.unwrap();
        assert!(users.verify_email(verify.expose_secret(), &mut transaction).await.is_err());
        users.set_password(&mut jane, OTHER, &mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(has_password(&jane, OTHER, &db).await);
        assert_eq!(raw_sql::count(&db, "users WHERE is_verified").await, 1);
        assert_eq!(raw_sql::count(&db, "auth_tokens").await, 0);
    }

    /// The address is changed while its token is used: whichever comes first, the new one is not verified by it.
    async fn an_address_that_changes_during_its_use_is_not_verified(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let token = issue(&jane, TokenPurpose::VerifyEmail, &db).await;
        let mut transaction = db.begin().await.unwrap();
        let mut changed = jane.clone();
        changed.email = "jane@example.org".to_owned();
        changed.save(&mut transaction).await.unwrap();
        let used = tokio::spawn({
            let (db, token) = (db.clone(), token.expose_secret().to_owned());
            async move { manager::<User>().verify_email(&token, &db).await }
        });
        // Long enough for the use to wait for the change.
        tokio::time::sleep(Duration::from_millis(200)).await;
        transaction.commit().await.unwrap();
        assert_eq!(fault(used.await.unwrap()), TokenFault::Unknown);
        assert_eq!(raw_sql::count(&db, "users WHERE is_verified OR verified_at IS NOT NULL").await, 0);
        assert_eq!(raw_sql::count(&db, "auth_tokens WHERE used_at IS NOT NULL").await, 0);
    }
}
