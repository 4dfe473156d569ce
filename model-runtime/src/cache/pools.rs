//! Which pool is asked: rows of one are never served to another.

use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, PoisonError, RwLock, Weak};

use crate::pool::Pool;
use crate::table::Dialect;

/// A pool whose rows can be kept: `&SqlitePool`, `&PgPool` or [`&Pool`](crate::Pool). Clones of a pool are the same pool.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no pool",
    label = "rows are kept for pools",
    note = "a connection may be in a transaction, whose rows nobody else may see: there read with `get` and `fetch_all`"
)]
pub trait CachePool: Copy + Send + Sync {
    #[doc(hidden)]
    fn dialect(self) -> Dialect;

    /// What is the same for all clones of the pool, and for nothing else.
    #[doc(hidden)]
    fn identity(self) -> Arc<dyn Any + Send + Sync>;
}

#[cfg(feature = "sqlite")]
impl CachePool for &sqlx::SqlitePool {
    fn dialect(self) -> Dialect {
        Dialect::Sqlite
    }

    fn identity(self) -> Arc<dyn Any + Send + Sync> {
        self.connect_options()
    }
}

#[cfg(feature = "postgres")]
impl CachePool for &sqlx::PgPool {
    fn dialect(self) -> Dialect {
        Dialect::Postgres
    }

    fn identity(self) -> Arc<dyn Any + Send + Sync> {
        self.connect_options()
    }
}

impl CachePool for &Pool {
    fn dialect(self) -> Dialect {
        Pool::dialect(self)
    }

    fn identity(self) -> Arc<dyn Any + Send + Sync> {
        match self {
            #[cfg(feature = "sqlite")]
            Pool::Sqlite(pool) => pool.identity(),
            #[cfg(feature = "postgres")]
            Pool::Postgres(pool) => pool.identity(),
        }
    }
}

/// A pool, as keys have it.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// No other pool has it, nor will have.
    pub id: u64,
    /// The cache that it shares with other processes.
    #[cfg(feature = "redis")]
    pub shared: Option<super::Shared>,
}

/// A pool that is known. While the options are kept, if only weakly, nothing else gets their address.
struct Known {
    options: Weak<dyn Any + Send + Sync>,
    origin: Origin,
}

static POOLS: LazyLock<RwLock<HashMap<usize, Known>>> = LazyLock::new(RwLock::default);

impl Origin {
    pub(crate) fn of(pool: impl CachePool) -> Self {
        let options = pool.identity();
        let address = Arc::as_ptr(&options).addr();
        let known = POOLS.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&address) {
            return known.origin.clone();
        }
        drop(known);
        Self::change(&options, |_| {})
    }

    fn change(options: &Arc<dyn Any + Send + Sync>, change: impl FnOnce(&mut Self)) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut pools = POOLS.write().unwrap_or_else(PoisonError::into_inner);
        pools.retain(|_, known| known.options.strong_count() > 0);
        let known = pools.entry(Arc::as_ptr(options).addr()).or_insert_with(|| Known {
            options: Arc::downgrade(options),
            origin: Self {
                id: NEXT.fetch_add(1, Relaxed),
                #[cfg(feature = "redis")]
                shared: None,
            },
        });
        change(&mut known.origin);
        known.origin.clone()
    }

    #[cfg(feature = "redis")]
    pub(super) fn share(pool: impl CachePool, shared: super::Shared) {
        Self::change(&pool.identity(), |origin| origin.shared = Some(shared));
    }
}

/// The caches that pools of this process share with other processes, each once.
#[cfg(feature = "redis")]
pub(crate) fn shared() -> Vec<super::Shared> {
    let pools = POOLS.read().unwrap_or_else(PoisonError::into_inner);
    let mut found: Vec<super::Shared> = Vec::new();
    let live = pools.values().filter(|known| known.options.strong_count() > 0);
    for shared in live.filter_map(|known| known.origin.shared.as_ref()) {
        if !found.iter().any(|known| known.is(shared)) {
            found.push(shared.clone());
        }
    }
    found
}
