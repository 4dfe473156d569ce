use model_runtime::prelude::*;

#[derive(Debug, Model)]
#[model(unchecked)]
#[user]
pub struct Member {
    pub id: Uuid,
    pub club: String,
}

async fn uses(member: &mut Member, db: &Pool) -> Result<()> {
    let users = Member::manager();
    users.set_password(member, "a boat on the Lek", db).await?;
    member.verify_email(db).await?;
    let found = users.active().verified().by_email("jane@example.com").get(db).await?;
    found.has_perm("club.open_bar", db).await?;
    Ok(())
}

fn main() {}
