//! No password, token, secret or hash in what is on record, shown, logged or said by an error (rules 9 and 26).

use std::fmt::{Debug, Write as _};
use std::sync::LazyLock;
use std::time::Duration;

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use model_runtime::clock::frozen;
use model_runtime::prelude::*;
use model_runtime::users::{
    Hashing, PasswordHash, RecoveryCode, SignInThrottle, Token, TokenPurpose, TwoFactor, User, UserSettings,
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tests::accounts::{Member, Player, create_tables};
use tests::log::Log;
use tests::{on_both, raw_sql};
use tracing_subscriber::fmt::format::FmtSpan;

use super::fixtures::{allow, dump, manager, refuse, settings, totp};

/// Passwords as people type them: good ones, wrong ones, and one that is refused.
const TYPED: [&str; 6] = [FIRST, SECOND, THIRD, OTHERS, WRONG, WEAK];
const FIRST: &str = "planted pikeperch on the Lek";
const SECOND: &str = "planted herring at the Waal";
const THIRD: &str = "planted bream of the IJssel";
const OTHERS: &str = "planted smelt by the Linge";
const WRONG: &str = "planted eel in the Maas";
const WEAK: &str = "planted-1";

/// What all tests of this program log, at every level. It begins with the first test that asks for it.
static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    let subscriber = subscriber.with_writer(move || writer.clone());
    let subscriber = subscriber.with_span_events(FmtSpan::FULL).with_ansi(false).finish();
    tracing::subscriber::set_global_default(subscriber).expect("there is no other");
    log
});

fn logged() -> String {
    LOG.text()
}

/// What is to be told nowhere, and what was told.
#[derive(Default)]
struct Secrets {
    planted: Vec<String>,
    told: String,
}

impl Secrets {
    /// A secret that was handed out, also as bytes, and its hash.
    fn plant(&mut self, secret: &SecretString) {
        let text = secret.expose_secret();
        let bare = text.replace('-', "");
        let hash = Sha256::digest(&bare);
        self.planted.extend([HEXLOWER.encode(&hash), format!("{:?}", hash.as_slice())]);
        self.planted.extend([BASE64URL_NOPAD.encode(&hash), HEXLOWER.encode(text.as_bytes())]);
        self.planted.extend([text.to_owned(), bare]);
    }

    /// A secret of bytes.
    fn plant_bytes(&mut self, bytes: &[u8]) {
        self.planted.extend([HEXLOWER.encode(bytes), BASE32_NOPAD.encode(bytes), format!("{bytes:?}")]);
    }

    /// The hash of each user's password as it is now, and its parts.
    async fn plant_hashes(&mut self, db: &Pool) {
        for table in ["users", "members", "players"] {
            let hashes: Vec<String> = raw_sql::column(db, &format!("SELECT password FROM {table}")).await;
            for hash in hashes.iter().filter(|hash| *hash != "!") {
                let parts = hash.split('$').filter(|part| part.len() > 20).map(str::to_owned);
                self.planted.extend(parts);
            }
        }
    }

    fn show(&mut self, what: &dyn Debug) {
        writeln!(self.told, "{what:?}\n{what:#?}").expect("a text grows");
    }

    /// What came of something, which is to be an error or not.
    #[track_caller]
    fn came<T: Debug>(&mut self, result: Result<T>, is_ok: bool) -> Option<T> {
        self.show(&result);
        assert_eq!(result.is_ok(), is_ok, "{result:?}");
        if let Err(error) = &result {
            let mut source: Option<&dyn std::error::Error> = Some(error);
            while let Some(error) = source {
                writeln!(self.told, "{error}\n{error:?}").expect("a text grows");
                source = error.source();
            }
        }
        result.ok()
    }

    #[track_caller]
    fn ok<T: Debug>(&mut self, result: Result<T>) -> T {
        self.came(result, true).expect("it is no error")
    }

    #[track_caller]
    fn fails<T: Debug>(&mut self, result: Result<T>) {
        self.came(result, false);
    }

