use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::{
    model::{EnumerationItem, Object, Operations, Resource, ResourceType},
    names::{ObjectNames, ResourceNames},
};

/// How an object becomes Rust: every name and every type, decided.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// What the definition says.
    pub object: &'a Object,
    /// The struct.
    pub name: Ident,
    /// The visibility of the struct and of what has no field.
    pub visibility: TokenStream,
    /// One for each resource, in the order of the struct's fields; those without a field at the end.
    pub members: Vec<Member<'a>>,
    /// Whether the struct is given a `Debug` that keeps secrets to itself. The derive does so on demand: its user may have
    /// derived `Debug`.
    pub debug: bool,
    /// The enumerations to generate beside the struct. The derive has none: they exist already.
    pub enumerations: Vec<EnumerationPlan<'a>>,
}

impl<'a> Plan<'a> {
    /// The plan of a registry object: public, and named by the rules of [`names`](crate::names).
    pub fn new(object: &'a Object, names: &ObjectNames) -> Self {
        let name = ident(&names.type_name);
        let mut members = Vec::new();
        let mut enumerations = Vec::new();
        for (resource, names) in object.resources.iter().zip(&names.resources) {
            let enumeration = enumeration(resource, &name, names);
            let kind = match (resource.operations, resource.resource_type) {
                (Operations::E, _) => Kind::Executable,
                (_, None) => Kind::Untyped,
                (_, Some(resource_type)) => Kind::Field(Field {
                    name: ident(&names.field),
                    shape: Shape::of(resource),
                    scalar: match &enumeration {
                        Some(EnumerationPlan { name, .. }) => quote!(#name),
                        None => scalar(resource_type),
                    },
                    enumerated: enumeration.is_some(),
                }),
            };
            enumerations.extend(enumeration);
            members.push(Member {
                resource,
                visibility: quote!(pub),
                constant: ident(&names.constant),
                kind,
            });
        }
        members.sort_by_key(|member| member.field().is_none());
        Self {
            debug: object.resources.iter().any(Resource::is_secret),
            object,
            name,
            visibility: quote!(pub),
            members,
            enumerations,
        }
    }

    /// The members in ascending order of their resources.
    pub(super) fn by_id(&self) -> Vec<&Member<'a>> {
        let mut members: Vec<_> = self.members.iter().collect();
        members.sort_by_key(|member| member.resource.id);
        members
    }

    /// The members with a field, in the order of the fields.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&Member<'a>, &Field)> {
        self.members
            .iter()
            .filter_map(|member| Some((member, member.field()?)))
    }
}

/// The enumeration of a field that has one.
fn enumeration<'a>(
    resource: &'a Resource,
    object: &Ident,
    names: &ResourceNames,
) -> Option<EnumerationPlan<'a>> {
    let code = Code::of(resource.resource_type?)?;
    let items = &resource.enumeration.as_ref()?.items;
    (resource.operations != Operations::E).then_some(())?;
    let mut taken = BTreeSet::new();
    let constants = items.iter().filter(|item| code.can_be(item.code)).map(|item| {
        let identifier = match is_constant(&item.identifier) && taken.insert(&item.identifier) {
            true => item.identifier.clone(),
            false => format!("CODE_{}", item.code).replace('-', "MINUS_"),
        };
        (ident(&identifier), item)
    });
    Some(EnumerationPlan {
        name: ident(names.enumeration.as_ref()?),
        visibility: quote!(pub),
        code,
        constants: constants.collect(),
        owner: Some((object.clone(), ident(&names.field))),
    })
}

