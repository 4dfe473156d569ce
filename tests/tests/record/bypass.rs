//! No way of writing leaves the audit trail out, and none tells of more than it wrote (rule 13).

use model_runtime::clock;
use model_runtime::prelude::*;
use tests::fixtures::new_year;
use tests::recorded::{Article, Booking, create_tables};
use tests::{on_both, raw_sql};

use super::fixtures::{actions, article, audit_rows, trail};
use Action::{Archive, Create, Delete, HardDelete, Publish, Restore, Unpublish, Update};

/// The keys of articles that meet a condition, by plain SQL, as hexadecimal digits.
async fn keys(condition: &str, db: &Pool) -> Vec<String> {
    let id = match db.dialect() {
        Dialect::Sqlite => "lower(hex(id))",
        Dialect::Postgres => "replace(id::text, '-', '')",
    };
    raw_sql::column(db, &format!("SELECT {id} FROM articles WHERE {condition} ORDER BY 1")).await
}

/// The keys of which the audit rows of an action tell, once for each row.
async fn audited(action: Action, db: &Pool) -> Vec<String> {
    let action = action.as_str();
    let sql =
        format!("SELECT replace(object_id, '-', '') FROM audit_logs WHERE action = '{action}' ORDER BY 1");
    raw_sql::column(db, &sql).await
}

/// Ten articles, read 0 to 9 times.
async fn ten(db: &Pool) -> Vec<Article> {
    create_tables(db).await;
    let rows = (0..10).map(|views| Article::builder().title(format!("T{views}")).views(views).build());
    Article::bulk_create(rows.collect(), db).await.unwrap()
}

/// Runs a write on a database handle, and expects one more audit row.
macro_rules! leaves_one {
    ($db:expr, $write:expr) => {{
        let before = audit_rows($db).await;
        let result = $write.await.unwrap();
        assert_eq!(audit_rows($db).await, before + 1, "{}", stringify!($write));
        result
    }};
}