    #[track_caller]
    fn assert_untold(&self, place: &str, text: &str) {
        let text = text.to_lowercase();
        for secret in TYPED.iter().copied().chain(self.planted.iter().map(String::as_str)) {
            assert!(secret.len() >= 8, "{secret:?} is found by chance");
            if let Some(at) = text.find(&secret.to_lowercase()) {
                let line = text[..at].rfind('\n').map_or(0, |start| start + 1);
                let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
                panic!("{secret:?} is told in {place}: {}", &text[line..end.min(line + 2_000)]);
            }
        }
        assert!(!text.contains("$argon2"), "a hash is told in {place}");
    }
}

/// A time in the middle of 30 seconds.
fn noon() -> DateTime<Utc> {
    "2026-06-01T12:00:15Z".parse().expect("a time")
}

async fn accounts(secrets: &mut Secrets, db: &Pool) -> User {
    let users = manager::<User>();
    let new = || User::builder().email("jane@example.com").first_name("Jane");
    secrets.fails(users.create_user(new().build(), Some(WEAK), db).await);
    secrets.fails(users.create_superuser(new().build(), Some(WEAK), db).await);
    refuse("INSERT", "users", db).await;
    secrets.fails(users.create_user(new().build(), Some(FIRST), db).await);
    allow("INSERT", "users", db).await;
    refuse("INSERT", "audit_logs", db).await;
    secrets.fails(users.create_user(new().build(), Some(FIRST), db).await);
    allow("INSERT", "audit_logs", db).await;
    let jane = users.create_user(new().build(), Some(FIRST), db).await;
    let mut jane = secrets.ok(jane);
    secrets.fails(users.create_user(new().build(), Some(FIRST), db).await);
    secrets.plant_hashes(db).await;
    let mut copy = jane.clone();
    secrets.fails(copy.insert(db).await);
    secrets.fails(User::bulk_create(vec![copy.clone(), copy.clone()], db).await);
    secrets.fails(users.set_password(&mut jane, WEAK, db).await);
    for (event, table) in [("UPDATE", "users"), ("INSERT", "audit_logs")] {
        refuse(event, table, db).await;
        secrets.fails(users.set_password(&mut jane, SECOND, db).await);
        allow(event, table, db).await;
    }
    secrets.ok(users.set_password(&mut jane, SECOND, db).await);
    secrets.plant_hashes(db).await;
    secrets.ok(users.check_password(&jane, SECOND).await);
    secrets.ok(users.check_password(&jane, WRONG).await);
    secrets.ok(jane.verify_email(db).await);
    jane.bio = "New".to_owned();
    secrets.ok(jane.save(db).await);
    secrets.ok(User::objects().update(|u| u.bio.set("Newer"), db).await);
    // In the hands of somebody who has the hash.
    let hash = jane.password.clone();
    secrets.ok(User::objects().update(|u| u.password.set(&hash), db).await);
    secrets.ok(jane.save_only(|u| u.password, db).await);
    jane
}

async fn others(secrets: &mut Secrets, db: &Pool) {
    let member = Member::builder().email("anna@example.com").club("Rowing").build();
    let mut member = secrets.ok(manager().create_user(member, Some(OTHERS), db).await);
    let player = Player::builder().email("pele@example.com").build();
    let mut player = secrets.ok(manager().create_user(player, Some(OTHERS), db).await);
    secrets.plant_hashes(db).await;
    secrets.ok(manager().set_password(&mut member, FIRST, db).await);
    secrets.ok(manager().set_password(&mut player, FIRST, db).await);
    secrets.plant_hashes(db).await;
    player.password = member.password.clone();
    let foreseen = player.changed_fields(db).await;
    secrets.ok(foreseen);
    secrets.ok(player.save_only(|p| p.password, db).await);
    let row = player.clone();
    secrets.show(&row.change_log);
    secrets.show(&row.history());
    // A masked value cannot be put back.
    secrets.fails(player.undo(1, db).await.map(drop));
    secrets.ok(player.hard_delete(db).await);
    secrets.ok(member.delete(db).await);
    secrets.show(&(player, member));
}

