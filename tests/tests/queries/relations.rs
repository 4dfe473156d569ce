//! Filters, orders and figures across relations; `select_related` and `prefetch_related`.

use model_runtime::count;
use model_runtime::prelude::*;
use model_runtime::schema::create_tables;
use tests::on_both;
use tests::relations::{Company, Person, Section, Story, tables};

/// Ada works at the Times, Bo nowhere. Section 2 is closed.
/// Story 1: Ada, edited by Bo, section 1, 100 words. Story 2: Bo, section 1, 200 words. Story 3: Ada, section 2, 400 words.
pub async fn press(db: &Pool) -> [Story; 3] {
    create_tables(&tables(), db).await.unwrap();
    let times = Company::builder().name("Times").create(db).await.unwrap();
    let ada = Person::builder().name("Ada").company_id(times.id).create(db).await.unwrap();
    let bo = Person::builder().name("Bo").create(db).await.unwrap();
    let open = Section::builder().name("News").create(db).await.unwrap();
    let mut closed = Section::builder().name("Sports").create(db).await.unwrap();
    let story = |title: &str, words, author: &Person, section: &Section| {
        Story::builder().title(title).words(words).author_id(author.id).section_id(section.id)
    };
    let first = story("One", 100, &ada, &open).editor_id(bo.id).create(db).await.unwrap();
    let second = story("Two", 200, &bo, &open).create(db).await.unwrap();
    let third = story("Three", 400, &ada, &closed).create(db).await.unwrap();
    closed.delete(db).await.unwrap();
    [first, second, third]
}

async fn titles(query: QuerySet<Story>, db: &Pool) -> Vec<String> {
    query.order_by(|s| s.words.asc()).values(|s| s.title).fetch_all(db).await.unwrap()
}

/// Its relations have the names of keywords.
#[mixins]
#[derive(Debug, Clone, Model)]
#[model(table = "parcels", id = i64, unchecked)]
struct Parcel {
    #[belongs_to(Company, on_delete = protect)]
    type_id: Uuid,
    #[belongs_to(Company, on_delete = protect)]
    crate_id: Uuid,
}

