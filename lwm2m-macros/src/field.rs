//! One resource: a field, or what the struct declares without one.

use lwm2m_codegen::{
    emit::{Field, Kind, Shape, constant_of_field, default_constant, default_name},
    model::{Operations, Resource, ResourceType, range},
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens as _;
use syn::{ext::IdentExt as _, spanned::Spanned as _};

use crate::{
    attribute::{Declaration, Entries, comment},
    errors::Errors,
    types,
};

const ON_FIELD: [&str; 9] = [
    "id",
    "operations",
    "name",
    "units",
    "range",
    "read_as",
    "mandatory",
    "enumeration",
    "skip",
];
const ON_EXECUTE: [&str; 6] = ["name", "mandatory", "multiple", "description", "units", "range"];
const ON_UNTYPED: [&str; 7] = [
    "operations",
    "name",
    "mandatory",
    "multiple",
    "description",
    "units",
    "range",
];

/// A resource and what becomes of it in Rust.
pub(crate) struct Member {
    pub(crate) resource: Resource,
    pub(crate) visibility: TokenStream,
    pub(crate) constant: Ident,
    pub(crate) kind: Kind,
    /// Where the identifier stands, if it could be read.
    pub(crate) id_span: Option<Span>,
    /// Where the type stands, or the name.
    pub(crate) type_span: Span,
}

/// The resource of a field; `None` where it is none, or too little of it can be read.
pub(crate) fn of_field(field: &syn::Field, errors: &mut Errors) -> Option<Member> {
    let name = field.ident.as_ref()?;
    let (mut entries, declarations) = Entries::of(&field.attrs, errors);
    for Declaration { keyword, .. } in declarations {
        errors.at(
            keyword.span(),
            format!("`{keyword}` declares a resource without a field; move it to the struct"),
        );
    }
    if entries.span.is_none() {
        errors.at(
            name.span(),
            format!("`{name}` says nothing of its resource; add `#[lwm2m(id = .., operations = \"..\")]` or `#[lwm2m(skip)]`"),
        );
        return None;
    }
    entries.span = Some(name.span());
    if entries.flag("skip", errors).is_some() {
        entries.finish(&["skip"], "beside `skip`", errors);
        return None;
    }
    let id = entries.id(&format!("the resource of `{name}`"), errors);
    let (shape, scalar) = types::shape(&field.ty);
    let enumeration = enumeration(&mut entries, errors);
    let resource_type = match enumeration {
        Some(resource_type) => Some(resource_type),
        None => types::resource_type(scalar)
            .map_err(|advice| errors.at(scalar.span(), advice))
            .ok(),
    };
    if let Some(first) = types::qualifier(scalar).filter(|first| *first == "rt") {
        errors.at(
            first.span(),
            "the derive calls the runtime `rt`; import the type and write its name alone",
        );
    }
    let operations = operations(&mut entries, name, errors);
    let field_name = name.unraw().to_string();
    let resource_name = entries.name(errors).unwrap_or_else(|| default_name(&field_name));
    let (id, id_span) = id.unzip();
    let mut resource = Resource::new(id.unwrap_or_default(), resource_name);
    resource.operations = operations.unwrap_or(Operations::R);
    resource.resource_type = resource_type;
    resource.multiple = matches!(shape, Shape::Instances | Shape::OptionalInstances);
    resource.mandatory = matches!(shape, Shape::Value | Shape::Instances);
    resource.description = comment(&field.attrs);
    resource.units = entries
        .text("units", errors)
        .map(|(units, _)| units)
        .unwrap_or_default();
    checked_range(&mut resource, &mut entries, errors);
    if let Some(span) = entries.flag("mandatory", errors) {
        let readable = matches!(resource.operations, Operations::R | Operations::RW);
        if resource.mandatory {
            errors.at(
                span,
                "a type without `Option` is mandatory already; remove `mandatory`",
            );
        } else if readable {
            errors.at(span, "a mandatory resource that can be read always has a value; remove the type's `Option` or `mandatory`");
        }
        resource.mandatory = true;
    }
    entries.finish(&ON_FIELD, "on a field", errors);
    let constant = constant_of_field(&field_name);
    Some(Member {
        resource,
        visibility: field.vis.to_token_stream(),
        constant: Ident::new(&constant, name.span()),
        kind: Kind::Field(Field {
            name: name.clone(),
            shape,
            scalar: scalar.to_token_stream(),
            enumerated: enumeration.is_some(),
        }),
        id_span,
        type_span: scalar.span(),
    })
}

/// `execute RESET = 5` or `untyped RESET = 5` of the struct.
pub(crate) fn declared(
    declaration: Declaration,
    visibility: &TokenStream,
    errors: &mut Errors,
) -> Option<Member> {
    let Declaration {
        keyword,
        named,
        mut entries,
    } = declaration;
    let (kind, known) = match keyword.to_string().as_str() {
        "execute" => (Kind::Executable, ON_EXECUTE.as_slice()),
        "untyped" => (Kind::Untyped, ON_UNTYPED.as_slice()),
        _ => {
            errors.at(
                keyword.span(),
                "a resource without a field is `execute RESET = 5`, or `untyped` where its type is open",
            );
            return None;
        }
    };
    let constant = constant(&named.key, errors);
    let (id, id_span) = named.identifier(errors).unzip();
    let name = entries
        .name(errors)
        .unwrap_or_else(|| default_name(&constant.to_string()));
    let mut resource = Resource::new(id.unwrap_or_default(), name);
    resource.operations = match kind {
        Kind::Executable => Operations::E,
        _ => operations(&mut entries, &constant, errors).unwrap_or(Operations::R),
    };
    resource.mandatory = entries.flag("mandatory", errors).is_some();
    resource.multiple = entries.flag("multiple", errors).is_some();
    let mut text = |key| {
        entries
            .text(key, errors)
            .map(|(text, _)| text)
            .unwrap_or_default()
    };
    resource.description = text("description");
    resource.units = text("units");
    resource.range = text("range");
    entries.finish(known, &format!("of `{keyword}`"), errors);
    Some(Member {
        resource,
        visibility: visibility.clone(),
        id_span,
        type_span: constant.span(),
        constant,
        kind,
    })
}

/// The name of a constant, without a lower-case letter.
pub(crate) fn constant(name: &Ident, errors: &mut Errors) -> Ident {
    let name = name.unraw();
    let text = name.to_string();
    if text.chars().any(char::is_lowercase) {
        errors.at(
            name.span(),
            format!("this names a constant; write `{}`", default_constant(&text)),
        );
    }
    name
}

/// `operations = "RW"`.
fn operations(entries: &mut Entries, name: &Ident, errors: &mut Errors) -> Option<Operations> {
    let Some((text, span)) = entries.text("operations", errors) else {
        errors.at(
            name.span(),
            "what may a server do? Add `operations = \"R\"`, `\"W\"`, `\"RW\"`, or `\"\"` for nothing",
        );
        return None;
    };
    match text.as_str() {
        "" => Some(Operations::None),
        "R" => Some(Operations::R),
        "W" => Some(Operations::W),
        "RW" => Some(Operations::RW),
        "E" => {
            errors.at(span, "an executable resource has no value; remove the field and add `#[lwm2m(execute RESET = 5)]` to the struct");
            None
        }
        _ => {
            errors.at(span, "operations are `R`, `W`, `RW`, or nothing");
            None
        }
    }
}

/// `enumeration`, `enumeration = "u64"`.
fn enumeration(entries: &mut Entries, errors: &mut Errors) -> Option<ResourceType> {
    let (code, span) = entries.flag_or_text("enumeration", errors)?;
    match code.as_deref() {
        None | Some("i64") => {}
        Some("u64") => return Some(ResourceType::Unsigned),
        Some(_) => errors.at(
            span,
            "write `enumeration` for one over i64, `enumeration = \"u64\"` for one over u64",
        ),
    }
    Some(ResourceType::Integer)
}

/// `range = ".."` and `read_as = ".."`.
fn checked_range(resource: &mut Resource, entries: &mut Entries, errors: &mut Errors) {
    let range = entries.text("range", errors);
    let read_as = entries.text("read_as", errors);
    let Some((text, span)) = range else {
        if let Some((_, span)) = read_as {
            errors.at(
                span,
                "`read_as` says how to read a `range`; write `range = \"..\"` alone",
            );
        }
        return;
    };
    resource.range = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (text, span) = read_as
        .as_ref()
        .map_or((resource.range.as_str(), span), |(text, span)| (text, *span));
    match range::parse(text, resource.resource_type) {
        range::Parsed::Unreadable(reason) if resource.resource_type.is_some() => errors.at(
            span,
            format!("{reason}. With `read_as = \"\"` the range stays a text that nothing is checked against"),
        ),
        parsed => resource.constraint = parsed.into_constraint(),
    }
}
