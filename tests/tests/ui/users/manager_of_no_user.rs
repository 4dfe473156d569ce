use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
pub struct Post {
    pub id: Uuid,
    pub title: String,
}

pub async fn uses(db: &Pool) -> Result<()> {
    let users = UserManager::<Post>::default();
    users.authenticate("jane@example.com", "a boat on the Lek", db).await?;
    Ok(())
}

fn main() {}
