//! `/api/categories/` and `/api/tags/`: who has the permissions of their models changes them.

use model_runtime::web::ViewSet;

use crate::blog::{Category, Tag};

pub(super) fn categories() -> ViewSet<Category> {
    ViewSet::<Category>::new("/api/categories")
        .filter(|c| (c.name, c.slug))
        .search(|c| (c.name, c.description))
        .order(|c| (c.name, c.created_at))
        .read_only(|c| c.slug)
}

pub(super) fn tags() -> ViewSet<Tag> {
    ViewSet::<Tag>::new("/api/tags")
        .filter(|t| (t.name, t.slug))
        .search(|t| t.name)
        .order(|t| (t.name, t.created_at))
        .read_only(|t| t.slug)
}
