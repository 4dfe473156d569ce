//! Links by way of a third model: `add`, `remove`, `set`, `clear`, `contains`, querysets on both sides, `prefetch_many`.

use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::relations::{Person, PersonEdited, PersonStories, Section, Story, Topic, tables};
use tests::{on_both, raw_sql};

/// Three topics and two stories, without links.
async fn press(db: &Pool) -> ([Topic; 3], [Story; 2]) {
    create_tables(&tables(), db).await.unwrap();
    let ada = Person::builder().name("Ada").create(db).await.unwrap();
    let news = Section::builder().name("News").create(db).await.unwrap();
    let topic = |name: &'static str| {
        let db = db.clone();
        async move { Topic::builder().name(name).create(&db).await.unwrap() }
    };
    let story = |title: &'static str| {
        let (db, author, section) = (db.clone(), ada.id, news.id);
        async move {
            Story::builder().title(title).author_id(author).section_id(section).create(&db).await.unwrap()
        }
    };
    (
        [topic("art").await, topic("books").await, topic("city").await],
        [story("One").await, story("Two").await],
    )
}

async fn names(query: QuerySet<Topic>, db: &Pool) -> Vec<String> {
    query.order_by(|t| t.name.asc()).values(|t| t.name).fetch_all(db).await.unwrap()
}

async fn links(db: &Pool) -> i64 {
    raw_sql::count(db, "story_topics").await
}

