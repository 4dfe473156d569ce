//! Inserting those of many rows that clash with no other.

use super::bulk_create::{Pending, insert_where_free, make_distinct, vary_taken};
use super::insert::{ATTEMPTS, values};
use super::now;
use crate::atomic::{self, Steps};
use crate::backend::Backend;
use crate::db::Op;
use crate::error::Result;
use crate::model::{Model, Writable};
use crate::record::Recorder;

/// Inserts those of many rows that clash with no other, and returns them.
#[derive(Debug)]
pub struct BulkCreateNew<M>(Vec<M>);

impl<M: Model> BulkCreateNew<M> {
    pub(crate) fn new(rows: Vec<M>) -> Self {
        Self(rows)
    }
}

impl<B: Backend, M: Writable> Op<B> for BulkCreateNew<M> {
    type Out = Vec<M>;

    fn begins(&self) -> bool {
        true
    }

    async fn run(self, connection: &mut B::Connection) -> Result<Vec<M>> {
        let time = now();
        let rows = Pending::all(self.0, time)?;
        for row in &rows {
            values::<B, M>(&row.model)?;
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let recorder = Recorder::of_existence(M::TABLE, time)?;
        let (mut steps, again) = (InsertNew { rows, recorder }, atomic::is_taken_or_deadlock);
        let mut created = atomic::retried::<B, _>(&mut steps, connection, again).await?;
        created.sort_by_key(|(place, _)| *place);
        Ok(created.into_iter().map(|(_, row)| row).collect())
    }
}

/// Rows to be inserted, unless they clash.
struct InsertNew<M> {
    rows: Vec<Pending<M>>,
    recorder: Option<Recorder>,
}

impl<B: Backend, M: Writable> Steps<B> for InsertNew<M> {
    type Out = Vec<(usize, M)>;

    async fn take(&mut self, connection: &mut B::Connection) -> Result<Self::Out> {
        let generated = M::STATEMENTS.generated.map(|it| (it, M::TABLE.position(it.column).0));
        let known_by: Vec<usize> = generated.iter().map(|(_, position)| *position).collect();
        let mut rows: Vec<_> = self.rows.iter_mut().collect();
        let mut created = Vec::new();
        for attempt in 1..=ATTEMPTS {
            if let Some((_, position)) = generated {
                make_distinct(&mut rows, position, attempt);
            }
            let recorder = self.recorder.as_ref();
            let any = " ON CONFLICT DO NOTHING";
            created.extend(insert_where_free::<B, M>(connection, &mut rows, recorder, any, &known_by).await?);
            // A generated value that is taken is varied; whatever else is taken is a clash.
            rows.retain(|row| row.generated.is_some());
            let Some((generated, _)) = generated.filter(|_| !rows.is_empty()) else { break };
            if !vary_taken::<B, M>(connection, &mut rows, generated, attempt).await? {
                break;
            }
        }
        Ok(created)
    }
}
