//! The categories and tags that imported posts are filed under, found or made by the names in their front matter.

use std::collections::HashMap;

use examples::blog::{Category, Tag};
use model_runtime::prelude::*;
use model_runtime::{Result, Transaction};

use crate::document::Document;

/// The categories and the tags by their names, in whose letters case makes no difference: the first spelling stays.
pub struct Topics {
    categories: HashMap<String, Category>,
    tags: HashMap<String, Tag>,
}

/// What one document is filed under.
pub struct Filing {
    pub category: Option<Category>,
    pub tags: Vec<Tag>,
}

impl Filing {
    /// The key of the category.
    pub fn category_id(&self) -> Option<Uuid> {
        self.category.as_ref().map(|category| category.id)
    }
}

impl Topics {
    /// Reads them.
    pub async fn known(db: &Pool) -> Result<Self> {
        let mut topics = Self { categories: HashMap::new(), tags: HashMap::new() };
        for category in Category::objects().fetch_all(db).await? {
            topics.categories.insert(category.name.to_lowercase(), category);
        }
        topics.learn_tags(Tag::objects().fetch_all(db).await?);
        Ok(topics)
    }

    /// Whether nothing would have to be made for the document.
    pub fn know(&self, document: &Document) -> bool {
        let category =
            document.category.iter().all(|name| self.categories.contains_key(&name.to_lowercase()));
        category && document.tags.iter().all(|name| self.tags.contains_key(&name.to_lowercase()))
    }

    /// What the document is filed under, as far as it is there.
    pub fn find(&self, document: &Document) -> Filing {
        let category = document.category.as_ref().and_then(|name| self.categories.get(&name.to_lowercase()));
        let mut filing = Filing { category: category.cloned(), tags: Vec::new() };
        for tag in document.tags.iter().filter_map(|name| self.tags.get(&name.to_lowercase())) {
            if filing.tags.iter().all(|other| other.id != tag.id) {
                filing.tags.push(tag.clone());
            }
        }
        filing
    }

    /// What the document is filed under; makes what is missing. [`learn`](Self::learn) it when that is committed.
    pub async fn find_or_make(&self, document: &Document, db: &mut Transaction<'_>) -> Result<Filing> {
        let mut filing = self.find(document);
        if let (Some(name), None) = (&document.category, &filing.category) {
            filing.category = Some(Category::builder().name(name.as_str()).create(&mut *db).await?);
        }
        for name in &document.tags {
            let key = name.to_lowercase();
            let is_there = filing.tags.iter().any(|tag| tag.name.to_lowercase() == key);
            if !is_there {
                filing.tags.push(Tag::builder().name(name.as_str()).create(&mut *db).await?);
            }
        }
        Ok(filing)
    }

    /// Takes in what was made for a document.
    pub fn learn(&mut self, filing: Filing) {
        if let Some(category) = filing.category {
            self.categories.insert(category.name.to_lowercase(), category);
        }
        self.learn_tags(filing.tags);
    }

    fn learn_tags(&mut self, tags: Vec<Tag>) {
        self.tags.extend(tags.into_iter().map(|tag| (tag.name.to_lowercase(), tag)));
    }
}
