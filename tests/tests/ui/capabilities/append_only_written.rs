use model_runtime::prelude::*;

async fn falsify(mut log: AuditLog, db: &Pool) {
    log.save(db).await.unwrap();
}

fn main() {}
