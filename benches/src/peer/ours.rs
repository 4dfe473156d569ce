//! This library.

use anyhow::{Context, Result};
use futures_util::TryStreamExt;
use harness::{Change, Draft, Editor, Last, PAGE, Peer};
use model_runtime::Cursors;
use model_runtime::audit::AuditContext;
use model_runtime::prelude::*;
use model_runtime::prelude::{Pool, Uuid};

use crate::model::{self, Article, Author, Post, Product};

/// Signs cursors.
const SECRET: &str = "no secret, but of 32 bytes or more";

/// A pool of this library.
#[derive(Clone)]
pub struct Ours {
    pool: Pool,
    cursors: Cursors,
}

fn context(by: &Editor) -> AuditContext {
    AuditContext::default()
        .actor(&by.actor_id, &by.actor_label)
        .ip_address(by.ip_address)
        .user_agent(&by.user_agent)
        .request_id(&by.request_id)
}

impl Peer for Ours {
    type Post = Post;
    type Joined = (Post, Author);
    type Article = Article;
    type Place = String;

    async fn connect(url: &str, connections: u32) -> Result<Self> {
        let pool = Pool::connect_with(url, connections).await?;
        Ok(Self { pool, cursors: Cursors::new(SECRET)? })
    }

    async fn get(&self, id: Uuid) -> Result<Post> {
        Ok(Post::get(id, &self.pool).await?)
    }

    async fn list(&self, limit: u64) -> Result<Vec<Post>> {
        Ok(Post::objects().limit(limit).fetch_all(&self.pool).await?)
    }

    async fn joined(&self) -> Result<Vec<(Post, Author)>> {
        Ok(Post::objects().limit(100).select_related(|p| p.author()).fetch_all(&self.pool).await?)
    }

    async fn count(&self) -> Result<u64> {
        Ok(Post::objects().count(&self.pool).await?)
    }

    async fn place(&self, last: &Last) -> Result<String> {
        // The filter is not in the cursor.
        let two = Post::objects().filter(|p| p.id.is_in([last.id, last.next]));
        two.keyset(1, &self.cursors).fetch(&self.pool).await?.next.context("a row comes behind the last one")
    }

    async fn page(&self, behind: Option<&String>) -> Result<Vec<Post>> {
        let pages = Post::objects().keyset(PAGE as u64, &self.cursors);
        Ok(pages.after(behind.map(String::as_str))?.fetch(&self.pool).await?.items)
    }

    async fn stream(&self) -> Result<(u64, u64)> {
        let mut posts = Post::objects().fetch(&self.pool);
        let (mut count, mut length) = (0, 0);
        while let Some(post) = posts.try_next().await? {
            count += 1;
            length += post.content.len() as u64;
        }
        Ok((count, length))
    }

    async fn insert(&self, draft: Draft) -> Result<Post> {
        let mut post = model::post(draft);
        post.insert(&self.pool).await?;
        Ok(post)
    }

    async fn bulk_create(&self, drafts: Vec<Draft>) -> Result<u64> {
        let posts = drafts.into_iter().map(model::post).collect();
        Ok(Post::bulk_create(posts, &self.pool).await?.len() as u64)
    }

    async fn save(&self, post: &mut Post, title: String) -> Result<()> {
        post.title = title;
        post.save(&self.pool).await?;
        Ok(())
    }

    async fn sell(&self, product: Uuid, pieces: i32) -> Result<bool> {
        let enough = Product::objects().filter(|p| p.id.eq(product) & p.stock.ge(pieces));
        Ok(enough.update(|p| p.stock.set(p.stock - pieces), &self.pool).await? == 1)
    }

    async fn sell_and_read(&self, product: Uuid, pieces: i32) -> Result<Option<i32>> {
        let enough = Product::objects().filter(|p| p.id.eq(product) & p.stock.ge(pieces));
        let left = enough.update_returning(|p| p.stock.set(p.stock - pieces), &self.pool).await?;
        Ok(left.first().map(|product| product.stock))
    }

    async fn article(&self, id: Uuid) -> Result<Article> {
        Ok(Article::get(id, &self.pool).await?)
    }

    async fn audited_create(&self, draft: Draft, by: &Editor) -> Result<Article> {
        let mut article = model::article(draft);
        article.insert(context(by).on(&self.pool)).await?;
        Ok(article)
    }

    async fn audited_write(&self, article: &mut Article, change: Change, by: &Editor) -> Result<()> {
        let by = context(by);
        let db = by.on(&self.pool);
        let wrote = match change {
            Change::Title(title) => {
                article.title = title;
                article.save(db).await?
            }
            Change::Publish => article.publish(db).await?,
            Change::Delete => article.delete(db).await?,
            Change::Restore => article.restore(db).await?,
        };
        anyhow::ensure!(wrote, "nothing was written");
        Ok(())
    }

    async fn delete_drafts(&self, by: &Editor) -> Result<u64> {
        Ok(model::Draft::objects().delete(context(by).on(&self.pool)).await?)
    }
}
