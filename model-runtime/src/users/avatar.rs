//! A user's avatar: a picture in a store of files, and the row that names it.
//!
//! No row names a file that is not there, and no file is left that no row names. So the file comes before the row, and
//! goes after it; and the work is done to its end also where the caller's future is dropped, since a commit that nobody
//! waits for may still be carried out.

use futures_util::future::BoxFuture;
use tokio::task::JoinError;
use tracing::Instrument;

use super::{UserManager, UserModel};
use crate::atomic::Atomic;
use crate::audit;
use crate::backend::Backend;
use crate::capability::user::save_fields;
use crate::clock;
use crate::db::{Db, Op};
use crate::error::{Error, Result};
use crate::field::FieldType;
use crate::files::{FileStore, StoredFile, named};
use crate::queryset::{not_found, scalar};
use crate::sql::Sql;
use crate::table::Dialect;

/// Where avatars lie, by the day (UTC) on which they came.
const FOLDER: &str = "avatars/%Y/%m/%d/";

impl<U: UserModel + Clone> UserManager<U> {
    /// Makes an upload the user's avatar: a picture by the settings' rules, under `avatars/%Y/%m/%d/` with a random name. The
    /// file that it replaces is removed.
    ///
    /// `db` is a pool, and no transaction: the replaced file goes when the write is committed. Both are done to their end
    /// also where the future is dropped. Other fields of `user` that were changed stay as they are, and are not written.
    ///
    /// # Errors
    /// [`Error::Validation`] naming `avatar` where the upload is no picture or too large, [`Error::NotFound`] where the user
    /// is gone, [`Error::Storage`], and the database's. Row and files are as before then, unless the connection was lost
    /// during the commit: then the new file stays with the old one, and a warning by `tracing` names them.
    ///
    /// ```
    /// # use model_runtime::prelude::*; use model_runtime::files::FileStore; use model_runtime::users::{self, User};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
    /// # let db = Pool::connect("sqlite::memory:").await?;
    /// # model_runtime::schema::create_tables(&users::tables(), &db).await?;
    /// # model_runtime::schema::create_tables(&[User::table(), AuditLog::table()], &db).await?;
    /// # let upload = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cch\0\0\0\x82\0\x81w\xcdr\xb6\0\0\0\0IEND\xaeB`\x82";
    /// let store = FileStore::from_url("memory:///", [])?;
    /// let users = User::manager();
    /// let user = User::builder().email("jane@example.com").build();
    /// let mut user = users.create_user(user, None, &db).await?;
    /// users.set_avatar(&mut user, upload, &store, &db).await?;
    /// assert_eq!(user.avatar.as_ref().unwrap().content_type(), "image/png");
    ///
    /// assert!(users.clear_avatar(&mut user, &store, &db).await?);
    /// assert!(!users.clear_avatar(&mut user, &store, &db).await?);
    /// # Ok(()) }
    /// ```
    pub fn set_avatar<'c, P>(
        &self,
        user: &'c mut U,
        upload: impl Into<Vec<u8>>,
        store: &FileStore,
        db: &P,
    ) -> BoxFuture<'c, Result<()>>
    where
        P: Clone + Send + Sync + 'static,
        for<'p> &'p P: Db<'p, ReplaceAvatar<U>, Out = ReplacedAvatar<U>>,
    {
        let (rules, upload) = (self.settings().avatar, upload.into());
        let (store, db) = (store.clone(), db.clone());
        Box::pin(async move {
            let picture = rules.read("avatar", upload).await?;
            let file = named(FOLDER, picture.extension, picture.content_type, picture.bytes.len())?;
            replace(user, Some((file, picture.bytes)), store, db).await.map(drop)
        })
    }

    /// Takes the user's avatar away, and removes the file. Returns `false` where there is none.
    ///
    /// `db` is a pool, as for [`set_avatar`](Self::set_avatar).
    ///
    /// # Errors
    /// [`Error::NotFound`] where the user is gone, and the database's.
    pub fn clear_avatar<'c, P>(
        &self,
        user: &'c mut U,
        store: &FileStore,
        db: &P,
    ) -> BoxFuture<'c, Result<bool>>
    where
        P: Clone + Send + Sync + 'static,
        for<'p> &'p P: Db<'p, ReplaceAvatar<U>, Out = ReplacedAvatar<U>>,
    {
        Box::pin(replace(user, None, store.clone(), db.clone()))
    }
}

/// Writes a file and has the row name it, in a task of its own; then removes what the row does not name.
async fn replace<U, P>(
    user: &mut U,
    new: Option<(StoredFile, Vec<u8>)>,
    store: FileStore,
    db: P,
) -> Result<bool>
where
    U: UserModel + Clone,
    P: Clone + Send + Sync + 'static,
    for<'p> &'p P: Db<'p, ReplaceAvatar<U>, Out = ReplacedAvatar<U>>,
{
    let file = new.as_ref().map(|(file, _)| file.clone());
    let write = ReplaceAvatar { user: user.clone(), avatar: file.clone() };
    let bin = Bin { store: store.clone(), user: user.id().to_string() };
    // It runs in the audit context and at the time of the caller's task.
    let work = clock::frozen(
        clock::now(),
        audit::carry(async move {
            if let Some((file, bytes)) = new {
                store.write(&file, bytes).await?;
            }
            db.run(write).await
        }),
    );
    let task = async move {
        // A hook of the model may panic: then the file goes too.
        let work = tokio::spawn(work.in_current_span()).await;
        bin.tidy(work, file).await
    };
    let (saved, written) = tokio::spawn(task.in_current_span()).await.unwrap_or_else(broken)?;
    *user = saved;
    Ok(written)
}

