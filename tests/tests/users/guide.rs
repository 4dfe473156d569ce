//! The guide's examples and tests of users.

use model_runtime::clock::{self, frozen};
use model_runtime::prelude::*;
use model_runtime::users::{PasswordHash, User};
use tests::accounts::create_tables;
use tests::fixtures::{DAY, refused_fields};
use tests::{on_both, raw_sql};

use super::fixtures::{stored, stored_hash};

/// The e-mail addresses of a queryset.
async fn addresses(query: QuerySet<User>, db: &Pool) -> Vec<String> {
    query.order_by(|u| u.email.asc()).values(|u| u.email).fetch_all(db).await.expect("the users are read")
}

async fn user(email: &str, db: &Pool) -> User {
    User::builder().email(email).create(db).await.expect("the user is created")
}

on_both! {
    /// "secure123", "admin123" and the "testpass123" of the guide's tests are no passwords here.
    async fn the_guides_passwords_are_refused(db) {
        create_tables(&db).await;
        let users = User::manager();
        let john = || User::builder().email("user@example.com").first_name("John").last_name("Doe").build();
        let refused = refused_fields(users.create_user(john(), Some("secure123"), &db).await);
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert_eq!((refused[0].field.as_str(), refused[0].message.as_str()), ("password", "is too easy to guess"));
        let admin = User::superuser().email("admin@example.com").build();
        let refused = refused_fields(users.create_superuser(admin, Some("admin123"), &db).await);
        let messages: Vec<_> = refused.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(messages, ["is too similar to email", "is a common password"]);
        let test = User::builder().email("test@example.com").username("testuser".to_owned()).build();
        let refused = refused_fields(users.create_user(test, Some("testpass123"), &db).await);
        assert!(refused.iter().all(|error| error.field == "password"), "{refused:?}");
        assert_eq!(raw_sql::count(&db, "users").await, 0);
        users.create_user(john(), Some("secure-123-boat-on-the-lek"), &db).await.unwrap();
        assert_eq!(raw_sql::count(&db, "users").await, 1);
    }

    async fn users_are_created(db) {
        create_tables(&db).await;
        let users = User::manager();
        let john = User::builder().email("john@example.com").first_name("John").last_name("Doe");
        let john = john.phone_number("+1234567890").build();
        let john = users.create_user(john, Some("a boat on the Lek"), &db).await.unwrap();
        for (column, value) in [
            ("email", "john@example.com"),
            ("first_name", "John"),
            ("last_name", "Doe"),
            ("phone_number", "+1234567890"),
            ("bio", ""),
        ] {
            assert_eq!(stored(column, &john, &db).await.as_deref(), Some(value), "{column}");
        }
        for column in ["username", "avatar", "verified_at", "last_login_at"] {
            assert_eq!(stored(column, &john, &db).await, None, "{column}");
        }
        let flags = "is_active AND NOT is_staff AND NOT is_superuser AND NOT is_verified AND NOT two_factor_enabled";
        assert_eq!(raw_sql::count(&db, &format!("users WHERE {flags}")).await, 1);
        assert!(stored_hash(&john, &db).await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(users.check_password(&john, "a boat on the Lek").await.unwrap());
        assert!(!users.check_password(&john, "a boat on the lek").await.unwrap());
        assert_eq!(john.created_at, john.updated_at);
    }

    async fn superusers_are_created(db) {
        create_tables(&db).await;
        let admin = User::superuser().email("admin@example.com").username("admin".to_owned()).build();
        let admin = User::manager().create_superuser(admin, Some("seven geese at dawn"), &db).await.unwrap();
        assert!(admin.is_staff && admin.is_superuser && admin.is_verified && admin.is_active);
        let flags = "username = 'admin' AND is_staff AND is_superuser AND is_verified AND is_active";
        assert_eq!(raw_sql::count(&db, &format!("users WHERE {flags}")).await, 1);
        assert!(!admin.two_factor_enabled);
    }

    /// The guide's `create_user` takes no password too: nobody signs in as them.
    async fn a_user_without_a_password_has_an_unusable_one(db) {
        create_tables(&db).await;
        let users = User::manager();
        let user = users.create_user(User::builder().email("u@example.com").build(), None, &db).await.unwrap();
        assert_eq!(stored_hash(&user, &db).await, "!");
        assert!(!user.password.is_usable());
        for password in ["", "!", "None"] {
            assert!(!users.check_password(&user, password).await.unwrap(), "{password:?}");
        }
    }

    async fn an_address_is_required(db) {
        create_tables(&db).await;
        let users = User::manager();
        for email in ["", "  ", "\t"] {
            let user = User::builder().email(email).build();
            let refused = refused_fields(users.create_user(user, Some("a boat on the Lek"), &db).await);
            assert_eq!((refused[0].field.as_str(), refused[0].message.as_str()), ("email", "is empty"));
        }
        assert_eq!(raw_sql::count(&db, "users").await, 0);
    }

    async fn verify_email_is_written_once(db) {
        create_tables(&db).await;
        let mut user = user("john@example.com", &db).await;
        assert!(!user.is_fully_verified());
        let now = clock::now();
        assert!(frozen(now, user.verify_email(&db)).await.unwrap());
        assert_eq!((user.is_verified, user.verified_at), (true, Some(now)));
        assert!(user.is_fully_verified());
        assert_eq!(raw_sql::count(&db, "users WHERE is_verified AND verified_at IS NOT NULL").await, 1);
        let verified_at = stored("verified_at", &user, &db).await;
        let updated_at = stored("updated_at", &user, &db).await;
        // The guide's sets another time; here the first stays.
        assert!(!frozen(now + DAY, user.verify_email(&db)).await.unwrap());
        assert_eq!(stored("verified_at", &user, &db).await, verified_at);
        assert_eq!(stored("updated_at", &user, &db).await, updated_at);
        assert_eq!(user.verified_at, Some(now));
    }

    async fn verified_and_active_is_fully_verified(db) {
        create_tables(&db).await;
        let mut user = user("john@example.com", &db).await;
        user.verify_email(&db).await.unwrap();
        assert!(user.set_active(false, &db).await.unwrap());
        assert!(!user.is_fully_verified());
        assert_eq!(raw_sql::count(&db, "users WHERE is_verified AND NOT is_active").await, 1);
    }

    async fn querysets_find_active_verified_and_recent_users(db) {
        create_tables(&db).await;
        let users = User::manager();
        let now = clock::now();
        for (days, email) in [(2, "recent@e.com"), (15, "older@e.com"), (40, "old@e.com")] {
            let mut user = frozen(now - days * DAY, user(email, &db)).await;
            if email != "recent@e.com" {
                user.verify_email(&db).await.unwrap();
            }
        }
        User::builder().email("gone@e.com").is_active(false).create(&db).await.unwrap();
        let all = ["gone@e.com", "old@e.com", "older@e.com", "recent@e.com"];
        assert_eq!(addresses(User::objects(), &db).await, all);
        assert_eq!(addresses(users.active(), &db).await, all[1..]);
        assert_eq!(addresses(users.verified(), &db).await, all[1..3]);
        assert_eq!(addresses(users.recently_joined(30), &db).await, ["gone@e.com", "older@e.com", "recent@e.com"]);
        assert_eq!(addresses(users.recently_joined(7), &db).await, ["gone@e.com", "recent@e.com"]);
        // They go on, and are methods of querysets too.
        assert_eq!(addresses(users.active().verified().recently_joined(30), &db).await, ["older@e.com"]);
        let or = users.active().filter(|u| u.email.eq("gone@e.com") | u.is_superuser.eq(true));
        assert_eq!(addresses(or, &db).await, [""; 0]);
        assert_eq!(users.by_email("OLD@e.com").get(&db).await.unwrap().email, "old@e.com");
        assert_eq!(users.verified().count(&db).await.unwrap(), 2);
        assert_eq!(users.recently_joined(0).count(&db).await.unwrap(), 0);
    }
}

#[test]
fn names_are_the_full_name_the_username_or_the_address() {
    let user = |first: &str, last: &str, username: Option<&str>| {
        let user = User::builder().email("john@example.com").first_name(first).last_name(last);
        user.username(username.map(str::to_owned)).build()
    };
    for (user, full, display) in [
        (user("John", "Doe", Some("jd")), "John Doe", "John Doe"),
        (user("John", "", Some("jd")), "John", "John"),
        (user("", "Doe", Some("jd")), "Doe", "Doe"),
        (user("", "", Some("jd")), "", "jd"),
        (user("", "", None), "", "john@example.com"),
    ] {
        assert_eq!((user.get_full_name(), user.get_display_name()), (full.to_owned(), display.to_owned()));
        assert_eq!(user.to_string(), display);
    }
}

#[test]
fn a_new_user_is_active_and_nothing_else() {
    let user = User::builder().email("john@example.com").build();
    assert!(user.is_active && !user.is_staff && !user.is_superuser && !user.is_verified);
    assert!(!user.two_factor_enabled && !user.is_fully_verified());
    assert_eq!((&user.password, user.username, user.avatar), (&PasswordHash::unusable(), None, None));
}
