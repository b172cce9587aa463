//! The struct with `#[derive(Lwm2mObject)]` that says the same as a definition: for people who want to own and edit
//! their Rust.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::{
    Code, EnumerationPlan, Field, Kind, Member, Plan, Shape,
    convention::{default_name, default_urn, plain_range},
    doc, literal,
};
use crate::model::{
    Object, Resource, ResourceType, Version,
    range::{self, Parsed},
};

/// The annotated form of an object: a `use` of what it needs, the struct and its enumerations.
///
/// Expanding the derive on it gives [`implementation`](super::implementation) of [`as_written`].
pub fn annotated(plan: &Plan<'_>) -> TokenStream {
    let scope = Scope::of(plan);
    let imports = scope.imports();
    let structure = structure(&as_written(plan), &scope);
    let enumerations = plan.enumerations.iter().map(enumeration);
    quote! {
        #imports
        #structure
        #(#enumerations)*
    }
}

/// The same plan with types as a person would write them: `f64`, not `rt::f64`.
pub fn as_written<'a>(plan: &Plan<'a>) -> Plan<'a> {
    let scope = Scope::of(plan);
    let mut written = plan.clone();
    for member in &mut written.members {
        let resource_type = member.resource.resource_type;
        if let (Kind::Field(field), Some(resource_type)) = (&mut member.kind, resource_type) {
            if !field.enumerated {
                field.scalar = scope.scalar(resource_type);
            }
        }
    }
    written
}

fn structure(plan: &Plan<'_>, scope: &Scope) -> TokenStream {
    let object = plan.object;
    let doc = doc::owned(&object.name, &[&object.description, &object.description2]);
    let (visibility, name) = (&plan.visibility, &plan.name);
    let mut attributes = object_attributes(object);
    // One or the other.
    let debug = (!plan.debug).then(|| quote!(Debug,));
    if plan.debug {
        attributes.extend(quote!(, debug));
    }
    let others = plan.members.iter().filter_map(without_field);
    let fields = plan.fields().map(|(member, field)| {
        let doc = doc::owned(&member.resource.name, &[&member.resource.description]);
        let attributes = field_attributes(member.resource, field);
        let (visibility, name) = (&member.visibility, &field.name);
        let field_type = scope.field_type(field);
        quote!(#doc #[lwm2m(#attributes)] #visibility #name: #field_type)
    });
    quote! {
        #doc
        #[derive(Clone, #debug Default, PartialEq, Lwm2mObject)]
        #[lwm2m(#attributes)]
        #(#others)*
        #visibility struct #name {
            #(#fields,)*
        }
    }
}

