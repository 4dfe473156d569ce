//! The audit trail: a table of what was done to which row, by whom and when. Its rows are written by the writes of
//! `#[audited]` models alone, and never changed (rule 17).

use std::fmt;
use std::future::Future;
use std::net::IpAddr;

use crate::backend::{self, Backend};
use crate::capability::timestamps::Timestamps;
use crate::db::{Db, Op};
use crate::error::Result;
use crate::expr::Expr;
use crate::field::Json;
use crate::queryset::QuerySet;
use crate::record::Changes;
use crate::schema::{ObjectKind, SchemaObject};
use crate::sql::Sql;
use crate::table::{ColumnDef, Dialect, TableDef};
use crate::{Model, ModelEnum};
use chrono::{DateTime, Utc};

/// One thing that was done to one row. Newest first, in the order in which they were written.
///
/// Have its table made with those of your models: `schema::create_tables(&[Post::table(), AuditLog::table()], &db)`.
///
/// ```
/// # use model_runtime::prelude::*; use model_runtime::audit::AuditContext;
/// # #[mixins] #[derive(Debug, Model)] #[model(unchecked)] #[audited]
/// # struct Post { title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
/// # let db = Pool::connect("sqlite::memory:").await?;
/// # model_runtime::schema::create_tables(&[Post::table(), AuditLog::table()], &db).await?;
/// let jane = AuditContext::default().actor(7, "jane@example.com");
/// let mut post = Post::builder().title("Draft").create(jane.on(&db)).await?;
/// post.title = "Final".into();
/// post.with_audit(&jane).save(&db).await?;
///
/// let newest = AuditLog::objects().for_object(&post).by(7).recent(7).fetch_one(&db).await?;
/// assert_eq!(newest.action, Action::Update);
/// assert_eq!(newest.changes["title"].old, serde_json::json!("Draft"));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "audit_logs", label = "audit.audit_log", order = "-id", append_only, companions = schema, unchecked)]
#[allow(clippy::duplicated_attributes, reason = "several indexes end with the key")]
#[index(content_type, object_id, id)]
#[index(content_type, id)]
#[index(actor_id, id)]
#[index(action, id)]
#[index(timestamp, id)]
pub struct AuditLog {
    /// Counts up; later writes of a row have larger ones.
    pub id: i64,
    /// When the write began.
    pub timestamp: DateTime<Utc>,
    /// What was done.
    #[column(max_length = 20)]
    pub action: Action,
    /// The label of the row's model: `blog.post`.
    #[column(max_length = 100)]
    pub content_type: String,
    /// The row's key as text; a UUID with hyphens.
    #[column(max_length = 255)]
    pub object_id: String,
    /// How the row showed itself to people, cut at 255 characters.
    #[column(max_length = 255)]
    pub object_repr: String,
    /// The fields that changed, each with its old and its new value.
    pub changes: Json<Changes>,
    /// The key of the user who did it, as text.
    #[column(max_length = 255)]
    pub actor_id: Option<String>,
    /// The name of that user at the time.
    pub actor_label: Option<String>,
    /// The client's address.
    pub ip_address: Option<IpAddr>,
    /// The client's name of itself; empty where it gave none.
    pub user_agent: String,
    /// The request that it was part of.
    pub request_id: Option<String>,
}

/// What was done to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ModelEnum)]
#[choices(crate = crate)]
pub enum Action {
    /// It was inserted.
    Create,
    /// Its fields were changed.
    Update,
    /// It was marked as deleted.
    Delete,
    /// It was restored from a deletion.
    Restore,
    /// It was published.
    Publish,
    /// It was made a draft again.
    Unpublish,
    /// It was archived.
    Archive,
    /// It was removed for good.
    HardDelete,
}

impl fmt::Display for AuditLog {
    /// `update My first post`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.action.as_str(), self.object_repr)
    }
}

/// `recent`, `older_than` and `updated_since` go by the time of the write.
#[diagnostic::do_not_recommend]
impl Timestamps for AuditLog {
    const CREATED_AT: &'static ColumnDef = Self::COLUMNS.timestamp.def();
    const UPDATED_AT: &'static ColumnDef = Self::COLUMNS.timestamp.def();
}

impl QuerySet<AuditLog> {
    /// What was done to this row.
    pub fn for_object<M: Model>(self, row: &M) -> Self {
        self.for_key::<M>(row.id())
    }

    /// What was done to the row of that key, which may be gone.
    pub fn for_key<M: Model>(self, id: M::Id) -> Self {
        self.for_model::<M>().filter(|log| log.object_id.eq(id.to_string()))
    }

