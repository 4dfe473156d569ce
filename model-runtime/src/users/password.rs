//! Passwords: Argon2id.

use std::fmt;
use std::hint::black_box;
use std::io;
use std::sync::LazyLock;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::ModelNewtype;
use crate::error::{Error, Result, ValidationErrors};

/// The longest password, in bytes. What is longer is refused unhashed.
pub(super) const MAX_BYTES: usize = 1024;

/// What a hash may cost, so that a row that somebody tampered with takes neither all memory nor all day.
const MAX_MEMORY: u32 = 256 * 1024;
const MAX_ITERATIONS: u32 = 10;
const MAX_PARALLELISM: u32 = 16;

/// Of a hash, in bytes: as the reference implementation has them.
const OUTPUT: usize = 32;
const SALT: usize = 16;

/// How many passwords the process hashes at a time: each takes a processor and its memory.
static PERMITS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));

/// A password's hash, as a column holds it: a PHC string (`$argon2id$v=19$m=19456,t=2,p=1$…`), or `!`, which no password
/// matches. It does not show itself: not in `Debug`, and there is no `Display`.
///
/// ```
/// use model_runtime::users::PasswordHash;
///
/// let hash = PasswordHash::unusable();
/// assert!(!hash.is_usable());
/// assert_eq!(format!("{hash:?}"), "PasswordHash(***)");
/// ```
#[derive(Clone, PartialEq, Eq, ModelNewtype)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash of no password: nobody signs in by it.
    pub fn unusable() -> Self {
        Self("!".to_owned())
    }

    /// Whether it is the hash of a password.
    pub fn is_usable(&self) -> bool {
        Known::read(self).is_some()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(***)")
    }
}

/// A hash that can be verified.
struct Known {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: phc::Salt,
    output: phc::Output,
}

impl Known {
    /// `None` for an unusable hash, one that is none of Argon2's, and one that costs too much.
    fn read(hash: &PasswordHash) -> Option<Self> {
        let hash = phc::PasswordHash::new(&hash.0).ok()?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let version = Version::try_from(hash.version?).ok()?;
        let params = Params::try_from(&hash).ok()?;
        let affordable = params.m_cost() <= MAX_MEMORY
            && params.t_cost() <= MAX_ITERATIONS
            && params.p_cost() <= MAX_PARALLELISM;
        affordable.then_some(Self { algorithm, version, params, salt: hash.salt?, output: hash.hash? })
    }
}

/// How passwords are hashed: with Argon2id, version 19, at this cost. The default is 19 MiB, 2 iterations, 1 lane, the
/// least that OWASP's [Password Storage Cheat Sheet] recommends.
///
/// A password is hashed as it is typed, without a Unicode normalisation. Hashes are computed on blocking threads, at
/// most one for each processor at a time; others wait.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> model_runtime::Result<()> {
/// use model_runtime::users::Hashing;
///
/// let before = Hashing::new(7168, 5, 1)?;
/// let hash = before.hash("a boat on the Lek").await?;
/// let now = Hashing::default();
/// assert!(now.verify("a boat on the Lek", &hash).await?);
/// assert!(now.needs_rehash(&hash));
/// # Ok(()) }
/// ```
///
/// [Password Storage Cheat Sheet]: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashing {
    memory: u32,
    iterations: u32,
    parallelism: u32,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { memory: 19 * 1024, iterations: 2, parallelism: 1 }
    }
}

impl Hashing {
    /// Hashing with this much memory (KiB, at most 262144), this many iterations (at most 10) and lanes (at most 16).
    ///
    /// What is below the default is for tests.
    ///
    /// # Errors
    /// [`Error::Validation`] that names `memory`, `iterations` or `parallelism`.
    pub fn new(memory: u32, iterations: u32, parallelism: u32) -> Result<Self> {
        let mut errors = ValidationErrors::new("Hashing");
        for (field, value, least, most) in [
            ("memory", memory, parallelism.clamp(1, MAX_PARALLELISM) * 8, MAX_MEMORY),
            ("iterations", iterations, 1, MAX_ITERATIONS),
            ("parallelism", parallelism, 1, MAX_PARALLELISM),
        ] {
            if !(least..=most).contains(&value) {
                errors.add(field, format!("is {value}; it goes from {least} to {most}"));
            }
        }
        errors.into_result()?;
        Ok(Self { memory, iterations, parallelism })
    }

