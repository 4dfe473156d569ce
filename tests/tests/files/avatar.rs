//! Avatars that are set, replaced and taken away.

use model_runtime::audit::{self, AuditContext};
use model_runtime::clock;
use model_runtime::prelude::*;
use model_runtime::users::{User, UserModel};
use serde_json::{Value, json};
use tests::accounts::{Member, Player};
use tests::{on_both, raw_sql};

use super::fixtures::{contains, exif, jpeg_with, png, red_and_blue, refusal};
use super::scene::{Scene, jane};

/// Sets an avatar, replaces it, and takes it away.
async fn come_and_go<U: UserModel + Clone>(scene: Scene<U>, mut user: U, db: &Pool) {
    scene.set(&mut user, 3).await.unwrap();
    let first = scene.assert_tidy().await;
    assert_eq!(user.account().avatar.unwrap().path(), first);
    assert_eq!(
        user.account().avatar.unwrap().size(),
        std::fs::metadata(scene.folder.path().join(&first)).unwrap().len()
    );

    scene.set(&mut user, 4).await.unwrap();
    let second = scene.assert_tidy().await;
    assert_ne!(first, second);
    assert_eq!(scene.width(), 4);
    let stored = U::objects().get(db).await.unwrap();
    assert_eq!(stored.account().avatar, user.account().avatar);

    assert!(scene.clear(&mut user).await.unwrap());
    assert_eq!((scene.files(), scene.row().await, user.account().avatar), (Vec::new(), None, None));
    assert!(!scene.clear(&mut user).await.unwrap());
}

/// The audit trail as plain SQL reads it, oldest first: action, actor, and what became of the avatar.
async fn trail(db: &Pool, label: &str) -> Vec<(String, Value)> {
    let sql = format!(
        "SELECT action || ' by ' || COALESCE(actor_label, 'nobody') || '|' || CAST(changes AS TEXT) FROM audit_logs \
         WHERE content_type = '{label}' ORDER BY id"
    );
    let rows: Vec<String> = raw_sql::column(db, &sql).await;
    let parse = |row: String| {
        let (action, changes) = row.split_once('|').unwrap();
        (action.to_owned(), serde_json::from_str(changes).unwrap())
    };
    rows.into_iter().map(parse).collect()
}