fn object_attributes(object: &Object) -> TokenStream {
    let id = literal::id(object.id);
    let name = &object.name;
    let mut attributes = quote!(id = #id, name = #name);
    if object.urn != default_urn(object.id, object.version) {
        let urn = &object.urn;
        attributes.extend(quote!(, urn = #urn));
    }
    for (key, version) in [
        ("version", object.version),
        ("lwm2m_version", object.lwm2m_version),
    ] {
        if version != Version::V1_0 {
            let key = ident(key);
            let version = version.to_string();
            attributes.extend(quote!(, #key = #version));
        }
    }
    if object.multiple {
        attributes.extend(quote!(, multiple));
    }
    if object.mandatory {
        attributes.extend(quote!(, mandatory));
    }
    attributes
}

/// An executable, or a resource without a type, as an attribute of the struct.
fn without_field(member: &Member<'_>) -> Option<TokenStream> {
    let resource = member.resource;
    let keyword = match member.kind {
        Kind::Field(_) => return None,
        Kind::Executable => ident("execute"),
        Kind::Untyped => ident("untyped"),
    };
    let constant = &member.constant;
    let id = literal::id(resource.id);
    let mut attributes = quote!(#keyword #constant = #id);
    if resource.name != default_name(&constant.to_string()) {
        let name = &resource.name;
        attributes.extend(quote!(, name = #name));
    }
    if let Kind::Untyped = member.kind {
        let operations = resource.operations.name();
        attributes.extend(quote!(, operations = #operations));
    }
    if resource.multiple {
        attributes.extend(quote!(, multiple));
    }
    if resource.mandatory {
        attributes.extend(quote!(, mandatory));
    }
    limits(&mut attributes, resource);
    if !resource.description.is_empty() {
        let description = &resource.description;
        attributes.extend(quote!(, description = #description));
    }
    Some(quote!(#[lwm2m(#attributes)]))
}

fn field_attributes(resource: &Resource, field: &Field) -> TokenStream {
    let id = literal::id(resource.id);
    let mut attributes = quote!(id = #id);
    if resource.name != default_name(&field.name.to_string()) {
        let name = &resource.name;
        attributes.extend(quote!(, name = #name));
    }
    let operations = resource.operations.name();
    attributes.extend(quote!(, operations = #operations));
    let optional = matches!(field.shape, Shape::Optional | Shape::OptionalInstances);
    if resource.mandatory && optional {
        attributes.extend(quote!(, mandatory));
    }
    limits(&mut attributes, resource);
    if let Some(read_as) = read_as(resource) {
        attributes.extend(quote!(, read_as = #read_as));
    }
    if field.enumerated {
        attributes.extend(match resource.resource_type {
            Some(ResourceType::Unsigned) => quote!(, enumeration = "u64"),
            _ => quote!(, enumeration),
        });
    }
    attributes
}

/// Unit and range.
fn limits(attributes: &mut TokenStream, resource: &Resource) {
    for (key, text) in [("units", &resource.units), ("range", &resource.range)] {
        if !text.is_empty() {
            let key = ident(key);
            attributes.extend(quote!(, #key = #text));
        }
    }
}

/// How to read a range that says something else by itself.
fn read_as(resource: &Resource) -> Option<String> {
    let read = match range::parse(&resource.range, resource.resource_type) {
        Parsed::Absent => return None,
        Parsed::Unreadable(_) => None,
        readable => Some(readable.into_constraint()),
    };
    let differs = read.as_ref() != Some(&resource.constraint);
    differs.then(|| resource.constraint.as_ref().map_or(String::new(), plain_range))
}

fn enumeration(plan: &EnumerationPlan<'_>) -> TokenStream {
    let (name, visibility) = (&plan.name, &plan.visibility);
    let code = match plan.code {
        Code::Integer => quote!(i64),
        Code::Unsigned => quote!(u64),
    };
    let doc = plan.owner.as_ref().map(|(object, field)| {
        doc::lines([format!(
            "The values of [`{object}::{field}`]. Other codes stay legal."
        )])
    });
    let items = plan.constants.iter().map(|(constant, item)| {
        let code = Literal::i64_unsuffixed(item.code);
        let label = match item.label == default_name(&constant.to_string()) {
            true => TokenStream::new(),
            false => {
                let label = &item.label;
                quote!(, label = #label)
            }
        };
        quote!(#[lwm2m(code #constant = #code #label)])
    });
    quote! {
        #doc
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Lwm2mEnumeration)]
        #(#items)*
        #visibility struct #name(pub #code);
    }
}

/// What the types of an annotated struct are called where it stands. Derives need no care: macros have names of
/// their own.
struct Scope {
    /// The names that the struct and its enumerations take.
    taken: Vec<String>,
    /// What the struct needs of the runtime, as (module, type).
    needed: Vec<(&'static str, &'static str)>,
    enumerations: bool,
}

impl Scope {
    fn of(plan: &Plan<'_>) -> Self {
        let enumerations = plan.enumerations.iter().map(|enumeration| &enumeration.name);
        let mut needed = Vec::new();
        for (member, field) in plan.fields() {
            if matches!(field.shape, Shape::Instances | Shape::OptionalInstances) {
                needed.push(("object", "Instances"));
            }
            match member.resource.resource_type {
                Some(ResourceType::Time) => needed.push(("model", "Time")),
                Some(ResourceType::Objlnk) => needed.push(("model", "Objlnk")),
                Some(ResourceType::Corelnk) => needed.push(("object", "Corelnk")),
                _ => {}
            }
        }
        needed.sort_unstable();
        needed.dedup();
        Self {
            taken: enumerations.chain([&plan.name]).map(Ident::to_string).collect(),
            needed,
            enumerations: !plan.enumerations.is_empty(),
        }
    }

    fn imports(&self) -> TokenStream {
        let module = |module: &str| {
            let names: Vec<_> = self
                .needed
                .iter()
                .filter(|(place, name)| *place == module && !self.is_taken(name))
                .map(|(_, name)| ident(name))
                .collect();
            let module = ident(module);
            (!names.is_empty()).then(|| quote!(#module::{#(#names),*}))
        };
        let derives = match self.enumerations {
            true => quote!(Lwm2mEnumeration, Lwm2mObject),
            false => quote!(Lwm2mObject),
        };
        let modules = [module("model"), module("object")].into_iter().flatten();
        quote!(use lwm2m_runtime::{#derives #(, #modules)*};)
    }

    fn is_taken(&self, name: &str) -> bool {
        self.taken.iter().any(|taken| taken == name)
    }

    /// The name, or the path where the name is taken.
    fn name(&self, path: TokenStream, name: &str) -> TokenStream {
        if self.is_taken(name) {
            return path;
        }
        let name = ident(name);
        quote!(#name)
    }

    fn scalar(&self, resource_type: ResourceType) -> TokenStream {
        match resource_type {
            ResourceType::String => self.name(quote!(::std::string::String), "String"),
            ResourceType::Integer => quote!(i64),
            ResourceType::Unsigned => quote!(u64),
            ResourceType::Float => quote!(f64),
            ResourceType::Boolean => quote!(bool),
            ResourceType::Opaque => {
                let vec = self.name(quote!(::std::vec::Vec), "Vec");
                quote!(#vec<u8>)
            }
            ResourceType::Time => self.name(quote!(lwm2m_runtime::model::Time), "Time"),
            ResourceType::Objlnk => self.name(quote!(lwm2m_runtime::model::Objlnk), "Objlnk"),
            ResourceType::Corelnk => self.name(quote!(lwm2m_runtime::object::Corelnk), "Corelnk"),
        }
    }

    fn field_type(&self, field: &Field) -> TokenStream {
        let scalar = &field.scalar;
        let value = match field.shape {
            Shape::Value | Shape::Optional => quote!(#scalar),
            Shape::Instances | Shape::OptionalInstances => {
                let instances = self.name(quote!(lwm2m_runtime::object::Instances), "Instances");
                quote!(#instances<#scalar>)
            }
        };
        match field.shape {
            Shape::Value | Shape::Instances => value,
            Shape::Optional | Shape::OptionalInstances => {
                let option = self.name(quote!(::core::option::Option), "Option");
                quote!(#option<#value>)
            }
        }
    }
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
