//! The users whom imported posts belong to, made from the names that the posts are signed with.

use std::collections::{HashMap, HashSet};

use model_runtime::prelude::*;
use model_runtime::users::User;
use model_runtime::{Result, Transaction};

use crate::document::{Document, tidy};

/// The domain of the addresses that are made up here. RFC 2606 reserves `.invalid`: no mail can arrive there, so nobody
/// can have a password sent to such an address.
const DOMAIN: &str = "authors.invalid";

/// The longest part of an address before the @ (RFC 5321), but for a number of up to three digits behind it.
const LOCAL_PART: usize = 64 - 4;

/// Whom posts belong to that nobody signed.
const NOBODY: &str = "Anonymous";

/// The users by their usernames, which are the names that posts are signed with, and all addresses that are taken.
pub struct Authors {
    by_name: HashMap<String, Uuid>,
    emails: HashSet<String>,
}

impl Authors {
    /// Reads them.
    pub async fn known(db: &mut Transaction<'_>) -> Result<Self> {
        let users = User::objects().values(|user| (user.id, user.username, user.email)).fetch_all(db).await?;
        let emails = users.iter().map(|(_, _, email)| email.to_lowercase()).collect();
        let by_name = users.into_iter().filter_map(|(id, name, _)| Some((name?, id))).collect();
        Ok(Self { by_name, emails })
    }

    /// The user of the first name on a document. All who signed it become users.
    pub async fn of(&mut self, document: &Document, db: &mut Transaction<'_>) -> Result<Uuid> {
        let mut first = None;
        for name in names(document) {
            let id = self.named(&name, db).await?;
            first.get_or_insert(id);
        }
        match first {
            Some(id) => Ok(id),
            None => self.named(NOBODY, db).await,
        }
    }

    async fn named(&mut self, name: &str, db: &mut Transaction<'_>) -> Result<Uuid> {
        if let Some(id) = self.by_name.get(name) {
            return Ok(*id);
        }
        let (first_name, last_name) = name.split_once(' ').unwrap_or((name, ""));
        let email = self.free_email(name);
        let user = User::builder()
            .email(email.as_str())
            .username(name.to_owned())
            .first_name(first_name)
            .last_name(last_name)
            .build();
        let user = User::manager().create_user(user, None, db).await?;
        self.emails.insert(email);
        self.by_name.insert(name.to_owned(), user.id);
        Ok(user.id)
    }

    /// An address made of the name, with a number where names differ in nothing that an address can tell.
    fn free_email(&self, name: &str) -> String {
        let mut start = slug::slugify(name);
        start.truncate(LOCAL_PART);
        let start = match start.trim_end_matches('-') {
            "" => "author",
            start => start,
        };
        let mut email = format!("{start}@{DOMAIN}");
        let mut number = 2;
        while self.emails.contains(&email) {
            email = format!("{start}-{number}@{DOMAIN}");
            number += 1;
        }
        email
    }
}

/// The names on a document, without the white space that makes no difference.
fn names(document: &Document) -> impl Iterator<Item = String> {
    document.authors.iter().filter_map(|name| tidy(name))
}

#[cfg(test)]
mod tests {
    use model_runtime::users;

    use super::*;

    #[test]
    fn addresses_are_valid_and_of_one_user_each() {
        let mut authors = Authors { by_name: HashMap::new(), emails: HashSet::new() };
        let long = "A working group ".repeat(9);
        for (name, email) in [
            ("Ines Okafor", "ines-okafor@authors.invalid"),
            ("ines okafor", "ines-okafor-2@authors.invalid"),
            ("Inès Okafor", "ines-okafor-3@authors.invalid"),
            ("Tomáš Šedovič", "tomas-sedovic@authors.invalid"),
            ("谭美", "tan-mei@authors.invalid"),
            ("!?", "author@authors.invalid"),
            (&long, "a-working-group-a-working-group-a-working-group-a-working-gr@authors.invalid"),
            (&long[2..], "working-group-a-working-group-a-working-group-a-working-grou@authors.invalid"),
        ] {
            let made = authors.free_email(name);
            assert_eq!(made, email);
            assert_eq!(users::email::normalize(&made).as_deref(), Ok(email));
            authors.emails.insert(made);
        }
    }
}