async fn sign_ins(secrets: &mut Secrets, jane: &mut User, db: &Pool) {
    let users = manager::<User>();
    secrets.fails(users.authenticate("jane@example.com", WRONG, db).await);
    secrets.fails(users.authenticate("nobody@example.com", WRONG, db).await);
    // The password in the wrong field.
    secrets.fails(users.authenticate(FIRST, WRONG, db).await);
    refuse("UPDATE", "users", db).await;
    secrets.fails(users.authenticate("jane@example.com", SECOND, db).await);
    allow("UPDATE", "users", db).await;
    raw_sql::execute(db, "DELETE FROM auth_throttle").await.expect("the statement runs");
    let dearer = UserSettings { hashing: Hashing::new(16, 2, 1).expect("a cost"), ..settings() };
    let dearer = UserManager::<User>::new(dearer);
    let _ = secrets.ok(dearer.authenticate("jane@example.com", SECOND, db).await);
    secrets.plant_hashes(db).await;
    jane.refresh(db).await.expect("jane is read");
    for _ in 0..5 {
        secrets.fails(users.authenticate("jane@example.com", WRONG, db).await);
    }
    raw_sql::execute(db, "DELETE FROM auth_throttle").await.expect("the statement runs");
}

async fn tokens(secrets: &mut Secrets, jane: &mut User, db: &Pool) {
    let users = manager::<User>();
    refuse("INSERT", "auth_tokens", db).await;
    secrets.fails(users.issue(jane, TokenPurpose::Session, db).await);
    allow("INSERT", "auth_tokens", db).await;
    let purposes =
        [TokenPurpose::VerifyEmail, TokenPurpose::ResetPassword, TokenPurpose::Session, TokenPurpose::Api];
    for purpose in purposes {
        let token = secrets.ok(users.issue_named(jane, purpose, "Phone", db).await);
        secrets.plant(&token);
        let text = token.expose_secret();
        let late = noon() + Duration::from_secs(1_000_000_000);
        secrets.ok(users.by_token(text, purpose, db).await);
        secrets.fails(users.by_token(text, TokenPurpose::SecondFactor, db).await);
        secrets.fails(frozen(late, users.by_token(text, purpose, db)).await);
        match purpose {
            TokenPurpose::VerifyEmail => {
                refuse("UPDATE", "auth_tokens", db).await;
                secrets.fails(users.verify_email(text, db).await);
                allow("UPDATE", "auth_tokens", db).await;
                secrets.ok(users.verify_email(text, db).await);
                secrets.fails(users.verify_email(text, db).await);
            }
            TokenPurpose::ResetPassword => {
                secrets.fails(users.reset_password(text, WEAK, db).await);
                refuse("UPDATE", "users", db).await;
                secrets.fails(users.reset_password(text, THIRD, db).await);
                allow("UPDATE", "users", db).await;
                *jane = secrets.ok(users.reset_password(text, THIRD, db).await);
                secrets.plant_hashes(db).await;
                secrets.fails(users.reset_password(text, FIRST, db).await);
            }
            _ => {}
        }
        // Where it has no business.
        secrets.fails(users.authenticate(text, text, db).await);
        secrets.fails(users.authenticate_code(text, text, db).await);
        secrets.fails(jane.grant(&["no.such"], db).await);
    }
    raw_sql::execute(db, "DELETE FROM auth_throttle").await.expect("the statement runs");
    let listed = Token::objects().of(jane).fetch_all(db).await;
    assert!(!secrets.ok(listed).is_empty());
    secrets.ok(users.purge_expired(db).await);
}

