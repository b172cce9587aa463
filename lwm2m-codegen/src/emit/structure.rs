use proc_macro2::TokenStream;
use quote::quote;

use super::{Plan, doc};

/// The struct: a field for each resource that holds a value.
pub(super) fn structure(plan: &Plan<'_>) -> TokenStream {
    let doc = doc::object(plan.object);
    let (visibility, name) = (&plan.visibility, &plan.name);
    let fields = plan.fields().map(|(member, field)| {
        let doc = doc::resource(member.resource);
        let (visibility, name, field_type) = (&member.visibility, &field.name, field.field_type());
        quote!(#doc #visibility #name: #field_type)
    });
    let debug = (!plan.debug).then(|| quote!(rt::Debug,));
    quote! {
        #doc
        #[derive(rt::Clone, #debug rt::Default, rt::PartialEq)]
        #visibility struct #name {
            #(#fields,)*
        }
    }
}
