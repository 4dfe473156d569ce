//! The plan of a query.

use model_runtime::count;
use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::models::Page;
use tests::on_both;

on_both! {
    async fn a_plan_names_the_index(db) {
        create_tables(&[Page::table()], &db).await.unwrap();
        let pages = (0..2000).map(|n| Page::builder().position(n).title(format!("Page {n}")).build());
        Page::bulk_create(pages.collect(), &db).await.unwrap();
        tests::raw_sql::execute(&db, "ANALYZE").await.unwrap();
        let found = Page::objects().filter(|p| p.title.eq("Page 7") & p.position.gt(3)).explain(&db).await.unwrap();
        assert!(found.contains("pages_by_title"), "{found}");
        let all = Page::objects().filter(|p| p.position.gt(3)).explain(&db).await.unwrap();
        let scan = if db.dialect() == Dialect::Postgres { "Seq Scan on pages" } else { "SCAN t" };
        assert!(all.contains(scan), "{all}");
    }

    async fn every_query_has_a_plan(db) {
        create_tables(&[Page::table()], &db).await.unwrap();
        let pages = || Page::objects().filter(|p| p.title.eq("It's"));
        let plans = [
            pages().values(|p| p.title).explain(&db).await.unwrap(),
            pages().select_related(|p| p.parent()).explain(&db).await.unwrap(),
            pages().group_by(|p| p.position).aggregate(|_| count()).explain(&db).await.unwrap(),
            pages().order_by(|p| p.position.asc()).limit(1).select_for_update().explain(&db).await.unwrap(),
        ];
        assert!(plans.iter().all(|plan| plan.contains("pages") || plan.contains(" t ")), "{plans:#?}");
        assert!(plans[1].lines().count() > 1, "one line a step: {}", plans[1]);
        let locks = plans[3].contains("LockRows");
        assert_eq!(locks, db.dialect() == Dialect::Postgres, "{}", plans[3]);
    }
}
