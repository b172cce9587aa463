use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::model::{EnumerationItem, Object, Operations, Resource, ResourceType};

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
    /// The enumerations to generate beside the struct. The derive has none: they exist already.
    pub enumerations: Vec<EnumerationPlan<'a>>,
}

impl<'a> Plan<'a> {
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
}
