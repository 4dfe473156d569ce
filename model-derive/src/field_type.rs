//! Types of fields, as far as their names tell: what no column can be is refused in the derive's own words, with what
//! to use instead. Any other type is the compiler's to judge, by its `FieldType`.

use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type};

use crate::model::type_text;

/// The types of columns that are known by name.
const COLUMNS: [&str; 14] = [
    "bool",
    "i16",
    "i32",
    "i64",
    "f32",
    "f64",
    "String",
    "Uuid",
    "DateTime",
    "NaiveDate",
    "Decimal",
    "Json",
    "Vec",
    "IpAddr",
];

/// Primitive types that no column has, with one to use instead.
const OTHERS: [(&str, &str); 12] = [
    ("u8", "i16"),
    ("u16", "i32"),
    ("u32", "i64"),
    ("u64", "i64"),
    ("u128", "Decimal"),
    ("usize", "i64"),
    ("i8", "i16"),
    ("i128", "Decimal"),
    ("isize", "i64"),
    ("char", "String"),
    ("str", "String"),
    ("Option", "the type within: a column has one NULL"),
];

/// Why no column can have the type, where its name tells. For an `Option`, the type within.
pub fn refusal(ty: &Type) -> Option<String> {
    let text = type_text(&ty.to_token_stream());
    let advice = match ty {
        Type::Path(_) => {
            let name = name_of(ty)?;
            let (_, other) = OTHERS.iter().find(|(other, _)| *other == name)?;
            if name == "Option" { (*other).to_owned() } else { format!("`{other}`") }
        }
        Type::Reference(reference) => match name_of(&reference.elem).as_deref() {
            Some("str") => "`String`: a row owns its values".to_owned(),
            _ => format!("`{}`: a row owns its values", type_text(&reference.elem.to_token_stream())),
        },
        Type::Tuple(_) | Type::Array(_) => format!("`Json<{text}>`"),
        _ => return Some(format!("`{text}` is no column type")),
    };
    Some(format!("`{text}` is no column type; use {advice}"))
}

/// Whether a column can have the type, which its name tells only where it has no parameters.
pub fn is_column(ty: &Type) -> bool {
    name_of(inner(ty)).is_some_and(|name| COLUMNS.contains(&name.as_str()) && name != "Json" && name != "Vec")
}

/// The name of a known column type that is none of those, if it is one.
pub fn other_column(ty: &Type, wanted: &[&str]) -> Option<String> {
    name_of(ty).filter(|name| COLUMNS.contains(&name.as_str()) && !wanted.contains(&name.as_str()))
}

/// The last name of a type's path.
pub fn name_of(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// The type within an `Option`, or the type.
pub fn inner(ty: &Type) -> &Type {
    if let Type::Path(path) = ty
        && let Some(last) = path.path.segments.last()
        && last.ident == "Option"
        && let PathArguments::AngleBracketed(arguments) = &last.arguments
        && let Some(GenericArgument::Type(inner)) = arguments.args.first()
    {
        return inner;
    }
    ty
}

/// The type without the invisible brackets that `macro_rules!` puts around what it was given.
pub fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        ty => ty,
    }
}
