use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use lwm2m_registry_cache::Files;

use crate::{
    model::{Object, Version},
    xml::{self, Mode, Severity, Style},
};

use super::{Error, Overlay};

/// Files of upstream's tree that define no object.
const NOT_OBJECTS: [&str; 3] = ["DDF.xml", "Common.xml", "LWM2M_senml_units.xml"];

/// A definition file is far smaller; it is the limit of the reader.
const MAX_BYTES: u64 = 16 << 20;

/// One definition file, read when it is asked for.
#[derive(Debug)]
pub(super) struct Source {
    place: Place,
    name: FileName,
    content: OnceLock<Result<Vec<Object>, Error>>,
}

#[derive(Debug)]
enum Place {
    Embedded { id: u16, version: Version },
    File(PathBuf),
}

/// What a file's name says of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileName {
    /// `3.xml`.
    Object(u16),
    /// `3-1_2.xml`.
    Version(u16, Version),
    /// Anything.
    Other,
}

impl FileName {
    fn parse(name: &str) -> Self {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let number = |digits: &str| -> Option<u16> {
            digits
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| digits.parse().ok())?
        };
        let version = || {
            let (id, version) = stem.split_once('-')?;
            Some(Self::Version(
                number(id)?,
                Version::parse(&version.replace('_', "."))?,
            ))
        };
        number(stem)
            .map(Self::Object)
            .or_else(version)
            .unwrap_or(Self::Other)
    }
}

impl Source {
    fn new(place: Place, name: FileName) -> Self {
        Self {
            place,
            name,
            content: OnceLock::new(),
        }
    }

    /// Whether the name of the file allows that.
    pub(super) fn may_define(&self, id: u16, version: Option<Version>) -> bool {
        match self.name {
            FileName::Object(named) => named == id,
            FileName::Version(named, of) => named == id && version.is_none_or(|version| version == of),
            FileName::Other => true,
        }
    }

    /// Whether the file is named after the object.
    pub(super) fn is_of(&self, id: u16) -> bool {
        self.name != FileName::Other && self.may_define(id, None)
    }

    pub(super) fn named_version(&self) -> Option<Version> {
        match self.name {
            FileName::Version(_, version) => Some(version),
            FileName::Object(_) | FileName::Other => None,
        }
    }

    pub(super) fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Embedded { .. } => None,
            Place::File(path) => Some(path),
        }
    }

    pub(super) fn objects(&self) -> &[Object] {
        self.content().as_deref().unwrap_or_default()
    }

    pub(super) fn error(&self) -> Option<&Error> {
        self.content().as_ref().err()
    }

    fn content(&self) -> &Result<Vec<Object>, Error> {
        self.content.get_or_init(|| match &self.place {
            Place::Embedded { id, version } => {
                let mut objects: Vec<Object> = published(*id, *version).into_iter().collect();
                for object in &mut objects {
                    Overlay::embedded().apply_to_published(object);
                }
                Ok(objects)
            }
            Place::File(path) => self.read(path),
        })
    }

    fn read(&self, path: &Path) -> Result<Vec<Object>, Error> {
        let bytes = bytes(path)?;
        // A directory of files of any name may hold other XML.
        if self.name == FileName::Other && !bytes.windows(6).any(|window| window == b"<LWM2M") {
            return Ok(Vec::new());
        }
        let file = path.display().to_string();
        let reading = xml::read(&bytes, Mode::Lenient).unambiguous();
        if reading.has_errors() {
            let errors = reading
                .diagnostics
                .iter()
                .filter(|found| found.severity == Severity::Error);
            let errors = errors.map(|found| xml::render(found, &file, &bytes, Style::Plain));
            return Err(Error::Definition {
                errors: errors.collect(),
                file,
            });
        }
        let mut objects = reading.objects;
        for object in &mut objects {
            self.check_name(object, &file)?;
            Overlay::embedded().apply(object);
        }
        Ok(objects)
    }

    fn check_name(&self, object: &Object, file: &str) -> Result<(), Error> {
        let (fits, rename) = match self.name {
            FileName::Object(id) => (id == object.id, format!("{}.xml", object.id)),
            FileName::Version(id, version) => (
                (id, version) == (object.id, object.version),
                format!(
                    "{}-{}_{}.xml",
                    object.id, object.version.major, object.version.minor
                ),
            ),
            FileName::Other => return Ok(()),
        };
        if fits {
            return Ok(());
        }
        Err(Error::Misnamed {
            file: file.to_owned(),
            defines: format!("{} version {}", object.id, object.version),
            rename,
        })
    }
}

/// The embedded registry, as upstream published it.
pub(super) fn embedded() -> Vec<Source> {
    let source = |file: lwm2m_registry_cache::File<'_>| {
        let version = version(file.version);
        let place = Place::Embedded {
            id: file.object_id,
            version,
        };
        Source::new(place, FileName::Version(file.object_id, version))
    };
    files().iter().map(source).collect()
}

/// One version of an object as upstream published it, without descriptions.
pub(super) fn published(id: u16, version: Version) -> Option<Object> {
    let file = files().get(id, version.major, version.minor)?;
    xml::read(file.xml.as_bytes(), Mode::Lenient)
        .objects
        .into_iter()
        .next()
}

fn files() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(lwm2m_registry_cache::unpack)
}

fn version((major, minor): (u8, u8)) -> Version {
    Version { major, minor }
}

/// The files of a directory, those of its root first, in the order of their names.
pub(super) fn directory(directory: &Path) -> Result<Vec<Source>, Error> {
    let root = directory.canonicalize().map_err(|error| io(directory, &error))?;
    let mut paths = xml_files(directory, &root)?;
    let history = directory.join("version_history");
    if history.is_dir() {
        paths.extend(xml_files(&history, &root)?);
    }
    if paths.is_empty() {
        return Err(Error::Empty {
            directory: directory.to_owned(),
        });
    }
    let source = |path: PathBuf| {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .map_or(FileName::Other, FileName::parse);
        Source::new(Place::File(path), name)
    };
    Ok(paths.into_iter().map(source).collect())
}

fn xml_files(directory: &Path, root: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(|error| io(directory, &error))? {
        let entry = entry.map_err(|error| io(directory, &error))?;
        let path = entry.path();
        let is_xml = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
        let name = entry.file_name();
        if !is_xml || NOT_OBJECTS.iter().any(|other| name == *other) {
            continue;
        }
        let target = path.canonicalize().map_err(|error| io(&path, &error))?;
        if !target.starts_with(root) {
            return Err(Error::Outside { path });
        }
        // A pipe would never end.
        if target.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let file = fs::File::open(path).map_err(|error| io(path, &error))?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| io(path, &error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Error::TooLarge {
            path: path.to_owned(),
            limit: MAX_BYTES,
        });
    }
    Ok(bytes)
}

fn io(path: &Path, error: &std::io::Error) -> Error {
    Error::Io {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names() {
        let version = |major, minor| Version { major, minor };
        for (name, expected) in [
            ("3.xml", FileName::Object(3)),
            ("3-1_2.xml", FileName::Version(3, version(1, 2))),
            ("26241-10_0.XML", FileName::Version(26241, version(10, 0))),
            ("kettle.xml", FileName::Other),
            ("+3.xml", FileName::Other),
            ("70000.xml", FileName::Other),
            ("3-1_2_3.xml", FileName::Other),
            ("3-.xml", FileName::Other),
            (".xml", FileName::Other),
        ] {
            assert_eq!(FileName::parse(name), expected, "{name}");
        }
    }
}
