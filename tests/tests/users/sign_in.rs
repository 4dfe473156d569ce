//! Signing in: by password, then by a second factor.

use std::time::Duration;

use model_runtime::Db;
use model_runtime::audit::{self, AuditContext};
use model_runtime::clock::{self, frozen};
use model_runtime::prelude::*;
use model_runtime::users::{
    Enter, FindAccount, Hashing, Limits, Throttle, TokenFault, TokenPurpose, User, UserSettings,
};
use secrecy::{ExposeSecret, SecretString};
use tests::accounts::{Member, create_tables};
use tests::fixtures::{DAY, refused_fields};
use tests::{on_both, raw_sql};

use super::fixtures::{
    OTHER, PASSWORD, allow, assert_same, dump, has_password, jane, manager, member, refuse, settings, stored,
    stored_hash, trail, user,
};

/// Whoever is let in.
fn complete<U: std::fmt::Debug>(signed_in: Result<SignIn<U>>) -> U {
    match signed_in {
        Ok(SignIn::Complete(user)) => user,
        other => panic!("not let in: {other:?}"),
    }
}

/// The token that goes with a code.
fn code_required<U: std::fmt::Debug>(signed_in: Result<SignIn<U>>) -> SecretString {
    match signed_in {
        Ok(SignIn::CodeRequired(token)) => token,
        other => panic!("not asked for a code: {other:?}"),
    }
}

#[track_caller]
fn assert_refused<T: std::fmt::Debug>(result: Result<T>) {
    assert!(matches!(result, Err(Error::Credentials)), "{result:?}");
}

fn fault<T: std::fmt::Debug>(result: Result<T>) -> TokenFault {
    match result {
        Err(Error::Token(fault)) => fault,
        other => panic!("not refused as a token: {other:?}"),
    }
}

/// A time in the middle of 30 seconds, so that the next code is 30 seconds later.
fn noon() -> DateTime<Utc> {
    "2026-06-01T12:00:15Z".parse().expect("a time")
}

const STEP: Duration = Duration::from_secs(30);

/// Jane, with a second factor since [`noon`]: her authenticator's secret, and the recovery codes.
async fn jane_with_authenticator(db: &Pool) -> (User, Vec<u8>, Vec<SecretString>) {
    let mut jane = jane(db).await;
    let (secret, codes) = frozen(noon(), async {
        let enrolment = manager().enrol_two_factor(&jane, db).await.unwrap();
        let secret = enrolment.secret_base32().expose_secret();
        let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
        let codes = manager().confirm_two_factor(&mut jane, &code(&secret, noon()), db).await.unwrap();
        (secret, codes)
    })
    .await;
    (jane, secret, codes)
}

/// The authenticator's code at a time: RFC 6238 with SHA-1, as the RFC writes it.
fn code(secret: &[u8], time: DateTime<Utc>) -> String {
    super::fixtures::totp(secret, time)
}

/// A handle that does something else before the last step of signing in.
#[derive(Clone, Copy)]
struct Meanwhile<'c>(&'c Pool, &'c str);

impl<'c, U: UserModel> Db<'c, FindAccount<U>> for Meanwhile<'c> {
    type Out = <&'c Pool as Db<'c, FindAccount<U>>>::Out;

    async fn run(self, operation: FindAccount<U>) -> Result<Self::Out> {
        self.0.run(operation).await
    }
}

impl<'c, U: UserModel> Db<'c, Enter<U>> for Meanwhile<'c> {
    type Out = <&'c Pool as Db<'c, Enter<U>>>::Out;

    async fn run(self, operation: Enter<U>) -> Result<Self::Out> {
        raw_sql::execute(self.0, self.1).await.expect("the statement runs");
        self.0.run(operation).await
    }
}