on_both! {
    async fn every_method_of_a_row_leaves_its_audit_row(db) {
        create_tables(&db).await;
        let mut row = leaves_one!(&db, Article::builder().title("A").create(&db));
        let mut other = Article::builder().title("B").build();
        leaves_one!(&db, other.insert(&db));
        row.title = "C".to_owned();
        leaves_one!(&db, row.save(&db));
        row.views = 1;
        leaves_one!(&db, row.save_only(|a| a.views, &db));
        row.status = PublishStatus::Archived;
        leaves_one!(&db, row.save_only(|a| a.status, &db));
        leaves_one!(&db, row.unpublish(&db));
        leaves_one!(&db, row.publish(&db));
        leaves_one!(&db, row.archive(&db));
        leaves_one!(&db, row.undo(1, &db));
        row.title = "D".to_owned();
        clock::frozen(new_year() + tests::fixtures::DAY * 40_000, row.save(&db)).await.unwrap();
        leaves_one!(&db, row.revert_to(new_year() + tests::fixtures::DAY * 30_000, &db));
        leaves_one!(&db, row.delete(&db));
        leaves_one!(&db, row.restore(&db));
        leaves_one!(&db, row.hard_delete(&db));
        let mut booking = leaves_one!(&db, Booking::builder().account("A").amount(Decimal::ONE).create(&db));
        leaves_one!(&db, booking.delete(&db));
        assert_eq!(actions(&booking, &db).await, [Create, HardDelete]);
    }

    async fn every_method_of_a_queryset_leaves_an_audit_row_for_each_row(db) {
        ten(&db).await;
        let all = Article::objects;
        assert_eq!(audited(Create, &db).await, keys("TRUE", &db).await);
        all().publish(&db).await.unwrap();
        assert_eq!(audited(Publish, &db).await, keys("status = 'published'", &db).await);
        all().unpublish(&db).await.unwrap();
        assert_eq!(audited(Unpublish, &db).await, keys("status = 'draft'", &db).await);
        all().archive(&db).await.unwrap();
        assert_eq!(audited(Archive, &db).await, keys("status = 'archived'", &db).await);
        all().update(|a| a.content.set("x"), &db).await.unwrap();
        assert_eq!(audited(Update, &db).await, keys("content = 'x'", &db).await);
        all().delete(&db).await.unwrap();
        assert_eq!(audited(Delete, &db).await, keys("deleted_at IS NOT NULL", &db).await);
        all().deleted().filter(|a| a.views.lt(4)).restore(&db).await.unwrap();
        all().restore_all(&db).await.unwrap();
        assert_eq!(audited(Restore, &db).await, keys("deleted_at IS NULL", &db).await);
        let before = keys("TRUE", &db).await;
        assert_eq!(before.len(), 10);
        all().hard_delete(&db).await.unwrap();
        assert_eq!(audited(HardDelete, &db).await, before);
        assert_eq!(audit_rows(&db).await, 80);
        for account in ["A", "B"] {
            Booking::builder().account(account).amount(Decimal::ONE).create(&db).await.unwrap();
        }
        assert_eq!(Booking::objects().delete(&db).await.unwrap(), 2);
        assert_eq!(audited(HardDelete, &db).await.len(), 12);
    }

    async fn filtered_and_sliced_querysets_tell_of_the_rows_written(db) {
        ten(&db).await;
        let slice = || Article::objects().filter(|a| a.views.ge(2)).order_by(|a| a.views.desc()).offset(1).limit(5);
        let sliced = "views BETWEEN 4 AND 8";
        // Some of the slice have the value already: they are neither written nor told of.
        Article::objects().filter(|a| a.views.eq(6)).without_audit().update(|a| a.content.set("x"), &db).await.unwrap();
        assert_eq!(slice().update(|a| a.content.set("x"), &db).await.unwrap(), 4);
        assert_eq!(keys("content = 'x'", &db).await, keys(sliced, &db).await);
        assert_eq!(audited(Update, &db).await, keys(&format!("{sliced} AND views <> 6"), &db).await);
        assert_eq!(slice().publish(&db).await.unwrap(), 5);
        assert_eq!(keys("status = 'published'", &db).await, keys(sliced, &db).await);
        assert_eq!(audited(Publish, &db).await, keys(sliced, &db).await);
        assert_eq!(Article::objects().published().limit(2).unpublish(&db).await.unwrap(), 2);
        let draft_again = format!("{sliced} AND status = 'draft'");
        assert_eq!(audited(Unpublish, &db).await, keys(&draft_again, &db).await);
        assert_eq!(Article::objects().filter(|a| a.views.lt(3)).delete(&db).await.unwrap(), 3);
        assert_eq!(audited(Delete, &db).await, keys("deleted_at IS NOT NULL", &db).await);
        let before = keys("views = 1 AND deleted_at IS NOT NULL", &db).await;
        assert_eq!(Article::objects().deleted().order_by(|a| a.views.asc()).offset(1).limit(1).restore(&db).await.unwrap(), 1);
        assert_eq!(audited(Restore, &db).await, before);
        let before = keys("views IN (8, 9)", &db).await;
        assert_eq!(Article::objects().order_by(|a| a.views.desc()).limit(2).hard_delete(&db).await.unwrap(), 2);
        assert_eq!(audited(HardDelete, &db).await, before);
        assert_eq!(keys("TRUE", &db).await.len(), 8);
    }

    async fn a_bulk_write_of_no_row_leaves_none(db) {
        ten(&db).await;
        let before = audit_rows(&db).await;
        let none = || Article::objects().filter(|a| a.views.gt(100));
        let all = Article::objects;
        assert_eq!(none().update(|a| a.content.set("x"), &db).await.unwrap(), 0);
        assert_eq!(none().publish(&db).await.unwrap(), 0);
        assert_eq!(all().unpublish(&db).await.unwrap(), 0);
        assert_eq!(none().archive(&db).await.unwrap(), 0);
        assert_eq!(none().delete(&db).await.unwrap(), 0);
        assert_eq!(all().deleted().restore(&db).await.unwrap(), 0);
        assert_eq!(all().restore_all(&db).await.unwrap(), 0);
        assert_eq!(none().hard_delete(&db).await.unwrap(), 0);
        assert_eq!(all().limit(0).update(|a| a.content.set("x"), &db).await.unwrap(), 0);
        assert_eq!(all().limit(0).hard_delete(&db).await.unwrap(), 0);
        assert!(Article::bulk_create(Vec::new(), &db).await.unwrap().is_empty());
        assert_eq!(audit_rows(&db).await, before);
        assert_eq!(keys("TRUE", &db).await.len(), 10);
    }

    async fn a_write_of_a_row_that_is_gone_leaves_none(db) {
        create_tables(&db).await;
        let mut article = article("Title", &db).await;
        raw_sql::execute(&db, "DELETE FROM articles").await.unwrap();
        article.views = 1;
        assert!(matches!(article.save(&db).await, Err(Error::NotFound { .. })));
        assert!(matches!(article.publish(&db).await, Err(Error::NotFound { .. })));
        assert!(matches!(article.delete(&db).await, Err(Error::NotFound { .. })));
        assert!(!article.hard_delete(&db).await.unwrap());
        assert_eq!(audit_rows(&db).await, 1);
    }

    async fn every_kind_of_handle_records(db) {
        create_tables(&db).await;
        let mut row = article("Title", &db).await;
        let mut connection = db.acquire().await.unwrap();
        row.views = 1;
        row.save(&mut connection).await.unwrap();
        drop(connection);
        let mut transaction = db.begin().await.unwrap();
        row.views = 2;
        row.save(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        macro_rules! native {
            ($pool:expr) => {{
                row.views = 3;
                row.save($pool).await.unwrap();
                let mut connection = $pool.acquire().await.unwrap();
                row.views = 4;
                row.save(&mut connection).await.unwrap();
                row.views = 5;
                row.save(&mut *connection).await.unwrap();
                let mut transaction = $pool.begin().await.unwrap();
                row.views = 6;
                row.save(&mut transaction).await.unwrap();
                transaction.commit().await.unwrap();
            }};
        }
        match &db {
            Pool::Sqlite(pool) => native!(pool),
            Pool::Postgres(pool) => native!(pool),
        }
        let trail = trail(&row, &db).await;
        let views: Vec<_> = trail[1..].iter().map(|log| log.changes["views"].new.to_string()).collect();
        assert_eq!(views, ["1", "2", "3", "4", "5", "6"]);
        assert_eq!(keys("views = 6", &db).await.len(), 1);
        let mut transaction = db.begin().await.unwrap();
        row.views = 7;
        row.save(&mut transaction).await.unwrap();
        transaction.rollback().await.unwrap();
        assert_eq!(audit_rows(&db).await, 7);
        assert_eq!(keys("views = 6", &db).await.len(), 1);
    }
}
