//! Rules 1 and 2: any set of capabilities composes on one model, in any order, with any key, with the same result.

use std::collections::HashSet;
use std::slice::from_ref;

use model_runtime::clock::frozen;
use model_runtime::prelude::*;
use model_runtime::{Key, TableDef, schema};
use tests::fixtures::{DAY, new_year};
use tests::models::{Author, Category, Post, Task};
use tests::on_both;
use tests::raw_sql::{column, count, execute, value};

/// What the steps need of a row.
trait Named: Writable + Clone + PartialEq + std::fmt::Debug {
    fn named(name: &str) -> Self;
    fn set_name(&mut self, name: &str);
}

/// For each set of capabilities: a model with them in one order and one with them in another, whose schema and
/// statements must be the same, and the life of a row of it on both databases.
macro_rules! composed {
    ($($set:ident($table:literal, $id:ident): $($capability:ident)*: [$($one:tt)*] [$($other:tt)*];)*) => {$(
        mod $set {
            use super::*;

            composed!(@model One $table $id [$($one)*]);

            mod other {
                use super::*;

                composed!(@model One $table $id [$($other)*]);
            }

            #[test]
            fn the_order_does_not_matter() {
                assert_same::<One, other::One>();
            }

            on_both! {
                async fn life(db) {
                    #[allow(unused_mut, reason = "no capability changes the row")]
                    let mut row = begin::<One>(&db).await;
                    $(steps::$capability(&mut row, &db).await;)*
                    end(row, &db).await;
                }
            }
        }
    )*};
    (@model $name:ident $table:literal $id:ident [$($attributes:tt)*]) => {
        #[mixins]
        #[derive(Debug, Clone, PartialEq, Model)]
        #[model(table = $table, display = name, id = $id, unchecked)]
        $($attributes)*
        pub struct $name {
            #[column(max_length = 100)]
            pub name: String,
            #[column(default)]
            pub text: String,
        }

        impl Named for $name {
            fn named(name: &str) -> Self {
                Self::builder().name(name).build()
            }

            fn set_name(&mut self, name: &str) {
                self.name = name.to_owned();
            }
        }
    };
}

