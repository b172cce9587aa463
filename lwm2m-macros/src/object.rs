use std::collections::BTreeMap;

use lwm2m_codegen::{
    emit::{self, Kind, Plan, default_name, urn_class},
    model::{Object, ResourceType, Version},
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Data, DeriveInput, Fields, ext::IdentExt as _, spanned::Spanned as _};

use crate::{
    attribute::{Entries, comment},
    errors::Errors,
    field::{self, Member},
};

const ON_STRUCT: [&str; 9] = [
    "id",
    "name",
    "version",
    "class",
    "urn",
    "lwm2m_version",
    "multiple",
    "mandatory",
    "debug",
];

/// What the derive adds to a struct.
pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let parsed = parse(input)?;
    let door = emit::door();
    let implementation = emit::implementation(&parsed.plan(input));
    let name = &input.ident;
    let xml = parsed.definition_file();
    let assertions = parsed.members.iter().filter_map(assertion);
    Ok(quote! {
        const _: () = {
            #door
            #implementation
            impl rt::DefinitionFile for #name {
                const XML: &'static rt::str = #xml;
            }
            #(#assertions)*
        };
    })
}

/// The definition of a struct, and for each of its resources what becomes of it.
pub(crate) struct Parsed {
    object: Object,
    members: Vec<Member>,
    debug: bool,
}

impl Parsed {
    /// The plan of a struct that its author wrote.
    pub(crate) fn plan(&self, input: &DeriveInput) -> Plan<'_> {
        let members = self.members.iter().map(|member| emit::Member {
            resource: &member.resource,
            visibility: member.visibility.clone(),
            constant: member.constant.clone(),
            kind: member.kind.clone(),
        });
        Plan {
            object: &self.object,
            name: input.ident.clone(),
            visibility: input.vis.to_token_stream(),
            members: members.collect(),
            debug: self.debug,
            enumerations: Vec::new(),
        }
    }

    /// The object's definition file, resources in ascending order.
    pub(crate) fn definition_file(&self) -> String {
        let mut object = self.object.clone();
        object.resources.sort_by_key(|resource| resource.id);
        object.to_xml()
    }
}

pub(crate) fn parse(input: &DeriveInput) -> syn::Result<Parsed> {
    let mut errors = Errors::default();
    let (mut entries, declarations) = Entries::of(&input.attrs, &mut errors);
    entries.span = Some(input.ident.span());
    let object = object(input, &mut entries, &mut errors);
    let debug = entries.flag("debug", &mut errors).is_some();
    let visibility = input.vis.to_token_stream();
    let mut members: Vec<_> = fields(input, &mut errors)
        .filter_map(|field| field::of_field(field, &mut errors))
        .collect();
    for declaration in declarations {
        members.extend(field::declared(declaration, &visibility, &mut errors));
    }
    entries.finish(&ON_STRUCT, "on an object", &mut errors);
    if !input.generics.params.is_empty() {
        errors.at(
            input.generics.span(),
            "an object is one type with one definition; remove the parameters and use types that own their values",
        );
    }
    check_identifiers(&members, &mut errors);
    if let Some(object) = &object {
        check_types(object, &members, &mut errors);
    }
    if members.is_empty() && errors.is_empty() {
        errors.at(
            input.ident.span(),
            "an object has at least one resource; add a field, or `#[lwm2m(execute RESET = 5)]`",
        );
    }
    match object {
        Some(mut object) => {
            object.resources = members.iter().map(|member| member.resource.clone()).collect();
            errors.or(Parsed {
                object,
                members,
                debug,
            })
        }
        None => Err(errors.into_error(
            input.ident.span(),
            "the object needs an identifier; add `id = ..`",
        )),
    }
}

/// The attributes of the struct.
fn object(input: &DeriveInput, entries: &mut Entries, errors: &mut Errors) -> Option<Object> {
    let id = entries.id("the object", errors);
    let name = entries
        .name(errors)
        .unwrap_or_else(|| default_name(&input.ident.unraw().to_string()));
    let version = entries.version("version", errors).unwrap_or(Version::V1_0);
    let lwm2m_version = entries.version("lwm2m_version", errors).unwrap_or(Version::V1_0);
    let class = entries.text("class", errors);
    let urn = entries.text("urn", errors);
    let multiple = entries.flag("multiple", errors).is_some();
    let mandatory = entries.flag("mandatory", errors).is_some();
    let (id, _) = id?;
    let class = class_of(id, class, urn.as_ref(), errors);
    let urn = match urn {
        Some((urn, span)) => {
            check_urn(&urn, id, version, span, errors);
            urn
        }
        None if version == Version::V1_0 => format!("urn:oma:lwm2m:{class}:{id}"),
        None => format!("urn:oma:lwm2m:{class}:{id}:{version}"),
    };
    let mut object = Object::new(id, name, urn);
    object.version = version;
    object.lwm2m_version = lwm2m_version;
    object.multiple = multiple;
    object.mandatory = mandatory;
    object.description = comment(&input.attrs);
    Some(object)
}

fn class_of(
    id: u16,
    class: Option<(String, Span)>,
    urn: Option<&(String, Span)>,
    errors: &mut Errors,
) -> String {
    let Some((class, span)) = class else {
        return urn_class(id).unwrap_or("x").to_owned();
    };
    if urn.is_some() {
        errors.at(span, "the `urn` says the class already; remove `class`");
    } else {
        check_class(&class, id, span, errors);
    }
    class
}

