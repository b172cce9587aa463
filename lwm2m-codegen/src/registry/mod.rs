//! Object definitions by identifier, name and version: the embedded registry, or a directory of definition files.

mod error;
mod find;
mod overlay;
mod source;

use std::{
    collections::{BTreeMap, btree_map::Entry},
    path::Path,
};

pub use error::Error;
#[cfg(feature = "fetch")]
pub(crate) use find::key;
pub use overlay::Overlay;

use crate::{
    model::{Object, Version},
    names::Words,
};

use self::source::Source;

/// A set of object definitions.
///
/// Files are read when they are asked for: by identifier, those of the object alone; by name, all.
///
/// ```
/// use lwm2m_codegen::registry::Registry;
///
/// let registry = Registry::embedded();
/// assert_eq!(registry.find("temperature@1.0")?.id, 3303);
/// assert_eq!(registry.find("3")?.version.to_string(), "1.2");
/// assert!(registry.find("Temprature").unwrap_err().to_string().contains("3303 Temperature"));
/// # Ok::<(), lwm2m_codegen::registry::Error>(())
/// ```
#[derive(Debug)]
pub struct Registry {
    sources: Vec<Source>,
}

impl Registry {
    /// The whole OMNA registry, without descriptions, as it was when this crate was published.
    pub fn embedded() -> Self {
        Self {
            sources: source::embedded(),
        }
    }

    /// The definition files of a directory: `N.xml` and `version_history/N-X_Y.xml` as upstream has them, or files of
    /// any name ending in `.xml` side by side.
    ///
    /// Upstream's index `DDF.xml` and the files beside it that define no object are left out. Where a file beside
    /// `version_history` and one in it define the same version, the former counts.
    ///
    /// # Errors
    ///
    /// When the directory cannot be listed, has no definition file, or has a link to a file outside of it. Files that
    /// cannot be read are an error when they are asked for.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Self {
            sources: source::directory(directory.as_ref())?,
        })
    }

    /// The object that a text names: `3303`, `3303@1.1`, `Temperature`, `Temperature@1.1`; the newest version where the
    /// text has none.
    ///
    /// Names are compared without regard to case and punctuation, and may be those of older versions.
    ///
    /// # Errors
    ///
    /// When there is no such object or version, when the name is that of several objects, or when a definition file in
    /// question cannot be read.
    pub fn find(&self, text: &str) -> Result<&Object, Error> {
        find::find(self, text)
    }

    /// One version of an object.
    ///
    /// # Errors
    ///
    /// When a definition file in question cannot be read and no other has the version.
    pub fn get(&self, id: u16, version: Version) -> Result<Option<&Object>, Error> {
        let found = self.select(|source| source.may_define(id, Some(version)));
        let doubled = |error: &&Error| matches!(error, Error::Duplicate { id: of, version: v, .. } if (*of, *v) == (id, version));
        let object = found.objects.get(&(id, version)).map(|(object, _)| *object);
        let error = match object {
            Some(_) => found.errors.iter().find(doubled),
            None => found.errors.first(),
        };
        error.map_or(Ok(object), |error| Err(error.clone()))
    }

    /// The versions of an object, oldest first; none if the object is unknown.
    ///
    /// # Errors
    ///
    /// When a definition file of the object cannot be read.
    pub fn versions(&self, id: u16) -> Result<Vec<&Object>, Error> {
        let found = self.select(|source| source.may_define(id, None));
        let objects = found.objects.into_values().map(|(object, _)| object);
        let objects: Vec<&Object> = objects.filter(|object| object.id == id).collect();
        let of_this = |error: &&Error| match error {
            Error::Duplicate { id: of, .. } => *of == id,
            error => self
                .sources
                .iter()
                .any(|source| source.is_of(id) && source.error() == Some(*error)),
        };
        let error = if objects.is_empty() {
            found.errors.first()
        } else {
            found.errors.iter().find(of_this)
        };
        error.map_or(Ok(objects), |error| Err(error.clone()))
    }

    /// The newest version of an object, if the object is known.
    ///
    /// # Errors
    ///
    /// When a definition file of the object cannot be read.
    pub fn newest(&self, id: u16) -> Result<Option<&Object>, Error> {
        // Where all files say their version by name, the last one is enough.
        let mut versions = Vec::new();
        for source in self.sources.iter().filter(|source| source.may_define(id, None)) {
            match source.named_version() {
                Some(version) => versions.push(version),
                None => return Ok(self.versions(id)?.pop()),
            }
        }
        versions
            .into_iter()
            .max()
            .map_or(Ok(None), |version| self.get(id, version))
    }

    /// Every version of every object that can be read, by identifier, then version.
    pub fn objects(&self) -> Vec<&Object> {
        self.select(|_| true)
            .objects
            .into_values()
            .map(|(object, _)| object)
            .collect()
    }

    /// The newest version of every object that can be read, by identifier.
    pub fn latest(&self) -> Vec<&Object> {
        let mut latest: BTreeMap<u16, &Object> = BTreeMap::new();
        for object in self.objects() {
            // Later ones are newer.
            latest.insert(object.id, object);
        }
        latest.into_values().collect()
    }

    /// What stands in the way of reading the whole set: one error for each file that is left out of
    /// [`objects`](Self::objects) and [`latest`](Self::latest).
    pub fn errors(&self) -> Vec<Error> {
        self.select(|_| true).errors
    }

    /// The file that defines a version of an object, for a registry from a directory.
    pub fn path(&self, id: u16, version: Version) -> Option<&Path> {
        let found = self.select(|source| source.may_define(id, Some(version)));
        found
            .objects
            .get(&(id, version))
            .and_then(|(_, source)| source.path())
    }

    /// The casing of words in this registry's names.
    pub fn words(&self) -> &'static Words {
        Overlay::embedded().words()
    }

    fn select(&self, wanted: impl Fn(&Source) -> bool) -> Found<'_> {
        let mut found = Found::default();
        for source in self.sources.iter().filter(|source| wanted(source)) {
            found.errors.extend(source.error().cloned());
            for object in source.objects() {
                found.add(object, source);
            }
        }
        found
    }
}

#[derive(Default)]
struct Found<'r> {
    objects: BTreeMap<(u16, Version), (&'r Object, &'r Source)>,
    errors: Vec<Error>,
}

impl<'r> Found<'r> {
    /// Sources come in the order of their precedence. In one directory there is none.
    fn add(&mut self, object: &'r Object, source: &'r Source) {
        match self.objects.entry((object.id, object.version)) {
            Entry::Vacant(slot) => {
                slot.insert((object, source));
            }
            Entry::Occupied(slot) => {
                let (first, first_source) = slot.get();
                let same_directory =
                    first_source.path().and_then(Path::parent) == source.path().and_then(Path::parent);
                if same_directory && *first != object {
                    self.errors.push(Error::Duplicate {
                        id: object.id,
                        version: object.version,
                        files: [first_source, &source]
                            .map(|source| source.path().map(Path::to_owned).unwrap_or_default()),
                    });
                }
            }
        }
    }
}
