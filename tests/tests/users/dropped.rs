//! Writes of users whose future is dropped at any await point: all of it or nothing, and a pool that goes on.

use std::future::{Future, poll_fn};
use std::task::Poll;

use model_runtime::prelude::*;
use model_runtime::users::{Group, Hashing, TokenPurpose, User, UserSettings, sync_permissions};
use secrecy::ExposeSecret;
use tests::accounts::{Member, Player, create_tables};
use tests::{on_both, raw_sql};

use super::fixtures::{OTHER, PASSWORD, has_password, manager, pool, settings, stored_hash, user};

/// Up to how many times a future is polled before it is dropped.
const POLLS: u32 = 40;

/// What a future comes to within so many polls. It is dropped before this returns.
async fn polled<T>(future: impl Future<Output = T>, polls: u32) -> Option<T> {
    let mut future = Box::pin(future);
    let mut left = polls;
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        left -= 1;
        if left == 0 { Poll::Ready(None) } else { Poll::Pending }
    })
    .await
}

/// A pool of one connection, so that what comes after a drop gets its connection; and another to look from.
struct Scene<'d> {
    one: Pool,
    other: &'d Pool,
    dropped: u32,
}

impl<'d> Scene<'d> {
    async fn on(other: &'d Pool) -> Self {
        Self { one: pool(other, 1).await, other, dropped: 0 }
    }

    /// Asserts, after a write was dropped or not, that the pool goes on, and that of the write there is all or nothing.
    /// `facts` are read by the other pool.
    async fn assert_whole<T, F: PartialEq + std::fmt::Debug>(
        &mut self,
        outcome: Option<Result<T>>,
        facts: impl AsyncFn() -> F,
        [nothing, all]: [F; 2],
        polls: u32,
    ) {
        // The next write on the pool is committed: another connection sees it.
        let next = format!("next{polls}@example.com");
        User::builder().email(&*next).create(&self.one).await.expect("the pool goes on");
        let seen = format!("users WHERE email = '{next}'");
        assert_eq!(
            raw_sql::count(self.other, &seen).await,
            1,
            "the write after a drop at poll {polls} is lost"
        );
        raw_sql::execute(self.other, &format!("DELETE FROM {seen}")).await.expect("nobody holds a lock");
        self.settle().await;
        let facts = facts().await;
        match outcome {
            Some(Ok(_)) => assert_eq!(facts, all, "completed within {polls} polls"),
            Some(Err(error)) => panic!("fails: {error}"),
            None => {
                self.dropped += 1;
                assert!(facts == all || facts == nothing, "dropped at poll {polls}: {facts:?}");
            }
        }
    }

    /// Waits for what the dropped write had sent, and asserts that no transaction is left open.
    async fn settle(&self) {
        let Pool::Postgres(_) = self.other else {
            let begun = raw_sql::execute(self.other, "BEGIN IMMEDIATE; ROLLBACK").await;
            return begun.expect("nobody holds the write lock");
        };
        let name: String = raw_sql::value(self.other, "SELECT current_schema()::text").await;
        let sessions =
            format!("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = '{name}' AND state");
        while raw_sql::value::<i64>(self.other, &format!("{sessions} = 'active'")).await > 0 {
            raw_sql::execute(self.other, "SELECT pg_sleep(0.002)").await.expect("the server waits");
        }
        let open = format!("{sessions} LIKE 'idle in transaction%'");
        assert_eq!(raw_sql::value::<i64>(self.other, &open).await, 0, "a session is in a transaction");
    }

    /// Some were dropped on the way, and the last one was not.
    async fn end(self) {
        assert!((1..POLLS).contains(&self.dropped), "{} of {POLLS} were dropped", self.dropped);
        self.one.close().await;
    }
}

async fn count(what: String, db: &Pool) -> i64 {
    raw_sql::count(db, &what).await
}

/// How many audit rows there are beside that of the user's creation.
async fn told(user: &User, db: &Pool) -> i64 {
    count(format!("audit_logs WHERE object_id = '{}' AND action <> 'create'", user.id), db).await
}

