//! Values of the model as expressions of the runtime's types.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

use crate::model::{Constraint, Operations, ResourceType, Version};

pub(super) fn version(version: Version) -> TokenStream {
    let major = Literal::u8_unsuffixed(version.major);
    let minor = Literal::u8_unsuffixed(version.minor);
    quote!(rt::Version::new(#major, #minor))
}

pub(super) fn id(id: u16) -> Literal {
    Literal::u16_unsuffixed(id)
}

pub(super) fn operations(operations: Operations) -> TokenStream {
    match operations {
        Operations::None => quote!(rt::Operations::None),
        Operations::R => quote!(rt::Operations::R),
        Operations::W => quote!(rt::Operations::W),
        Operations::RW => quote!(rt::Operations::RW),
        Operations::E => quote!(rt::Operations::E),
    }
}

pub(super) fn resource_type(resource_type: Option<ResourceType>) -> TokenStream {
    let Some(resource_type) = resource_type else {
        return quote!(rt::Option::None);
    };
    let name = match resource_type {
        ResourceType::String => quote!(String),
        ResourceType::Integer => quote!(Integer),
        ResourceType::Unsigned => quote!(Unsigned),
        ResourceType::Float => quote!(Float),
        ResourceType::Boolean => quote!(Boolean),
        ResourceType::Opaque => quote!(Opaque),
        ResourceType::Time => quote!(Time),
        ResourceType::Objlnk => quote!(Objlnk),
        ResourceType::Corelnk => quote!(Corelnk),
    };
    quote!(rt::Option::Some(rt::ResourceType::#name))
}

pub(super) fn constraint(constraint: Option<&Constraint>) -> TokenStream {
    match constraint {
        None => quote!(rt::Constraint::None),
        Some(Constraint::Integer(set)) => set_of(quote!(Integer), set, |n| Literal::i64_unsuffixed(*n)),
        Some(Constraint::Unsigned(set)) => set_of(quote!(Unsigned), set, |n| Literal::u64_unsuffixed(*n)),
        Some(Constraint::Float(set)) => set_of(quote!(Float), set, |n| float(*n)),
        Some(Constraint::Length(set)) => set_of(quote!(Length), set, |n| Literal::u64_unsuffixed(*n)),
    }
}

fn set_of<T, L: ToTokens>(name: TokenStream, set: &[(T, T)], literal: impl Fn(&T) -> L) -> TokenStream {
    let intervals = set.iter().map(|(low, high)| {
        let (low, high) = (literal(low), literal(high));
        quote!((#low, #high))
    });
    quote!(rt::Constraint::#name(&[#(#intervals),*]))
}

/// The shortest decimal that reads back as the same number. What is not finite has no literal.
fn float(number: f64) -> TokenStream {
    if number.is_finite() {
        Literal::f64_unsuffixed(number).into_token_stream()
    } else if number.is_nan() {
        quote!(rt::f64::NAN)
    } else if number > 0.0 {
        quote!(rt::f64::INFINITY)
    } else {
        quote!(rt::f64::NEG_INFINITY)
    }
}
