use model_runtime::prelude::*;

#[mixins]
#[derive(Debug, Model)]
#[model(unchecked)]
struct Post {
    title: String,
}

async fn delete(db: &Pool) {
    Post::objects().without_audit().delete(db).await.unwrap();
}

fn main() {}
