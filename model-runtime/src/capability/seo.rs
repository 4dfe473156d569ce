//! `#[seo(slug = …, title = …, description = …)]`: a slug made from a field, its history, and texts for search
//! engines (rules 23 and 24).
//!
//! The slug's index decides whether a slug is taken. Beside the table stands `{table}_slug_history` with the former
//! slugs and the aliases of its rows; triggers fill it and refuse a slug that is another row's there. So it holds for
//! bulk updates and for plain SQL too, and costs no statement.

use crate::backend::{self, Backend};
use crate::cache::{self, Touched};
use crate::db::{Db, Op, boxed};
use crate::error::{Error, Result, ValidationErrors};
use crate::expr::Expr;
use crate::field::FieldType;
use crate::model::{Model, Write};
use crate::queryset::{FetchOne, Query, QuerySet, scalar};
use crate::schema::{ObjectKind, SchemaObject, column_type};
use crate::sql::Sql;
use crate::table::{ColumnDef, Dialect, ScopeDef, TableDef};
use crate::value::Value;

use futures_util::future::BoxFuture;
use uuid::Uuid;

/// Longest slug, in characters, its suffix included.
pub const SLUG_LENGTH: u32 = 255;
/// Longest title, in characters.
pub const TITLE_LENGTH: u32 = 60;
/// Longest description, in characters.
pub const DESCRIPTION_LENGTH: u32 = 160;

/// Characters of a random suffix: 32⁵ values.
const SUFFIX_LENGTH: usize = 5;

/// A model with a slug. The derive implements it for `#[seo]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no slug",
    label = "this needs `#[seo(slug = …)]` on `{Self}`",
    note = "add `#[seo(slug = title)]` to the struct, with the field that slugs are made from"
)]
pub trait Seo: Model {
    /// The column that holds the slug.
    const SLUG: &'static ColumnDef;

    /// The slug.
    fn slug(&self) -> &str;
}

/// What a row with a slug can do.
pub trait SeoRow: Model {
    /// The row that has the slug or had it, in the default scope.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none.
    fn by_slug<'c, D>(slug: &str, db: D) -> BoxFuture<'c, Result<Self>>
    where
        Self: Seo,
        D: Db<'c, FetchOne<QuerySet<Self>>, Out = Self> + 'c,
    {
        Box::pin(Self::objects().slug(slug).fetch_one(db))
    }

    /// Makes `alias` resolve to the row, as if it were a former slug. It can be any text, such as a path of an older
    /// site. Returns `false` where it resolves to the row already.
    ///
    /// # Errors
    /// [`Error::Unique`] where it is another row's slug, former slug or alias.
    fn add_slug_alias<'c, D>(&'c self, alias: &str, db: D) -> BoxFuture<'c, Result<bool>>
    where
        Self: Seo,
        D: Db<'c, AddAlias<'c, Self>, Out = bool> + 'c,
    {
        boxed(db, AddAlias { row: self, alias: alias.to_owned() })
    }

    /// The row's former slugs and aliases, in alphabetical order.
    ///
    /// # Errors
    /// The database's.
    fn slug_history<'c, D>(&'c self, db: D) -> BoxFuture<'c, Result<Vec<String>>>
    where
        Self: Seo,
        D: Db<'c, SlugHistory<'c, Self>, Out = Vec<String>> + 'c,
    {
        boxed(db, SlugHistory(self))
    }
}

impl<M: Model> SeoRow for M {}

impl<M: Model> QuerySet<M> {
    /// Only the row that has the slug or had it. Among the rows of the default scope there is at most one.
    pub fn slug(self, slug: &str) -> Self
    where
        M: Seo,
    {
        let (table, key, column) = (M::TABLE.name, M::TABLE.key().name, M::SLUG.name);
        let holders = format!("SELECT \"{key}\" FROM \"{table}\" WHERE \"{column}\" = {{}}");
        // Each part can use the partial index of its rows, which one condition with OR could not.
        let holders = match M::TABLE.scope() {
            Some(scope) => format!("{holders} AND ({scope}) UNION ALL {holders} AND NOT ({scope})"),
            None => holders,
        };
        let history = history_table(M::TABLE);
        let template = format!(
            "{{t}}\"{key}\" IN ({holders} UNION ALL SELECT \"object_id\" FROM \"{history}\" WHERE \"{column}\" = {{}})"
        );
        self.filter_expr(Expr::Template(template, Value::Text(slug.to_owned().into())))
    }
}

