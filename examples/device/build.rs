//! Generates the objects that the runtime does not have; needs no network.

fn main() -> Result<(), lwm2m_codegen::BuildError> {
    lwm2m_codegen::Builder::new().object(3303).compile("objects.rs")
}
