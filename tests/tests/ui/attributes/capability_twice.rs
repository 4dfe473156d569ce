use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[timestamps]
#[timestamps]
pub struct Post {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

fn main() {}
