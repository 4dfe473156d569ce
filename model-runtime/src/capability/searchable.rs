//! `#[searchable(title = A, content = B)]`: full-text search, ordered by relevance.
//!
//! The database keeps the index, whoever writes. On PostgreSQL it is a generated column, `search_vector`. On SQLite it
//! is an FTS5 table without the texts, `{table}_search`, and triggers. Its rows have numbers, which `{table}_search_keys`
//! maps to keys: the numbers that SQLite gives to the rows of a table change with `VACUUM`.

use super::search_terms::{self, Alternative, Fts5};
use crate::expr::{Expr, Fragment};
use crate::model::Model;
use crate::queryset::QuerySet;
use crate::schema::{ObjectKind, SchemaObject, column_type};
use crate::sql::Sql;
use crate::table::{ColumnDef, Dialect, TableDef};
use crate::value::Value;

/// A model with full-text search. The derive implements it for `#[searchable]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be searched",
    label = "this needs `#[searchable(…)]` on `{Self}`",
    note = "add `#[searchable(title = A, content = B)]` to the struct, with the fields to search and their weights"
)]
pub trait Searchable: Model {
    /// What is searched.
    const SEARCH: &'static SearchDef;
}

/// What is searched of a model.
#[derive(Debug)]
pub struct SearchDef {
    /// The text search configuration: `english`.
    pub language: &'static str,
    /// The columns, and how much each counts.
    pub columns: &'static [(&'static str, Weight)],
}

/// How much a word counts where it stands. `A` counts most, ten times as much as `D`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// 1.
    A,
    /// 0.4.
    B,
    /// 0.2.
    C,
    /// 0.1.
    D,
}

impl Weight {
    /// The factor, where that of `D` is 1: PostgreSQL's own.
    fn factor(self) -> u8 {
        match self {
            Self::A => 10,
            Self::B => 4,
            Self::C => 2,
            Self::D => 1,
        }
    }
}

impl<M: Model> QuerySet<M> {
    /// Only rows in whose searchable fields the words of `text` stand, all of them, in whatever form and order; the most
    /// relevant first, unless [`order_by`](Self::order_by) says otherwise.
    ///
    /// `"a phrase"` in quotes stands as it is, `-word` or `-"a phrase"` must not stand there, and `or` is between
    /// alternatives. Any text is a search, so it can come straight from a person. One without a word finds nothing. What
    /// comes after the first 1,000 characters is not looked at.
    pub fn search(self, text: &str) -> Self
    where
        M: Searchable,
    {
        let alternatives = search_terms::parse(text);
        let condition = {
            let alternatives = alternatives.clone();
            Fragment::new(move |sql| matches(sql, M::TABLE, M::SEARCH, &alternatives))
        };
        let rank = Fragment::new(move |sql| rank(sql, M::TABLE, M::SEARCH, &alternatives));
        self.filter_expr(Expr::Fragment(condition)).ranked(rank)
    }
}

/// The column on PostgreSQL.
const VECTOR: &str = "search_vector";

/// Writes the condition.
fn matches(sql: &mut Sql, table: &TableDef, search: &SearchDef, alternatives: &[Alternative]) {
    if alternatives.is_empty() {
        return sql.push("FALSE");
    }
    if sql.dialect() == Dialect::Postgres {
        vector(sql);
        sql.push(" @@ ");
        return tsquery(sql, search, alternatives);
    }
    let Fts5 { found, left_out } = fts5(search, alternatives);
    let found = found.into_iter().map(|query| (" IN (", query));
    let parts = found.chain(left_out.into_iter().map(|query| (" NOT IN (", query)));
    let mut before = "(";
    for (is_in, query) in parts {
        sql.push(before);
        sql.column(table.key());
        sql.push(is_in);
        sql.push(&format!(
            "SELECT `object_id` FROM `{0}_search_keys` WHERE `docid` IN (SELECT rowid FROM `{0}_search` WHERE `{0}_search` MATCH ",
            table.name
        ));
        sql.bind(Value::Text(query.into()));
        sql.push("))");
        before = " OR ";
    }
    sql.push(if before == "(" { "FALSE" } else { ")" });
}

