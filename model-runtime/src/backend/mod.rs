//! The databases: one file each, and what the rest of the crate asks of them.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use sqlx::SqlStr;
use uuid::Uuid;

use crate::error::Error;
use crate::field::{BoxError, FieldType};
use crate::profile::Timer;
use crate::sql::Sql;
use crate::table::{ColumnDef, Dialect};
use crate::value::{Kind, Value};

/// A database that models live in: `sqlx::Sqlite` and `sqlx::Postgres`, by cargo feature.
///
/// Sealed by its use of private types; everything in this crate is generic over it, nothing knows a database.
pub trait Backend: sqlx::Database {
    /// The SQL dialect.
    const DIALECT: Dialect;

    /// Reads one column of a row.
    type Reader<'r>: ColumnReader<'r>;

    /// The reader of the column at `index`.
    ///
    /// # Errors
    /// Where the row has no such column.
    fn reader(row: &Self::Row, index: usize) -> Result<Self::Reader<'_>, sqlx::Error>;

    /// Adds a value to the arguments of a statement.
    ///
    /// # Errors
    /// Where the database has no such value (NaN on SQLite).
    fn bind(arguments: &mut Self::Arguments, value: Value<'_>) -> Result<(), BoxError>;

    /// The name of the type of the value at `index`, where it is not one that a field of this kind is read from.
    ///
    /// # Errors
    /// Where the row has no such column.
    fn other_type(row: &Self::Row, index: usize, kind: Kind) -> Result<Option<String>, sqlx::Error>;

    /// Runs a statement and returns the number of rows that it touched.
    fn execute<'c>(
        connection: &'c mut Self::Connection,
        sql: SqlStr,
        arguments: Self::Arguments,
    ) -> BoxFuture<'c, Result<Self::QueryResult, sqlx::Error>>;

    /// The number of rows that a statement touched.
    fn rows_affected(result: &Self::QueryResult) -> u64;

    /// Runs a query and returns its first row.
    fn fetch_optional<'c>(
        connection: &'c mut Self::Connection,
        sql: SqlStr,
        arguments: Self::Arguments,
    ) -> BoxFuture<'c, Result<Option<Self::Row>, sqlx::Error>>;

    /// Runs a query and returns its rows as they arrive.
    fn fetch<'c>(
        connection: &'c mut Self::Connection,
        sql: SqlStr,
        arguments: Self::Arguments,
    ) -> BoxStream<'c, Result<Self::Row, sqlx::Error>>;

    /// How a transaction begins that takes its write lock at once, where that is not the driver's way.
    const BEGIN: Option<&'static str>;

    /// Whether the connection is in a transaction.
    fn in_transaction(connection: &Self::Connection) -> bool;
}

/// Reads one column that is of a known kind.
#[allow(missing_docs)]
pub trait ColumnReader<'r>: Sized {
    fn is_null(&self) -> bool;
    fn bool(self) -> Result<bool, BoxError>;
    fn i16(self) -> Result<i16, BoxError>;
    fn i32(self) -> Result<i32, BoxError>;
    fn i64(self) -> Result<i64, BoxError>;
    fn f32(self) -> Result<f32, BoxError>;
    fn f64(self) -> Result<f64, BoxError>;
    fn str(self) -> Result<&'r str, BoxError>;
    fn string(self) -> Result<String, BoxError>;
    fn uuid(self) -> Result<Uuid, BoxError>;
    fn timestamp(self) -> Result<DateTime<Utc>, BoxError>;
    fn date(self) -> Result<NaiveDate, BoxError>;
    fn decimal(self, scale: u32) -> Result<Decimal, BoxError>;
    fn json<T: DeserializeOwned + 'static>(self) -> Result<T, BoxError>;
    fn bytes(self) -> Result<Vec<u8>, BoxError>;
    fn ip(self) -> Result<IpAddr, BoxError>;
}

/// Reads the field of type `T` from the column at `index`, which `column` describes.
///
/// # Errors
/// `ColumnDecode` with the column's name, where it is NULL or holds no `T`.
pub fn read<B: Backend, T: FieldType>(row: &B::Row, index: usize, column: &ColumnDef) -> sqlx::Result<T> {
    let reader = B::reader(row, index)?;
    let value = if !T::NULLABLE && reader.is_null() {
        Err("the column is NULL, and the field is no `Option`".into())
    } else {
        T::read(reader, column)
    };
    value.map_err(|source| sqlx::Error::ColumnDecode { index: column.name.into(), source })
}

/// Runs a query, and reads each of its rows as it arrives.
pub(crate) async fn all<B: Backend, T>(
    connection: &mut B::Connection,
    sql: SqlStr,
    arguments: B::Arguments,
    read: impl Fn(&B::Row) -> sqlx::Result<T>,
) -> sqlx::Result<Vec<T>> {
    let mut rows = B::fetch(connection, sql, arguments);
    let mut items = Vec::new();
    while let Some(row) = rows.try_next().await? {
        items.push(read(&row)?);
    }
    Ok(items)
}

