use model_runtime::audit::AuditContext;
use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
struct Post {
    title: String,
}

async fn save(post: &mut Post, context: &AuditContext, db: &Pool) {
    post.with_audit(context).save(db).await.unwrap();
}

fn main() {}
