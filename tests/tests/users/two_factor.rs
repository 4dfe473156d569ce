//! The second factor: codes of an authenticator, each good for one use, and recovery codes.

use std::time::Duration;

use data_encoding::BASE32_NOPAD;
use futures_util::future::join_all;
use model_runtime::clock::frozen;
use model_runtime::prelude::*;
use model_runtime::users::{SignIn, TwoFactor, User, UserManager, UserSettings};
use secrecy::{ExposeSecret, SecretString};
use tests::accounts::create_tables;
use tests::fixtures::{new_year, refused_fields};
use tests::{on_both, raw_sql};
use totp_rs::Totp;

use super::fixtures::{PASSWORD, allow, assert_same, dump, jane, manager, member, refuse, settings, trail};

/// Some 30 seconds after the new year, as a time.
fn at(step: u32) -> DateTime<Utc> {
    new_year() + Duration::from_secs(30) * step
}

/// What the user's authenticator shows then.
fn shown(uri: &SecretString, step: u32) -> String {
    let seconds = at(step).timestamp().try_into().expect("a time after 1970");
    Totp::from_url(uri.expose_secret()).expect("a URI").generate(seconds).to_string()
}

/// A code that the authenticator shows at none of the times of these tests.
fn wrong(uri: &SecretString) -> String {
    let shown: Vec<String> = (0..100).map(|step| shown(uri, step)).collect();
    let mut codes = (0..).map(|code| format!("{code:06}"));
    codes.find(|code| !shown.contains(code)).expect("a code")
}

/// Why the code was refused.
fn refusal<T: std::fmt::Debug>(result: Result<T>) -> String {
    let refused = refused_fields(result);
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0].field, "code");
    refused[0].message.clone()
}

const REFUSED: &str = "is wrong or was used before";

/// A user whose second factor was turned on at step 0, what the authenticator knows, and the recovery codes.
async fn with_two_factor(db: &Pool) -> (User, SecretString, Vec<String>) {
    let mut jane = jane(db).await;
    let enrolment = manager().enrol_two_factor(&jane, db).await.expect("it is enrolled");
    let uri = enrolment.uri().clone();
    let codes =
        frozen(at(0), manager().confirm_two_factor(&mut jane, &shown(&uri, 0), db)).await.expect("confirmed");
    (jane, uri, codes.iter().map(|code| code.expose_secret().to_owned()).collect())
}

async fn verify<U: UserModel>(user: &U, code: &str, step: u32, db: &Pool) -> Result<()> {
    frozen(at(step), manager().verify_code(user, code, db)).await
}

