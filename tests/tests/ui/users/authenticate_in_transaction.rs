use model_runtime::prelude::*;
use model_runtime::users::User;

pub async fn uses(db: &Pool) -> Result<()> {
    let mut transaction = db.begin().await?;
    let _ = User::manager().authenticate("jane@example.com", "a boat on the Lek", &mut transaction).await?;
    Ok(())
}

fn main() {}