/// Whether a text is the name of a constant; no keyword is upper case.
fn is_constant(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

fn scalar(resource_type: ResourceType) -> TokenStream {
    match resource_type {
        ResourceType::String => quote!(rt::String),
        ResourceType::Integer => quote!(rt::i64),
        ResourceType::Unsigned => quote!(rt::u64),
        ResourceType::Float => quote!(rt::f64),
        ResourceType::Boolean => quote!(rt::bool),
        ResourceType::Opaque => quote!(rt::Vec<rt::u8>),
        ResourceType::Time => quote!(rt::Time),
        ResourceType::Objlnk => quote!(rt::Objlnk),
        ResourceType::Corelnk => quote!(rt::Corelnk),
    }
}

/// How a resource becomes Rust.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    /// What the definition says.
    pub resource: &'a Resource,
    /// The visibility of the field and of the constant.
    pub visibility: TokenStream,
    /// The associated constant.
    pub constant: Ident,
    /// What it is in the struct.
    pub kind: Kind,
}

impl Member<'_> {
    pub(super) fn field(&self) -> Option<&Field> {
        match &self.kind {
            Kind::Field(field) => Some(field),
            Kind::Executable | Kind::Untyped => None,
        }
    }
}

/// What a resource is in the struct.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A field and a constant.
    Field(Field),
    /// A constant only.
    Executable,
    /// Nothing: the definition leaves the type of its value open.
    Untyped,
}

/// The field of a resource.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Ident,
    /// What surrounds the type of one value.
    pub shape: Shape,
    /// The type of one value.
    pub scalar: TokenStream,
    /// Whether that type is an enumeration.
    pub enumerated: bool,
}

impl Field {
    /// The type that the resource's constant names: without `Option`.
    pub(super) fn value_type(&self) -> TokenStream {
        let scalar = &self.scalar;
        match self.shape {
            Shape::Value | Shape::Optional => quote!(#scalar),
            Shape::Instances | Shape::OptionalInstances => quote!(rt::Instances<#scalar>),
        }
    }

    /// The type of the field.
    pub(super) fn field_type(&self) -> TokenStream {
        let value = self.value_type();
        match self.shape {
            Shape::Value | Shape::Instances => value,
            Shape::Optional | Shape::OptionalInstances => quote!(rt::Option<#value>),
        }
    }
}

/// What surrounds the type of one value in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `T`: mandatory.
    Value,
    /// `Option<T>`: optional, or a server may not read it, so that there may be nothing to say about its value.
    Optional,
    /// `Instances<T>`: mandatory and multiple.
    Instances,
    /// `Option<Instances<T>>`: multiple, and as [`Shape::Optional`].
    OptionalInstances,
}

impl Shape {
    /// The shape that generated structs give a resource.
    pub fn of(resource: &Resource) -> Self {
        let readable = matches!(resource.operations, Operations::R | Operations::RW);
        match (resource.mandatory && readable, resource.multiple) {
            (true, false) => Self::Value,
            (false, false) => Self::Optional,
            (true, true) => Self::Instances,
            (false, true) => Self::OptionalInstances,
        }
    }
}

/// How an enumeration becomes Rust.
#[derive(Clone, Debug)]
pub struct EnumerationPlan<'a> {
    /// The newtype.
    pub name: Ident,
    /// Its visibility.
    pub visibility: TokenStream,
    /// The number in it.
    pub code: Code,
    /// A constant for each name.
    pub constants: Vec<(Ident, &'a EnumerationItem)>,
    /// The struct and the field it is for, where they are known.
    pub owner: Option<(Ident, Ident)>,
}

/// The number in an enumeration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// `i64`, for an Integer resource.
    Integer,
    /// `u64`, for an Unsigned Integer resource.
    Unsigned,
}

impl Code {
    /// The code type of a resource's enumeration. `None` for other types: only whole numbers are named.
    pub fn of(resource_type: ResourceType) -> Option<Self> {
        match resource_type {
            ResourceType::Integer => Some(Self::Integer),
            ResourceType::Unsigned => Some(Self::Unsigned),
            _ => None,
        }
    }

    /// Whether the number can be that code: an unsigned one is never negative.
    pub(super) fn can_be(self, code: i64) -> bool {
        self == Self::Integer || code >= 0
    }
}
