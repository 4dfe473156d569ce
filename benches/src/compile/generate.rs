//! The generated crate: a program that prints the schema of its models.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::Result;

use super::{Variant, workspace};

/// Its name.
pub const NAME: &str = "generated";

/// Fields that every model has beside its key, where it has no capabilities or is large.
const FIELDS: &[(&str, &str)] = &[
    ("title", "String"),
    ("body", "String"),
    ("summary", "Option<String>"),
    ("owner_id", "Uuid"),
    ("parent_id", "Option<Uuid>"),
    ("views_count", "i32"),
    ("total", "i64"),
    ("rating", "f64"),
    ("visible", "bool"),
    ("starts_at", "DateTime<Utc>"),
    ("data", "serde_json::Value"),
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
        !matches!(self.variant, Variant::Structs | Variant::FromRow | Variant::Model)
    }

    fn is_model(&self) -> bool {
        !matches!(self.variant, Variant::Structs | Variant::FromRow)
    }

    fn own_fields(&self) -> &'static [(&'static str, &'static str)] {
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
        fs::write(folder.join("Cargo.toml"), manifest())?;
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

    fn model(&self, number: usize) -> String {
        let mut text = String::from("#[allow(unused_imports)]\nuse model_runtime::prelude::*;\n\n");
        if self.has_capabilities() {
            text += "#[mixins]\n";
        }
        text += match self.variant {
            Variant::Structs => "",
            Variant::FromRow => "#[derive(sqlx::FromRow)]\n",
            _ => "#[derive(Debug, Clone, PartialEq, Model)]\n",
        };
        if self.is_model() {
            let unchecked = if self.is_checked() { "" } else { ", unchecked" };
            writeln!(text, "#[model(table = \"models_{number}\", display = title{unchecked})]")
                .expect("a String takes all");
        }
        if self.has_capabilities() {
            text += "#[timestamps]\n#[soft_delete]\n#[publishable]\n#[seo(slug = title, title = title)]\n";
        }
        writeln!(text, "pub struct Model{number} {{").expect("a String takes all");
        if !self.has_capabilities() {
            text += "    pub id: Uuid,\n";
        }
        for (name, ty) in self.own_fields() {
            let field = if self.edited && number == 0 && *name == "body" {
                text += match self.variant {
                    Variant::Structs => "",
                    Variant::FromRow => "    #[sqlx(rename = \"body\")]\n",
                    _ => "    #[column(name = \"body\")]\n",
                };
                "text"
            } else {
                name
            };
            writeln!(text, "    pub {field}: {ty},").expect("a String takes all");
        }
        text + "}\n"
    }
}

fn manifest() -> String {
    let workspace = workspace();
    let runtime = workspace.join("model-runtime");
    format!(
        "[package]\nname = \"{NAME}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         model-runtime = {{ path = {runtime:?}, features = [\"sqlite\"] }}\n\
         sqlx = {{ version = \"0.9\", default-features = false, features = [\"macros\", \"sqlite\", \"uuid\", \"chrono\", \"json\"] }}\n\
         serde_json = \"1\"\n\n[build-dependencies]\nmodel-runtime = {{ path = {runtime:?}, features = [\"sqlite\"] }}\n"
    )
}
