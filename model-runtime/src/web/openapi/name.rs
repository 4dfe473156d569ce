//! What the schemas and the operations of a view set are called.

use crate::web::viewset::Action;

/// What the schemas of a view set are called behind its name.
const SCHEMAS: [&str; 5] = ["", "Page", "Create", "Replace", "Patch"];

/// The name of a view set in a document.
#[derive(Debug, Clone)]
pub(super) struct Name {
    model: &'static str,
    path: &'static str,
    words: Vec<String>,
}

impl Name {
    /// A name beside those that are known. The first view set of a model has the model's; a further one has it with what its path
    /// has and that of the first has not: `/api/posts` and `/api/drafts` are `Post` and `PostDrafts`.
    pub(super) fn new(model: &'static str, path: &'static str, known: &[Self]) -> Self {
        let mut name = Self { model, path, words: Vec::new() };
        if let Some(first) = known.iter().find(|known| known.model == model) {
            name.words = besides(&words(path), &words(first.path));
        }
        let own = name.words.clone();
        for number in 2_usize.. {
            if !known.iter().any(|known| known.clashes(&name)) {
                break;
            }
            name.words = [own.as_slice(), &[number.to_string()]].concat();
        }
        name
    }

    /// Whether a schema of the one is called as a schema of the other.
    fn clashes(&self, other: &Self) -> bool {
        let of = |name: &Self| SCHEMAS.map(|suffix| name.schema(suffix));
        let others = of(other);
        of(self).iter().any(|schema| others.contains(schema))
    }

    /// Of one of its schemas: `PostDraftsPage`.
    pub(super) fn schema(&self, suffix: &str) -> String {
        let words = self.words.iter().map(|word| [&word[..1].to_ascii_uppercase(), &word[1..]].concat());
        [self.model.to_owned(), words.collect(), suffix.to_owned()].concat()
    }

    /// Of the same schema of the model's first view set.
    pub(super) fn first_schema(&self, suffix: &str) -> String {
        [self.model, suffix].concat()
    }

    /// Of one of its operations: `post_drafts_list`.
    pub(super) fn operation(&self, action: Action) -> String {
        let (model, action) = (self.model.to_lowercase(), format!("{action:?}").to_lowercase());
        [&[model], self.words.as_slice(), &[action]].concat().join("_")
    }
}

fn words(path: &str) -> Vec<String> {
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect()
}

/// What the first has between the start and the end that both have.
fn besides(words: &[String], others: &[String]) -> Vec<String> {
    let start = words.iter().zip(others).take_while(|(word, other)| word == other).count();
    let (words, others) = (&words[start..], &others[start..]);
    let end = words.iter().rev().zip(others.iter().rev()).take_while(|(word, other)| word == other).count();
    words[..words.len() - end].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_view_set_has_a_name_of_its_own() {
        let mut known = Vec::new();
        for (model, path, schema, operation) in [
            ("Post", "/api/posts", "PostPage", "post_list"),
            ("Post", "/api/drafts", "PostDraftsPage", "post_drafts_list"),
            ("Post", "/api/me/posts", "PostMePage", "post_me_list"),
            ("Post", "/api/v2/all-drafts", "PostV2AllDraftsPage", "post_v2_all_drafts_list"),
            ("Post", "/{tenant}/drafts", "PostTenantDraftsPage", "post_tenant_drafts_list"),
            ("Post", "/api/posts/drafts", "PostDrafts2Page", "post_drafts_2_list"),
            ("Post", "/api", "Post2Page", "post_2_list"),
            ("Tag", "/api/tags", "TagPage", "tag_list"),
            ("PostMe", "/api/me", "PostMe2Page", "postme_2_list"),
            ("Post", "/api/page", "PostPage2Page", "post_page_2_list"),
            ("Wiki", "/api/wikis", "WikiPage", "wiki_list"),
            ("WikiPage", "/api/wiki-pages", "WikiPage2Page", "wikipage_2_list"),
        ] {
            let name = Name::new(model, path, &known);
            assert_eq!(
                (&*name.schema("Page"), &*name.operation(Action::List)),
                (schema, operation),
                "{path}"
            );
            known.push(name);
        }
    }
}
