use lwm2m_codegen::{
    emit::{self, Code, EnumerationPlan, default_name},
    model::EnumerationItem,
};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{Data, DeriveInput, Fields, Type, spanned::Spanned as _};

use crate::{
    attribute::{Declaration, Entries},
    errors::Errors,
    field::constant,
};

const NEWTYPE: &str = "an enumeration is a struct around a number, `struct Mode(pub i64);`, so that codes without a name are kept; \
                       name codes with `#[lwm2m(code OFF = 0)]`";

/// What the derive adds to a newtype.
pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let code = code(input, &mut errors);
    let mut named: Vec<(Ident, EnumerationItem)> = Vec::new();
    let (entries, declarations) = Entries::of(&input.attrs, &mut errors);
    entries.finish(&["code OFF = 0"], "on an enumeration", &mut errors);
    for declaration in declarations {
        let Some((constant, item)) = item(declaration, code, &mut errors) else {
            continue;
        };
        if let Some((first, _)) = named.iter().find(|(_, known)| known.code == item.code) {
            errors.at(
                constant.span(),
                format!("{} is `{first}` already; one code has one name", item.code),
            );
        }
        if named.iter().any(|(known, _)| *known == constant) {
            errors.at(
                constant.span(),
                format!("`{constant}` is here twice; give one another name"),
            );
        }
        named.push((constant, item));
    }
    if !input.generics.params.is_empty() {
        errors.at(
            input.generics.span(),
            "an enumeration is one type; remove the parameters",
        );
    }
    errors.or(())?;
    named.sort_by_key(|(_, item)| item.code);
    let plan = EnumerationPlan {
        name: input.ident.clone(),
        visibility: input.vis.to_token_stream(),
        code,
        constants: named
            .iter()
            .map(|(constant, item)| (constant.clone(), item))
            .collect(),
        owner: None,
    };
    let door = emit::door();
    let implementation = emit::enumeration_implementation(&plan);
    Ok(quote! {
        const _: () = {
            #door
            #implementation
        };
    })
}

/// The number in the newtype.
fn code(input: &DeriveInput, errors: &mut Errors) -> Code {
    let Data::Struct(data) = &input.data else {
        errors.at(input.ident.span(), NEWTYPE);
        return Code::Integer;
    };
    let mut fields = data.fields.iter();
    let (Fields::Unnamed(_), Some(field), None) = (&data.fields, fields.next(), fields.next()) else {
        errors.at(input.ident.span(), NEWTYPE);
        return Code::Integer;
    };
    let name = match &field.ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    };
    match name.as_deref() {
        Some("i64") => Code::Integer,
        Some("u64") => Code::Unsigned,
        _ => {
            errors.at(
                field.ty.span(),
                "the number is an `i64` (Integer) or a `u64` (Unsigned Integer)",
            );
            Code::Integer
        }
    }
}

/// `#[lwm2m(code OFF = 0, label = "Off")]`.
fn item(declaration: Declaration, code: Code, errors: &mut Errors) -> Option<(Ident, EnumerationItem)> {
    let Declaration {
        keyword,
        named,
        mut entries,
    } = declaration;
    if keyword != "code" {
        errors.at(keyword.span(), "a code with a name is written `code OFF = 0`");
    }
    let constant = constant(&named.key, errors);
    let label = entries.text("label", errors);
    entries.finish(&["label"], "of `code`", errors);
    let lowest = match code {
        Code::Integer => i128::from(i64::MIN),
        Code::Unsigned => 0,
    };
    let Some((number, span)) = named.integer() else {
        errors.at(
            named.span(),
            format!("a code is a whole number; write `code {constant} = 1`"),
        );
        return None;
    };
    let number = i64::try_from(number)
        .ok()
        .filter(|number| i128::from(*number) >= lowest);
    let Some(number) = number else {
        errors.at(
            span,
            format!("a code with a name lies between {lowest} and {}", i64::MAX),
        );
        return None;
    };
    let identifier = constant.to_string();
    let item = EnumerationItem {
        code: number,
        label: label.map_or_else(|| default_name(&identifier), |(label, _)| label),
        identifier,
    };
    Some((constant, item))
}