    /// What was done to rows of this model.
    pub fn for_model<M: Model>(self) -> Self {
        self.filter(|log| log.content_type.eq(M::TABLE.label))
    }

    /// What this user did.
    pub fn by(self, user_id: impl fmt::Display) -> Self {
        self.filter(|log| log.actor_id.eq(user_id.to_string()))
    }

    /// Only this action.
    pub fn action(self, action: Action) -> Self {
        self.filter(|log| log.action.eq(action))
    }

    /// Only what changed this field.
    pub fn changed(self, field: &str) -> Self {
        self.filter_expr(Expr::HasKey {
            column: AuditLog::COLUMNS.changes.reference(),
            key: field.to_owned(),
        })
    }

    /// How often each action was done, the most frequent first.
    ///
    /// # Errors
    /// The database's.
    pub fn count_by_action<'c, D>(self, db: D) -> impl Future<Output = Result<Vec<(Action, u64)>>> + Send
    where
        D: Db<'c, CountByAction, Out = Vec<(Action, u64)>>,
    {
        db.run(CountByAction(self))
    }
}

/// Counts the rows of each action.
#[derive(Debug)]
pub struct CountByAction(QuerySet<AuditLog>);

impl<B: Backend> Op<B> for CountByAction {
    type Out = Vec<(Action, u64)>;

    async fn run(self, connection: &mut B::Connection) -> Result<Self::Out> {
        const COUNT: ColumnDef = ColumnDef::new::<i64>("count");
        let mut sql = Sql::new(B::DIALECT, "SELECT \"action\", COUNT(*) FROM \"audit_logs\"");
        self.0.render_where_written(&mut sql);
        sql.push(" GROUP BY \"action\" ORDER BY COUNT(*) DESC, \"action\"");
        let read = |row: &B::Row| {
            let action = backend::read::<B, Action>(row, 0, AuditLog::COLUMNS.action.def())?;
            Ok((action, backend::read::<B, i64>(row, 1, &COUNT)?.unsigned_abs()))
        };
        backend::read_all::<B, _>(connection, sql, read).await
    }
}

/// The triggers that refuse to change a row, and PostgreSQL's index of the fields that changed.
fn schema(table: &TableDef, dialect: Dialect) -> Vec<SchemaObject> {
    let name = table.name;
    let object = |kind, name: &str, sql| SchemaObject { kind, name: name.to_owned(), sql };
    let message = format!("{name} is append-only");
    match dialect {
        Dialect::Sqlite => {
            let trigger = |suffix: &str, event: &str| {
                let trigger = format!("{name}_{suffix}");
                let sql = format!(
                    "CREATE TRIGGER IF NOT EXISTS \"{trigger}\" BEFORE {event} BEGIN SELECT RAISE(ABORT, '{message}'); END"
                );
                object(ObjectKind::Trigger, &trigger, sql)
            };
            vec![
                trigger("no_update", &format!("UPDATE ON \"{name}\"")),
                trigger("no_delete", &format!("DELETE ON \"{name}\"")),
                // `INSERT OR REPLACE` removes a row without a word to the trigger above.
                trigger(
                    "no_replace",
                    &format!(
                        "INSERT ON \"{name}\" WHEN EXISTS (SELECT 1 FROM \"{name}\" WHERE \"id\" = NEW.\"id\")"
                    ),
                ),
            ]
        }
        Dialect::Postgres => {
            let function = format!("{name}_append_only");
            let trigger = |suffix: &str, event: &str| {
                let trigger = format!("{name}_{suffix}");
                let sql = format!(
                    "CREATE OR REPLACE TRIGGER \"{trigger}\" BEFORE {event} EXECUTE FUNCTION \"{function}\"()"
                );
                object(ObjectKind::Trigger, &trigger, sql)
            };
            let index = format!("{name}_changes_idx");
            vec![
                object(
                    ObjectKind::Index,
                    &index,
                    format!("CREATE INDEX IF NOT EXISTS \"{index}\" ON \"{name}\" USING gin (\"changes\")"),
                ),
                object(
                    ObjectKind::Function,
                    &function,
                    format!(
                        "CREATE OR REPLACE FUNCTION \"{function}\"() RETURNS trigger LANGUAGE plpgsql AS $$\n\
                         BEGIN\n    RAISE EXCEPTION '{message}';\nEND $$"
                    ),
                ),
                trigger("no_change", &format!("UPDATE OR DELETE ON \"{name}\" FOR EACH ROW")),
                trigger("no_truncate", &format!("TRUNCATE ON \"{name}\" FOR EACH STATEMENT")),
            ]
        }
    }
}
