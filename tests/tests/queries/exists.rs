//! Conditions on the rows that refer to a row, or are linked to it.

use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use model_runtime::{count, exists};
use tests::models::Page;
use tests::relations::{Company, Person, Section, Story, Topic};
use tests::{on_both, raw_sql};

use super::relations::press;

async fn names(query: QuerySet<Person>, db: &Pool) -> Vec<String> {
    query.order_by(|p| p.name.asc()).values(|p| p.name).fetch_all(db).await.unwrap()
}

async fn titles(query: QuerySet<Story>, db: &Pool) -> Vec<String> {
    query.order_by(|s| s.words.asc()).values(|s| s.title).fetch_all(db).await.unwrap()
}

/// Page 1 has 2 and 3; 2 has 4. Each has the position of its key.
async fn book(db: &Pool) {
    create_tables(&[Page::table()], db).await.unwrap();
    for (n, parent) in [(1, None), (2, Some(1)), (3, Some(1)), (4, Some(2))] {
        let mut page = Page::builder().position(n).title(format!("Page {n}")).build();
        page.parent_id = parent;
        page.insert(db).await.unwrap();
        assert_eq!(page.id, i64::from(n));
    }
}

async fn positions(query: QuerySet<Page>, db: &Pool) -> Vec<i32> {
    query.order_by(|p| p.id.asc()).values(|p| p.position).fetch_all(db).await.unwrap()
}

