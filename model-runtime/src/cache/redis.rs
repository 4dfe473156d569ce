//! A cache that several processes share, in Redis.
//!
//! What a process knows of marks by counting, Redis knows by two keys a tag: a token that each hold replaces, and the holds
//! that go on, each with the time of its beginning. Each step is one script, so that nothing comes in between.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Script, ScriptInvocation};
use uuid::Uuid;

use super::hold::{Stamp, Tag, bucket};
use super::pools::{CachePool, Origin};
use crate::error::{Error, Result};

/// How long Redis may take to answer. A page that waits longer than this is better read from the database.
const PATIENCE: Duration = Duration::from_millis(500);

/// How many times longer a token is kept than what was kept at it. A new one is made then, and what was kept is not found.
const TOKEN: u32 = 4;

/// A Redis server as a cache that several processes share.
///
/// ```no_run
/// use model_runtime::cached::{Redis, share};
/// use model_runtime::prelude::*;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<()> {
/// let db = Pool::connect("postgres://localhost/blog").await?;
/// share(&db, &Redis::connect("redis://127.0.0.1:6379", "blog").await?);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Redis(Shared);

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Redis").field(&self.0.0.namespace).finish()
    }
}

impl Redis {
    /// Connects to `redis://…`. The namespace stands for the database: all processes that use a database name it alike, and no
    /// others do.
    ///
    /// # Errors
    /// [`Error::Cache`] where the URL is none or nobody answers.
    pub async fn connect(url: &str, namespace: &str) -> Result<Self> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let client = redis::Client::open(url).map_err(failed("it cannot be connected to"))?;
        let connection = client.get_connection_manager_with_config(config).await;
        let connection = connection.map_err(failed("it cannot be connected to"))?;
        Ok(Self(Shared(Arc::new(Inner { connection, namespace: namespace.to_owned() }))))
    }
}

/// Keeps the rows of a pool in a cache that other processes share, from now on. Every process that writes to the database
/// does the same; while it cannot be told of a write, rows of `#[cached]` models are not written. A pool whose
/// connection options are set anew is to be shared anew.
pub fn share(pool: impl CachePool, redis: &Redis) {
    Origin::share(pool, redis.0.clone());
}

fn failed(what: &'static str) -> impl Fn(redis::RedisError) -> Error {
    move |source| Error::Cache { what, source }
}

#[derive(Clone)]
pub(crate) struct Shared(Arc<Inner>);

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.namespace)
    }
}

struct Inner {
    connection: ConnectionManager,
    namespace: String,
}

/// A hold that goes on in Redis, until it is released or its time is over.
pub(crate) struct Token {
    shared: Shared,
    tags: Vec<Tag>,
    token: String,
    longest: Duration,
}

/// What Redis has for a key.
pub(crate) struct Found {
    /// `None` where something that it depends on is held.
    pub stamp: Option<Stamp>,
    /// What was kept at that stamp, and for how long it still is.
    pub kept: Option<(String, Duration)>,
}