on_both! {
    async fn relations_can_have_the_names_of_keywords(db) {
        create_tables(&[Company::table(), Parcel::table()], &db).await.unwrap();
        let times = Company::builder().name("Times").create(&db).await.unwrap();
        Parcel::builder().type_id(times.id).crate_id(times.id).create(&db).await.unwrap();
        let found = Parcel::objects().filter(|p| p.r#type().name.eq("Times") & p.crate_id().name.eq("Times"));
        assert_eq!(found.count(&db).await.unwrap(), 1);
    }

    async fn filters_go_across_relations(db) {
        press(&db).await;
        let all = Story::objects;
        assert_eq!(titles(all().filter(|s| s.author().name.eq("Ada")), &db).await, ["One", "Three"]);
        assert_eq!(titles(all().filter(|s| s.author().company().name.eq("Times")), &db).await, ["One", "Three"]);
        assert_eq!(titles(all().filter(|s| !s.author().company().name.eq("Times")), &db).await, ["Two"]);
        assert_eq!(titles(all().filter(|s| s.author().company().id.is_null()), &db).await, ["Two"]);
        assert_eq!(titles(all().filter(|s| s.editor().name.contains("B") | s.words.gt(300)), &db).await, ["One", "Three"]);
        assert_eq!(titles(all().filter(|s| s.editor().name.is_in(["Bo", "Ada"])), &db).await, ["One"]);
        assert_eq!(titles(all().filter(|s| s.editor().name.gt(s.author().name)), &db).await, ["One"]);
        assert_eq!(titles(all().exclude(|s| s.editor().name.eq("Bo")), &db).await, ["Two", "Three"]);
        assert_eq!(all().filter(|s| s.author().name.eq("Ada")).count(&db).await.unwrap(), 2);
        assert!(all().filter(|s| s.author().name.eq("Bo")).exists(&db).await.unwrap());
        assert!(!all().filter(|s| s.author().name.eq("Cy")).exists(&db).await.unwrap());
    }

    async fn a_default_scope_holds_in_joins(db) {
        press(&db).await;
        let all = Story::objects;
        assert_eq!(titles(all().filter(|s| s.section().name.eq("Sports")), &db).await, [""; 0]);
        assert_eq!(titles(all().filter(|s| s.section().name.is_null()), &db).await, ["Three"]);
        let rows = all().order_by(|s| s.words.asc()).select_related(|s| s.section()).fetch_all(&db).await.unwrap();
        let sections: Vec<Option<String>> = rows.into_iter().map(|(_, section)| section.map(|section| section.name)).collect();
        assert_eq!(sections, [Some("News".to_owned()), Some("News".into()), None]);
    }

    async fn orders_go_across_relations(db) {
        press(&db).await;
        let by_company = Story::objects().order_by(|s| (s.author().company().name.asc(), s.words.desc()));
        let titles = by_company.clone().values(|s| s.title).fetch_all(&db).await.unwrap();
        assert_eq!(titles, ["Two", "Three", "One"], "NULL comes first");
        assert_eq!(by_company.limit(1).offset(1).fetch_one(&db).await.unwrap().title, "Three");
    }

    async fn values_and_figures_go_across_relations(db) {
        press(&db).await;
        let values = Story::objects().order_by(|s| s.words.asc())
            .values(|s| (s.title, s.author().name, s.editor().name, s.author().company().name)).fetch_all(&db).await.unwrap();
        let row = |title: &str, author: &str, editor: Option<&str>, company: Option<&str>| {
            (title.to_owned(), author.to_owned(), editor.map(str::to_owned), company.map(str::to_owned))
        };
        assert_eq!(values, [
            row("One", "Ada", Some("Bo"), Some("Times")),
            row("Two", "Bo", None, None),
            row("Three", "Ada", None, Some("Times")),
        ]);
        let by_author = Story::objects().group_by(|s| s.author().name).aggregate(|s| (count(), s.words.sum()));
        assert_eq!(by_author.fetch_all(&db).await.unwrap(), [("Ada".to_owned(), (2, Some(500))), ("Bo".into(), (1, Some(200)))]);
        let longest = Story::objects().order_by(|s| s.words.desc()).limit(2).aggregate(|s| (s.author().name.max(), s.words.sum()), &db);
        assert_eq!(longest.await.unwrap(), (Some("Bo".to_owned()), Some(600)));
    }

    async fn writes_choose_rows_across_relations(db) {
        let [first, second, third] = press(&db).await;
        let of_ada = || Story::objects().filter(|s| s.author().name.eq("Ada"));
        assert_eq!(of_ada().update(|s| s.words.set(s.words + 1), &db).await.unwrap(), 2);
        assert_eq!(Story::get(first.id, &db).await.unwrap().words, 101);
        assert_eq!(Story::get(second.id, &db).await.unwrap().words, 200);
        assert_eq!(of_ada().filter(|s| s.words.gt(200)).delete(&db).await.unwrap(), 1);
        assert!(Story::objects().deleted().filter(|s| s.id.eq(third.id)).exists(&db).await.unwrap());
        assert_eq!(AuditLog::objects().for_object(&third).count(&db).await.unwrap(), 3);
        let error = Story::objects().update(|s| s.author().name.set("Eve"), &db).await.unwrap_err();
        assert_eq!(error.to_string(), "Story is not valid: author_id leads to another row: write its name through its own model");
        let mut first = first;
        assert!(matches!(first.save_only(|s| (s.title, s.author().name), &db).await, Err(Error::Validation(_))));
    }

    async fn related_rows_come_in_the_same_query(db) {
        let [first, second, third] = press(&db).await;
        let rows = Story::objects().filter(|s| s.words.gt(0)).order_by(|s| s.words.asc())
            .select_related(|s| (s.author(), s.editor(), s.author().company())).fetch_all(&db).await.unwrap();
        let short: Vec<_> = rows.iter().map(|(story, (author, editor, company))| {
            (story.id, author.name.as_str(), editor.as_ref().map(|it| it.name.as_str()), company.as_ref().map(|it| it.name.as_str()))
        }).collect();
        assert_eq!(short, [
            (first.id, "Ada", Some("Bo"), Some("Times")),
            (second.id, "Bo", None, None),
            (third.id, "Ada", None, Some("Times")),
        ]);
        let (story, author) = Story::objects().filter(|s| s.title.eq("One")).select_related(|s| s.author()).get(&db).await.unwrap();
        assert_eq!((story.title.as_str(), author.name.as_str()), ("One", "Ada"));
    }

    async fn rows_that_refer_to_others_come_in_one_more_query(db) {
        let [first, second, third] = press(&db).await;
        let people = Person::objects().order_by(|p| p.name.asc())
            .prefetch_related(Story::objects().order_by(|s| s.words.desc()), |s| s.author_id)
            .prefetch_related(Story::objects(), |s| s.editor_id)
            .fetch_all(&db).await.unwrap();
        let ids: Vec<_> = people.iter().map(|((person, written), edited)| {
            let ids = |stories: &[Story]| stories.iter().map(|story| story.id).collect::<Vec<_>>();
            (person.name.as_str(), ids(written), ids(edited))
        }).collect();
        assert_eq!(ids, [("Ada", vec![third.id, first.id], vec![]), ("Bo", vec![second.id], vec![first.id])]);

        let with_company = Person::objects().order_by(|p| p.name.asc()).select_related(|p| p.company())
            .prefetch_related(Story::objects().filter(|s| s.words.lt(300)), |s| s.author_id).fetch_all(&db).await.unwrap();
        let ((ada, company), stories) = &with_company[0];
        assert_eq!((ada.name.as_str(), company.as_ref().unwrap().name.as_str(), stories.len()), ("Ada", "Times", 1));

        let none = Person::objects().filter(|p| p.name.eq("Cy")).prefetch_related(Story::objects(), |s| s.author_id);
        assert_eq!(none.fetch_all(&db).await.unwrap(), []);
        let slice = Person::objects().prefetch_related(Story::objects().limit(1), |s| s.author_id);
        assert!(matches!(slice.fetch_all(&db).await, Err(Error::Validation(_))));
        let farther = Company::objects().prefetch_related(Story::objects(), |s| s.author().company_id);
        assert!(matches!(farther.fetch_all(&db).await, Err(Error::Validation(_))));
    }
}
