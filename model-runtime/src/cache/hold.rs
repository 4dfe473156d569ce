//! Marks, stamps and holds.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::slice;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};
use std::sync::{LazyLock, OnceLock, PoisonError, RwLock};
#[cfg(feature = "redis")]
use std::time::Duration;
use std::time::Instant;

use super::Touched;
use crate::error::{Error, Result};
use crate::field::Key;
use crate::table::{OnDelete, TableDef};
use crate::value::Value;

impl Touched {
    fn tags(&self, table: &'static TableDef) -> impl Iterator<Item = Tag> {
        let keys = match self {
            Self::Row(key) | Self::RemovedRow(key) => slice::from_ref(key),
            Self::Keys(keys) | Self::RemovedKeys(keys) => keys,
            Self::Rows | Self::RemovedRows | Self::New => &[],
        };
        let all = matches!(self, Self::Rows | Self::RemovedRows);
        let removes = matches!(self, Self::RemovedRow(_) | Self::RemovedKeys(_) | Self::RemovedRows);
        let table_as_a_whole = [all.then_some(Tag::All(table)), Some(Tag::Any(table))];
        let removed = removes.then_some(Tag::Removed(table));
        let rows = keys.iter().map(move |key| Tag::row(table, key));
        rows.chain(table_as_a_whole.into_iter().flatten()).chain(removed)
    }
}

/// Something that a kept value depends on, and that a write holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tag {
    /// The row of a key.
    Row(&'static TableDef, u128),
    /// Each row.
    All(&'static TableDef),
    /// The table as a whole, as querysets read it.
    Any(&'static TableDef),
    /// That rows are removed: the database may then change rows that refer to them.
    Removed(&'static TableDef),
}

impl Tag {
    pub(crate) fn row(table: &'static TableDef, key: &Value<'_>) -> Self {
        let uuid = uuid::Uuid::of_value(key).map(|key| key.as_u128());
        match uuid.or_else(|| i64::of_value(key).map(|key| u128::from(key.cast_unsigned()))) {
            Some(key) => Self::Row(table, key),
            None => Self::All(table),
        }
    }

    /// The key, where it is of one row.
    pub(crate) fn key(self) -> Option<u128> {
        match self {
            Self::Row(_, key) => Some(key),
            _ => None,
        }
    }

    pub(crate) fn table(self) -> &'static TableDef {
        match self {
            Self::Row(table, _) | Self::All(table) | Self::Any(table) | Self::Removed(table) => table,
        }
    }

    /// The tags of removals that make the database change rows of the table: those of the rows that they refer to.
    pub(crate) fn removals(table: &'static TableDef) -> Vec<Self> {
        let mut found: Vec<&'static TableDef> = Vec::new();
        let mut removed = vec![(table, true)];
        while let Some((table, first)) = removed.pop() {
            for reference in table.columns.iter().filter_map(|column| column.references) {
                // Removed by its own reference, a row removes those that refer to it in turn; set to NULL it does not.
                let changes = match reference.on_delete {
                    OnDelete::Cascade => true,
                    OnDelete::SetNull => first,
                    OnDelete::Protect | OnDelete::Restrict | OnDelete::DoNothing => false,
                };
                let other = (reference.table)();
                if changes && found.iter().all(|known| known.name != other.name) {
                    found.push(other);
                    removed.push((other, false));
                }
            }
        }
        found.into_iter().map(Self::Removed).collect()
    }
}

/// How often something was held, and whether it is.
#[derive(Debug, Default)]
pub(crate) struct Mark {
    generation: AtomicU64,
    /// By how many.
    held: AtomicU32,
    /// When it was last left by one of whose end nothing is heard, in milliseconds of the process. 0 is never.
    left: AtomicU64,
}

/// Rows share marks, so that a table takes the same memory whatever its size.
const ROWS: usize = 128;

/// Which of the marks is a row's.
pub(super) fn bucket(key: u128) -> usize {
    // The golden ratio spreads keys that were counted up as well as UUIDs by time.
    let mixed = ((key ^ (key >> 64)) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 57) as usize % ROWS
}

#[derive(Debug)]
struct Marks {
    rows: [Mark; ROWS],
    all: Mark,
    any: Mark,
    removed: Mark,
}

/// By the name of the table: several structs may have the same.
static TABLES: LazyLock<RwLock<HashMap<&'static str, &'static Marks>>> = LazyLock::new(RwLock::default);

fn marks(table: &TableDef) -> &'static Marks {
    let known = TABLES.read().unwrap_or_else(PoisonError::into_inner).get(table.name).copied();
    known.unwrap_or_else(|| {
        let mut tables = TABLES.write().unwrap_or_else(PoisonError::into_inner);
        tables.entry(table.name).or_insert_with(|| {
            Box::leak(Box::new(Marks {
                rows: std::array::from_fn(|_| Mark::default()),
                all: Mark::default(),
                any: Mark::default(),
                removed: Mark::default(),
            }))
        })
    })
}

impl Marks {
    /// The mark of a tag of the table.
    fn of(&'static self, tag: Tag) -> &'static Mark {
        match tag {
            Tag::Row(_, key) => &self.rows[bucket(key)],
            Tag::All(_) => &self.all,
            Tag::Any(_) => &self.any,
            Tag::Removed(_) => &self.removed,
        }
    }
}

/// The mark of a tag.
pub(crate) fn mark(tag: Tag) -> &'static Mark {
    marks(tag.table()).of(tag)
}

/// How often marks were held in all. Each only grows: where the sum is the same, each is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Stamp {
    /// By this process.
    Own(u64),
    /// By all that share a cache.
    #[cfg(feature = "redis")]
    Shared(Box<str>),
}

