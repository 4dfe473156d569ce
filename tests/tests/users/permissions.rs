//! Permissions: those of models, groups, and who has which.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use model_runtime::audit::AuditContext;
use model_runtime::prelude::*;
use model_runtime::users::{
    Group, GroupPermission, Permission, User, UserGroup, UserPermission, sync_permissions,
};
use tests::accounts::{Member, Player, create_tables};
use tests::fixtures::{refused_fields, taken_fields};
use tests::{on_both, raw_sql};

use super::fixtures::{assert_same, dump, jane, user};
use super::statements::many;

/// A model that names a permission that another of its app names, too, and one that is another's by default.
#[mixins]
#[derive(Debug, Model)]
#[model(table = "papers", app = "press", unchecked)]
#[permissions(publish, add_leaflet)]
struct Paper {
    #[column(default)]
    title: String,
}

#[mixins]
#[derive(Debug, Model)]
#[model(table = "leaflets", app = "press", unchecked)]
#[permissions(publish = "Can publish leaflets")]
struct Leaflet {
    #[column(default)]
    title: String,
}

/// The tables, and the permissions of members and players.
async fn scene(db: &Pool) {
    create_tables(db).await;
    sync_permissions(&[Member::table(), Player::table()], db).await.expect("the permissions are made");
}

async fn group(name: &str, codes: &[&str], db: &Pool) -> Group {
    let group = Group::builder().name(name).create(db).await.expect("the group is created");
    group.grant(codes, db).await.expect("it has the permissions");
    group
}

/// What the user may do, as it is read anew.
async fn codes<U: UserModel>(user: &U, db: &Pool) -> Vec<String> {
    user.permissions(db).await.expect("they are read").codes().map(str::to_owned).collect()
}

/// The audit rows of links: action and model, with how many there are of each.
async fn told(db: &Pool) -> Vec<String> {
    let sql = "SELECT action || ' ' || content_type || ' ' || CAST(COUNT(*) AS TEXT) FROM audit_logs \
               WHERE content_type LIKE 'auth.%_permission' OR content_type = 'auth.user_group' \
               GROUP BY action, content_type ORDER BY 1";
    raw_sql::column(db, sql).await
}

