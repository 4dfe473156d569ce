//! Pages by number.

use model_runtime::prelude::*;
use model_runtime::profile::profile;
use model_runtime::schema::create_tables;
use tests::fixtures::refused_fields;
use tests::models::Task;
use tests::on_both;
use tests::relations::{Company, Person, Section, Story, Topic, tables};

/// Tasks "00" to "09", of which 7, 8 and 9 are deleted.
async fn tasks(db: &Pool) {
    create_tables(&[Task::table()], db).await.unwrap();
    let tasks = (0..10).map(|n| Task::builder().title(format!("{n:02}")).build());
    Task::bulk_create(tasks.collect(), db).await.unwrap();
    assert_eq!(Task::objects().filter(|t| t.title.ge("07")).delete(db).await.unwrap(), 3);
}

fn titles(page: &model_runtime::Page<Task>) -> Vec<&str> {
    page.items.iter().map(|task| task.title.as_str()).collect()
}

on_both! {
    async fn a_page_has_its_items_and_the_total(db) {
        tasks(&db).await;
        let newest = || Task::objects().order_by(|t| t.title.desc());
        let (first, asked) = profile("page", newest().page(1, 3).fetch(&db)).await;
        let first = first.unwrap();
        assert_eq!(asked.statements.len(), 2);
        assert_eq!(titles(&first), ["06", "05", "04"]);
        assert_eq!((first.number, first.size, first.total, first.pages()), (1, 3, 7, 3));
        assert!(first.has_next() && !first.has_previous());
        let last = newest().page(3, 3).fetch(&db).await.unwrap();
        assert_eq!(titles(&last), ["00"]);
        assert!(!last.has_next() && last.has_previous());
        let exact = newest().page(1, 7).fetch(&db).await.unwrap();
        assert_eq!((exact.pages(), exact.has_next(), exact.has_previous()), (1, false, false));
    }

    async fn a_page_beyond_the_last_is_empty(db) {
        tasks(&db).await;
        for number in [4, 1000, u64::MAX] {
            let page = Task::objects().page(number, 3).fetch(&db).await.unwrap();
            assert_eq!((page.items.len(), page.total, page.pages(), page.has_next()), (0, 7, 3, false));
        }
        let all = Task::objects().page(1, u64::MAX).fetch(&db).await.unwrap();
        assert_eq!((all.items.len(), all.pages()), (7, 1));
        let none = Task::objects().filter(|t| t.title.eq("none")).page(1, 3).fetch(&db).await.unwrap();
        assert_eq!((none.items.len(), none.total, none.pages(), none.has_next(), none.has_previous()), (0, 0, 0, false, false));
    }

    async fn rows_without_an_order_come_in_that_of_their_keys(db) {
        tasks(&db).await;
        for tasks in [Task::objects(), Task::objects().order_by(|_| [])] {
            assert_eq!(titles(&tasks.page(2, 3).fetch(&db).await.unwrap()), ["03", "04", "05"]);
        }
    }

    async fn a_slice_has_pages_of_its_own(db) {
        tasks(&db).await;
        let slice = || Task::objects().order_by(|t| t.title.asc()).offset(1).limit(5);
        let page = slice().page(2, 3).fetch(&db).await.unwrap();
        assert_eq!((titles(&page), page.total, page.pages()), (vec!["04", "05"], 5, 2));
        let beyond = slice().page(3, 3).fetch(&db).await.unwrap();
        assert_eq!((beyond.items.len(), beyond.total), (0, 5));
    }

    async fn a_page_or_a_size_of_zero_is_refused(db) {
        tasks(&db).await;
        let (page, asked) = profile("page", Task::objects().page(0, 0).fetch(&db)).await;
        let fields: Vec<String> = refused_fields(page).into_iter().map(|error| error.field).collect();
        assert_eq!((fields, asked.statements.len()), (vec!["page".to_owned(), "size".to_owned()], 0));
        assert_eq!(refused_fields(Task::objects().page(1, 0).fetch(&db).await)[0].field, "size");
    }

    async fn what_comes_with_rows_comes_with_pages(db) {
        create_tables(&tables(), &db).await.unwrap();
        let times = Company::builder().name("Times").create(&db).await.unwrap();
        let section = Section::builder().name("News").create(&db).await.unwrap();
        let topic = Topic::builder().name("Rust").create(&db).await.unwrap();
        for name in ["Ada", "Bo", "Cy"] {
            let person = Person::builder().name(name).company_id(times.id).create(&db).await.unwrap();
            let story = Story::builder().title(name).author_id(person.id).section_id(section.id);
            story.create(&db).await.unwrap().topics().add([&topic], &db).await.unwrap();
        }
        let stories = Story::objects().filter(|s| s.author().company().name.eq("Times"))
            .order_by(|s| s.author().name.desc()).select_related(|s| (s.author(), s.section()))
            .prefetch_many(Story::TOPICS, Topic::objects());
        let (page, asked) = profile("page", stories.page(2, 2).fetch(&db)).await;
        let page = page.unwrap();
        assert_eq!((asked.statements.len(), page.total), (3, 3));
        let [((story, (author, _)), topics)] = &page.items[..] else { panic!("{page:?}") };
        assert_eq!((story.title.as_str(), author.name.as_str(), topics.as_slice()), ("Ada", "Ada", &[topic][..]));

        let people = Person::objects().order_by(|p| p.name.asc()).prefetch_related(Story::objects(), |s| s.author_id);
        let page = people.page(1, 2).fetch(&db).await.unwrap();
        assert_eq!(page.items.iter().map(|(person, stories)| (person.name.as_str(), stories.len())).collect::<Vec<_>>(), [("Ada", 1), ("Bo", 1)]);
    }
}
