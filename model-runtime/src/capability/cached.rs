//! `#[cached(ttl = 60)]`: rows and querysets that are kept in memory, in this process or in Redis, and never served once
//! they were written (rule 30).

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

#[cfg(feature = "redis")]
use data_encoding::HEXLOWER;
use futures_util::future::BoxFuture;
use moka::Expiry;
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

pub use crate::cache::CachePool;
use crate::cache::{Mark, Origin, Stamp, Tag, Touched, during, hold, mark, stamp};
#[cfg(feature = "redis")]
pub use crate::cache::{Redis, share};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::field::{BoxError, FieldType};
use crate::model::Model;
use crate::queryset::{FetchAll, GetById, QuerySet};
use crate::record::from_json;
use crate::table::{ColumnDef, TableDef};
use crate::value::Value;

/// A model whose rows are kept. The derive implements it for `#[cached]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not cached",
    label = "this needs `#[cached]` on `{Self}`",
    note = "add `#[cached(ttl = 60)]` to the struct, with the seconds for which a row is kept"
)]
pub trait Cached: Model {
    #[doc(hidden)]
    const STORE: &'static Store;

    /// Reads a row from what was kept of it in Redis.
    #[doc(hidden)]
    fn decode(fields: &mut Fields<'_>) -> Result<Self, BoxError>;
}

/// What a model that is cached can do.
pub trait CachedRow: Model {
    /// [`get`](Model::get), from memory where the row is there. The row is shared, not copied: clone it to change it.
    ///
    /// Of many tasks that ask at once for a row that is not in memory, one reads it. What a write of this library changed is not
    /// served afterwards, whatever the handle; what others changed, for the `ttl` at most.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none, which is not kept.
    fn get_cached<'c, D>(id: Self::Id, db: D) -> BoxFuture<'c, Result<Arc<Self>>>
    where
        Self: Cached,
        D: CachePool + Db<'c, GetById<Self>, Out = Self> + 'c,
    {
        let table = Self::TABLE;
        let row = Tag::row(table, &id.to_value());
        let watched = Self::STORE.watched(table);
        let stamp = stamp(table, [mark(row)].into_iter().chain(watched.marks.iter().copied()));
        let wanted = Wanted {
            store: Self::STORE,
            table,
            key: row.key().map_or_else(|| What::query(&id.to_string()), What::Row),
            form: Form { weight: |_| 1, encode: encode::<Self>, decode: decode::<Self> },
            tags: move || [row].into_iter().chain(watched.tags.iter().copied()).collect(),
        };
        Box::pin(kept(db, stamp, wanted, move || db.run(GetById::new(id))))
    }
}

impl<M: Model> CachedRow for M {}

impl<M: Model> QuerySet<M> {
    /// [`fetch_all`](crate::Query::fetch_all), from memory where the same query was asked before. The rows are shared, not
    /// copied.
    ///
    /// They are not served after a write of this library to a table that the query reads: the model's own, those that it
    /// joins, and those of its subqueries. All of these are of models that are `#[cached]`. A query with a time of now, such
    /// as `recent(7)`, is another one each time.
    ///
    /// # Errors
    /// [`Error::NotCacheable`] where a table is of a model that is not, or the query has SQL of its own, whose tables are
    /// not known.
    pub fn fetch_all_cached<'c, D>(self, db: D) -> BoxFuture<'c, Result<Arc<Vec<M>>>>
    where
        M: Cached,
        D: CachePool + Db<'c, FetchAll<Self>, Out = Vec<M>> + 'c,
    {
        let sql = self.sql(db.dialect());
        let tables = match sql.reads().of_cached_models(M::TABLE) {
            Ok(tables) => tables,
            Err(error) => return Box::pin(std::future::ready(Err(error))),
        };
        let tags: Vec<Tag> = tables.into_iter().flat_map(tags_of).collect();
        let stamp = stamp(M::TABLE, tags.iter().map(|tag| mark(*tag)));
        let wanted = Wanted {
            store: M::STORE,
            table: M::TABLE,
            // As `Debug` shows them, no two values are alike.
            key: What::query(&format!("{} {:?}", sql.text(), sql.values())),
            form: Form {
                weight: |rows: &Vec<M>| rows.len(),
                encode: |rows| encode_all(rows),
                decode: decode_all::<M>,
            },
            tags: move || tags,
        };
        Box::pin(kept(db, stamp, wanted, move || db.run(FetchAll::new(self.clone()))))
    }
}

/// Has nothing served that was kept of a table until now, for a program that wrote to it by other means:
/// `cached::forget(Post::table()).await?`, after its commit.
///
/// # Errors
/// [`Error::Cache`] where a cache that is shared could not be told.
pub async fn forget(table: &'static TableDef) -> Result<()> {
    during(true, hold(table, Touched::RemovedRows)).await
}

/// What a queryset depends on by one of its tables.
fn tags_of(table: &'static TableDef) -> Vec<Tag> {
    [Tag::Any(table)].into_iter().chain(Tag::removals(table)).collect()
}

/// Where rows of a model are kept in this process.
#[derive(Debug, Default)]
pub struct Store {
    entries: OnceLock<Cache<Key, Entry>>,
    watched: OnceLock<Watched>,
}

/// What all rows of a table depend on.
#[derive(Debug)]
struct Watched {
    tags: Vec<Tag>,
    marks: Vec<&'static Mark>,
}

impl Store {
    /// An empty one.
    #[doc(hidden)]
    pub const fn new() -> Self {
        Self { entries: OnceLock::new(), watched: OnceLock::new() }
    }

