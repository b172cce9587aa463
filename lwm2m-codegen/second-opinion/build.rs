//! Generates the model of the project's schema.

use std::{env, error::Error, fs, path::PathBuf};

use xsd_parser::{
    Config,
    config::{OptimizerFlags, Schema},
    generate,
};

fn main() -> Result<(), Box<dyn Error>> {
    let schema = PathBuf::from("../schema/object-definition.xsd");
    println!("cargo::rerun-if-changed={}", schema.display());
    let config = Config::default()
        .with_schema(Schema::File(schema.canonicalize()?))
        // The empty text is a value of Operations and Type; optimised away, half of the registry could not be read.
        .without_optimizer_flags(
            OptimizerFlags::REMOVE_EMPTY_ENUM_VARIANTS | OptimizerFlags::REMOVE_EMPTY_ENUMS,
        )
        .with_quick_xml_deserialize();
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(out.join("definition.rs"), generate(config)?.to_string())?;
    Ok(())
}
