//! SQL of the user's own, as a condition and as a whole query.

use futures_util::TryStreamExt;
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
}
