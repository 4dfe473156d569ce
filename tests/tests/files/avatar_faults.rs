//! What fails half way: no file is left that no row names, and no row names a file that is gone.

use model_runtime::prelude::*;
use model_runtime::users::User;
use tests::{on_both, raw_sql};
use tokio::task::JoinError;

use super::fixtures::png;
use super::scene::{Scene, jane};

/// Has the database run a statement after each update of a user, or refuse the update.
async fn after_update(db: &Pool, sqlite: &str, postgres: &str) {
    let trigger = match db {
        Pool::Sqlite(_) => format!("CREATE TRIGGER late AFTER UPDATE ON users BEGIN {sqlite}; END"),
        Pool::Postgres(_) => format!(
            "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {postgres}; RETURN NULL; END $$;
             CREATE TRIGGER late AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION late()"
        ),
    };
    raw_sql::execute(db, &trigger).await.unwrap();
}

/// Asserts that nothing of this was done: an avatar is set, and one is taken away.
async fn assert_nothing_is_done(scene: &Scene<User>, user: &mut User, fails: fn(&Error) -> bool) {
    let before = (user.clone(), scene.files(), scene.row().await);
    let error = scene.set(user, 9).await.unwrap_err();
    assert!(fails(&error), "{error:?}");
    assert_eq!((user.clone(), scene.files(), scene.row().await), before);
    if user.avatar.is_some() {
        let error = scene.clear(user).await.unwrap_err();
        assert!(fails(&error), "{error:?}");
        assert_eq!((user.clone(), scene.files(), scene.row().await), before);
    }
}

on_both! {
    async fn an_update_that_is_refused_leaves_no_file(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        scene.set(&mut user, 1).await.unwrap();
        after_update(&db, "SELECT RAISE(ABORT, 'refused')", "RAISE 'refused'").await;
        assert_nothing_is_done(&scene, &mut user, |error| error.to_string().contains("refused")).await;
        scene.assert_tidy().await;

        user.avatar = None;
        raw_sql::execute(&db, "DROP TRIGGER late".replace("late", match db {
            Pool::Sqlite(_) => "late",
            Pool::Postgres(_) => "late ON users",
        }).as_str()).await.unwrap();
        scene.set(&mut user, 2).await.unwrap();
        scene.assert_tidy().await;
    }

    async fn an_audit_row_that_cannot_be_written_leaves_no_file(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        scene.set(&mut user, 1).await.unwrap();
        raw_sql::execute(&db, "ALTER TABLE audit_logs RENAME TO gone").await.unwrap();
        assert_nothing_is_done(&scene, &mut user, |_| true).await;
        scene.assert_tidy().await;
    }

    async fn a_commit_that_is_refused_leaves_no_file(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        scene.set(&mut user, 1).await.unwrap();
        let tables = "CREATE TABLE parents (id INTEGER PRIMARY KEY);
             CREATE TABLE guards (id INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)";
        raw_sql::execute(&db, tables).await.unwrap();
        let insert = "INSERT INTO guards VALUES (1)";
        after_update(&db, insert, insert).await;
        assert_nothing_is_done(&scene, &mut user, |error| matches!(error, Error::Database(_))).await;
        scene.assert_tidy().await;

        // The connection is in no transaction.
        raw_sql::execute(&db, "INSERT INTO parents VALUES (1)").await.unwrap();
        scene.set(&mut user, 2).await.unwrap();
        scene.assert_tidy().await;
    }

    async fn a_table_that_is_gone_leaves_no_file(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        raw_sql::execute(&db, "ALTER TABLE users RENAME TO gone").await.unwrap();
        assert!(matches!(scene.set(&mut user, 1).await.unwrap_err(), Error::Database(_)));
        assert!(scene.files().is_empty());
        assert_eq!(user.avatar, None);
    }

    async fn a_user_who_is_gone_leaves_no_file(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        user.clone().hard_delete(&db).await.unwrap();
        let expected = format!("no User found: id = {}", user.id);
        assert_eq!(scene.set(&mut user, 1).await.unwrap_err().to_string(), expected);
        assert_eq!(scene.clear(&mut user).await.unwrap_err().to_string(), expected);
        assert!(scene.files().is_empty());
        assert_eq!(user.avatar, None);
        assert_eq!(raw_sql::count(&db, "audit_logs WHERE action = 'update'").await, 0);
    }

    async fn a_store_that_fails_leaves_the_row(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        std::fs::write(scene.folder.path().join("avatars"), "in the way").unwrap();
        let error = scene.set(&mut user, 1).await.unwrap_err();
        assert!(matches!(error, Error::Storage(_)), "{error:?}");
        assert_eq!((scene.files(), scene.row().await, user.avatar), (vec!["avatars".to_owned()], None, None));
    }

    async fn a_hook_that_panics_leaves_no_file(db) {
        let scene = Scene::<Moody>::beside(&db);
        let tables = [Moody::table(), AuditLog::table()];
        model_runtime::schema::create_tables(&tables, &db).await.unwrap();
        model_runtime::schema::create_tables(&model_runtime::users::tables(), &db).await.unwrap();
        let user = Moody::builder().email("jane@example.com").build();
        let mut user = scene.users.create_user(user, None, &db).await.unwrap();
        scene.set(&mut user, 1).await.unwrap();
        user.bio = "panic".to_owned();
        let panicked: std::result::Result<_, JoinError> = {
            let (users, store, db) = (scene.users.clone(), scene.store.clone(), db.clone());
            tokio::spawn(async move {
                users.set_avatar(&mut user, png(2, 1), &store, &db).await
            }).await
        };
        assert!(panicked.unwrap_err().is_panic());
        scene.assert_tidy().await;
        assert_eq!(scene.width(), 1);
    }
}

/// A user whose hook may panic.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "moody", app = "club", unchecked, hooks)]
#[user]
struct Moody {}

impl Hooks for Moody {
    fn before_save(&mut self, event: WriteEvent) -> Result<()> {
        assert!(event != WriteEvent::Update || self.bio != "panic", "in no mood");
        Ok(())
    }
}
