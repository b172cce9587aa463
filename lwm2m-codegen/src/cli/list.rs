//! `list`: which objects there are.

use std::io::{self, Write};

use serde::Serialize;

use super::args::{List, ListFormat};
use super::objects::Objects;
use super::stop::Stop;
use super::style::{dim, strong};
use crate::model::Object;
use crate::printable::Printable;
use crate::registry::{self, Registry};

pub(super) fn run(args: &List, out: &mut impl Write) -> Result<(), Stop> {
    let objects = Objects::open(&args.source)?;
    objects.warn_of_unreadable();
    let registry = &objects.registry;
    let all = if args.all_versions {
        registry.objects()
    } else {
        registry.latest()
    };
    let text = args.text.as_deref().unwrap_or_default().trim();
    let found: Vec<&Object> = all.into_iter().filter(|object| is_meant(object, text)).collect();
    if found.is_empty() {
        return Err(Stop::NoBecause(nothing_found(registry, text)));
    }
    match args.format {
        ListFormat::Text => table(&found, out)?,
        ListFormat::Json => found.iter().try_for_each(|object| line(object, out))?,
    }
    Ok(())
}

fn is_meant(object: &Object, text: &str) -> bool {
    object.name.to_lowercase().contains(&text.to_lowercase()) || object.id.to_string() == text
}

fn nothing_found(registry: &Registry, text: &str) -> String {
    match registry.find(text) {
        Err(error @ registry::Error::Unknown { .. }) => error.to_string(),
        _ => format!("no object has {text:?} in its name"),
    }
}

fn table(objects: &[&Object], out: &mut impl Write) -> io::Result<()> {
    let width = objects
        .iter()
        .map(|object| object.name.chars().count())
        .max()
        .unwrap_or_default()
        .max(4);
    let heading = format!(
        "{:>5}  {:width$}  {:7}  {:9}  {}",
        "ID", "Name", "Version", "Instances", "Class"
    );
    writeln!(out, "{}", strong(&heading))?;
    for object in objects {
        let instances = if object.multiple { "multiple" } else { "single" };
        let Object {
            id, name, version, ..
        } = object;
        let (name, version) = (Printable(name).to_string(), version.to_string());
        writeln!(
            out,
            "{id:>5}  {name:width$}  {version:7}  {instances:9}  {}",
            dim(class(object))
        )?;
    }
    Ok(())
}

/// One line of `--format json`.
#[derive(Serialize)]
struct Line<'a> {
    id: u16,
    name: &'a str,
    urn: &'a str,
    version: String,
    lwm2m_version: String,
    multiple: bool,
    mandatory: bool,
    class: &'a str,
    /// How many.
    resources: usize,
}

fn line(object: &Object, out: &mut impl Write) -> io::Result<()> {
    let line = Line {
        id: object.id,
        name: &object.name,
        urn: &object.urn,
        version: object.version.to_string(),
        lwm2m_version: object.lwm2m_version.to_string(),
        multiple: object.multiple,
        mandatory: object.mandatory,
        class: class(object),
        resources: object.resources.len(),
    };
    writeln!(out, "{}", serde_json::to_string(&line)?)
}

/// Who gave the object its id: `oma`, `ext` (another standards body) or `x` (a vendor), as the URN says.
fn class(object: &Object) -> &str {
    match object.urn.split(':').nth(3) {
        Some(class @ ("oma" | "ext" | "x")) => class,
        _ => "-",
    }
}
