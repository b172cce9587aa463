//! `new`: a valid definition to edit.

use std::fs;
use std::io::{self, Write};

use super::args::New;
use super::stop::Stop;
use crate::emit::{default_urn, urn_class};
use crate::model::{Constraint, Object, Operations, Resource, ResourceType, Version};

pub(super) fn run(args: &New, out: &mut impl Write) -> Result<(), Stop> {
    let name = args.name.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Stop::not_done(
            "a name needs letters, and has no line breaks or other control characters",
        ));
    }
    if !is_usable(args.id) {
        return Err(Stop::NotDone(format!(
            "object id {} is reserved: take one from 10241-42768 that the registry assigned to you, or one from \
             42769-42800 for tests",
            args.id
        )));
    }
    let xml = skeleton(args.id, name).to_xml();
    let Some(path) = &args.out else {
        return Ok(out.write_all(xml.as_bytes())?);
    };
    let written = fs::File::create_new(path).and_then(|mut file| file.write_all(xml.as_bytes()));
    written.map_err(|error| {
        let reason = match error.kind() {
            io::ErrorKind::AlreadyExists => {
                "it exists already; name another file, or remove it first".to_owned()
            }
            _ => error.to_string(),
        };
        Stop::NotDone(format!("{} cannot be written: {reason}", path.display()))
    })?;
    Ok(writeln!(
        out,
        "wrote {}; edit it, then: lwm2m-codegen check {}",
        path.display(),
        path.display()
    )?)
}

fn skeleton(id: u16, name: &str) -> Object {
    let mut object = Object::new(id, name, default_urn(id, Version::V1_0));
    object.description = "TODO: what the object is for, and when a device has it.".to_owned();

    let mut value = Resource::new(0, "Value");
    value.operations = Operations::R;
    value.mandatory = true;
    value.resource_type = Some(ResourceType::Float);
    value.range = "-40..85".to_owned();
    value.constraint = Some(Constraint::Float(vec![(-40.0, 85.0)]));
    value.units = "Cel".to_owned();
    value.description =
        "TODO: what a server reads and observes. Units come from the SenML registry.".to_owned();

    let mut label = Resource::new(1, "Label");
    label.operations = Operations::RW;
    label.resource_type = Some(ResourceType::String);
    label.range = "0..32".to_owned();
    label.constraint = Some(Constraint::Length(vec![(0, 32)]));
    label.description =
        "TODO: what a server configures. The range of a text is its length in bytes.".to_owned();

    let mut reset = Resource::new(2, "Reset");
    reset.operations = Operations::E;
    reset.description =
        "TODO: what a server triggers. An executable resource has neither type, range nor units.".to_owned();

    object.resources = vec![value, label, reset];
    object
}

/// Whether somebody may own the id, or use it for tests.
fn is_usable(id: u16) -> bool {
    urn_class(id).is_some() || matches!(id, 42769..=42800)
}
