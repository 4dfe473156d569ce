//! Errors, collected, and what helps to mend them.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;

/// The errors found so far. Every stage adds to them and goes on.
#[derive(Default)]
pub struct Errors(Option<syn::Error>);

impl Errors {
    /// Adds an error.
    pub fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Adds an error at a place.
    pub fn at(&mut self, tokens: &impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error at a span.
    pub fn at_span(&mut self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, message));
    }

    /// The value, or its errors added; those without a place of their own at `tokens`.
    pub fn take<T>(&mut self, tokens: &impl Spanned, result: darling::Result<T>) -> Option<T> {
        let errors = match result {
            Ok(value) => return Some(value),
            Err(error) => error.flatten(),
        };
        for error in errors {
            let span = error.explicit_span().unwrap_or_else(|| tokens.span());
            self.at_span(span, plain(&syn::Error::from(error).to_string()));
        }
        None
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.iter().flatten().count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The compiler's errors.
    pub fn to_compile_error(&self) -> TokenStream {
        self.0.as_ref().map(syn::Error::to_compile_error).unwrap_or_default()
    }
}

/// What darling says, in the words of the other errors.
fn plain(message: &str) -> String {
    const WORDS: [(&str, &str); 8] = [
        ("Unknown field: ", "unknown key "),
        (". Did you mean ", "; did you mean "),
        (". Available values: ", "; there are "),
        ("Missing field ", "missing key "),
        ("Duplicate field ", "duplicate key "),
        ("Unexpected type ", "the value cannot be a "),
        ("Unexpected meta-item format `word`", "a value is missing: write `key = value`"),
        ("Unexpected meta-item format ", "write `key = value` or `key`, not a "),
    ];
    WORDS.iter().fold(message.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
}

/// `; did you mean …?` for a name near one of `names`, or the names there are.
pub fn suggestion<'n>(name: &str, names: impl IntoIterator<Item = &'n str> + Clone) -> String {
    let near = names
        .clone()
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((_, near)) => format!("; did you mean `{near}`?"),
        None => {
            let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
            format!("; there are {}", names.join(", "))
        }
    }
}