on_both! {
    async fn rows_are_found_by_those_that_refer_to_them(db) {
        press(&db).await;
        let edited = || exists(Story::objects(), |s| s.editor_id);
        let long = || Story::objects().filter(|s| s.words.gt(300));
        let all = Person::objects;
        assert_eq!(names(all().filter(|_| exists(Story::objects(), |s| s.author_id)), &db).await, ["Ada", "Bo"]);
        assert_eq!(names(all().filter(|_| exists(long(), |s| s.author_id)), &db).await, ["Ada"]);
        assert_eq!(names(all().filter(|_| edited()), &db).await, ["Bo"]);
        assert_eq!(names(all().filter(|_| !edited()), &db).await, ["Ada"], "NULL refers to nobody");
        assert_eq!(names(all().exclude(|_| edited()), &db).await, ["Ada"]);
        assert_eq!(names(all().filter(|_| !!edited()), &db).await, ["Bo"]);
        assert_eq!(names(all().filter(|p| edited() | p.name.eq("Ada")), &db).await, ["Ada", "Bo"]);
        assert_eq!(names(all().filter(|_| !(edited() | exists(long(), |s| s.author_id))), &db).await, [""; 0]);
        assert_eq!(names(all().filter(|_| !edited() & exists(long(), |s| s.author_id)), &db).await, ["Ada"]);
    }

    async fn a_way_leads_to_farther_rows(db) {
        press(&db).await;
        Company::builder().name("Idle").create(&db).await.unwrap();
        let with = |words| exists(Story::objects().filter(move |s| s.words.gt(words)), |s| s.author().company_id);
        assert_eq!(Company::objects().filter(|_| with(300)).get(&db).await.unwrap().name, "Times");
        assert_eq!(Company::objects().filter(|_| with(500)).count(&db).await.unwrap(), 0);
        assert_eq!(Company::objects().filter(|_| !with(300)).get(&db).await.unwrap().name, "Idle");
        let writers = Person::objects().filter(|_| exists(Story::objects().filter(|s| s.words.gt(300)), |s| s.author_id));
        let nested = Company::objects().filter(|_| exists(writers, |p| p.company_id));
        assert_eq!(nested.get(&db).await.unwrap().name, "Times");
    }

    async fn each_queryset_keeps_to_its_own_scope(db) {
        let [_, mut second, _] = press(&db).await;
        second.delete(&db).await.unwrap();
        let by = |stories: QuerySet<Story>| Person::objects().filter(|_| exists(stories, |s| s.author_id));
        assert_eq!(names(by(Story::objects()), &db).await, ["Ada"]);
        assert_eq!(names(by(Story::objects().all_with_deleted()), &db).await, ["Ada", "Bo"]);
        assert_eq!(names(by(Story::objects().deleted()), &db).await, ["Bo"]);
        let open = Section::objects().filter(|_| exists(Story::objects(), |s| s.section_id));
        assert_eq!(open.clone().values(|s| s.name).fetch_all(&db).await.unwrap(), ["News"]);
        assert_eq!(open.all_with_deleted().count(&db).await.unwrap(), 2);
    }

    async fn names_within_do_not_clash_with_those_outside(db) {
        press(&db).await;
        let by_times = Story::objects().filter(|s| s.author().company().name.eq("Times") & s.editor().name.eq("Bo"));
        let people = Person::objects().filter(|p| p.company().name.eq("Times") & exists(by_times, |s| s.author_id));
        assert_eq!(names(people.clone(), &db).await, ["Ada"]);
        assert_eq!(people.order_by(|p| p.company().name.asc()).count(&db).await.unwrap(), 1);

        book(&db).await;
        let has_pages = || exists(Page::objects(), |p| p.parent_id);
        assert_eq!(positions(Page::objects().filter(|_| has_pages()), &db).await, [1, 2]);
        assert_eq!(positions(Page::objects().filter(|_| !has_pages()), &db).await, [3, 4]);
        let grand = || exists(Page::objects().filter(|_| has_pages()), |p| p.parent_id);
        assert_eq!(positions(Page::objects().filter(|_| grand()), &db).await, [1]);
        // The same join inside and outside.
        let first = || Page::objects().filter(|p| p.parent().position.eq(1));
        assert_eq!(positions(first().filter(|_| exists(Page::objects().filter(|p| p.parent().position.eq(2)), |p| p.parent_id)), &db).await, [2]);
        assert_eq!(positions(first().filter(|_| !has_pages()), &db).await, [3]);
        assert_eq!(positions(Page::objects().filter(|_| exists(Page::objects(), |p| p.parent().parent_id)), &db).await, [1]);
        assert_eq!(positions(first().filter(|_| !has_pages()).filter_sql("{t}page_number > {}", (2,)), &db).await, [3]);
    }

    async fn a_slice_within_is_one_of_all_its_rows(db) {
        press(&db).await;
        let longest = |n| Story::objects().order_by(|s| s.words.desc()).limit(n);
        let by = |stories: QuerySet<Story>| Person::objects().filter(|_| exists(stories, |s| s.author_id));
        assert_eq!(names(by(longest(1)), &db).await, ["Ada"]);
        assert_eq!(names(by(longest(2)), &db).await, ["Ada", "Bo"]);
        assert_eq!(names(by(longest(1).offset(1)), &db).await, ["Bo"]);
        assert_eq!(names(by(longest(0)), &db).await, [""; 0]);
    }

    async fn counts_figures_and_slices_keep_to_it(db) {
        press(&db).await;
        let edited = || Story::objects().filter(|s| s.words.ge(100) & exists(Story::objects().filter(|s| s.editor_id.is_not_null()), |s| s.id));
        assert_eq!(edited().count(&db).await.unwrap(), 1);
        assert!(edited().exists(&db).await.unwrap());
        assert_eq!(edited().aggregate(|s| (count(), s.words.sum()), &db).await.unwrap(), (1, Some(100)));
        let writers = || Person::objects().filter(|_| exists(Story::objects(), |s| s.author_id));
        assert_eq!(writers().order_by(|p| p.name.desc()).limit(1).count(&db).await.unwrap(), 1);
        assert_eq!(writers().limit(1).aggregate(|p| p.company().name.count(), &db).await.unwrap(), 1);
        let groups = writers().group_by(|p| p.company().name).aggregate(|_| count()).fetch_all(&db).await.unwrap();
        assert_eq!(groups, [(None, 1), (Some("Times".to_owned()), 1)]);
        let page = writers().order_by(|p| p.name.asc()).page(2, 1).fetch(&db).await.unwrap();
        assert_eq!((page.items[0].name.as_str(), page.total), ("Bo", 2));
        let rows = writers().select_related(|p| p.company()).fetch_all(&db).await.unwrap();
        assert_eq!(rows.len(), 2);
        assert!(writers().explain(&db).await.unwrap().contains("stories"));
    }

    async fn writes_choose_rows_by_it(db) {
        let [first, ..] = press(&db).await;
        let edited = || Person::objects().filter(|_| exists(Story::objects(), |s| s.editor_id));
        assert_eq!(edited().update(|p| p.name.set("Editor"), &db).await.unwrap(), 1);
        assert_eq!(raw_sql::column::<String>(&db, "SELECT name FROM people ORDER BY name").await, ["Ada", "Editor"]);

        let art = Topic::builder().name("art").create(&db).await.unwrap();
        first.topics().add([&art], &db).await.unwrap();
        let about = || Story::objects().filter(|_| Story::TOPICS.exists(Topic::objects()));
        assert_eq!(about().update(|s| s.words.set(s.words + 1), &db).await.unwrap(), 1);
        assert_eq!(raw_sql::column::<i32>(&db, "SELECT words FROM stories ORDER BY words").await, [101, 200, 400]);
        assert_eq!(about().filter(|s| s.author().name.eq("Ada")).delete(&db).await.unwrap(), 1);
        assert_eq!(raw_sql::value::<String>(&db, "SELECT title FROM stories WHERE deleted_at IS NOT NULL").await, "One");
        assert_eq!(AuditLog::objects().for_object(&first).count(&db).await.unwrap(), 3);
        assert_eq!(Story::objects().exclude(|_| Story::TOPICS.exists(Topic::objects())).hard_delete(&db).await.unwrap(), 2);
        assert_eq!(raw_sql::value::<String>(&db, "SELECT title FROM stories").await, "One");

        book(&db).await;
        let leaves = || Page::objects().exclude(|_| exists(Page::objects(), |p| p.parent_id));
        assert_eq!(leaves().order_by(|p| p.id.desc()).limit(1).update(|p| p.title.set("Last"), &db).await.unwrap(), 1);
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT id FROM pages WHERE title = 'Last'").await, 4);
        assert_eq!(leaves().delete(&db).await.unwrap(), 2);
        assert_eq!(raw_sql::column::<i64>(&db, "SELECT id FROM pages ORDER BY id").await, [1, 2]);
    }

    async fn rows_are_found_by_those_that_they_are_linked_to(db) {
        let [first, second, third] = press(&db).await;
        let [art, mut books] = ["art", "books"].map(|name| Topic::builder().name(name).build());
        let mut art = art;
        art.insert(&db).await.unwrap();
        books.insert(&db).await.unwrap();
        first.topics().add([&art, &books], &db).await.unwrap();
        second.topics().add([&books], &db).await.unwrap();
        let named = |name: &'static str| Topic::objects().filter(move |t| t.name.eq(name));
        let all = Story::objects;
        assert_eq!(titles(all().filter(|_| Story::TOPICS.exists(named("books"))), &db).await, ["One", "Two"]);
        assert_eq!(titles(all().filter(|_| Story::TOPICS.exists(named("art"))), &db).await, ["One"]);
        assert_eq!(titles(all().exclude(|_| Story::TOPICS.exists(Topic::objects())), &db).await, ["Three"]);
        let both = all().filter(|_| Story::TOPICS.exists(named("art")) & Story::TOPICS.exists(named("books")));
        assert_eq!(titles(both, &db).await, ["One"], "by different links");
        let last = Topic::objects().order_by(|t| t.name.desc()).limit(1);
        assert_eq!(titles(all().filter(|_| Story::TOPICS.exists(last)), &db).await, ["One", "Two"]);
        let of_ada = Topic::objects().filter(|_| Topic::STORIES.exists(Story::objects().filter(|s| s.author().name.eq("Ada"))));
        assert_eq!(of_ada.count(&db).await.unwrap(), 2);
        books.delete(&db).await.unwrap();
        assert_eq!(titles(all().filter(|_| Story::TOPICS.exists(Topic::objects())), &db).await, ["One"]);
        assert_eq!(titles(all().filter(|_| Story::TOPICS.exists(Topic::objects().deleted())), &db).await, ["One", "Two"]);

        // A deleted link is none.
        let bo = Person::objects().filter(|p| p.name.eq("Bo")).get(&db).await.unwrap();
        third.readers().add([&bo], &db).await.unwrap();
        let read = || Story::objects().filter(|_| Story::READERS.exists(Person::objects()));
        assert_eq!(titles(read(), &db).await, ["Three"]);
        tests::relations::Reading::objects().delete(&db).await.unwrap();
        assert_eq!(titles(read(), &db).await, [""; 0]);
    }

    async fn a_foreign_key_to_other_rows_is_refused(db) {
        press(&db).await;
        let wrong = Person::objects().filter(|_| exists(Person::objects(), |p| p.company_id)).count(&db).await;
        let said = wrong.unwrap_err().to_string();
        assert!(said.contains("`exists` by company_id: it refers to Company: name a foreign key that refers to Person"), "{said}");
        let wrong = Person::objects().prefetch_related(Person::objects(), |p| p.company_id).fetch_all(&db).await;
        let said = wrong.unwrap_err().to_string();
        assert_eq!(said, "Person is not valid: company_id refers to Company: name a foreign key that refers to Person");
    }

    async fn the_index_of_the_foreign_key_serves_it(db) {
        press(&db).await;
        let bo = Person::objects().filter(|p| p.name.eq("Bo")).get(&db).await.unwrap();
        let people = (0..2000).map(|n| Person::builder().name(format!("P{n}")).build());
        let people = Person::bulk_create(people.collect(), &db).await.unwrap();
        let stories = people.iter().map(|p| Story::builder().title("S").author_id(p.id).editor_id(bo.id).section_id(1).build());
        Story::bulk_create(stories.collect(), &db).await.unwrap();
        raw_sql::execute(&db, "ANALYZE").await.unwrap();
        let one = || Person::objects().filter(|p| p.name.eq("Bo"));
        let written = one().filter(|_| exists(Story::objects(), |s| s.author_id)).explain(&db).await.unwrap();
        assert!(written.contains("stories_author_id_idx"), "{written}");
        let not = Person::objects().filter(|_| !exists(Story::objects(), |s| s.author_id)).explain(&db).await.unwrap();
        match db.dialect() {
            Dialect::Postgres => assert!(not.contains("Anti Join"), "{not}"),
            Dialect::Sqlite => assert!(not.contains("stories_author_id_idx"), "{not}"),
        }
    }
}