/// Adds an alias.
#[derive(Debug)]
pub struct AddAlias<'m, M> {
    row: &'m M,
    alias: String,
}

impl<B: Backend, M: Seo> Op<B> for AddAlias<'_, M> {
    type Out = bool;

    async fn run(self, connection: &mut B::Connection) -> Result<bool> {
        let (table, key, slug) = (M::TABLE, M::TABLE.key().name, M::SLUG.name);
        if self.alias.is_empty() || self.alias.contains('\0') {
            let mut errors = ValidationErrors::new(table.model);
            errors.add(M::SLUG.field, "cannot have an alias that is empty or contains the character U+0000");
            return errors.into_result().map(|()| false);
        }
        if self.alias == self.row.slug() {
            return Ok(false);
        }
        cache::hold(table, Touched::New).await?;
        let history = history_table(table);
        let id = self.row.id();
        let live = table.scope().map(|scope| format!(" AND {scope}")).unwrap_or_default();
        let mut sql =
            Sql::new(B::DIALECT, &format!("INSERT INTO \"{history}\" (\"{slug}\", \"object_id\") SELECT "));
        sql.bind(Value::Text(self.alias.clone().into()));
        sql.push(", ");
        sql.bind(id.to_value().into_owned());
        sql.push(&format!(
            " WHERE NOT EXISTS (SELECT 1 FROM \"{}\" WHERE \"{slug}\" = $1 AND \"{key}\" <> $2{live}) \
             ON CONFLICT (\"{slug}\") DO NOTHING",
            table.name
        ));
        let (statement, arguments) = sql.into_statement::<B>()?;
        let result = B::execute(connection, statement, arguments).await.map_err(|e| Error::of(e, table))?;
        if B::rows_affected(&result) == 1 {
            return Ok(true);
        }
        let mut sql =
            Sql::new(B::DIALECT, &format!("SELECT \"object_id\" FROM \"{history}\" WHERE \"{slug}\" = "));
        sql.bind(Value::Text(self.alias.into()));
        match scalar::<B, M::Id>(connection, sql).await? {
            Some(owner) if owner == id => Ok(false),
            _ => Err(Error::Unique { model: table.model, fields: vec![M::SLUG.field.to_owned()] }),
        }
    }
}

/// Reads former slugs and aliases.
#[derive(Debug)]
pub struct SlugHistory<'m, M>(&'m M);

impl<B: Backend, M: Seo> Op<B> for SlugHistory<'_, M> {
    type Out = Vec<String>;

    async fn run(self, connection: &mut B::Connection) -> Result<Vec<String>> {
        let slug = M::SLUG.name;
        let history = history_table(M::TABLE);
        let mut sql =
            Sql::new(B::DIALECT, &format!("SELECT \"{slug}\" FROM \"{history}\" WHERE \"object_id\" = "));
        sql.bind(self.0.id().to_value().into_owned());
        sql.push(&format!(" ORDER BY \"{slug}\""));
        backend::read_all::<B, _>(connection, sql, |row| backend::read::<B, String>(row, 0, M::SLUG)).await
    }
}

/// Fills in what is empty, before a write. The derive calls it with the fields that the attribute names.
#[doc(hidden)]
pub fn fill_slug(slug: &mut String, source: &str, table: &TableDef, write: &mut Write) {
    if slug.is_empty() {
        let base = slug_of(source, table);
        slug.clone_from(&base);
        write.generated = Some(base);
    }
}

/// Fills in an empty text, cut on a word boundary.
#[doc(hidden)]
pub fn fill_text(text: &mut String, source: &str, limit: u32) {
    if text.is_empty() {
        *text = cut(source, limit as usize);
    }
}

/// Refuses a slug that is no slug.
#[doc(hidden)]
pub fn refuse_slug(slug: &str) -> Option<String> {
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let is_slug = !slug.is_empty() && slug.chars().all(valid);
    (!is_slug).then(|| format!("is {slug:?}; a slug has only ASCII letters, digits, `-` and `_`"))
}

