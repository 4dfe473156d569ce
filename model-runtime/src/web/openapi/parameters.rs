//! Parameters of a view set's operations.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, Required};

use super::schema::{NO_NUL, schema};
use crate::column::ColumnRef;
use crate::model::Writable;
use crate::users::UserModel;
use crate::web::viewset::{Lookup, ViewSet, name_of};

/// The parameter that names a row in a path.
pub fn key<M: Writable>() -> Parameter {
    let schema = schema(M::TABLE.key(), false, true);
    let key = ParameterBuilder::new().name("id").parameter_in(ParameterIn::Path).required(Required::True);
    key.schema(Some(schema)).build()
}

/// The parameters of a list: filters, the search, the order, the page.
pub fn list_parameters<M: Writable + Clone, U: UserModel>(set: &ViewSet<M, U>) -> Vec<Parameter> {
    let (declared, pagination, _) = set.declared();
    let query = |name: &str, schema: RefOr<Schema>| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .schema(Some(schema))
    };
    // Values with commas between them.
    let list = |name: &str, items: Object, most: usize| {
        let array = ArrayBuilder::new().items(items).min_items(Some(1)).max_items(Some(most));
        query(name, array.into()).style(Some(ParameterStyle::Form)).explode(Some(false)).build()
    };
    let mut parameters = Vec::new();
    for filter in &declared.filters {
        let name = filter.name.as_str();
        parameters.push(match filter.lookup {
            Lookup::Compare(_) => query(name, schema(&filter.column, false, true).into()).build(),
            Lookup::In => list(name, schema(&filter.column, false, true), 100),
            Lookup::IsNull => query(name, ObjectBuilder::new().schema_type(Type::Boolean).into()).build(),
        });
    }
    if !declared.search.is_empty() {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(NO_NUL))
            .max_length(Some(declared.search_length));
        parameters.push(query("search", text.into()).build());
    }
    if !declared.order.is_empty() {
        let names = declared.order.iter().map(|column: &ColumnRef| name_of(*column));
        let names: Vec<String> = names.flat_map(|name| [name.clone(), format!("-{name}")]).collect();
        let most = declared.order.len();
        let name = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).build();
        parameters.push(list("ordering", name, most));
    }
    let number = |least: usize| ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least));
    parameters.push(query("page", number(1).into()).build());
    let most = usize::try_from(pagination.max_size).ok();
    parameters.push(query("page_size", number(1).maximum(most).into()).build());
    if pagination.cursors.is_some() {
        let cursor = || ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[A-Za-z0-9_-]*$"));
        parameters.extend(["cursor", "before"].map(|name| query(name, cursor().into()).build()));
    }
    parameters
}
