//! Floor 1 over its public API: fields, instances, typed resources, and instances made from definitions alone.

mod dynamic;
mod enumeration;
mod field;
mod instance;
mod instances;
mod resource;
mod secrets;
mod station;
