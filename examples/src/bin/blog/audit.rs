//! Who did what: the audit trail.

use std::fmt::{self, Display, Formatter};
use std::net::IpAddr;

use chrono::{DateTime, Utc};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum, value_parser};
use comfy_table::Table;
use examples::blog::{Category, Post, Tag};
use model_runtime::prelude::*;
use model_runtime::record::Changes;
use model_runtime::users::User;
use serde::Serialize;

use crate::history::fields;
use crate::paging::{Paging, Place};
use crate::{find, output};

/// Which part of the audit trail.
#[derive(Debug, Args)]
pub struct Trail {
    /// Only what was done to this post, which may be deleted
    slug: Option<String>,

    /// Only this action
    #[arg(long, value_parser = actions())]
    action: Option<Action>,

    /// Only what this actor did
    #[arg(long, value_name = "ACTOR")]
    by: Option<String>,

    /// Only what was done to rows of this model
    #[arg(long, value_enum)]
    model: Option<Kind>,

    /// Only what changed this field
    #[arg(long, value_name = "NAME", value_parser = fields(&[Post::table(), User::table()]))]
    field: Option<String>,

    /// Only what was done in the last DAYS days
    #[arg(long, value_name = "DAYS", value_parser = value_parser!(u32).range(1..=36_500))]
    recent: Option<u32>,

    /// How often each action was done, in place of the list
    #[arg(long, conflicts_with_all = ["page", "per_page"])]
    pub counts: bool,

    #[command(flatten)]
    paging: Paging,
}

/// A model that is audited.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Post,
    User,
    Category,
    Tag,
}

/// One page of the trail.
#[derive(Serialize)]
pub struct Page {
    #[serde(flatten)]
    place: Place,
    records: Vec<Record>,
}

/// What was done to one row, in the shape of the JSON output.
#[derive(Serialize)]
pub struct Record {
    id: i64,
    time: DateTime<Utc>,
    pub action: &'static str,
    model: String,
    object_id: String,
    object: String,
    pub changes: Changes,
    actor_id: Option<String>,
    actor: Option<String>,
    ip_address: Option<IpAddr>,
    user_agent: String,
    request_id: Option<String>,
}

/// How often each action was done, the most frequent first.
#[derive(Serialize)]
pub struct Counts {
    counts: Vec<Counted>,
}

#[derive(Serialize)]
struct Counted {
    action: &'static str,
    count: u64,
}

/// Reads one page.
pub async fn run(trail: &Trail, db: &Pool) -> anyhow::Result<Page> {
    let (place, logs) =
        trail.paging.page(trail.logs(db).await?, async |logs| logs.fetch_all(db).await, db).await?;
    Ok(Page { place, records: logs.into_iter().map(Record::from).collect() })
}

/// Counts by action.
pub async fn counts(trail: &Trail, db: &Pool) -> anyhow::Result<Counts> {
    let counts = trail.logs(db).await?.count_by_action(db).await?;
    let counted = |(action, count): (Action, u64)| Counted { action: action.as_str(), count };
    Ok(Counts { counts: counts.into_iter().map(counted).collect() })
}

/// All that was done to one post, oldest first.
pub async fn of(post: &Post, db: &Pool) -> Result<Vec<Record>> {
    let logs = AuditLog::objects().for_object(post).order_by(|log| log.id.asc()).fetch_all(db).await?;
    Ok(logs.into_iter().map(Record::from).collect())
}

impl Trail {
    async fn logs(&self, db: &Pool) -> anyhow::Result<QuerySet<AuditLog>> {
        let mut logs = AuditLog::objects();
        if let Some(slug) = &self.slug {
            logs = logs.for_object(&find::any(slug, db).await?);
        }
        if let Some(action) = self.action {
            logs = logs.action(action);
        }
        if let Some(actor) = &self.by {
            logs = logs.by(actor);
        }
        logs = match self.model {
            Some(Kind::Post) => logs.for_model::<Post>(),
            Some(Kind::User) => logs.for_model::<User>(),
            Some(Kind::Category) => logs.for_model::<Category>(),
            Some(Kind::Tag) => logs.for_model::<Tag>(),
            None => logs,
        };
        if let Some(field) = &self.field {
            logs = logs.changed(field);
        }
        if let Some(days) = self.recent {
            logs = logs.recent(days);
        }
        Ok(logs)
    }
}

/// Reads an action, and knows all of them for the help and for errors.
fn actions() -> impl TypedValueParser<Value = Action> {
    PossibleValuesParser::new(Action::VARIANTS.iter().map(|action| action.as_str()))
        .try_map(|name| name.parse::<Action>())
}

impl From<AuditLog> for Record {
    fn from(log: AuditLog) -> Self {
        Self {
            id: log.id,
            time: log.timestamp,
            action: log.action.as_str(),
            model: log.content_type,
            object_id: log.object_id,
            object: log.object_repr,
            changes: log.changes.0,
            actor_id: log.actor_id,
            actor: log.actor_label,
            ip_address: log.ip_address,
            user_agent: log.user_agent,
            request_id: log.request_id,
        }
    }
}

impl Record {
    /// Whether the row began or ended here, so that each of its fields is among the changes.
    pub fn is_whole(&self) -> bool {
        [Action::Create, Action::HardDelete].iter().any(|action| action.as_str() == self.action)
    }

    /// Who did it.
    pub fn by(&self) -> String {
        self.actor.as_deref().map_or_else(|| "-".to_owned(), output::short)
    }

    fn fields(&self) -> String {
        if self.is_whole() {
            return "all".to_owned();
        }
        self.changes.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

fn table_of(records: &[Record]) -> Table {
    let mut table = output::table(&["Time", "Action", "Model", "Object", "Actor", "Changed"]);
    table.add_rows(records.iter().map(|record| {
        let (time, object) = (output::time(record.time), output::short(&record.object));
        [time, record.action.to_owned(), record.model.clone(), object, record.by(), record.fields()]
    }));
    table
}

impl Display for Page {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.place.write(f, "record", || table_of(&self.records))
    }
}

impl Display for Counts {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.counts.is_empty() {
            return f.write_str("No records.");
        }
        let mut table = output::table(&["Action", "How many"]);
        table.add_rows(self.counts.iter().map(|it| [it.action.to_owned(), it.count.to_string()]));
        write!(f, "{table}")
    }
}
