//! The same by hand, with axum and sqlx: handlers that sign in, ask for the permission, check the fields, and write the row, its
//! change log and its audit row in a transaction that holds the row.

mod article;
mod caller;
mod problem;
mod sql;

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use harness::{all_new, changes, log, now};
use model_runtime::Pool;
use model_runtime::prelude::Uuid;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use sqlx::Row as _;

use super::PATH;
use crate::peer::sqlx::Status;
use article::{Article, Asked, Draft, Patch};
use caller::{Caller, Origin, Session, bearer};
use problem::{Answer, Problem};
use sql::*;

/// The API.
pub fn app(pool: Pool) -> Router {
    match pool {
        Pool::Sqlite(pool) => sqlite::app(pool),
        Pool::Postgres(pool) => postgres::app(pool),
    }
}

/// The largest body.
const BODY_LIMIT: usize = 1024 * 1024;

async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is nothing at this path")
}

async fn method_not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this path does not take that method")
}

/// The key of a path.
fn key(id: &str) -> Answer<Uuid> {
    id.parse().map_err(|_| Problem::not_found())
}

/// What reads the same on both databases; a function that is generic over sqlx's databases takes a page of bounds.
macro_rules! by_hand {
    ($module:ident, $Database:ident, $begin:literal, $sign_in:expr, $for_update:expr, $ip:expr) => {
        mod $module {
            use super::*;

            type Pool = sqlx::Pool<sqlx::$Database>;
            type Connection = <sqlx::$Database as sqlx::Database>::Connection;
            type Row = <sqlx::$Database as sqlx::Database>::Row;

            pub fn app(pool: Pool) -> Router {
                Router::new()
                    .route(&format!("{PATH}/"), get(list).post(create))
                    .route(&format!("{PATH}/{{id}}/"), get(retrieve).patch(update).delete(remove))
                    .fallback(not_found)
                    .method_not_allowed_fallback(method_not_allowed)
                    .layer(middleware::from_fn_with_state(pool.clone(), around))
                    .layer(DefaultBodyLimit::max(BODY_LIMIT))
                    .with_state(pool)
            }

            /// Signs in whoever shows a token, and knows what is on record of the request.
            async fn around(State(pool): State<Pool>, mut request: Request, next: Next) -> Response {
                let origin = Origin::of(&request);
                let id = HeaderValue::try_from(origin.request_id.as_str());
                let mut response = match sign_in(request.headers(), &pool).await {
                    Ok(caller) => {
                        request.extensions_mut().insert(origin);
                        if let Some(caller) = caller {
                            request.extensions_mut().insert(caller);
                        }
                        next.run(request).await
                    }
                    Err(problem) => problem.into_response(),
                };
                if let Ok(id) = id {
                    response.headers_mut().insert("x-request-id", id);
                }
                response
            }

            async fn sign_in(headers: &HeaderMap, pool: &Pool) -> Answer<Option<Caller>> {
                let Some(token) = bearer(headers)? else { return Ok(None) };
                let hash = Sha256::digest(token.as_bytes()).to_vec();
                let row = sqlx::query($sign_in).bind(hash).fetch_optional(pool).await?;
                let row = row.ok_or_else(Problem::unauthorized)?;
                let session = Session {
                    id: row.try_get(0)?,
                    email: row.try_get(1)?,
                    username: row.try_get(2)?,
                    first_name: row.try_get(3)?,
                    last_name: row.try_get(4)?,
                    is_active: row.try_get(5)?,
                    expires_at: row.try_get(6)?,
                    used_at: row.try_get(7)?,
                };
                session.caller().map(Some)
            }

            async fn require_perm(caller: &Caller, code: &str, pool: &Pool) -> Answer<()> {
                let query = sqlx::query_scalar::<_, bool>(MAY).bind(code).bind(&caller.key).bind(caller.id);
                if query.fetch_one(pool).await? {
                    return Ok(());
                }
                Err(Problem::new(StatusCode::FORBIDDEN, format!("this wants the permission {code}")))
            }

            /// By index, which looks no name up.
            fn article(row: &Row) -> sqlx::Result<Article> {
                Ok(Article {
                    id: row.try_get(0)?,
                    created_at: row.try_get(1)?,
                    updated_at: row.try_get(2)?,
                    deleted_at: row.try_get(3)?,
                    status: row.try_get::<Status, _>(4)?,
                    published_at: row.try_get(5)?,
                    title: row.try_get(6)?,
                    slug: row.try_get(7)?,
                    content: row.try_get(8)?,
                    excerpt: row.try_get(9)?,
                    author_id: row.try_get(10)?,
                    category_id: row.try_get(11)?,
                    views_count: row.try_get(12)?,
                    featured: row.try_get(13)?,
                    rating: row.try_get(14)?,
                })
            }

            async fn list(State(pool): State<Pool>, asked: Result<Query<Asked>, QueryRejection>) -> Answer {
                let Query(asked) = asked?;
                let (number, size) = asked.checked()?;
                let mut connection = pool.acquire().await?;
                let count: i64 = sqlx::query_scalar(COUNT).fetch_one(&mut *connection).await?;
                let offset = (number - 1).saturating_mul(size).min(i64::MAX as u64);
                let mut rows = sqlx::query(sqlx::AssertSqlSafe(page(size, offset))).fetch(&mut *connection);
                let mut articles = Vec::with_capacity(size as usize);
                while let Some(row) = rows.try_next().await? {
                    articles.push(article(&row)?);
                }
                drop(rows);
                drop(connection);
                asked.answer((number, size), count, articles)
            }

            async fn retrieve(
                State(pool): State<Pool>,
                Path(id): Path<String>,
                headers: HeaderMap,
            ) -> Answer {
                let row = sqlx::query(GET).bind(key(&id)?).fetch_optional(&pool).await?;
                let article = article(&row.ok_or_else(Problem::not_found)?)?;
                article.answer_unless_known(&headers)
            }

            async fn create(
                State(pool): State<Pool>,
                caller: Caller,
                origin: Origin,
                draft: Result<Json<Draft>, JsonRejection>,
            ) -> Answer {
                require_perm(&caller, "benches.add_article", &pool).await?;
                let Json(draft) = draft?;
                let article = draft.into_article()?;
                let mut transaction = pool.begin_with($begin).await?;
                sqlx::query(INSERT)
                    .bind(article.id)
                    .bind(article.created_at)
                    .bind(article.updated_at)
                    .bind(article.deleted_at)
                    .bind(article.status)
                    .bind(article.published_at)
                    .bind(&article.title)
                    .bind(&article.slug)
                    .bind(&article.content)
                    .bind(&article.excerpt)
                    .bind(article.author_id)
                    .bind(article.category_id)
                    .bind(article.views_count)
                    .bind(article.featured)
                    .bind(article.rating)
                    .bind(sqlx::types::Json(Map::new()))
                    .execute(&mut *transaction)
                    .await?;
                let (changes, now) = (all_new!(article), article.created_at);
                audit("create", &article, changes, now, (&caller, &origin), &mut transaction).await?;
                transaction.commit().await?;
                let mut response = article.answer(StatusCode::CREATED)?;
                if let Ok(location) = HeaderValue::try_from(format!("{PATH}/{}/", article.id)) {
                    response.headers_mut().insert(header::LOCATION, location);
                }
                Ok(response)
            }

            async fn update(
                State(pool): State<Pool>,
                caller: Caller,
                origin: Origin,
                Path(id): Path<String>,
                headers: HeaderMap,
                patch: Result<Json<Patch>, JsonRejection>,
            ) -> Answer {
                require_perm(&caller, "benches.change_article", &pool).await?;
                let Json(patch) = patch?;
                let mut transaction = pool.begin_with($begin).await?;
                let (old, change_log) = held(&id, &headers, &mut transaction).await?;
                let mut article = old.clone();
                patch.apply(&mut article)?;
                write("update", old, &mut article, change_log, (&caller, &origin), &mut transaction).await?;
                transaction.commit().await?;
                article.answer(StatusCode::OK)
            }

            async fn remove(
                State(pool): State<Pool>,
                caller: Caller,
                origin: Origin,
                Path(id): Path<String>,
                headers: HeaderMap,
            ) -> Answer {
                require_perm(&caller, "benches.delete_article", &pool).await?;
                let mut transaction = pool.begin_with($begin).await?;
                let (old, change_log) = held(&id, &headers, &mut transaction).await?;
                let mut article = old.clone();
                article.deleted_at = Some(now());
                write("delete", old, &mut article, change_log, (&caller, &origin), &mut transaction).await?;
                transaction.commit().await?;
                Ok(StatusCode::NO_CONTENT.into_response())
            }

            /// The row and its change log, which nobody else writes until the transaction ends.
            async fn held(
                id: &str,
                headers: &HeaderMap,
                connection: &mut Connection,
            ) -> Answer<(Article, Value)> {
                let row = sqlx::query($for_update).bind(key(id)?).fetch_optional(connection).await?;
                let row = row.ok_or_else(Problem::not_found)?;
                let article = article(&row)?;
                article.matches(headers)?;
                let sqlx::types::Json(change_log) = row.try_get(15)?;
                Ok((article, change_log))
            }

            /// Where something differs: the row, its change log, its audit row.
            async fn write(
                action: &'static str,
                old: Article,
                article: &mut Article,
                mut change_log: Value,
                by: (&Caller, &Origin),
                connection: &mut Connection,
            ) -> Answer<()> {
                let changes = changes!(old, article);
                if changes.is_empty() {
                    return Ok(());
                }
                let now = now();
                article.updated_at = now;
                log(&mut change_log, now, &changes);
                sqlx::query(UPDATE)
                    .bind(article.id)
                    .bind(now)
                    .bind(article.deleted_at)
                    .bind(&article.title)
                    .bind(&article.slug)
                    .bind(&article.content)
                    .bind(&article.excerpt)
                    .bind(article.author_id)
                    .bind(article.category_id)
                    .bind(article.views_count)
                    .bind(article.featured)
                    .bind(article.rating)
                    .bind(sqlx::types::Json(change_log))
                    .execute(&mut *connection)
                    .await?;
                audit(action, article, changes, now, by, connection).await
            }

            async fn audit(
                action: &'static str,
                article: &Article,
                changes: Map<String, Value>,
                now: DateTime<Utc>,
                (caller, origin): (&Caller, &Origin),
                connection: &mut Connection,
            ) -> Answer<()> {
                sqlx::query(AUDIT)
                    .bind(now)
                    .bind(action)
                    .bind("benches.article")
                    .bind(article.id.to_string())
                    .bind(article.title.chars().take(255).collect::<String>())
                    .bind(sqlx::types::Json(changes))
                    .bind(&caller.key)
                    .bind(&caller.name)
                    .bind(origin.ip_address.map($ip))
                    .bind(&origin.user_agent)
                    .bind(&origin.request_id)
                    .execute(connection)
                    .await?;
                Ok(())
            }
        }
    };
}

by_hand!(sqlite, Sqlite, "BEGIN IMMEDIATE", SIGN_IN_ON_SQLITE, HELD_ON_SQLITE, |ip| ip.to_string());
by_hand!(
    postgres,
    Postgres,
    "BEGIN",
    SIGN_IN_ON_POSTGRES,
    HELD_ON_POSTGRES,
    sqlx::types::ipnetwork::IpNetwork::from
);
