//! The plan of a query.

use model_runtime::count;
use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::models::Page;
use tests::relations::{Person, Section, Story, tables};
use tests::{on_both, raw_sql};

/// 100,000 stories, one a minute, of which the first 3 of each 20 are deleted.
async fn stories(db: &Pool) {
    create_tables(&tables(), db).await.unwrap();
    let ada = Person::builder().name("Ada").create(db).await.unwrap();
    let news = Section::builder().name("News").create(db).await.unwrap();
    let (numbers, id, time) = match db.dialect() {
        Dialect::Postgres => (
            "generate_series(1, 100000) AS n",
            "gen_random_uuid()",
            "timestamptz '2026-01-01T00:00:00Z' + n * interval '1 minute'",
        ),
        Dialect::Sqlite => (
            "(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 100000) SELECT n FROM r)",
            "randomblob(16)",
            "strftime('%Y-%m-%dT%H:%M:%S+00:00', '2026-01-01', '+' || n || ' minutes')",
        ),
    };
    let (author, section) = (raw_sql::key(db, ada.id), news.id);
    let insert = format!(
        "INSERT INTO stories (id, title, words, author_id, section_id, created_at, updated_at, deleted_at)
         SELECT {id}, 'Story', n, {author}, {section}, time, time, CASE WHEN n % 20 < 3 THEN time END
         FROM (SELECT n, {time} AS time FROM {numbers}) AS r"
    );
    raw_sql::execute(db, &insert).await.unwrap();
    raw_sql::execute(db, "ANALYZE stories").await.unwrap();
}

on_both! {
    async fn the_newest_live_rows_are_read_in_the_order_of_an_index(db) {
        stories(&db).await;
        assert_eq!(Story::objects().count(&db).await.unwrap(), 85_000);
        assert_eq!(Story::objects().deleted().count(&db).await.unwrap(), 15_000);
        for newest in [Story::objects().limit(20), Story::objects().order_by(|s| s.created_at.desc()).limit(20)] {
            let plan = newest.clone().explain(&db).await.unwrap();
            assert!(plan.contains("stories_created_at_desc_id_desc_"), "{plan}");
            let slow = ["Sort", "TEMP B-TREE", "Seq Scan", "Bitmap"];
            assert!(slow.iter().all(|step| !plan.contains(step)), "{plan}");
            assert_eq!(plan.matches("SCAN t").count(), plan.matches("SCAN t USING INDEX").count(), "{plan}");
            let words = newest.values(|s| s.words).fetch_all(&db).await.unwrap();
            let live = (1..=100_000).rev().filter(|n| n % 20 >= 3).take(20);
            assert_eq!(words, live.collect::<Vec<i32>>());
        }
    }

    async fn a_plan_names_the_index(db) {
        create_tables(&[Page::table()], &db).await.unwrap();
        let pages = (0..2000).map(|n| Page::builder().position(n).title(format!("Page {n}")).build());
        Page::bulk_create(pages.collect(), &db).await.unwrap();
        raw_sql::execute(&db, "ANALYZE").await.unwrap();
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
