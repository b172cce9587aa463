//! What the type of a field says of its resource.

use lwm2m_codegen::{emit::Shape, model::ResourceType};
use syn::{GenericArgument, PathArguments, Type, TypePath};

/// The shape of a field and the type of one value in it.
pub(crate) fn shape(field_type: &Type) -> (Shape, &Type) {
    match inside(field_type, "Option") {
        Some(optional) => match inside(optional, "Instances") {
            Some(value) => (Shape::OptionalInstances, value),
            None => (Shape::Optional, bare(optional)),
        },
        None => match inside(field_type, "Instances") {
            Some(value) => (Shape::Instances, value),
            None => (Shape::Value, bare(field_type)),
        },
    }
}

/// The data type of a value's Rust type, by its name.
pub(crate) fn resource_type(value: &Type) -> Result<ResourceType, String> {
    let name = last_name(value).unwrap_or_default();
    Ok(match name.as_str() {
        "String" => ResourceType::String,
        "i8" | "i16" | "i32" | "i64" => ResourceType::Integer,
        "u8" | "u16" | "u32" | "u64" => ResourceType::Unsigned,
        "f32" | "f64" => ResourceType::Float,
        "bool" => ResourceType::Boolean,
        "Vec" => match inside(value, "Vec").and_then(last_name).as_deref() {
            Some("u8") => ResourceType::Opaque,
            _ => {
                return Err(
                    "a list of values is `Instances<T>`; `Vec<u8>` is a value of type Opaque".to_owned(),
                );
            }
        },
        "Time" => ResourceType::Time,
        "Objlnk" => ResourceType::Objlnk,
        "Corelnk" => ResourceType::Corelnk,
        _ => return Err(advice(&name, value)),
    })
}

/// What to write instead of a type that is none of LwM2M's.
fn advice(name: &str, value: &Type) -> String {
    match name {
        "isize" | "i128" => "use `i64`, the widest Integer".to_owned(),
        "usize" | "u128" => "use `u64`, the widest Unsigned Integer, or `i64`".to_owned(),
        "Option" => "use `Option` once, outside: `Option<T>` or `Option<Instances<T>>`".to_owned(),
        "Instances" => "use `Instances` once, inside `Option`: `Option<Instances<T>>`".to_owned(),
        "str" | "char" => "use `String`".to_owned(),
        "Duration" => "use `f64` or `i64` with `units = \"s\"`".to_owned(),
        "SystemTime" | "Instant" | "DateTime" => "use `Time`, seconds since 1970".to_owned(),
        "HashMap" | "BTreeMap" => "use `Instances<T>`, values by their identifiers".to_owned(),
        "" => match value {
            Type::Reference(_) => "an object owns its values; use `String` or `Vec<u8>`".to_owned(),
            Type::Array(_) | Type::Slice(_) => {
                "use `Instances<T>` for several values, `Vec<u8>` for bytes".to_owned()
            }
            _ => LWM2M.to_owned(),
        },
        _ => format!("{LWM2M}; if `{name}` is an enumeration, add `enumeration`"),
    }
}

const LWM2M: &str = "not a type of LwM2M: use String, i8 to i64, u8 to u64, f32, f64, bool, Vec<u8>, Time, Objlnk or Corelnk, in \
                     Option<..> for an optional resource and in Instances<..> for one with several instances";

/// The first segment of a type's path, where it has several.
pub(crate) fn qualifier(value: &Type) -> Option<&syn::Ident> {
    match bare(value) {
        Type::Path(TypePath { path, .. }) if path.leading_colon.is_none() && path.segments.len() > 1 => {
            path.segments.first().map(|segment| &segment.ident)
        }
        _ => None,
    }
}

fn last_name(value: &Type) -> Option<String> {
    match bare(value) {
        Type::Path(TypePath { path, .. }) => path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// `T` of `Outer<T>`.
fn inside<'a>(outer: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(TypePath { path, .. }) = bare(outer) else {
        return None;
    };
    let segment = path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    let mut arguments = arguments.args.iter();
    match (arguments.next(), arguments.next()) {
        (Some(GenericArgument::Type(inner)), None) => Some(bare(inner)),
        _ => None,
    }
}

/// The type without the invisible groups that macros leave, and without parentheses.
fn bare(mut outer: &Type) -> &Type {
    loop {
        outer = match outer {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return outer,
        };
    }
}
