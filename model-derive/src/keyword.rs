//! Arguments that are one of a few words: `id = v7`, `on_delete = protect`.

use syn::Expr;

use crate::diagnostics::suggestion;

/// The word that an expression is, as one of `words`.
pub fn word<T: Copy>(expr: &Expr, words: &[(&str, T)]) -> darling::Result<T> {
    let found = match expr {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    };
    let known = words.iter().find(|(word, _)| found.as_deref() == Some(word));
    known.map(|(_, value)| *value).ok_or_else(|| {
        let near = suggestion(found.as_deref().unwrap_or_default(), words.iter().map(|(word, _)| *word));
        let what =
            found.map_or_else(|| "expected a word".to_owned(), |found| format!("unknown word `{found}`"));
        darling::Error::custom(format!("{what}{near}")).with_span(expr)
    })
}

/// Implements `FromMeta` for an enum of words.
macro_rules! keywords {
    ($ty:ident: $($word:literal => $variant:ident),+) => {
        impl darling::FromMeta for $ty {
            fn from_expr(expr: &syn::Expr) -> darling::Result<Self> {
                $crate::keyword::word(expr, &[$(($word, Self::$variant)),+])
            }
        }
    };
}
pub(crate) use keywords;
