use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[soft_delete]
pub struct Post {
    pub id: Uuid,
    pub deleted_at: DateTime<Utc>,
}

fn main() {}
