//! Models with odd names, displays and columns are recorded like others.

use model_runtime::audit::{self, AuditContext};
use model_runtime::prelude::*;
use model_runtime::{TableDef, schema};
use serde_json::json;
use tests::fixtures::refused_fields;
use tests::{on_both, raw_sql};

use super::fixtures::{audit_rows, pairs, trail};

macro_rules! models {
    ($($(#[$attribute:meta])* $name:ident { $($(#[$column:meta])* $field:ident: $ty:ty),* })*) => {$(
        #[mixins]
        #[derive(Debug, Clone, PartialEq, Model)]
        $(#[$attribute])*
        #[audited]
        struct $name { $($(#[$column])* $field: $ty),* }
    )*};
}

models! {
    #[model(table = "n", display = id, unchecked)]
    ById { text: String }
    #[model(table = "_amounts", id = i64, display = amount, unchecked)]
    Amount { #[column(precision = 12, scale = 2)] amount: Decimal }
    #[model(table = "c", id = i64, display = flag, unchecked)]
    Flag { flag: bool, text: String }
    #[model(table = "o", id = i64, display = moment, unchecked)]
    Moment { moment: DateTime<Utc>, text: String }
    #[model(table = "j", unchecked)]
    #[track_changes]
    Columns { title: String, maybe: Option<String> }
    #[model(table = "j", unchecked)]
    #[track_changes]
    Narrow { title: String }
    #[model(table = "slugged", id = i64, unchecked)]
    #[seo(slug = title)]
    Slugged { title: String, #[column(unique)] account: String }
    #[model(table = "audit_logs_notes", unchecked)]
    Note { #[column(unique)] title: String }
    #[model(table = "renamed", unchecked)]
    Renamed { #[column(name = "password")] word: String }
}

async fn tables(tables: &[&'static TableDef], db: &Pool) {
    let all: Vec<_> = tables.iter().copied().chain([AuditLog::table()]).collect();
    schema::create_tables(&all, db).await.unwrap();
}

async fn displays<M: Model>(row: &M, db: &Pool) -> Vec<String> {
    trail(row, db).await.into_iter().map(|log| log.object_repr).collect()
}

on_both! {
    async fn the_display_may_be_the_key_and_the_table_a_letter(db) {
        tables(&[ById::table()], &db).await;
        let mut row = ById::builder().text("a").create(&db).await.unwrap();
        row.text = "b".to_owned();
        assert!(row.save(&db).await.unwrap() && !row.save(&db).await.unwrap());
        assert_eq!(ById::objects().update(|r| r.text.set("c"), &db).await.unwrap(), 1);
        assert!(row.hard_delete(&db).await.unwrap());
        assert_eq!(displays(&row, &db).await, vec![row.id.to_string(); 4]);
    }

    async fn displays_are_the_same_text_on_both_databases(db) {
        tables(&[Amount::table(), Flag::table(), Moment::table()], &db).await;
        let mut amount = Amount::builder().amount(Decimal::ONE).create(&db).await.unwrap();
        amount.amount = Decimal::ZERO;
        amount.save(&db).await.unwrap();
        assert_eq!(displays(&amount, &db).await, ["1.00", "0.00"]);
        let mut flag = Flag::builder().flag(true).text("a").create(&db).await.unwrap();
        (flag.flag, flag.text) = (false, "b".to_owned());
        flag.save(&db).await.unwrap();
        assert_eq!(displays(&flag, &db).await, ["true", "false"]);
        let time: DateTime<Utc> = "2026-05-01T12:00:00Z".parse().unwrap();
        let mut moment = Moment::builder().moment(time).text("a").create(&db).await.unwrap();
        moment.text = "b".to_owned();
        moment.save(&db).await.unwrap();
        assert_eq!(displays(&moment, &db).await, ["2026-05-01T12:00:00.000000Z"; 2]);
    }

    async fn null_from_another_column_is_refused_as_such(db) {
        tables(&[Columns::table()], &db).await;
        Columns::builder().title("a").create(&db).await.unwrap();
        let refused = refused_fields(Columns::objects().update(|c| c.title.set(c.maybe), &db).await);
        assert_eq!(refused[0].field, "title");
        assert_eq!(raw_sql::value::<String>(&db, "SELECT title FROM j").await, "a");
        assert_eq!(audit_rows(&db).await, 1);
    }

    async fn two_models_of_one_table_are_recorded_by_their_own_columns(db) {
        tables(&[Columns::table()], &db).await;
        let mut whole = Columns::builder().title("a").maybe(Some("m".to_owned())).create(&db).await.unwrap();
        let mut narrow = Narrow::get(whole.id, &db).await.unwrap();
        for n in 0..2 {
            (whole.title, whole.maybe) = (format!("whole {n}"), Some(n.to_string()));
            assert!(whole.save(&db).await.unwrap());
            narrow.title = format!("narrow {n}");
            assert!(narrow.save(&db).await.unwrap());
        }
        let stored = "SELECT title || ' ' || maybe FROM j";
        assert_eq!(raw_sql::value::<String>(&db, stored).await, "narrow 1 1");
        let last = trail(&narrow, &db).await.pop().unwrap();
        assert_eq!(pairs(&last.changes), json!({ "title": ["whole 1", "narrow 1"] }));
    }

    async fn a_column_set_twice_is_refused(db) {
        tables(&[Columns::table()], &db).await;
        Columns::builder().title("a").create(&db).await.unwrap();
        let twice = Columns::objects().update(|c| (c.title.set("b"), c.title.set("c")), &db).await;
        assert_eq!(refused_fields(twice)[0].message, "is set twice");
        assert_eq!(audit_rows(&db).await, 1);
    }

    async fn a_refused_insert_leaves_the_row_without_a_key(db) {
        tables(&[Slugged::table()], &db).await;
        let mut first = Slugged::builder().title("x").account("a").create(&db).await.unwrap();
        first.slug = "y".to_owned();
        first.save(&db).await.unwrap();
        let mut second = Slugged::builder().title("x").account("a").build();
        assert!(matches!(second.insert(&db).await, Err(Error::Unique { .. })));
        assert_eq!((second.id, audit_rows(&db).await), (0, 2));
    }

    async fn slugs_that_are_taken_are_varied_in_bulk_on_one_connection(db) {
        tables(&[Slugged::table()], &db).await;
        let row = |account: &str| Slugged::builder().title("x").account(account).build();
        Slugged::bulk_create(vec![row("a"), row("b")], &db).await.unwrap();
        let mut connection = db.acquire().await.unwrap();
        let more = Slugged::bulk_create(vec![row("c"), row("d"), row("e")], &mut connection).await.unwrap();
        drop(connection);
        assert_eq!(raw_sql::count(&db, "slugged").await, 5);
        assert_eq!(audit_rows(&db).await, 5);
        for row in more {
            let stored = format!("SELECT account FROM slugged WHERE slug = '{}' AND id = {}", row.slug, row.id);
            assert_eq!(raw_sql::value::<String>(&db, &stored).await, row.account);
        }
    }

    async fn a_name_like_the_journal_s_is_not_the_journal(db) {
        tables(&[Note::table()], &db).await;
        Note::builder().title("a").create(&db).await.unwrap();
        assert!(matches!(Note::builder().title("a").create(&db).await, Err(Error::Unique { .. })));
    }

    async fn a_column_is_masked_by_its_own_name_too(db) {
        tables(&[Renamed::table()], &db).await;
        let row = Renamed::builder().word("hunter2").create(&db).await.unwrap();
        assert_eq!(pairs(&trail(&row, &db).await[0].changes), json!({ "word": [null, "***"] }));
    }

    async fn an_actor_has_a_key_that_the_trail_can_hold(db) {
        tables(&[ById::table()], &db).await;
        let long = AuditContext::default().actor("x".repeat(256), "label");
        let refused = refused_fields(ById::builder().text("a").create(long.on(&db)).await);
        assert_eq!(refused[0].field, "the actor's id of the audit context");
        assert_eq!(raw_sql::count(&db, "n").await, 0);
    }

    async fn a_handle_without_audit_leaves_no_audit_row(db) {
        tables(&[ById::table()], &db).await;
        ById::builder().text("a").create(audit::off(&db)).await.unwrap();
        ById::bulk_create(vec![ById::builder().text("b").build()], audit::off(&db)).await.unwrap();
        assert_eq!((raw_sql::count(&db, "n").await, audit_rows(&db).await), (2, 0));
    }
}

macro_rules! wide {
    ($($field:ident)*) => {
        models! {
            #[model(table = "wide", id = i64, unchecked)]
            Wide { $(#[column(default)] $field: String),* }
        }
    };
}

wide! {
    a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 d0 d1 d2 d3 d4 d5 d6 d7
    d8 d9 e0 e1 e2 e3 e4 e5 e6 e7 e8 e9 f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 g0 g1 g2 g3 g4 g5 g6 g7 g8 g9 h0 h1 h2 h3 h4 h5
    h6 h7 h8 h9 i0 i1 i2 i3 i4 i5 i6 i7 i8 i9 j0 j1 j2 j3 j4 j5 j6 j7 j8 j9 k0 k1 k2 k3 k4 k5 k6 k7 k8 k9 l0 l1 l2 l3
}

on_both! {
    async fn a_wide_table_is_recorded_whole(db) {
        tables(&[Wide::table()], &db).await;
        let mut row = Wide::builder().l3("first").create(&db).await.unwrap();
        (row.a0, row.l3) = ("new".to_owned(), "last".to_owned());
        row.save(&db).await.unwrap();
        let trail = trail(&row, &db).await;
        assert_eq!(trail[0].changes.len(), 114);
        assert_eq!(pairs(&trail[1].changes), json!({ "a0": ["", "new"], "l3": ["first", "last"] }));
    }
}
