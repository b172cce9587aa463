use super::Object;

/// An object that prints its own definition file, to be published or loaded elsewhere.
///
/// `#[derive(Lwm2mObject)]` implements it: the struct is the only place where the object is defined. The definition
/// files of registry objects are the registry's.
pub trait DefinitionFile: Object {
    /// The file's text: XML in the registry's schema (LwM2M Core 1.2, appendix D).
    const XML: &'static str;
}
