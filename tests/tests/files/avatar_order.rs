//! What comes when: the file before the row, the replaced file's end after the commit, several at once, and a future that
//! nobody waits for any more.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use model_runtime::prelude::*;
use model_runtime::users::User;
use tests::database::Database;
use tests::log::Log;
use tests::{on_both, raw_sql};

use super::fixtures::png;
use super::scene::{Scene, jane};

/// Waits until that holds. It takes milliseconds, and a minute at most.
async fn until(mut holds: impl FnMut() -> bool) {
    for _ in 0..12_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it does not come to pass");
}

/// How many tasks there are when nothing is done.
async fn idle() -> usize {
    let mut least = tasks();
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        least = least.min(tasks());
    }
    least
}

fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

/// Polls a future that many times, lets other tasks run for a while, and drops it.
async fn dropped_after<T>(polls: usize, turns: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    let polled = poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => {
            left -= 1;
            if left == 0 { Poll::Ready(None) } else { Poll::Pending }
        }
    });
    let output = polled.await;
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
    output
}

/// Has what the current thread logs, which runs all tasks of a test, written there.
fn collect(log: &Log) -> tracing::subscriber::DefaultGuard {
    let log = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || log.clone()).finish();
    tracing::subscriber::set_default(subscriber)
}

on_both! {
    /// Somebody else holds the row: until they let go, nothing is committed.
    async fn a_replaced_file_goes_after_the_commit(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        scene.set(&mut user, 1).await.unwrap();
        let first = scene.assert_tidy().await;

        let mut other = db.begin().await.unwrap();
        User::objects().update(|user| user.bio.set("held"), &mut other).await.unwrap();
        {
            let mut setting = pin!(scene.set(&mut user, 2));
            let mut both = pin!(until(|| scene.files().len() == 2));
            tokio::select! {
                _ = &mut setting => panic!("the row is held"),
                () = &mut both => {}
            }
            for _ in 0..20 {
                tokio::select! {
                    biased;
                    _ = &mut setting => panic!("the row is held"),
                    () = tokio::time::sleep(Duration::from_millis(5)) => {}
                }
            }
            assert!(scene.files().contains(&first), "{:?}", scene.files());
            assert_eq!(scene.row().await.unwrap(), first);
            other.commit().await.unwrap();
            setting.await.unwrap();
        }
        assert_ne!(scene.assert_tidy().await, first);
    }

    async fn of_several_at_once_one_file_stays(db) {
        let scene = Scene::<User>::new(&db).await;
        let user = jane(&scene).await;
        let mut users = vec![user; 8];
        let all = users.iter_mut().zip(1..).map(|(user, width)| scene.set(user, width));
        for result in join_all(all).await {
            result.unwrap();
        }
        let path = scene.assert_tidy().await;
        let last: Vec<_> = users.iter().filter(|user| user.avatar.as_ref().unwrap().path() == path).collect();
        assert_eq!(last.len(), 1);
        assert_eq!(raw_sql::count(&db, "audit_logs WHERE action = 'update'").await, 8);
    }

    async fn setting_and_clearing_at_once_leaves_what_the_row_names(db) {
        let scene = Scene::<User>::new(&db).await;
        let user = jane(&scene).await;
        let (mut setters, mut clearers) = (vec![user.clone(); 4], vec![user; 4]);
        let set = join_all(setters.iter_mut().map(|user| scene.set(user, 1)));
        let clear = join_all(clearers.iter_mut().map(|user| scene.clear(user)));
        let (set, clear) = tokio::join!(set, clear);
        assert!(set.into_iter().all(|result| result.is_ok()) && clear.into_iter().all(|result| result.is_ok()));
        let row: Vec<String> = scene.row().await.into_iter().collect();
        assert_eq!(scene.files(), row);
    }

    /// Wherever the future is dropped, what was begun is done to its end.
    async fn a_dropped_future_leaves_no_file_that_no_row_names(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        scene.set(&mut user, 1).await.unwrap();
        let idle = idle().await;
        let (mut dropped, mut kept, mut replaced) = (0, 0, 0);
        for polls in 1..=3 {
            for turns in 0..25 {
                let before = scene.assert_tidy().await;
                if dropped_after(polls, turns, scene.set(&mut user, 2)).await.is_none() {
                    dropped += 1;
                    until(|| tasks() <= idle).await;
                    if scene.assert_tidy().await == before { kept += 1 } else { replaced += 1 }
                }
            }
        }
        assert!(dropped >= 25 && kept > 0 && replaced > 0, "{dropped} dropped: {kept} kept, {replaced} replaced");
        scene.set(&mut user, 3).await.unwrap();
        scene.assert_tidy().await;
        assert_eq!(scene.width(), 3);
    }

    async fn a_dropped_future_takes_the_file_of_a_failure_along(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        raw_sql::execute(&db, "ALTER TABLE audit_logs RENAME TO gone").await.unwrap();
        let idle = idle().await;
        let mut dropped = 0;
        for turns in 0..25 {
            if dropped_after(2, turns, scene.set(&mut user, 2)).await.is_none() {
                dropped += 1;
                until(|| tasks() <= idle).await;
            }
            assert!(scene.files().is_empty());
        }
        assert!(dropped > 0);
    }

    async fn a_replaced_file_that_cannot_be_removed_is_told(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        scene.set(&mut user, 1).await.unwrap();
        let stuck = scene.assert_tidy().await;
        let at = scene.folder.path().join(&stuck);
        std::fs::remove_file(&at).unwrap();
        std::fs::create_dir(&at).unwrap();

        let lines = Log::default();
        let collecting = collect(&lines);
        scene.set(&mut user, 2).await.unwrap();
        drop(collecting);
        assert_ne!(scene.assert_tidy().await, stuck);
        let told = lines.text();
        let line = told.lines().find(|line| line.contains("could not be removed")).unwrap_or_else(|| panic!("{told}"));
        assert!(line.contains("WARN") && line.contains(&stuck) && line.contains(&user.id.to_string()), "{line}");
    }
}

/// The server ends the connection in the middle of the commit, so that nobody can tell what became of it.
#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn a_commit_that_nobody_answers_for_keeps_both_files() {
    let database = Database::postgres().await;
    let db = database.pool.clone();
    let scene = Scene::<User>::new(&db).await;
    let mut user = jane(&scene).await;
    scene.set(&mut user, 1).await.unwrap();
    let first = scene.assert_tidy().await;
    let trigger = "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION late()";
    raw_sql::execute(&db, trigger).await.unwrap();

    let lines = Log::default();
    let collecting = collect(&lines);
    let error = scene.users.set_avatar(&mut user, png(2, 1), &scene.store, &db).await.unwrap_err();
    drop(collecting);
    assert!(matches!(error, Error::Database(_)), "{error:?}");
    let files = scene.files();
    assert_eq!(files.len(), 2);
    assert!(files.contains(&first));
    assert_eq!(scene.row().await.unwrap(), first);
    let told = lines.text();
    for told_of in files.iter().chain([&user.id.to_string()]) {
        assert!(told.contains(told_of.as_str()), "{told}");
    }
    database.close().await;
}