composed! {
    none("row_0", v7): : [] [];
    t("row_t", i64): timestamps: [#[timestamps]] [#[timestamps()]];
    d("row_d", v4): soft_delete: [#[soft_delete]] [#[soft_delete()]];
    p("row_p", v7): publishable: [#[publishable]] [#[publishable()]];
    s("row_s", i64): seo: [#[seo(slug = name, title = name)]] [#[seo(title = name, slug = name)]];
    t_d("row_td", v4): timestamps soft_delete: [#[timestamps] #[soft_delete]] [#[soft_delete] #[timestamps]];
    t_p("row_tp", i64): publishable timestamps: [#[timestamps] #[publishable]] [#[publishable] #[timestamps]];
    t_s("row_ts", v7): seo timestamps: [#[timestamps] #[seo(slug = name)]] [#[seo(slug = name)] #[timestamps]];
    d_p("row_dp", i64): soft_delete publishable: [#[soft_delete] #[publishable]] [#[publishable] #[soft_delete]];
    d_s("row_ds", v7): seo soft_delete: [#[soft_delete] #[seo(slug = name)]] [#[seo(slug = name)] #[soft_delete]];
    p_s("row_ps", v4): publishable seo: [#[publishable] #[seo(slug = name)]] [#[seo(slug = name)] #[publishable]];
    t_d_p("row_tdp", v7): publishable soft_delete timestamps:
        [#[timestamps] #[soft_delete] #[publishable]] [#[publishable] #[soft_delete] #[timestamps]];
    t_d_s("row_tds", i64): timestamps seo soft_delete:
        [#[timestamps] #[soft_delete] #[seo(slug = name)]] [#[soft_delete] #[seo(slug = name)] #[timestamps]];
    t_p_s("row_tps", v4): seo timestamps publishable:
        [#[timestamps] #[publishable] #[seo(slug = name)]] [#[seo(slug = name)] #[timestamps] #[publishable]];
    d_p_s("row_dps", i64): soft_delete seo publishable:
        [#[soft_delete] #[publishable] #[seo(slug = name)]] [#[publishable] #[seo(slug = name)] #[soft_delete]];
    t_d_p_s("row_tdps", v7): timestamps soft_delete publishable seo:
        [#[timestamps] #[soft_delete] #[publishable] #[seo(slug = name)]]
        [#[seo(slug = name)] #[publishable] #[soft_delete] #[timestamps]];
    c("row_c", v7): track_changes: [#[track_changes]] [#[track_changes()]];
    a("row_a", i64): audited: [#[audited]] [#[audited()]];
    c_a("row_ca", v4): track_changes audited: [#[track_changes(keep = 9)] #[audited]] [#[audited] #[track_changes(keep = 9)]];
    t_c("row_tc", i64): timestamps track_changes: [#[timestamps] #[track_changes]] [#[track_changes] #[timestamps]];
    s_a("row_sa", i64): seo audited: [#[seo(slug = name)] #[audited]] [#[audited] #[seo(slug = name)]];
    d_c_a("row_dca", v7): audited soft_delete track_changes:
        [#[soft_delete] #[track_changes] #[audited]] [#[audited] #[soft_delete] #[track_changes]];
    t_d_p_s_c_a("row_tdpsca", v7): timestamps soft_delete publishable seo track_changes audited:
        [#[timestamps] #[soft_delete] #[publishable] #[seo(slug = name)] #[track_changes(keep = 50)] #[audited]]
        [#[audited] #[seo(slug = name)] #[track_changes(keep = 50)] #[publishable] #[soft_delete] #[timestamps]];
}

/// The capabilities within `#[model(…)]`, in yet another order.
mod within_model {
    use super::*;

    #[mixins]
    #[derive(Debug, Clone, PartialEq, Model)]
    #[model(soft_delete, seo(slug = name), table = "row_tdps", timestamps, display = name, unchecked, publishable)]
    pub struct One {
        #[column(max_length = 100)]
        pub name: String,
        #[column(default)]
        pub text: String,
    }
}

/// The fields listed by hand, as the mixins would add them.
mod by_hand {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[model(table = "row_tdps", display = name, unchecked)]
    #[publishable]
    #[timestamps]
    #[seo(slug = name)]
    #[soft_delete]
    pub struct One {
        /// The key.
        pub id: Uuid,
        #[column(max_length = 100)]
        pub name: String,
        #[column(default)]
        pub text: String,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
        pub deleted_at: Option<DateTime<Utc>>,
        pub status: PublishStatus,
        pub published_at: Option<DateTime<Utc>>,
        pub slug: String,
        pub seo_title: String,
        pub seo_description: String,
        pub seo_keywords: String,
    }
}

fn assert_same<A: Model, B: Model>() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let sql = |table| schema::sql(&[table], dialect).unwrap();
        assert_eq!(sql(A::table()), sql(B::table()));
    }
    assert_eq!(format!("{:?}", A::STATEMENTS), format!("{:?}", B::STATEMENTS));
    let queries = [A::objects().to_string(), B::objects().to_string()];
    assert_eq!(queries[0], queries[1]);
}

async fn refreshed<M: Named>(row: &M, db: &Pool) {
    let mut again = row.clone();
    again.refresh(db).await.unwrap();
    assert_eq!(again, *row);
}

/// A row of a new table, written at new year.
async fn begin<M: Named>(db: &Pool) -> M {
    let tables = [M::table(), AuditLog::table()];
    schema::create_tables(&tables, db).await.unwrap();
    assert_eq!(schema::check(&tables, db).await.unwrap(), []);
    let mut row = M::named("First name");
    frozen(new_year(), row.insert(db)).await.unwrap();
    refreshed(&row, db).await;
    assert!(!frozen(new_year() + DAY, row.save(db)).await.unwrap());
    assert_eq!(row.repr(), "First name");
    row
}

/// Bulk writes, and the end of all rows.
async fn end<M: Named>(row: M, db: &Pool) {
    refreshed(&row, db).await;
    let table = M::TABLE.name;
    let more = (0..120).map(|n| M::named(&format!("Name {}", n % 40))).collect();
    let more = M::bulk_create(more, db).await.unwrap();
    let keys: HashSet<M::Id> = more.iter().map(Model::id).chain([row.id()]).collect();
    assert_eq!(keys.len(), 121);
    assert_eq!(count(db, table).await, 121);
    assert_eq!(M::objects().fetch_all(db).await.unwrap().len(), 121);
    for row in [&more[0], &more[60], &more[119]] {
        refreshed(row, db).await;
    }
    assert_eq!(M::objects().limit(21).hard_delete(db).await.unwrap(), 21);
    assert_eq!(count(db, table).await, 100);
    assert_eq!(M::objects().delete(db).await.unwrap(), 100);
    assert_eq!(M::objects().fetch_all(db).await.unwrap(), []);
    let left = if matches!(M::TABLE.delete, model_runtime::Delete::Remove) { 0 } else { 100 };
    assert_eq!(count(db, table).await, left);
}

/// What each capability does; each leaves the row live, unpublished or published, and as it is in the database.
mod steps {
    use super::*;

    pub async fn timestamps<M: Named + Timestamps>(row: &mut M, db: &Pool) {
        let stored = |column: &str| format!("SELECT {column} FROM {}", M::TABLE.name);
        let now = new_year() + DAY * 10;
        row.set_name("At another time");
        assert!(frozen(now, row.save(db)).await.unwrap());
        refreshed(row, db).await;
        assert_eq!(value::<DateTime<Utc>>(db, &stored("created_at")).await, new_year());
        assert_eq!(value::<DateTime<Utc>>(db, &stored("updated_at")).await, now);
        assert_eq!(M::objects().updated_since(now).fetch_all(db).await.unwrap(), from_ref(row));
        frozen(now, async {
            assert_eq!(M::objects().recent(10).fetch_all(db).await.unwrap(), from_ref(row));
            assert_eq!(M::objects().recent(9).fetch_all(db).await.unwrap(), []);
            assert_eq!(M::objects().older_than(9).fetch_all(db).await.unwrap(), from_ref(row));
        })
        .await;
    }

    pub async fn soft_delete<M: Named + SoftDelete>(row: &mut M, db: &Pool) {
        let live = format!("SELECT COUNT(*) FROM {} WHERE deleted_at IS NULL", M::TABLE.name);
        assert!(row.delete(db).await.unwrap());
        assert!(!row.delete(db).await.unwrap());
        refreshed(row, db).await;
        assert!(row.is_deleted());
        assert_eq!(value::<i64>(db, &live).await, 0);
        assert_eq!(M::objects().fetch_all(db).await.unwrap(), []);
        assert_eq!(M::objects().deleted().fetch_all(db).await.unwrap(), from_ref(row));
        assert!(row.restore(db).await.unwrap());
        assert!(!row.restore(db).await.unwrap());
        refreshed(row, db).await;
        assert_eq!(M::objects().delete(db).await.unwrap(), 1);
        assert_eq!(M::objects().restore_all(db).await.unwrap(), 1);
        row.refresh(db).await.unwrap();
        assert_eq!(value::<i64>(db, &live).await, 1);
    }

    pub async fn publishable<M: Named + Publishable>(row: &mut M, db: &Pool) {
        let status = format!("SELECT status FROM {}", M::TABLE.name);
        assert!(row.publish(db).await.unwrap());
        assert!(!row.publish(db).await.unwrap());
        assert!(row.is_published() && row.published_at().is_some());
        refreshed(row, db).await;
        assert_eq!(M::objects().published().fetch_all(db).await.unwrap(), from_ref(row));
        assert!(row.archive(db).await.unwrap());
        assert!(matches!(row.publish(db).await, Err(Error::InvalidTransition { .. })));
        assert_eq!(value::<String>(db, &status).await, "archived");
        assert_eq!(M::objects().archived().unpublish(db).await.unwrap(), 1);
        assert_eq!(M::objects().drafts().publish(db).await.unwrap(), 1);
        row.refresh(db).await.unwrap();
        assert_eq!(value::<String>(db, &status).await, "published");
    }

    pub async fn track_changes<M: Named + TrackChanges>(row: &mut M, db: &Pool) {
        let entries = row.history().len();
        row.set_name("Tracked");
        assert!(row.save(db).await.unwrap());
        assert!(!row.save(db).await.unwrap());
        refreshed(row, db).await;
        assert_eq!(
            (row.history().len(), row.history_of("name")[0].change.new.to_string()),
            (entries + 1, "\"Tracked\"".to_owned())
        );
        row.set_name("Tracked again");
        assert_eq!(row.changed_fields(db).await.unwrap().keys().collect::<Vec<_>>(), ["name"]);
        assert!(row.save(db).await.unwrap() && row.undo(1, db).await.unwrap());
        refreshed(row, db).await;
        assert_eq!((row.history().len(), row.repr()), (entries + 3, "Tracked".to_owned()));
    }

    pub async fn audited<M: Named + Audited>(row: &mut M, db: &Pool) {
        let id = row.id();
        let trail = || AuditLog::objects().for_key::<M>(id);
        let before = trail().fetch_all(db).await.unwrap();
        assert_eq!(before.last().unwrap().action, Action::Create);
        row.set_name("Audited");
        assert!(row.save(db).await.unwrap());
        row.set_name("Not audited");
        assert!(row.without_audit().save(db).await.unwrap());
        assert_eq!(trail().count(db).await.unwrap(), before.len() as u64 + 1);
        assert_eq!(trail().first(db).await.unwrap().unwrap().object_repr, "Audited");
    }

    pub async fn seo<M: Named + Seo>(row: &mut M, db: &Pool) {
        let table = M::TABLE.name;
        let before = row.slug().to_owned();
        assert_eq!(before, "first-name");
        execute(db, &format!("UPDATE {table} SET slug = 'moved-on'")).await.unwrap();
        row.refresh(db).await.unwrap();
        assert_eq!(row.slug(), "moved-on");
        assert_eq!(column::<String>(db, &format!("SELECT slug FROM {table}")).await, ["moved-on"]);
        assert_eq!(
            column::<String>(db, &format!("SELECT slug FROM {table}_slug_history")).await,
            from_ref(&before)
        );
        assert_eq!(M::objects().slug(&before).fetch_all(db).await.unwrap(), from_ref(row));
        // A row of the same name goes around the slug that was.
        let mut other = M::named("First name");
        other.insert(db).await.unwrap();
        assert_eq!(other.slug(), "first-name-2");
        assert_eq!(M::objects().slug("first-name-2").hard_delete(db).await.unwrap(), 1);
    }
}

/// The indexes of a table, without their names.
fn indexes(table: &TableDef) -> Vec<String> {
    table
        .indexes
        .iter()
        .map(|index| format!("{:?} {} {:?}", index.parts, index.unique, index.filter))
        .collect()
}

#[test]
fn every_form_is_the_same_model() {
    assert_same::<t_d_p_s::One, within_model::One>();
    assert_same::<t_d_p_s::One, by_hand::One>();
}

#[test]
fn indexes_of_all_are_merged_without_duplicates() {
    #[mixins]
    #[derive(Debug, Model)]
    #[model(table = "row_tdps", display = name, unchecked)]
    #[timestamps]
    #[soft_delete]
    #[publishable]
    #[seo(slug = name)]
    #[index(created_at(desc), id(desc))]
    #[index(updated_at(desc))]
    #[index(status, published_at(desc))]
    #[index(name)]
    #[index(name(asc))]
    #[unique(slug)]
    struct Repeating {
        #[column(max_length = 100)]
        name: String,
        #[column(default)]
        text: String,
    }

    let (without, with) = (indexes(t_d_p_s::One::table()), indexes(Repeating::table()));
    let mut wanted = without.clone();
    wanted.push(r#"["\"name\""] false None"#.to_owned());
    assert_eq!(with, wanted);
    for table in [t_d_p_s::One::table(), Repeating::table(), Post::table()] {
        assert_eq!(indexes(table).iter().collect::<HashSet<_>>().len(), table.indexes.len());
        let names: HashSet<&str> = table.indexes.iter().map(|index| index.name).collect();
        assert_eq!(names.len(), table.indexes.len());
    }
    // Each capability's are there.
    for part in ["created_at", "updated_at", "deleted_at", "status", "slug"] {
        assert!(without.iter().any(|index| index.contains(part)), "{part}");
    }
}

#[test]
fn keys_are_typed() {
    fn key<M: Model<Id = K>, K: Key>() {}
    key::<none::One, Uuid>();
    key::<t::One, i64>();
    key::<d::One, Uuid>();
    assert_eq!(Post::table().label, "blog.post");
    assert_eq!(Author::table().label, "blog.author");
    assert_eq!(Category::table().label, "blog.category");
    assert_eq!(Task::table().label, "tests.task");
}

on_both! {
    async fn keys_are_stored_by_their_type(db) {
        let tables =
            [none::One::table(), t::One::table(), d::One::table(), s::One::table(), d_s::One::table()];
        schema::create_tables(&tables, &db).await.unwrap();
        let (mut v7, mut number, mut v4) = (none::One::named("a"), t::One::named("a"), d::One::named("a"));
        v7.insert(&db).await.unwrap();
        number.insert(&db).await.unwrap();
        v4.insert(&db).await.unwrap();
        assert_eq!((v7.id.get_version_num(), v4.id.get_version_num()), (7, 4));
        assert_eq!(value::<Uuid>(&db, "SELECT id FROM row_0").await, v7.id);
        assert_eq!(value::<i64>(&db, "SELECT id FROM row_t").await, number.id);
        assert_eq!(value::<Uuid>(&db, "SELECT id FROM row_d").await, v4.id);
        // The history of slugs has keys of the row's type.
        let (mut with_number, mut with_uuid) = (s::One::named("a"), d_s::One::named("a"));
        with_number.insert(&db).await.unwrap();
        with_uuid.insert(&db).await.unwrap();
        with_number.add_slug_alias("b", &db).await.unwrap();
        with_uuid.add_slug_alias("b", &db).await.unwrap();
        assert_eq!(value::<i64>(&db, "SELECT object_id FROM row_s_slug_history").await, with_number.id);
        assert_eq!(value::<Uuid>(&db, "SELECT object_id FROM row_ds_slug_history").await, with_uuid.id);
    }

    async fn keys_by_the_database_are_not_given_twice(db) {
        schema::create_tables(&[t::One::table()], &db).await.unwrap();
        let rows = t::One::bulk_create((0..300).map(|n| t::One::named(&n.to_string())).collect(), &db)
            .await
            .unwrap();
        // Each row in memory got the key of its own row.
        for row in [&rows[0], &rows[149], &rows[299]] {
            assert_eq!(
                value::<String>(&db, &format!("SELECT name FROM row_t WHERE id = {}", row.id)).await,
                row.name
            );
        }
        assert!(rows.is_sorted_by_key(|row| row.id));
        t::One::objects().hard_delete(&db).await.unwrap();
        let mut next = t::One::named("next");
        next.insert(&db).await.unwrap();
        assert!(next.id > rows[299].id);
    }

    async fn querysets_carry_the_methods_of_all(db) {
        type All = t_d_p_s::One;
        schema::create_tables(&[All::table()], &db).await.unwrap();
        let rows = ["Old", "Live", "Draft", "Wanted"].map(All::named);
        let mut rows = All::bulk_create(rows.into(), &db).await.unwrap();
        rows[0].created_at = new_year();
        assert!(rows[0].save_only(|r| r.created_at, &db).await.unwrap());
        for row in &mut rows {
            if row.name != "Draft" {
                row.publish(&db).await.unwrap();
            }
            if row.name != "Live" {
                row.delete(&db).await.unwrap();
            }
        }
        let wanted = |query: QuerySet<All>| query.filter(|r| r.name.ne("Nothing"));
        let chains = [
            wanted(All::objects().deleted().recent(7).published()),
            wanted(All::objects()).published().recent(7).deleted(),
            wanted(All::objects().recent(7)).deleted().published().slug("wanted"),
        ];
        for chain in chains {
            assert_eq!(chain.fetch_all(&db).await.unwrap(), [rows[3].clone()]);
        }
        assert_eq!(All::objects().deleted().recent(7).published().hard_delete(&db).await.unwrap(), 1);
        let left = "SELECT name FROM row_tdps ORDER BY name";
        assert_eq!(column::<String>(&db, left).await, ["Draft", "Live", "Old"]);
        assert_eq!(All::objects().deleted().older_than(7).restore(&db).await.unwrap(), 1);
        assert_eq!(All::objects().published().older_than(7).archive(&db).await.unwrap(), 1);
        let archived = "SELECT name FROM row_tdps WHERE status = 'archived' AND deleted_at IS NULL";
        assert_eq!(column::<String>(&db, archived).await, ["Old"]);
    }
}