    fn watched(&self, table: &'static TableDef) -> &Watched {
        self.watched.get_or_init(|| {
            let tags: Vec<Tag> = [Tag::All(table)].into_iter().chain(Tag::removals(table)).collect();
            let marks = tags.iter().map(|tag| mark(*tag)).collect();
            Watched { tags, marks }
        })
    }

    fn entries(&self, table: &TableDef) -> &Cache<Key, Entry> {
        self.entries.get_or_init(|| {
            let max = table.cache.map_or(0, |cache| cache.max);
            Cache::builder()
                .max_capacity(max.into())
                .weigher(|_, entry: &Entry| entry.weight)
                // What was written is found no more, however often it was before.
                .eviction_policy(EvictionPolicy::lru())
                .expire_after(Until)
                .build()
        })
    }
}

/// Under which a value is kept. After a hold the stamp is another, and the value is not found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    pool: u64,
    stamp: Stamp,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum What {
    Row(u128),
    /// As a digest: a query is as long as its values, and counts as its rows.
    Query([u8; 32]),
}

impl What {
    fn query(text: &str) -> Self {
        Self::Query(Sha256::digest(text).into())
    }
}

/// A value that is kept.
#[derive(Clone)]
struct Entry {
    value: Arc<dyn Any + Send + Sync>,
    weight: u32,
    ttl: Duration,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows", self.weight)
    }
}

/// Each entry says for how long it is kept.
struct Until;

impl Expiry<Key, Entry> for Until {
    fn expire_after_create(&self, _: &Key, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.ttl)
    }
}

/// What is read.
struct Wanted<T, G> {
    store: &'static Store,
    table: &'static TableDef,
    key: What,
    form: Form<T>,
    /// What it depends on.
    tags: G,
}

/// How a value is kept.
struct Form<T> {
    weight: fn(&T) -> usize,
    #[cfg_attr(not(feature = "redis"), expect(dead_code))]
    encode: fn(&T) -> Option<String>,
    #[cfg_attr(not(feature = "redis"), expect(dead_code))]
    decode: fn(&str) -> Result<T, BoxError>,
}

