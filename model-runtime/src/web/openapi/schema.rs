//! Schemas: of rows, of what is given to write one, of pages, of problems.

use serde_json::json;
use utoipa::openapi::schema::{
    AdditionalProperties, AllOfBuilder, ArrayBuilder, Object, ObjectBuilder, Schema, SchemaFormat,
    SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr};

use crate::fields::required;
use crate::model::Writable;
use crate::table::ColumnDef;
use crate::users::UserModel;
use crate::value::Kind;
use crate::web::viewset::{Action, MAX_LINKS, ViewSet};

/// No text has the character U+0000.
pub(super) const NO_NUL: &str = "^[^\\x00]*$";

/// The schema of a column's values.
pub(super) fn schema(column: &ColumnDef, nullable: bool, is_input: bool) -> Object {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let format = |format: &str| text().format(Some(SchemaFormat::Custom(format.to_owned())));
    let integer = |least: i64, most: i64| {
        // What is no number of this machine is no bound.
        let bound = |number: i64| isize::try_from(number).ok();
        let integer = ObjectBuilder::new().schema_type(Type::Integer);
        integer.minimum(bound(least)).maximum(bound(most))
    };
    let (mut types, object) = match column.kind {
        Kind::Bool => (vec![Type::Boolean], ObjectBuilder::new()),
        Kind::SmallInt => (vec![Type::Integer], integer(i16::MIN.into(), i16::MAX.into())),
        Kind::Integer => (vec![Type::Integer], integer(i32::MIN.into(), i32::MAX.into())),
        Kind::BigInt => (vec![Type::Integer], integer(i64::MIN, i64::MAX)),
        Kind::Real | Kind::Double => (vec![Type::Number], ObjectBuilder::new()),
        Kind::Text if column.choices.is_empty() => {
            let length = column.max_length.and_then(|length| usize::try_from(length).ok());
            // What tools show, where the pattern would have them make up something.
            let example: String = "string".chars().take(length.unwrap_or(usize::MAX)).collect();
            (vec![Type::String], text().max_length(length).pattern(Some(NO_NUL)).examples([json!(example)]))
        }
        Kind::Text => {
            let choices = column.choices.iter().map(|choice| json!(choice));
            let null = nullable.then_some(serde_json::Value::Null);
            (vec![Type::String], text().enum_values(Some(choices.chain(null))))
        }
        Kind::Uuid => (vec![Type::String], format("uuid")),
        Kind::Timestamp => (vec![Type::String], format("date-time")),
        Kind::Date => (vec![Type::String], format("date")),
        Kind::Decimal => {
            let types = if is_input { vec![Type::String, Type::Number] } else { vec![Type::String] };
            (types, text().pattern(Some("^-?[0-9]+([.][0-9]+)?$")))
        }
        Kind::Json => return ObjectBuilder::new().schema_type(SchemaType::AnyValue).build(),
        Kind::Bytes => (vec![Type::String], text().pattern(Some("^([0-9a-fA-F]{2})*$"))),
        Kind::Ip => (vec![Type::String], text()),
    };
    if nullable {
        types.push(Type::Null);
    }
    let object = match types.as_slice() {
        [one] => object.schema_type(one.clone()),
        _ => object.schema_type(SchemaType::Array(types)),
    };
    let doc = (!column.doc.is_empty()).then_some(column.doc);
    object.description(doc).build()
}

/// A row as it is shown. What is shown with it stands among its members or, where it is of several parts, beside them.
pub(super) fn row<M: Writable + Clone, U: UserModel>(set: &ViewSet<M, U>) -> RefOr<Schema> {
    let (_, _, shown) = set.declared();
    let mut row = ObjectBuilder::new().description(Some(M::TABLE.doc));
    for (_, column) in shown.columns() {
        row = row.property(column.field, schema(column, column.nullable, false)).required(column.field);
    }
    for (name, schema) in shown.computed() {
        row = row.property(name, schema.clone()).required(name);
    }
    match set.others() {
        (None, _) => row.into(),
        (Some(RefOr::T(Schema::Object(members))), _) if !has_any_others(members) => {
            let properties = members.properties.iter();
            row = properties.fold(row, |row, (name, schema)| row.property(name, schema.clone()));
            members.required.iter().fold(row, |row, name| row.required(name)).into()
        }
        (Some(members), _) => AllOfBuilder::new().item(row).item(members.clone()).into(),
    }
}

/// Whether it has members of any name, of a schema.
fn has_any_others(members: &Object) -> bool {
    matches!(members.additional_properties.as_deref(), Some(AdditionalProperties::RefOr(_)))
}

/// What is given in an action that writes a row.
pub(super) fn input<M: Writable + Clone, U: UserModel>(set: &ViewSet<M, U>, action: Action) -> ObjectBuilder {
    let none_else = AdditionalProperties::<Schema>::FreeForm(false);
    let mut input = ObjectBuilder::new().additional_properties(Some(none_else));
    let needed = required::<M>();
    for column in set.writable_in(action) {
        input = input.property(column.field, schema(column, column.nullable, true));
        if action != Action::Patch && needed.iter().any(|needed| needed.field == column.field) {
            input = input.required(column.field);
        }
    }
    let (_, links) = set.others();
    for list in links {
        let items = schema(list.column, false, true);
        input = input.property(list.name, ArrayBuilder::new().items(items).max_items(Some(MAX_LINKS)));
    }
    input
}

/// A page of the rows of that schema.
pub(super) fn page(row: &str) -> ObjectBuilder {
    let link = || ObjectBuilder::new().schema_type(SchemaType::Array(vec![Type::String, Type::Null]));
    let count = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0usize));
    ObjectBuilder::new()
        .property(
            "count",
            count.description(Some("How many rows there are on all pages; not of pages by cursor.")),
        )
        .property("next", link())
        .required("next")
        .property("previous", link())
        .required("previous")
        .property("results", ArrayBuilder::new().items(Ref::from_schema_name(row)))
        .required("results")
}

/// RFC 9457, with `errors` for the fields.
pub(super) fn problem() -> ObjectBuilder {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let error = ObjectBuilder::new()
        .property("field", text())
        .required("field")
        .property("message", text())
        .required("message");
    ObjectBuilder::new()
        .property("type", text())
        .required("type")
        .property("title", text())
        .required("title")
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .required("status")
        .property("detail", text())
        .required("detail")
        .property("errors", ArrayBuilder::new().items(error))
        .property("more_errors", ObjectBuilder::new().schema_type(Type::Integer))
}