on_both! {
    async fn links_are_added_once_and_taken_away(db) {
        let ([art, books, city], [one, two]) = press(&db).await;
        assert_eq!(one.topics().add([&art, &books], &db).await.unwrap(), 2);
        assert_eq!(one.topics().add([&books, &city, &city], &db).await.unwrap(), 1, "linking again is nothing");
        assert_eq!(two.topics().add([&art], &db).await.unwrap(), 1);
        assert_eq!(names(one.topics().all(), &db).await, ["art", "books", "city"]);
        assert_eq!(names(one.topics().all().filter(|t| t.name.gt("art")), &db).await, ["books", "city"]);
        assert!(one.topics().contains(&city, &db).await.unwrap());
        assert!(!two.topics().contains(&city, &db).await.unwrap());

        assert_eq!(one.topics().remove([&art, &city], &db).await.unwrap(), 2);
        assert_eq!(one.topics().remove([&art], &db).await.unwrap(), 0);
        assert_eq!(names(one.topics().all(), &db).await, ["books"]);
        assert_eq!(names(two.topics().all(), &db).await, ["art"], "the links of others stay");
        assert_eq!(links(&db).await, 2);
    }

    async fn set_links_these_and_no_others(db) {
        let ([art, books, city], [one, two]) = press(&db).await;
        two.topics().add([&art], &db).await.unwrap();
        assert_eq!(one.topics().set([&art, &books], &db).await.unwrap(), 2);
        assert_eq!(one.topics().set([&books, &city], &db).await.unwrap(), 2, "one was added, one was taken away");
        assert_eq!(names(one.topics().all(), &db).await, ["books", "city"]);
        assert_eq!(one.topics().set([&books, &city], &db).await.unwrap(), 0);
        assert_eq!(one.topics().clear(&db).await.unwrap(), 2);
        assert_eq!(names(one.topics().all(), &db).await, [""; 0]);
        assert_eq!(links(&db).await, 1);
    }

    async fn both_sides_have_querysets(db) {
        let ([art, books, _], [one, two]) = press(&db).await;
        art.stories().add([&one, &two], &db).await.unwrap();
        assert_eq!(names(one.topics().all(), &db).await, ["art"]);
        assert_eq!(art.stories().all().count(&db).await.unwrap(), 2);
        assert_eq!(books.stories().all().count(&db).await.unwrap(), 0);
        let mut two = two;
        two.delete(&db).await.unwrap();
        assert_eq!(art.stories().all().count(&db).await.unwrap(), 1, "the default scope holds");
        assert_eq!(art.stories().all().all_with_deleted().count(&db).await.unwrap(), 2);
        let about = Story::objects().filter(|s| s.id.is_in(art.stories().all().values(|s| s.id)));
        assert_eq!(about.update(|s| s.words.set(7), &db).await.unwrap(), 1);
    }

    async fn each_link_is_on_record_once(db) {
        let ([art, books, _], [one, _]) = press(&db).await;
        let jane = model_runtime::audit::AuditContext::default().actor(7, "jane");
        model_runtime::audit::scope(jane, async {
            one.topics().add([&art, &books], &db).await.unwrap();
            one.topics().add([&art, &books], &db).await.unwrap();
            one.topics().remove([&art], &db).await.unwrap();
        }).await;
        let trail = raw_sql::column::<String>(&db, "SELECT action FROM audit_logs WHERE content_type = 'press.story_topic' AND actor_id = '7' ORDER BY id");
        assert_eq!(trail.await, ["create", "create", "hard_delete"]);
    }

    async fn a_link_to_a_row_that_is_gone_is_refused_and_nothing_is_linked(db) {
        let ([art, books, _], [one, _]) = press(&db).await;
        books.hard_delete(&db).await.unwrap();
        let refused = one.topics().add([&art, &books], &db).await;
        assert!(matches!(refused, Err(Error::Validation(_))), "{refused:?}");
        assert_eq!(links(&db).await, 0);
        one.topics().set([&art], &db).await.unwrap();
        assert!(one.topics().set([&books], &db).await.is_err());
        assert_eq!(names(one.topics().all(), &db).await, ["art"], "what was there stays");
    }

    async fn many_at_once_link_once(db) {
        let ([art, books, city], [one, _]) = press(&db).await;
        let tasks = (0..16).map(|_| {
            let (db, one, topics) = (db.clone(), one.clone(), [art.clone(), books.clone(), city.clone()]);
            tokio::spawn(async move { one.topics().add(&topics, &db).await.unwrap() })
        });
        let mut added = 0;
        for task in tasks.collect::<Vec<_>>() {
            added += task.await.unwrap();
        }
        assert_eq!((added, links(&db).await), (3, 3));
    }

    async fn linked_rows_come_in_one_more_query(db) {
        let ([art, books, city], [one, two]) = press(&db).await;
        one.topics().add([&city, &art], &db).await.unwrap();
        two.topics().add([&art, &books], &db).await.unwrap();
        let mut gone = art.clone();
        let rows = |topics: QuerySet<Topic>| { let db = db.clone(); async move {
            let rows = Story::objects().order_by(|s| s.title.asc()).select_related(|s| s.author())
                .prefetch_many(Story::TOPICS, topics).fetch_all(&db).await.unwrap();
            rows.into_iter().map(|((story, author), topics)| {
                assert_eq!(author.name, "Ada");
                (story.title, topics.into_iter().map(|topic| topic.name).collect::<Vec<_>>().join(" "))
            }).collect::<Vec<_>>()
        }};
        let row = |title: &str, topics: &str| (title.to_owned(), topics.to_owned());
        assert_eq!(rows(Topic::objects().order_by(|t| t.name.asc())).await, [row("One", "art city"), row("Two", "art books")]);
        assert_eq!(rows(Topic::objects().order_by(|t| t.name.desc())).await, [row("One", "city art"), row("Two", "books art")]);
        assert_eq!(rows(Topic::objects().filter(|t| t.name.ne("art"))).await, [row("One", "city"), row("Two", "books")]);
        gone.delete(&db).await.unwrap();
        assert_eq!(rows(Topic::objects()).await, [row("One", "city"), row("Two", "books")]);
        let slice = Story::objects().prefetch_many(Story::TOPICS, Topic::objects().limit(1));
        assert!(matches!(slice.fetch_all(&db).await, Err(Error::Validation(_))));
    }

    async fn links_with_names_of_their_own_that_can_be_deleted(db) {
        let (_, [one, _]) = press(&db).await;
        let bo = Person::builder().name("Bo").create(&db).await.unwrap();
        one.readers().add([&bo], &db).await.unwrap();
        raw_sql::execute(&db, "UPDATE readings SET deleted_at = '2026-01-01 00:00:00+00'").await.unwrap();
        assert_eq!(one.readers().all().count(&db).await.unwrap(), 0, "a deleted link is none");
        assert_eq!(one.readers().add([&bo], &db).await.unwrap(), 1);
        let read = Story::objects().prefetch_many(Story::READERS, Person::objects()).fetch_all(&db).await.unwrap();
        assert_eq!(read.iter().map(|(_, readers)| readers.len()).sum::<usize>(), 1);
    }

    async fn links_that_can_be_deleted_are_kept(db) {
        let (_, [one, two]) = press(&db).await;
        let [bo, cy, di] = ["Bo", "Cy", "Di"].map(|name| Person::builder().name(name).build());
        let people = Person::bulk_create(vec![bo, cy, di], &db).await.unwrap();
        let live = "readings WHERE deleted_at IS NULL";
        assert_eq!(one.readers().add(&people, &db).await.unwrap(), 3);
        assert_eq!(two.readers().add(&people, &db).await.unwrap(), 3);
        assert_eq!(one.readers().remove(&people[..1], &db).await.unwrap(), 1);
        assert_eq!(one.readers().remove(&people[..1], &db).await.unwrap(), 0, "it is deleted already");
        assert!(!one.readers().contains(&people[0], &db).await.unwrap());
        assert!(two.readers().contains(&people[0], &db).await.unwrap());
        assert_eq!((raw_sql::count(&db, "readings").await, raw_sql::count(&db, live).await), (6, 5));
        assert_eq!(one.readers().add(&people, &db).await.unwrap(), 1, "a new link, beside the deleted one");
        assert_eq!(one.readers().set(&people[1..2], &db).await.unwrap(), 2);
        assert_eq!(one.readers().all().get(&db).await.unwrap().name, "Cy");
        assert_eq!(one.readers().clear(&db).await.unwrap(), 1);
        assert_eq!((raw_sql::count(&db, "readings").await, raw_sql::count(&db, live).await), (7, 3));
        let read = Story::objects().order_by(|s| s.title.asc()).prefetch_many(Story::READERS, Person::objects()).fetch_all(&db).await.unwrap();
        assert_eq!(read.iter().map(|(_, readers)| readers.len()).collect::<Vec<_>>(), [0, 3]);
    }

    async fn the_other_side_of_a_foreign_key_has_a_name(db) {
        let (_, [one, two]) = press(&db).await;
        let ada = Person::objects().get(&db).await.unwrap();
        assert_eq!(ada.stories().order_by(|s| s.title.asc()).values(|s| s.id).fetch_all(&db).await.unwrap(), [one.id, two.id]);
        assert_eq!(ada.edited().count(&db).await.unwrap(), 0);
    }

    async fn lists_can_be_queries(db) {
        let (_, [one, two]) = press(&db).await;
        let mut bo = Person::builder().name("Bo").create(&db).await.unwrap();
        let mut story = one.clone();
        story.editor_id = Some(bo.id);
        story.save(&db).await.unwrap();
        let writers = Person::objects().filter(|p| p.id.is_in(Story::objects().values(|s| s.author_id)));
        assert_eq!(writers.get(&db).await.unwrap().name, "Ada");
        let editors = || Person::objects().filter(|p| p.id.is_in(Story::objects().values(|s| s.editor_id)));
        assert_eq!(editors().get(&db).await.unwrap().name, "Bo");
        let others = Person::objects().exclude(|p| p.id.is_in(Story::objects().values(|s| s.editor_id)));
        assert_eq!(others.get(&db).await.unwrap().name, "Ada", "NULL among them finds nothing and hides nothing");
        let first = Story::objects().order_by(|s| s.title.desc()).limit(1).values(|s| s.id);
        assert_eq!(Story::objects().filter(|s| s.id.is_in(first)).get(&db).await.unwrap().id, two.id);
        assert_eq!(Story::objects().filter(|s| s.author_id.is_in(Person::objects().filter(|p| p.company().name.eq("x")).values(|p| p.id))).count(&db).await.unwrap(), 0);
        bo.name = "Cy".into();
        bo.save(&db).await.unwrap();
        let authors = Story::objects().values(|s| s.author().name).distinct().fetch_all(&db).await.unwrap();
        assert_eq!(authors, ["Ada"]);
    }
}
