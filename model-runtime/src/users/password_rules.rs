//! What a password must be like.

use zxcvbn::feedback::Warning;
use zxcvbn::zxcvbn;

/// The shortest part of a user's data that a password must not contain, in characters.
const PART: usize = 4;

/// The highest strength that there is.
const STRONGEST: u8 = 4;

/// How much of a password is estimated, in characters. It takes zxcvbn half a second to see through 64 signs that stand
/// for letters. A password with a strong beginning is strong.
const ESTIMATED: usize = 32;

/// How much of each of the user's data is looked at, in characters.
const LOOKED_AT: usize = 256;

/// What a password must be like. All that is wrong with one is told at once.
///
/// The default asks for 8 characters, the least of [NIST SP 800-63B] beside a second factor and of OWASP, and lets the
/// estimated strength decide on the rest: it knows common passwords, names, words, dates, keyboard patterns and what is
/// written with `4` for `a`, where rules for upper case and digits know nothing. With a `min_strength` of 3 guessing
/// takes more than 10⁸ attempts: of random characters that is 9.
///
/// ```
/// use model_runtime::users::PasswordRules;
///
/// let rules = PasswordRules::default();
/// assert!(rules.check("correct horse battery staple", &[]).is_empty());
/// assert_eq!(rules.check("jane.doe", &[("email", "jane.doe@example.com")]).len(), 2);
/// assert_eq!(
///     rules.check("123456", &[]),
///     ["has 6 characters, at least 8 are needed", "has digits only", "is a common password"],
/// );
/// ```
///
/// [NIST SP 800-63B]: https://pages.nist.gov/800-63-4/sp800-63b.html
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordRules {
    /// The fewest characters: 8.
    pub min_length: usize,
    /// The most characters: 256. Whatever it is, no password of more than 1024 bytes is taken.
    pub max_length: usize,
    /// The least strength as [zxcvbn] scores it, from 0 (any goes) to 4: 3.
    ///
    /// [zxcvbn]: https://docs.rs/zxcvbn
    pub min_strength: u8,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self { min_length: 8, max_length: 256, min_strength: 3 }
    }
}

impl PasswordRules {
    /// All that is wrong with a password, each to be read after the word `password`. `about` is what is known of its
    /// user, by field: what is part of it, or has a part of it, is refused.
    pub fn check(&self, password: &str, about: &[(&str, &str)]) -> Vec<String> {
        let mut wrong = Vec::new();
        let length = password.chars().count();
        if length < self.min_length {
            wrong.push(format!("has {length} characters, at least {} are needed", self.min_length));
        }
        if length > self.max_length {
            wrong.push(format!("has {length} characters, {} are allowed", self.max_length));
        } else if password.len() > super::password::MAX_BYTES {
            wrong.push(format!("has {} bytes, {} are allowed", password.len(), super::password::MAX_BYTES));
        }
        // Looking through a password of megabytes takes seconds.
        if length > self.max_length || password.len() > super::password::MAX_BYTES {
            return wrong;
        }
        if length > 0 && password.chars().all(char::is_numeric) {
            wrong.push("has digits only".to_owned());
        }
        let resembled = about.iter().filter(|(_, value)| resembles(password, value));
        wrong.extend(resembled.map(|(field, _)| format!("is too similar to {field}")));
        wrong.extend(self.weakness(password, about).map(str::to_owned));
        wrong
    }

    /// Why it is too easy to guess.
    fn weakness(&self, password: &str, about: &[(&str, &str)]) -> Option<&'static str> {
        let known: Vec<String> = about.iter().flat_map(|(_, value)| parts(value)).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let estimate = zxcvbn(beginning(password, ESTIMATED), &known);
        if u8::from(estimate.score()) >= self.min_strength.min(STRONGEST) {
            return None;
        }
        Some(match estimate.feedback().and_then(|feedback| feedback.warning()) {
            Some(
                Warning::ThisIsATop10Password
                | Warning::ThisIsATop100Password
                | Warning::ThisIsACommonPassword,
            ) => "is a common password",
            Some(Warning::ThisIsSimilarToACommonlyUsedPassword) => "is too similar to a common password",
            _ => "is too easy to guess",
        })
    }
}

