//! The rows of two querysets.

use model_runtime::prelude::*;
use model_runtime::{count, exists};
use tests::relations::{Person, Story};
use tests::{on_both, raw_sql};

use super::relations::press;

async fn titles(query: QuerySet<Story>, db: &Pool) -> Vec<String> {
    query.order_by(|s| s.words.asc()).values(|s| s.title).fetch_all(db).await.unwrap()
}

fn between(low: i32, high: i32) -> QuerySet<Story> {
    Story::objects().filter(move |s| s.words.between(low, high))
}

on_both! {
    async fn each_row_comes_once(db) {
        press(&db).await;
        let all = || between(0, 250).union(between(150, 500));
        assert_eq!(titles(all(), &db).await, ["One", "Two", "Three"]);
        assert_eq!(all().fetch_all(&db).await.unwrap().len(), 3);
        assert_eq!(all().count(&db).await.unwrap(), 3);
        assert!(all().exists(&db).await.unwrap());
        let none = || between(1, 2).union(between(2, 3));
        assert_eq!(none().count(&db).await.unwrap(), 0);
        assert!(!none().exists(&db).await.unwrap());
        assert_eq!(titles(between(1, 2).union(between(150, 250)), &db).await, ["Two"]);
    }

    async fn each_part_keeps_to_its_scope(db) {
        let [mut first, ..] = press(&db).await;
        first.delete(&db).await.unwrap();
        let deleted = || Story::objects().deleted();
        assert_eq!(titles(between(0, 250).union(deleted()), &db).await, ["One", "Two"]);
        assert_eq!(titles(deleted().union(between(300, 500)), &db).await, ["One", "Three"]);
        assert_eq!(titles(Story::objects().union(Story::objects()), &db).await, ["Two", "Three"]);
        assert_eq!(titles(Story::objects().union(Story::objects()).all_with_deleted(), &db).await, ["Two", "Three"]);
        assert_eq!(titles(Story::objects().union(deleted()).active(), &db).await, ["Two", "Three"]);
        assert_eq!(titles(Story::objects().union(deleted()).deleted(), &db).await, ["One"]);
    }

    async fn the_result_has_an_order_and_a_slice_of_its_own(db) {
        press(&db).await;
        let parts = || between(0, 150).order_by(|s| s.title.asc()).union(between(150, 500).order_by(|s| s.words.desc()));
        let longest = parts().order_by(|s| s.words.desc()).limit(2);
        assert_eq!(longest.clone().values(|s| s.title).fetch_all(&db).await.unwrap(), ["Three", "Two"]);
        assert_eq!(longest.count(&db).await.unwrap(), 2);
        assert_eq!(parts().first(&db).await.unwrap().unwrap().title, "Three", "the default order: newest first");
        let second = parts().order_by(|s| s.author().name.desc()).page(2, 2).fetch(&db).await.unwrap();
        assert_eq!((second.items.len(), second.total), (1, 3));
    }

    async fn parts_may_be_slices(db) {
        press(&db).await;
        let shortest = |n| Story::objects().order_by(|s| s.words.asc()).limit(n);
        let longest = |n| Story::objects().order_by(|s| s.words.desc()).limit(n);
        assert_eq!(titles(shortest(1).union(longest(1)), &db).await, ["One", "Three"]);
        assert_eq!(titles(shortest(2).union(longest(2)), &db).await, ["One", "Two", "Three"]);
        assert_eq!(titles(shortest(1).offset(1).union(longest(0)), &db).await, ["Two"]);
        assert_eq!(titles(shortest(1).offset(1).union(between(300, 500)), &db).await, ["Two", "Three"]);
        assert_eq!(shortest(1).union(longest(1)).count(&db).await.unwrap(), 2);
    }

    async fn parts_go_across_relations_and_nest(db) {
        press(&db).await;
        let by = |name: &'static str| Story::objects().filter(move |s| s.author().name.eq(name));
        assert_eq!(titles(by("Bo").union(between(350, 500)), &db).await, ["Two", "Three"]);
        assert_eq!(titles(by("Bo").union(between(0, 150)).union(between(350, 500)), &db).await, ["One", "Two", "Three"]);
        assert_eq!(titles(by("Bo").union(by("Ada")).filter(|s| s.editor().name.eq("Bo")), &db).await, ["One"]);
        assert_eq!(titles(by("Bo").union(by("Ada")).exclude(|s| s.words.eq(200)), &db).await, ["One", "Three"]);
        let writers = Person::objects().filter(|_| exists(by("Bo").union(by("Cy")), |s| s.author_id));
        assert_eq!(writers.get(&db).await.unwrap().name, "Bo");
        let ids = by("Bo").union(between(350, 500)).values(|s| s.id);
        assert_eq!(titles(Story::objects().exclude(|s| s.id.is_in(ids)), &db).await, ["One"]);
    }

    async fn it_is_read_as_any_queryset(db) {
        press(&db).await;
        let some = || between(0, 150).union(between(300, 500));
        assert_eq!(some().aggregate(|s| (count(), s.words.sum()), &db).await.unwrap(), (2, Some(500)));
        assert_eq!(some().limit(1).aggregate(|_| count(), &db).await.unwrap(), 1);
        let by_author = some().group_by(|s| s.author().name).aggregate(|_| count()).fetch_all(&db).await.unwrap();
        assert_eq!(by_author, [("Ada".to_owned(), 2)]);
        let rows = some().order_by(|s| s.words.asc()).select_related(|s| s.editor()).fetch_all(&db).await.unwrap();
        assert!(rows[0].1.is_some() && rows[1].1.is_none());
        let mut transaction = db.begin().await.unwrap();
        assert_eq!(some().select_for_update().fetch_all(&mut transaction).await.unwrap().len(), 2);
        transaction.rollback().await.unwrap();
        assert!(some().explain(&db).await.unwrap().contains("stories"));
    }

    async fn it_is_written_as_any_queryset(db) {
        press(&db).await;
        let some = || between(0, 150).union(between(300, 500));
        assert_eq!(some().update(|s| s.title.set("New"), &db).await.unwrap(), 2);
        let left = "SELECT title FROM stories ORDER BY words";
        assert_eq!(raw_sql::column::<String>(&db, left).await, ["New", "Two", "New"]);
        assert_eq!(some().delete(&db).await.unwrap(), 2);
        assert_eq!(Story::objects().get(&db).await.unwrap().title, "Two");
        assert_eq!(some().union(Story::objects().deleted()).restore(&db).await.unwrap(), 2);
        let removed = Story::objects().order_by(|s| s.words.asc()).limit(1).union(between(300, 500)).hard_delete(&db).await;
        assert_eq!(removed.unwrap(), 2);
        assert_eq!(raw_sql::column::<String>(&db, left).await, ["Two"]);
    }
}
