//! Definitions as the `const` expressions that make them.

use proc_macro2::TokenStream;
use quote::quote;

use super::literal;
use crate::model::{Object, Operations, Resource, Version};

/// An object's definition, its resources given.
pub(super) fn object(object: &Object, resources: impl Iterator<Item = TokenStream>) -> TokenStream {
    let id = literal::id(object.id);
    let name = &object.name;
    let urn = &object.urn;
    let mut definition = quote!(rt::ObjectDefinition::new(#id, #name, #urn));
    if object.version != Version::V1_0 {
        let version = literal::version(object.version);
        definition.extend(quote!(.with_version(#version)));
    }
    if object.lwm2m_version != Version::V1_0 {
        let version = literal::version(object.lwm2m_version);
        definition.extend(quote!(.with_lwm2m_version(#version)));
    }
    if object.multiple {
        definition.extend(quote!(.with_multiple()));
    }
    if object.mandatory {
        definition.extend(quote!(.with_mandatory()));
    }
    quote!(#definition.with_resources(&[#(#resources),*]))
}

/// A resource's definition, its enumeration given as an expression of `&'static EnumerationDefinition`.
pub(super) fn resource(resource: &Resource, enumeration: Option<TokenStream>) -> TokenStream {
    let shared = shared(resource, enumeration);
    let occurrence = occurrence(resource);
    quote!(#shared #occurrence)
}

/// What a reusable resource says in every object that uses it.
pub(super) fn shared(resource: &Resource, enumeration: Option<TokenStream>) -> TokenStream {
    let id = literal::id(resource.id);
    let name = &resource.name;
    let operations = literal::operations(resource.operations);
    // An executable holds no value, whatever type a definition file gives it.
    let resource_type = match resource.operations {
        Operations::E => literal::resource_type(None),
        _ => literal::resource_type(resource.resource_type),
    };
    let mut definition = quote!(rt::ResourceDefinition::new(#id, #name, #resource_type, #operations));
    if !resource.units.is_empty() {
        let units = &resource.units;
        definition.extend(quote!(.with_units(#units)));
    }
    if !resource.range.is_empty() {
        let range = &resource.range;
        let constraint = literal::constraint(resource.constraint.as_ref());
        definition.extend(quote!(.with_range(#range, #constraint)));
    }
    if let Some(enumeration) = enumeration {
        definition.extend(quote!(.with_enumeration(#enumeration)));
    }
    definition
}

/// What may differ between objects that use the same resource.
pub(super) fn occurrence(resource: &Resource) -> TokenStream {
    let mut calls = TokenStream::new();
    if resource.multiple {
        calls.extend(quote!(.with_multiple()));
    }
    if resource.mandatory {
        calls.extend(quote!(.with_mandatory()));
    }
    calls
}