/// Whether a part of the value is at least half of a text, or the text is a part of it, whatever stands between the
/// letters and digits. (What is less than half is left to the estimate of the strength, which knows the value.)
fn resembles(password: &str, value: &str) -> bool {
    let password = letters_and_digits(password);
    let length = password.chars().count();
    parts(value).any(|part| {
        let half = part.chars().count() * 2 >= length;
        (half && password.contains(&part)) || (length >= PART && part.contains(&password))
    })
}

/// The words of a value, and the value as one word; those that are long enough to tell.
fn parts(value: &str) -> impl Iterator<Item = String> {
    let value = beginning(value, LOOKED_AT);
    let words = value.split(|c: char| !c.is_alphanumeric()).chain([value]).map(letters_and_digits);
    words.filter(|word| word.chars().count() >= PART)
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn beginning(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    const JANE: [(&str, &str); 5] = [
        ("email", "jane.doe@acme-widgets.example.com"),
        ("username", "jdoe_85"),
        ("first_name", "Jané"),
        ("last_name", "Do"),
        ("phone_number", "+31 20 794-6095"),
    ];

    #[test]
    fn good_passwords_pass() {
        for password in [
            "correct horse battery staple",
            "a boat on the Lek",
            "x7#kQ9!zw",
            "Tr0ub4dour&3-Zebra",
            "пароль из пяти слов",
            "a Do is short enough",
            "janus and the doe",
            "call 0794 when hungry",
            "zebra-JANE-crossing-37",
            "acme rhymes with nothing",
        ] {
            assert_eq!(PasswordRules::default().check(password, &JANE), Vec::<String>::new(), "{password}");
        }
    }

    #[test]
    fn common_and_weak_passwords_are_refused() {
        for (password, why) in [
            ("password", "is a common password"),
            ("admin123", "is a common password"),
            ("secure123", "is too easy to guess"),
            ("P@ssw0rd", "is too similar to a common password"),
            ("testpass123", "is too similar to a common password"),
            ("qwertyuiop", "is a common password"),
            ("abcdefghijkl", "is too easy to guess"),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "is too easy to guess"),
            ("        ", "is too easy to guess"),
        ] {
            assert_eq!(PasswordRules::default().check(password, &[]), [why], "{password}");
        }
    }

    #[test]
    fn what_resembles_the_users_data_is_refused() {
        for (password, field) in [
            ("JANE-0815", "email"),
            ("with aCmE", "email"),
            ("wIdGeTs on it", "email"),
            ("J.d.o.e.8.5 ash", "username"),
            ("jané 1234", "first_name"),
            ("call 6095", "phone_number"),
            ("(31) 20.794.60.95 hello", "phone_number"),
            ("Doe@Ac", "email"),
        ] {
            let wrong =
                PasswordRules { min_length: 0, min_strength: 0, ..Default::default() }.check(password, &JANE);
            assert_eq!(wrong, [format!("is too similar to {field}")], "{password}");
        }
    }

    #[test]
    fn every_failure_is_told() {
        let rules = PasswordRules { min_length: 12, ..Default::default() };
        assert_eq!(
            rules.check("12345678", &[("phone_number", "0123 456 789"), ("username", "x12345678x")]),
            [
                "has 8 characters, at least 12 are needed",
                "has digits only",
                "is too similar to phone_number",
                "is too similar to username",
                "is a common password"
            ]
        );
        assert_eq!(
            rules.check("", &JANE),
            ["has 0 characters, at least 12 are needed", "is too easy to guess"]
        );
    }

    #[test]
    fn characters_are_counted_and_bytes_bounded() {
        let rules = PasswordRules { min_length: 9, max_length: 20, min_strength: 0 };
        assert_eq!(rules.check("ééééééééé", &[]), Vec::<String>::new());
        assert_eq!(rules.check("éééééééé", &[]), ["has 8 characters, at least 9 are needed"]);
        assert_eq!(rules.check(&"é".repeat(21), &[]), ["has 21 characters, 20 are allowed"]);
        let rules = PasswordRules { max_length: usize::MAX, ..rules };
        assert_eq!(rules.check(&"é".repeat(513), &[]), ["has 1026 bytes, 1024 are allowed"]);
    }

    /// A strength of its first characters is a strength of the whole.
    #[test]
    fn the_end_of_a_long_password_is_not_estimated() {
        let long = format!("x7#kQ9!zw{}", "4@8({[<3691!|70$5+%2".repeat(40));
        let rules = PasswordRules { max_length: 1000, ..Default::default() };
        assert_eq!(rules.check(&long, &JANE), Vec::<String>::new());
    }
}
