//! Users, and the folder of their avatars.

use model_runtime::files::FileStore;
use model_runtime::prelude::*;
use model_runtime::users::{User, UserManager, UserModel};
use serde_json::Value;
use tempfile::TempDir;
use tests::accounts;
use tests::raw_sql;

use super::fixtures::{files_in, png};

/// A folder that nothing else is in, and the manager of users.
pub struct Scene<U> {
    pub folder: TempDir,
    pub store: FileStore,
    pub users: UserManager<U>,
    db: Pool,
}

impl<U: UserModel + Clone> Scene<U> {
    /// Makes the tables.
    pub async fn new(db: &Pool) -> Self {
        accounts::create_tables(db).await;
        Self::beside(db)
    }

    /// In a database that has its tables.
    pub fn beside(db: &Pool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::local(folder.path()).unwrap();
        Self { folder, store, users: U::manager(), db: db.clone() }
    }

    pub fn files(&self) -> Vec<String> {
        files_in(self.folder.path())
    }

    /// The path that the only row names; `None` where it names none.
    pub async fn row(&self) -> Option<String> {
        let sql = format!("SELECT COALESCE(CAST(avatar AS TEXT), 'null') FROM {}", U::TABLE.name);
        let stored: Value = serde_json::from_str(&raw_sql::value::<String>(&self.db, &sql).await).unwrap();
        stored.get("path").map(|path| path.as_str().unwrap().to_owned())
    }

    /// Asserts that the only file is the one that the only row names.
    pub async fn assert_tidy(&self) -> String {
        let path = self.row().await.expect("the row names a file");
        assert_eq!(self.files(), [path.as_str()]);
        path
    }

    /// Sets an avatar of that width.
    pub async fn set(&self, user: &mut U, width: u32) -> Result<()> {
        self.users.set_avatar(user, png(width, 1), &self.store, &self.db).await
    }

    pub async fn clear(&self, user: &mut U) -> Result<bool> {
        self.users.clear_avatar(user, &self.store, &self.db).await
    }

    /// The width of the only file, which is a PNG.
    pub fn width(&self) -> u32 {
        let [path] = &self.files()[..] else { panic!("{:?}", self.files()) };
        image::open(self.folder.path().join(path)).unwrap().width()
    }
}

/// Jane, with no avatar yet.
pub async fn jane(scene: &Scene<User>) -> User {
    let jane = User::builder().email("jane@example.com").first_name("Jane").build();
    scene.users.create_user(jane, None, &scene.db).await.unwrap()
}
