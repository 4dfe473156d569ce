//! How many statements go over the wire to PostgreSQL.

use model_runtime::prelude::*;
use model_runtime::users::{TokenPurpose, User};
use secrecy::ExposeSecret;
use tests::accounts::create_tables;
use tests::raw_sql;
use tests::wire::{ONE, Statements, wired};

use super::fixtures::{OTHER, PASSWORD, jane, manager};

const NONE: Statements = Statements { executed: 0, simple: 0, parsed: 0 };

/// 500 permissions, and 50 groups of the user that each have all of them.
pub async fn many(user: &User, db: &Pool) {
    let id = match db {
        Pool::Sqlite(_) => "randomblob(16)",
        Pool::Postgres(_) => "gen_random_uuid()",
    };
    let numbers =
        |to: u32| format!("WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {to})");
    let now = "created_at, updated_at";
    for sql in [
        format!(
            "INSERT INTO auth_permissions (id, code, name) {} SELECT {id}, 'many.p' || n, 'P' FROM n",
            numbers(500)
        ),
        format!(
            "INSERT INTO auth_groups (id, name, {now}) {} SELECT {id}, 'g' || n, {now} FROM n, users",
            numbers(50)
        ),
        format!(
            "INSERT INTO auth_group_permissions (id, group_id, permission_id) \
             SELECT {id}, g.id, p.id FROM auth_groups g, auth_permissions p"
        ),
        format!(
            "INSERT INTO auth_user_groups (id, user_type, user_id, group_id) \
             SELECT {id}, 'auth.user', '{}', g.id FROM auth_groups g",
            user.id
        ),
    ] {
        raw_sql::execute(db, &sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn what_a_user_may_do_is_one_statement() {
    let (database, db, wire) = wired().await;
    create_tables(&database.pool).await;
    let jane = jane(&database.pool).await;
    many(&jane, &database.pool).await;
    let admin = User::superuser().email("admin@example.com").create(&database.pool).await.unwrap();
    for warm in [false, true] {
        wire.statements();
        assert!(jane.has_perm("many.p77", &db).await.unwrap());
        let has_perm = wire.statements();
        let may = jane.permissions(&db).await.unwrap();
        let permissions = wire.statements();
        assert_eq!(may.codes().count(), 500);
        assert!(may.has_all(["many.p1", "many.p500"]) && !may.has_any(["many.p0"]));
        assert_eq!(wire.statements(), NONE, "what was read is asked without the database");
        assert!(admin.has_perm("many.p77", &db).await.unwrap());
        let of_admin = wire.statements();
        if warm {
            assert_eq!((has_perm, permissions, of_admin), (ONE, ONE, ONE));
        }
    }
    db.close().await;
    database.close().await;
}

/// Who is unknown, wrong or not active takes the same statements (rule 25).
#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn a_refused_sign_in_is_the_same_statements_whatever_is_wrong() {
    let (database, db, wire) = wired().await;
    create_tables(&database.pool).await;
    let users = manager::<User>();
    jane(&database.pool).await;
    let inactive = User::builder().email("inactive@example.com").is_active(false).build();
    users.create_user(inactive, Some(PASSWORD), &database.pool).await.unwrap();
    users.create_user(User::builder().email("none@example.com").build(), None, &database.pool).await.unwrap();
    let _ = users.authenticate("warm@example.com", OTHER, &db).await;
    wire.statements();
    let mut sent = Vec::new();
    for (email, password) in [
        ("unknown@example.com", PASSWORD),
        ("jane@example.com", OTHER),
        ("inactive@example.com", PASSWORD),
        ("none@example.com", PASSWORD),
        ("no address", PASSWORD),
    ] {
        let refused = users.authenticate(email, password, &db).await;
        assert!(matches!(refused, Err(Error::Credentials)), "{email}: {refused:?}");
        sent.push(wire.statements());
    }
    assert!(sent.iter().all(|sent| *sent == Statements { executed: 2, simple: 0, parsed: 0 }), "{sent:?}");
    db.close().await;
    database.close().await;
}

/// A session is looked up by one, which reads the token and the user.
#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn a_session_is_one_statement() {
    let (database, db, wire) = wired().await;
    create_tables(&database.pool).await;
    let jane = jane(&database.pool).await;
    let session = manager().issue(&jane, TokenPurpose::Session, &database.pool).await.unwrap();
    let mut sent = NONE;
    for _ in 0..2 {
        wire.statements();
        manager::<User>().by_token(session.expose_secret(), TokenPurpose::Session, &db).await.unwrap();
        sent = wire.statements();
    }
    assert_eq!(sent, Statements { executed: 1, simple: 0, parsed: 0 });
    db.close().await;
    database.close().await;
}

/// Granting takes as many statements for 500 permissions as for one.
#[tokio::test]
#[cfg_attr(not(postgres_url), ignore = "TEST_POSTGRES_URL is not set")]
async fn a_grant_is_the_same_statements_for_500_permissions_as_for_2() {
    let (database, db, wire) = wired().await;
    create_tables(&database.pool).await;
    let jane = jane(&database.pool).await;
    many(&jane, &database.pool).await;
    let codes: Vec<String> = (1..=500).map(|n| format!("many.p{n}")).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    // Both are known to the server.
    for codes in [&codes[..2], &codes[..3]] {
        jane.grant(codes, &db).await.unwrap();
        jane.revoke(codes, &db).await.unwrap();
    }
    wire.statements();
    assert_eq!(jane.grant(&codes[..2], &db).await.unwrap(), 2);
    let granted_few = wire.statements();
    assert_eq!(jane.revoke(&codes[..2], &db).await.unwrap(), 2);
    let revoked_few = wire.statements();
    assert_eq!(jane.grant(&codes, &db).await.unwrap(), 500);
    let granted_many = wire.statements();
    assert_eq!(jane.revoke(&codes, &db).await.unwrap(), 500);
    let revoked_many = wire.statements();
    assert_eq!((granted_few, revoked_few), (granted_many, revoked_many));
    let told = "audit_logs WHERE content_type = 'auth.user_permission' AND action = 'create'";
    assert_eq!(raw_sql::count(&database.pool, told).await, 2 + 3 + 2 + 500);
    db.close().await;
    database.close().await;
}