on_both! {
    async fn a_user_of_the_runtime_has_one(db) {
        let scene = Scene::<User>::new(&db).await;
        let user = jane(&scene).await;
        come_and_go(scene, user, &db).await;
    }

    async fn a_user_without_records_has_one(db) {
        let scene = Scene::<Member>::new(&db).await;
        let member = Member::builder().club("Chess").email("jane@example.com").build();
        let member = scene.users.create_user(member, None, &db).await.unwrap();
        come_and_go(scene, member, &db).await;
    }

    async fn a_user_with_a_log_has_one(db) {
        let scene = Scene::<Player>::new(&db).await;
        let player = Player::builder().email("jane@example.com").build();
        let player = scene.users.create_user(player, None, &db).await.unwrap();
        come_and_go(scene, player, &db).await;
        let logs = raw_sql::value::<String>(&db, "SELECT CAST(change_log AS TEXT) FROM players").await;
        assert_eq!(logs.matches("\"avatar\"").count(), 3, "{logs}");
    }

    async fn a_pool_of_sqlx_will_do(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        match &db {
            Pool::Sqlite(pool) => {
                scene.users.set_avatar(&mut user, png(1, 1), &scene.store, pool).await.unwrap();
                scene.assert_tidy().await;
                scene.users.clear_avatar(&mut user, &scene.store, pool).await.unwrap();
            }
            Pool::Postgres(pool) => {
                scene.users.set_avatar(&mut user, png(1, 1), &scene.store, pool).await.unwrap();
                scene.assert_tidy().await;
                scene.users.clear_avatar(&mut user, &scene.store, pool).await.unwrap();
            }
        }
        assert!(scene.files().is_empty());
    }

    async fn a_deleted_user_keeps_the_right_file(db) {
        let scene = Scene::<Member>::new(&db).await;
        let member = Member::builder().club("Chess").email("jane@example.com").build();
        let mut member = scene.users.create_user(member, None, &db).await.unwrap();
        scene.set(&mut member, 1).await.unwrap();
        member.delete(&db).await.unwrap();
        scene.set(&mut member, 2).await.unwrap();
        scene.assert_tidy().await;
    }

    async fn its_content_says_what_it_is_and_no_more_is_kept(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        let planted = "52.5163 N 13.3777 E";
        let upload = jpeg_with(&red_and_blue(), &exif(6, planted), "<script>planted()</script>");
        assert!(contains(&upload, planted) && contains(&upload, "planted()"));
        let day = "2026-02-03T23:59:59Z".parse::<DateTime<Utc>>().unwrap();
        clock::frozen(day, scene.users.set_avatar(&mut user, upload, &scene.store, &db)).await.unwrap();

        let path = scene.assert_tidy().await;
        let name = path.strip_prefix("avatars/2026/02/03/").unwrap().strip_suffix(".jpg").unwrap();
        assert!(name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{path}");
        assert_eq!(user.avatar.as_ref().unwrap().content_type(), "image/jpeg");
        assert_eq!(user.updated_at, day);

        let stored = std::fs::read(scene.folder.path().join(&path)).unwrap();
        assert!(!contains(&stored, planted) && !contains(&stored, "planted()") && !contains(&stored, "Exif"));
        assert_eq!(image::load_from_memory(&stored).unwrap().to_rgb8().dimensions(), (16, 32));
        assert_eq!(scene.store.read(user.avatar.as_ref().unwrap()).await.unwrap(), stored);
        assert_eq!(scene.store.read_path(&path).await.unwrap(), stored);
    }

    async fn an_upload_that_is_refused_changes_nothing(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        scene.set(&mut user, 1).await.unwrap();
        let before = (user.clone(), scene.assert_tidy().await);
        let mut huge = png(8, 8);
        huge.resize(5 * 1024 * 1024 + 1, 0);
        let wide = png(4097, 1);
        let uploads: [&[u8]; 8] = [
            b"",
            b"just text",
            b"<!DOCTYPE html><script>alert(1)</script>",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"GIF89a/*\x01\x00\x01\x00*/=1;alert(document.cookie)//",
            &png(64, 64)[..50],
            &wide,
            &huge,
        ];
        for upload in uploads {
            let error = scene.users.set_avatar(&mut user, upload, &scene.store, &db).await.unwrap_err();
            assert_eq!(refusal(error).0, "avatar");
        }
        assert_eq!((user, scene.assert_tidy().await), before);
        assert_eq!(trail(&db, "auth.user").await.len(), 2);
    }

    async fn other_fields_stay_as_they_are(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        user.bio = "Not saved yet".to_owned();
        scene.set(&mut user, 1).await.unwrap();
        assert_eq!(user.bio, "Not saved yet");
        assert_eq!(raw_sql::value::<String>(&db, "SELECT bio FROM users").await, "");
        assert!(user.save(&db).await.unwrap());
        assert_eq!(raw_sql::value::<String>(&db, "SELECT bio FROM users").await, "Not saved yet");
        scene.assert_tidy().await;
    }

    /// A value of the user that is older than the row: what the row named is removed.
    async fn what_is_replaced_is_what_the_row_names(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        let mut stale = user.clone();
        scene.set(&mut user, 1).await.unwrap();
        scene.set(&mut stale, 2).await.unwrap();
        scene.assert_tidy().await;
        assert_eq!(scene.width(), 2);
        assert!(scene.clear(&mut user).await.unwrap());
        assert!(scene.files().is_empty());
    }

    async fn the_audit_trail_tells_the_old_path_and_the_new(db) {
        let scene = Scene::<User>::new(&db).await;
        let mut user = jane(&scene).await;
        let admin = AuditContext::default().actor(7, "admin");
        scene.set(&mut user, 1).await.unwrap();
        let first = scene.assert_tidy().await;
        audit::scope(admin.clone(), scene.set(&mut user, 2)).await.unwrap();
        let second = scene.assert_tidy().await;
        audit::scope(admin, scene.clear(&mut user)).await.unwrap();
        assert!(!scene.clear(&mut user).await.unwrap());

        let trail = trail(&db, "auth.user").await;
        let actions: Vec<&str> = trail.iter().map(|(action, _)| action.as_str()).collect();
        assert_eq!(actions, ["create by nobody", "update by nobody", "update by admin", "update by admin"]);
        let path = |change: &Value, side: &str| change["avatar"][side]["path"].clone();
        for ((_, changes), (old, new)) in trail[1..].iter().zip([
            (Value::Null, json!(first)),
            (json!(first), json!(second)),
            (json!(second), Value::Null),
        ]) {
            assert_eq!(changes.as_object().unwrap().len(), 1, "{changes}");
            assert_eq!((path(changes, "old"), path(changes, "new")), (old, new));
        }
    }
}