/// The same of a statement.
pub(crate) async fn read_all<B: Backend, T>(
    connection: &mut B::Connection,
    sql: Sql,
    read: impl Fn(&B::Row) -> sqlx::Result<T>,
) -> Result<Vec<T>, Error> {
    let (sql, arguments) = sql.into_statement::<B>()?;
    Ok(all::<B, T>(connection, sql, arguments, read).await?)
}

/// Whether the column at `index` is NULL.
pub(crate) fn is_null<B: Backend>(row: &B::Row, index: usize) -> sqlx::Result<bool> {
    Ok(B::reader(row, index)?.is_null())
}

/// The future, looked at until it is over.
fn timed<'a, T: Send + 'a>(timer: Option<Timer>, future: BoxFuture<'a, T>) -> BoxFuture<'a, T> {
    let Some(timer) = timer else { return future };
    Box::pin(async move {
        let output = future.await;
        drop(timer);
        output
    })
}

/// The rows, looked at until the last.
pub(crate) fn timed_rows<'a, T: 'a>(timer: Option<Timer>, rows: BoxStream<'a, T>) -> BoxStream<'a, T> {
    let Some(timer) = timer else { return rows };
    rows.chain(futures_util::stream::poll_fn(move |_| {
        let _over = &timer;
        std::task::Poll::Ready(None)
    }))
    .boxed()
}

/// What both drivers do alike; the rest stands in the file of each.
macro_rules! backend {
    ($db:ident, $Connection:ty, $Row:ty, $Result:ty, $Arguments:ty, $ValueRef:ident, $dialect:ident, $begin:expr) => {
        impl Backend for sqlx::$db {
            const DIALECT: Dialect = Dialect::$dialect;
            const BEGIN: Option<&'static str> = $begin;

            type Reader<'r> = Reader<'r>;

            fn reader(row: &$Row, index: usize) -> Result<Reader<'_>, sqlx::Error> {
                sqlx::Row::try_get_raw(row, index).map(Reader)
            }

            fn bind(arguments: &mut $Arguments, value: Value<'_>) -> Result<(), BoxError> {
                bind(arguments, value)
            }

            fn other_type(row: &$Row, index: usize, kind: Kind) -> Result<Option<String>, sqlx::Error> {
                let value = sqlx::Row::try_get_raw(row, index)?;
                let ty = sqlx::ValueRef::type_info(&value);
                let is_other = !sqlx::ValueRef::is_null(&value) && !is_of(kind, &ty);
                Ok(is_other.then(|| ty.to_string()))
            }

            fn execute<'c>(
                connection: &'c mut $Connection,
                sql: SqlStr,
                arguments: $Arguments,
            ) -> BoxFuture<'c, Result<$Result, sqlx::Error>> {
                let timer = $crate::profile::begin(sql.as_str());
                $crate::backend::timed(timer, connection.execute(sqlx::query_with(sql, arguments)))
            }

            fn rows_affected(result: &$Result) -> u64 {
                result.rows_affected()
            }

            fn fetch_optional<'c>(
                connection: &'c mut $Connection,
                sql: SqlStr,
                arguments: $Arguments,
            ) -> BoxFuture<'c, Result<Option<$Row>, sqlx::Error>> {
                let timer = $crate::profile::begin(sql.as_str());
                $crate::backend::timed(timer, connection.fetch_optional(sqlx::query_with(sql, arguments)))
            }

            fn fetch<'c>(
                connection: &'c mut $Connection,
                sql: SqlStr,
                arguments: $Arguments,
            ) -> BoxStream<'c, Result<$Row, sqlx::Error>> {
                let timer = $crate::profile::begin(sql.as_str());
                $crate::backend::timed_rows(timer, sqlx::Executor::fetch(connection, sqlx::query_with(sql, arguments)))
            }

            fn in_transaction(connection: &$Connection) -> bool {
                connection.is_in_transaction()
            }
        }

        /// A value of a row.
        pub struct Reader<'r>($ValueRef<'r>);

        impl<'r> Reader<'r> {
            fn decode<T: sqlx::Decode<'r, sqlx::$db>>(self) -> Result<T, BoxError> {
                T::decode(self.0)
            }
        }

        impl<'r> ColumnReader<'r> for Reader<'r> {
            fn is_null(&self) -> bool {
                sqlx::ValueRef::is_null(&self.0)
            }

            backend!(@decode bool: bool, i16: i16, i32: i32, i64: i64, f32: f32, f64: f64, str: &'r str,
                string: String, uuid: Uuid, timestamp: DateTime<Utc>, date: NaiveDate, bytes: Vec<u8>);

            fn json<T: DeserializeOwned + 'static>(self) -> Result<T, BoxError> {
                self.decode::<sqlx::types::Json<T>>().map(|json| json.0)
            }

            fn decimal(self, scale: u32) -> Result<Decimal, BoxError> {
                decimal(self, scale)
            }

            fn ip(self) -> Result<IpAddr, BoxError> {
                ip(self)
            }
        }
    };
    (@decode $($name:ident: $ty:ty),*) => {$(
        fn $name(self) -> Result<$ty, BoxError> {
            self.decode()
        }
    )*};
}
use backend;
