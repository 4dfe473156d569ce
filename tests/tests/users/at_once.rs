//! What users do at once: nobody waits for ever, and nobody is told of a deadlock.

use futures_util::future::join_all;
use model_runtime::prelude::*;
use model_runtime::users::{Hashing, Limits, Throttle, TokenPurpose, User, UserSettings};
use secrecy::ExposeSecret;
use tests::accounts::create_tables;
use tests::{on_both, raw_sql};

use super::fixtures::{OTHER, PASSWORD, has_password, jane, pool, settings};

/// One of the things that a user does, by number.
async fn act(act: usize, mut jane: User, reset: String, users: UserManager<User>, db: Pool) -> Result<()> {
    match act % 6 {
        0 => users.authenticate("jane@example.com", PASSWORD, &db).await.map(drop),
        1 => users.authenticate("jane@example.com", OTHER, &db).await.map(drop),
        2 => users.set_password(&mut jane, OTHER, &db).await,
        3 => users.reset_password(&reset, PASSWORD, &db).await.map(drop),
        4 => users.issue(&jane, TokenPurpose::Session, &db).await.map(drop),
        _ => jane.verify_email(&db).await.map(drop),
    }
}

on_both! {
    async fn sign_ins_and_changes_of_the_password_do_not_block_each_other(db) {
        create_tables(&db).await;
        let jane = jane(&db).await;
        // Some of the sign-ins make the hash anew.
        let dear = UserSettings { hashing: Hashing::new(16, 1, 1).unwrap(), ..settings() };
        let many = Limits { free: 1_000, max: 2_000 };
        let throttle = Throttle { account: many, address: many, ..Throttle::default() };
        let managers = [settings(), dear].map(|settings| {
            UserManager::<User>::new(UserSettings { throttle: throttle.clone(), ..settings })
        });
        let eight = pool(&db, 8).await;
        for _ in 0..3 {
            let mut tasks = Vec::new();
            for n in 0..36 {
                let users = managers[n / 6 % 2].clone();
                let reset = loop {
                    let mut now = jane.clone();
                    now.refresh(&db).await.unwrap();
                    match users.issue(&now, TokenPurpose::ResetPassword, &db).await {
                        Ok(reset) => break reset.expose_secret().to_owned(),
                        // The password was changed since it was read.
                        Err(Error::Conflict { .. }) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                };
                tasks.push(tokio::spawn(act(n, jane.clone(), reset, users, eight.clone())));
            }
            for result in join_all(tasks).await {
                match result.unwrap() {
                    Ok(()) | Err(Error::Credentials | Error::Token(_) | Error::Conflict { .. }) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
        }
        assert_eq!(raw_sql::count(&db, "users WHERE is_verified").await, 1);
        let is_first = has_password(&jane, PASSWORD, &db).await;
        assert_ne!(is_first, has_password(&jane, OTHER, &db).await, "the password is one of the two");
        eight.close().await;
    }
}
