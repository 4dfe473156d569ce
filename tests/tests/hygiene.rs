//! What the macros write compiles wherever a user may put it: without a prelude, beside names of the user's that
//! shadow it, with fields named as the macros' own variables, and without a warning.

#![deny(missing_docs, unused, clippy::all)]

/// No prelude, every capability.
mod no_prelude {
    #![no_implicit_prelude]

    /// A choice.
    #[derive(
        ::core::fmt::Debug,
        ::core::clone::Clone,
        ::core::marker::Copy,
        ::core::cmp::PartialEq,
        ::model_runtime::ModelEnum,
    )]
    pub enum Size {
        /// Small.
        Small,
        /// Large.
        #[choice(value = "xl", label = "Extra large")]
        Large,
    }

    /// A text.
    #[derive(
        ::core::fmt::Debug, ::core::clone::Clone, ::core::cmp::PartialEq, ::model_runtime::ModelNewtype,
    )]
    pub struct Sku(pub ::std::string::String);

    /// An owner.
    #[::model_runtime::mixins]
    #[derive(::core::fmt::Debug, ::model_runtime::Model)]
    #[model(unchecked, id = i64)]
    pub struct Owner {
        /// The name.
        pub name: ::std::string::String,
    }

    /// A row with everything.
    #[::model_runtime::mixins]
    #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::cmp::PartialEq, ::model_runtime::Model)]
    #[model(table = "hygienic", display = title, hooks, unchecked)]
    #[timestamps]
    #[soft_delete]
    #[publishable]
    #[seo(slug = title, title = title, description = title)]
    #[track_changes(keep = 3)]
    #[audited(require_actor)]
    #[cached(ttl = 60)]
    #[index(title, created_at(desc))]
    pub struct Row {
        /// The title.
        #[column(max_length = 20, default = "none")]
        pub title: ::std::string::String,
        /// The size.
        pub size: ::core::option::Option<Size>,
        /// The number.
        pub sku: Sku,
        /// The price.
        #[track(mask)]
        #[column(precision = 10, scale = 2, default)]
        pub price: ::model_runtime::prelude::Decimal,
        /// The owner.
        #[belongs_to(Owner, on_delete = set_null, related_name = rows)]
        pub owner_id: ::core::option::Option<i64>,
    }

    impl ::model_runtime::Hooks for Row {}

    /// A mark.
    #[::model_runtime::mixins]
    #[derive(::core::fmt::Debug, ::model_runtime::Model)]
    #[model(table = "hygienic_marks", unchecked)]
    #[many_to_many(Owner, through = Marking, by = (mark_id, owner_id))]
    pub struct Mark {}

    /// An owner has a mark.
    #[::model_runtime::mixins]
    #[derive(::core::fmt::Debug, ::model_runtime::Model)]
    #[model(table = "hygienic_markings", unchecked)]
    #[unique(mark_id, owner_id)]
    pub struct Marking {
        /// The mark.
        #[belongs_to(Mark, on_delete = cascade)]
        pub mark_id: ::model_runtime::prelude::Uuid,
        /// The owner.
        #[belongs_to(Owner, on_delete = cascade)]
        pub owner_id: i64,
    }

    /// A user.
    #[::model_runtime::mixins]
    #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::cmp::PartialEq, ::model_runtime::Model)]
    #[model(table = "hygienic_users", app = "hygiene", unchecked)]
    #[timestamps]
    #[soft_delete]
    #[track_changes]
    #[audited]
    #[cached(ttl = 60)]
    #[user]
    #[permissions(open, close = "Can close")]
    pub struct Member {
        /// The club.
        pub club: ::std::string::String,
    }
}

/// The names of the prelude mean something else.
#[allow(dead_code, missing_docs, clippy::upper_case_acronyms)]
mod shadowed {
    pub struct Option;
    pub struct String;
    pub struct Result;
    pub struct Vec;
    pub struct Box;
    pub struct Send;
    pub struct Default;
    pub struct Into;
    pub struct Some;
    pub struct None;
    pub struct Ok;
    pub struct Err;
    pub mod core {}
    pub mod std {}
    pub mod sqlx {}
    pub mod model_runtime {}

    #[::model_runtime::mixins]
    #[derive(::model_runtime::Model)]
    #[model(unchecked, display = title)]
    #[timestamps]
    #[soft_delete]
    #[publishable]
    #[seo(slug = title)]
    #[track_changes]
    #[audited]
    #[cached(ttl = 60)]
    pub struct Row {
        #[column(default)]
        pub title: ::std::string::String,
        pub note: ::core::option::Option<i32>,
    }

