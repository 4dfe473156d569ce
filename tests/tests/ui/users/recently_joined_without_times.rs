use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
#[user]
pub struct Member {}

pub async fn uses(db: &Pool) -> Result<()> {
    Member::manager().recently_joined(7).count(db).await?;
    Ok(())
}

fn main() {}
