//! What products are filed under.

use model_runtime::prelude::*;

use super::refuse_empty;

/// A part of the shop.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "product_categories", app = "shop", display = name, hooks)]
#[timestamps]
#[seo(slug = name)]
#[audited]
pub struct Category {
    /// The name.
    #[column(max_length = 100, unique)]
    pub name: String,
}

impl Hooks for Category {
    fn validate(&self, errors: &mut ValidationErrors) {
        refuse_empty("name", &self.name, "give the category one", errors);
    }
}