/// The stamp of marks, or `None` where one is held. A hold of unknown end goes on for the `ttl` of the table that is read,
/// as what is kept would.
pub(crate) fn stamp<'m>(table: &TableDef, marks: impl IntoIterator<Item = &'m Mark>) -> Option<Stamp> {
    let ttl = table.cache.map_or(0, |cache| cache.ttl);
    #[cfg(feature = "redis")]
    longest(table);
    let mut sum = 0_u64;
    for mark in marks {
        // First the number, then whether it is held: who holds counts up after.
        sum = sum.wrapping_add(mark.generation.load(SeqCst));
        if mark.held.load(SeqCst) > 0 {
            return None;
        }
        let left = mark.left.load(SeqCst);
        if left > 0 && left.saturating_add(u64::from(ttl) * 1000) > millis() {
            return None;
        }
    }
    Some(Stamp::Own(sum))
}

fn millis() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    u64::try_from(START.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The longest `ttl` of the tables that this process has read or written, in seconds. Redis remembers holds of unknown end
/// for that long; and for an hour, as other processes may read tables that this one does not.
#[cfg(feature = "redis")]
fn longest(table: &TableDef) -> Duration {
    static LONGEST: AtomicU32 = AtomicU32::new(60 * 60);
    let ttl = table.cache.map_or(0, |cache| cache.ttl);
    Duration::from_secs(LONGEST.fetch_max(ttl, SeqCst).max(ttl).into())
}

/// What writes hold. Dropped without a release, it goes on until the time is over.
#[derive(Default)]
struct Hold {
    marks: Vec<&'static Mark>,
    #[cfg(feature = "redis")]
    shared: Vec<super::redis::Token>,
}

impl Hold {
    fn new(table: &'static TableDef, touched: &Touched) -> Self {
        let of_table = marks(table);
        // Mostly a row and its table.
        let mut marks = Vec::with_capacity(2);
        marks.extend(touched.tags(table).map(|tag| of_table.of(tag)));
        for mark in &marks {
            mark.held.fetch_add(1, SeqCst);
            mark.generation.fetch_add(1, SeqCst);
        }
        Self {
            marks,
            #[cfg(feature = "redis")]
            shared: Vec::new(),
        }
    }

    /// Takes over what another holds.
    fn join(&mut self, mut other: Self) {
        if self.marks.is_empty() {
            std::mem::swap(&mut self.marks, &mut other.marks);
        } else {
            self.marks.append(&mut other.marks);
        }
        #[cfg(feature = "redis")]
        self.shared.append(&mut other.shared);
    }

    async fn release(mut self) {
        #[cfg(feature = "redis")]
        for token in std::mem::take(&mut self.shared) {
            token.release().await;
        }
        for mark in std::mem::take(&mut self.marks) {
            mark.held.fetch_sub(1, SeqCst);
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        for mark in &self.marks {
            mark.left.fetch_max(millis().max(1), SeqCst);
            mark.held.fetch_sub(1, SeqCst);
        }
    }
}

tokio::task_local! {
    /// What an operation holds whose end will be known.
    static HOLD: RefCell<Hold>;
}

/// Says what a write is about to touch. Every write of a table's rows says so first.
pub(crate) async fn hold(table: &'static TableDef, touched: Touched) -> Result<()> {
    #[cfg_attr(not(feature = "redis"), expect(unused_mut))]
    let mut hold = Hold::new(table, &touched);
    #[cfg(feature = "redis")]
    for shared in super::shared() {
        let tags: Vec<Tag> = touched.tags(table).collect();
        match shared.hold(&tags, longest(table)).await {
            Ok(token) => hold.shared.extend(token),
            Err(error) => {
                hold.release().await;
                return Err(error);
            }
        }
    }
    // Outside of an operation, and in a transaction of the caller's, it is dropped here.
    let _ = HOLD.try_with(|held| held.borrow_mut().join(hold));
    Ok(())
}

/// Runs an operation. What it holds is released at its end, where that `ends` the writes too.
pub(crate) async fn during<T>(ends: bool, operation: impl Future<Output = Result<T>>) -> Result<T> {
    if !ends {
        return operation.await;
    }
    let mut operation = pin!(HOLD.scope(RefCell::default(), operation));
    let result = operation.as_mut().await;
    // Where the server did not answer, it may still be writing.
    let is_over =
        !matches!(&result, Err(Error::Database(error)) if !matches!(error, sqlx::Error::Database(_)));
    let held = operation.take_value().unwrap_or_default().into_inner();
    if is_over {
        held.release().await;
    }
    result
}