async fn second_factor(secrets: &mut Secrets, jane: &mut User, db: &Pool) {
    let users = manager::<User>();
    let enrolment = secrets.ok(frozen(noon(), users.enrol_two_factor(jane, db)).await);
    secrets.plant(enrolment.secret_base32());
    secrets.plant(enrolment.uri());
    let secret = BASE32_NOPAD.decode(enrolment.secret_base32().expose_secret().as_bytes()).expect("base 32");
    secrets.plant_bytes(&secret);
    let at = |step: u32| noon() + Duration::from_secs(30) * step;
    secrets.fails(frozen(noon(), users.confirm_two_factor(jane, "000000", db)).await);
    for table in ["auth_recovery_codes", "audit_logs"] {
        refuse("INSERT", table, db).await;
        secrets.fails(frozen(noon(), users.confirm_two_factor(jane, &totp(&secret, noon()), db)).await);
        allow("INSERT", table, db).await;
    }
    raw_sql::execute(db, "DELETE FROM auth_throttle").await.expect("the statement runs");
    let codes = frozen(noon(), users.confirm_two_factor(jane, &totp(&secret, noon()), db)).await;
    let mut codes = secrets.ok(codes);
    let more = secrets.ok(frozen(noon(), users.new_recovery_codes(jane, db)).await);
    codes.iter().chain(&more).for_each(|code| secrets.plant(code));
    secrets.fails(users.enrol_two_factor(jane, db).await.map(drop));
    let signed_in = secrets.ok(frozen(at(2), users.authenticate("jane@example.com", THIRD, db)).await);
    let SignIn::CodeRequired(token) = signed_in else { panic!("no code is asked for") };
    secrets.plant(&token);
    let token = token.expose_secret();
    let stale = codes.remove(0);
    secrets.fails(frozen(at(2), users.authenticate_code(token, stale.expose_secret(), db)).await);
    refuse("UPDATE", "auth_recovery_codes", db).await;
    secrets.fails(frozen(at(2), users.authenticate_code(token, more[0].expose_secret(), db)).await);
    allow("UPDATE", "auth_recovery_codes", db).await;
    raw_sql::execute(db, "DELETE FROM auth_throttle").await.expect("the statement runs");
    secrets.ok(frozen(at(2), users.authenticate_code(token, &totp(&secret, at(2)), db)).await);
    secrets.fails(frozen(at(2), users.verify_code(jane, &totp(&secret, at(2)), db)).await);
    secrets.ok(frozen(at(2), users.verify_code(jane, more[0].expose_secret(), db)).await);
    secrets.fails(frozen(at(2), users.verify_code(jane, more[0].expose_secret(), db)).await);
    let rows = TwoFactor::objects().fetch_all(db).await;
    assert_eq!(secrets.ok(rows).len(), 1);
    let rows = RecoveryCode::objects().fetch_all(db).await;
    assert_eq!(secrets.ok(rows).len(), 10);
    let rows = SignInThrottle::objects().fetch_all(db).await;
    assert!(!secrets.ok(rows).is_empty());
    jane.refresh(db).await.expect("jane is read");
}

/// What PostgreSQL tells of a row that a constraint refuses is all of the row.
async fn refused_rows(secrets: &mut Secrets, jane: &mut User, db: &Pool) {
    let Pool::Postgres(_) = db else { return };
    let users = manager::<User>();
    let john = User::builder().email("john@example.com").build();
    let john = secrets.ok(users.create_user(john, Some(OTHERS), db).await);
    secrets.plant_hashes(db).await;
    for (table, check) in [
        ("users", "length(password) < 5"),
        ("auth_tokens", "length(email) < 5"),
        ("auth_two_factor", "length(user_type) < 5"),
        ("auth_recovery_codes", "length(user_type) < 5"),
        ("auth_throttle", "failures < 0"),
        ("audit_logs", "length(object_repr) < 2"),
    ] {
        let add = format!("ALTER TABLE {table} ADD CONSTRAINT refused CHECK ({check}) NOT VALID");
        raw_sql::execute(db, &add).await.expect("the constraint is made");
        match table {
            "users" | "audit_logs" => {
                let new = User::builder().email("new@example.com").build();
                secrets.fails(users.create_user(new, Some(FIRST), db).await);
                secrets.fails(users.set_password(jane, FIRST, db).await);
                let reset = secrets.ok(users.issue(&john, TokenPurpose::ResetPassword, db).await);
                secrets.plant(&reset);
                secrets.fails(users.reset_password(reset.expose_secret(), FIRST, db).await);
            }
            "auth_tokens" => secrets.fails(users.issue(jane, TokenPurpose::Session, db).await),
            "auth_two_factor" => secrets.fails(users.enrol_two_factor(&john, db).await),
            "auth_recovery_codes" => secrets.fails(users.new_recovery_codes(jane, db).await),
            _ => secrets.fails(users.authenticate("jane@example.com", WRONG, db).await),
        }
        let drop = format!("ALTER TABLE {table} DROP CONSTRAINT refused");
        raw_sql::execute(db, &drop).await.expect("the constraint goes");
    }
}

