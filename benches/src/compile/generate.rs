//! The generated crate: a program of models, each in a file of its own. Ours prints the schema of its models.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::Result;

use super::{Variant, workspace};

/// Its name.
pub const NAME: &str = "generated";

/// A field: its name, its Rust type, and Diesel's.
type Field = (&'static str, &'static str, &'static str);

/// Fields that every model has beside its key, where it has no capabilities or is large.
const FIELDS: &[Field] = &[
    ("title", "String", "Text"),
    ("body", "String", "Text"),
    ("summary", "Option<String>", "Nullable<Text>"),
    ("owner_id", "Uuid", "Uuid"),
    ("parent_id", "Option<Uuid>", "Nullable<Uuid>"),
    ("views_count", "i32", "Integer"),
    ("total", "i64", "BigInt"),
    ("rating", "f64", "Double"),
    ("visible", "bool", "Bool"),
    ("starts_at", "DateTime<Utc>", "Timestamptz"),
    ("data", "serde_json::Value", "Jsonb"),
];

/// The fields that all capabilities add, the key not counted.
const ADDED: usize = 9;

/// A crate.
pub struct Crate {
    /// What its models are.
    pub variant: Variant,
    /// How many.
    pub models: usize,
    /// Whether the first model is in its other form: one field has another name.
    pub edited: bool,
}

impl Crate {
    /// Whether its statements are checked against a database.
    pub fn is_checked(&self) -> bool {
        matches!(self.variant, Variant::CapabilitiesChecked | Variant::LargeChecked)
    }

    fn has_capabilities(&self) -> bool {
        use Variant::{Capabilities, CapabilitiesChecked, Large, LargeChecked};
        matches!(self.variant, Capabilities | CapabilitiesChecked | Large | LargeChecked)
    }

    fn is_model(&self) -> bool {
        self.has_capabilities() || self.variant == Variant::Model
    }

    fn own_fields(&self) -> &'static [Field] {
        match self.variant {
            Variant::Capabilities | Variant::CapabilitiesChecked => &FIELDS[..2],
            _ => FIELDS,
        }
    }

    /// Fields of each model, with its key and those of its capabilities.
    pub fn fields(&self) -> usize {
        1 + self.own_fields().len() + if self.has_capabilities() { ADDED } else { 0 }
    }

    /// Writes all of it.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let source = folder.join("src");
        fs::create_dir_all(&source)?;
        fs::write(folder.join("Cargo.toml"), self.manifest())?;
        let build = if self.is_checked() { "model_runtime::build::sqlite(\"migrations\");" } else { "" };
        fs::write(folder.join("build.rs"), format!("fn main() {{ {build} }}\n"))?;
        fs::write(source.join("main.rs"), self.main())?;
        for model in 1..self.models {
            fs::write(source.join(format!("model_{model}.rs")), self.model(model))?;
        }
        self.write_first(folder)
    }

    /// Writes the model that is edited.
    pub fn write_first(&self, folder: &Path) -> Result<()> {
        Ok(fs::write(folder.join("src/model_0.rs"), self.model(0))?)
    }

    fn main(&self) -> String {
        let mut main = String::from("#![allow(dead_code)]\n");
        for model in 0..self.models {
            writeln!(main, "mod model_{model};").expect("a String takes all");
        }
        if self.variant == Variant::Diesel {
            main += OWNERS;
        }
        if !self.is_model() {
            return main + "fn main() {}\n";
        }
        let tables: Vec<String> =
            (0..self.models).map(|model| format!("model_{model}::Model{model}::table()")).collect();
        main + &format!(
            "use model_runtime::prelude::*;\nfn main() {{\n    let tables = [{}];\n    \
             print!(\"{{}}\", model_runtime::schema::sql(&tables, Dialect::Sqlite).unwrap());\n}}\n",
            tables.join(", ")
        )
    }

    /// Models of other libraries have a relation each, as most do.
    fn model(&self, number: usize) -> String {
        if self.variant == Variant::Diesel {
            return self.diesel(number);
        }
        let (head, key, renamed, tail) = match self.variant {
            Variant::Structs => (struct_head(number, ""), "", "", "}\n".to_owned()),
            Variant::FromRow => (
                struct_head(number, "#[derive(sqlx::FromRow)]\n"),
                "",
                "#[sqlx(rename = \"body\")]",
                "}\n".to_owned(),
            ),
            Variant::SeaOrm => (
                sea_orm_head(number),
                "    #[sea_orm(primary_key, auto_increment = false)]\n",
                "#[sea_orm(column_name = \"body\")]",
                SEA_ORM.to_owned(),
            ),
            Variant::Toasty => {
                (toasty_head(number), "    #[key]\n", "#[column(\"body\")]", toasty_tail(number))
            }
            _ => (self.our_head(number), "", "#[column(name = \"body\")]", "}\n".to_owned()),
        };
        let mut text = head;
        if !self.has_capabilities() {
            text += key;
            text += "    pub id: Uuid,\n";
        }
        for (name, ty, _) in self.own_fields() {
            let (mark, ty) = match (self.variant, *name) {
                (Variant::Toasty, "owner_id" | "parent_id") => ("    #[index]\n", *ty),
                (Variant::Toasty, "starts_at") => ("", "jiff::Timestamp"),
                (Variant::Toasty, "data") => ("    #[column(type = text)]\n", *ty),
                _ => ("", *ty),
            };
            text += mark;
            if self.is_renamed(number, name) {
                writeln!(text, "    {renamed}\n    pub text: {ty},").expect("a String takes all");
            } else {
                writeln!(text, "    pub {name}: {ty},").expect("a String takes all");
            }
        }
        text + &tail
    }

    fn is_renamed(&self, number: usize, field: &str) -> bool {
        self.edited && number == 0 && field == "body"
    }

    fn our_head(&self, number: usize) -> String {
        let unchecked = if self.is_checked() { "" } else { ", unchecked" };
        let (mixins, capabilities) = if self.has_capabilities() {
            (
                "#[mixins]\n",
                "#[timestamps]\n#[soft_delete]\n#[publishable]\n#[seo(slug = title, title = title)]\n",
            )
        } else {
            ("", "")
        };
        format!(
            "use model_runtime::prelude::*;\n\n{mixins}#[derive(Debug, Clone, PartialEq, Model)]\n\
             #[model(table = \"models_{number}\", display = title{unchecked})]\n{capabilities}pub struct Model{number} {{\n"
        )
    }

    /// A table, what reads it, what writes it, and whom it belongs to.
    fn diesel(&self, number: usize) -> String {
        let (mut columns, mut fields) = (String::new(), String::new());
        for (name, ty, sql) in FIELDS {
            let (mark, name) = if self.is_renamed(number, name) {
                ("        #[sql_name = \"body\"]\n", "text")
            } else {
                ("", *name)
            };
            writeln!(columns, "{mark}        {name} -> {sql},").expect("a String takes all");
            writeln!(fields, "    pub {name}: {ty},").expect("a String takes all");
        }
        format!(
            "use chrono::{{DateTime, Utc}};\nuse diesel::prelude::*;\nuse uuid::Uuid;\n\nuse crate::{{Owner, owners}};\n\ndiesel::table! {{\n    \
             models_{number} (id) {{\n        id -> Uuid,\n{columns}    }}\n}}\n\n\
             #[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable, Insertable, AsChangeset, Associations)]\n\
             #[diesel(table_name = models_{number}, check_for_backend(diesel::pg::Pg))]\n\
             #[diesel(belongs_to(Owner, foreign_key = owner_id))]\n\
             pub struct Model{number} {{\n    pub id: Uuid,\n{fields}}}\n\n\
             diesel::joinable!(models_{number} -> owners (owner_id));\n\
             diesel::allow_tables_to_appear_in_same_query!(models_{number}, owners);\n"
        )
    }

    /// The versions and the features are those that the cases are measured with.
    fn manifest(&self) -> String {
        let (uuid, chrono) = (
            "uuid = \"1\"\n",
            "chrono = { version = \"0.4\", default-features = false, features = [\"serde\"] }\n",
        );
        let dependencies = match self.variant {
            Variant::SeaOrm => format!(
                "{uuid}{chrono}sea-orm = {{ version = \"2\", default-features = false, features = [\"macros\", \
                 \"runtime-tokio\", \"sqlx-postgres\", \"with-chrono\", \"with-json\", \"with-uuid\"] }}\n"
            ),
            Variant::Diesel => format!(
                "{uuid}{chrono}diesel = {{ version = \"2.3\", default-features = false, features = [\"chrono\", \
                 \"postgres\", \"serde_json\", \"uuid\"] }}\n"
            ),
            Variant::Toasty => format!(
                "{uuid}jiff = {{ version = \"0.2\", features = [\"serde\"] }}\ntoasty = {{ version = \"0.11\", \
                 default-features = false, features = [\"jiff\", \"serde\", \"sqlite\"] }}\n"
            ),
            _ => {
                let runtime = workspace().join("model-runtime");
                format!(
                    "model-runtime = {{ path = {runtime:?}, features = [\"sqlite\"] }}\n\
                     sqlx = {{ version = \"0.9\", default-features = false, features = [\"macros\", \"sqlite\", \"uuid\", \"chrono\", \"json\"] }}\n\
                     \n[build-dependencies]\nmodel-runtime = {{ path = {runtime:?}, features = [\"sqlite\"] }}\n"
                )
            }
        };
        format!(
            "[package]\nname = \"{NAME}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             serde_json = \"1\"\n{dependencies}"
        )
    }
}

