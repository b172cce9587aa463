use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{Field, Kind, Member, Plan, definition, doc, literal};
use crate::model::Operations;

/// What makes a struct an object: its constants, `Object`, `Instance` and the definition.
pub fn implementation(plan: &Plan<'_>) -> TokenStream {
    let name = &plan.name;
    let constants = constants(plan);
    let object = instance(plan);
    let resources = plan.by_id().into_iter().map(resource_definition);
    let definition = definition::object(plan.object, resources);
    let debug = plan.debug.then(|| debug(plan));
    quote! {
        #constants

        impl rt::Object for #name {
            const DEFINITION: &'static rt::ObjectDefinition = &DEFINITION;
        }

        #object

        #debug

        static DEFINITION: rt::ObjectDefinition = #definition;
    }
}

/// A `Debug` that keeps secrets to itself.
fn debug(plan: &Plan<'_>) -> TokenStream {
    let name = &plan.name;
    let text = name.to_string();
    quote! {
        impl rt::Debug for #name {
            fn fmt(&self, f: &mut rt::Formatter<'_>) -> rt::fmt::Result {
                rt::debug(self, #text, f)
            }
        }
    }
}

/// `Timer::DELAY_DURATION` and its like.
fn constants(plan: &Plan<'_>) -> TokenStream {
    let mut constants = plan.members.iter().filter_map(constant).peekable();
    if constants.peek().is_none() {
        return TokenStream::new();
    }
    let name = &plan.name;
    quote! {
        impl #name {
            #(#constants)*
        }
    }
}

fn constant(member: &Member<'_>) -> Option<TokenStream> {
    let (doc, value) = match &member.kind {
        // The field says the rest.
        Kind::Field(field) => (doc::facts(member.resource), field.value_type()),
        Kind::Executable => (doc::resource(member.resource), quote!(())),
        Kind::Untyped => return None,
    };
    let (visibility, name) = (&member.visibility, &member.constant);
    let id = literal::id(member.resource.id);
    let access = match member.resource.operations {
        Operations::None => quote!(NoAccess),
        Operations::R => quote!(R),
        Operations::W => quote!(W),
        Operations::RW => quote!(RW),
        Operations::E => quote!(E),
    };
    Some(quote! {
        #doc
        #visibility const #name: rt::Resource<Self, #value, rt::access::#access> = rt::Resource::new(#id);
    })
}

fn instance(plan: &Plan<'_>) -> TokenStream {
    let name = &plan.name;
    let field = lookup(plan, &quote!());
    let field_mut = lookup(plan, &quote!(mut));
    quote! {
        impl rt::Instance for #name {
            fn definition(&self) -> &'static rt::ObjectDefinition {
                &DEFINITION
            }

            fn field(&self, id: rt::u16) -> rt::Option<&dyn rt::Field> {
                #field
            }

            fn field_mut(&mut self, id: rt::u16) -> rt::Option<&mut dyn rt::Field> {
                #field_mut
            }

            fn as_any(&self) -> &dyn rt::Any {
                self
            }

            fn as_any_mut(&mut self) -> &mut dyn rt::Any {
                self
            }
        }
    }
}

/// The field of an identifier; `mutability` is `mut` or nothing.
fn lookup(plan: &Plan<'_>, mutability: &TokenStream) -> TokenStream {
    let arms: Vec<_> = plan
        .by_id()
        .into_iter()
        .filter_map(|member| Some((member.resource.id, member.field()?)))
        .map(|(id, Field { name, scalar, .. })| {
            let id = literal::id(id);
            // A type that is none of LwM2M's is reported where the user wrote it.
            let place = quote_spanned!(scalar.span()=> &#mutability self.#name);
            quote!(#id => #place)
        })
        .collect();
    if arms.is_empty() {
        return quote! {
            let _ = id;
            rt::Option::None
        };
    }
    quote! {
        let field: &#mutability dyn rt::Field = match id {
            #(#arms,)*
            _ => return rt::Option::None,
        };
        rt::Option::Some(field)
    }
}

fn resource_definition(member: &Member<'_>) -> TokenStream {
    let enumeration = member.field().filter(|field| field.enumerated).map(|field| {
        let scalar = &field.scalar;
        quote!(<#scalar as rt::Enumeration>::DEFINITION)
    });
    definition::resource(member.resource, enumeration)
}
