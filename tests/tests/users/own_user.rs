//! User models of an application's own: the same manager, tokens and permissions; and two of them side by side.

use model_runtime::audit::{self, AuditContext};
use model_runtime::prelude::*;
use model_runtime::users::{
    Group, Hashing, Token, TokenFault, TokenPurpose, User, UserSettings, sync_permissions,
};
use secrecy::ExposeSecret;
use tests::accounts::{Guest, Member, Officer, Player, create_tables};
use tests::fixtures::taken_fields;
use tests::{on_both, raw_sql};

use super::fixtures::{OTHER, PASSWORD, has_password, manager, member, settings, stored, trail};

async fn player(email: &str, db: &Pool) -> Player {
    let player = Player::builder().email(email).build();
    manager().create_user(player, Some(PASSWORD), db).await.expect("the player is created")
}

fn fault<T: std::fmt::Debug>(result: Result<T>) -> TokenFault {
    match result {
        Err(Error::Token(fault)) => fault,
        other => panic!("not refused as a token: {other:?}"),
    }
}

on_both! {
    async fn a_member_lives_as_a_user_does(db) {
        create_tables(&db).await;
        let members = manager::<Member>();
        let anna = member("Anna@Example.com", &db).await;
        assert_eq!(anna.to_string(), "Anna@example.com");
        assert!(matches!(members.authenticate("anna@example.com", OTHER, &db).await, Err(Error::Credentials)));
        let Ok(SignIn::Complete(mut anna)) = members.authenticate("anna@example.com", PASSWORD, &db).await else {
            panic!("anna is not let in");
        };
        assert!(stored("last_login_at", &anna, &db).await.is_some());
        assert_eq!(stored("club", &anna, &db).await.unwrap(), "Rowing");

        let token = members.issue(&anna, TokenPurpose::VerifyEmail, &db).await.unwrap();
        let verified = members.verify_email(token.expose_secret(), &db).await.unwrap();
        assert!(verified.is_fully_verified() && verified.club == "Rowing");
        assert_eq!(raw_sql::count(&db, "members WHERE is_verified AND verified_at IS NOT NULL").await, 1);

        let session = members.issue(&anna, TokenPurpose::Session, &db).await.unwrap();
        let by_token = members.by_token(session.expose_secret(), TokenPurpose::Session, &db).await.unwrap();
        assert_eq!(by_token.id, anna.id);
        members.set_password(&mut anna, OTHER, &db).await.unwrap();
        assert!(has_password(&anna, OTHER, &db).await);
        assert_eq!(raw_sql::count(&db, "auth_tokens").await, 0);
        let reset = members.issue(&anna, TokenPurpose::ResetPassword, &db).await.unwrap();
        members.reset_password(reset.expose_secret(), PASSWORD, &db).await.unwrap();
        assert!(has_password(&anna, PASSWORD, &db).await);

        sync_permissions(&[Member::table()], &db).await.unwrap();
        let bar = Group::builder().name("bar").create(&db).await.unwrap();
        bar.grant(&["club.open_bar"], &db).await.unwrap();
        assert!(!anna.has_perm("club.open_bar", &db).await.unwrap());
        assert_eq!(anna.join(&[&bar], &db).await.unwrap(), 1);
        assert_eq!(anna.grant(&["club.close_bar"], &db).await.unwrap(), 1);
        let may = anna.permissions(&db).await.unwrap();
        assert_eq!(may.codes().collect::<Vec<_>>(), ["club.close_bar", "club.open_bar"]);
        // Nothing of it is on record: the model is not audited.
        assert_eq!(trail(&anna, &db).await.len(), 0);
        assert_eq!(raw_sql::count(&db, "audit_logs WHERE content_type = 'club.member'").await, 0);
    }

    async fn a_deleted_member_is_let_in_by_nothing(db) {
        create_tables(&db).await;
        let members = manager::<Member>();
        let mut anna = member("anna@example.com", &db).await;
        let session = members.issue(&anna, TokenPurpose::Session, &db).await.unwrap();
        let verify = members.issue(&anna, TokenPurpose::VerifyEmail, &db).await.unwrap();
        let reset = members.issue(&anna, TokenPurpose::ResetPassword, &db).await.unwrap();
        assert!(anna.delete(&db).await.unwrap());
        assert!(matches!(members.authenticate("anna@example.com", PASSWORD, &db).await, Err(Error::Credentials)));
        let by_token = members.by_token(session.expose_secret(), TokenPurpose::Session, &db).await;
        assert_eq!(fault(by_token), TokenFault::Unknown);
        assert_eq!(fault(members.verify_email(verify.expose_secret(), &db).await), TokenFault::Unknown);
        assert_eq!(fault(members.reset_password(reset.expose_secret(), OTHER, &db).await), TokenFault::Unknown);
        assert_eq!(raw_sql::count(&db, "members WHERE NOT is_verified AND last_login_at IS NULL").await, 1);
        assert!(has_password(&anna, PASSWORD, &db).await);
    }

    /// The same keys in two models: what refers to one by its key does not mean the other.
    async fn two_user_models_do_not_see_each_others(db) {
        create_tables(&db).await;
        let (members, players) = (manager::<Member>(), manager::<Player>());
        let anna = member("anna@example.com", &db).await;
        let mut pele = player("anna@example.com", &db).await;
        assert_eq!((anna.id, pele.id), (1, 1));
        sync_permissions(&[Member::table(), Player::table()], &db).await.unwrap();

        let session = members.issue(&anna, TokenPurpose::Session, &db).await.unwrap();
        let verify = members.issue(&anna, TokenPurpose::VerifyEmail, &db).await.unwrap();
        let reset = members.issue(&anna, TokenPurpose::ResetPassword, &db).await.unwrap();
        let by_token = players.by_token(session.expose_secret(), TokenPurpose::Session, &db).await;
        assert_eq!(fault(by_token), TokenFault::Unknown);
        assert_eq!(fault(players.verify_email(verify.expose_secret(), &db).await), TokenFault::Unknown);
        assert_eq!(fault(players.reset_password(reset.expose_secret(), OTHER, &db).await), TokenFault::Unknown);
        assert_eq!(Token::objects().of(&anna).count(&db).await.unwrap(), 3);
        assert_eq!(Token::objects().of(&pele).count(&db).await.unwrap(), 0);
        players.set_password(&mut pele, OTHER, &db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "auth_tokens WHERE user_type = 'club.member' AND used_at IS NULL").await, 3);
        members.by_token(session.expose_secret(), TokenPurpose::Session, &db).await.unwrap();
        assert!(has_password(&anna, PASSWORD, &db).await && has_password(&pele, OTHER, &db).await);

        let group = Group::builder().name("bar").create(&db).await.unwrap();
        group.grant(&["club.open_bar"], &db).await.unwrap();
        anna.join(&[&group], &db).await.unwrap();
        anna.grant(&["club.close_bar", "club.view_player"], &db).await.unwrap();
        assert_eq!(pele.permissions(&db).await.unwrap().codes().count(), 0);
        assert_eq!(pele.revoke(&["club.close_bar"], &db).await.unwrap(), 0);
        assert_eq!(pele.leave(&[&group], &db).await.unwrap(), 0);
        assert_eq!(anna.permissions(&db).await.unwrap().codes().count(), 3);

        // A name that is taken in one is free in the other, and so is signing in.
        assert!(matches!(players.authenticate("anna@example.com", PASSWORD, &db).await, Err(Error::Credentials)));
        let _ = members.authenticate("anna@example.com", PASSWORD, &db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "players WHERE last_login_at IS NOT NULL").await, 0);
        assert_eq!(raw_sql::count(&db, "members WHERE last_login_at IS NOT NULL").await, 1);
    }

    /// Whoever comes after a removed user does not come into their tokens and permissions, not even by the same key.
    async fn what_was_a_removed_users_is_nobody_elses(db) {
        create_tables(&db).await;
        sync_permissions(&[Member::table()], &db).await.unwrap();
        let members = manager::<Member>();
        let anna = member("anna@example.com", &db).await;
        let bert = member("bert@example.com", &db).await;
        let group = Group::builder().name("bar").create(&db).await.unwrap();
        group.grant(&["club.open_bar"], &db).await.unwrap();
        for user in [&anna, &bert] {
            user.grant(&["club.close_bar"], &db).await.unwrap();
            user.join(&[&group], &db).await.unwrap();
        }
        let session = members.issue(&anna, TokenPurpose::Session, &db).await.unwrap();
        members.issue(&bert, TokenPurpose::Session, &db).await.unwrap();
        assert!(anna.hard_delete(&db).await.unwrap());
        for table in ["auth_tokens", "auth_user_groups", "auth_user_permissions"] {
            let keys: Vec<String> = raw_sql::column(&db, &format!("SELECT user_id FROM {table}")).await;
            assert_eq!(keys, [bert.id.to_string()], "{table}");
        }
        // What was granted is taken on record.
        for label in ["auth.user_group", "auth.user_permission"] {
            let taken = AuditLog::objects().filter(|log| log.content_type.eq(label)).action(Action::HardDelete);
            let taken = taken.get(&db).await.unwrap();
            assert_eq!(taken.changes["user_id"].old.as_json(), format!("\"{}\"", anna.id), "{label}");
        }
        let zoe = "INSERT INTO members (id, email, password, club) VALUES (1, 'zoe@example.com', '!', 'Rowing')";
        raw_sql::execute(&db, zoe).await.unwrap();
        let zoe = Member::get(anna.id, &db).await.unwrap();
        assert_eq!(zoe.permissions(&db).await.unwrap().codes().count(), 0);
        let by_token = members.by_token(session.expose_secret(), TokenPurpose::Session, &db).await;
        assert_eq!(fault(by_token), TokenFault::Unknown);
        // In bulk, and past the library.
        Member::objects().all_with_deleted().filter(|m| m.id.eq(bert.id)).hard_delete(&db).await.unwrap();
        zoe.grant(&["club.close_bar"], &db).await.unwrap();
        raw_sql::execute(&db, "DELETE FROM members").await.unwrap();
        for table in ["auth_tokens", "auth_user_groups", "auth_user_permissions"] {
            assert_eq!(raw_sql::count(&db, table).await, 0, "{table}");
        }
    }

    async fn a_player_keeps_a_log_without_a_secret(db) {
        create_tables(&db).await;
        let mut pele = player("pele@example.com", &db).await;
        manager().set_password(&mut pele, OTHER, &db).await.unwrap();
        pele.verify_email(&db).await.unwrap();
        let log = stored("change_log", &pele, &db).await.unwrap();
        assert!(log.contains("password") && log.contains("***") && !log.contains("argon2"), "{log}");
        assert_eq!(pele.history().len(), 2);
        let told = trail(&pele, &db).await;
        assert_eq!(told.iter().map(|(action, _)| action.as_str()).collect::<Vec<_>>(), ["create", "update", "update"]);
        assert_eq!(told[1].1["password"], serde_json::json!({ "old": "***", "new": "***" }));
    }

    /// The runtime's own user beside them.
    async fn the_runtimes_user_is_another_model(db) {
        create_tables(&db).await;
        let anna = member("anna@example.com", &db).await;
        let user = User::builder().email("anna@example.com").build();
        let user = manager().create_user(user, Some(OTHER), &db).await.unwrap();
        manager().issue(&user, TokenPurpose::Session, &db).await.unwrap();
        assert_eq!(Token::objects().of(&anna).count(&db).await.unwrap(), 0);
        let label: Vec<String> = raw_sql::column(&db, "SELECT user_type || ' ' || user_id FROM auth_tokens").await;
        assert_eq!(label, [format!("auth.user {}", user.id)]);
    }

    /// Columns and tables of any name.
    async fn a_guest_lives_as_a_user_does(db) {
        create_tables(&db).await;
        let guests = manager::<Guest>();
        let guest = || Guest::builder().email("Greta@EXAMPLE.com").username("greta".to_owned()).build();
        let mut greta = guests.create_user(guest(), Some(PASSWORD), &db).await.unwrap();
        assert_eq!(taken_fields(guests.create_user(guest(), Some(PASSWORD), &db).await).len(), 1);
        let mut upper = guest();
        (upper.email, upper.username) = ("GRETA@example.com".to_owned(), None);
        assert_eq!(taken_fields(guests.create_user(upper, None, &db).await), ["email"]);
        let mut other = guest();
        other.email = "other@example.com".to_owned();
        assert_eq!(taken_fields(guests.create_user(other, None, &db).await), ["username"]);
        assert_eq!(guests.active().by_email("greta@example.com").get(&db).await.unwrap(), greta);
        assert_eq!(guests.verified().count(&db).await.unwrap(), 0);
        let signed_in = guests.authenticate("greta@example.com", PASSWORD, &db).await;
        assert!(matches!(signed_in, Ok(SignIn::Complete(_))), "{signed_in:?}");
        let token = guests.issue(&greta, TokenPurpose::VerifyEmail, &db).await.unwrap();
        guests.verify_email(token.expose_secret(), &db).await.unwrap();
        let token = guests.issue(&greta, TokenPurpose::ResetPassword, &db).await.unwrap();
        guests.reset_password(token.expose_secret(), OTHER, &db).await.unwrap();
        let row = r#""guest list" WHERE "from" = 'Greta@example.com' AND checked AND "table" IS NOT NULL"#;
        assert_eq!(raw_sql::count(&db, row).await, 1);
        let hash: String = raw_sql::value(&db, r#"SELECT "PassPhrase" FROM "guest list""#).await;
        assert!(hash.starts_with("$argon2id$"));
        sync_permissions(&[Guest::table()], &db).await.unwrap();
        greta.grant(&["o'neil.view_guest"], &db).await.unwrap();
        assert!(greta.has_perm("o'neil.view_guest", &db).await.unwrap());
        let stale = guests.issue(&greta, TokenPurpose::Session, &db).await;
        assert!(matches!(stale, Err(Error::Conflict { .. })), "{stale:?}");
        greta.refresh(&db).await.unwrap();
        guests.issue(&greta, TokenPurpose::Session, &db).await.unwrap();
        assert!(greta.hard_delete(&db).await.unwrap());
        for table in ["auth_tokens", "auth_user_permissions"] {
            assert_eq!(raw_sql::count(&db, table).await, 0, "{table}");
        }
    }

    /// Signing in is no change that wants an actor, also where it makes the hash anew; the others are.
    async fn an_officer_signs_in_without_an_actor(db) {
        create_tables(&db).await;
        let officers = manager::<Officer>();
        let admin = AuditContext::default().actor(7, "admin@example.com");
        let new = || Officer::builder().email("olga@example.com").build();
        let refused = officers.create_user(new(), Some(PASSWORD), &db).await;
        assert!(matches!(refused, Err(Error::ActorRequired { .. })), "{refused:?}");
        let mut olga = officers.create_user(new(), Some(PASSWORD), admin.on(&db)).await.unwrap();
        let signed_in = officers.authenticate("olga@example.com", PASSWORD, &db).await;
        assert!(matches!(signed_in, Ok(SignIn::Complete(_))), "{signed_in:?}");
        let dearer = UserSettings { hashing: Hashing::new(16, 2, 1).unwrap(), ..settings() };
        let signed_in = UserManager::<Officer>::new(dearer).authenticate("olga@example.com", PASSWORD, &db).await;
        assert!(matches!(signed_in, Ok(SignIn::Complete(_))), "{signed_in:?}");
        // The new hash is on record in her own name, or in that of who signs in for her.
        let by = "audit_logs WHERE content_type = 'club.officer' AND action = 'update'";
        assert_eq!(raw_sql::count(&db, by).await, 1);
        assert_eq!(raw_sql::count(&db, &format!("{by} AND actor_id = '1' AND actor_label = 'olga@example.com'")).await, 1);
        let unnamed = officers.authenticate("olga@example.com", PASSWORD, audit::off(&db)).await;
        assert!(matches!(unnamed, Ok(SignIn::Complete(_))), "{unnamed:?}");
        assert_eq!(raw_sql::count(&db, by).await, 1, "the handle says that nothing is recorded");
        let dearest = UserSettings { hashing: Hashing::new(32, 2, 1).unwrap(), ..settings() };
        let dearest = UserManager::<Officer>::new(dearest);
        let signed_in = dearest.authenticate("olga@example.com", PASSWORD, admin.on(&db)).await;
        assert!(matches!(signed_in, Ok(SignIn::Complete(_))), "{signed_in:?}");
        assert_eq!(raw_sql::count(&db, &format!("{by} AND actor_id = '7'")).await, 1);
        let refused = officers.set_password(&mut olga, OTHER, &db).await;
        assert!(matches!(refused, Err(Error::ActorRequired { .. })), "{refused:?}");
        officers.set_password(&mut olga, OTHER, admin.on(&db)).await.unwrap();
        assert!(has_password(&olga, OTHER, &db).await);

        // Who proves herself by a token writes in her own name, too.
        for purpose in [TokenPurpose::VerifyEmail, TokenPurpose::ResetPassword] {
            let token = officers.issue(&olga, purpose, &db).await.unwrap();
            match purpose {
                TokenPurpose::VerifyEmail => officers.verify_email(token.expose_secret(), &db).await.unwrap(),
                _ => officers.reset_password(token.expose_secret(), PASSWORD, &db).await.unwrap(),
            };
        }
        assert_eq!(raw_sql::count(&db, &format!("{by} AND actor_id = '1'")).await, 3);
    }
}