/// Writes what the rows are ordered by.
fn rank(sql: &mut Sql, table: &TableDef, search: &SearchDef, alternatives: &[Alternative]) {
    if sql.dialect() == Dialect::Postgres {
        sql.push("ts_rank(");
        vector(sql);
        sql.push(", ");
        tsquery(sql, search, alternatives);
        return sql.push(") DESC");
    }
    // The more relevant, the further below 0. Ranked once, and looked up for each row.
    let Some(found) = fts5(search, alternatives).found else { return sql.push("NULL") };
    let weights: String = search.columns.iter().map(|(_, weight)| format!(", {}", weight.factor())).collect();
    sql.push(&format!(
        "COALESCE((WITH `the ranks` AS MATERIALIZED (SELECT k.`object_id` AS `the key`, \
         bm25(`{0}_search`{weights}) AS `the rank` FROM `{0}_search` \
         JOIN `{0}_search_keys` AS k ON k.`docid` = `{0}_search`.rowid WHERE `{0}_search` MATCH ",
        table.name
    ));
    sql.bind(Value::Text(found.into()));
    sql.push(") SELECT `the rank` FROM `the ranks` WHERE `the key` = ");
    sql.column(table.key());
    sql.push("), 0)");
}

fn vector(sql: &mut Sql) {
    sql.push(sql.before_column());
    sql.name(VECTOR);
}

fn tsquery(sql: &mut Sql, search: &SearchDef, alternatives: &[Alternative]) {
    sql.push(&format!("websearch_to_tsquery('pg_catalog.{}'::regconfig, ", search.language));
    sql.bind(Value::Text(search_terms::websearch(alternatives).into()));
    sql.push(")");
}

fn fts5(search: &SearchDef, alternatives: &[Alternative]) -> Fts5 {
    search_terms::fts5(alternatives, search.language == "english")
}

/// The index, and on SQLite what keeps it. The derive names it among the table's companions.
#[doc(hidden)]
pub fn schema(table: &TableDef, search: &SearchDef, dialect: Dialect) -> Vec<SchemaObject> {
    match dialect {
        Dialect::Postgres => postgres(table.name, search).into(),
        Dialect::Sqlite => sqlite(table.name, table.key(), search).into(),
    }
}

fn object(kind: ObjectKind, name: String, sql: String) -> SchemaObject {
    SchemaObject { kind, name, sql }
}

fn postgres(name: &str, search: &SearchDef) -> [SchemaObject; 2] {
    let signs = search_terms::signs();
    let (from, to) = (signs.replace('\'', "''"), " ".repeat(signs.len()));
    let vectors = search.columns.iter().map(|(column, weight)| {
        let text = format!("translate(COALESCE(\"{column}\", ''), '{from}', '{to}')");
        format!("setweight(to_tsvector('pg_catalog.{}'::regconfig, {text}), '{weight:?}')", search.language)
    });
    let vectors: Vec<String> = vectors.collect();
    let index = format!("{name}_{VECTOR}_idx");
    let column = format!(
        "ALTER TABLE \"{name}\" ADD COLUMN IF NOT EXISTS \"{VECTOR}\" tsvector GENERATED ALWAYS AS (\n    {}\n) STORED",
        vectors.join(" ||\n    ")
    );
    let indexed = format!("CREATE INDEX IF NOT EXISTS \"{index}\" ON \"{name}\" USING gin (\"{VECTOR}\")");
    [object(ObjectKind::Column, VECTOR.to_owned(), column), object(ObjectKind::Index, index, indexed)]
}