/// A task that did not end. Where the runtime shuts down, nobody is left to clean up.
fn broken<T>(error: JoinError) -> Result<T> {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => Err(Error::Database(sqlx::Error::WorkerCrashed)),
    }
}

/// Removes the files that no row names.
struct Bin {
    store: FileStore,
    /// Whose they are, for warnings.
    user: String,
}

impl Bin {
    async fn tidy<U: UserModel>(
        self,
        work: std::result::Result<Result<ReplacedAvatar<U>>, JoinError>,
        new: Option<StoredFile>,
    ) -> Result<(U, bool)> {
        let ReplacedAvatar { user, old, written, committed } = match work {
            Ok(Ok(replaced)) => replaced,
            Ok(Err(error)) => {
                self.remove(new).await;
                return Err(error);
            }
            Err(error) => {
                self.remove(new).await;
                return broken(error);
            }
        };
        match committed {
            // A hook may have kept the old one.
            Ok(()) => {
                let kept = user.account().avatar.cloned();
                for file in [old, new] {
                    self.remove(file.filter(|file| kept.as_ref() != Some(file))).await;
                }
                Ok((user, written))
            }
            Err(error) if is_refusal(&error) => {
                self.remove(new).await;
                Err(error)
            }
            Err(error) => {
                let path = |file: &Option<StoredFile>| file.as_ref().map(|file| file.path().to_owned());
                tracing::warn!(
                    user_id = self.user, old = path(&old), new = path(&new), %error,
                    "whether the avatar was written is not known, so both files stay; remove the one that the row does not name"
                );
                Err(error)
            }
        }
    }

    async fn remove(&self, file: Option<StoredFile>) {
        let Some(file) = file else { return };
        if let Err(error) = self.store.remove(&file).await {
            tracing::warn!(user_id = self.user, path = file.path(), %error, "an avatar that nobody has could not be removed");
        }
    }
}

/// Whether an error of a commit says that it was not carried out. A connection that was lost (class 57: the server
/// shuts down) says nothing.
fn is_refusal(error: &Error) -> bool {
    match error {
        Error::Database(sqlx::Error::Database(error)) => {
            error.code().is_none_or(|code| !code.starts_with("57"))
        }
        _ => false,
    }
}

/// Has a user's row name another avatar, or none.
#[derive(Debug)]
pub struct ReplaceAvatar<U> {
    user: U,
    avatar: Option<StoredFile>,
}

/// What [`ReplaceAvatar`] did.
#[derive(Debug)]
pub struct ReplacedAvatar<U> {
    user: U,
    /// What the row named until then.
    old: Option<StoredFile>,
    written: bool,
    committed: Result<()>,
}

impl<B: Backend, U: UserModel> Op<B> for ReplaceAvatar<U> {
    type Out = ReplacedAvatar<U>;

    fn begins(&self) -> bool {
        true
    }

    async fn run(mut self, connection: &mut B::Connection) -> Result<ReplacedAvatar<U>> {
        let mut atomic = Atomic::<B>::begin(connection).await?;
        match self.write::<B>(atomic.connection()).await {
            Ok((old, written)) => {
                let committed = atomic.commit().await;
                Ok(ReplacedAvatar { user: self.user, old, written, committed })
            }
            Err(error) => {
                atomic.roll_back().await;
                Err(error)
            }
        }
    }
}

impl<U: UserModel> ReplaceAvatar<U> {
    /// The avatar that is overwritten, and whether one was written.
    async fn write<B: Backend>(
        &mut self,
        connection: &mut B::Connection,
    ) -> Result<(Option<StoredFile>, bool)> {
        let old = locked::<B, U>(connection, &self.user).await?;
        self.user.account_mut().avatar.clone_from(&self.avatar);
        let written = save_fields::<B, U>(connection, &mut self.user, &["avatar"]).await?;
        Ok((old, written))
    }
}

/// The avatar that the row names, which stays until the transaction ends. SQLite's transaction holds its lock already.
async fn locked<B: Backend, U: UserModel>(
    connection: &mut B::Connection,
    user: &U,
) -> Result<Option<StoredFile>> {
    let mut sql = Sql::new(B::DIALECT, "SELECT ");
    // There is one: the derive makes sure of it.
    U::TABLE.columns.iter().filter(|column| column.field == "avatar").for_each(|column| sql.column(column));
    sql.push(" FROM ");
    sql.name(U::TABLE.name);
    sql.push(" WHERE ");
    sql.column(U::TABLE.key());
    sql.push(" = ");
    sql.bind(user.id().to_value().into_owned());
    if B::DIALECT == Dialect::Postgres {
        sql.push(" FOR NO KEY UPDATE");
    }
    let row = scalar::<B, Option<StoredFile>>(connection, sql).await?;
    row.ok_or_else(|| not_found::<U>(user.id()))
}