/// The value that is kept, or else what `fetch` reads, which is kept from then on.
async fn kept<T, G, F>(
    db: impl CachePool,
    stamp: Option<Stamp>,
    wanted: Wanted<T, G>,
    fetch: impl Fn() -> F + Send + Sync,
) -> Result<Arc<T>>
where
    T: Send + Sync + 'static,
    G: FnOnce() -> Vec<Tag> + Send,
    F: Future<Output = Result<T>> + Send,
{
    let Wanted { store, table, key: what, form, tags } = wanted;
    let Some(stamp) = stamp else { return fetch().await.map(Arc::new) };
    let origin = Origin::of(db);
    let ttl = Duration::from_secs(table.cache.map_or(0, |cache| cache.ttl).into());
    let entry = |value, ttl| Entry { weight: weight(&form, &value), value: Arc::new(value), ttl };
    #[cfg(not(feature = "redis"))]
    let (_, pool) = (tags, origin.id);
    #[cfg(feature = "redis")]
    let (pool, stamp, mut shared) = match origin.shared {
        None => (origin.id, stamp, None),
        Some(shared) => {
            let (tags, name) = (tags(), name(table, &what));
            match shared.read(&name, &tags, ttl).await {
                Ok(found) => match found.stamp {
                    Some(stamp) => (origin.id, stamp, Some((shared, name, tags, found.kept))),
                    None => return fetch().await.map(Arc::new),
                },
                Err(error) => {
                    tracing::warn!(%error, table = table.name, "the shared cache does not answer; the database does");
                    return fetch().await.map(Arc::new);
                }
            }
        }
    };
    let key = Key { pool, stamp, what };
    let entries = store.entries(table);
    if let Some(value) = entries.get(&key).await.and_then(|entry| entry.value.downcast().ok()) {
        return Ok(value);
    }
    #[cfg(feature = "redis")]
    let stamp = key.stamp.clone();
    let mut leads = false;
    let made = async {
        leads = true;
        #[cfg(feature = "redis")]
        if let Some((text, ttl)) = shared.as_mut().and_then(|(.., kept)| kept.take()) {
            match (form.decode)(&text) {
                Ok(value) => return Ok(entry(value, ttl)),
                Err(error) => {
                    tracing::warn!(%error, table = table.name, "what the shared cache has is no row")
                }
            }
        }
        let value = fetch().await?;
        #[cfg(feature = "redis")]
        if let (Some((shared, name, tags, _)), Some(text)) = (&shared, (form.encode)(&value))
            && let Err(error) = shared.keep(name, tags, &stamp, &text, ttl).await
        {
            tracing::warn!(%error, table = table.name, "the shared cache does not keep a row");
        }
        Ok(entry(value, ttl))
    };
    match entries.try_get_with(key, made).await {
        Ok(entry) => match entry.value.downcast() {
            Ok(value) => Ok(value),
            Err(_) => fetch().await.map(Arc::new),
        },
        // Those who waited for the same have the error in common. It may be older than their call: the row may be there by now.
        Err(_) if !leads => fetch().await.map(Arc::new),
        Err(error) => match Arc::try_unwrap(error) {
            Ok(error) => Err(error),
            Err(error) => match &*error {
                Error::NotFound { model, what } => Err(Error::NotFound { model, what: what.clone() }),
                _ => fetch().await.map(Arc::new),
            },
        },
    }
}

fn weight<T>(form: &Form<T>, value: &T) -> u32 {
    u32::try_from((form.weight)(value)).unwrap_or(u32::MAX).max(1)
}

/// The fields of a row that was kept in Redis, in the order of the struct's.
#[derive(Debug)]
pub struct Fields<'a> {
    values: std::vec::IntoIter<&'a RawValue>,
    columns: std::slice::Iter<'static, ColumnDef>,
}

impl Fields<'_> {
    /// The next field.
    #[doc(hidden)]
    pub fn read<T: FieldType>(&mut self) -> Result<T, BoxError> {
        let (value, column) = self.values.next().zip(self.columns.next()).ok_or("there are fewer fields")?;
        from_json(value.get(), column)
    }
}

fn decode<M: Cached>(text: &str) -> Result<M, BoxError> {
    let values: Vec<&RawValue> = serde_json::from_str(text)?;
    M::decode(&mut Fields { values: values.into_iter(), columns: M::TABLE.columns.iter() })
}

fn decode_all<M: Cached>(text: &str) -> Result<Vec<M>, BoxError> {
    let rows: Vec<&RawValue> = serde_json::from_str(text)?;
    rows.into_iter().map(|row| decode(row.get())).collect()
}

/// The row as a JSON array of its fields. `None` where one would not be read back as it is.
fn encode<M: Model>(row: &M) -> Option<String> {
    let fields = (0..M::TABLE.columns.len()).map(|i| json_of(&row.value(i))).collect::<Option<Vec<_>>>()?;
    Some(format!("[{}]", fields.join(",")))
}

