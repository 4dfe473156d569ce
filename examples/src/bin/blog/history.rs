//! What was changed of a post: its change log.

use std::fmt::{self, Display, Formatter};

use chrono::{DateTime, Utc};
use clap::Args;
use clap::builder::PossibleValuesParser;
use examples::blog::Post;
use model_runtime::prelude::*;
use model_runtime::record::{Change, Recording};
use model_runtime::{Role, TableDef};
use serde::Serialize;

use crate::{find, output};

/// The post, and which of its fields.
#[derive(Debug, Args)]
pub struct Of {
    /// The slug of the post, or one that it had before; the post may be deleted
    slug: String,

    /// Only changes of this field
    #[arg(long, value_name = "NAME", value_parser = fields(&[Post::table()]))]
    field: Option<String>,
}

/// The changes of a post, newest first.
#[derive(Serialize)]
pub struct History {
    slug: String,
    changes: Vec<Entry>,
}

/// A change of one field.
#[derive(Serialize)]
struct Entry {
    time: DateTime<Utc>,
    field: String,
    #[serde(flatten)]
    change: Change,
}

/// Reads the change log of a post.
pub async fn run(of: &Of, db: &Pool) -> anyhow::Result<History> {
    let post = find::any(&of.slug, db).await?;
    let entries = post.history().into_iter().flat_map(|entry| {
        let time = entry.time;
        entry.changes.into_iter().map(move |(field, change)| Entry { time, field, change })
    });
    let wanted = |entry: &Entry| of.field.as_ref().is_none_or(|field| *field == entry.field);
    Ok(History { slug: post.slug.clone(), changes: entries.filter(wanted).collect() })
}

/// Reads the name of a field that records tell of, and knows all of them for the help and for errors.
pub fn fields(tables: &[&'static TableDef]) -> PossibleValuesParser {
    let columns = tables.iter().flat_map(|table| table.columns);
    let recorded = columns.filter(|column| {
        matches!(column.role, Role::Data | Role::Managed) && column.recording != Recording::Skip
    });
    let mut names: Vec<&str> = Vec::new();
    for column in recorded {
        if !names.contains(&column.field) {
            names.push(column.field);
        }
    }
    PossibleValuesParser::new(names)
}

impl Display for History {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { slug, changes } = self;
        if changes.is_empty() {
            return write!(f, "No changes of {slug}.");
        }
        let mut table = output::table(&["Time", "Field", "Old", "New"]);
        table.add_rows(changes.iter().map(|Entry { time, field, change }| {
            [output::time(*time), field.clone(), output::value(&change.old), output::value(&change.new)]
        }));
        write!(f, "{table}\n{} of {slug}.", output::number(changes.len() as u64, "change"))
    }
}
