//! Repeated failures to sign in: counted in the database, slowed, refused, forgotten.

use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join_all;
use model_runtime::audit::{self, AuditContext};
use model_runtime::clock::frozen;
use model_runtime::prelude::*;
use model_runtime::users::{Limits, SignIn, SignInThrottle, Throttle, User, UserManager, UserSettings};
use tests::accounts::create_tables;
use tests::fixtures::new_year;
use tests::{on_both, raw_sql};

use super::fixtures::{PASSWORD, jane, pool, settings, user};

const JANE: &str = "jane@example.com";

/// No limit that a test reaches.
const NONE: Limits = Limits { free: 1_000_000, max: 1_000_000 };

fn throttled(account: Limits, address: Limits) -> UserManager<User> {
    let throttle = Throttle { account, address, ..Throttle::default() };
    UserManager::new(UserSettings { throttle, ..settings() })
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    In,
    Wrong,
    /// Refused, with so many seconds to wait.
    Wait(u64),
}
use Ended::{In, Wait, Wrong};

/// Tries to sign in that many seconds after the new year.
async fn attempt(users: &UserManager<User>, second: u64, email: &str, password: &str, db: &Pool) -> Ended {
    let time = new_year() + Duration::from_secs(second);
    match frozen(time, users.authenticate(email, password, db)).await {
        Ok(SignIn::Complete(_)) => In,
        Err(Error::Credentials) => Wrong,
        Err(Error::Throttled { retry_after }) => Wait(retry_after.as_secs()),
        other => panic!("{other:?}"),
    }
}

/// The same from an address.
async fn attempt_from(
    address: &str,
    users: &UserManager<User>,
    (second, email, password): (u64, &str, &str),
    db: &Pool,
) -> Ended {
    let address: IpAddr = address.parse().unwrap();
    audit::scope(AuditContext::default().ip_address(address), attempt(users, second, email, password, db))
        .await
}

/// The failures of each key of that kind, by plain SQL.
async fn failures(kind: &str, db: &Pool) -> Vec<i64> {
    let sql =
        format!("SELECT CAST(failures AS BIGINT) FROM auth_throttle WHERE key LIKE '{kind}:%' ORDER BY key");
    raw_sql::column(db, &sql).await
}