on_both! {
    async fn every_model_has_four_and_those_that_it_names(db) {
        create_tables(&db).await;
        assert_eq!(sync_permissions(&[Member::table()], &db).await.unwrap(), 6);
        let stored: Vec<String> = raw_sql::column(&db, "SELECT code || ': ' || name FROM auth_permissions ORDER BY 1").await;
        assert_eq!(
            stored,
            [
                "club.add_member: Can add member",
                "club.change_member: Can change member",
                "club.close_bar: Can close the bar for the night",
                "club.delete_member: Can delete member",
                "club.open_bar: Can open bar",
                "club.view_member: Can view member",
            ]
        );
        assert_eq!(Permission::add::<Member>(), "club.add_member");
        assert_eq!(Permission::change::<Member>(), "club.change_member");
        assert_eq!(Permission::delete::<Member>(), "club.delete_member");
        assert_eq!(Permission::view::<Member>(), "club.view_member");
        assert_eq!(Permission::code_of::<Member>("open_bar"), "club.open_bar");
        let before = dump(&db).await;
        assert_eq!(sync_permissions(&[Member::table()], &db).await.unwrap(), 0);
        assert_eq!(sync_permissions(&[], &db).await.unwrap(), 0);
        assert_same(&before, &dump(&db).await, "a second sync");
        assert_eq!(sync_permissions(&[Member::table(), Player::table(), User::table()], &db).await.unwrap(), 8);
        // One on record each.
        assert_eq!(raw_sql::count(&db, "audit_logs WHERE content_type = 'auth.permission'").await, 14);
    }

    async fn models_may_name_one_permission_together(db) {
        create_tables(&db).await;
        assert_eq!(sync_permissions(&[Paper::table(), Leaflet::table(), Paper::table()], &db).await.unwrap(), 9);
        assert_eq!(raw_sql::count(&db, "auth_permissions WHERE code IN ('press.publish', 'press.add_leaflet')").await, 2);
        assert_eq!(sync_permissions(&[Leaflet::table(), Paper::table()], &db).await.unwrap(), 0);
    }

    async fn programs_that_sync_at_once_make_each_once(db) {
        create_tables(&db).await;
        let syncs = (0..10).map(|_| {
            let db = db.clone();
            tokio::spawn(async move { sync_permissions(&[Member::table(), Player::table()], &db).await })
        });
        let made: Vec<u64> = join_all(syncs).await.into_iter().map(|made| made.unwrap().unwrap()).collect();
        assert_eq!(made.iter().sum::<u64>(), 10, "{made:?}");
        assert_eq!(raw_sql::count(&db, "auth_permissions").await, 10);
        assert_eq!(raw_sql::count(&db, "audit_logs").await, 10);
    }

    async fn permissions_come_directly_and_through_groups(db) {
        scene(&db).await;
        let jane = jane(&db).await;
        let john = user("john@example.com", &db).await;
        let bar = group("bar", &["club.open_bar", "club.close_bar"], &db).await;
        let door = group("door", &["club.view_member", "club.open_bar"], &db).await;
        assert!(!jane.has_perm("club.open_bar", &db).await.unwrap());
        assert_eq!(jane.join(&[&bar, &door], &db).await.unwrap(), 2);
        assert_eq!(jane.grant(&["club.open_bar", "club.add_member"], &db).await.unwrap(), 2);
        assert_eq!(codes(&jane, &db).await, ["club.add_member", "club.close_bar", "club.open_bar", "club.view_member"]);
        assert_eq!(codes(&john, &db).await, [""; 0]);
        assert_eq!(raw_sql::count(&db, "auth_user_groups").await, 2);
        assert_eq!(raw_sql::count(&db, "auth_user_permissions").await, 2);
        for (code, has) in [
            ("club.open_bar", true),
            ("club.view_member", true),
            ("club.delete_member", false),
            ("club.open", false),
            ("open_bar", false),
            ("CLUB.OPEN_BAR", false),
            ("club.open_ba_", false),
            ("club.%", false),
            ("", false),
            ("' OR 1=1 --", false),
        ] {
            assert_eq!(jane.has_perm(code, &db).await.unwrap(), has, "{code:?}");
            assert_eq!(jane.permissions(&db).await.unwrap().has(code), has, "{code:?}");
            assert!(!john.has_perm(code, &db).await.unwrap());
        }
        let may = jane.permissions(&db).await.unwrap();
        assert!(may.has_any(["club.delete_member", "club.open_bar"]));
        assert!(!may.has_any(["club.delete_member", "x"]));
        assert!(!may.has_any([]));
        assert!(may.has_all(["club.open_bar", "club.close_bar"]));
        assert!(!may.has_all(["club.open_bar", "club.delete_member"]));
        assert!(may.has_all([]));
        // What is taken directly is there yet through a group.
        assert_eq!(jane.revoke(&["club.open_bar", "club.close_bar"], &db).await.unwrap(), 1);
        assert!(jane.has_perm("club.open_bar", &db).await.unwrap());
        assert_eq!(jane.leave(&[&bar], &db).await.unwrap(), 1);
        assert!(jane.has_perm("club.open_bar", &db).await.unwrap());
        assert_eq!(door.revoke(&["club.open_bar"], &db).await.unwrap(), 1);
        assert_eq!(codes(&jane, &db).await, ["club.add_member", "club.view_member"]);
        // The value that was read before is as it was.
        assert!(may.has("club.close_bar"));
        // A group or a permission that is granted is not removed: what it grants is taken on record first.
        let granted = || Permission::objects().filter(|it| it.code.eq("club.add_member"));
        assert!(matches!(door.hard_delete(&db).await, Err(Error::Protected { .. })));
        assert!(matches!(granted().hard_delete(&db).await, Err(Error::Protected { .. })));
        GroupPermission::objects().hard_delete(&db).await.unwrap();
        UserGroup::objects().hard_delete(&db).await.unwrap();
        UserPermission::objects().hard_delete(&db).await.unwrap();
        assert!(door.hard_delete(&db).await.unwrap());
        assert_eq!(granted().hard_delete(&db).await.unwrap(), 1);
        assert_eq!(codes(&jane, &db).await, [""; 0]);
        for table in ["auth_user_groups", "auth_user_permissions"] {
            assert_eq!(raw_sql::count(&db, table).await, 0, "{table}");
        }
    }

    async fn superusers_may_all_and_who_is_not_active_nothing(db) {
        scene(&db).await;
        let admin = User::superuser().email("admin@example.com");
        let mut admin = admin.create(&db).await.unwrap();
        let may = admin.permissions(&db).await.unwrap();
        assert!(may.has("club.open_bar") && may.has("never.made") && may.has_all(["a", "b"]));
        assert!(admin.has_perm("never.made", &db).await.unwrap());
        let bar = group("bar", &["club.open_bar"], &db).await;
        let mut jane = jane(&db).await;
        jane.grant(&["club.open_bar"], &db).await.unwrap();
        jane.join(&[&bar], &db).await.unwrap();
        for user in [&mut admin, &mut jane] {
            let active = user.clone();
            assert!(user.set_active(false, &db).await.unwrap());
            assert!(!active.has_perm("club.open_bar", &db).await.unwrap(), "by what the database says");
            assert!(!user.has_perm("club.open_bar", &db).await.unwrap());
            let may = user.permissions(&db).await.unwrap();
            assert!(!may.has("club.open_bar") && !may.has_any(["club.open_bar"]) && may.codes().count() == 0);
        }
        // Staff alone may nothing.
        let staff = User::builder().email("staff@example.com").is_staff(true).create(&db).await.unwrap();
        assert!(!staff.has_perm("club.open_bar", &db).await.unwrap());
    }

    async fn a_code_that_there_is_not_is_refused(db) {
        scene(&db).await;
        let jane = jane(&db).await;
        let bar = group("bar", &[], &db).await;
        let before = dump(&db).await;
        let wrong = ["club.open_bar", "club.fly", "open_bar"];
        for refused in [
            refused_fields(jane.grant(&wrong, &db).await),
            refused_fields(jane.revoke(&wrong, &db).await),
            refused_fields(bar.grant(&wrong, &db).await),
            refused_fields(bar.revoke(&wrong, &db).await),
        ] {
            assert_eq!(refused.len(), 2, "{refused:?}");
            assert!(refused.iter().all(|error| error.field == "code"));
            assert!(refused[0].message.contains("\"club.fly\"") && refused[1].message.contains("\"open_bar\""));
        }
        assert_same(&before, &dump(&db).await, "a refused grant");
        let gone = group("gone", &[], &db).await;
        gone.hard_delete(&db).await.unwrap();
        let before = dump(&db).await;
        assert_eq!(refused_fields(jane.join(&[&bar, &gone], &db).await)[0].field, "group_id");
        assert_eq!(jane.leave(&[&gone], &db).await.unwrap(), 0);
        assert_same(&before, &dump(&db).await, "a group that is gone");
        assert_eq!(taken_fields(Group::builder().name("bar").create(&db).await), ["name"]);
    }

    async fn what_is_named_twice_is_granted_once(db) {
        scene(&db).await;
        let jane = jane(&db).await;
        let bar = group("bar", &["club.open_bar", "club.open_bar"], &db).await;
        assert_eq!(jane.grant(&["club.open_bar", "club.open_bar"], &db).await.unwrap(), 1);
        assert_eq!(jane.join(&[&bar, &bar], &db).await.unwrap(), 1);
        assert_eq!(jane.grant(&[], &db).await.unwrap(), 0);
        assert_eq!(jane.join(&[], &db).await.unwrap(), 0);
        assert_eq!(told(&db).await, [
            "create auth.group_permission 1",
            "create auth.user_group 1",
            "create auth.user_permission 1",
        ]);
        assert_eq!(jane.leave(&[&bar, &bar], &db).await.unwrap(), 1);
        assert_eq!(jane.revoke(&["club.open_bar", "club.open_bar"], &db).await.unwrap(), 1);
    }

    async fn each_link_is_on_record_once(db) {
        scene(&db).await;
        let jane = jane(&db).await;
        let admin = AuditContext::default().actor("7", "admin@example.com");
        let bar = group("bar", &[], &db).await;
        let three = ["club.open_bar", "club.close_bar", "club.view_member"];
        assert_eq!(bar.grant(&three, admin.on(&db)).await.unwrap(), 3);
        assert_eq!(jane.grant(&three[..2], admin.on(&db)).await.unwrap(), 2);
        assert_eq!(jane.join(&[&bar], admin.on(&db)).await.unwrap(), 1);
        let created =
            ["create auth.group_permission 3", "create auth.user_group 1", "create auth.user_permission 2"];
        assert_eq!(told(&db).await, created);
        let before = dump(&db).await;
        assert_eq!(bar.grant(&three, admin.on(&db)).await.unwrap(), 0);
        assert_eq!(jane.grant(&three[..2], admin.on(&db)).await.unwrap(), 0);
        assert_eq!(jane.join(&[&bar], admin.on(&db)).await.unwrap(), 0);
        assert_same(&before, &dump(&db).await, "a second grant");
        assert_eq!(jane.grant(&three, admin.on(&db)).await.unwrap(), 1);
        assert_eq!(jane.revoke(&three, admin.on(&db)).await.unwrap(), 3);
        assert_eq!(jane.revoke(&three, admin.on(&db)).await.unwrap(), 0);
        assert_eq!(jane.leave(&[&bar], admin.on(&db)).await.unwrap(), 1);
        let told = told(&db).await;
        assert_eq!(
            told,
            [
                "create auth.group_permission 3",
                "create auth.user_group 1",
                "create auth.user_permission 3",
                "hard_delete auth.user_group 1",
                "hard_delete auth.user_permission 3",
            ]
        );
        let by = "audit_logs WHERE content_type LIKE 'auth.user_%' AND actor_id = '7' AND actor_label = 'admin@example.com'";
        assert_eq!(raw_sql::count(&db, by).await, 8);
        // Whose link it was.
        let whose = format!("audit_logs WHERE CAST(changes AS TEXT) LIKE '%{}%' AND content_type LIKE 'auth.user_%'", jane.id);
        assert_eq!(raw_sql::count(&db, &whose).await, 8);
    }

    async fn of_grants_at_once_each_link_is_made_once(db) {
        scene(&db).await;
        let jane = jane(&db).await;
        let bar = group("bar", &[], &db).await;
        let grants = (0..20).map(|_| {
            let (db, jane, bar) = (db.clone(), jane.clone(), bar.clone());
            tokio::spawn(async move {
                let three = ["club.open_bar", "club.close_bar", "club.view_member"];
                let direct = jane.grant(&three, &db).await?;
                let group = bar.grant(&three, &db).await?;
                Ok::<_, Error>((direct, group, jane.join(&[&bar], &db).await?))
            })
        });
        let made: Vec<_> = join_all(grants).await.into_iter().map(|made| made.unwrap().unwrap()).collect();
        assert_eq!(made.iter().map(|made| made.0).sum::<u64>(), 3, "{made:?}");
        assert_eq!(made.iter().map(|made| made.1).sum::<u64>(), 3, "{made:?}");
        assert_eq!(made.iter().map(|made| made.2).sum::<u64>(), 1, "{made:?}");
        assert_eq!(told(&db).await, [
            "create auth.group_permission 3",
            "create auth.user_group 1",
            "create auth.user_permission 3",
        ]);
    }

    async fn a_grant_in_a_transaction_is_the_callers(db) {
        scene(&db).await;
        let jane = jane(&db).await;
        let before = dump(&db).await;
        let mut transaction = db.begin().await.unwrap();
        assert_eq!(jane.grant(&["club.open_bar"], &mut transaction).await.unwrap(), 1);
        assert!(jane.grant(&["club.fly"], &mut transaction).await.is_err());
        assert!(jane.has_perm("club.open_bar", &mut transaction).await.unwrap());
        transaction.rollback().await.unwrap();
        assert_same(&before, &dump(&db).await, "what was rolled back");
        let mut transaction = db.begin().await.unwrap();
        assert!(jane.grant(&["club.fly"], &mut transaction).await.is_err());
        jane.grant(&["club.open_bar"], &mut transaction).await.unwrap();
        assert_eq!(sync_permissions(&[User::table()], &mut transaction).await.unwrap(), 4);
        transaction.commit().await.unwrap();
        assert_eq!(codes(&jane, &db).await, ["club.open_bar"]);
    }

    async fn fifty_groups_of_five_hundred_permissions_are_read_whole(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        many(&jane, &db).await;
        let wanted: BTreeSet<String> = (1..=500).map(|n| format!("many.p{n}")).collect();
        assert_eq!(codes(&jane, &db).await.into_iter().collect::<BTreeSet<_>>(), wanted);
        assert!(jane.has_perm("many.p500", &db).await.unwrap());
        assert!(!jane.has_perm("many.p501", &db).await.unwrap());
    }
}