/// An identifier has one class, or any where it has no owner.
fn check_class(class: &str, id: u16, span: Span, errors: &mut Errors) {
    let expected = urn_class(id);
    if expected.map_or(matches!(class, "oma" | "ext" | "x"), |expected| expected == class) {
        return;
    }
    let expected = expected.map_or("`oma`, `ext` or `x`".to_owned(), |expected| {
        format!("`{expected}`")
    });
    errors.at(
        span,
        format!(
            "the class of object {id} is {expected}: 0 to 1023 are `oma`, 2048 to 10240 `ext` (other standards bodies), \
             10241 to 42768 `x` (companies and people)"
        ),
    );
}

/// `urn:oma:lwm2m:<class>:<id>[:<version>]`.
fn check_urn(urn: &str, id: u16, version: Version, span: Span, errors: &mut Errors) {
    let mut parts = urn.strip_prefix("urn:oma:lwm2m:").unwrap_or_default().split(':');
    let class = parts.next().unwrap_or_default();
    let id_fits = parts.next() == Some(id.to_string().as_str());
    let version_fits = match parts.next() {
        Some(text) => Version::parse(text) == Some(version),
        None => version == Version::V1_0,
    };
    if matches!(class, "oma" | "ext" | "x") && id_fits && version_fits && parts.next().is_none() {
        check_class(class, id, span, errors);
        return;
    }
    let expected = emit::default_urn(id, version);
    errors.at(
        span,
        format!("the URN of object {id} version {version} is `{expected}`; write that or remove `urn`"),
    );
}

/// The fields of a struct; of anything else none, with an error.
fn fields<'a>(input: &'a DeriveInput, errors: &mut Errors) -> impl Iterator<Item = &'a syn::Field> + use<'a> {
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Some(&fields.named),
            Fields::Unit => None,
            Fields::Unnamed(fields) => {
                errors.at(
                    fields.span(),
                    "resources have names; write a struct with named fields",
                );
                None
            }
        },
        Data::Enum(data) => {
            errors.at(
                data.enum_token.span,
                "an object is a struct; for named values of a resource use `Lwm2mEnumeration`",
            );
            None
        }
        Data::Union(data) => {
            errors.at(
                data.union_token.span,
                "an object is a struct with a field for each resource",
            );
            None
        }
    };
    fields.into_iter().flatten()
}

/// Two resources of one identifier, or of one constant.
fn check_identifiers(members: &[Member], errors: &mut Errors) {
    let mut ids: BTreeMap<u16, &Member> = BTreeMap::new();
    let mut constants: BTreeMap<String, &Member> = BTreeMap::new();
    for member in members {
        let id = member.resource.id;
        if let Some(span) = member.id_span {
            if let Some(first) = ids.get(&id) {
                let name = &first.resource.name;
                errors.at(
                    span,
                    format!("resource {id} is \"{name}\" already; give this one another identifier"),
                );
            }
            ids.entry(id).or_insert(member);
        }
        if matches!(member.kind, Kind::Untyped) {
            continue;
        }
        let constant = member.constant.to_string();
        if let Some(first) = constants.get(&constant) {
            let advice = match member.kind {
                Kind::Field(_) => "rename the field",
                Kind::Executable | Kind::Untyped => "name this one otherwise",
            };
            let id = first.resource.id;
            errors.at(
                member.type_span,
                format!("the constant `{constant}` is resource {id}'s already; {advice}"),
            );
        }
        constants.entry(constant).or_insert(member);
    }
}

/// Data types that the object's version of LwM2M lacks.
fn check_types(object: &Object, members: &[Member], errors: &mut Errors) {
    if object.lwm2m_version >= Version::V1_1 {
        return;
    }
    for member in members {
        let instead = match member.resource.resource_type {
            Some(ResourceType::Unsigned) => "a signed type",
            Some(ResourceType::Corelnk) => "`String`",
            _ => continue,
        };
        let name = member.resource.resource_type.map_or("", ResourceType::name);
        errors.at(
            member.type_span,
            format!("{name} needs LwM2M 1.1; add `lwm2m_version = \"1.1\"` to the object, or use {instead}"),
        );
    }
}

/// A type's name says its data type; an alias, or an enumeration over the other number, would make that a lie.
fn assertion(member: &Member) -> Option<TokenStream> {
    let Kind::Field(field) = &member.kind else {
        return None;
    };
    let scalar = &field.scalar;
    let resource_type = member.resource.resource_type?;
    let variant = Ident::new(&format!("{resource_type:?}"), Span::call_site());
    let message = match field.enumerated {
        true => format!(
            "`{}`: write `enumeration` for an enumeration over i64, `enumeration = \"u64\"` for one over u64",
            field.name
        ),
        false => format!(
            "`{}`: the type is not LwM2M's {}",
            field.name,
            resource_type.name()
        ),
    };
    Some(quote_spanned! {member.type_span=>
        const _: () = ::core::assert!(
            ::core::matches!(<#scalar as rt::Scalar>::TYPE, rt::ResourceType::#variant),
            #message
        );
    })
}
