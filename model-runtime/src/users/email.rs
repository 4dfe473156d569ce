//! E-mail addresses, as they are stored and compared (rule 25).
//!
//! An address is stored as the user typed it, but for white space around it and its domain, which is in lower case and in
//! ASCII (UTS 46, `münchen.de` is `xn--mnchen-3ya.de`). All that is stored is ASCII, so addresses are compared by
//! `lower(email)`, with the same result on every database.
//!
//! Refused, though RFC 5322 has them: quoted local parts (`"jane"@example.com` is `jane@example.com` by another name),
//! comments, display names, IP addresses and single labels as domains. The local part is ASCII: mail for others is rare,
//! and what looks like another's address is not.

use email_address::{EmailAddress, Error, Options};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_security::{RestrictionLevel, RestrictionLevelDetection, skeleton};

/// The longest address: what fits into a path of RFC 5321.
const MAX_LENGTH: usize = 254;

/// The address as it is stored.
///
/// ```
/// use model_runtime::users::email::normalize;
///
/// assert_eq!(normalize(" Jane.Doe@EXAMPLE.com ").unwrap(), "Jane.Doe@example.com");
/// assert_eq!(normalize("info@Bücher.example").unwrap(), "info@xn--bcher-kva.example");
/// assert_eq!(normalize("jane@аpple.com").unwrap_err(), "has a domain that looks like `apple.com` and is another");
/// ```
///
/// # Errors
/// Why it is no address that can be stored; it reads on after the field's name.
pub fn normalize(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    // Before anything takes time: a longer one does not become shorter in ASCII, but for characters that are nothing.
    fits(text)?;
    let (local, domain) = text.rsplit_once('@').ok_or("is no e-mail address: it has no @")?;
    if !local.is_ascii() {
        return Err("has characters before the @ that are not ASCII".to_owned());
    }
    if local.contains('"') {
        return Err("has quotation marks before the @; write the address without them".to_owned());
    }
    let address = format!("{local}@{}", ascii_domain(domain)?);
    fits(&address)?;
    let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
    EmailAddress::parse_with_options(&address, options).map_err(explain)?;
    Ok(address)
}

fn fits(text: &str) -> Result<(), String> {
    match text.chars().count() {
        0..=MAX_LENGTH => Ok(()),
        length => Err(format!("has {length} characters, {MAX_LENGTH} are allowed")),
    }
}

/// Why a text may not stand in the column: it is no address, or not in the stored form.
///
/// ```
/// use model_runtime::users::email::refuse;
///
/// assert_eq!(refuse("jane@example.com"), None);
/// assert!(refuse("jane@EXAMPLE.com").unwrap().contains("is stored as `jane@example.com`"));
/// ```
pub fn refuse(text: &str) -> Option<String> {
    match normalize(text) {
        Ok(stored) if stored == text => None,
        Ok(stored) => Some(format!("is stored as `{stored}`; pass it through `email::normalize` first")),
        Err(why) => Some(why),
    }
}

/// What an address is looked up by. Empty where it is none: that is nobody's.
pub(crate) fn key(text: &str) -> String {
    normalize(text).unwrap_or_default().to_ascii_lowercase()
}

/// The domain in lower case and ASCII. Looks at its Unicode form also where it was typed as Punycode.
fn ascii_domain(domain: &str) -> Result<String, String> {
    let invalid = || "has no valid domain after the @".to_owned();
    let uts46 = Uts46::new();
    let ascii = uts46
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .map_err(|_| invalid())?;
    let (unicode, valid) = uts46.to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    valid.map_err(|_| invalid())?;
    if let Some(other) = looks_like(&unicode) {
        return Err(format!("has a domain that looks like `{other}` and is another"));
    }
    // Where browsers, too, show Punycode: Latin beside Cyrillic or Greek, signs that are in no script.
    if !unicode.split('.').all(|label| label.check_restriction_level(RestrictionLevel::HighlyRestrictive)) {
        return Err("has a domain that mixes scripts or has signs that are no letters".to_owned());
    }
    if ascii.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err("has an IP address for a domain".to_owned());
    }
    Ok(ascii.into_owned())
}

/// The domain that this one is taken for (the skeletons of UTS 39), where one of its labels looks all ASCII and is not.
fn looks_like(domain: &str) -> Option<String> {
    let deceives = |label: &str| !label.is_ascii() && shape(label).is_ascii();
    domain.split('.').any(deceives).then(|| shape(domain))
}