/// Queries and what they are made of, by the password and by what stands beside it.
async fn queries(secrets: &mut Secrets, jane: &User, db: &Pool) {
    let hash = &jane.password;
    let by_hash = User::objects().filter(|u| u.password.eq(hash));
    let other = PasswordHash::unusable();
    for query in [
        by_hash.clone(),
        User::objects().filter(|u| u.password.ne(hash) | u.password.is_in([hash, &other])),
        User::objects().filter(|u| u.email.eq("x") & !(u.password.eq(hash))),
        User::objects().filter(|u| u.password.gt(hash) | u.password.le(hash)),
        User::objects().filter(|u| u.password.eq(hash)).limit(3),
    ] {
        secrets.show(&query);
        writeln!(secrets.told, "{query}").expect("a text grows");
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let sql = query.sql(dialect);
            secrets.show(&sql);
            writeln!(secrets.told, "{sql}").expect("a text grows");
        }
        secrets.ok(query.clone().count(db).await);
        secrets.ok(query.fetch_all(db).await);
    }
    let columns = User::COLUMNS;
    secrets.show(&columns.password.eq(hash));
    secrets.show(&columns.password.set(hash));
    secrets.show(&vec![columns.password.set(hash.clone())]);
    secrets.ok(by_hash.clone().values(|u| u.password).fetch_all(db).await);
    secrets.ok(by_hash.clone().values(|u| (u.id, u.password)).fetch_all(db).await);
    secrets.ok(by_hash.get(db).await);
    secrets.show(jane);
    secrets.show(&jane.account());
    secrets.show(hash);
    writeln!(secrets.told, "{jane}").expect("a text grows");
    let users = manager::<User>();
    secrets.show(&users);
    secrets.show(users.settings());
    secrets.ok(AuditLog::objects().fetch_all(db).await);
}

on_both! {
    async fn secrets_are_told_nowhere(db) {
        let before = logged().len();
        create_tables(&db).await;
        let mut secrets = Secrets::default();
        let mut jane = accounts(&mut secrets, &db).await;
        others(&mut secrets, &db).await;
        sign_ins(&mut secrets, &mut jane, &db).await;
        tokens(&mut secrets, &mut jane, &db).await;
        second_factor(&mut secrets, &mut jane, &db).await;
        refused_rows(&mut secrets, &mut jane, &db).await;
        queries(&mut secrets, &jane, &db).await;
        secrets.ok(manager::<User>().disable_two_factor(&mut jane, &db).await);
        secrets.ok(jane.hard_delete(&db).await);
        secrets.plant_hashes(&db).await;

        assert!(secrets.planted.len() > 100, "{}", secrets.planted.len());
        secrets.assert_untold("what is shown", &secrets.told);
        // Audit rows and counts of failures hold no secret.
        let harmless = ["audit_logs", "auth_throttle"];
        let whole = ["PgDatabaseError {", "Failing row contains"];
        let mut rows = secrets.told.lines().filter(|line| whole.iter().all(|part| line.contains(part)));
        let row = rows.find(|line| !harmless.iter().any(|table| line.contains(table)));
        assert_eq!(row, None, "an error tells the row that the database refused");
        let log = logged();
        for line in ["user created", "password set", "signed in", "e-mail address verified", "auth_tokens"] {
            assert!(log[before..].contains(line), "{line:?} is not logged, so nothing is");
        }
        secrets.assert_untold("the log", &log);
        // Users are logged by their keys alone.
        let by_us = |line: &&str| line.contains(" model_runtime::");
        assert!(log.lines().filter(by_us).any(|line| line.contains(&format!("user created user_id={}", jane.id))));
        assert_eq!(log.lines().filter(by_us).find(|line| line.contains('@')), None);

        let audit: Vec<String> = raw_sql::column(
            &db,
            "SELECT object_repr || ' ' || CAST(changes AS TEXT) || ' ' || COALESCE(actor_label, '') FROM audit_logs",
        )
        .await;
        assert!(audit.iter().any(|row| row.contains("password")), "nothing of a password is on record");
        secrets.assert_untold("the audit trail", &audit.join("\n"));
        let logs: Vec<String> = raw_sql::column(&db, "SELECT CAST(change_log AS TEXT) FROM players").await;
        secrets.assert_untold("a change log", &logs.join("\n"));
        // Of the whole database, the users' own tables have the hashes of their passwords, and nothing else has.
        let mut table = "";
        let dump = dump(&db).await;
        let beside = dump.lines().filter(|line| {
            table = if line.ends_with(':') { line } else { table };
            !["users:", "members:", "auth_tokens:", "auth_recovery_codes:", "auth_two_factor:"].contains(&table)
        });
        secrets.assert_untold("another table", &beside.collect::<Vec<_>>().join("\n"));
    }
}
