//! Queries within a query: lists that `is_in` looks in, `exists`, and `union`.

use super::prefetch::{ForeignKey, other_target};
use super::read::{Query, Values};
use super::{QuerySet, ROOT};
use crate::column::{Column, ColumnRef, Selection};
use crate::expr::{Condition, Expr, Fragment};
use crate::many_to_many::Through;
use crate::model::Model;
use crate::sql::Sql;
use crate::value::Value;

/// A subquery in `FROM`, and its column. No column's name has a space, so both hide none of the outer query.
const OTHERS: &str = "the others";
const KEY: &str = "the key";

/// A query within a condition.
#[derive(Debug, Clone)]
pub(crate) struct Subquery(Fragment);

impl Subquery {
    pub(crate) fn of<M: Model, S: Selection<M>>(values: Values<M, S>) -> Self {
        let values = values.unordered();
        Self(Fragment::new(move |sql| values.render_into(sql)))
    }

    /// One column of the rows, under the name [`KEY`].
    pub(crate) fn of_column<M: Model>(rows: QuerySet<M>, column: ColumnRef) -> Self {
        let rows = rows.unordered();
        Self(Fragment::new(move |sql| {
            let mut joins = rows.joins();
            joins.add(column.path);
            sql.push("SELECT ");
            sql.qualify((!joins.is_empty()).then_some(ROOT));
            sql.column(column);
            sql.push(" AS ");
            sql.name(KEY);
            sql.push(" FROM ");
            rows.render_table(sql, &joins);
            rows.render_tail(sql);
        }))
    }

    /// What any of these finds. SQLite takes no order and no `LIMIT` in the parts of a `UNION`, but in a `FROM`.
    fn union(parts: [Self; 2]) -> Self {
        Self(Fragment::new(move |sql| {
            for (i, part) in parts.iter().enumerate() {
                sql.push(if i == 0 { "SELECT * FROM " } else { " UNION SELECT * FROM " });
                part.render_from(sql);
            }
        }))
    }

    pub(crate) fn render(&self, sql: &mut Sql) {
        let outer = sql.qualify(None);
        self.0.render(sql);
        sql.qualify(outer);
    }

    fn render_from(&self, sql: &mut Sql) {
        sql.push("(");
        self.render(sql);
        sql.push(") AS ");
        sql.name(OTHERS);
    }

    /// That it finds the key of the row. Nothing within it names the outer query, so no name can clash, and a slice in it
    /// is one of all its rows.
    pub(crate) fn render_exists(&self, sql: &mut Sql, key: ColumnRef) {
        sql.push("EXISTS (SELECT 1 FROM ");
        self.render_from(sql);
        sql.push(" WHERE ");
        sql.qualified(OTHERS, KEY);
        sql.push(" = ");
        sql.column(key);
        sql.push(")");
    }
}

/// That a row of a queryset refers to the row by this foreign key. Each queryset keeps to its own default scope.
///
/// ```
/// # use model_runtime::prelude::*;
/// # #[mixins] #[derive(Debug, Model)] #[model(unchecked)] struct Author { name: String }
/// # #[mixins] #[derive(Debug, Model)] #[model(unchecked)] struct Post {
/// #     #[column(default = 0)] views: i32,
/// #     #[belongs_to(Author, on_delete = cascade)] author_id: Uuid,
/// # }
/// use model_runtime::exists;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
/// # let db = Pool::connect("sqlite::memory:").await?;
/// # model_runtime::schema::create_tables(&[Author::table(), Post::table()], &db).await?;
/// let ada = Author::builder().name("Ada").create(&db).await?;
/// Author::builder().name("Bo").create(&db).await?;
/// Post::builder().author_id(ada.id).views(90).create(&db).await?;
/// let read = Author::objects().filter(|_| exists(Post::objects().filter(|p| p.views.gt(50)), |p| p.author_id));
/// assert_eq!(read.get(&db).await?.name, "Ada");
/// let idle = Author::objects().exclude(|_| exists(Post::objects(), |p| p.author_id));
/// assert_eq!(idle.get(&db).await?.name, "Bo");
/// # Ok(()) }
/// ```
///
/// A `#[belongs_to]` of another model is refused when the query runs.
pub fn exists<M: Model, C: Model, K: ForeignKey<M::Id>>(
    others: QuerySet<C>,
    by: impl FnOnce(C::Columns) -> Column<C, K>,
) -> Condition<M> {
    let by = by(C::COLUMNS).reference();
    Condition::new(match other_target(by, M::TABLE) {
        Some(why) => {
            Expr::Template("{}".to_owned(), Value::Invalid(format!("`exists` by {}: it {why}", by.field)))
        }
        None => Expr::Exists { key: M::TABLE.key().into(), query: Subquery::of_column(others, by) },
    })
}

impl<M: Model, L: Model, R: Model> Through<M, L, R> {
    /// That the row is linked to a row of a queryset, for `filter`:
    /// `Post::objects().filter(|_| Post::TAGS.exists(Tag::objects().filter(|t| t.name.eq("rust"))))`.
    pub fn exists(self, others: QuerySet<R>) -> Condition<M> {
        let query = Subquery::of_column(others, R::TABLE.key().into());
        let links = L::objects().filter_expr(Expr::InQuery { column: self.to.reference(), query });
        exists(links, |_| self.from)
    }
}

impl<M: Model> QuerySet<M> {
    /// The rows that either queryset finds, each once, with an order and a slice of its own. The order of the parts
    /// counts where they are slices. Both keep to their scopes, which nothing widens afterwards: say `all_with_deleted()`
    /// before.
    ///
    /// `Post::objects().published().union(Post::objects().filter(|p| p.author_id.eq(me))).limit(20)`
    pub fn union(self, other: Self) -> Self {
        let key = ColumnRef::from(M::TABLE.key());
        let query = Subquery::union([self, other].map(|rows| Subquery::of_column(rows, key)));
        Self::unscoped().filter_expr(Expr::InQuery { column: key, query })
    }
}