on_both! {
    async fn the_right_password_lets_in_and_is_noted(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let (hash, updated_at) = (stored_hash(&jane, &db).await, stored("updated_at", &jane, &db).await);
        let now = clock::now() + DAY;
        let signed_in = frozen(now, manager::<User>().authenticate("jane@example.com", PASSWORD, &db)).await;
        let signed_in = complete(signed_in);
        assert_eq!((signed_in.id, signed_in.last_login_at), (jane.id, Some(now)));
        let mut again = jane.clone();
        again.refresh(&db).await.unwrap();
        assert_eq!(again, signed_in, "the row in memory is the row in the database");
        assert_eq!(raw_sql::count(&db, "users WHERE last_login_at IS NOT NULL").await, 1);
        // A sign-in is no edit.
        assert_eq!(trail(&jane, &db).await.len(), 1);
        assert_eq!(raw_sql::count(&db, "audit_logs").await, 1);
        // It is a write all the same (rule 3): `updated_at` says when.
        assert_ne!(stored("updated_at", &jane, &db).await, updated_at);
        assert_eq!(signed_in.updated_at, now);
        assert_eq!(stored_hash(&jane, &db).await, hash, "made anew, though the parameters are the same");
        let later = frozen(now + DAY, manager::<User>().authenticate("jane@example.com", PASSWORD, &db)).await;
        assert_eq!(complete(later).last_login_at, Some(now + DAY));
    }

    async fn an_address_lets_in_in_any_case(db) {
        create_tables(&db).await;
        user("Jane.Roe@example.com", &db).await;
        for typed in ["Jane.Roe@example.com", "jane.roe@EXAMPLE.com", " JANE.ROE@example.com "] {
            assert_eq!(complete(manager::<User>().authenticate(typed, PASSWORD, &db).await).email, "Jane.Roe@example.com");
        }
    }

    async fn what_is_wrong_is_refused_alike_and_leaves_the_user_alone(db) {
        create_tables(&db).await;
        let users = manager::<User>();
        let jane = jane(&db).await;
        let nobody = users.create_user(User::builder().email("none@example.com").build(), None, &db).await.unwrap();
        let inactive = User::builder().email("inactive@example.com").is_active(false).build();
        let inactive = users.create_user(inactive, Some(PASSWORD), &db).await.unwrap();
        let before: Vec<String> = rows(&db).await;
        for (email, password) in [
            ("jane@example.com", OTHER),
            ("jane@example.com", "A boat on the Lek"),
            ("jane@example.com", ""),
            ("unknown@example.com", PASSWORD),
            ("", PASSWORD),
            ("jane", PASSWORD),
            ("' OR ''='", "' OR ''='"),
            ("%@example.com", PASSWORD),
            ("jane@example.com\0", PASSWORD),
            ("none@example.com", ""),
            ("none@example.com", "!"),
            ("none@example.com", PASSWORD),
            ("inactive@example.com", PASSWORD),
            ("inactive@example.com", OTHER),
        ] {
            // The failures of these are no matter here.
            raw_sql::execute(&db, "DELETE FROM auth_throttle").await.unwrap();
            let refused = users.authenticate(email, password, &db).await;
            assert_eq!(format!("{refused:?}"), "Err(Credentials)", "{email:?} with {password:?}");
            let said = refused.map(drop).unwrap_err().to_string();
            assert_eq!(said, "the e-mail or the password is wrong", "{email:?} with {password:?}");
        }
        assert_eq!(rows(&db).await, before);
        for user in [jane, nobody, inactive] {
            assert_eq!(stored("last_login_at", &user, &db).await, None);
        }
    }

    async fn a_password_of_any_bytes_is_compared_as_it_is(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        let odd = "grüße\0 \u{1f980} und Kuchen ' \" \\ %s {}";
        manager().set_password(&mut jane, odd, &db).await.unwrap();
        complete(manager::<User>().authenticate("jane@example.com", odd, &db).await);
        assert_refused(manager::<User>().authenticate("jane@example.com", &odd.replace('\0', ""), &db).await);
        assert_refused(manager::<User>().authenticate("jane@example.com", &"x".repeat(5000), &db).await);
    }

    async fn a_deleted_member_is_refused_and_a_restored_one_let_in(db) {
        create_tables(&db).await;
        let mut anna = member("anna@example.com", &db).await;
        anna.delete(&db).await.unwrap();
        assert_refused(manager::<Member>().authenticate("anna@example.com", PASSWORD, &db).await);
        assert_eq!(stored("last_login_at", &anna, &db).await, None);
        anna.restore(&db).await.unwrap();
        complete(manager::<Member>().authenticate("anna@example.com", PASSWORD, &db).await);
    }

    async fn a_hash_is_made_anew_when_its_parameters_are_outdated(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let old = stored_hash(&jane, &db).await;
        assert!(old.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{old}");
        let dearer = UserSettings { hashing: Hashing::new(16, 2, 1).unwrap(), ..settings() };
        let dearer = UserManager::<User>::new(dearer);
        assert_refused(dearer.authenticate("jane@example.com", OTHER, &db).await);
        assert_eq!(stored_hash(&jane, &db).await, old, "a wrong password made the hash anew");
        let signed_in = complete(dearer.authenticate("jane@example.com", PASSWORD, &db).await);
        let new = stored_hash(&jane, &db).await;
        assert!(new.starts_with("$argon2id$v=19$m=16,t=2,p=1$"), "{new}");
        assert!(dearer.check_password(&signed_in, PASSWORD).await.unwrap());
        complete(dearer.authenticate("jane@example.com", PASSWORD, &db).await);
        assert_eq!(stored_hash(&jane, &db).await, new, "made anew, though it is not outdated");
        // Sessions stay: the password is the same.
        let told = trail(&jane, &db).await;
        assert!(told.iter().all(|(_, changes)| !changes.to_string().contains("argon2")), "{told:?}");
    }

    async fn sessions_outlive_a_hash_that_is_made_anew(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let session = manager().issue(&jane, TokenPurpose::Session, &db).await.unwrap();
        let dearer = UserSettings { hashing: Hashing::new(16, 2, 1).unwrap(), ..settings() };
        complete(UserManager::<User>::new(dearer).authenticate("jane@example.com", PASSWORD, &db).await);
        let purpose = TokenPurpose::Session;
        assert_eq!(manager::<User>().by_token(session.expose_secret(), purpose, &db).await.unwrap().id, jane.id);
    }

    /// The password is verified without a transaction. Who changes it in between has the last word: the hash that is
    /// made anew of the old one does not replace it.
    async fn a_password_changed_during_a_sign_in_stays(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let other = settings().hashing.hash(OTHER).await.unwrap();
        let mut row = jane.clone();
        row.password = other;
        row.email = "tmp@example.com".to_owned();
        row.id = Uuid::now_v7();
        let row = row.insert(&db).await.map(|()| row).unwrap();
        let hash = stored_hash(&row, &db).await;
        let change = "UPDATE users SET password = (SELECT password FROM users WHERE email = 'tmp@example.com')";
        let dearer = UserSettings { hashing: Hashing::new(16, 2, 1).unwrap(), ..settings() };
        let signed_in = UserManager::<User>::new(dearer).authenticate("jane@example.com", PASSWORD, Meanwhile(&db, change)).await;
        assert_eq!(stored_hash(&jane, &db).await, hash, "a sign-in took a password's change back");
        assert_refused(signed_in);
        let signed_in = manager::<User>().authenticate("jane@example.com", PASSWORD, Meanwhile(&db, change)).await;
        assert_refused(signed_in);
        assert_eq!(stored("last_login_at", &jane, &db).await, None);
    }

    async fn a_user_who_is_locked_out_during_a_sign_in_is_refused(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        for change in ["UPDATE users SET is_active = FALSE", "DELETE FROM users"] {
            let signed_in = manager::<User>().authenticate("jane@example.com", PASSWORD, Meanwhile(&db, change)).await;
            assert!(signed_in.is_err(), "{change}: {signed_in:?}");
            if change.starts_with("UPDATE") {
                assert_eq!(stored("last_login_at", &jane, &db).await, None);
                raw_sql::execute(&db, "UPDATE users SET is_active = TRUE").await.unwrap();
            }
        }
    }

    async fn failures_count_for_the_address_of_the_audit_scope(db) {
        create_tables(&db).await;
        jane(&db).await;
        let throttle = Throttle { address: Limits { free: 2, max: 3 }, ..Throttle::default() };
        let users = UserManager::<User>::new(UserSettings { throttle, ..settings() });
        let from = |last: u8| AuditContext::default().ip_address([10, 0, 0, last]);
        frozen(noon(), async {
            for nobody in ["a@example.com", "b@example.com", "c@example.com"] {
                let attempt = users.authenticate(nobody, PASSWORD, &db);
                assert_refused(audit::scope(from(1), attempt).await);
            }
            let attempt = audit::scope(from(1), users.authenticate("jane@example.com", PASSWORD, &db)).await;
            assert!(matches!(attempt, Err(Error::Throttled { .. })), "{attempt:?}");
            // The handle's scope is the same.
            let attempt = users.authenticate("jane@example.com", PASSWORD, from(1).on(&db)).await;
            assert!(matches!(attempt, Err(Error::Throttled { .. })), "{attempt:?}");
            complete(audit::scope(from(2), users.authenticate("jane@example.com", PASSWORD, &db)).await);
            complete(users.authenticate("jane@example.com", PASSWORD, &db).await);
        })
        .await;
    }

    async fn failures_slow_an_account_known_or_not_and_a_sign_in_forgets_them(db) {
        create_tables(&db).await;
        jane(&db).await;
        let throttle = Throttle { account: Limits { free: 2, max: 4 }, ..Throttle::default() };
        let users = UserManager::<User>::new(UserSettings { throttle, ..settings() });
        frozen(noon(), async {
            for account in ["jane@example.com", "nobody@example.com"] {
                for _ in 0..3 {
                    assert_refused(users.authenticate(account, OTHER, &db).await);
                }
                let attempt = users.authenticate(account, PASSWORD, &db).await;
                assert!(matches!(attempt, Err(Error::Throttled { .. })), "{account}: {attempt:?}");
            }
        })
        .await;
        frozen(noon() + STEP, async {
            complete(users.authenticate("JANE@example.com", PASSWORD, &db).await);
            assert_eq!(raw_sql::count(&db, "auth_throttle").await, 1);
            for _ in 0..2 {
                assert_refused(users.authenticate("jane@example.com", OTHER, &db).await);
            }
            complete(users.authenticate("jane@example.com", PASSWORD, &db).await);
        })
        .await;
    }

    async fn a_second_factor_is_asked_for(db) {
        create_tables(&db).await;
        let (jane, secret, codes) = jane_with_authenticator(&db).await;
        let users = manager::<User>();
        let at = noon() + 2 * STEP;
        frozen(at, async {
            assert_refused(users.authenticate("jane@example.com", OTHER, &db).await);
            let token = code_required(users.authenticate("jane@example.com", PASSWORD, &db).await);
            assert_eq!(stored("last_login_at", &jane, &db).await, None, "the password alone signs in");
            // Not a session, and not for anything else.
            let session = TokenPurpose::Session;
            assert_eq!(fault(users.by_token(token.expose_secret(), session, &db).await), TokenFault::Unknown);
            // A wrong code does not use the token up.
            let before: Vec<String> = rows(&db).await;
            for wrong in ["000000", "", "abc", &code(&secret, at + 10 * STEP)] {
                let refused = refused_fields(users.authenticate_code(token.expose_secret(), wrong, &db).await);
                assert_eq!(refused[0].field, "code", "{wrong:?}");
            }
            assert_eq!(rows(&db).await, before);
            assert_eq!(raw_sql::count(&db, "auth_tokens WHERE used_at IS NULL").await, 1);
            raw_sql::execute(&db, "DELETE FROM auth_throttle").await.unwrap();
            let signed_in = users.authenticate_code(token.expose_secret(), &code(&secret, at), &db).await.unwrap();
            assert_eq!((signed_in.id, signed_in.last_login_at), (jane.id, Some(at)));
            assert!(stored("last_login_at", &jane, &db).await.is_some());
            // Neither the token nor the code is good again.
            let again = users.authenticate_code(token.expose_secret(), codes[0].expose_secret(), &db).await;
            assert_eq!(fault(again), TokenFault::Used);
            let token = code_required(users.authenticate("jane@example.com", PASSWORD, &db).await);
            let replayed = users.authenticate_code(token.expose_secret(), &code(&secret, at), &db).await;
            assert_eq!(refused_fields(replayed)[0].field, "code");
            let recovered = users.authenticate_code(token.expose_secret(), codes[0].expose_secret(), &db).await;
            assert_eq!(recovered.unwrap().id, jane.id);
            // The recovery code was not used up beside a used token before.
            assert_eq!(users.recovery_codes_left(&jane, &db).await.unwrap(), 9);
        })
        .await;
        assert_eq!(trail(&jane, &db).await.len(), 2, "one more than `create`: the factor was turned on");
    }

    async fn the_token_of_a_second_factor_ends(db) {
        create_tables(&db).await;
        let (mut jane, secret, _) = jane_with_authenticator(&db).await;
        let users = manager::<User>();
        let at = noon() + 4 * STEP;
        let token = code_required(frozen(at, users.authenticate("jane@example.com", PASSWORD, &db)).await);
        let late = at + Duration::from_secs(5 * 60);
        let expired = frozen(late, users.authenticate_code(token.expose_secret(), &code(&secret, late), &db)).await;
        assert_eq!(fault(expired), TokenFault::Expired);
        frozen(at, users.set_password(&mut jane, OTHER, &db)).await.unwrap();
        let ended = frozen(at, users.authenticate_code(token.expose_secret(), &code(&secret, at), &db)).await;
        assert_eq!(fault(ended), TokenFault::Unknown);
        for (token, expected) in [("", TokenFault::Empty), ("x", TokenFault::Unknown)] {
            let refused = frozen(at, users.authenticate_code(token, &code(&secret, at), &db)).await;
            assert_eq!(fault(refused), expected);
        }
        assert_eq!(stored("last_login_at", &jane, &db).await, None);
        // None of these used the code up.
        let token = code_required(frozen(at, users.authenticate("jane@example.com", OTHER, &db)).await);
        frozen(at, users.authenticate_code(token.expose_secret(), &code(&secret, at), &db)).await.unwrap();
    }

    async fn of_many_who_show_one_code_one_is_let_in(db) {
        create_tables(&db).await;
        let (_, secret, _) = jane_with_authenticator(&db).await;
        let many = Limits { free: 100, max: 200 };
        let throttle = Throttle { account: many, ..Throttle::default() };
        let users = UserManager::<User>::new(UserSettings { throttle, ..settings() });
        let at = noon() + 6 * STEP;
        let token = code_required(frozen(at, users.authenticate("jane@example.com", PASSWORD, &db)).await);
        let tries = (0..20).map(|_| {
            let (users, db, code) = (users.clone(), db.clone(), code(&secret, at));
            let token = token.expose_secret().to_owned();
            tokio::spawn(frozen(at, async move { users.authenticate_code(&token, &code, &db).await }))
        });
        let results = futures_util::future::join_all(tries).await;
        let let_in = results.into_iter().filter(|result| match result.as_ref().unwrap() {
            Ok(_) => true,
            Err(Error::Token(TokenFault::Used) | Error::Validation(_)) => false,
            Err(error) => panic!("{error:?}"),
        });
        assert_eq!(let_in.count(), 1);
    }

    async fn a_sign_in_that_cannot_be_noted_is_none(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        refuse("UPDATE", "users", &db).await;
        let before = dump(&db).await;
        let refused = manager::<User>().authenticate("jane@example.com", PASSWORD, &db).await;
        assert!(refused.is_err(), "{refused:?}");
        assert!(has_password(&jane, PASSWORD, &db).await);
        allow("UPDATE", "users", &db).await;
        let users_of = |dump: &str| dump.lines().filter(|line| line.contains("jane")).collect::<Vec<_>>().join("\n");
        assert_same(&users_of(&before), &users_of(&dump(&db).await), "a refused sign-in");
        complete(manager::<User>().authenticate("jane@example.com", PASSWORD, &db).await);
    }
}

/// Users, tokens, second factors and audit rows as they stand; not the counts of failures.
async fn rows(db: &Pool) -> Vec<String> {
    let dump = dump(db).await;
    let mut keep = true;
    let lines = dump.lines().filter(move |line| {
        if line.ends_with(':') {
            keep = !line.starts_with("auth_throttle") && !line.starts_with("sqlite_sequence");
        }
        keep
    });
    lines.map(str::to_owned).collect()
}
