//! Ways from a row to the rows that it refers to, in filters, orders and `select_related`.

use std::fmt;

use crate::backend::{self, Backend};
use crate::model::Model;
use crate::sql::Sql;
use crate::table::{ColumnDef, TableDef};

/// The longest way.
const DEPTH: usize = 4;

/// The alias of a query's own table, where it has joins.
pub(crate) const ROOT: &str = "t";

/// A way from a row to another by foreign keys; empty for the row itself.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Path {
    steps: [Option<&'static ColumnDef>; DEPTH],
    too_long: bool,
}

impl Path {
    /// The row itself.
    pub const ROOT: Self = Self { steps: [None; DEPTH], too_long: false };

    /// The way on, by this foreign key.
    #[must_use]
    pub const fn to(mut self, key: &'static ColumnDef) -> Self {
        let mut at = 0;
        while at < DEPTH {
            if self.steps[at].is_none() {
                self.steps[at] = Some(key);
                return self;
            }
            at += 1;
        }
        self.too_long = true;
        self
    }

    /// Why it cannot be gone.
    pub(crate) fn refusal(&self) -> Option<String> {
        self.too_long.then(|| format!("a way to another row has at most {DEPTH} steps"))
    }

    pub(crate) fn is_root(&self) -> bool {
        self.steps[0].is_none()
    }

    fn steps(&self) -> impl Iterator<Item = &'static ColumnDef> {
        self.steps.into_iter().flatten()
    }

    /// By which the joined table goes. No column's name has a point.
    pub(crate) fn alias(&self) -> String {
        self.steps().map(|key| key.name).collect::<Vec<_>>().join(".")
    }

    /// This way and those to the rows between, the shortest first.
    fn stages(&self) -> impl Iterator<Item = Self> {
        let steps = self.steps;
        (1..=self.steps().count()).map(move |length| {
            let mut stage = Self::ROOT;
            stage.steps[..length].copy_from_slice(&steps[..length]);
            stage
        })
    }

    /// The foreign key of its last step, and the way to the row that has it.
    fn last(&self) -> Option<(Self, &'static ColumnDef)> {
        let length = self.steps().count();
        let key = self.steps[length.checked_sub(1)?]?;
        let mut before = *self;
        before.steps[length - 1] = None;
        Some((before, key))
    }

    /// The table that it leads to.
    pub(crate) fn table(&self) -> Option<&'static TableDef> {
        let (_, key) = self.last()?;
        key.references.map(|reference| (reference.table)())
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.steps().map(|key| key.name).eq(other.steps().map(|key| key.name))
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.alias())
    }
}

/// The joins of a query, each once, the shorter ways first.
#[derive(Debug, Default)]
pub(crate) struct Joins(Vec<Path>);

impl Joins {
    pub(crate) fn add(&mut self, path: Path) {
        for stage in path.stages() {
            if !self.0.contains(&stage) {
                self.0.push(stage);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// ` LEFT JOIN …`, behind the query's own table. A row that is not in the other table's default scope is not there.
    pub(crate) fn render(&self, sql: &mut Sql) {
        for path in &self.0 {
            let (Some((before, key)), Some(table)) = (path.last(), path.table()) else { continue };
            let alias = path.alias();
            sql.push(" LEFT JOIN ");
            sql.reading(table);
            sql.name(table.name);
            sql.push(" AS ");
            sql.name(&alias);
            sql.push(" ON ");
            sql.qualified(&alias, table.key().name);
            sql.push(" = ");
            if before.is_root() {
                sql.qualified(ROOT, key.name);
            } else {
                sql.qualified(&before.alias(), key.name);
            }
            for scope in table.scopes {
                sql.push(" AND ");
                sql.qualified(&alias, scope.column);
                sql.push(" ");
                sql.push(scope.test);
            }
        }
    }
}

/// Whether a row at the end of a way is surely there: [`Always`] or [`Maybe`].
pub trait Presence: Copy + Send + Sync + 'static {
    /// A `T` of that row: itself, or an `Option`.
    type Of<T>;
    /// What is farther on the way.
    type And<P: Presence>: Presence;

    /// The `T` that was found or not. `None` where it must have been.
    #[doc(hidden)]
    fn found<T>(found: Option<T>) -> Option<Self::Of<T>>;
}

/// The foreign keys on the way are not NULL, and no default scope leaves the row out.
#[derive(Debug, Clone, Copy)]
pub struct Always;

/// A foreign key on the way may be NULL, or a default scope may leave the row out.
#[derive(Debug, Clone, Copy)]
pub struct Maybe;

impl Presence for Always {
    type Of<T> = T;
    type And<P: Presence> = P;

    fn found<T>(found: Option<T>) -> Option<T> {
        found
    }
}

impl Presence for Maybe {
    type Of<T> = Option<T>;
    type And<P: Presence> = Self;

    fn found<T>(found: Option<T>) -> Option<Option<T>> {
        Some(found)
    }
}

/// What `select_related` reads along: the columns that `p.author()` gives, or a tuple of such.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no relation of `{R}`",
    label = "no `#[belongs_to]` of `{R}`",
    note = "name a `#[belongs_to]` field without its `_id`: `select_related(|p| p.author())`; several are a tuple of at most four"
)]
pub trait Related<R>: Copy + Send + Sync + 'static {
    /// The rows, each an `Option` where there may be none.
    type Out: Send + 'static;

    #[doc(hidden)]
    fn paths(&self) -> Vec<Path>;

    /// How many columns they have.
    #[doc(hidden)]
    fn width(&self) -> usize;

    /// Reads the rows from the columns behind the first `at`.
    #[doc(hidden)]
    fn read<B: Backend>(&self, row: &B::Row, at: usize) -> sqlx::Result<Self::Out>;
}

/// Reads the row at the end of a way. The derive names this function.
#[doc(hidden)]
pub fn read_related<B: Backend, M: Model, P: Presence>(
    path: Path,
    row: &B::Row,
    at: usize,
) -> sqlx::Result<P::Of<M>> {
    let is_there = !backend::is_null::<B>(row, at + M::TABLE.key)?;
    let found = is_there.then(|| M::read::<B>(row, at)).transpose()?;
    P::found(found).ok_or_else(|| sqlx::Error::ColumnDecode {
        index: path.alias(),
        source: format!("the {} that it refers to is not there", M::TABLE.model).into(),
    })
}

macro_rules! related {
    ($($L:ident $i:tt)+) => {
        #[diagnostic::do_not_recommend]
        impl<R, $($L: Related<R>),+> Related<R> for ($($L,)+) {
            type Out = ($($L::Out,)+);

            fn paths(&self) -> Vec<Path> {
                [$(self.$i.paths()),+].concat()
            }

            fn width(&self) -> usize {
                0 $(+ self.$i.width())+
            }

            fn read<DB: Backend>(&self, row: &DB::Row, mut at: usize) -> sqlx::Result<Self::Out> {
                Ok(($({
                    let out = self.$i.read::<DB>(row, at)?;
                    at += self.$i.width();
                    let _ = at;
                    out
                },)+))
            }
        }
    };
}

related!(A 0);
related!(A 0 B 1);
related!(A 0 B 1 C 2);
related!(A 0 B 1 C 2 D 3);