    #[::model_runtime::mixins]
    #[derive(::model_runtime::Model)]
    #[model(unchecked)]
    #[user]
    #[permissions(open)]
    pub struct Member {}
}

/// The crate by another name.
mod renamed {
    use ::model_runtime as orm;

    /// A user.
    #[orm::mixins]
    #[derive(Debug, Clone, PartialEq, orm::Model)]
    #[model(crate = orm, table = "renamed_users", app = "hygiene", id = i64, unchecked)]
    #[soft_delete]
    #[user]
    #[permissions(open)]
    #[many_to_many(Club, through = Membership, name = clubs)]
    pub struct Member {
        /// The club.
        pub club: String,
    }

    /// A club.
    #[orm::mixins]
    #[derive(Debug, Clone, PartialEq, orm::Model)]
    #[model(crate = orm, table = "renamed_clubs", unchecked)]
    pub struct Club {
        /// The one who leads it.
        #[belongs_to(Member, related_name = led)]
        pub head_id: i64,
    }

    /// A member is in a club.
    #[orm::mixins]
    #[derive(Debug, Clone, PartialEq, orm::Model)]
    #[model(crate = orm, table = "renamed_memberships", unchecked)]
    #[unique(member_id, club_id)]
    pub struct Membership {
        /// The member.
        #[belongs_to(Member, on_delete = cascade)]
        pub member_id: i64,
        /// The club.
        #[belongs_to(Club, on_delete = cascade)]
        pub club_id: orm::prelude::Uuid,
    }
}

/// Fields named as the macros' own variables, and keywords.
#[allow(missing_docs)]
mod clashing {
    use model_runtime::prelude::*;

    #[mixins]
    #[derive(Debug, Clone, PartialEq, Model)]
    #[model(table = "clashing", unchecked)]
    #[timestamps]
    #[soft_delete]
    #[publishable]
    #[seo(slug = base)]
    #[track_changes(keep = 2)]
    #[audited]
    #[cached(ttl = 60)]
    pub struct Row {
        pub base: String,
        pub row: i32,
        pub db: i32,
        pub value: i32,
        pub column: i32,
        pub columns: i32,
        pub errors: i32,
        pub write: i32,
        pub time: i32,
        pub attempt: i32,
        pub f: i32,
        pub state: i32,
        pub draft: i32,
        pub reader: i32,
        pub key: i32,
        #[column(default)]
        pub path: i32,
        #[belongs_to(Row, on_delete = set_null)]
        pub at_id: Option<Uuid>,
        #[column(default)]
        pub log: i32,
        #[column(default)]
        pub json: i32,
        #[column(default)]
        pub def: i32,
        #[column(default)]
        pub keys: i32,
        #[column(default)]
        pub c: i32,
        #[column(default)]
        pub t: i32,
        #[column(default)]
        pub n: i32,
        pub r#type: String,
        pub r#match: Option<String>,
    }
}

/// Models from a `macro_rules!`, whose types come in invisible brackets.
#[allow(missing_docs)]
mod generated {
    use model_runtime::prelude::*;

    macro_rules! model {
        ($name:ident { $($field:ident: $ty:ty),* }) => {
            #[mixins]
            #[derive(Debug, Model)]
            #[model(unchecked)]
            #[timestamps]
            #[soft_delete]
            pub struct $name { $(pub $field: $ty),* }
        };
    }

    model!(Row { title: String, note: Option<String> });
}

use model_runtime::audit::AuditContext;
use model_runtime::prelude::*;
use model_runtime::schema;

#[tokio::test]
async fn a_model_without_a_prelude_is_written_and_read() {
    use no_prelude::{Owner, Row, Size, Sku};
    let db = Pool::connect("sqlite::memory:").await.unwrap();
    schema::create_tables(&[Row::table(), Owner::table(), AuditLog::table()], &db).await.unwrap();
    let actor = AuditContext::default().actor(1, "one");
    let row =
        Row::builder().sku(Sku("a-1".to_owned())).size(Size::Large).create(actor.on(&db)).await.unwrap();
    assert_eq!((row.slug.as_str(), row.title.as_str()), ("none", "none"));
    assert_eq!(Row::objects().filter(|r| r.size.eq(Size::Large)).get(&db).await.unwrap(), row);
}