fn encode_all<M: Model>(rows: &[M]) -> Option<String> {
    let rows = rows.iter().map(encode).collect::<Option<Vec<_>>>()?;
    Some(format!("[{}]", rows.join(",")))
}

/// A value as JSON that [`from_json`] reads back.
fn json_of(value: &Value<'_>) -> Option<String> {
    let quoted = |text: &dyn fmt::Display| format!("\"{text}\"");
    Some(match value {
        Value::Null(_) => "null".to_owned(),
        Value::Bool(v) => v.to_string(),
        Value::SmallInt(v) => v.to_string(),
        Value::Integer(v) => v.to_string(),
        Value::BigInt(v) => v.to_string(),
        Value::Real(v) if v.is_finite() => format!("{v:?}"),
        Value::Double(v) if v.is_finite() => format!("{v:?}"),
        Value::Real(v) => quoted(v),
        Value::Double(v) => quoted(v),
        Value::Text(v) => serde_json::to_string(v).ok()?,
        Value::Uuid(v) => quoted(v),
        Value::Timestamp(v) => quoted(&v.to_rfc3339()),
        Value::Date(v) => quoted(v),
        Value::Decimal(v) => v.to_string(),
        // JSON's null in a column that is not NULL.
        Value::Json(v) if v == "null" => return None,
        Value::Json(v) => v.clone().into_owned(),
        Value::Bytes(v) => quoted(&v.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        Value::Ip(v) => quoted(v),
        Value::Array(..) | Value::Invalid(_) => return None,
    })
}

/// Where Redis keeps it: rows of another version of the struct are kept elsewhere.
#[cfg(feature = "redis")]
fn name(table: &TableDef, what: &What) -> String {
    let columns =
        table.columns.iter().map(|column| format!("{} {:?} {},", column.name, column.kind, column.nullable));
    let query = match what {
        What::Row(key) => format!("row {key:x}"),
        What::Query(digest) => format!("{digest:x?}"),
    };
    let whole = format!("{} {}{query}", table.label, columns.collect::<String>());
    format!("{}:{}", table.name, HEXLOWER.encode(&Sha256::digest(whole)))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use chrono::{DateTime, NaiveDate, Utc};
    use rust_decimal::Decimal;
    use uuid::Uuid;

    use super::*;

    fn is_read_back<T: FieldType + PartialEq + fmt::Debug>(value: T) {
        const COLUMN: ColumnDef = ColumnDef::new::<Decimal>("field").digits(10, 2);
        let json = json_of(&value.to_value()).expect("it can be kept");
        let raw: &RawValue = serde_json::from_str(&json).expect("it is JSON");
        assert_eq!(from_json::<T>(raw.get(), &COLUMN).expect("it is read"), value);
    }

    #[test]
    fn each_value_is_read_back() {
        is_read_back(true);
        is_read_back(i16::MIN);
        is_read_back(i32::MIN);
        is_read_back(i64::MIN);
        [0.1_f32, f32::MAX, f32::MIN_POSITIVE, f32::INFINITY].into_iter().for_each(is_read_back);
        [0.1_f64, -0.0, f64::MAX, 5e-324, f64::NEG_INFINITY].into_iter().for_each(is_read_back);
        ["", "a\"\\\n\u{0}ä", "null", "1"].into_iter().for_each(|text| is_read_back(text.to_owned()));
        is_read_back(Uuid::max());
        is_read_back(DateTime::<Utc>::from_timestamp_micros(-1).expect("a time"));
        is_read_back(NaiveDate::from_ymd_opt(1, 2, 29).or(NaiveDate::from_ymd_opt(1, 3, 1)));
        is_read_back(Decimal::new(-1, 2));
        is_read_back(serde_json::json!({ "a": [null, "x", u64::MAX, 0.1] }));
        is_read_back(serde_json::json!("text"));
        is_read_back(vec![0_u8, 255]);
        is_read_back(IpAddr::from([0; 16]));
        is_read_back(None::<String>);
        is_read_back(Some(String::new()));
    }

    #[test]
    fn a_null_of_json_is_not_taken_for_a_null_of_sql() {
        assert_eq!(json_of(&Some(serde_json::Value::Null).to_value()), None);
    }
}
