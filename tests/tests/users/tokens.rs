//! Tokens: what is stored, what they are good for, and that a use is whole or nothing (rule 26).

use std::collections::HashSet;
use std::time::Duration;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use futures_util::future::join_all;
use model_runtime::clock::{self, frozen};
use model_runtime::prelude::*;
use model_runtime::users::{Token, TokenFault, TokenLifetimes, TokenPurpose, User, UserSettings};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tests::accounts::create_tables;
use tests::fixtures::{DAY, refused_fields};
use tests::{on_both, raw_sql};

use super::fixtures::{
    OTHER, PASSWORD, allow, assert_same, dump, has_password, jane, manager, refuse, settings, trail, user,
};

const ALL: [TokenPurpose; 5] = [
    TokenPurpose::VerifyEmail,
    TokenPurpose::ResetPassword,
    TokenPurpose::SecondFactor,
    TokenPurpose::Session,
    TokenPurpose::Api,
];

#[track_caller]
fn fault<T: std::fmt::Debug>(result: Result<T>) -> TokenFault {
    match result {
        Err(Error::Token(fault)) => fault,
        other => panic!("not refused as a token: {other:?}"),
    }
}

async fn issue(user: &User, purpose: TokenPurpose, db: &Pool) -> SecretString {
    manager().issue(user, purpose, db).await.expect("the token is issued")
}

/// Everything that takes a token, with one that is not accepted: all say the same.
async fn refused_everywhere(token: &str, expected: TokenFault, db: &Pool) {
    let users = manager::<User>();
    for purpose in ALL {
        assert_eq!(fault(users.by_token(token, purpose, db).await), expected, "{purpose:?} of {token:?}");
    }
    assert_eq!(fault(users.verify_email(token, db).await), expected, "{token:?}");
    assert_eq!(fault(users.reset_password(token, OTHER, db).await), expected, "{token:?}");
    // A weak password is not looked at before the token.
    assert_eq!(fault(users.reset_password(token, "weak", db).await), expected, "{token:?}");
    assert_eq!(fault(users.authenticate_code(token, "123456", db).await), expected, "{token:?}");
}