/// The slug of a text: transliterated, short enough to take a suffix. A text with nothing left gives the model's
/// name and a random suffix.
pub(crate) fn slug_of(text: &str, table: &TableDef) -> String {
    let slug = slug::slugify(text);
    if slug.is_empty() {
        let name = slug::slugify(table.model);
        return format!("{name}-{}", random_suffix());
    }
    let room = SLUG_LENGTH as usize - SUFFIX_LENGTH - 1;
    // The slug is ASCII, so bytes are characters.
    if slug.len() <= room {
        return slug;
    }
    let cut = &slug[..room];
    cut.rsplit_once('-').map_or(cut, |(words, _)| words).to_owned()
}

/// The slug to try where `base` is taken: `-2`, `-3`, then random suffixes.
#[doc(hidden)]
pub fn vary_slug(base: &str, attempt: u32) -> String {
    match attempt {
        1 | 2 => format!("{base}-{}", attempt + 1),
        _ => format!("{base}-{}", random_suffix()),
    }
}

/// Letters and digits that cannot be mistaken for one another (Crockford's base 32).
fn random_suffix() -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let bytes = Uuid::new_v4().into_bytes();
    bytes[..SUFFIX_LENGTH].iter().map(|byte| char::from(DIGITS[usize::from(byte % 32)])).collect()
}

/// The text in one line, cut to at most `limit` characters at the end of a word.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let word_length = word.chars().count();
        if line.is_empty() && word_length > limit {
            return word.chars().take(limit).collect();
        }
        let space = usize::from(!line.is_empty());
        if length + space + word_length > limit {
            break;
        }
        if space == 1 {
            line.push(' ');
        }
        line.push_str(word);
        length += space + word_length;
    }
    line
}

fn history_table(table: &TableDef) -> String {
    format!("{}_slug_history", table.name)
}

