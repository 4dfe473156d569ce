//! What the cases work on: the tables, their rows, and what is put back before each sample, outside of the clock.

use anyhow::Result;
use harness::{Case, Draft, Editor, Last, MIXED, Material, PAGE, POSTS, SmallDraft, UNCHANGED};
use model_runtime::prelude::{AuditLog, Dialect, Model, Pool, Query, Uuid};
use model_runtime::schema;

use crate::database::Database;
use crate::model::{self, Article, Author, Post, Product};

/// Rows that are written at once.
const BULK: u64 = 1_000;

/// Rows of one side in the cases that write one row.
const OWN: usize = 200;

/// The tables with the rows of one case.
pub struct Ground<'d> {
    database: &'d Database,
    /// The case that they are made for.
    case: Option<Case>,
}

impl<'d> Ground<'d> {
    /// No tables yet.
    pub fn new(database: &'d Database) -> Self {
        Self { database, case: None }
    }

    /// Makes the tables of a case, and tells each side its rows.
    pub async fn lay(&mut self, case: Case, sides: usize) -> Result<Vec<Material>> {
        let pool = &self.database.pool;
        if !(reads(case) && self.case.is_some_and(reads)) {
            self.make(case).await?;
        }
        self.case = Some(case);
        let (own, last) = match case {
            Case::BulkCreate | Case::BulkCreateLarge | Case::AuditedBulkDelete | Case::AuditedLifecycle => {
                (0, None)
            }
            Case::AuditedSaveFullLog => (4, None),
            Case::Mixed => (MIXED + 128, None),
            Case::Page1000 => (0, Some(last(pool).await?)),
            _ => (OWN, None),
        };
        let count = (own * sides) as u64;
        let ids: Vec<Uuid> = match case {
            Case::Sell | Case::SellAndRead => {
                Product::objects().limit(count).values(|p| p.id).fetch_all(pool).await?
            }
            _ if case.is_audited() => {
                Article::objects().limit(count).values(|a| a.id).fetch_all(pool).await?
            }
            _ => Post::objects().limit(count).values(|p| p.id).fetch_all(pool).await?,
        };
        let of = |side: usize| ids.iter().copied().skip(side).step_by(sides).take(own).collect();
        let material = |side| Material { case, ids: of(side), last: last.clone(), editor: Editor::default() };
        Ok((0..sides).map(material).collect())
    }

    async fn make(&self, case: Case) -> Result<()> {
        let pool = &self.database.pool;
        for table in ["posts", "articles", "authors", "drafts", "products", "audit_logs"] {
            run(pool, format!("DROP TABLE IF EXISTS {table}")).await?;
        }
        model::create_tables(pool).await?;
        fill_authors(pool).await?;
        match case {
            Case::BulkCreate | Case::BulkCreateLarge => {}
            Case::Sell | Case::SellAndRead => {
                let product = |n| Product::builder().name(format!("Product {n}")).stock(1_000_000).build();
                Product::bulk_create((0..2_000).map(product).collect(), pool).await?;
            }
            Case::AuditedBulkDelete => {
                for start in (0..case.bulk()).step_by(BULK as usize) {
                    let drafts = (start..start + BULK).map(|n| model::draft(SmallDraft::new(n))).collect();
                    model::Draft::bulk_create(drafts, pool).await?;
                }
            }
            Case::Save | Case::SaveUnchanged | Case::Insert => fill(pool, 5_000).await?,
            _ => {
                if reads(case) || case == Case::Mixed {
                    fill(pool, POSTS).await?;
                }
                if case.is_audited() {
                    for start in (0..4_000).step_by(BULK as usize) {
                        let articles = (start..start + BULK).map(|n| model::article(Draft::new(n))).collect();
                        Article::bulk_create(articles, pool).await?;
                    }
                }
            }
        }
        if case == Case::SaveUnchanged {
            run(pool, format!("UPDATE posts SET title = '{UNCHANGED}'")).await?;
        }
        run(pool, "ANALYZE").await
    }

    /// Bulk creates always write into an empty table; before a bulk delete all drafts live, and nothing is on record.
    pub async fn put_back(&self) -> Result<()> {
        let pool = &self.database.pool;
        match self.case {
            Some(Case::BulkCreate | Case::BulkCreateLarge) => match pool.dialect() {
                Dialect::Sqlite => run(pool, "DELETE FROM posts").await?,
                Dialect::Postgres => run(pool, "TRUNCATE posts").await?,
            },
            Some(Case::AuditedBulkDelete) => {
                run(pool, "UPDATE drafts SET deleted_at = NULL").await?;
                run(pool, "DROP TABLE audit_logs").await?;
                schema::create_tables(&[AuditLog::table()], pool).await?;
            }
            _ => return Ok(()),
        }
        match pool.dialect() {
            Dialect::Sqlite => run(pool, "PRAGMA wal_checkpoint(TRUNCATE)").await,
            Dialect::Postgres => run(pool, "VACUUM drafts").await,
        }
    }
}

/// Whether a case leaves the posts as they are.
fn reads(case: Case) -> bool {
    matches!(
        case,
        Case::Get
            | Case::List100
            | Case::List10000
            | Case::Joined100
            | Case::Count
            | Case::Page1
            | Case::Page1000
    )
}

/// The last row of page 999.
async fn last(pool: &Pool) -> Result<Last> {
    let rows = Post::objects().offset(999 * PAGE as u64 - 1).limit(2);
    let rows = rows.values(|p| (p.created_at, p.id)).fetch_all(pool).await?;
    let [(created_at, id), (_, next)] = rows[..] else { anyhow::bail!("there are no 1,000 pages") };
    Ok(Last { created_at, id, next })
}

/// Writes the authors of all posts and articles.
pub async fn fill_authors(pool: &Pool) -> Result<()> {
    let author = |n| Author {
        id: harness::author(n),
        name: format!("Author {n}"),
        email: format!("author-{n}@example.com"),
    };
    Author::bulk_create((0..100).map(author).collect(), pool).await?;
    Ok(())
}

/// Writes that many posts.
async fn fill(pool: &Pool, rows: u64) -> Result<()> {
    for start in (0..rows).step_by(BULK as usize) {
        let posts = (start..rows.min(start + BULK)).map(|n| model::post(Draft::new(n)));
        Post::bulk_create(posts.collect(), pool).await?;
    }
    Ok(())
}

/// Makes the tables, and writes that many posts.
pub async fn posts(pool: &Pool, rows: u64) -> Result<()> {
    model::create_tables(pool).await?;
    fill_authors(pool).await?;
    fill(pool, rows).await
}

/// Runs a statement.
pub async fn run(pool: &Pool, sql: impl Into<String>) -> Result<()> {
    let sql = sqlx::AssertSqlSafe(sql.into());
    match pool {
        Pool::Sqlite(pool) => sqlx::query(sql).execute(pool).await.map(|_| ())?,
        Pool::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ())?,
    }
    Ok(())
}
