//! Who writes, and from where: scopes, contexts of one call, and writes without them (rules 14 to 16).

use std::time::Duration;

use model_runtime::audit::{self, AuditContext};
use model_runtime::prelude::*;
use tests::recorded::{Article, Booking, Safe, Vault, create_tables};
use tests::{on_both, raw_sql};

use super::fixtures::{article, audit_rows, jane, stored_log, tables_of};

fn joe() -> AuditContext {
    AuditContext::default().actor("8", "Joe")
}

/// The actor of each audit row, oldest first, "-" where there is none.
async fn actors(db: &Pool) -> Vec<String> {
    raw_sql::column(db, "SELECT COALESCE(actor_id, '-') FROM audit_logs ORDER BY id").await
}

/// Everything that a table holds, in the order of its keys.
async fn dump(table: &str, db: &Pool) -> Vec<String> {
    match db {
        Pool::Postgres(_) => raw_sql::column(db, &format!("SELECT t::text FROM {table} t ORDER BY id")).await,
        Pool::Sqlite(_) => {
            let names = format!(
                "SELECT 'quote(' || group_concat(name, ') || quote(') || ')' FROM pragma_table_info('{table}')"
            );
            let columns: String = raw_sql::value(db, &names).await;
            raw_sql::column(db, &format!("SELECT {columns} FROM {table} ORDER BY id")).await
        }
    }
}

fn needs_actor<T: std::fmt::Debug>(result: Result<T>) {
    assert!(matches!(result, Err(Error::ActorRequired { .. })), "{result:?}");
}

