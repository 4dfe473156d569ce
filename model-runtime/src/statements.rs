//! The fixed statements of a model, as constants that the derive writes.

/// A change of a row's state: as a fixed statement, and as its parts, from which statements that also record are
/// made.
#[derive(Debug, Clone, Copy)]
pub struct ChangeSql {
    /// What it is, for records: `publish`.
    pub action: &'static str,
    /// The statement: `$1` is the key, `$2` the time of the write.
    pub sql: &'static str,
    /// Whether it has `$2`.
    pub binds_time: bool,
    /// What it sets, besides the time of the last write.
    pub set: &'static [(&'static str, SetTo)],
    /// The rows that allow it, as SQL.
    pub condition: &'static str,
}

impl ChangeSql {
    /// A change of these parts.
    pub const fn new(
        action: &'static str,
        sql: &'static str,
        binds_time: bool,
        set: &'static [(&'static str, SetTo)],
        condition: &'static str,
    ) -> Self {
        Self { action, sql, binds_time, set, condition }
    }
}

/// What a change sets a column to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetTo {
    /// NULL.
    Null,
    /// The time of the write.
    Time,
    /// A text.
    Text(&'static str),
}

/// The fixed statements of a model. The derive writes them, and sqlx checks at build time what they ask of the schema.
#[derive(Debug)]
pub struct Statements {
    /// `SELECT <columns> FROM <table>`.
    pub select: &'static str,
    /// The row of a key, in the default scope.
    pub get: &'static str,
    /// The row of a key, whatever the scope.
    pub reload: &'static str,
    /// Inserts all columns, but for a key that the database makes.
    pub insert: &'static str,
    /// The column whose value a capability may generate.
    pub generated: Option<&'static GeneratedDef>,
    /// Updates all data columns where one of them differs.
    pub update: &'static str,
    /// Removes the row.
    pub remove: &'static str,
    /// What `delete` does, where it does not remove the row.
    pub delete: Option<ChangeSql>,
}

impl Statements {
    /// Those that read. All are beginnings of one text, which is `get`.
    pub const fn reading(get: &'static str, select: usize, reload: usize) -> Self {
        Self {
            select: get.split_at(select).0,
            get,
            reload: get.split_at(reload).0,
            insert: "",
            generated: None,
            update: "",
            remove: "",
            delete: None,
        }
    }
}

/// A unique column whose value a capability may generate, and generate again where it is taken.
#[derive(Debug)]
pub struct GeneratedDef {
    /// The column.
    pub column: &'static str,
    /// A table whose column of that name holds further values that are taken.
    pub reserved: &'static str,
    /// ` ON CONFLICT … DO NOTHING` for the column's unique index.
    pub on_conflict: &'static str,
    /// The insert of one row that writes nothing where the value is taken.
    pub insert: &'static str,
}
