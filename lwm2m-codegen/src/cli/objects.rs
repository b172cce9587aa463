//! What the user calls an object: an id or a name, with or without a version, or a definition file.

use std::fmt;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use super::args::Source;
use super::stop::Stop;
use super::style::warning;
use crate::model::Object;
use crate::printable::Printable;
use crate::registry::{self, Overlay, Registry};
use crate::xml::{self, Limits, Mode, Reading, Severity, Style};

/// Where the objects of a command come from.
pub(super) struct Objects {
    pub(super) registry: Registry,
}

impl Objects {
    pub(super) fn open(source: &Source) -> Result<Self, Stop> {
        let registry = match &source.registry {
            None => Registry::embedded(),
            Some(directory) => Registry::open(directory).map_err(Stop::not_done)?,
        };
        Ok(Self { registry })
    }

    /// The version that is named, or the newest one; all objects of a file.
    pub(super) fn named(&self, text: &str) -> Result<Vec<Object>, Stop> {
        match file(text) {
            Some(path) => read_objects(path),
            None => Ok(vec![self.registry.find(text).map_err(not_found)?.clone()]),
        }
    }

    /// The one object that is named.
    pub(super) fn one(&self, text: &str) -> Result<Object, Stop> {
        let mut objects = self.named(text)?;
        match (objects.pop(), objects.is_empty()) {
            (Some(object), true) => Ok(object),
            _ => Err(Stop::NotDone(format!(
                "{text} does not define exactly one object"
            ))),
        }
    }

    /// Every version of the object that is named.
    pub(super) fn versions(&self, text: &str) -> Result<Vec<Object>, Stop> {
        if file(text).is_some() {
            return self.named(text);
        }
        let id = self.registry.find(text).map_err(not_found)?.id;
        Ok(self
            .registry
            .versions(id)
            .map_err(not_found)?
            .into_iter()
            .cloned()
            .collect())
    }

    /// Says which files are left out, because they cannot be read.
    pub(super) fn warn_of_unreadable(&self) {
        for error in self.registry.errors() {
            warn(&error.to_string());
        }
    }
}

/// A file that breaks the rules is an answer.
fn not_found(error: registry::Error) -> Stop {
    match error {
        registry::Error::Definition { .. } => Stop::NoBecause(error.to_string()),
        _ => Stop::not_done(error),
    }
}

/// Whether a definition file is meant: its name ends in `.xml`, and no object's name does.
fn file(text: &str) -> Option<&Path> {
    let path = Path::new(text);
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("xml"))
        .then_some(path)
}

/// The bytes of a definition file; of one that is too large, so many that the reader sees that.
pub(super) fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let limit = Limits::default().file_bytes as u64 + 1;
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_objects(path: &Path) -> Result<Vec<Object>, Stop> {
    let bytes = read_bytes(path)
        .map_err(|error| Stop::NotDone(format!("{} cannot be read: {error}", path.display())))?;
    let Reading {
        mut objects,
        diagnostics,
        ..
    } = xml::read(&bytes, Mode::Lenient).unambiguous();
    let name = path.display().to_string();
    let (errors, others): (Vec<_>, Vec<_>) = diagnostics
        .iter()
        .partition(|problem| problem.severity == Severity::Error);
    if !errors.is_empty() {
        let mut stderr = anstream::stderr().lock();
        for problem in errors {
            // What cannot be told is still in the status.
            let _ = writeln!(
                stderr,
                "{}\n",
                xml::render(problem, &name, &bytes, Style::Coloured)
            );
        }
        return Err(Stop::NoBecause(format!(
            "{name} is not a valid object definition"
        )));
    }
    if !others.is_empty() {
        warn(&format!(
            "{name} has {}; see them with: lwm2m-codegen check {name}",
            problems(others.len())
        ));
    }
    for object in &mut objects {
        Overlay::embedded().apply(object);
    }
    Ok(objects)
}

fn problems(count: usize) -> String {
    if count == 1 {
        "1 problem".to_owned()
    } else {
        format!("{count} problems")
    }
}

/// Tells something on standard error that changes nothing.
pub(super) fn warn(text: &str) {
    tell(warning("warning"), text);
}

/// Tells something on standard error. Names of files and objects that it has do not steer the terminal; where it cannot be told,
/// the status still tells it.
pub(super) fn tell(what: impl fmt::Display, text: &str) {
    let lines: Vec<String> = text.lines().map(|line| Printable(line).to_string()).collect();
    let _ = writeln!(anstream::stderr(), "{what}: {}", lines.join("\n"));
}
