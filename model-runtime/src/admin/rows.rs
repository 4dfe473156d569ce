//! The entries that are asked for: what an index finds, in its order, and what is tested of them.

use chrono::{Days, NaiveDate, NaiveTime};

use super::asked::{Asked, Word};
use crate::capability::audit_log::AuditLog;
use crate::column::{Column, IntoOperand};
use crate::expr::{Condition, Expr, Fragment};
use crate::field::FieldType;
use crate::model::Model;
use crate::queryset::{Cursors, Keyset, Pages, QuerySet};
use crate::table::Dialect;

/// How many rows are looked at, at most, for what no index finds: then the reader is asked whether to go on.
pub(super) const AMONG: u64 = 50_000;

/// A user, a range of days, a model, an action: the first of these that is given is found by an index, and its rows are tested
/// for the others and for the words. So no combination takes longer than the test of so many rows.
pub(super) struct Entries {
    rows: QuerySet<AuditLog>,
    tested: Option<Condition<AuditLog>>,
}

impl Entries {
    /// What is asked for: the newest first, in the order in which they were written, or by time where a range of days finds them.
    pub(super) fn new(asked: &Asked, dialect: Dialect) -> Self {
        let log = AuditLog::COLUMNS;
        let (mut rows, mut is_first, mut tested) = (AuditLog::objects(), true, Vec::new());
        if let Some(id) = asked.actor_id.as_deref() {
            is_first = false;
            rows = having(rows, log.actor_id, id, dialect);
        }
        if let Some(days) = days(asked.from, asked.to) {
            if std::mem::take(&mut is_first) {
                rows = rows.filter(|_| days).order_by(|log| (log.timestamp.desc(), log.id.desc()));
            } else {
                tested.push(days);
            }
        }
        if let Some(model) = asked.model.as_deref() {
            if std::mem::take(&mut is_first) {
                rows = having(rows, log.content_type, model, dialect);
            } else {
                tested.push(log.content_type.eq(model));
            }
        }
        if let Some(action) = asked.action {
            if is_first {
                rows = having(rows, log.action, action, dialect);
            } else {
                tested.push(log.action.eq(action));
            }
        }
        tested.extend(asked.words.iter().map(has_word));
        Self { rows, tested: tested.into_iter().reduce(|all, one| all & one) }
    }

    /// Pages of them, each looked for among so many rows where they are tested.
    pub(super) fn keyset(
        self,
        size: u64,
        among: u64,
        cursors: &Cursors,
    ) -> Keyset<AuditLog, QuerySet<AuditLog>> {
        let pages = self.rows.keyset(size, cursors);
        match self.tested {
            Some(tested) => pages.among(among, |_| tested),
            None => pages,
        }
    }
}

/// Rows with this value, by the index on its column and the key.
///
/// A database may reckon that it finds a page of a frequent value sooner by going through the table from its end, and is wrong
/// where all of them are old. PostgreSQL cannot where they are in the order of both columns, of which it must not know that one
/// is always the same; SQLite is told that the value is rare.
fn having<T: FieldType, V: IntoOperand<T> + Copy>(
    rows: QuerySet<AuditLog>,
    column: Column<AuditLog, T>,
    value: V,
    dialect: Dialect,
) -> QuerySet<AuditLog> {
    match dialect {
        Dialect::Postgres => rows
            .filter(|_| column.ge(value) & column.le(value))
            .order_by(|log| (column.desc(), log.id.desc())),
        Dialect::Sqlite => {
            let value = value.into_operand();
            rows.filter_expr(Expr::Fragment(Fragment::new(move |sql| {
                sql.push("likelihood(");
                sql.column(column.reference());
                sql.push(" = ");
                sql.operand(column.def(), &value);
                sql.push(", 0.0001)");
            })))
        }
    }
}

/// What was written on these days, in UTC.
fn days(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Option<Condition<AuditLog>> {
    let log = AuditLog::COLUMNS;
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let from = from.map(|day| log.timestamp.ge(midnight(day)));
    let to = to.map(|day| log.timestamp.lt(midnight(day.checked_add_days(Days::new(1)).unwrap_or(day))));
    from.into_iter().chain(to).reduce(|from, to| from & to)
}

/// The word is in how the object showed itself, in the user's name at the time, or in the address that the user has.
fn has_word(word: &Word) -> Condition<AuditLog> {
    let (log, text) = (AuditLog::COLUMNS, word.text.as_str());
    let is_shown = log.object_repr.icontains(text) | log.actor_label.icontains(text);
    if word.actors.is_empty() { is_shown } else { is_shown | log.actor_id.is_in(&word.actors) }
}
