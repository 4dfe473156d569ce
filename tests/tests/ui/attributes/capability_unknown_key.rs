use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[soft_delete(colum = removed_at)]
pub struct Post {
    pub id: Uuid,
    pub removed_at: Option<DateTime<Utc>>,
}

fn main() {}
