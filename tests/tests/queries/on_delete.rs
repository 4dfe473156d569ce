//! What goes with a deletion, by `on_delete`: of rows that are marked, and of rows that are removed.

use std::time::Duration;

use model_runtime::prelude::*;
use model_runtime::profile::profile;
use model_runtime::schema::create_tables;
use tests::deletions::{Loan, Pointer, Quote, Remark, Shelf, Sticker, Summary, Volume, tables};
use tests::{on_both, raw_sql};

/// With `Team::role_owner_id` its trigger could have the same name as that of `TeamRole::owner_id`.
#[mixins]
#[derive(Debug, Clone, Model)]
#[model(table = "team", id = i64, unchecked)]
struct Team {
    #[belongs_to(Shelf, on_delete = protect)]
    role_owner_id: Uuid,
}

#[mixins]
#[derive(Debug, Clone, Model)]
#[model(table = "team_role", id = i64, unchecked)]
struct TeamRole {
    #[belongs_to(Shelf, on_delete = protect)]
    owner_id: Uuid,
}

/// Comes from an egg.
#[mixins]
#[derive(Debug, Clone, Model)]
#[model(table = "hens", id = i64, unchecked)]
struct Hen {
    #[belongs_to(Egg, on_delete = cascade)]
    egg_id: Option<i64>,
}

/// Comes from a hen.
#[mixins]
#[derive(Debug, Clone, Model)]
#[model(table = "eggs", id = i64, unchecked)]
struct Egg {
    #[belongs_to(Hen, on_delete = cascade)]
    hen_id: Option<i64>,
}

async fn shelf(name: &str, db: &Pool) -> Shelf {
    Shelf::builder().name(name).create(db).await.unwrap()
}

async fn volume(title: &str, shelf: &Shelf, db: &Pool) -> Volume {
    Volume::builder().title(title).shelf_id(shelf.id).create(db).await.unwrap()
}

async fn remark(text: &str, volume: &Volume, answer_to: Option<&Remark>, db: &Pool) -> Remark {
    let remark = Remark::builder().text(text).volume_id(volume.id);
    remark.answer_to_id(answer_to.map(|it| it.id)).create(db).await.unwrap()
}

/// The rows of a table that are not deleted, by their text.
async fn live(table: &str, column: &str, db: &Pool) -> Vec<String> {
    let sql = format!("SELECT {column} FROM {table} WHERE deleted_at IS NULL ORDER BY {column}");
    raw_sql::column(db, &sql).await
}

/// Actions on record, with the model's label, in alphabetical order.
async fn record(db: &Pool) -> Vec<String> {
    let sql = "SELECT content_type || ' ' || action || ' ' || object_repr FROM audit_logs ORDER BY 1";
    raw_sql::column(db, sql).await
}

async fn forget(db: &Pool) {
    let drop = match db {
        Pool::Sqlite(_) => "DROP TRIGGER IF EXISTS audit_logs_no_delete",
        Pool::Postgres(_) => "ALTER TABLE audit_logs DISABLE TRIGGER USER",
    };
    raw_sql::execute(db, drop).await.unwrap();
    raw_sql::execute(db, "DELETE FROM audit_logs").await.unwrap();
}

fn refused<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(error @ Error::Protected { .. }) => error.to_string(),
        other => panic!("not refused: {other:?}"),
    }
}

fn invalid<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(error @ Error::Validation(_)) => error.to_string(),
        other => panic!("not refused: {other:?}"),
    }
}

