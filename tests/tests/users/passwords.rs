//! Passwords: how they are stored, and which are refused.

use model_runtime::prelude::*;
use model_runtime::users::{Hashing, SignIn, User, UserManager, UserSettings};
use tests::accounts::create_tables;
use tests::fixtures::refused_fields;
use tests::{on_both, raw_sql};

use super::fixtures::{OTHER, PASSWORD, dump, jane, manager, settings, stored_hash, trail};

/// Puts a hash in the place of every user's, behind the library's back.
async fn plant(hash: &str, db: &Pool) {
    raw_sql::execute_with(db, "UPDATE users SET password = $1", hash).await.unwrap();
}

on_both! {
    async fn the_defaults_are_argon2id_at_owasps_cost(db) {
        create_tables(&db).await;
        let users = User::manager();
        let jane = User::builder().email("jane@example.com").build();
        let jane = users.create_user(jane, Some(PASSWORD), &db).await.unwrap();
        let hash = stored_hash(&jane, &db).await;
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(matches!(users.authenticate("jane@example.com", PASSWORD, &db).await, Ok(SignIn::Complete(_))));
        assert!(matches!(users.authenticate("jane@example.com", OTHER, &db).await, Err(Error::Credentials)));
        assert_eq!(stored_hash(&jane, &db).await, hash, "a hash at the right cost stays");
    }

    async fn a_hash_at_another_cost_is_made_anew_when_its_user_signs_in(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let hash = stored_hash(&jane, &db).await;
        let dearer = UserSettings { hashing: Hashing::new(16, 2, 1).unwrap(), ..settings() };
        let dearer: UserManager<User> = UserManager::new(dearer);
        assert!(dearer.authenticate("jane@example.com", OTHER, &db).await.is_err());
        assert_eq!(stored_hash(&jane, &db).await, hash, "only the right password makes a hash");
        assert!(dearer.authenticate("jane@example.com", PASSWORD, &db).await.is_ok());
        let rehashed = stored_hash(&jane, &db).await;
        assert!(rehashed.starts_with("$argon2id$v=19$m=16,t=2,p=1$"), "{rehashed}");
        assert!(manager::<User>().authenticate("jane@example.com", PASSWORD, &db).await.is_ok());
        assert!(stored_hash(&jane, &db).await.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    }

    /// Of `src/test.c` of phc-winner-argon2, with another salt, cost and length than ours.
    async fn a_hash_of_the_reference_implementation_lets_its_user_in(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        plant("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", &db).await;
        let users = manager::<User>();
        assert!(users.authenticate("jane@example.com", "sassword", &db).await.is_err());
        assert!(users.authenticate("jane@example.com", "password", &db).await.is_ok());
        assert!(stored_hash(&jane, &db).await.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    }

    async fn what_is_no_hash_or_costs_too_much_lets_nobody_in(db) {
        create_tables(&db).await;
        jane(&db).await;
        for hash in [
            "",
            "!",
            PASSWORD,
            "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=65536,t=4294967295,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        ] {
            plant(hash, &db).await;
            raw_sql::execute(&db, "DELETE FROM auth_throttle").await.unwrap();
            for password in [PASSWORD, hash, "password"] {
                let entered = manager::<User>().authenticate("jane@example.com", password, &db).await;
                assert!(matches!(entered, Err(Error::Credentials)), "{hash:?}: {entered:?}");
            }
        }
    }

    async fn every_fault_of_a_password_is_told_and_nothing_written(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        let john = || User::builder().email("john.brown@example.com").phone_number("0123 456 789").build();
        let before = dump(&db).await;
        for (password, faults) in [
            ("", &["has 0 characters, at least 8 are needed", "is too easy to guess"][..]),
            (
                "0123456",
                &[
                    "has 7 characters, at least 8 are needed",
                    "has digits only",
                    "is too similar to phone_number",
                    "is too easy to guess",
                ],
            ),
            ("Brown bear", &["is too similar to email", "is too easy to guess"]),
            ("password", &["is a common password"]),
            (&"a boat ".repeat(50), &["has 350 characters, 256 are allowed"]),
        ] {
            let refused = refused_fields(manager().create_user(john(), Some(password), &db).await);
            assert!(refused.iter().all(|error| error.field == "password"), "{refused:?}");
            let messages: Vec<_> = refused.iter().map(|error| error.message.as_str()).collect();
            assert_eq!(messages, faults, "{password}");
        }
        for password in ["", "password", "jane-4711"] {
            assert!(!refused_fields(manager().set_password(&mut jane, password, &db).await).is_empty());
        }
        assert_eq!(dump(&db).await, before);
    }

    async fn the_trail_tells_that_a_password_changed_and_no_row_tells_which(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        let before = stored_hash(&jane, &db).await;
        manager().set_password(&mut jane, OTHER, &db).await.unwrap();
        assert!(manager::<User>().authenticate("jane@example.com", PASSWORD, &db).await.is_err());
        assert!(manager::<User>().authenticate("jane@example.com", OTHER, &db).await.is_ok());
        let dearer = UserSettings { hashing: Hashing::new(16, 2, 1).unwrap(), ..settings() };
        assert!(UserManager::<User>::new(dearer).authenticate("jane@example.com", OTHER, &db).await.is_ok());
        let trail = trail(&jane, &db).await;
        let told = trail.iter().filter(|(_, changes)| changes.get("password").is_some());
        let told: Vec<&str> = told.map(|(action, _)| action.as_str()).collect();
        assert_eq!(told, ["create", "update", "update"]);
        let (dump, after) = (dump(&db).await, stored_hash(&jane, &db).await);
        for secret in [PASSWORD, OTHER, &before] {
            assert!(!dump.contains(secret), "{secret}");
        }
        assert_eq!(dump.matches(&after).count(), 1, "the hash is in its column and nowhere else");
    }
}
