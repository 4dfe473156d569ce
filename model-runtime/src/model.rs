//! The trait that `#[derive(Model)]` implements, and the hooks of a model.

use std::future::Future;

use chrono::{DateTime, Utc};

use crate::backend::Backend;
use crate::column::{Assignment, ColumnList, OneOrMore};
use crate::db::Db;
use crate::error::{Error, Result, ValidationErrors};
use crate::expr::Condition;
use crate::field::Key;
use crate::fields::Fields;
use crate::queryset::{GetById, QuerySet, RawQuery, RawRow, RawTuples, RawValues, Reload};
use crate::relation::{Path, Presence};
use crate::statements::Statements;
use crate::table::TableDef;
use crate::value::Value;
use crate::write::{
    BulkCreate, BulkCreateNew, BulkUpdate, Delete, GetOrCreate, HardDelete, Insert, Save, SaveOnly, UpdateIf,
    UpdateOrCreate, Upsert,
};

/// A table's row. Derive it: `#[derive(Model)]`.
///
/// Row methods take any [database handle](Db). `save` and its kin return whether they wrote anything.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "add `#[derive(Model)]` to the struct"
)]
pub trait Model: Send + Sync + Sized + 'static {
    /// The key's type.
    type Id: Key;
    /// The columns by field name, as `filter` and `order_by` hand them to their closures.
    type Columns: Copy + Send + Sync;
    /// The columns, as a query of `R` reaches them through a relation.
    type ColumnsOf<R, P: Presence>: Copy + Send + Sync;
    /// [`Maybe`](crate::Maybe) where the model has a default scope, which may leave a row out.
    type Presence: Presence;

    /// The table.
    const TABLE: &'static TableDef;
    /// The columns.
    const COLUMNS: Self::Columns;
    /// The fixed statements.
    const STATEMENTS: &'static Statements;

    /// The key.
    fn id(&self) -> Self::Id;

    /// How the row shows itself to people.
    fn repr(&self) -> String;

    #[doc(hidden)]
    fn set_id(&mut self, id: Self::Id);

    /// The value of the column at that position of the table.
    #[doc(hidden)]
    fn value(&self, column: usize) -> Value<'_>;

    /// The columns at the end of a way.
    #[doc(hidden)]
    fn columns_at<R, P: Presence>(path: Path) -> Self::ColumnsOf<R, P>;

    /// Reads a row from the columns behind the first `at`, which are those of `STATEMENTS.select`.
    #[doc(hidden)]
    fn read<B: Backend>(row: &B::Row, at: usize) -> sqlx::Result<Self>;

    /// Brings every field to what the database will hold.
    #[doc(hidden)]
    fn normalise(&mut self);

    /// What hooks and capabilities do before a write.
    #[doc(hidden)]
    fn prepare(&mut self, _write: &mut Write) -> Result<()> {
        Ok(())
    }

    /// What hooks refuse.
    #[doc(hidden)]
    fn check(&self, _errors: &mut ValidationErrors) {}

    /// A generated value was taken; makes another.
    #[doc(hidden)]
    fn regenerate(&mut self, _base: &str, _attempt: u32) {}

    /// The row was written at that time.
    #[doc(hidden)]
    fn touch(&mut self, _time: DateTime<Utc>) {}

    /// `delete` succeeded at that time.
    #[doc(hidden)]
    fn mark_deleted(&mut self, _time: DateTime<Utc>) {}

    /// A write was recorded in the row's log, which is now this JSON text.
    #[doc(hidden)]
    fn logged(&mut self, _log: String) {}

    /// The table's metadata, for the functions of [`schema`](crate::schema).
    fn table() -> &'static TableDef {
        Self::TABLE
    }

    /// All rows in the default scope, to be narrowed by chaining.
    fn objects() -> QuerySet<Self> {
        QuerySet::new()
    }

    /// Rows by a query in SQL, with a value for each `{}`, in order. It selects `{columns}` of the table, which it calls `t`;
    /// the default scope is its own matter: `Post::raw("SELECT {columns} FROM posts AS t WHERE t.views > {}", (10_i64,))`.
    ///
    /// The text is the program's own, not input: it is `'static`.
    fn raw(sql: &'static str, values: impl RawValues) -> RawQuery<Self> {
        RawQuery::new(sql, values.into_values())
    }

    /// Tuples by a query in SQL, with a value for each `{}`, in order:
    /// `Post::raw_values::<(String, i64)>("SELECT status, COUNT(*) FROM posts WHERE views > {} GROUP BY status", (10_i64,))`.
    /// Columns are read as the types that are named, and are refused where they are of others.
    ///
    /// The text is the program's own, not input: it is `'static`.
    fn raw_values<T: RawRow>(sql: &'static str, values: impl RawValues) -> RawTuples<Self, T> {
        RawTuples::new(sql, values.into_values())
    }

    /// The row with that key, in the default scope.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) where there is none.
    fn get<'c, D>(id: Self::Id, db: D) -> impl Future<Output = Result<Self>> + Send
    where
        D: Db<'c, GetById<Self>, Out = Self>,
    {
        db.run(GetById::new(id))
    }

    /// Reads the row again, whatever the default scope.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) where it is gone.
    fn refresh<'c, 'm, D>(&'m mut self, db: D) -> impl Future<Output = Result<()>> + Send
    where
        D: Db<'c, Reload<'m, Self>, Out = ()>,
    {
        db.run(Reload::new(self))
    }

    /// Inserts the row. Afterwards it holds what the database holds (key, times, generated values).
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation) with all invalid fields, [`Error::Unique`](crate::Error::Unique).
    fn insert<'c, 'm, D>(&'m mut self, db: D) -> impl Future<Output = Result<()>> + Send
    where
        Self: Writable,
        D: Db<'c, Insert<'m, Self>, Out = ()>,
    {
        db.run(Insert::new(self))
    }

    /// The row of the default scope that meets a condition, or where there is none the one given, inserted; and whether
    /// it was. Of many that do so at once one inserts and the others get its row, where a unique constraint covers the
    /// condition: `Tag::get_or_create(|t| t.name.eq("rust"), Tag::builder().name("rust").build(), &db)`.
    ///
    /// # Errors
    /// [`Error::Multiple`](crate::Error::Multiple) where several rows meet it, and those of [`insert`](Self::insert):
    /// [`Error::Unique`](crate::Error::Unique) where a row that does not meet it has the values, or one that the
    /// caller's transaction, being `REPEATABLE READ`, does not see.
    fn get_or_create<'c, D>(
        condition: impl FnOnce(Self::Columns) -> Condition<Self>,
        row: Self,
        db: D,
    ) -> impl Future<Output = Result<(Self, bool)>> + Send
    where
        Self: Writable,
        D: Db<'c, GetOrCreate<Self>, Out = (Self, bool)>,
    {
        db.run(GetOrCreate::new(condition(Self::COLUMNS).into_expr(), row))
    }

    /// [`Saves`](Self::save) the row given over the one of the default scope that meets a condition, or inserts it where
    /// there is none. Returns the row as it then is, and whether it was inserted.
    ///
    /// # Errors
    /// As [`get_or_create`](Self::get_or_create) and [`save`](Self::save).
    fn update_or_create<'c, D>(
        condition: impl FnOnce(Self::Columns) -> Condition<Self>,
        row: Self,
        db: D,
    ) -> impl Future<Output = Result<(Self, bool)>> + Send
    where
        Self: Writable,
        D: Db<'c, UpdateOrCreate<Self>, Out = (Self, bool)>,
    {
        db.run(UpdateOrCreate::new(condition(Self::COLUMNS).into_expr(), row))
    }

    /// Writes every data field where one of them differs from the database; returns whether one did.
    ///
    /// Without a difference nothing is written, and the time of the last write stays. The key and the columns that
    /// capabilities manage are not written: they change by their own operations, so that a stale row cannot
    /// undo a deletion or a publication.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) where the row is gone, and those of [`insert`](Self::insert).
    fn save<'c, 'm, D>(&'m mut self, db: D) -> impl Future<Output = Result<bool>> + Send
    where
        Self: Writable,
        D: Db<'c, Save<'m, Self>, Out = bool>,
    {
        db.run(Save::new(self))
    }

    /// Like [`save`](Self::save), and writes only the columns named, managed ones included:
    /// `post.save_only(|p| (p.title, p.excerpt), &db)`.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    fn save_only<'c, 'm, D, L>(
        &'m mut self,
        columns: impl FnOnce(Self::Columns) -> L,
        db: D,
    ) -> impl Future<Output = Result<bool>> + Send
    where
        Self: Writable,
        L: ColumnList<Self>,
        D: Db<'c, SaveOnly<'m, Self>, Out = bool>,
    {
        let columns = columns(Self::COLUMNS).columns();
        db.run(SaveOnly::new(self, columns))
    }

    /// Sets columns of the row where the database finds that it meets a condition, and reads it again. Returns whether
    /// it did. For counters and stock, which others change at the same time (rule 28):
    /// `product.update_if(|p| p.stock.ge(3), |p| p.stock.set(p.stock - 3), &db)`.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) where the row is gone, and those of [`insert`](Self::insert).
    fn update_if<'c, 'm, D, A>(
        &'m mut self,
        condition: impl FnOnce(Self::Columns) -> Condition<Self>,
        assignments: impl FnOnce(Self::Columns) -> A,
        db: D,
    ) -> impl Future<Output = Result<bool>> + Send
    where
        Self: Writable,
        A: OneOrMore<Assignment<Self>>,
        D: Db<'c, UpdateIf<'m, Self>, Out = bool>,
    {
        let row = QuerySet::of_key(self.id()).filter(condition);
        db.run(UpdateIf::new(self, row.updated(assignments(Self::COLUMNS).into_vec())))
    }

    /// Deletes the row: marks it where the model is soft-deletable, else removes it. Returns `false` where it was
    /// deleted already.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) where it is gone, [`Error::Protected`](crate::Error::Protected)
    /// where other rows refer to it.
    fn delete<'c, 'm, D>(&'m mut self, db: D) -> impl Future<Output = Result<bool>> + Send
    where
        Self: Writable,
        D: Db<'c, Delete<'m, Self>, Out = bool>,
    {
        db.run(Delete::new(self))
    }

    /// Removes the row for good. Returns `false` where it was gone already.
    ///
    /// # Errors
    /// [`Error::Protected`](crate::Error::Protected) where other rows refer to it.
    fn hard_delete<'c, 'm, D>(&'m self, db: D) -> impl Future<Output = Result<bool>> + Send
    where
        Self: Writable,
        D: Db<'c, HardDelete<'m, Self>, Out = bool>,
    {
        db.run(HardDelete::new(self))
    }

    /// Inserts many rows, all or none, in statements of a size that any database takes. Hooks run for each.
    ///
    /// # Errors
    /// As [`insert`](Self::insert), for the first row that has one.
    fn bulk_create<'c, D>(rows: Vec<Self>, db: D) -> impl Future<Output = Result<Vec<Self>>> + Send
    where
        Self: Writable,
        D: Db<'c, BulkCreate<Self>, Out = Vec<Self>>,
    {
        db.run(BulkCreate::new(rows))
    }

    /// Inserts those of many rows that clash with no other, neither in the database nor before them, and returns them.
    /// Where one fails otherwise, none is inserted. A generated slug that is taken is varied.
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation), for the first row that is not valid.
    fn bulk_create_new<'c, D>(rows: Vec<Self>, db: D) -> impl Future<Output = Result<Vec<Self>>> + Send
    where
        Self: Writable,
        D: Db<'c, BulkCreateNew<Self>, Out = Vec<Self>>,
    {
        db.run(BulkCreateNew::new(rows))
    }

    /// Writes the columns named of many rows, each with its own values, and returns how many changed: a row that has the
    /// values already is left as it is. `Post::bulk_update(&mut posts, |p| (p.title, p.views_count), &db)`. All or none
    /// is written, in statements that take any number of rows. Hooks and checks run for each row.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) where one is gone, [`Error::Conflict`](crate::Error::Conflict) where
    /// one of a `#[versioned]` model was written since it was read, and those of [`save`](Self::save). A slug that is
    /// made anew and taken is [`Error::Unique`](crate::Error::Unique) here.
    fn bulk_update<'c, 'm, D, L>(
        rows: &'m mut [Self],
        columns: impl FnOnce(Self::Columns) -> L,
        db: D,
    ) -> impl Future<Output = Result<u64>> + Send
    where
        Self: Writable,
        L: ColumnList<Self>,
        D: Db<'c, BulkUpdate<'m, Self>, Out = u64>,
    {
        let columns = columns(Self::COLUMNS).columns();
        db.run(BulkUpdate::new(rows, columns))
    }

    /// Inserts the row, or where another has the same values of the columns `by` writes the columns `set` over that one.
    /// Returns the row as it then is, and whether it was inserted:
    /// `Product::upsert(product, |p| p.sku, |p| (p.name, p.price), &db)`.
    ///
    /// `by` names the columns of a unique index, or the key; of a partial index, such as that of a model with
    /// `#[soft_delete]`, only the rows count that it holds. Of many who upsert the same at once, one inserts and the
    /// others write over its row. A slug that is not given is made for a new row, and stays as it is otherwise.
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation) where `by` is no unique index, and those of
    /// [`insert`](Self::insert): [`Error::Unique`](crate::Error::Unique) where another value is taken.
    fn upsert<'c, D, T, L>(
        row: Self,
        by: impl FnOnce(Self::Columns) -> T,
        set: impl FnOnce(Self::Columns) -> L,
        db: D,
    ) -> impl Future<Output = Result<(Self, bool)>> + Send
    where
        Self: Writable,
        T: ColumnList<Self>,
        L: ColumnList<Self>,
        D: Db<'c, Upsert<Self>, Out = Vec<(Self, bool)>>,
    {
        let done = Self::bulk_upsert(vec![row], by, set, db);
        async move { done.await?.pop().ok_or(Error::Database(sqlx::Error::RowNotFound)) }
    }

    /// [`Upserts`](Self::upsert) many rows, all or none, in statements that take any number of rows. Returns them in
    /// their order.
    ///
    /// # Errors
    /// As [`upsert`](Self::upsert); [`Error::Unique`](crate::Error::Unique) also where two of them are alike.
    fn bulk_upsert<'c, D, T, L>(
        rows: Vec<Self>,
        by: impl FnOnce(Self::Columns) -> T,
        set: impl FnOnce(Self::Columns) -> L,
        db: D,
    ) -> impl Future<Output = Result<Vec<(Self, bool)>>> + Send
    where
        Self: Writable,
        T: ColumnList<Self>,
        L: ColumnList<Self>,
        D: Db<'c, Upsert<Self>, Out = Vec<(Self, bool)>>,
    {
        let (by, set) = (by(Self::COLUMNS).columns(), set(Self::COLUMNS).columns());
        db.run(Upsert::new(rows, by, set))
    }
}

