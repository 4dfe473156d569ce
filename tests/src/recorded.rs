//! Models whose writes are recorded.

use std::net::IpAddr;

use model_runtime::TableDef;
use model_runtime::prelude::*;

use crate::models::{Dimensions, Size, Sku};

/// An article with every capability.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "articles", app = "news", display = title)]
#[timestamps]
#[soft_delete]
#[publishable]
#[seo(slug = title, title = title)]
#[track_changes(keep = 5)]
#[audited]
pub struct Article {
    /// The title.
    #[column(max_length = 400)]
    pub title: String,
    /// The text.
    #[column(default)]
    pub content: String,
    /// How often it was read.
    #[column(default = 0)]
    pub views: i32,
    /// What it costs to read.
    #[column(precision = 10, scale = 2)]
    pub price: Option<Decimal>,
    /// Of no interest later.
    #[track(skip)]
    #[column(default)]
    pub draft_notes: String,
    /// Opens it to a reader; masked by its name.
    #[column(default)]
    pub access_token: String,
}

/// A note that keeps its own log alone, all of it.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "notes", app = "news")]
#[track_changes]
pub struct Note {
    /// The text.
    pub text: String,
}

/// A booking that is audited alone: a key made by the database, and no soft delete.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "bookings", app = "news", id = i64, display = amount)]
#[audited]
pub struct Booking {
    /// The account.
    #[column(unique)]
    pub account: String,
    /// How much.
    #[column(precision = 12, scale = 2)]
    pub amount: Decimal,
}

/// A secret that nobody changes without a name.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "vaults", app = "news", display = password)]
#[track_changes(keep = 3)]
#[audited(require_actor)]
pub struct Vault {
    /// What it opens with; masked by its name.
    pub password: String,
    /// Masked by its attribute.
    #[track(mask)]
    pub pin: Option<i32>,
    /// Not masked, for all its name.
    #[track(full)]
    #[column(default)]
    pub token_count: i32,
}

/// An entry with every capability, whose log keeps all.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "entries", app = "news", display = title, unchecked)]
#[timestamps]
#[soft_delete]
#[publishable]
#[seo(slug = title)]
#[track_changes]
#[audited]
pub struct Entry {
    /// The title.
    pub title: String,
    /// A number that many entries share.
    #[column(default = 0)]
    pub number: i64,
    /// A price.
    #[column(precision = 10, scale = 2)]
    pub price: Option<Decimal>,
    /// Of no interest later.
    #[track(skip)]
    #[column(default)]
    pub notes: String,
}

/// A comment on an article: a reference, and what is masked by its name.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "comments", app = "news", id = i64, display = text, unchecked)]
#[track_changes]
#[audited]
pub struct Comment {
    /// What it is about.
    #[belongs_to(Article, on_delete = protect)]
    pub article_id: Option<Uuid>,
    /// The text.
    pub text: String,
    /// Masked.
    #[column(default)]
    pub client_secret: String,
    /// Masked.
    pub api_token: Option<String>,
    /// Masked.
    #[column(default)]
    pub password_hash: String,
}

/// A safe with every capability that nobody touches without a name.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "safes", app = "news", display = name, unchecked)]
#[timestamps]
#[soft_delete]
#[publishable]
#[track_changes]
#[audited(require_actor)]
pub struct Safe {
    /// Its name.
    pub name: String,
}

/// A field of every type, each also as an `Option`.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "any_values", app = "news", unchecked)]
#[track_changes]
#[audited]
#[allow(missing_docs)]
pub struct AnyValue {
    pub uuid: Uuid,
    pub text: String,
    pub boolean: bool,
    pub small: i16,
    #[column(name = "order")]
    pub integer: i32,
    pub big: i64,
    pub real: f32,
    pub double: f64,
    #[column(precision = 10, scale = 2)]
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

impl AnyValue {
    /// A row with plain values, and `None` where it may be.
    pub fn sample() -> Self {
        let plain = crate::models::Everything::sample();
        Self {
            id: Uuid::new_v4(),
            change_log: ChangeLog::default(),
            uuid: plain.uuid,
            text: plain.text,
            boolean: plain.boolean,
            small: plain.small,
            integer: plain.integer,
            big: plain.big,
            real: plain.real,
            double: plain.double,
            price: plain.price,
            moment: plain.moment,
            day: plain.day,
            json: plain.json,
            dimensions: plain.dimensions,
            bytes: plain.bytes,
            ip: plain.ip,
            size: plain.size,
            sku: plain.sku,
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

/// Their tables, and the audit log.
pub fn tables() -> Vec<&'static TableDef> {
    vec![
        Article::table(),
        Comment::table(),
        Note::table(),
        Booking::table(),
        Vault::table(),
        AuditLog::table(),
    ]
}

/// Makes the tables.
pub async fn create_tables(db: &Pool) {
    model_runtime::schema::create_tables(&tables(), db).await.expect("the tables are made");
}

/// A contract with every capability that somebody may have changed in the meantime.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "contracts", app = "news", display = title, unchecked)]
#[timestamps]
#[soft_delete]
#[publishable]
#[seo(slug = title)]
#[track_changes]
#[audited]
#[versioned]
pub struct Contract {
    /// The title.
    pub title: String,
    /// How much.
    #[column(default = 0)]
    pub amount: i64,
}

/// The same without records, and with a key of the database's.
#[mixins]
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "leases", app = "news", id = i64, unchecked)]
#[soft_delete]
#[versioned]
pub struct Lease {
    /// The title.
    pub title: String,
    /// How much.
    #[column(default = 0)]
    pub amount: i64,
}