    /// The hash of a password, with a salt of its own.
    ///
    /// # Errors
    /// [`Error::Validation`] that names `password`, where it is empty or has more than 1024 bytes.
    pub async fn hash(&self, password: &str) -> Result<PasswordHash> {
        if let Some(why) = unfit(password) {
            let mut errors = ValidationErrors::new("Hashing");
            errors.add("password", why);
            return Err(Error::Validation(errors));
        }
        let params = self.params().map_err(failure)?;
        blocking(password, move |password| {
            let mut salt = [0; SALT];
            getrandom::fill(&mut salt).map_err(io::Error::other)?;
            let hash = argon2id(params).hash_password_with_salt(password, &salt).map_err(io::Error::other)?;
            Ok(PasswordHash(hash.to_string()))
        })
        .await
    }

    /// Whether it is the hash of this password. One that no password matches takes the work of one hash all the same.
    ///
    /// # Errors
    /// None of its own: an I/O error where memory runs out.
    pub async fn verify(&self, password: &str, hash: &PasswordHash) -> Result<bool> {
        if unfit(password).is_some() {
            return Ok(false);
        }
        let params = self.params().map_err(failure)?;
        let known = Known::read(hash);
        blocking(password, move |password| match known {
            Some(Known { algorithm, version, params, salt, output }) => {
                let mut computed = vec![0; output.len()];
                Argon2::new(algorithm, version, params)
                    .hash_password_into(password, &salt, &mut computed)
                    .map_err(io::Error::other)?;
                // `Output` compares in constant time.
                Ok(phc::Output::new(&computed).is_ok_and(|computed| computed == output))
            }
            None => {
                let mut computed = [0; OUTPUT];
                argon2id(params)
                    .hash_password_into(password, &[0; SALT], &mut computed)
                    .map_err(io::Error::other)?;
                black_box(computed);
                Ok(false)
            }
        })
        .await
    }

    /// Whether a hash is to be made anew the next time that its password is known: it was made by another algorithm or
    /// at another cost.
    pub fn needs_rehash(&self, hash: &PasswordHash) -> bool {
        Known::read(hash).is_some_and(|known| {
            known.algorithm != Algorithm::Argon2id
                || known.version != Version::V0x13
                || self.params().ok() != Some(known.params)
        })
    }

    fn params(&self) -> io::Result<Params> {
        Params::new(self.memory, self.iterations, self.parallelism, Some(OUTPUT)).map_err(io::Error::other)
    }
}

fn argon2id(params: Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Why a password is not hashed at all.
fn unfit(password: &str) -> Option<String> {
    if password.is_empty() {
        return Some("is empty".to_owned());
    }
    (password.len() > MAX_BYTES).then(|| format!("has {} bytes, {MAX_BYTES} are allowed", password.len()))
}

/// Works on a password on a blocking thread, as soon as there is a permit. The thread has both until it is done, also
/// where the future is dropped.
async fn blocking<T: Send + 'static>(
    password: &str,
    work: impl FnOnce(&[u8]) -> io::Result<T> + Send + 'static,
) -> Result<T> {
    let password = SecretString::from(password);
    let permit = PERMITS.acquire().await.map_err(failure)?;
    let task = tokio::task::spawn_blocking(move || {
        let result = work(password.expose_secret().as_bytes());
        drop(permit);
        result
    });
    task.await.map_err(failure)?.map_err(failure)
}