/// A text with its ASCII letters, and the others as what they look like. (A skeleton changes ASCII too: `m` to `rn`.)
fn shape(text: &str) -> String {
    let mut shape = String::with_capacity(text.len());
    for part in text.split_inclusive(|c: char| c.is_ascii()) {
        match part.char_indices().next_back() {
            Some((at, last)) if last.is_ascii() => shape.extend(skeleton(&part[..at]).chain([last])),
            _ => shape.extend(skeleton(part)),
        }
    }
    shape
}

fn explain(error: Error) -> String {
    match error {
        Error::LocalPartEmpty => "has nothing before the @".to_owned(),
        Error::LocalPartTooLong => "has more than 64 characters before the @".to_owned(),
        Error::DomainTooFew => "has a domain without a dot".to_owned(),
        _ => "is no e-mail address: it has a character that cannot stand there".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_domain_is_changed() {
        for (typed, stored) in [
            ("Jane.Doe+Shop@EXAMPLE.Com", "Jane.Doe+Shop@example.com"),
            ("\u{a0} jane@example.com\t", "jane@example.com"),
            ("jane@ｅxample.com", "jane@example.com"),
            ("jane@exam\u{ad}ple.com", "jane@example.com"),
            ("jane@example。com", "jane@example.com"),
            ("jane@BÜCHER.example", "jane@xn--bcher-kva.example"),
            ("jane@xn--bcher-kva.example", "jane@xn--bcher-kva.example"),
            ("jane@例え.jp", "jane@xn--r8jz45g.jp"),
            ("jane@почта.рф", "jane@xn--80a1acny.xn--p1ai"),
            ("o'neil@sub.example.co.uk", "o'neil@sub.example.co.uk"),
        ] {
            assert_eq!(normalize(typed).as_deref(), Ok(stored), "{typed}");
            assert_eq!(refuse(stored), None, "{stored}");
            assert_eq!(refuse(typed).is_none(), typed == stored, "{typed}");
            assert_eq!(key(typed), stored.to_lowercase());
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long =
            format!("{}@{}.com", "a".repeat(64), ["b".repeat(63), "c".repeat(63), "d".repeat(60)].join("."));
        let grows = format!("{}@{}.com", "a".repeat(64), ["ü"; 22].join("b."));
        for (typed, why) in [
            ("", "is empty"),
            (" \n", "is empty"),
            ("jane", "no @"),
            ("jane.example.com", "no @"),
            ("@example.com", "nothing before the @"),
            ("jane@", "no valid domain"),
            ("jane@localhost", "without a dot"),
            ("jane@example..com", "no valid domain"),
            ("jane@.example.com", "no valid domain"),
            ("jane@example.com.", "no valid domain"),
            ("jane@-example.com", "no valid domain"),
            ("jane@exa_mple.com", "no valid domain"),
            ("jane@[192.0.2.1]", "no valid domain"),
            ("jane@[IPv6:2001:db8::1]", "no valid domain"),
            ("jane@192.0.2.1", "an IP address"),
            ("jane@1９2.0.2.１", "an IP address"),
            (".jane@example.com", "a character that cannot stand there"),
            ("jane..doe@example.com", "a character that cannot stand there"),
            ("jane doe@example.com", "a character that cannot stand there"),
            ("jane\u{0}@example.com", "a character that cannot stand there"),
            ("jane\r\nBcc:x@example.com", "a character that cannot stand there"),
            ("jane(work)@example.com", "a character that cannot stand there"),
            ("a@b@example.com", "a character that cannot stand there"),
            ("Jane <jane@example.com>", "no valid domain"),
            ("<jane@example.com>", "no valid domain"),
            ("\"jane\"@example.com", "quotation marks"),
            (&long_local, "more than 64"),
            (&long, "has 257 characters, 254 are allowed"),
            (&grows, "254 are allowed"),
        ] {
            let refusal = refuse(typed).unwrap_or_else(|| panic!("{typed:?} is accepted"));
            assert!(refusal.contains(why), "{typed:?}: {refusal}");
            assert_eq!(key(typed), "");
        }
    }

    #[test]
    fn look_alikes_are_refused() {
        for (typed, why) in [
            ("jane@аррӏе.com", "looks like `apple.com`"),
            ("jane@xn--80ak6aa92e.com", "looks like `apple.com`"),
            ("jane@mail.gıthub.com", "looks like `mail.github.com`"),
            ("jane@micrоsoft.com", "looks like `microsoft.com`"),
            ("jane@exаmplé.com", "mixes scripts"),
            ("jane@i❤.example", "signs that are no letters"),
            ("jаne@example.com", "before the @"),
            ("jıne@example.com", "before the @"),
            ("ｊane@example.com", "before the @"),
            ("jane\u{200b}@example.com", "before the @"),
        ] {
            let refusal = normalize(typed).expect_err(typed);
            assert!(refusal.contains(why), "{typed:?}: {refusal}");
        }
    }
}