fn sqlite(name: &str, key: &ColumnDef, search: &SearchDef) -> [SchemaObject; 5] {
    let (id, id_type) = (key.name, column_type(key, Dialect::Sqlite));
    let keys = format!("{name}_search_keys");
    // FTS5 reserves names that a column may have.
    let numbered: String = (0..search.columns.len()).map(|i| format!("c{i}, ")).collect();
    let texts = |row: &str| -> String {
        search.columns.iter().map(|(column, _)| format!(", {row}.\"{column}\"")).collect()
    };
    let words = if search.language == "english" { "porter unicode61" } else { "unicode61" };
    let insert = format!("INTO \"{name}_search\" ({numbered}rowid)", numbered = numbered);
    let values = |row: &str| format!("SELECT {}, k.\"docid\"", texts(row).trim_start_matches(", "));
    let key_of = |row: &str| {
        format!("(SELECT k.\"docid\" FROM \"{keys}\" AS k WHERE k.\"object_id\" = {row}.\"{id}\")")
    };
    let put = format!(
        "INSERT OR REPLACE {insert} {} FROM \"{keys}\" AS k WHERE k.\"object_id\" = NEW.\"{id}\";",
        values("NEW")
    );
    let columns: Vec<&str> =
        std::iter::once(id).chain(search.columns.iter().map(|(column, _)| *column)).collect();
    let of = columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
    let differ: Vec<String> =
        columns.iter().map(|column| format!("OLD.\"{column}\" IS NOT NEW.\"{column}\"")).collect();
    let trigger = |suffix: &str, event: String, body: String| {
        let trigger = format!("{name}_search_{suffix}");
        let sql = format!("CREATE TRIGGER IF NOT EXISTS \"{trigger}\" AFTER {event} BEGIN {body} END");
        object(ObjectKind::Trigger, trigger, sql)
    };
    [
        object(
            ObjectKind::Table,
            keys.clone(),
            format!(
                "CREATE TABLE IF NOT EXISTS \"{keys}\" (\n    \"docid\" INTEGER PRIMARY KEY,\n    \
                 \"object_id\" {id_type} NOT NULL UNIQUE\n)"
            ),
        ),
        // Rows that are there already are searchable too.
        object(
            ObjectKind::Table,
            format!("{name}_search"),
            format!(
                "CREATE VIRTUAL TABLE IF NOT EXISTS \"{name}_search\" USING fts5(\n    \
                 {numbered}content='', contentless_delete=1, tokenize='{words} remove_diacritics 0'\n);\n\n\
                 INSERT INTO \"{keys}\" (\"object_id\") SELECT t.\"{id}\" FROM \"{name}\" AS t \
                 WHERE NOT EXISTS (SELECT 1 FROM \"{keys}\");\n\n\
                 INSERT {insert} {} FROM \"{name}\" AS t JOIN \"{keys}\" AS k ON k.\"object_id\" = t.\"{id}\" \
                 WHERE NOT EXISTS (SELECT 1 FROM \"{name}_search\")",
                values("t")
            ),
        ),
        trigger(
            "insert",
            format!("INSERT ON \"{name}\""),
            format!(
                "INSERT INTO \"{keys}\" (\"object_id\") VALUES (NEW.\"{id}\") ON CONFLICT (\"object_id\") DO NOTHING; {put}"
            ),
        ),
        trigger(
            "update",
            format!("UPDATE OF {of} ON \"{name}\" WHEN {}", differ.join(" OR ")),
            format!(
                "UPDATE \"{keys}\" SET \"object_id\" = NEW.\"{id}\" \
                 WHERE \"object_id\" = OLD.\"{id}\" AND OLD.\"{id}\" IS NOT NEW.\"{id}\"; {put}"
            ),
        ),
        trigger(
            "delete",
            format!("DELETE ON \"{name}\""),
            format!(
                "DELETE FROM \"{name}_search\" WHERE rowid = {}; DELETE FROM \"{keys}\" WHERE \"object_id\" = OLD.\"{id}\";",
                key_of("OLD")
            ),
        ),
    ]
}