on_both! {
    async fn only_a_hash_is_stored(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let mut seen = HashSet::new();
        for purpose in ALL {
            let token = issue(&jane, purpose, &db).await;
            let text = token.expose_secret();
            let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
            assert_eq!(bytes.len(), 32);
            assert!(seen.insert(text.to_owned()));
            let dump = dump(&db).await.to_lowercase();
            assert!(!dump.contains(&text.to_lowercase()), "{purpose:?} is stored");
            assert!(!dump.contains(&HEXLOWER.encode(&bytes)), "the bytes of {purpose:?} are stored");
            assert!(!dump.contains(&HEXLOWER.encode(text.as_bytes())), "the text of {purpose:?} is stored as bytes");
            let hash = HEXLOWER.encode(&Sha256::digest(text));
            assert_eq!(dump.matches(&hash).count(), 1, "its hash is stored, and once");
            assert_eq!(format!("{token:?}").matches(text).count(), 0);
        }
        assert_eq!(raw_sql::count(&db, "auth_tokens").await, 5);
        // Issuing leaves no audit row: it is no change of the user.
        assert_eq!(raw_sql::count(&db, "audit_logs").await, 1);
        let tokens = Token::objects().of(&jane).fetch_all(&db).await.unwrap();
        for token in &tokens {
            for text in &seen {
                let debug = format!("{token:?}").to_lowercase();
                assert!(!debug.contains(&HEXLOWER.encode(&Sha256::digest(text))), "{debug}");
                assert!(!debug.contains(&text.to_lowercase()), "{debug}");
            }
        }
    }

    async fn a_token_is_good_for_its_purpose_alone(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let users = manager::<User>();
        for purpose in ALL {
            let token = issue(&jane, purpose, &db).await;
            let token = token.expose_secret();
            let before = dump(&db).await;
            for other in ALL {
                let found = users.by_token(token, other, &db).await;
                match other == purpose {
                    true => assert_eq!(found.unwrap().id, jane.id),
                    false => assert_eq!(fault(found), TokenFault::Unknown, "{purpose:?} as {other:?}"),
                }
            }
            if purpose != TokenPurpose::VerifyEmail {
                assert_eq!(fault(users.verify_email(token, &db).await), TokenFault::Unknown);
            }
            if purpose != TokenPurpose::ResetPassword {
                assert_eq!(fault(users.reset_password(token, OTHER, &db).await), TokenFault::Unknown);
            }
            if purpose != TokenPurpose::SecondFactor {
                assert_eq!(fault(users.authenticate_code(token, "123456", &db).await), TokenFault::Unknown);
            }
            assert_same(&before, &dump(&db).await, "a token of another purpose");
        }
        // It stays good for as long as it is not used.
        assert_eq!(raw_sql::count(&db, "auth_tokens WHERE used_at IS NULL").await, 5);
    }

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

    async fn empty_forged_and_expired_tokens_are_told_apart_and_write_nothing(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        // A token whose hash is that of the empty text, behind the library's back.
        let token = issue(&jane, TokenPurpose::VerifyEmail, &db).await;
        let hash = HEXLOWER.encode(&Sha256::digest(""));
        let literal = match &db {
            Pool::Sqlite(_) => format!("x'{hash}'"),
            Pool::Postgres(_) => format!("'\\x{hash}'::bytea"),
        };
        raw_sql::execute(&db, &format!("UPDATE auth_tokens SET hash = {literal}")).await.unwrap();
        let before = dump(&db).await;
        refused_everywhere("", TokenFault::Empty, &db).await;
        let stored_hash = hash.clone();
        let id = Token::objects().get(&db).await.unwrap().id.to_string();
        let long = "x".repeat(100_000);
        let cut = &token.expose_secret()[..42];
        let wider = format!("{}=", token.expose_secret());
        for forged in [
            " ", "x", "null", "%", "' OR 1=1 --", "\0", "ü", &long, cut, &wider, &stored_hash, &id, token.expose_secret(),
            &BASE64URL_NOPAD.encode(&[0; 32]),
        ] {
            refused_everywhere(forged, TokenFault::Unknown, &db).await;
        }
        assert_same(&before, &dump(&db).await, "a forged token");
    }

    async fn a_token_ends_at_its_time(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let users = manager::<User>();
        let now: DateTime<Utc> = "2026-06-01T12:00:00Z".parse().unwrap();
        let lifetimes = [3 * DAY, DAY / 24, Duration::from_secs(300), 14 * DAY, 365 * DAY];
        let instant = Duration::from_micros(1);
        let before = dump(&db).await;
        for (purpose, lifetime) in ALL.into_iter().zip(lifetimes) {
            let token = frozen(now, users.issue(&jane, purpose, &db)).await.unwrap();
            let token = token.expose_secret();
            let last = now + lifetime - instant;
            frozen(last, users.by_token(token, purpose, &db)).await.unwrap();
            for late in [now + lifetime, now + lifetime + instant, now + 3650 * DAY] {
                let refused = frozen(late, users.by_token(token, purpose, &db)).await;
                assert_eq!(fault(refused), TokenFault::Expired, "{purpose:?}");
                let refused = match purpose {
                    TokenPurpose::VerifyEmail => frozen(late, users.verify_email(token, &db)).await,
                    TokenPurpose::ResetPassword => frozen(late, users.reset_password(token, OTHER, &db)).await,
                    TokenPurpose::SecondFactor => frozen(late, users.authenticate_code(token, "123456", &db)).await,
                    _ => continue,
                };
                assert_eq!(fault(refused), TokenFault::Expired, "{purpose:?}");
            }
        }
        assert_eq!(raw_sql::count(&db, "auth_tokens WHERE used_at IS NULL").await, 5);
        raw_sql::execute(&db, "DELETE FROM auth_tokens").await.unwrap();
        assert_same(&before, &dump(&db).await, "an expired token");
    }

    async fn lifetimes_are_a_setting(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let lifetimes = TokenLifetimes { session: Duration::ZERO, api: Duration::MAX, ..TokenLifetimes::default() };
        let users = UserManager::<User>::new(UserSettings { lifetimes, ..settings() });
        let never = users.issue(&jane, TokenPurpose::Session, &db).await.unwrap();
        assert_eq!(fault(users.by_token(never.expose_secret(), TokenPurpose::Session, &db).await), TokenFault::Expired);
        // As long as there are times.
        let ever = users.issue(&jane, TokenPurpose::Api, &db).await.unwrap();
        users.by_token(ever.expose_secret(), TokenPurpose::Api, &db).await.unwrap();
    }

    async fn a_token_is_bound_to_the_address(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        let users = manager::<User>();
        let verify = issue(&jane, TokenPurpose::VerifyEmail, &db).await;
        let reset = issue(&jane, TokenPurpose::ResetPassword, &db).await;
        let session = issue(&jane, TokenPurpose::Session, &db).await;
        jane.email = "jane@example.org".to_owned();
        jane.save(&db).await.unwrap();
        // Whoever has the old address now is not Jane.
        let john = user("jane@example.com", &db).await;
        let before = dump(&db).await;
        assert_eq!(fault(users.verify_email(verify.expose_secret(), &db).await), TokenFault::Unknown);
        assert_eq!(fault(users.reset_password(reset.expose_secret(), OTHER, &db).await), TokenFault::Unknown);
        assert_eq!(users.by_token(session.expose_secret(), TokenPurpose::Session, &db).await.unwrap().id, jane.id);
        assert_same(&before, &dump(&db).await, "a token of another address");
        assert!(has_password(&jane, PASSWORD, &db).await && has_password(&john, PASSWORD, &db).await);
        assert_eq!(raw_sql::count(&db, "users WHERE is_verified").await, 0);
    }

    async fn tokens_of_who_may_not_sign_in_are_no_good(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        let users = manager::<User>();
        let tokens: Vec<SecretString> = join_all(ALL.map(|purpose| issue(&jane, purpose, &db))).await;
        jane.is_active = false;
        jane.save(&db).await.unwrap();
        let before = dump(&db).await;
        for (purpose, token) in ALL.into_iter().zip(&tokens) {
            let refused = users.by_token(token.expose_secret(), purpose, &db).await;
            assert_eq!(fault(refused), TokenFault::Unknown, "{purpose:?}");
        }
        assert_eq!(fault(users.verify_email(tokens[0].expose_secret(), &db).await), TokenFault::Unknown);
        assert_eq!(fault(users.reset_password(tokens[1].expose_secret(), OTHER, &db).await), TokenFault::Unknown);
        assert_same(&before, &dump(&db).await, "a token of who is not active");
        jane.hard_delete(&db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "auth_tokens").await, 0);
        assert_eq!(fault(users.verify_email(tokens[0].expose_secret(), &db).await), TokenFault::Unknown);
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

    async fn tokens_are_listed_and_revoked(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let john = user("john@example.com", &db).await;
        let users = manager::<User>();
        let phone = users.issue_named(&jane, TokenPurpose::Session, "Phone", &db).await.unwrap();
        let laptop = users.issue_named(&jane, TokenPurpose::Session, "Laptop", &db).await.unwrap();
        let api = issue(&jane, TokenPurpose::Api, &db).await;
        let johns = issue(&john, TokenPurpose::Session, &db).await;
        let verify = issue(&jane, TokenPurpose::VerifyEmail, &db).await;
        users.verify_email(verify.expose_secret(), &db).await.unwrap();
        let listed = Token::objects().of(&jane).purpose(TokenPurpose::Session).live().fetch_all(&db).await.unwrap();
        let mut names: Vec<&str> = listed.iter().map(|token| token.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Laptop", "Phone"]);
        assert_eq!(Token::objects().of(&jane).count(&db).await.unwrap(), 4);
        assert_eq!(Token::objects().of(&jane).live().count(&db).await.unwrap(), 3);
        // One.
        let one = listed.iter().find(|token| token.name == "Phone").unwrap();
        one.hard_delete(&db).await.unwrap();
        let revoked = users.by_token(phone.expose_secret(), TokenPurpose::Session, &db).await;
        assert_eq!(fault(revoked), TokenFault::Unknown);
        users.by_token(laptop.expose_secret(), TokenPurpose::Session, &db).await.unwrap();
        // All of a purpose, then all.
        let sessions = Token::objects().of(&jane).purpose(TokenPurpose::Session);
        assert_eq!(sessions.hard_delete(&db).await.unwrap(), 1);
        users.by_token(api.expose_secret(), TokenPurpose::Api, &db).await.unwrap();
        assert_eq!(Token::objects().of(&jane).hard_delete(&db).await.unwrap(), 2);
        assert_eq!(fault(users.by_token(api.expose_secret(), TokenPurpose::Api, &db).await), TokenFault::Unknown);
        users.by_token(johns.expose_secret(), TokenPurpose::Session, &db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "auth_tokens").await, 1);
    }

    async fn a_name_that_is_too_long_is_refused(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        for name in ["x".repeat(101), "a\0b".to_owned()] {
            let refused = manager().issue_named(&jane, TokenPurpose::Api, &name, &db).await.map(drop);
            assert_eq!(refused_fields(refused)[0].field, "name");
        }
        assert_eq!(raw_sql::count(&db, "auth_tokens").await, 0);
        manager().issue_named(&jane, TokenPurpose::Api, &"ü".repeat(100), &db).await.unwrap();
    }

    async fn what_has_expired_is_purged_by_one_call(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let users = manager::<User>();
        let now: DateTime<Utc> = "2026-06-01T12:00:00Z".parse().unwrap();
        for purpose in ALL {
            frozen(now, users.issue(&jane, purpose, &db)).await.unwrap();
        }
        assert_eq!(frozen(now, users.purge_expired(&db)).await.unwrap(), 0);
        assert_eq!(frozen(now + DAY, users.purge_expired(&db)).await.unwrap(), 2);
        assert_eq!(frozen(now + DAY, users.purge_expired(&db)).await.unwrap(), 0);
        let left: Vec<String> = raw_sql::column(&db, "SELECT purpose FROM auth_tokens ORDER BY purpose").await;
        assert_eq!(left, ["api", "session", "verify_email"]);
        frozen(now, async { drop(users.authenticate("nobody@example.com", OTHER, &db).await) }).await;
        assert_eq!(frozen(now + 400 * DAY, users.purge_expired(&db)).await.unwrap(), 4);
        for table in ["auth_tokens", "auth_throttle"] {
            assert_eq!(raw_sql::count(&db, table).await, 0, "{table}");
        }
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
}

#[test]
fn faults_say_what_to_do() {
    for (fault, said) in [
        (TokenFault::Empty, "the token is empty"),
        (TokenFault::Used, "the token was used already; ask for another"),
        (TokenFault::Expired, "the token has expired; ask for another"),
    ] {
        assert_eq!(Error::from(fault).to_string(), said);
    }
    assert!(Error::from(TokenFault::Unknown).to_string().starts_with("the token is not valid"));
}