/// Whom Diesel's models belong to.
const OWNERS: &str = "
diesel::table! {
    owners (id) {
        id -> Uuid,
    }
}

#[derive(Debug, diesel::Queryable, diesel::Selectable, diesel::Identifiable)]
#[diesel(table_name = owners)]
pub struct Owner {
    pub id: uuid::Uuid,
}

";

fn struct_head(number: usize, derive: &str) -> String {
    format!("use model_runtime::prelude::{{DateTime, Utc, Uuid}};\n\n{derive}pub struct Model{number} {{\n")
}

fn sea_orm_head(number: usize) -> String {
    format!(
        "use chrono::{{DateTime, Utc}};\nuse sea_orm::entity::prelude::*;\n\n\
         #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]\n#[sea_orm(table_name = \"models_{number}\")]\n\
         pub struct Model {{\n"
    )
}

const SEA_ORM: &str = "}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = \"Entity\", from = \"Column::ParentId\", to = \"Column::Id\")]
    Parent,
}

impl Related<Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Parent.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
";

fn toasty_head(number: usize) -> String {
    format!(
        "use toasty::Deferred;\nuse uuid::Uuid;\n\n#[derive(Debug, toasty::Model)]\n#[table = \"models_{number}\"]\n\
         pub struct Model{number} {{\n"
    )
}

fn toasty_tail(number: usize) -> String {
    format!(
        "    #[belongs_to(key = parent_id, references = id)]\n    pub parent: Deferred<Option<Model{number}>>,\n}}\n"
    )
}
