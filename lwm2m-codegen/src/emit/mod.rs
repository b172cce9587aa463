//! An object definition and a plan for its Rust names, to Rust.
//!
//! There is one emitter for both doors: the registry plans every name itself, the derive takes them from the struct
//! it is on. [`implementation`] is what both have in common; [`module`] adds the struct.
//!
//! Generated code knows one outside name, `rt`, the numbered door `::lwm2m_runtime::__v1`; an object may be called
//! `Time`, `String` or `Option`. Texts of a definition only ever become string literals and doc attributes, and names
//! only come in as [`Ident`](proc_macro2::Ident)s: nothing a definition file says can become code.

mod annotated;
mod catalogue;
mod convention;
mod definition;
mod doc;
mod enumeration;
mod implementation;
mod literal;
mod plan;
mod structure;

pub use annotated::{annotated, as_written};
pub use catalogue::catalogue;
pub use convention::{constant_of_field, default_constant, default_name, default_urn, urn_class};
pub use doc::{description, plain_text};
pub use enumeration::implementation as enumeration_implementation;
pub use implementation::implementation;
pub use plan::{Code, EnumerationPlan, Field, Kind, Member, Plan, Shape};

use proc_macro2::TokenStream;
use quote::quote;

/// The number of the door that generated code enters the runtime by.
pub const CONTRACT: u32 = 1;

/// Everything a module holds for one object version: the door, the struct, what it implements, its enumerations.
pub fn module(plan: &Plan<'_>) -> TokenStream {
    let door = door();
    let structure = structure::structure(plan);
    let implementation = implementation(plan);
    let enumerations = plan.enumerations.iter().map(enumeration::newtype);
    quote! {
        #door
        #structure
        #implementation
        #(#enumerations)*
    }
}

/// The one `use` of generated code.
pub fn door() -> TokenStream {
    quote!(
        use ::lwm2m_runtime::__v1 as rt;
    )
}
