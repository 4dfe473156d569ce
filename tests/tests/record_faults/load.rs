//! Random writes of every kind, a random generator that is told its seed, and a future that is dropped.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use model_runtime::Transaction;
use model_runtime::prelude::*;
use tests::database::Database;
use tests::recorded::{Article, Booking};

/// xorshift64*.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 16) % limit
    }

    fn number(&mut self, limit: i32) -> i32 {
        i32::try_from(self.below(u64::from(limit.unsigned_abs()))).expect("the limit fits")
    }

    pub fn pick<'t, T>(&mut self, items: &'t [T]) -> Option<&'t T> {
        let limit = u64::try_from(items.len()).expect("a length fits");
        (limit > 0).then(|| &items[usize::try_from(self.below(limit)).expect("an index fits")])
    }
}

/// Articles' `views` are below this, so that bulk writes meet some of them.
const VIEWS: i32 = 40;

/// One write.
#[derive(Debug, Clone)]
pub enum Write {
    Create(String, i32),
    Save(Article, i32),
    SaveSlug(Article),
    Publish(Article),
    Unpublish(Article),
    Archive(Article),
    Delete(Article),
    Restore(Article),
    HardDelete(Article),
    BulkCreate(String, i32, usize),
    BulkUpdate(i32, i32),
    BulkPublish(i32),
    BulkDelete(i32),
    BulkRestore(i32),
    BulkHardDelete(i32),
    Book(String, i64),
    BookMany(String, i64, usize),
    Rebook(Booking, i64),
    BulkRebook(i64),
    Unbook(Booking),
}

/// The rows that writes are made of: what a task last saw.
#[derive(Debug, Default)]
pub struct Seen {
    articles: Vec<Article>,
    bookings: Vec<Booking>,
    /// How many writes since.
    age: u32,
}

impl Seen {
    /// A random write. Reads the rows anew now and then; in between they may be stale.
    pub async fn write(&mut self, db: &Pool, random: &mut Random) -> Result<Write> {
        if self.age.is_multiple_of(10) {
            let all = || Article::objects().all_with_deleted();
            let some = random.number(VIEWS);
            self.articles = all().filter(|a| a.views.ge(some)).limit(20).fetch_all(db).await?;
            self.bookings = Booking::objects().limit(20).fetch_all(db).await?;
        }
        self.age += 1;
        Ok(self.random(random))
    }

    fn random(&self, random: &mut Random) -> Write {
        let title = format!("Title {:x}", random.below(1 << 40));
        let views = random.number(VIEWS);
        let some = |random: &mut Random| random.pick(&self.articles).cloned();
        let amount = i64::from(random.number(1_000_000)) - 500_000;
        let count = 1 + usize::try_from(random.below(5)).expect("a small number");
        let write = match random.below(24) {
            0 => None,
            1..=4 => some(random).map(|article| Write::Save(article, views)),
            5 => some(random).map(Write::SaveSlug),
            6 => some(random).map(Write::Publish),
            7 => some(random).map(Write::Unpublish),
            8 => some(random).map(Write::Archive),
            9 => some(random).map(Write::Delete),
            10 => some(random).map(Write::Restore),
            11 => some(random).map(Write::HardDelete),
            12 => Some(Write::BulkCreate(title.clone(), views, count)),
            13 => Some(Write::BulkUpdate(views, random.number(VIEWS))),
            14 => Some(Write::BulkPublish(views)),
            15 => Some(Write::BulkDelete(views)),
            16 => Some(Write::BulkRestore(views)),
            17 => Some(Write::BulkHardDelete(views)),
            18 => Some(Write::Book(title.clone(), amount)),
            19 => Some(Write::BookMany(title.clone(), amount, count)),
            20 => Some(Write::BulkRebook(amount)),
            21 => random.pick(&self.bookings).cloned().map(Write::Unbook),
            _ => random.pick(&self.bookings).cloned().map(|booking| Write::Rebook(booking, amount)),
        };
        write.unwrap_or(Write::Create(title, views))
    }
}

