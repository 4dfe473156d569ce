//! Tokens: what is stored, what they are good for, and that a use is whole or nothing (rule 26).

use std::collections::HashSet;
use std::time::Duration;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use futures_util::future::join_all;
use model_runtime::clock::frozen;
use model_runtime::prelude::*;
use model_runtime::users::{Token, TokenFault, TokenLifetimes, TokenPurpose, User, UserSettings};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tests::accounts::create_tables;
use tests::fixtures::{DAY, refused_fields};
use tests::{on_both, raw_sql};

use super::fixtures::{OTHER, PASSWORD, assert_same, dump, has_password, jane, manager, settings, user};

/// Every purpose.
pub const ALL: [TokenPurpose; 5] = [
    TokenPurpose::VerifyEmail,
    TokenPurpose::ResetPassword,
    TokenPurpose::SecondFactor,
    TokenPurpose::Session,
    TokenPurpose::Api,
];

/// Why a token was refused.
#[track_caller]
pub fn fault<T: std::fmt::Debug>(result: Result<T>) -> TokenFault {
    match result {
        Err(Error::Token(fault)) => fault,
        other => panic!("not refused as a token: {other:?}"),
    }
}

/// A token of the user.
pub async fn issue(user: &User, purpose: TokenPurpose, db: &Pool) -> SecretString {
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
        let jane = jane(&db).await;
        let users = manager::<User>();
        let tokens: Vec<SecretString> = join_all(ALL.map(|purpose| issue(&jane, purpose, &db))).await;
        raw_sql::execute(&db, "UPDATE users SET is_active = FALSE").await.unwrap();
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