#[tokio::test]
async fn users_without_a_prelude_and_of_a_renamed_crate_are_users() {
    use model_runtime::users;
    use {no_prelude as one, renamed as two};
    let db = Pool::connect("sqlite::memory:").await.unwrap();
    schema::create_tables(&users::tables(), &db).await.unwrap();
    let tables = [one::Member::table(), two::Member::table(), AuditLog::table()];
    schema::create_tables(&tables, &db).await.unwrap();
    let jane = one::Member::superuser().email("Jane@EXAMPLE.com").club("Rowing").build();
    let jane = one::Member::manager().create_superuser(jane, Some("a boat on the Lek"), &db).await.unwrap();
    assert_eq!((jane.email.as_str(), jane.to_string().as_str()), ("Jane@example.com", "Jane@example.com"));
    let john = two::Member::builder().email("john@example.com").club("Rowing").create(&db).await.unwrap();
    assert_eq!(users::sync_permissions(&[one::Member::table(), two::Member::table()], &db).await.unwrap(), 6);
    john.grant(&["hygiene.open"], &db).await.unwrap();
    assert!(john.has_perm("hygiene.open", &db).await.unwrap());
    assert!(!john.has_perm("hygiene.close", &db).await.unwrap());
    assert_eq!(shadowed::Member::builder().email("x").build().email, "x");
}

#[tokio::test]
async fn relations_without_a_prelude_and_of_a_renamed_crate_lead_both_ways() {
    use no_prelude::{Mark, Marking, Owner, OwnerRows, Row, Sku};
    use renamed::{Club, Member, MemberLed, Membership};
    let db = Pool::connect("sqlite::memory:").await.unwrap();
    let tables = [Owner::table(), Row::table(), Mark::table(), Marking::table(), AuditLog::table()];
    schema::create_tables(&tables, &db).await.unwrap();
    schema::create_tables(&[Member::table(), Club::table(), Membership::table()], &db).await.unwrap();

    let owner = Owner::builder().name("Ada").create(&db).await.unwrap();
    let actor = AuditContext::default().actor(1, "one");
    let row =
        Row::builder().sku(Sku("a-1".to_owned())).owner_id(owner.id).create(actor.on(&db)).await.unwrap();
    assert_eq!(owner.rows().get(&db).await.unwrap(), row);
    assert!(Row::objects().filter(|r| r.owner().id.eq(owner.id)).exists(&db).await.unwrap());
    let mark = Mark::builder().create(&db).await.unwrap();
    assert_eq!(mark.owners().add([&owner], &db).await.unwrap(), 1);
    let marked = Mark::objects().prefetch_many(Mark::OWNERS, Owner::objects()).fetch_all(&db).await.unwrap();
    assert_eq!(marked[0].1[0].id, owner.id);

    let head = Member::builder().email("john@example.com").club("Rowing").create(&db).await.unwrap();
    let club = Club::builder().head_id(head.id).create(&db).await.unwrap();
    assert_eq!(head.clubs().add([&club], &db).await.unwrap(), 1);
    assert_eq!(head.clubs().all().get(&db).await.unwrap(), head.led().get(&db).await.unwrap());
    let (_, led_by) = Club::objects().select_related(|c| c.head()).get(&db).await.unwrap();
    assert_eq!(led_by.unwrap(), head);
}

#[tokio::test]
async fn clashing_names_are_columns_like_others() {
    use clashing::Row;
    let db = Pool::connect("sqlite::memory:").await.unwrap();
    schema::create_tables(&[Row::table(), AuditLog::table()], &db).await.unwrap();
    let row = Row::builder().base("B").row(1).db(2).value(3).column(4).columns(5).errors(6).write(7).time(8);
    let mut row =
        row.attempt(9).f(10).state(11).draft(12).reader(13).key(14).r#type("t").create(&db).await.unwrap();
    let found = Row::objects().filter(|r| r.r#type.eq("t") & r.draft.eq(12)).get(&db).await.unwrap();
    assert_eq!((&found, Row::TABLE.columns.iter().any(|column| column.name == "type")), (&row, true));
    (row.log, row.keys, row.c, row.t, row.n, row.r#type) = (1, 2, 3, 4, 5, "u".to_owned());
    row.save(&db).await.unwrap();
    let changes = &row.history()[0].changes;
    assert_eq!(changes.keys().collect::<Vec<_>>(), ["c", "keys", "log", "n", "t", "type"]);
    row.undo(1, &db).await.unwrap();
    assert_eq!((row.log, row.c, row.r#type.as_str()), (0, 0, "t"));
}

#[test]
fn types_from_a_macro_are_seen_through() {
    let row = generated::Row::builder().title("T").build();
    assert_eq!((row.title.as_str(), row.note), ("T", None));
    assert_eq!(shadowed::Row::builder().build().title, "");
}