/// No memory, no random numbers, no runtime: as an I/O error, which is what they are to a program.
fn failure(error: impl Into<crate::BoxError>) -> Error {
    Error::Database(sqlx::Error::Io(io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(text: &str) -> PasswordHash {
        PasswordHash(text.to_owned())
    }

    fn cheap() -> Hashing {
        Hashing::new(8, 1, 1).unwrap()
    }

    /// RFC 9106, section 5.3.
    #[test]
    fn the_vector_of_the_rfc_passes() {
        let data = argon2::AssociatedData::new(&[4; 12]).unwrap();
        let params = argon2::ParamsBuilder::new().m_cost(32).t_cost(3).p_cost(4).data(data).build().unwrap();
        let argon2 = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
        let mut tag = [0; 32];
        argon2.hash_password_into(&[1; 32], &[2; 16], &mut tag).unwrap();
        let published = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659";
        assert_eq!(data_encoding::HEXLOWER.encode(&tag), published);
    }

    /// Of the reference implementation (`src/test.c` of phc-winner-argon2).
    #[tokio::test]
    async fn hashes_of_the_reference_implementation_are_verified() {
        for hash in [
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=262144,t=2,p=1$c29tZXNhbHQ$eP4eyR+zqlZX1y5xCFTkw9m5GYx0L5YWwvCFvtlbLow",
            "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
        ] {
            let hash = stored(hash);
            assert!(hash.is_usable());
            assert!(cheap().verify("password", &hash).await.unwrap());
            assert!(!cheap().verify("sassword", &hash).await.unwrap());
            assert!(cheap().needs_rehash(&hash));
        }
    }

    #[tokio::test]
    async fn a_hash_is_made_with_the_default_cost_and_a_salt_of_its_own() {
        let hashing = Hashing::default();
        let (one, other) = (hashing.hash("pässword").await.unwrap(), hashing.hash("pässword").await.unwrap());
        assert!(one.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", one.0);
        assert_ne!(one, other);
        for hash in [&one, &other] {
            assert!(hashing.verify("pässword", hash).await.unwrap());
            // The same letters, the umlaut as two characters.
            assert!(!hashing.verify("pa\u{308}ssword", hash).await.unwrap());
            assert!(!hashing.needs_rehash(hash));
            assert!(cheap().needs_rehash(hash));
        }
    }

    #[tokio::test]
    async fn what_is_no_hash_matches_nothing() {
        for hash in [
            "",
            "!",
            "password",
            "pbkdf2_sha256$870000$salt$hash",
            "$argon2id$v=19$m=8,t=1,p=1",
            "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ",
            "$argon2id$v=42$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=4,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=8,t=4294967295,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        ] {
            let hash = stored(hash);
            assert!(!hash.is_usable(), "{}", hash.0);
            assert!(!cheap().needs_rehash(&hash), "{}", hash.0);
            for password in ["!", "password", ""] {
                assert!(!cheap().verify(password, &hash).await.unwrap(), "{}", hash.0);
            }
        }
    }

    #[tokio::test]
    async fn what_is_no_password_is_not_hashed() {
        let longest = "x".repeat(MAX_BYTES);
        let hash = cheap().hash(&longest).await.unwrap();
        assert!(cheap().verify(&longest, &hash).await.unwrap());
        for password in ["", &format!("{longest}x")] {
            assert!(cheap().hash(password).await.is_err());
            assert!(!cheap().verify(password, &hash).await.unwrap());
        }
    }

    #[test]
    fn costs_have_bounds() {
        for (memory, iterations, parallelism, fields) in [
            (7, 1, 1, &["memory"][..]),
            (15, 1, 2, &["memory"]),
            (MAX_MEMORY + 1, 0, 17, &["memory", "iterations", "parallelism"]),
            (u32::MAX, u32::MAX, u32::MAX, &["memory", "iterations", "parallelism"]),
            (0, 0, 0, &["memory", "iterations", "parallelism"]),
        ] {
            let Err(Error::Validation(errors)) = Hashing::new(memory, iterations, parallelism) else {
                panic!("{memory} KiB, {iterations} iterations and {parallelism} lanes are taken");
            };
            assert_eq!(errors.errors().iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), fields);
        }
        assert!(Hashing::new(MAX_MEMORY, MAX_ITERATIONS, MAX_PARALLELISM).is_ok());
    }
}