on_both! {
    async fn a_verification(db) {
        create_tables(&db).await;
        let mut scene = Scene::on(&db).await;
        let users = manager::<User>();
        for polls in 1..=POLLS {
            let jane = user(&format!("jane{polls}@example.com"), &db).await;
            let token = users.issue(&jane, TokenPurpose::VerifyEmail, &db).await.unwrap();
            let outcome = match polls % 2 {
                0 => polled(users.verify_email(token.expose_secret(), &scene.one), polls).await,
                _ => {
                    let mut connection = scene.one.acquire().await.unwrap();
                    polled(users.verify_email(token.expose_secret(), &mut connection), polls).await
                }
            };
            let facts = async || {
                let verified = count(format!("users WHERE email = '{}' AND is_verified", jane.email), &db).await;
                let used = format!("auth_tokens WHERE user_id = '{}' AND used_at IS NOT NULL", jane.id);
                (verified, count(used, &db).await, told(&jane, &db).await)
            };
            scene.assert_whole(outcome, facts, [(0, 0, 0), (1, 1, 1)], polls).await;
        }
        scene.end().await;
    }

    async fn a_reset(db) {
        create_tables(&db).await;
        let mut scene = Scene::on(&db).await;
        let users = manager::<User>();
        for polls in 1..=POLLS {
            let jane = user(&format!("jane{polls}@example.com"), &db).await;
            users.issue(&jane, TokenPurpose::Session, &db).await.unwrap();
            let token = users.issue(&jane, TokenPurpose::ResetPassword, &db).await.unwrap();
            let outcome = polled(users.reset_password(token.expose_secret(), OTHER, &scene.one), polls).await;
            let facts = async || {
                let unused = format!("auth_tokens WHERE user_id = '{}' AND used_at IS NULL", jane.id);
                (has_password(&jane, OTHER, &db).await, count(unused, &db).await, told(&jane, &db).await)
            };
            scene.assert_whole(outcome, facts, [(false, 2, 0), (true, 0, 1)], polls).await;
        }
        scene.end().await;
    }

    async fn a_new_password(db) {
        create_tables(&db).await;
        let mut scene = Scene::on(&db).await;
        let users = manager::<User>();
        for polls in 1..=POLLS {
            let mut jane = user(&format!("jane{polls}@example.com"), &db).await;
            users.issue(&jane, TokenPurpose::Session, &db).await.unwrap();
            let outcome = polled(users.set_password(&mut jane, OTHER, &scene.one), polls).await;
            let facts = async || {
                let tokens = format!("auth_tokens WHERE user_id = '{}'", jane.id);
                (has_password(&jane, OTHER, &db).await, count(tokens, &db).await, told(&jane, &db).await)
            };
            scene.assert_whole(outcome, facts, [(false, 1, 0), (true, 0, 1)], polls).await;
        }
        scene.end().await;
    }

    async fn a_sign_in_that_makes_the_hash_anew(db) {
        create_tables(&db).await;
        let mut scene = Scene::on(&db).await;
        let dearer = UserSettings { hashing: Hashing::new(16, 2, 1).unwrap(), ..settings() };
        let users = UserManager::<User>::new(dearer);
        for polls in 1..=POLLS {
            let jane = user(&format!("jane{polls}@example.com"), &db).await;
            let outcome = polled(users.authenticate(&jane.email, PASSWORD, &scene.one), polls).await;
            let facts = async || {
                let signed_in = format!("users WHERE email = '{}' AND last_login_at IS NOT NULL", jane.email);
                (stored_hash(&jane, &db).await.contains("m=16,t=2"), count(signed_in, &db).await)
            };
            scene.assert_whole(outcome, facts, [(false, 0), (true, 1)], polls).await;
        }
        scene.end().await;
    }

    async fn permissions_and_groups(db) {
        create_tables(&db).await;
        sync_permissions(&[Member::table()], &db).await.unwrap();
        let mut scene = Scene::on(&db).await;
        let codes = ["club.open_bar", "club.close_bar", "club.view_member"];
        for polls in 1..=POLLS {
            let jane = user(&format!("jane{polls}@example.com"), &db).await;
            let outcome = polled(jane.grant(&codes, &scene.one), polls).await;
            let facts = async || {
                let links = format!("auth_user_permissions WHERE user_id = '{}'", jane.id);
                let told = "audit_logs WHERE content_type = 'auth.user_permission'".to_owned();
                raw_sql::execute(&db, "SELECT 1").await.unwrap();
                (count(links, &db).await, count(told, &db).await % 3)
            };
            scene.assert_whole(outcome, facts, [(0, 0), (3, 0)], polls).await;
            let group = Group::builder().name(format!("{polls}")).create(&db).await.unwrap();
            let outcome = polled(group.grant(&codes, &scene.one), polls).await;
            let facts = async || count("auth_group_permissions".to_owned(), &db).await % 3;
            scene.assert_whole(outcome, facts, [0, 0], polls).await;
        }
        scene.end().await;
    }

    async fn a_sync_of_permissions(db) {
        create_tables(&db).await;
        let mut scene = Scene::on(&db).await;
        // Its few steps more than once: an answer may come before the poll.
        for polls in (1..=POLLS).chain(1..=8).chain(1..=8) {
            raw_sql::execute(&db, "DELETE FROM auth_permissions").await.unwrap();
            let tables = [Member::table(), Player::table()];
            let outcome = polled(sync_permissions(&tables, &scene.one), polls).await;
            let facts = async || count("auth_permissions".to_owned(), &db).await;
            scene.assert_whole(outcome, facts, [0, 10], polls).await;
        }
        scene.end().await;
    }
}
