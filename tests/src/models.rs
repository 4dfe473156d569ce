//! The example schema: the guide's models, and one with a field of every type.

use std::net::IpAddr;

use model_runtime::prelude::*;
use model_runtime::schema::SchemaObject;
use model_runtime::{Result, TableDef, schema};
use serde::{Deserialize, Serialize};

/// The guide's blog post, with every capability of the foundation.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "posts", app = "blog", display = title, hooks)]
#[timestamps]
#[soft_delete]
#[publishable]
#[seo(slug = title, title = title, description = content)]
#[index(author_id, created_at(desc))]
pub struct Post {
    /// Post title (required).
    #[column(max_length = 200)]
    pub title: String,
    /// The text.
    pub content: String,
    /// Made from the content when empty.
    #[column(max_length = 500, default)]
    pub excerpt: String,
    /// Who wrote it.
    #[belongs_to(Author, on_delete = protect)]
    pub author_id: Option<Uuid>,
    /// Where it belongs.
    #[belongs_to(Category, on_delete = set_null)]
    pub category_id: Option<Uuid>,
    /// How often it was read.
    #[column(default = 0)]
    pub views_count: i32,
}

impl Hooks for Post {
    fn before_save(&mut self, _: WriteEvent) -> Result<()> {
        if self.excerpt.is_empty() {
            let long = self.content.chars().count() > 500;
            self.excerpt = match long {
                true => self.content.chars().take(497).chain("...".chars()).collect(),
                false => self.content.clone(),
            };
        }
        Ok(())
    }

    fn validate(&self, errors: &mut ValidationErrors) {
        if self.title.trim().is_empty() {
            errors.add("title", "is empty");
        }
    }
}

/// Whoever writes posts.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "authors", app = "blog", display = email)]
#[timestamps]
#[unique("lower(email)", name = "authors_email_key")]
pub struct Author {
    /// The address.
    #[column(max_length = 254)]
    pub email: String,
}

/// The guide's category: neither deletable softly nor published.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(app = "blog", display = name)]
#[timestamps]
pub struct Category {
    /// The name.
    #[column(max_length = 100)]
    pub name: String,
    /// The name in URLs.
    #[column(max_length = 50, unique)]
    pub slug: String,
    /// What it is about.
    #[column(default)]
    pub description: String,
}

/// The guide's task: soft delete alone.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "tasks", id = i64)]
#[soft_delete(column = removed_at)]
pub struct Task {
    /// What to do.
    #[column(unique)]
    pub title: String,
    /// Whether it is done.
    #[column(default = false)]
    pub completed: bool,
}

/// A page of a manual: a tree, a unique constraint on two columns, and indexes of every kind.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "pages", app = "manual", id = i64, display = title)]
#[unique(parent_id, position)]
#[index(title, position(desc), name = "pages_by_title")]
#[index("lower(title)", name = "pages_of_any_case", where = "page_number > 0")]
pub struct Page {
    /// The page that it is part of; it's "the root" where there is none.
    #[belongs_to(Page, on_delete = cascade)]
    pub parent_id: Option<i64>,
    /// Its place among its siblings.
    #[column(name = "page_number", check = "page_number >= 0")]
    pub position: i32,
    /// The heading.
    #[column(max_length = 80, default = "Untitled")]
    pub title: String,
}

/// A choice stored as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ModelEnum)]
pub enum Size {
    /// Small.
    Small,
    /// Extra large.
    #[choice(value = "xl", label = "Extra large")]
    ExtraLarge,
}

/// A newtype over text.
#[derive(Debug, Clone, PartialEq, ModelNewtype)]
pub struct Sku(pub String);

/// A type of the user's, stored as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dimensions {
    /// In millimetres.
    pub width: u32,
    /// In millimetres.
    pub height: u32,
}

/// A field of every type, each also as an `Option`, listed by hand.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "everything", id = v4)]
#[cached(ttl = 600)]
#[allow(missing_docs)]
pub struct Everything {
    pub id: Uuid,
    pub uuid: Uuid,
    pub text: String,
    pub boolean: bool,
    pub small: i16,
    #[column(name = "order")]
    pub integer: i32,
    pub big: i64,
    pub real: f32,
    pub double: f64,
    #[column(precision = 10, scale = 2, check = "price >= 0")]
    pub price: Decimal,
    pub moment: DateTime<Utc>,
    pub day: NaiveDate,
    pub json: serde_json::Value,
    pub dimensions: Json<Dimensions>,
    pub bytes: Vec<u8>,
    pub ip: IpAddr,
    pub size: Size,
    pub sku: Sku,
    pub maybe_uuid: Option<Uuid>,
    pub maybe_text: Option<String>,
    pub maybe_boolean: Option<bool>,
    pub maybe_small: Option<i16>,
    pub maybe_integer: Option<i32>,
    pub maybe_big: Option<i64>,
    pub maybe_real: Option<f32>,
    pub maybe_double: Option<f64>,
    #[column(precision = 18, scale = 6)]
    pub maybe_price: Option<Decimal>,
    pub maybe_moment: Option<DateTime<Utc>>,
    pub maybe_day: Option<NaiveDate>,
    pub maybe_json: Option<serde_json::Value>,
    pub maybe_dimensions: Option<Json<Dimensions>>,
    pub maybe_bytes: Option<Vec<u8>>,
    pub maybe_ip: Option<IpAddr>,
    pub maybe_size: Option<Size>,
    pub maybe_sku: Option<Sku>,
}

impl Everything {
    /// A row with plain values, and `None` where it may be.
    pub fn sample() -> Self {
        Self {
            id: Uuid::new_v4(),
            uuid: Uuid::from_u128(1),
            text: "text".to_owned(),
            boolean: true,
            small: 1,
            integer: 2,
            big: 3,
            real: 0.5,
            double: 0.25,
            price: Decimal::new(1050, 2),
            moment: DateTime::from_timestamp_micros(1_700_000_000_000_000).unwrap_or_default(),
            day: NaiveDate::from_ymd_opt(2024, 2, 29).unwrap_or_default(),
            json: serde_json::json!({ "a": 1 }),
            dimensions: Json(Dimensions { width: 10, height: 20 }),
            bytes: vec![1, 2, 3],
            ip: IpAddr::from([127, 0, 0, 1]),
            size: Size::Small,
            sku: Sku("S-1".to_owned()),
            maybe_uuid: None,
            maybe_text: None,
            maybe_boolean: None,
            maybe_small: None,
            maybe_integer: None,
            maybe_big: None,
            maybe_real: None,
            maybe_double: None,
            maybe_price: None,
            maybe_moment: None,
            maybe_day: None,
            maybe_json: None,
            maybe_dimensions: None,
            maybe_bytes: None,
            maybe_ip: None,
            maybe_size: None,
            maybe_sku: None,
        }
    }
}

/// All tables of the example schema.
pub fn tables() -> Vec<&'static TableDef> {
    let own = [
        Post::table(),
        Author::table(),
        Category::table(),
        Task::table(),
        Page::table(),
        Everything::table(),
        crate::searched::Essay::table(),
    ];
    own.into_iter().chain(crate::recorded::tables()).collect()
}

/// Everything that the schema wants of a database.
pub fn objects(dialect: Dialect) -> Vec<SchemaObject> {
    tables().into_iter().flat_map(|table| schema::objects(table, dialect)).collect()
}