on_both! {
    async fn an_authenticator_is_enrolled_and_confirmed(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        let settings = UserSettings { issuer: "Jane's Blog".to_owned(), ..settings() };
        let users: UserManager<User> = UserManager::new(settings);
        let enrolment = users.enrol_two_factor(&jane, &db).await.unwrap();
        let totp = Totp::from_url(enrolment.uri().expose_secret()).unwrap();
        assert_eq!((totp.issuer(), totp.account_name()), (Some("Jane's Blog"), "jane@example.com"));
        let secret = BASE32_NOPAD.decode(enrolment.secret_base32().expose_secret().as_bytes()).unwrap();
        assert_eq!((secret.len(), totp.secret().as_bytes()), (20, &*secret));
        assert!(enrolment.qr_svg().expose_secret().contains("<svg"));
        assert_eq!(raw_sql::value::<Vec<u8>>(&db, "SELECT secret FROM auth_two_factor").await, secret);
        // Nothing asks for it yet, and it lets nobody in.
        assert_eq!(raw_sql::count(&db, "auth_two_factor WHERE confirmed_at IS NULL").await, 1);
        assert_eq!(raw_sql::count(&db, "users WHERE two_factor_enabled").await, 0);
        assert_eq!(refusal(verify(&jane, &shown(enrolment.uri(), 0), 0, &db).await), REFUSED);
        assert!(matches!(users.authenticate("jane@example.com", PASSWORD, &db).await, Ok(SignIn::Complete(_))));

        let code = shown(enrolment.uri(), 0);
        let codes = frozen(at(0), users.confirm_two_factor(&mut jane, &code, &db)).await.unwrap();
        assert_eq!(codes.len(), 10);
        assert!(jane.two_factor_enabled);
        assert_eq!(raw_sql::count(&db, "users WHERE two_factor_enabled").await, 1);
        assert_eq!(raw_sql::count(&db, "auth_two_factor WHERE confirmed_at IS NOT NULL").await, 1);
        assert_eq!(raw_sql::count(&db, "auth_recovery_codes WHERE used_at IS NULL").await, 10);
        let (action, changes) = trail(&jane, &db).await.pop().unwrap();
        assert_eq!((action.as_str(), &changes["two_factor_enabled"]["new"]), ("update", &true.into()));
        assert!(matches!(users.authenticate("jane@example.com", PASSWORD, &db).await, Ok(SignIn::CodeRequired(_))));
    }

    async fn enrolling_again_replaces_what_is_not_confirmed(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        let users = manager();
        let first = users.enrol_two_factor(&jane, &db).await.unwrap();
        let second = users.enrol_two_factor(&jane, &db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "auth_two_factor").await, 1);
        let old = frozen(at(0), users.confirm_two_factor(&mut jane, &shown(first.uri(), 0), &db)).await;
        assert_eq!(refusal(old), REFUSED);
        assert!(!jane.two_factor_enabled);
        frozen(at(0), users.confirm_two_factor(&mut jane, &shown(second.uri(), 0), &db)).await.unwrap();
        let before = dump(&db).await;
        let refused = refused_fields(users.enrol_two_factor(&jane, &db).await);
        assert_eq!(refused[0].field, "two_factor_enabled");
        let again = frozen(at(2), users.confirm_two_factor(&mut jane, &shown(second.uri(), 2), &db)).await;
        assert!(refusal(again).starts_with("confirms nothing"));
        // SQLite counts keys also for rows that it does not insert.
        let rows = |dump: &str| dump.lines().filter(|row| !row.starts_with("'auth_two_factor' ")).collect::<String>();
        assert_eq!(rows(&dump(&db).await), rows(&before));
    }

    async fn wrong_and_empty_codes_are_refused(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        let none = frozen(at(0), manager().confirm_two_factor(&mut jane, "123456", &db)).await;
        assert!(refusal(none).starts_with("confirms nothing"));
        let enrolment = manager().enrol_two_factor(&jane, &db).await.unwrap();
        for code in ["", " ", "--"] {
            assert_eq!(refusal(frozen(at(0), manager().confirm_two_factor(&mut jane, code, &db)).await), "is empty");
        }
        let bad = wrong(enrolment.uri());
        assert_eq!(refusal(frozen(at(0), manager().confirm_two_factor(&mut jane, &bad, &db)).await), REFUSED);
        assert_eq!((jane.two_factor_enabled, raw_sql::count(&db, "auth_recovery_codes").await), (false, 0));
        let code = shown(enrolment.uri(), 0);
        frozen(at(0), manager().confirm_two_factor(&mut jane, &code, &db)).await.unwrap();
        for code in ["", "\t", "-"] {
            assert_eq!(refusal(verify(&jane, code, 1, &db).await), "is empty");
        }
        let with_sign = format!("+{}", &shown(enrolment.uri(), 1)[1..]);
        for code in [bad.as_str(), &with_sign, "AAAA-AAAA-AAAA-AAAA"] {
            assert_eq!(refusal(verify(&jane, code, 1, &db).await), REFUSED, "{code}");
        }
    }

    async fn a_code_is_good_for_one_use_and_one_step_around(db) {
        create_tables(&db).await;
        let (jane, uri, _) = with_two_factor(&db).await;
        assert_eq!(refusal(verify(&jane, &shown(&uri, 0), 0, &db).await), REFUSED, "it confirmed");
        // A clock that is behind, then one that is ahead.
        assert_eq!(refusal(verify(&jane, &shown(&uri, 8), 10, &db).await), REFUSED);
        verify(&jane, &shown(&uri, 9), 10, &db).await.unwrap();
        assert_eq!(refusal(verify(&jane, &shown(&uri, 12), 10, &db).await), REFUSED);
        verify(&jane, &shown(&uri, 11), 10, &db).await.unwrap();
        for step in [9, 10, 11] {
            assert_eq!(refusal(verify(&jane, &shown(&uri, step), 10, &db).await), REFUSED, "{step}");
        }
        let last: i64 = raw_sql::value(&db, "SELECT last_step FROM auth_two_factor").await;
        assert_eq!(last, at(11).timestamp() / 30);
        let code = shown(&uri, 20);
        verify(&jane, &format!(" {} {}", &code[..3], &code[3..]), 20, &db).await.unwrap();
    }

    async fn of_simultaneous_uses_of_a_code_one_wins(db) {
        create_tables(&db).await;
        let (jane, uri, codes) = with_two_factor(&db).await;
        for round in 1..=5 {
            let step = round * 10;
            for code in [shown(&uri, step), codes[usize::try_from(round).unwrap()].clone()] {
                raw_sql::execute(&db, "DELETE FROM auth_throttle").await.unwrap();
                let uses = (0..2).map(|later| {
                    let (jane, code, db) = (jane.clone(), code.clone(), db.clone());
                    let time = at(step) + Duration::from_millis(later);
                    tokio::spawn(async move { frozen(time, manager().verify_code(&jane, &code, &db)).await })
                });
                let uses: Vec<_> = join_all(uses).await.into_iter().map(std::result::Result::unwrap).collect();
                assert_eq!(uses.iter().filter(|result| result.is_ok()).count(), 1, "{uses:?}");
                assert_eq!(refusal(uses.into_iter().find(|result| result.is_err()).unwrap()), REFUSED);
            }
        }
        assert_eq!(raw_sql::count(&db, "auth_recovery_codes WHERE used_at IS NOT NULL").await, 5);
    }

    async fn a_recovery_code_is_good_for_one_use_however_it_is_typed(db) {
        create_tables(&db).await;
        let (jane, _, codes) = with_two_factor(&db).await;
        for (left, code) in [
            (9, codes[0].clone()),
            (8, codes[1].replace('-', "")),
            (7, codes[2].to_lowercase()),
            (6, format!(" {} ", codes[3].replace('-', " "))),
        ] {
            verify(&jane, &code, 1, &db).await.unwrap();
            for later in [1, 2, 1000] {
                assert_eq!(refusal(verify(&jane, &code, later, &db).await), REFUSED);
            }
            raw_sql::execute(&db, "DELETE FROM auth_throttle").await.unwrap();
            assert_eq!(manager().recovery_codes_left(&jane, &db).await.unwrap(), left);
        }
        assert_eq!(raw_sql::count(&db, "auth_recovery_codes WHERE used_at IS NULL").await, 6);
        assert_eq!(refusal(verify(&jane, &codes[4][..14], 1, &db).await), REFUSED);

        let renewed = manager().new_recovery_codes(&jane, &db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "auth_recovery_codes").await, 10);
        assert_eq!(refusal(verify(&jane, &codes[4], 1, &db).await), REFUSED, "an old one");
        raw_sql::execute(&db, "DELETE FROM auth_throttle").await.unwrap();
        verify(&jane, renewed[0].expose_secret(), 1, &db).await.unwrap();
    }

    async fn recovery_codes_renewed_by_two_at_once_are_ten(db) {
        create_tables(&db).await;
        let (jane, ..) = with_two_factor(&db).await;
        for _ in 0..5 {
            let renewals = (0..3).map(|_| {
                let (jane, db) = (jane.clone(), db.clone());
                tokio::spawn(async move { manager().new_recovery_codes(&jane, &db).await })
            });
            for renewed in join_all(renewals).await {
                assert_eq!(renewed.unwrap().unwrap().len(), 10);
            }
            assert_eq!(raw_sql::count(&db, "auth_recovery_codes").await, 10);
        }
    }

    async fn codes_are_a_users_own(db) {
        create_tables(&db).await;
        let (jane, uri, codes) = with_two_factor(&db).await;
        let mut member = member("jane@example.com", &db).await;
        for code in [&shown(&uri, 5), &codes[0]] {
            assert_eq!(refusal(verify(&member, code, 5, &db).await), REFUSED);
        }
        assert_eq!(refused_fields(manager().new_recovery_codes(&member, &db).await)[0].field, "two_factor_enabled");
        let enrolment = manager().enrol_two_factor(&member, &db).await.unwrap();
        let code = shown(enrolment.uri(), 5);
        let of_member = frozen(at(5), manager().confirm_two_factor(&mut member, &code, &db)).await.unwrap();
        assert_eq!(raw_sql::count(&db, "members WHERE two_factor_enabled").await, 1);
        assert_eq!(refusal(verify(&jane, of_member[0].expose_secret(), 6, &db).await), REFUSED);
        verify(&jane, &shown(&uri, 6), 6, &db).await.unwrap();
        assert!(manager().disable_two_factor(&mut member, &db).await.unwrap());
        assert_eq!(raw_sql::count(&db, "auth_two_factor WHERE user_type = 'auth.user'").await, 1);
        assert_eq!(raw_sql::count(&db, "auth_recovery_codes WHERE user_type = 'auth.user'").await, 10);
        verify(&jane, &codes[0], 6, &db).await.unwrap();
    }

    async fn wrong_codes_are_throttled(db) {
        create_tables(&db).await;
        let (jane, uri, codes) = with_two_factor(&db).await;
        let bad = wrong(&uri);
        let guesses = (0..50).map(|_| {
            let (jane, bad, db) = (jane.clone(), bad.clone(), db.clone());
            tokio::spawn(async move { verify(&jane, &bad, 1, &db).await })
        });
        let refused = join_all(guesses).await.into_iter().map(std::result::Result::unwrap);
        let tried = refused.filter(|refused| matches!(refused, Err(Error::Validation(_)))).count();
        assert_eq!(tried, 4);
        for code in [&shown(&uri, 1), &codes[0]] {
            assert!(matches!(verify(&jane, code, 1, &db).await, Err(Error::Throttled { .. })));
        }
        let key: String = raw_sql::value(&db, "SELECT key FROM auth_throttle WHERE failures = 4").await;
        assert_eq!(key, format!("code:auth.user:{}", jane.id));
        // Failures at codes are no failures at passwords, and a right code forgets them.
        assert!(manager::<User>().authenticate("jane@example.com", PASSWORD, &db).await.is_ok());
        verify(&jane, &shown(&uri, 2), 2, &db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "auth_throttle").await, 0);
    }

    async fn turning_it_off_forgets_all(db) {
        create_tables(&db).await;
        let (mut jane, uri, codes) = with_two_factor(&db).await;
        assert!(manager().disable_two_factor(&mut jane, &db).await.unwrap());
        assert!(!jane.two_factor_enabled);
        assert_eq!(raw_sql::count(&db, "users WHERE two_factor_enabled").await, 0);
        assert_eq!(raw_sql::count(&db, "auth_two_factor").await, 0);
        assert_eq!(raw_sql::count(&db, "auth_recovery_codes").await, 0);
        let (_, changes) = trail(&jane, &db).await.pop().unwrap();
        assert_eq!(changes["two_factor_enabled"], serde_json::json!({ "old": true, "new": false }));
        for code in [&shown(&uri, 5), &codes[0]] {
            assert_eq!(refusal(verify(&jane, code, 5, &db).await), REFUSED);
        }
        let told = trail(&jane, &db).await.len();
        assert!(!manager().disable_two_factor(&mut jane, &db).await.unwrap());
        assert_eq!(trail(&jane, &db).await.len(), told);
        assert!(manager().enrol_two_factor(&jane, &db).await.is_ok());
    }

    async fn what_fails_halfway_is_undone(db) {
        create_tables(&db).await;
        let mut jane = jane(&db).await;
        let enrolment = manager().enrol_two_factor(&jane, &db).await.unwrap();
        for (event, table) in [("INSERT", "auth_recovery_codes"), ("UPDATE", "users"), ("INSERT", "audit_logs")] {
            refuse(event, table, &db).await;
            let confirmed = manager().confirm_two_factor(&mut jane, &shown(enrolment.uri(), 0), &db);
            assert!(frozen(at(0), confirmed).await.is_err());
            assert!(!jane.two_factor_enabled);
            allow(event, table, &db).await;
            assert_eq!(raw_sql::count(&db, "auth_two_factor WHERE confirmed_at IS NOT NULL").await, 0, "{table}");
            assert_eq!(raw_sql::count(&db, "auth_recovery_codes").await, 0, "{table}");
            assert_eq!(raw_sql::count(&db, "users WHERE two_factor_enabled").await, 0, "{table}");
        }
        raw_sql::execute(&db, "DELETE FROM auth_throttle").await.unwrap();
        frozen(at(0), manager().confirm_two_factor(&mut jane, &shown(enrolment.uri(), 0), &db)).await.unwrap();
        assert_eq!(raw_sql::count(&db, "auth_recovery_codes").await, 10);
    }

    async fn what_cannot_be_turned_off_or_renewed_stays(db) {
        create_tables(&db).await;
        let (mut jane, ..) = with_two_factor(&db).await;
        let before = dump(&db).await;
        for (event, table) in [("DELETE", "auth_recovery_codes"), ("UPDATE", "users"), ("INSERT", "audit_logs")] {
            refuse(event, table, &db).await;
            assert!(manager().disable_two_factor(&mut jane, &db).await.is_err());
            assert!(jane.two_factor_enabled, "{table}");
            allow(event, table, &db).await;
        }
        refuse("INSERT", "auth_recovery_codes", &db).await;
        assert!(manager().new_recovery_codes(&jane, &db).await.is_err());
        allow("INSERT", "auth_recovery_codes", &db).await;
        assert_same(&before, &dump(&db).await, "what failed");
    }

    async fn of_simultaneous_confirmations_one_wins(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        let enrolment = manager().enrol_two_factor(&jane, &db).await.unwrap();
        let code = shown(enrolment.uri(), 0);
        let confirmations = (0..4).map(|later| {
            let (mut jane, code, db) = (jane.clone(), code.clone(), db.clone());
            tokio::spawn(async move {
                let time = at(0) + Duration::from_millis(later);
                let confirmed = frozen(time, manager().confirm_two_factor(&mut jane, &code, &db)).await;
                (confirmed, jane.two_factor_enabled)
            })
        });
        let ended = join_all(confirmations).await.into_iter().map(std::result::Result::unwrap);
        let (won, lost): (Vec<_>, Vec<_>) = ended.partition(|(confirmed, _)| confirmed.is_ok());
        assert_eq!((won.len(), lost.len()), (1, 3), "{won:?} {lost:?}");
        assert!(won[0].1 && lost.iter().all(|(_, enabled)| !enabled), "{won:?} {lost:?}");
        assert_eq!(raw_sql::count(&db, "auth_recovery_codes").await, 10);
        let codes = won.into_iter().next().unwrap().0.unwrap();
        verify(&jane, codes[9].expose_secret(), 1, &db).await.unwrap();
    }

    async fn secrets_are_told_once(db) {
        create_tables(&db).await;
        let (jane, uri, codes) = with_two_factor(&db).await;
        let totp = Totp::from_url(uri.expose_secret()).unwrap();
        let secret = totp.secret().as_bytes();
        let hex = data_encoding::HEXLOWER.encode(secret);
        let row = TwoFactor::objects().get(&db).await.unwrap();
        let debug = format!("{row:?} {row:#?} {:?} {:?}", TwoFactor::objects().filter(|t| t.id.eq(row.id)), jane);
        let dump = dump(&db).await.to_lowercase();
        // In its own column, and nowhere else.
        assert_eq!(dump.matches(&hex).count(), 1);
        let base32 = BASE32_NOPAD.encode(secret);
        let texts = [base32.clone(), base32.to_lowercase(), format!("{secret:?}"), hex];
        for told in texts.iter().chain(&codes) {
            assert!(!debug.contains(told), "{told}");
            assert!(!dump.contains(&told.to_lowercase()) || told == &texts[3], "{told}");
            assert!(!dump.contains(&told.replace('-', "").to_lowercase()) || told == &texts[3], "{told}");
        }
        let trail = trail(&jane, &db).await;
        assert!(trail.iter().all(|(_, changes)| changes.get("secret").is_none()), "{trail:?}");
    }
}
