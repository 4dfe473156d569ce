//! Enums stored as text.

use crate::FieldType;

/// An enum that is stored as text. Derive it: `#[derive(ModelEnum)]`.
///
/// ```
/// use model_runtime::prelude::*;
///
/// #[derive(Debug, Clone, Copy, PartialEq, ModelEnum)]
/// enum Size {
///     Small,
///     #[choice(value = "xl", label = "Extra large")]
///     ExtraLarge,
/// }
///
/// assert_eq!(Size::Small.as_str(), "small");
/// assert_eq!(Size::ExtraLarge.label(), "Extra large");
/// assert_eq!("xl".parse::<Size>().unwrap(), Size::ExtraLarge);
/// assert_eq!("medium".parse::<Size>().unwrap_err().to_string(), "\"medium\" is no Size: expected small or xl");
/// ```
pub trait ModelEnum: FieldType + std::fmt::Display + std::str::FromStr<Err = UnknownChoice> {
    /// All variants, in order.
    const VARIANTS: &'static [Self];

    /// The text that is stored.
    fn as_str(&self) -> &'static str;

    /// The text for people.
    fn label(&self) -> &'static str;
}

/// A text that is no variant of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownChoice {
    name: &'static str,
    text: String,
    choices: &'static [&'static str],
}

impl UnknownChoice {
    #[doc(hidden)]
    pub fn new(name: &'static str, text: &str, choices: &'static [&'static str]) -> Self {
        Self { name, text: text.to_owned(), choices }
    }
}

impl std::fmt::Display for UnknownChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} is no {}: expected {}", self.text, self.name, self.choices.join(" or "))
    }
}

impl std::error::Error for UnknownChoice {}