/// The time in milliseconds; and the tokens of all tags, one made where there is none, and whether none is held for
/// those who keep for the ttl.
const PRELUDE: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function stamp(first, token, life, ttl)
    local tokens, free = {}, 1
    for i = first, #KEYS, 2 do
        redis.call('SET', KEYS[i], token, 'NX', 'PX', life)
        if redis.call('PTTL', KEYS[i]) < tonumber(ttl) then redis.call('PEXPIRE', KEYS[i], life) end
        tokens[#tokens + 1] = redis.call('GET', KEYS[i])
        if redis.call('ZCOUNT', KEYS[i + 1], '(' .. (now - ttl), '+inf') > 0 then free = 0 end
    end
    return table.concat(tokens, ' ') .. '\\n', free
end
";

fn script(text: &str) -> Script {
    Script::new(&format!("{PRELUDE}{text}"))
}

static READ: LazyLock<Script> = LazyLock::new(|| {
    script(
        "local stamp, free = stamp(2, ARGV[1], ARGV[2], ARGV[3])
local kept = redis.call('GET', KEYS[1])
if kept and string.sub(kept, 1, #stamp) == stamp then kept = string.sub(kept, #stamp + 1) else kept = false end
return { stamp, free, kept, redis.call('PTTL', KEYS[1]) }",
    )
});

static KEEP: LazyLock<Script> = LazyLock::new(|| {
    script(
        "local stamp, free = stamp(2, ARGV[1], ARGV[2], ARGV[3])
if free == 1 and stamp == ARGV[4] then redis.call('SET', KEYS[1], stamp .. ARGV[5], 'PX', ARGV[3]) end",
    )
});

static HOLD: LazyLock<Script> = LazyLock::new(|| {
    script(
        "for i = 1, #KEYS, 2 do
    redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[2])
    redis.call('ZREMRANGEBYSCORE', KEYS[i + 1], '-inf', now - ARGV[2])
    redis.call('ZADD', KEYS[i + 1], now, ARGV[1])
    if redis.call('PTTL', KEYS[i + 1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[i + 1], ARGV[2]) end
end",
    )
});

static RELEASE: LazyLock<Script> = LazyLock::new(|| {
    script(
        "for i = 1, #KEYS, 2 do
    redis.call('SET', KEYS[i], ARGV[2], 'PX', ARGV[3])
    redis.call('ZREM', KEYS[i + 1], ARGV[1])
end",
    )
});

fn token() -> String {
    Uuid::new_v4().simple().to_string()
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Shared {
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A key. In a cluster all of a namespace are in one slot, as scripts want it.
    fn key(&self, rest: &str) -> String {
        format!("{{{}}}:{rest}", self.0.namespace)
    }

    fn tags(&self, invocation: &mut ScriptInvocation<'_>, tags: &[Tag]) {
        for tag in tags {
            let table = tag.table().name;
            let tag = match tag {
                Tag::Row(_, key) => format!("{table}:row:{}", bucket(*key)),
                Tag::All(_) => format!("{table}:all"),
                Tag::Any(_) => format!("{table}:any"),
                Tag::Removed(_) => format!("{table}:removed"),
            };
            invocation.key(self.key(&format!("{tag}:token"))).key(self.key(&format!("{tag}:holds")));
        }
    }

    async fn run<T: redis::FromRedisValue>(
        &self,
        invocation: &ScriptInvocation<'_>,
    ) -> redis::RedisResult<T> {
        invocation.invoke_async(&mut self.0.connection.clone()).await
    }

    /// Holds what a write is about to change. Of a table of no cached model only removals concern others.
    pub(super) async fn hold(&self, tags: &[Tag], longest: Duration) -> Result<Option<Token>> {
        let concern = |tag: &&Tag| tag.table().cache.is_some() || matches!(tag, Tag::Removed(_));
        let tags: Vec<Tag> = tags.iter().filter(concern).copied().collect();
        if tags.is_empty() {
            return Ok(None);
        }
        let token = Token { shared: self.clone(), tags, token: token(), longest };
        let mut hold = HOLD.prepare_invoke();
        self.tags(&mut hold, &token.tags);
        hold.arg(&token.token).arg(millis(longest));
        self.run::<()>(&hold)
            .await
            .map_err(failed("it could not be told of a write, and nothing was written"))?;
        Ok(Some(token))
    }

    /// What is kept under a key.
    pub(crate) async fn read(&self, key: &str, tags: &[Tag], ttl: Duration) -> redis::RedisResult<Found> {
        let mut read = READ.prepare_invoke();
        read.key(self.key(key));
        self.tags(&mut read, tags);
        read.arg(token()).arg(millis(ttl * TOKEN)).arg(millis(ttl));
        let (stamp, free, text, rest): (String, bool, Option<String>, i64) = self.run(&read).await?;
        let rest = Duration::from_millis(rest.try_into().unwrap_or_default());
        Ok(Found { stamp: free.then(|| Stamp::Shared(stamp.into())), kept: text.map(|text| (text, rest)) })
    }

    /// Keeps a text under a key, unless what it depends on was held since the stamp.
    pub(crate) async fn keep(
        &self,
        key: &str,
        tags: &[Tag],
        stamp: &Stamp,
        text: &str,
        ttl: Duration,
    ) -> redis::RedisResult<()> {
        let Stamp::Shared(stamp) = stamp else { return Ok(()) };
        let mut keep = KEEP.prepare_invoke();
        keep.key(self.key(key));
        self.tags(&mut keep, tags);
        keep.arg(token()).arg(millis(ttl * TOKEN)).arg(millis(ttl)).arg(&**stamp).arg(text);
        self.run(&keep).await
    }
}

impl Token {
    /// Ends the hold. Where that fails, it ends by itself.
    pub(super) async fn release(self) {
        let mut release = RELEASE.prepare_invoke();
        self.shared.tags(&mut release, &self.tags);
        release.arg(&self.token).arg(token()).arg(millis(self.longest));
        if let Err(error) = self.shared.run::<()>(&release).await {
            tracing::warn!(%error, "the shared cache could not be told that a write is over; until the ttl is, rows come from the database");
        }
    }
}
