//! SQL of the user's own, as a condition and as a whole query.

use futures_util::TryStreamExt;
use model_runtime::RawRow;
use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::on_both;
use tests::relations::{Person, Section, Story, tables};

async fn press(db: &Pool) {
    create_tables(&tables(), db).await.unwrap();
    let ada = Person::builder().name("Ada").create(db).await.unwrap();
    let news = Section::builder().name("News").create(db).await.unwrap();
    for (title, words) in [("One", 1), ("Two", 2), ("Three", 3)] {
        let story = Story::builder().title(title).words(words).author_id(ada.id).section_id(news.id);
        story.create(db).await.unwrap();
    }
}

on_both! {
    async fn a_condition_in_sql_takes_values(db) {
        press(&db).await;
        let long = || Story::objects().filter_sql("length({t}title) >= {} OR {t}words = {}", (5_i64, 1));
        assert_eq!(long().count(&db).await.unwrap(), 2);
        assert_eq!(long().filter(|s| s.author().name.eq("Ada") & s.words.gt(1)).get(&db).await.unwrap().title, "Three");
        assert_eq!(long().update(|s| s.words.set(9), &db).await.unwrap(), 2);
        let hostile = "'; DROP TABLE stories; --".to_owned();
        assert_eq!(Story::objects().filter_sql("{t}title = {}", (hostile,)).count(&db).await.unwrap(), 0);
        for (sql, why) in [("{t}words = {} AND {t}title = {}", "has more {} than values"), ("TRUE", "has fewer {} than values")] {
            let error = Story::objects().filter_sql(sql, (1,)).count(&db).await.unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
        }
    }

    async fn a_query_in_sql_gives_rows_of_a_model(db) {
        press(&db).await;
        let sql = "SELECT {columns} FROM stories AS t WHERE t.words > {} ORDER BY t.words DESC";
        let rows = Story::raw(sql, (1,)).fetch_all(&db).await.unwrap();
        assert_eq!(rows.iter().map(|story| story.title.as_str()).collect::<Vec<_>>(), ["Three", "Two"]);
        assert_eq!(rows[0], Story::get(rows[0].id, &db).await.unwrap());
        assert_eq!(Story::raw(sql, (2,)).get(&db).await.unwrap().title, "Three");
        assert!(matches!(Story::raw(sql, (1,)).get(&db).await, Err(Error::Multiple { .. })));
        assert!(Story::raw(sql, (9,)).first(&db).await.unwrap().is_none());
        let streamed: Vec<Story> = Story::raw("SELECT {columns} FROM stories AS t", ()).fetch(&db).try_collect().await.unwrap();
        assert_eq!(streamed.len(), 3);
    }

    async fn a_query_in_sql_gives_tuples_of_the_types_that_are_named(db) {
        press(&db).await;
        let sql = "SELECT s.name, COUNT(*), MAX(t.title) FROM stories AS t JOIN sections AS s ON s.id = t.section_id \
                   WHERE t.words > {} GROUP BY s.name";
        let rows = Story::raw_values::<(String, i64, Option<String>)>(sql, (1,)).fetch_all(&db).await.unwrap();
        assert_eq!(rows, [("News".to_owned(), 2, Some("Two".to_owned()))]);
        assert!(Story::raw_values::<(String, i64, Option<String>)>(sql, (9,)).first(&db).await.unwrap().is_none());

        let story = Story::objects().filter(|s| s.title.eq("One")).get(&db).await.unwrap();
        let row = Story::raw_values::<(Uuid, i32, bool, Option<f64>)>("SELECT id, words, words = 1, NULL FROM stories WHERE title = {}", ("One".to_owned(),));
        assert_eq!(row.get(&db).await.unwrap(), (story.id, 1, true, None));
        // On SQLite it is the whole number 0.
        let nothing = "SELECT COALESCE(SUM(CAST(words AS DOUBLE PRECISION)), 0) FROM stories WHERE words > 9";
        assert_eq!(Story::raw_values::<(f64,)>(nothing, ()).get(&db).await.unwrap(), (0.0,));
        let streamed: Vec<(String,)> =
            Story::raw_values("SELECT title FROM stories ORDER BY title", ()).fetch(&db).try_collect().await.unwrap();
        assert_eq!(streamed, [("One".to_owned(),), ("Three".to_owned(),), ("Two".to_owned(),)]);
    }

    async fn what_is_of_another_type_is_not_read(db) {
        press(&db).await;
        async fn refused<T: RawRow + std::fmt::Debug>(sql: &'static str, db: &Pool) -> String {
            Story::raw_values::<T>(sql, ()).fetch_all(db).await.unwrap_err().to_string()
        }
        let error = refused::<(String, String)>("SELECT title, words FROM stories", &db).await;
        assert!(error.contains("column 2: it is INT") && error.contains("which is not read as alloc::string::String"), "{error}");
        let error = refused::<(i64,)>("SELECT title FROM stories", &db).await;
        assert!(error.contains("which is not read as i64"), "{error}");
        for sql in ["SELECT COUNT(*) FROM stories", "SELECT 1.5 + words FROM stories"] {
            let error = refused::<(DateTime<Utc>,)>(sql, &db).await;
            assert!(error.contains("which is not read as chrono"), "{error}");
        }
        assert!(refused::<(Vec<u8>,)>("SELECT title FROM stories", &db).await.contains("is not read as alloc::vec::Vec<u8>"));
        let error = refused::<(i64,)>("SELECT MAX(words) FROM stories WHERE title = ''", &db).await;
        assert!(error.contains("is NULL, and the field is no `Option`"), "{error}");
        let error = refused::<(String,)>("SELECT title, words FROM stories", &db).await;
        assert!(error.contains("the query gives 2 columns, and 1 are read"), "{error}");
        let error = refused::<(i64,)>("SELECT COUNT(*) FROM stories WHERE words = {}", &db).await;
        assert!(error.contains("has more {} than values"), "{error}");
    }

    async fn a_decimal_is_read_where_the_database_knows_its_scale(db) {
        press(&db).await;
        let of = |sql| Story::raw_values::<(Decimal,)>(sql, ()).get(&db);
        match db.dialect() {
            Dialect::Postgres => {
                assert_eq!(of("SELECT 12.50::numeric(10, 4)").await.unwrap().0.to_string(), "12.5");
                assert_eq!(of("SELECT SUM(words)::numeric / 8 FROM stories").await.unwrap().0.to_string(), "0.75");
            }
            Dialect::Sqlite => {
                let error = of("SELECT 1250").await.unwrap_err().to_string();
                assert!(error.contains("INTEGER, which is not read as"), "{error}");
            }
        }
    }
}
