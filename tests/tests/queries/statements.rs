//! How many statements a piece of a program runs: `profile`, `assert_statements`, and that nothing is fetched row by row.

use futures_util::TryStreamExt;
use model_runtime::prelude::*;
use model_runtime::profile::{assert_statements, profile};
use model_runtime::schema::create_tables;
use tests::on_both;
use tests::relations::{Company, Person, Section, Story, Topic, tables};

async fn press(stories: i32, db: &Pool) {
    create_tables(&tables(), db).await.unwrap();
    let times = Company::builder().name("Times").create(db).await.unwrap();
    let news = Section::builder().name("News").create(db).await.unwrap();
    let topics = [
        Topic::builder().name("art").create(db).await.unwrap(),
        Topic::builder().name("city").create(db).await.unwrap(),
    ];
    for n in 0..stories {
        let author =
            Person::builder().name(format!("Author {n}")).company_id(times.id).create(db).await.unwrap();
        let story = Story::builder().title(format!("Story {n}")).author_id(author.id).section_id(news.id);
        story.create(db).await.unwrap().topics().add(&topics, db).await.unwrap();
    }
}

on_both! {
    async fn a_list_with_author_section_and_topics_is_two_statements(db) {
        press(100, &db).await;
        let list = Story::objects().limit(100).select_related(|s| (s.author(), s.author().company(), s.section()))
            .prefetch_many(Story::TOPICS, Topic::objects());
        let rows = assert_statements(2, list.fetch_all(&db)).await.unwrap();
        assert_eq!(rows.len(), 100);
        assert!(rows.iter().all(|((_, (_, company, section)), topics)| {
            company.is_some() && section.is_some() && topics.len() == 2
        }));
        let written = Person::objects().prefetch_related(Story::objects(), |s| s.author_id);
        assert_eq!(assert_statements(2, written.fetch_all(&db)).await.unwrap().len(), 100);
    }

    async fn what_is_fetched_row_by_row_is_pointed_out(db) {
        press(5, &db).await;
        let one_by_one = async {
            for story in Story::objects().fetch_all(&db).await? {
                Person::get(story.author_id, &db).await?;
            }
            Ok::<(), Error>(())
        };
        let (result, profile) = profile("one by one", one_by_one).await;
        result.unwrap();
        assert_eq!(profile.statements.len(), 6);
        let repeated = profile.repeated();
        assert_eq!((repeated.len(), repeated[0].1), (1, 5));
        assert!(repeated[0].0.contains("\"people\""), "{profile}");
        let report = profile.to_string();
        assert!(report.starts_with("one by one: 6 statements, "), "{report}");
        assert!(report.contains("\n5 times: SELECT "), "{report}");
    }

    async fn every_way_to_the_database_is_seen(db) {
        press(1, &db).await;
        let ((), seen) = profile("all", async {
            let mut story = Story::objects().get(&db).await.unwrap();
            story.words = 7;
            story.save(&db).await.unwrap();
            let mut connection = db.acquire().await.unwrap();
            Story::objects().count(&mut connection).await.unwrap();
            let rows: Vec<Story> = Story::objects().fetch(&mut connection).try_collect().await.unwrap();
            assert_eq!(rows.len(), 1);
            drop(connection);
            let mut transaction = db.begin().await.unwrap();
            let ((), inner) = profile("inner", async {
                story.words = 8;
                story.save_only(|s| (s.words,), &mut transaction).await.unwrap();
            }).await;
            assert_eq!(inner.statements.len(), 1);
            transaction.commit().await.unwrap();
        }).await;
        assert_eq!(seen.statements.len(), 5, "{seen}");
        assert!(seen.repeated().is_empty());
        let (_, none) = profile("none", async {
            tokio::spawn({ let db = db.clone(); async move { Story::objects().count(&db).await } }).await.unwrap()
        }).await;
        assert_eq!(none.statements.len(), 0, "a spawned task is not seen");
    }

    async fn an_assertion_that_fails_tells_the_statements(db) {
        press(1, &db).await;
        let task = tokio::spawn(async move {
            assert_statements(2, Story::objects().count(&db)).await.unwrap();
        });
        let panic = task.await.unwrap_err().into_panic();
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(message.contains("statements.rs:"), "{message}");
        assert!(message.contains("2 statements were expected"), "{message}");
        assert!(message.contains("SELECT COUNT(*) FROM"), "{message}");
    }
}