on_both! {
    async fn a_scope_fills_the_row_of_every_write_in_it(db) {
        create_tables(&db).await;
        audit::scope(jane(), async {
            let mut article = article("Title", &db).await;
            article.publish(&db).await.unwrap();
            Article::objects().delete(&db).await.unwrap();
        })
        .await;
        let mut rows = AuditLog::objects().fetch_all(&db).await.unwrap();
        assert_eq!(rows.len(), 3);
        for row in &mut rows {
            assert_eq!(row.actor_id.as_deref(), Some("7"));
            assert_eq!(row.actor_label.as_deref(), Some("jane@example.com"));
            assert_eq!(row.ip_address, Some([192, 168, 1, 1].into()));
            assert_eq!(row.user_agent, "Test Agent");
            assert_eq!(row.request_id.as_deref(), Some("r-1"));
        }
        article("Outside", &db).await;
        assert_eq!(actors(&db).await, ["7", "7", "7", "-"]);
    }

    async fn scopes_nest_and_the_outer_one_comes_back(db) {
        create_tables(&db).await;
        audit::scope(jane(), async {
            article("Jane's", &db).await;
            audit::scope(joe(), article("Joe's", &db)).await;
            article("Jane's again", &db).await;
            let failed: Result<u64> = audit::scope(joe(), async {
                article("Joe's", &db).await;
                Article::objects().update(|a| a.title.set("x".repeat(401)), &db).await
            })
            .await;
            assert!(failed.is_err());
            article("After an error", &db).await;
            let cancelled = tokio::time::timeout(Duration::ZERO, audit::scope(joe(), std::future::pending::<()>())).await;
            assert!(cancelled.is_err());
            article("After a cancellation", &db).await;
            audit::scope(AuditContext::default(), article("Nobody's", &db)).await;
            assert_eq!(audit::current(), Some(jane()));
        })
        .await;
        assert_eq!(audit::current(), None);
        assert_eq!(actors(&db).await, ["7", "8", "7", "8", "7", "7", "-"]);
    }

    async fn a_panic_ends_its_scope(db) {
        create_tables(&db).await;
        audit::scope(jane(), async {
            let inner = audit::scope(joe(), async { panic!("on purpose") });
            let panicked = futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(inner)).await;
            let _: Box<dyn std::any::Any + Send> = panicked.unwrap_err();
            article("Jane's", &db).await;
        })
        .await;
        assert_eq!(actors(&db).await, ["7"]);
    }

    async fn every_write_of_a_row_takes_a_context(db) {
        create_tables(&db).await;
        let jane = jane();
        let mut article = Article::builder().title("Title").build();
        article.with_audit(&jane).insert(&db).await.unwrap();
        article.title = "A".to_owned();
        assert!(article.with_audit(&jane).save(&db).await.unwrap());
        article.views = 1;
        assert!(article.with_audit(&jane).save_only(|a| a.views, &db).await.unwrap());
        assert!(article.undo(2, jane.on(&db)).await.unwrap());
        assert!(article.with_audit(&jane).publish(&db).await.unwrap());
        assert!(article.with_audit(&jane).unpublish(&db).await.unwrap());
        assert!(article.with_audit(&jane).archive(&db).await.unwrap());
        assert!(article.with_audit(&jane).delete(&db).await.unwrap());
        assert!(article.with_audit(&jane).restore(&db).await.unwrap());
        assert!(article.with_audit(&jane).hard_delete(&db).await.unwrap());
        assert_eq!(actors(&db).await, ["7"; 10]);
        let all = Article::objects().with_audit(&jane).update(|a| a.views.set(1), &db).await;
        assert_eq!(all.unwrap(), 0);
        assert_eq!(audit::current(), None);
    }

    async fn every_write_of_a_queryset_takes_a_context(db) {
        create_tables(&db).await;
        let jane = jane();
        let rows = || ["A", "B"].map(|title| Article::builder().title(title).build()).into();
        assert_eq!(Article::bulk_create(rows(), jane.on(&db)).await.unwrap().len(), 2);
        let all = || Article::objects().with_audit(&jane);
        assert_eq!(all().update(|a| (a.views.set(1), a.content.set("C")), &db).await.unwrap(), 2);
        assert_eq!(all().publish(&db).await.unwrap(), 2);
        assert_eq!(all().unpublish(&db).await.unwrap(), 2);
        assert_eq!(all().archive(&db).await.unwrap(), 2);
        assert_eq!(all().delete(&db).await.unwrap(), 2);
        assert_eq!(Article::objects().deleted().limit(1).with_audit(&jane).restore(&db).await.unwrap(), 1);
        assert_eq!(all().restore_all(&db).await.unwrap(), 1);
        assert_eq!(all().hard_delete(&db).await.unwrap(), 2);
        assert_eq!(actors(&db).await, ["7"; 16]);
    }

    async fn a_handle_in_a_context_takes_any_operation(db) {
        create_tables(&db).await;
        let jane = jane();
        let created = Article::builder().title("T").create(jane.on(&db)).await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        let mut booking =
            Booking::builder().account("A").amount(Decimal::ONE).create(jane.on(&mut transaction)).await.unwrap();
        booking.delete(joe().on(&mut transaction)).await.unwrap();
        transaction.commit().await.unwrap();
        // The innermost context counts.
        audit::scope(joe(), Article::objects().update(|a| a.views.set(1), jane.on(&db))).await.unwrap();
        assert_eq!(actors(&db).await, ["7", "7", "8", "7"]);
        let found = Article::get(created.id, jane.on(&db)).await.unwrap();
        assert_eq!(found.views, 1);
    }

    async fn without_audit_logs_and_leaves_no_audit_row(db) {
        create_tables(&db).await;
        let jane = jane();
        audit::scope(jane.clone(), async {
            let mut article = Article::builder().title("Title").build();
            article.without_audit().insert(&db).await.unwrap();
            article.title = "A".to_owned();
            assert!(article.without_audit().save(&db).await.unwrap());
            article.views = 1;
            assert!(article.without_audit().save_only(|a| a.views, &db).await.unwrap());
            assert!(article.without_audit().publish(&db).await.unwrap());
            assert!(article.without_audit().delete(&db).await.unwrap());
            assert!(article.without_audit().restore(&db).await.unwrap());
            assert_eq!(stored_log(&article, &db).await.len(), 5);
            assert_eq!(article.history().len(), 5);
            let all = || Article::objects().without_audit();
            assert_eq!(all().unpublish(&db).await.unwrap(), 1);
            assert_eq!(all().update(|a| a.views.set(2), &db).await.unwrap(), 1);
            assert_eq!(all().delete(&db).await.unwrap(), 1);
            assert_eq!(all().restore_all(&db).await.unwrap(), 1);
            let log = stored_log(&article, &db).await;
            let newest: Vec<_> = log.values().rev().take(4).map(|changes| changes.as_object().unwrap()).collect();
            for (changes, field) in newest.iter().zip(["deleted_at", "deleted_at", "views", "status"]) {
                assert!(changes.contains_key(field), "{field}: {changes:?}");
            }
            assert_eq!(audit_rows(&db).await, 0);
            assert_eq!(audit::current(), Some(jane));
            assert!(article.without_audit().hard_delete(&db).await.unwrap());
            assert_eq!(audit_rows(&db).await, 0);
        })
        .await;
        article("Audited", &db).await;
        assert_eq!(audit_rows(&db).await, 1);
    }

    async fn without_audit_needs_no_actor(db) {
        create_tables(&db).await;
        let mut vault = Vault::builder().password("p").build();
        vault.without_audit().insert(&db).await.unwrap();
        vault.token_count = 1;
        assert!(vault.without_audit().save(&db).await.unwrap());
        assert_eq!(audit_rows(&db).await, 0);
        assert_eq!(stored_log(&vault, &db).await.len(), 1);
    }

    async fn a_spawned_task_has_no_context_unless_it_is_carried(db) {
        create_tables(&db).await;
        let pool = db.clone();
        let write = move |title: &'static str| {
            let db = pool.clone();
            async move { article(title, &db).await }
        };
        audit::scope(jane(), async {
            tokio::spawn(write("Alone")).await.unwrap();
            tokio::spawn(audit::carry(write("Carried"))).await.unwrap();
            let carried = audit::carry(write("Carried to another scope"));
            audit::scope(joe(), carried).await;
        })
        .await;
        tokio::spawn(audit::carry(write("Carried from nowhere"))).await.unwrap();
        assert_eq!(actors(&db).await, ["-", "7", "7", "-"]);
    }

    async fn no_write_without_an_actor_where_one_is_required(db) {
        tables_of(&[Safe::table(), Vault::table()], &db).await;
        let jane = jane();
        let mut safe = Safe::builder().name("Safe").create(jane.on(&db)).await.unwrap();
        let mut gone = Safe::builder().name("Deleted").create(jane.on(&db)).await.unwrap();
        safe.name = "Renamed".to_owned();
        safe.with_audit(&jane).save(&db).await.unwrap();
        gone.with_audit(&jane).delete(&db).await.unwrap();
        let (before, audited) = (dump("safes", &db).await, dump("audit_logs", &db).await);
        let nobody = AuditContext::default().ip_address([127, 0, 0, 1]).user_agent("curl").request_id("r");
        // No context at all, and one that names no actor.
        for context in [None, Some(nobody)] {
            let writes = async {
                needs_actor(Safe::builder().name("New").create(&db).await);
                needs_actor(Safe::builder().name("New").build().insert(&db).await);
                needs_actor(Safe::bulk_create(vec![Safe::builder().name("New").build()], &db).await);
                let mut row = safe.clone();
                row.name = "Changed".to_owned();
                needs_actor(row.save(&db).await);
                needs_actor(row.save_only(|s| s.name, &db).await);
                needs_actor(row.publish(&db).await);
                needs_actor(row.unpublish(&db).await);
                needs_actor(row.archive(&db).await);
                needs_actor(row.delete(&db).await);
                needs_actor(row.undo(1, &db).await);
                needs_actor(row.revert_to(DateTime::UNIX_EPOCH, &db).await);
                needs_actor(row.hard_delete(&db).await);
                needs_actor(gone.clone().restore(&db).await);
                let all = Safe::objects;
                needs_actor(all().update(|s| s.name.set("Changed"), &db).await);
                needs_actor(all().publish(&db).await);
                needs_actor(all().unpublish(&db).await);
                needs_actor(all().archive(&db).await);
                needs_actor(all().delete(&db).await);
                needs_actor(all().deleted().restore(&db).await);
                needs_actor(all().restore_all(&db).await);
                needs_actor(all().hard_delete(&db).await);
            };
            match context {
                Some(context) => audit::scope(context, writes).await,
                None => writes.await,
            }
            assert_eq!(dump("safes", &db).await, before);
            assert_eq!(dump("audit_logs", &db).await, audited);
        }
        assert!(safe.with_audit(&jane).publish(&db).await.unwrap());
        let mut vault = Vault::builder().password("p").create(jane.on(&db)).await.unwrap();
        needs_actor(vault.delete(&db).await);
        needs_actor(Vault::objects().delete(&db).await);
        assert_eq!(dump("vaults", &db).await.len(), 1);
    }

    async fn what_is_missing_is_empty_and_no_error(db) {
        create_tables(&db).await;
        article("Title", &db).await;
        let empty = "SELECT COUNT(*) FROM audit_logs WHERE user_agent = '' AND actor_id IS NULL \
                     AND actor_label IS NULL AND ip_address IS NULL AND request_id IS NULL";
        assert_eq!(raw_sql::value::<i64>(&db, empty).await, 1);
        Article::builder().title("B").create(AuditContext::default().actor(1, "J").on(&db)).await.unwrap();
        let agents: Vec<String> = raw_sql::column(&db, "SELECT user_agent FROM audit_logs").await;
        assert_eq!(agents, ["", ""]);
    }

    async fn a_long_display_is_cut_between_characters(db) {
        create_tables(&db).await;
        for (title, expected) in [
            ("日".repeat(400), "日".repeat(255)),
            ("🦀".repeat(256), "🦀".repeat(255)),
            ("é".repeat(255), "é".repeat(255)),
            (format!("a{}", "ß".repeat(300)), format!("a{}", "ß".repeat(254))),
            ("x".repeat(254), "x".repeat(254)),
        ] {
            let mut article = article(&title, &db).await;
            article.title = format!("{title}!").chars().skip(1).collect();
            article.save(&db).await.unwrap();
            let shifted: String = article.title.chars().take(255).collect();
            let sql = format!("SELECT object_repr FROM audit_logs WHERE object_id = '{}' ORDER BY id", article.id);
            assert_eq!(raw_sql::column::<String>(&db, &sql).await, [expected, shifted]);
        }
    }

    async fn text_is_stored_as_it_stands(db) {
        create_tables(&db).await;
        let odd = "O'Brien \"100%\" %s $1 ? {} \\ \\n \u{1} ; DROP TABLE audit_logs; -- 🦀 </script>";
        let context = AuditContext::default().actor(odd, odd).user_agent(odd).request_id(odd);
        let mut article = Article::builder().title(odd).create(context.on(&db)).await.unwrap();
        article.content = odd.to_owned();
        article.with_audit(&context).save(&db).await.unwrap();
        Article::objects().with_audit(&context).publish(&db).await.unwrap();
        for column in ["actor_id", "actor_label", "user_agent", "request_id", "object_repr"] {
            let stored: Vec<String> = raw_sql::column(&db, &format!("SELECT {column} FROM audit_logs")).await;
            assert_eq!(stored, [odd; 3], "{column}");
        }
        let content = raw_sql::column::<String>(&db, "SELECT CAST(changes AS TEXT) FROM audit_logs WHERE action = 'update'").await;
        let content: serde_json::Value = serde_json::from_str(&content[0]).unwrap();
        assert_eq!(content["content"]["new"], odd);
        assert_eq!(AuditLog::objects().by(odd).count(&db).await.unwrap(), 3);
    }

    async fn what_no_database_can_store_is_refused_before_the_write(db) {
        create_tables(&db).await;
        let contexts = [
            AuditContext::default().actor("a\0", "A"),
            AuditContext::default().actor("a", "A\0"),
            AuditContext::default().user_agent("\0"),
            AuditContext::default().request_id("\0"),
        ];
        for context in contexts {
            let refused = Article::builder().title("T").create(context.on(&db)).await;
            assert!(matches!(refused, Err(Error::Validation(_))), "{refused:?}");
        }
        assert_eq!(raw_sql::count(&db, "articles").await + audit_rows(&db).await, 0);
    }
}