/// The history table and the triggers. The derive names it among the table's companions, with the slug's column.
#[doc(hidden)]
pub fn schema(table: &TableDef, slug: &str, dialect: Dialect) -> Vec<SchemaObject> {
    let (name, key) = (table.name, table.key());
    let history = history_table(table);
    let id = key.name;
    let id_type = column_type(key, dialect);
    let live = |row: &str| {
        let of_row = |scope: &ScopeDef| format!(" AND {row}.\"{}\" {}", scope.column, scope.test);
        table.scopes.iter().map(of_row).collect::<String>()
    };
    let taken = format!(
        "EXISTS (SELECT 1 FROM \"{history}\" AS h WHERE h.\"{slug}\" = NEW.\"{slug}\" AND h.\"object_id\" <> NEW.\"{id}\")"
    );
    // A deleted row's slug may be a live row's by now: then it is that row's.
    let remember = format!(
        "INSERT INTO \"{history}\" (\"{slug}\", \"object_id\") SELECT OLD.\"{slug}\", OLD.\"{id}\" WHERE NOT EXISTS \
         (SELECT 1 FROM \"{name}\" AS t WHERE t.\"{slug}\" = OLD.\"{slug}\" AND t.\"{id}\" <> OLD.\"{id}\"{}) \
         ON CONFLICT (\"{slug}\") DO NOTHING",
        live("t")
    );
    let columns: String = table.scopes.iter().map(|scope| format!(", \"{}\"", scope.column)).collect();
    let object = |kind, name: String, sql: String| SchemaObject { kind, name, sql };
    let mut objects = vec![
        object(
            ObjectKind::Table,
            history.clone(),
            format!(
                "CREATE TABLE IF NOT EXISTS \"{history}\" (\n    \"{slug}\" TEXT NOT NULL PRIMARY KEY,\n    \
                 \"object_id\" {id_type} NOT NULL REFERENCES \"{name}\" (\"{id}\") ON DELETE CASCADE\n)"
            ),
        ),
        object(
            ObjectKind::Index,
            format!("{history}_object_id_idx"),
            format!(
                "CREATE INDEX IF NOT EXISTS \"{history}_object_id_idx\" ON \"{history}\" (\"object_id\")"
            ),
        ),
    ];
    match dialect {
        Dialect::Sqlite => {
            let refuse = format!("BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: {name}.{slug}'); END");
            let new = live("NEW");
            let trigger = |suffix: &str, body: String| {
                let name = format!("{name}_slug_{suffix}");
                object(
                    ObjectKind::Trigger,
                    name.clone(),
                    format!("CREATE TRIGGER IF NOT EXISTS \"{name}\" {body}"),
                )
            };
            objects
                .push(trigger("insert", format!("BEFORE INSERT ON \"{name}\" WHEN {taken}{new} {refuse}")));
            objects.push(trigger(
                "update",
                format!("BEFORE UPDATE OF \"{slug}\"{columns} ON \"{name}\" WHEN {taken}{new} {refuse}"),
            ));
            objects.push(trigger(
                "remember",
                format!(
                    "AFTER UPDATE OF \"{slug}\" ON \"{name}\" WHEN OLD.\"{slug}\" <> NEW.\"{slug}\" BEGIN {remember}; END"
                ),
            ));
        }
        Dialect::Postgres => {
            let lock = |shared: &str, row: &str| {
                format!(
                    "PERFORM pg_advisory_xact_lock{shared}(hashtext('{name}'), hashtext({row}.\"{slug}\") & 255)"
                )
            };
            let (own, share) = (|row| lock("", row), |row| lock("_shared", row));
            let function = |suffix: &str, body: String| {
                let name = format!("{name}_slug_{suffix}");
                let head =
                    format!("CREATE OR REPLACE FUNCTION \"{name}\"() RETURNS trigger LANGUAGE plpgsql AS $$");
                object(ObjectKind::Function, name, format!("{head}\nBEGIN\n    {body}\nEND $$"))
            };
            let trigger = |suffix: &str, event: String| {
                let name = format!("{name}_slug_{suffix}");
                let sql =
                    format!("CREATE OR REPLACE TRIGGER \"{name}\" {event} EXECUTE FUNCTION \"{name}\"()");
                object(ObjectKind::Trigger, name, sql)
            };
            // A live row's slug is an entry of the unique index, which makes others wait until it has changed. A slug
            // that is put into the history without such an entry is locked instead; 256 locks do for all slugs.
            let is_live = |row| live(row).strip_prefix(" AND ").unwrap_or("TRUE").to_owned();
            let own_old = match is_live("OLD").as_str() {
                "TRUE" => String::new(),
                live => {
                    format!("IF NOT ({live}) THEN\n            {};\n        END IF;\n        ", own("OLD"))
                }
            };
            // After the row is written, so that a wait for a concurrent change of the same slug is over: under READ
            // COMMITTED each statement of the function sees what was committed meanwhile.
            objects.push(function(
                "guard",
                format!(
                    "IF TG_OP = 'UPDATE' AND OLD.\"{slug}\" <> NEW.\"{slug}\" THEN\n        {own_old}{remember};\n    \
                     END IF;\n    IF {} THEN\n        {};\n        IF {taken} THEN\n            \
                     RAISE unique_violation USING MESSAGE = 'the slug was another row''s', \
                     CONSTRAINT = '{name}_{slug}_key', TABLE = '{name}', COLUMN = '{slug}';\n        END IF;\n    \
                     END IF;\n    RETURN NULL;",
                    is_live("NEW"),
                    share("NEW")
                ),
            ));
            objects.push(trigger(
                "guard",
                format!("AFTER INSERT OR UPDATE OF \"{slug}\"{columns} ON \"{name}\" FOR EACH ROW"),
            ));
            objects.push(function(
                "alias",
                format!(
                    "{};\n    IF EXISTS (SELECT 1 FROM \"{name}\" AS t WHERE t.\"{slug}\" = NEW.\"{slug}\" \
                     AND t.\"{id}\" <> NEW.\"object_id\"{}) THEN\n        RETURN NULL;\n    END IF;\n    RETURN NEW;",
                    own("NEW"),
                    live("t")
                ),
            ));
            // Not for what the guard remembers.
            objects.push(trigger(
                "alias",
                format!("BEFORE INSERT ON \"{history}\" FOR EACH ROW WHEN (pg_trigger_depth() = 0)"),
            ));
        }
    }
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_the_end_of_a_word() {
        assert_eq!(cut("a  short\ntext", 60), "a short text");
        assert_eq!(cut("one two three", 8), "one two");
        assert_eq!(cut("one two three", 7), "one two");
        assert_eq!(cut("one two three", 6), "one");
        assert_eq!(cut("überlang", 4), "über");
        assert_eq!(cut("", 4), "");
    }
}