on_both! {
    async fn children_are_marked_with_their_parent_and_restored_with_it(db) {
        create_tables(&tables(), &db).await.unwrap();
        let (mut north, south) = (shelf("north", &db).await, shelf("south", &db).await);
        let dune = volume("Dune", &north, &db).await;
        let mut emma = volume("Emma", &north, &db).await;
        volume("Faust", &south, &db).await;
        let first = remark("first", &dune, None, &db).await;
        remark("second", &dune, Some(&first), &db).await;
        // This one was deleted before, on its own.
        assert!(emma.delete(&db).await.unwrap());
        forget(&db).await;

        assert!(north.delete(&db).await.unwrap());
        assert_eq!(live("shelves", "name", &db).await, ["south"]);
        assert_eq!(live("volumes", "title", &db).await, ["Faust"]);
        assert_eq!(live("remarks", "text", &db).await, [""; 0]);
        // Under one deletion: that of the shelf, at its time.
        let with: Vec<String> =
            raw_sql::column(&db, "SELECT deleted_with FROM volumes WHERE deleted_with IS NOT NULL
                UNION ALL SELECT deleted_with FROM remarks WHERE deleted_with IS NOT NULL").await;
        assert_eq!(with, [format!("library.shelf:{}", north.id), format!("library.shelf:{}", north.id), format!("library.shelf:{}", north.id)]);
        let times = "SELECT deleted_at FROM shelves UNION SELECT deleted_at FROM remarks
            UNION SELECT deleted_at FROM volumes WHERE title = 'Dune'";
        let times = format!("SELECT COUNT(*) FROM ({times}) AS t WHERE deleted_at IS NOT NULL");
        assert_eq!(raw_sql::value::<i64>(&db, &times).await, 1);
        assert_eq!(record(&db).await, ["library.shelf delete north", "library.volume delete Dune"]);
        let log = Volume::objects().deleted().filter(|v| v.title.eq("Dune")).fetch_one(&db).await.unwrap().change_log;
        assert_eq!(log.entries().len(), 1);

        // Deleting it again changes nothing, and so no row below.
        assert!(!north.delete(&db).await.unwrap());
        forget(&db).await;

        assert!(north.restore(&db).await.unwrap());
        assert_eq!(live("volumes", "title", &db).await, ["Dune", "Faust"]);
        assert_eq!(live("remarks", "text", &db).await, ["first", "second"]);
        assert_eq!(record(&db).await, ["library.shelf restore north", "library.volume restore Dune"]);
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT COUNT(*) FROM volumes WHERE deleted_with IS NOT NULL").await, 0);
    }

    async fn querysets_do_the_same_with_each_row_under_its_own(db) {
        create_tables(&tables(), &db).await.unwrap();
        let (north, south) = (shelf("north", &db).await, shelf("south", &db).await);
        for (title, shelf) in [("Dune", &north), ("Emma", &north), ("Faust", &south)] {
            let volume = volume(title, shelf, &db).await;
            let question = remark("why", &volume, None, &db).await;
            remark("because", &volume, Some(&question), &db).await;
        }
        let (deleted, first) = profile("", Shelf::objects().delete(&db)).await;
        assert_eq!(deleted.unwrap(), 2);
        assert_eq!(live("volumes", "title", &db).await, [""; 0]);
        let with = "SELECT COUNT(*) FROM remarks JOIN volumes ON volumes.id = volume_id
            WHERE remarks.deleted_with = volumes.deleted_with";
        assert_eq!(raw_sql::value::<i64>(&db, with).await, 6);
        assert_eq!(Shelf::objects().deleted().filter(|s| s.name.eq("south")).restore(&db).await.unwrap(), 1);
        assert_eq!(live("volumes", "title", &db).await, ["Faust"]);
        assert_eq!(live("remarks", "text", &db).await, ["because", "why"]);
        assert_eq!(Shelf::objects().restore_all(&db).await.unwrap(), 1);
        assert_eq!(live("volumes", "title", &db).await, ["Dune", "Emma", "Faust"]);

        // The number of statements is that of the foreign keys and levels, whatever the number of rows.
        for title in 0..50 {
            volume(&title.to_string(), &north, &db).await;
        }
        let (deleted, second) = profile("", Shelf::objects().delete(&db)).await;
        assert_eq!(deleted.unwrap(), 2);
        assert_eq!(first.statements.len(), second.statements.len(), "{first}\n{second}");
        assert_eq!(live("volumes", "title", &db).await, [""; 0]);
    }

    async fn a_row_restored_on_its_own_is_no_more_with_the_other(db) {
        create_tables(&tables(), &db).await.unwrap();
        let mut north = shelf("north", &db).await;
        volume("Dune", &north, &db).await;
        north.delete(&db).await.unwrap();
        let mut dune = Volume::objects().deleted().fetch_one(&db).await.unwrap();
        assert_eq!(dune.deleted_with, Some(format!("library.shelf:{}", north.id)));
        assert!(dune.restore(&db).await.unwrap());
        assert_eq!((dune.deleted_at, &dune.deleted_with), (None, &None));
        dune.delete(&db).await.unwrap();
        north.restore(&db).await.unwrap();
        assert_eq!(live("volumes", "title", &db).await, [""; 0]);
    }

    async fn what_was_restored_meanwhile_is_no_more_part_of_it(db) {
        create_tables(&tables(), &db).await.unwrap();
        let mut north = shelf("north", &db).await;
        let mut dune = volume("Dune", &north, &db).await;
        remark("first", &dune, None, &db).await;
        north.delete(&db).await.unwrap();
        dune.restore(&db).await.unwrap();
        dune.delete(&db).await.unwrap();
        north.restore(&db).await.unwrap();
        assert_eq!(live("volumes", "title", &db).await, [""; 0]);
        assert_eq!(live("remarks", "text", &db).await, [""; 0]);
    }

    async fn what_belongs_to_two_comes_back_with_the_later_one(db) {
        create_tables(&tables(), &db).await.unwrap();
        let north = shelf("north", &db).await;
        let mut dune = volume("Dune", &north, &db).await;
        let mut first = remark("first", &dune, None, &db).await;
        let second = remark("second", &dune, Some(&first), &db).await;
        remark("third", &dune, Some(&second), &db).await;
        first.delete(&db).await.unwrap();
        dune.delete(&db).await.unwrap();
        first.restore(&db).await.unwrap();
        assert_eq!(live("remarks", "text", &db).await, ["first"]);
        let with = "SELECT deleted_with FROM remarks WHERE text = 'second'";
        assert_eq!(raw_sql::value::<String>(&db, with).await, format!("library.volume:{}", dune.id));
        assert!(!first.restore(&db).await.unwrap());
        dune.restore(&db).await.unwrap();
        assert_eq!(live("remarks", "text", &db).await[..2], ["first", "second"]);
    }

    async fn a_mark_that_was_left_is_taken_away(db) {
        create_tables(&tables(), &db).await.unwrap();
        let mut north = shelf("north", &db).await;
        let mut dune = volume("Dune", &north, &db).await;
        north.delete(&db).await.unwrap();
        Volume::objects().all_with_deleted().update(|v| v.deleted_at.set(None), &db).await.unwrap();
        // A live row is not restored, and so nothing with it.
        dune.refresh(&db).await.unwrap();
        assert!(dune.delete(&db).await.unwrap());
        assert!(north.restore(&db).await.unwrap());
        assert_eq!(live("volumes", "title", &db).await, [""; 0]);
    }

    async fn live_rows_protect_what_they_refer_to(db) {
        create_tables(&tables(), &db).await.unwrap();
        let mut north = shelf("north", &db).await;
        let mut dune = volume("Dune", &north, &db).await;
        let mut loans = Vec::new();
        for reader in ["Ann", "Bob"] {
            loans.push(Loan::builder().reader(reader).volume_id(dune.id).create(&db).await.unwrap());
        }
        forget(&db).await;
        let text = "this Volume cannot be deleted: 2 rows refer to it by Loan.volume_id";
        assert_eq!(refused(dune.delete(&db).await), text);
        assert_eq!(refused(dune.hard_delete(&db).await), text);
        assert_eq!(refused(Volume::objects().delete(&db).await), text);
        assert_eq!(refused(Volume::objects().hard_delete(&db).await), text);
        // Two levels up, too.
        let text = "this Shelf cannot be deleted: 2 rows refer to it by Loan.volume_id";
        assert_eq!(refused(north.delete(&db).await), text);
        assert_eq!(refused(north.hard_delete(&db).await), text);
        assert_eq!((live("shelves", "name", &db).await, live("volumes", "title", &db).await.len()), (vec!["north".to_owned()], 1));
        assert_eq!(record(&db).await, [""; 0]);
        assert_eq!(dune.deleted_at, None);

        // Those that are deleted do not, until the row is to be removed.
        for loan in &mut loans {
            loan.delete(&db).await.unwrap();
        }
        refused(dune.hard_delete(&db).await);
        assert!(north.delete(&db).await.unwrap());
        assert_eq!(live("volumes", "title", &db).await, [""; 0]);
    }

    async fn restrict_gives_way_where_both_go(db) {
        create_tables(&tables(), &db).await.unwrap();
        let mut north = shelf("north", &db).await;
        let mut dune = volume("Dune", &north, &db).await;
        Summary::builder().volume_id(dune.id).shelf_id(north.id).create(&db).await.unwrap();
        let text = "this Volume cannot be deleted: 1 row refers to it by Summary.volume_id";
        assert_eq!(refused(dune.delete(&db).await), text);
        assert_eq!(refused(dune.hard_delete(&db).await), text);
        assert!(north.delete(&db).await.unwrap());
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT COUNT(*) FROM summaries WHERE deleted_at IS NULL").await, 0);
        assert!(north.restore(&db).await.unwrap());
        assert_eq!(raw_sql::value::<i64>(&db, "SELECT COUNT(*) FROM summaries WHERE deleted_at IS NULL").await, 1);
        assert!(north.hard_delete(&db).await.unwrap());
        assert_eq!(raw_sql::count(&db, "summaries").await + raw_sql::count(&db, "volumes").await, 0);
    }

    async fn set_null_is_written_and_recorded(db) {
        create_tables(&tables(), &db).await.unwrap();
        let north = shelf("north", &db).await;
        for (title, removes) in [("Dune", false), ("Emma", true)] {
            let mut volume = volume(title, &north, &db).await;
            let mut pointer = Pointer::builder().volume_id(volume.id).create(&db).await.unwrap();
            let before = pointer.updated_at;
            a_moment().await;
            if removes {
                assert!(volume.hard_delete(&db).await.unwrap());
            } else {
                assert!(volume.delete(&db).await.unwrap());
            }
            pointer.refresh(&db).await.unwrap();
            assert_eq!(pointer.volume_id, None);
            assert!(pointer.updated_at > before);
            let log = AuditLog::objects().for_object(&pointer).fetch_all(&db).await.unwrap();
            assert_eq!(log.len(), 2, "{log:?}");
            assert_eq!(log[0].action, model_runtime::audit_log::Action::Update);
        }
    }

    async fn removing_a_row_records_each_row_that_goes_with_it(db) {
        create_tables(&tables(), &db).await.unwrap();
        let north = shelf("north", &db).await;
        let dune = volume("Dune", &north, &db).await;
        let mut emma = volume("Emma", &north, &db).await;
        let why = remark("why", &dune, None, &db).await;
        remark("because", &dune, Some(&why), &db).await;
        for code in ["a", "b"] {
            Sticker::builder().code(code).volume_id(dune.id).create(&db).await.unwrap();
        }
        // Marked rows go with the others.
        emma.delete(&db).await.unwrap();
        forget(&db).await;
        assert!(north.hard_delete(&db).await.unwrap());
        for table in ["shelves", "volumes", "remarks", "stickers"] {
            assert_eq!(raw_sql::count(&db, table).await, 0, "{table}");
        }
        let gone = ["library.shelf hard_delete north", "library.sticker hard_delete a", "library.sticker hard_delete b",
            "library.volume hard_delete Dune", "library.volume hard_delete Emma"];
        assert_eq!(record(&db).await, gone);
        assert!(!north.hard_delete(&db).await.unwrap());
    }

    async fn what_cannot_be_marked_stays_while_its_parent_is(db) {
        create_tables(&tables(), &db).await.unwrap();
        let mut north = shelf("north", &db).await;
        let dune = volume("Dune", &north, &db).await;
        Sticker::builder().code("a").volume_id(dune.id).create(&db).await.unwrap();
        assert!(north.delete(&db).await.unwrap());
        assert_eq!(raw_sql::count(&db, "stickers").await, 1);
    }

    async fn do_nothing_lets_a_row_refer_to_a_deleted_one(db) {
        create_tables(&tables(), &db).await.unwrap();
        let north = shelf("north", &db).await;
        let mut dune = volume("Dune", &north, &db).await;
        Quote::builder().volume_id(dune.id).create(&db).await.unwrap();
        assert!(dune.delete(&db).await.unwrap());
        Quote::builder().volume_id(dune.id).create(&db).await.unwrap();
        assert_eq!(refused(dune.hard_delete(&db).await), "this Volume cannot be deleted: 2 rows refer to it by Quote.volume_id");
        assert_eq!((raw_sql::count(&db, "quotes").await, raw_sql::count(&db, "volumes").await), (2, 1));
    }

    async fn rows_in_a_circle_go_together(db) {
        create_tables(&tables(), &db).await.unwrap();
        let north = shelf("north", &db).await;
        let dune = volume("Dune", &north, &db).await;
        let mut first = remark("first", &dune, None, &db).await;
        let second = remark("second", &dune, Some(&first), &db).await;
        first.answer_to_id = Some(second.id);
        first.save(&db).await.unwrap();
        assert!(first.delete(&db).await.unwrap());
        assert_eq!(live("remarks", "text", &db).await, [""; 0]);
        assert!(first.restore(&db).await.unwrap());
        assert_eq!(live("remarks", "text", &db).await, ["first", "second"]);
        assert!(first.hard_delete(&db).await.unwrap());
        assert_eq!(raw_sql::count(&db, "remarks").await, 0);
    }

    async fn a_circle_of_tables_is_refused(db) {
        let key = match db {
            Pool::Sqlite(_) => "INTEGER PRIMARY KEY AUTOINCREMENT",
            Pool::Postgres(_) => "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        };
        for (table, column) in [("hens", "egg_id"), ("eggs", "hen_id")] {
            let sql = format!("CREATE TABLE {table} (id {key}, {column} BIGINT)");
            raw_sql::execute(&db, &sql).await.unwrap();
        }
        let hen = Hen::builder().create(&db).await.unwrap();
        let egg = Egg::builder().hen_id(hen.id).create(&db).await.unwrap();
        Hen::objects().update(|h| h.egg_id.set(egg.id), &db).await.unwrap();
        let text = "this Egg cannot be deleted: a circle of cascades through Egg and Hen still refers to it";
        assert_eq!(refused(egg.hard_delete(&db).await), text);
        assert_eq!(raw_sql::count(&db, "hens").await + raw_sql::count(&db, "eggs").await, 2);
        Hen::objects().update(|h| h.egg_id.set(None), &db).await.unwrap();
        assert!(hen.hard_delete(&db).await.unwrap());
        assert_eq!(raw_sql::count(&db, "hens").await + raw_sql::count(&db, "eggs").await, 0);
    }

    async fn no_row_comes_to_refer_to_a_deleted_one(db) {
        create_tables(&tables(), &db).await.unwrap();
        let mut north = shelf("north", &db).await;
        let south = shelf("south", &db).await;
        let mut dune = volume("Dune", &south, &db).await;
        north.delete(&db).await.unwrap();
        let text = "Volume is not valid: shelf_id refers to a row that is deleted";
        let emma = || Volume::builder().title("Emma").shelf_id(north.id).build();
        assert_eq!(invalid(emma().insert(&db).await), text);
        assert_eq!(invalid(Volume::bulk_create(vec![emma()], &db).await), text);
        dune.shelf_id = north.id;
        assert_eq!(invalid(dune.save(&db).await), text);
        assert_eq!(invalid(Volume::objects().update(|v| v.shelf_id.set(north.id), &db).await), text);
        dune.shelf_id = Uuid::nil();
        assert_eq!(invalid(dune.save(&db).await), "Volume is not valid: shelf_id refers to a row that does not exist");
        assert_eq!(raw_sql::count(&db, "volumes").await, 1);
        // What refers to it already can be written.
        dune.refresh(&db).await.unwrap();
        raw_sql::execute(&db, "UPDATE shelves SET deleted_at = CURRENT_TIMESTAMP WHERE name = 'south'").await.unwrap();
        dune.title = "Dune Messiah".to_owned();
        assert!(dune.save(&db).await.unwrap());
    }

    async fn tables_of_like_names_have_triggers_of_their_own(db) {
        create_tables(&[Shelf::table(), Team::table(), TeamRole::table(), AuditLog::table()], &db).await.unwrap();
        let mut north = shelf("north", &db).await;
        north.delete(&db).await.unwrap();
        let team = Team::builder().role_owner_id(north.id).create(&db).await;
        assert_eq!(invalid(team), "Team is not valid: role_owner_id refers to a row that is deleted");
        let role = TeamRole::builder().owner_id(north.id).create(&db).await;
        assert_eq!(invalid(role), "TeamRole is not valid: owner_id refers to a row that is deleted");
    }

    async fn a_taken_value_below_keeps_all_deleted(db) {
        create_tables(&tables(), &db).await.unwrap();
        let (mut north, south) = (shelf("north", &db).await, shelf("south", &db).await);
        volume("Dune", &north, &db).await;
        volume("Emma", &north, &db).await;
        north.delete(&db).await.unwrap();
        volume("Emma", &south, &db).await;
        let error = north.restore(&db).await.unwrap_err();
        assert_eq!(error.to_string(), "another Volume has the same title");
        assert_eq!(live("shelves", "name", &db).await, ["south"]);
        assert_eq!(live("volumes", "title", &db).await, ["Emma"]);
        assert!(north.is_deleted());
    }

    async fn it_is_part_of_the_callers_transaction(db) {
        create_tables(&tables(), &db).await.unwrap();
        let mut north = shelf("north", &db).await;
        volume("Dune", &north, &db).await;
        let mut transaction = db.begin().await.unwrap();
        assert!(north.clone().delete(&mut transaction).await.unwrap());
        transaction.rollback().await.unwrap();
        assert_eq!(live("volumes", "title", &db).await, ["Dune"]);
        let mut transaction = db.begin().await.unwrap();
        assert!(north.without_audit().delete(&mut transaction).await.unwrap());
        transaction.commit().await.unwrap();
        assert_eq!(live("volumes", "title", &db).await, [""; 0]);
        assert_eq!(AuditLog::objects().filter(|a| a.action.eq(model_runtime::audit_log::Action::Delete)).count(&db).await.unwrap(), 0);
    }

    async fn a_dropped_deletion_does_nothing_or_all(db) {
        create_tables(&tables(), &db).await.unwrap();
        for after in 0..40 {
            let mut shelf = shelf(&after.to_string(), &db).await;
            volume(&after.to_string(), &shelf, &db).await;
            let _ = tokio::time::timeout(Duration::from_micros(after * 100), shelf.delete(&db)).await;
        }
        let apart = "SELECT COUNT(*) FROM volumes JOIN shelves ON shelves.id = shelf_id
            WHERE (volumes.deleted_at IS NULL) <> (shelves.deleted_at IS NULL)";
        assert_eq!(raw_sql::value::<i64>(&db, apart).await, 0);
        assert_eq!(shelf("last", &db).await.name, "last");
    }

    async fn a_row_added_meanwhile_is_deleted_too_or_refused(db) {
        create_tables(&tables(), &db).await.unwrap();
        for round in 0..10 {
            let mut shelf = shelf(&round.to_string(), &db).await;
            let id = shelf.id;
            let inserts = (0..4).map(|i| {
                let db = db.clone();
                tokio::spawn(async move {
                    Volume::builder().title(format!("{round} {i}")).shelf_id(id).create(&db).await
                })
            });
            let inserts: Vec<_> = inserts.collect();
            assert!(shelf.delete(&db).await.unwrap());
            for insert in inserts {
                match insert.await.unwrap() {
                    Ok(_) => {}
                    Err(error) => {
                        assert_eq!(error.to_string(), "Volume is not valid: shelf_id refers to a row that is deleted");
                    }
                }
            }
        }
        assert_eq!(live("volumes", "title", &db).await, [""; 0]);
    }
}

/// The clock has microseconds; the next write is later than the last.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(2)).await;
}
