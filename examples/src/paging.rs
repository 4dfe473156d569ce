//! Lists in pages.

use std::fmt::{self, Formatter};

use clap::{Args, value_parser};
use comfy_table::Table;
use model_runtime::Model;
use model_runtime::prelude::*;
use serde::Serialize;

use crate::output;

/// Which page of a list.
#[derive(Debug, Clone, Copy, Args)]
pub struct Paging {
    /// Which page, from 1
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = value_parser!(u32).range(1..))]
    page: u32,

    /// How many on a page
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = value_parser!(u32).range(1..=1000))]
    per_page: u32,
}

/// Where a page stands in its list.
#[derive(Debug, Serialize)]
pub struct Place {
    total: u64,
    page: u32,
    pages: u64,
}

impl Paging {
    /// Reads the page of these rows, by what is to be done with its slice of them.
    ///
    /// # Errors
    /// The database's.
    pub async fn page<M: Model, T>(
        self,
        rows: QuerySet<M>,
        fetch: impl AsyncFnOnce(QuerySet<M>) -> Result<Vec<T>>,
        db: &Pool,
    ) -> Result<(Place, Vec<T>)> {
        let total = rows.clone().count(db).await?;
        let per_page = u64::from(self.per_page);
        let slice = rows.limit(per_page).offset(u64::from(self.page - 1) * per_page);
        let place = Place { total, page: self.page, pages: total.div_ceil(per_page) };
        Ok((place, fetch(slice).await?))
    }
}

impl Place {
    /// Prints the page: its table and where it stands, or why there is none.
    ///
    /// # Errors
    /// Those of the formatter.
    pub fn write(&self, f: &mut Formatter<'_>, noun: &str, table: impl FnOnce() -> Table) -> fmt::Result {
        let Self { total, page, pages } = self;
        if *total == 0 {
            return write!(f, "No {noun}s.");
        }
        let total = output::number(*total, noun);
        if u64::from(*page) > *pages {
            return write!(f, "There is no page {page}: {total} on {}.", output::number(*pages, "page"));
        }
        write!(f, "{}\nPage {page} of {pages}, {total} in all.", table())
    }
}