/// A model whose rows are written through it. The derive implements it, but for `#[model(append_only)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is append-only: its rows are not written, changed or removed through it",
    label = "this only reads"
)]
pub trait Writable: Model {
    /// The row of these fields, the others at their defaults. None where `fields` tells of a mistake.
    #[doc(hidden)]
    fn of_fields(fields: &mut Fields) -> Option<Self>;

    /// Sets these fields.
    #[doc(hidden)]
    fn set_fields(&mut self, fields: &mut Fields);
}

/// What a model does of its own before a write. Say `#[model(hooks)]` and implement it; without, the derive
/// implements it empty.
///
/// Hooks run in single and bulk writes of whole rows, before the capabilities fill in their fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` says `#[model(hooks)]` and implements no `Hooks`",
    note = "add `impl Hooks for {Self} {{ fn before_save(&mut self, event: WriteEvent) -> Result<()> {{ … }} }}`"
)]
pub trait Hooks {
    /// Runs before an insert or a save, and may change the row.
    ///
    /// # Errors
    /// Any error stops the write.
    fn before_save(&mut self, _event: WriteEvent) -> Result<()> {
        Ok(())
    }

    /// Adds what is wrong with the row, after all fields are filled in.
    fn validate(&self, _errors: &mut ValidationErrors) {}
}

/// The kind of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteEvent {
    /// The row is new.
    Insert,
    /// The row exists.
    Update,
}

/// One write under way, as capabilities see it.
#[derive(Debug)]
pub struct Write {
    /// Its time.
    pub time: DateTime<Utc>,
    /// Its kind.
    pub event: WriteEvent,
    /// The base of a value that a capability generated and can vary where it is taken.
    pub generated: Option<String>,
}