on_both! {
    async fn an_account_is_slowed_and_then_refused(db) {
        create_tables(&db).await;
        jane(&db).await;
        let users = throttled(Limits { free: 3, max: 8 }, NONE);
        for (second, ended, counted) in [
            (0, Wrong, 1),
            (0, Wrong, 2),
            (0, Wrong, 3),
            (0, Wrong, 4),
            (0, Wait(1), 4),
            (1, Wrong, 5),
            (2, Wait(1), 5),
            (3, Wrong, 6),
            (7, Wrong, 7),
            (8, Wait(7), 7),
            (15, Wrong, 8),
            (16, Wait(15 * 60 - 1), 8),
            (15 * 60 + 15, Wrong, 9),
            (15 * 60 + 16, Wait(15 * 60 - 1), 9),
        ] {
            assert_eq!(attempt(&users, second, JANE, "wrong", &db).await, ended, "at {second}");
            assert_eq!(failures("account", &db).await, [counted], "at {second}");
        }
        // The right password does not help while it is refused, and nobody else is.
        assert_eq!(attempt(&users, 15 * 60 + 16, JANE, PASSWORD, &db).await, Wait(15 * 60 - 1));
        user("john@example.com", &db).await;
        assert_eq!(attempt(&users, 15 * 60 + 16, "john@example.com", PASSWORD, &db).await, In);
        assert_eq!(attempt(&users, 30 * 60 + 15, JANE, PASSWORD, &db).await, In);
        assert_eq!(raw_sql::count(&db, "auth_throttle").await, 0);
    }

    async fn the_defaults_hold(db) {
        create_tables(&db).await;
        jane(&db).await;
        let users = UserManager::<User>::new(settings());
        let mut second = 0;
        for wait in [0, 0, 0, 1, 2, 4, 8, 16, 32, 15 * 60] {
            assert_eq!(attempt(&users, second, JANE, "wrong", &db).await, Wrong);
            if wait > 0 {
                assert_eq!(attempt(&users, second, JANE, PASSWORD, &db).await, Wait(wait));
            }
            second += wait;
        }
        assert_eq!(failures("account", &db).await, [10]);
    }

    async fn an_unknown_account_is_counted_as_a_known_one_is(db) {
        create_tables(&db).await;
        jane(&db).await;
        let users = UserManager::<User>::new(settings());
        let mut second = 0;
        for wait in [0, 0, 0, 1, 2, 4, 8, 16, 32, 15 * 60] {
            let known = attempt(&users, second, JANE, "wrong", &db).await;
            assert_eq!(attempt(&users, second, "nobody@example.com", "wrong", &db).await, known);
            let known = attempt(&users, second, JANE, "wrong", &db).await;
            assert_eq!(attempt(&users, second, "nobody@example.com", "wrong", &db).await, known);
            second += wait.max(1);
        }
        let rows: Vec<String> = raw_sql::column(
            &db,
            "SELECT CAST(failures AS TEXT) || CAST(expires_at AS TEXT) || CAST(blocked_until AS TEXT) FROM auth_throttle",
        )
        .await;
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0], rows[1]);
    }

    async fn an_address_in_another_case_or_script_is_the_same_account(db) {
        create_tables(&db).await;
        let users = throttled(NONE, NONE);
        for email in [JANE, "JANE@example.com", " jane@EXAMPLE.com", "jane@ｅxample。com"] {
            assert_eq!(attempt(&users, 0, email, "wrong", &db).await, Wrong);
        }
        assert_eq!(failures("account", &db).await, [4]);
    }

    async fn of_parallel_attempts_none_is_missed_and_no_more_get_through(db) {
        create_tables(&db).await;
        jane(&db).await;
        let all_at_once = async |users: &UserManager<User>| {
            let attempts = (0..50).map(|_| {
                let (users, db) = (users.clone(), db.clone());
                tokio::spawn(async move { attempt_from("192.0.2.1", &users, (0, JANE, "wrong"), &db).await })
            });
            let ended = join_all(attempts).await;
            ended.into_iter().map(Result::unwrap).filter(|ended| *ended == Wrong).count()
        };
        assert_eq!(all_at_once(&throttled(NONE, NONE)).await, 50);
        assert_eq!((failures("account", &db).await, failures("address", &db).await), (vec![50], vec![50]));
        for (account, address, through) in [
            (Limits { free: 3, max: 10 }, NONE, 4),
            (Limits { free: 10, max: 10 }, NONE, 10),
            (NONE, Limits { free: 7, max: 7 }, 7),
            (Limits { free: 9, max: 9 }, Limits { free: 9, max: 9 }, 9),
        ] {
            raw_sql::execute(&db, "DELETE FROM auth_throttle").await.unwrap();
            assert_eq!(all_at_once(&throttled(account, address)).await, through, "{account:?} {address:?}");
            let counted = i64::try_from(through).unwrap();
            // What was refused is not counted, neither for the account nor for the address.
            assert_eq!((failures("account", &db).await, failures("address", &db).await), (vec![counted], vec![counted]));
        }
    }

    async fn processes_count_together(db) {
        create_tables(&db).await;
        jane(&db).await;
        let users = throttled(Limits { free: 4, max: 4 }, NONE);
        let other = pool(&db, 2).await;
        for db in [&db, &other, &db, &other] {
            assert_eq!(attempt(&users, 0, JANE, "wrong", db).await, Wrong);
        }
        for db in [&db, &other] {
            assert_eq!(attempt(&users, 0, JANE, PASSWORD, db).await, Wait(15 * 60));
        }
        other.close().await;
    }

    async fn an_address_is_refused_whichever_account_it_tries(db) {
        create_tables(&db).await;
        jane(&db).await;
        let users = throttled(NONE, Limits { free: 2, max: 4 });
        let (one, same) = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9");
        for (second, address, email, ended) in [
            (0, one, "a@example.com", Wrong),
            (0, same, "b@example.com", Wrong),
            (0, one, "c@example.com", Wrong),
            (0, same, "d@example.com", Wait(1)),
            (1, one, "e@example.com", Wrong),
            (2, one, JANE, Wait(15 * 60 - 1)),
            (2, "2001:db8:1:3::1", JANE, In),
            (2, "192.0.2.1", "f@example.com", Wrong),
            (2, "::ffff:192.0.2.1", "f@example.com", Wrong),
        ] {
            let ended_so = attempt_from(address, &users, (second, email, PASSWORD), &db).await;
            assert_eq!(ended_so, ended, "{email} from {address}");
        }
        let keys: Vec<String> = raw_sql::column(
            &db,
            "SELECT key || ' ' || CAST(failures AS TEXT) FROM auth_throttle WHERE key LIKE 'address:%' AND failures > 0",
        )
        .await;
        assert_eq!(keys.len(), 2, "{keys:?}");
        for key in ["address:2001:db8:1:2:: 4", "address:192.0.2.1 2"] {
            assert!(keys.contains(&key.to_owned()), "{keys:?}");
        }
        // a, b, c, e and f: what an address was refused, no account is blamed for.
        let mut blamed = failures("account", &db).await;
        blamed.sort_unstable();
        assert_eq!(blamed, [1, 1, 1, 1, 2]);
    }

    async fn a_success_takes_back_its_own_attempt_from_the_address(db) {
        create_tables(&db).await;
        jane(&db).await;
        let users = throttled(NONE, Limits { free: 2, max: 5 });
        for second in 0..2 {
            let wrong = attempt_from("192.0.2.1", &users, (second, "nobody@example.com", "wrong"), &db).await;
            assert_eq!(wrong, Wrong);
        }
        // Each attempt is the third failure until it succeeds, which would have the next wait.
        for _ in 0..10 {
            assert_eq!(attempt_from("192.0.2.1", &users, (2, JANE, PASSWORD), &db).await, In);
        }
        assert_eq!((failures("account", &db).await, failures("address", &db).await), (vec![2], vec![2]));
        assert_eq!(raw_sql::count(&db, "auth_throttle WHERE blocked_until IS NOT NULL").await, 0);
    }

    async fn failures_are_forgotten_after_the_window_and_purged(db) {
        create_tables(&db).await;
        jane(&db).await;
        let users = throttled(Limits { free: 3, max: 4 }, NONE);
        for second in [0, 10, 3599] {
            assert_eq!(attempt(&users, second, JANE, "wrong", &db).await, Wrong);
        }
        assert_eq!(failures("account", &db).await, [3]);
        assert_eq!(attempt(&users, 3600, JANE, "wrong", &db).await, Wrong);
        assert_eq!(failures("account", &db).await, [1]);
        for _ in 0..3 {
            assert_eq!(attempt(&users, 7199, JANE, "wrong", &db).await, Wrong);
        }
        // Refused past the window: it is neither forgotten nor purged.
        assert_eq!(attempt(&users, 7300, JANE, "wrong", &db).await, Wait(7199 + 15 * 60 - 7300));
        for (second, purged) in [(7300, 0), (7199 + 15 * 60, 1)] {
            let purge = users.purge_expired(&db);
            assert_eq!(frozen(new_year() + Duration::from_secs(second), purge).await.unwrap(), purged);
        }
        assert_eq!(raw_sql::count(&db, "auth_throttle").await, 0);
    }

    async fn an_operator_reads_who_is_refused_and_no_address_of_mail(db) {
        create_tables(&db).await;
        let users = throttled(Limits { free: 1, max: 1 }, NONE);
        assert_eq!(attempt(&users, 0, JANE, "wrong", &db).await, Wrong);
        let row = SignInThrottle::objects().filter(|row| row.blocked_until.is_not_null()).get(&db).await.unwrap();
        // printf jane@example.com | sha256sum
        assert_eq!(row.key, "account:auth.user:8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d");
        assert_eq!((row.failures, row.expires_at), (1, new_year() + Duration::from_secs(3600)));
        assert_eq!(row.blocked_until, Some(new_year() + Duration::from_secs(900)));
    }
}
