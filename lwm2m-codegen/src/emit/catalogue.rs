//! Definitions without types: the whole registry as tables.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{Code, definition, enumeration};
use crate::model::{Enumeration, Object, Resource};

/// `CATALOGUE`, and the definitions in it.
///
/// A resource that several objects use is a constant of its own, and so is an enumeration.
pub fn catalogue(objects: &[&Object]) -> TokenStream {
    let mut objects = objects.to_vec();
    objects.sort_by_key(|object| (object.id, object.version));
    objects.dedup_by_key(|object| (object.id, object.version));

    let enumerations = Enumerations::of(&objects);
    let shared = Shared::of(&objects, &enumerations);
    let names: Vec<_> = objects.iter().map(|object| static_name(object)).collect();
    let tables = objects.iter().zip(&names).map(|(object, name)| {
        let mut resources: Vec<_> = object.resources.iter().collect();
        resources.sort_by_key(|resource| resource.id);
        let resources = resources
            .into_iter()
            .map(|resource| shared.expression(resource, &enumerations));
        let definition = definition::object(object, resources);
        quote!(static #name: rt::ObjectDefinition = #definition;)
    });
    let door = super::door();
    let enumerations = enumerations.items();
    let shared = shared.items();
    quote! {
        #door
        #[doc = " The definitions, by object and version."]
        pub static CATALOGUE: rt::Catalogue = rt::Catalogue::new(&[#(&#names),*]);
        #(#tables)*
        #(#shared)*
        #(#enumerations)*
    }
}

fn static_name(object: &Object) -> Ident {
    format_ident!(
        "O{}_V{}_{}",
        object.id,
        object.version.major,
        object.version.minor
    )
}

/// The enumerations in use, each once.
struct Enumerations<'a>(BTreeMap<String, (Ident, Code, &'a Enumeration)>);

impl<'a> Enumerations<'a> {
    fn of(objects: &[&'a Object]) -> Self {
        let mut all = BTreeMap::new();
        for resource in objects.iter().flat_map(|object| &object.resources) {
            let Some((code, enumeration)) = named(resource) else {
                continue;
            };
            let next = format_ident!("E{}", all.len());
            all.entry(key(code, enumeration))
                .or_insert((next, code, enumeration));
        }
        Self(all)
    }

    fn of_resource(&self, resource: &Resource) -> Option<TokenStream> {
        let (code, enumeration) = named(resource)?;
        let (name, ..) = self.0.get(&key(code, enumeration))?;
        Some(quote!(&#name))
    }

    fn items(&self) -> impl Iterator<Item = TokenStream> + '_ {
        let mut all: Vec<_> = self.0.values().collect();
        all.sort_by_key(|(name, ..)| (name.to_string().len(), name.to_string()));
        all.into_iter().map(|(name, code, enumeration)| {
            let items = enumeration.items.iter().filter(|item| code.can_be(item.code));
            let definition = enumeration::definition(items);
            quote!(static #name: rt::EnumerationDefinition = #definition;)
        })
    }
}

fn named(resource: &Resource) -> Option<(Code, &Enumeration)> {
    let code = Code::of(resource.resource_type?)?;
    Some((code, resource.enumeration.as_ref()?))
}

fn key(code: Code, enumeration: &Enumeration) -> String {
    let mut key = format!("{code:?}");
    for item in &enumeration.items {
        key.push_str(&format!("\n{} {}", item.code, item.label));
    }
    key
}

/// The resource definitions that occur more than once, apart from their occurrence in an object.
struct Shared {
    /// By identifier and expression: the name.
    names: BTreeMap<(u16, String), (Ident, TokenStream)>,
}

impl Shared {
    fn of(objects: &[&Object], enumerations: &Enumerations<'_>) -> Self {
        let mut uses: BTreeMap<(u16, String), (usize, TokenStream)> = BTreeMap::new();
        for resource in objects.iter().flat_map(|object| &object.resources) {
            let expression = definition::shared(resource, enumerations.of_resource(resource));
            let key = (resource.id, expression.to_string());
            uses.entry(key).or_insert((0, expression)).0 += 1;
        }
        let mut names = BTreeMap::new();
        let mut previous = None;
        let mut variant = 0_usize;
        for ((id, text), (count, expression)) in uses {
            if count < 2 {
                continue;
            }
            variant = if previous == Some(id) { variant + 1 } else { 0 };
            previous = Some(id);
            let name = match variant {
                0 => format_ident!("R{id}"),
                _ => format_ident!("R{id}_{variant}"),
            };
            names.insert((id, text), (name, expression));
        }
        Self { names }
    }

    fn expression(&self, resource: &Resource, enumerations: &Enumerations<'_>) -> TokenStream {
        let expression = definition::shared(resource, enumerations.of_resource(resource));
        let occurrence = definition::occurrence(resource);
        match self.names.get(&(resource.id, expression.to_string())) {
            Some((name, _)) => quote!(#name #occurrence),
            None => quote!(#expression #occurrence),
        }
    }

    fn items(&self) -> impl Iterator<Item = TokenStream> + '_ {
        self.names
            .values()
            .map(|(name, expression)| quote!(const #name: rt::ResourceDefinition = #expression;))
    }
}
