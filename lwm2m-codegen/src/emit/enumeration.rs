use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Code, EnumerationPlan, doc};
use crate::model::EnumerationItem;

/// An enumeration as a newtype with a constant for each name: unknown codes survive.
pub(super) fn newtype(plan: &EnumerationPlan<'_>) -> TokenStream {
    let (name, visibility) = (&plan.name, &plan.visibility);
    let code = code(plan.code);
    let doc = plan.owner.as_ref().map(|(object, field)| {
        doc::lines([format!(
            "The values of [`{object}::{field}`]. Other codes stay legal."
        )])
    });
    let implementation = implementation(plan);
    quote! {
        #doc
        #[derive(rt::Clone, rt::Copy, rt::Debug, rt::Default, rt::PartialEq, rt::Eq, rt::Hash)]
        #visibility struct #name(pub #code);

        #implementation
    }
}

/// What makes a newtype an enumeration: its constants and traits.
pub fn implementation(plan: &EnumerationPlan<'_>) -> TokenStream {
    let (name, visibility) = (&plan.name, &plan.visibility);
    let code = code(plan.code);
    let constants = plan.constants.iter().map(|(constant, item)| {
        let doc = doc::lines([format!("Code {}: {}.", item.code, doc::escaped(&item.label))]);
        let code = Literal::i64_unsuffixed(item.code);
        quote! {
            #doc
            #visibility const #constant: Self = Self(#code);
        }
    });
    let definition = definition(plan.constants.iter().map(|(_, item)| *item));
    quote! {
        impl #name {
            #(#constants)*
        }

        impl rt::Enumeration for #name {
            type Code = #code;
            const DEFINITION: &'static rt::EnumerationDefinition = &#definition;

            fn from_code(code: #code) -> Self {
                Self(code)
            }

            fn code(self) -> #code {
                self.0
            }
        }

        impl rt::From<#code> for #name {
            fn from(code: #code) -> Self {
                Self(code)
            }
        }
    }
}

/// The names as the `const` expression that makes them.
pub(super) fn definition<'a>(items: impl Iterator<Item = &'a EnumerationItem>) -> TokenStream {
    let items = items.map(|EnumerationItem { code, label, .. }| {
        let code = Literal::i64_unsuffixed(*code);
        quote!(rt::EnumerationItem { code: #code, label: #label })
    });
    quote!(rt::EnumerationDefinition::new(&[#(#items),*]))
}

fn code(code: Code) -> TokenStream {
    match code {
        Code::Integer => quote!(rt::i64),
        Code::Unsigned => quote!(rt::u64),
    }
}
