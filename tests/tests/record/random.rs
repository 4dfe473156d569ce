//! Random rows: what is recorded of a save is what differs in memory.

use model_runtime::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};
use tests::database::Database;
use tests::recorded::AnyValue;

use super::fixtures::{tables_of, trail};
use super::values::{as_row, differing, parts, random_row, read_back};

fn random_differences(runtime: &tokio::runtime::Runtime, database: Database) {
    let db = &database.pool;
    runtime.block_on(tables_of(&[AnyValue::table()], db));
    let config = Config { cases: 150, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&(parts(), parts()), |(old, new)| {
        let (old, new) = (random_row(old), random_row(new));
        runtime.block_on(async {
            let mut row = old.clone();
            row.insert(db).await.unwrap();
            row = as_row(new.clone(), &row);
            let foreseen = row.changed_fields(db).await.unwrap();
            let expected = differing(&old, &new);
            prop_assert_eq!(row.save(db).await.unwrap(), !expected.is_empty());
            prop_assert_eq!(foreseen.keys().collect::<Vec<_>>(), expected.clone());
            prop_assert_eq!(&read_back(&foreseen, "old", &row), &as_row(old.clone(), &row));
            prop_assert_eq!(&read_back(&foreseen, "new", &as_row(old.clone(), &row)), &row);
            if !expected.is_empty() {
                let logged = row.history().remove(0).changes;
                let audited = trail(&row, db).await.remove(1).changes.0;
                for changes in [logged, audited] {
                    prop_assert_eq!(changes.keys().collect::<Vec<_>>(), expected.clone());
                    prop_assert_eq!(&read_back(&changes, "old", &row), &as_row(old.clone(), &row));
                    prop_assert_eq!(&read_back(&changes, "new", &as_row(old.clone(), &row)), &row);
                }
            }
            prop_assert!(!row.save(db).await.unwrap());
            Ok(())
        })
    });
    runtime.block_on(database.close());
    if let Err(error @ (TestError::Fail(..) | TestError::Abort(_))) = result {
        panic!("{error}");
    }
}

/// The differences of random rows are those in memory.
mod random_rows_differ_as_in_memory {
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
    }

    #[test]
    fn sqlite() {
        let runtime = runtime();
        let database = runtime.block_on(Database::sqlite());
        random_differences(&runtime, database);
    }

    #[test]
    #[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
    fn postgres() {
        let runtime = runtime();
        let database = runtime.block_on(Database::postgres());
        random_differences(&runtime, database);
    }
}