/// Defines the write on one kind of handle.
macro_rules! run_on {
    ($(#[$doc:meta])* $name:ident($db:ident: $Db:ty) on $($handle:tt)+) => {
        $(#[$doc])*
        pub async fn $name(self, $db: $Db) -> Result<()> {
            let article = |title: String, views| Article::builder().title(title).views(views);
            let near = |views: i32| Article::objects().filter(|a| a.views.ge(views) & a.views.lt(views + 3));
            let twelve = |views: i32| near(views).all_with_deleted().limit(12);
            let booking = |account: String, amount| Booking::builder().account(account).amount(Decimal::new(amount, 2));
            match self {
                Self::Create(title, views) => article(title, views).create($($handle)+).await.map(drop),
                Self::Save(mut article, views) => {
                    article.views = views;
                    article.content = format!("{} 'and' \"more\" ä", article.content);
                    article.content = article.content.chars().rev().take(60).collect();
                    article.price = Some(Decimal::new(i64::from(views) * 125, 2));
                    article.access_token = article.title.clone();
                    article.save($($handle)+).await.map(drop)
                }
                Self::SaveSlug(mut article) => {
                    article.title.push('~');
                    article.slug.clear();
                    article.save($($handle)+).await.map(drop)
                }
                Self::Publish(mut article) => article.publish($($handle)+).await.map(drop),
                Self::Unpublish(mut article) => article.unpublish($($handle)+).await.map(drop),
                Self::Archive(mut article) => article.archive($($handle)+).await.map(drop),
                Self::Delete(mut article) => article.delete($($handle)+).await.map(drop),
                Self::Restore(mut article) => article.restore($($handle)+).await.map(drop),
                Self::HardDelete(article) => article.hard_delete($($handle)+).await.map(drop),
                Self::BulkCreate(title, views, count) => {
                    let rows = (0..count).map(|_| article(title.clone(), views).build()).collect();
                    Article::bulk_create(rows, $($handle)+).await.map(drop)
                }
                Self::BulkUpdate(from, to) => {
                    let content = format!("moved to {to}");
                    near(from).update(|a| (a.views.set(to), a.content.set(content)), $($handle)+).await.map(drop)
                }
                Self::BulkPublish(views) => near(views).publish($($handle)+).await.map(drop),
                Self::BulkDelete(views) => near(views).delete($($handle)+).await.map(drop),
                Self::BulkRestore(views) => near(views).restore_all($($handle)+).await.map(drop),
                Self::BulkHardDelete(views) => twelve(views).hard_delete($($handle)+).await.map(drop),
                Self::Book(account, amount) => booking(account, amount).create($($handle)+).await.map(drop),
                Self::BookMany(account, amount, count) => {
                    let rows = (0..count).map(|i| booking(format!("{account} {i}"), amount).build()).collect();
                    Booking::bulk_create(rows, $($handle)+).await.map(drop)
                }
                Self::Rebook(mut booking, amount) => {
                    booking.amount = Decimal::new(amount, 2);
                    booking.save($($handle)+).await.map(drop)
                }
                Self::BulkRebook(amount) => {
                    let to = Decimal::new(amount, 2);
                    let below = Booking::objects().filter(|b| b.amount.lt(to)).order_by(|b| b.amount.desc());
                    below.limit(5).update(|b| b.amount.set(to), $($handle)+).await.map(drop)
                }
                Self::Unbook(mut booking) => booking.delete($($handle)+).await.map(drop),
            }
        }
    };
}

impl Write {
    run_on!(
        /// Writes.
        run(db: &Pool) on db
    );
    run_on!(
        /// Writes inside the caller's transaction.
        run_in(db: &mut Transaction<'_>) on &mut *db
    );
}

/// Whether writers that know nothing of each other may meet it; nothing is written then.
pub fn is_expected(error: &Error) -> bool {
    match error {
        Error::NotFound { .. } | Error::Unique { .. } | Error::InvalidTransition { .. } => true,
        Error::Database(sqlx::Error::Database(database)) => is_deadlock(database.as_ref()),
        _ => false,
    }
}

/// PostgreSQL ends one of two writers that wait for each other.
fn is_deadlock(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().as_deref() == Some("40P01")
}

/// A URL whose sessions carry a name, end a deadlock soon, give up on a lock that nobody releases, and do not wait
/// for the disk.
pub fn url(database: &Database, name: &str) -> String {
    match database.pool {
        Pool::Sqlite(_) => database.url.clone(),
        Pool::Postgres(_) => format!(
            "{}%20-c%20deadlock_timeout%3D50ms%20-c%20lock_timeout%3D10s%20-c%20synchronous_commit%3Doff&application_name={name}",
            database.url
        ),
    }
}

/// Polls a future at most so many times; `None` where it is not ready by then.
pub struct Polled<F> {
    future: Pin<Box<F>>,
    polls: u64,
}

impl<F: Future> Polled<F> {
    pub fn new(future: F, polls: u64) -> Self {
        Self { future: Box::pin(future), polls }
    }
}

impl<F: Future> Future for Polled<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(output) = self.future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        self.polls -= 1;
        if self.polls == 0 { Poll::Ready(None) } else { Poll::Pending }
    }
}
