//! Generates the objects that the program uses; needs no network.

fn main() -> Result<(), lwm2m_codegen::BuildError> {
    lwm2m_codegen::Builder::new()
        .object("Device@1.2")
        .object(3303)
        .file("objects/water-pump.xml")
        .compile("objects.rs")
}
