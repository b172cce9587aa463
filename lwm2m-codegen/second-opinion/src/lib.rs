//! The model that xsd-parser generates from `schema/object-definition.xsd`.
#![allow(missing_docs, clippy::all, unused_mut, unused_variables, reason = "generated")]

include!(concat!(env!("OUT_DIR"), "/definition.rs"));
