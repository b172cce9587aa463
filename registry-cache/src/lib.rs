//! The OMNA LwM2M registry as data: the facts of every object version, what this project's engineers have added to
//! them, and where they come from.
//!
//! The facts are names, identifiers, types, operations, ranges and units. Descriptions are left out: [`LOCK`] says which
//! upstream revision has them. The object files are embedded packed (about 45 KB); [`unpack`] takes some milliseconds.
//!
//! ```
//! let files = lwm2m_registry_cache::unpack();
//!
//! let device = files.get(3, 1, 2).ok_or("no Device 1.2")?;
//! assert_eq!(device.name, "3-1_2.xml");
//! assert!(device.xml.contains("<Name>Device</Name>"));
//!
//! let versions: Vec<_> = files.iter().filter(|file| file.object_id == 3).map(|file| file.version).collect();
//! assert_eq!(versions, [(1, 0), (1, 1), (1, 2)]);
//! # Ok::<(), &str>(())
//! ```

#![forbid(unsafe_code)]

use std::fmt;

use miniz_oxide::inflate::decompress_to_vec;

/// What engineers of this project have reviewed and added: names of values, the casing of words, repairs of ranges.
///
/// TOML; the text opens with a description of its format.
pub const OVERLAY: &str = include_str!("../overlay.toml");

/// The upstream repository, its revision, and size and SHA-256 of each of its files.
///
/// TOML; the text opens with a description of its format.
pub const LOCK: &str = include_str!("../registry.lock");

/// The copyright lines and licences of the upstream files that the facts were taken from.
pub const NOTICE: &str = include_str!("../NOTICE");

const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/objects.deflate"));

/// By object, then version.
const INDEX: &[Entry] = &include!(concat!(env!("OUT_DIR"), "/index.rs"));

struct Entry {
    name: &'static str,
    object_id: u16,
    version: (u8, u8),
    start: usize,
    end: usize,
}

/// Unpacks the object files. Keep the result rather than unpacking again.
pub fn unpack() -> Files {
    Files { text: unpack_text() }
}

#[expect(
    clippy::expect_used,
    reason = "the bytes are constant: build.rs packed UTF-8 text and compared what it unpacks to"
)]
fn unpack_text() -> String {
    let bytes = decompress_to_vec(PACKED).expect("build.rs unpacked these bytes");
    String::from_utf8(bytes).expect("build.rs packed text")
}

/// The unpacked object files: every version of every object.
pub struct Files {
    text: String,
}

impl Files {
    /// How many object versions there are.
    pub const fn len(&self) -> usize {
        INDEX.len()
    }

    /// Whether there is none; never so.
    pub const fn is_empty(&self) -> bool {
        INDEX.is_empty()
    }

    /// The files by object, then version.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = File<'_>> + DoubleEndedIterator + Clone {
        INDEX.iter().map(|entry| self.file(entry))
    }

    /// The file of one version of an object.
    pub fn get(&self, object_id: u16, major: u8, minor: u8) -> Option<File<'_>> {
        let wanted = (object_id, (major, minor));
        let found = INDEX.binary_search_by_key(&wanted, |entry| (entry.object_id, entry.version));
        INDEX.get(found.ok()?).map(|entry| self.file(entry))
    }

    /// The versions of one object, oldest first; none if the registry does not have the object.
    pub fn versions(
        &self,
        object_id: u16,
    ) -> impl ExactSizeIterator<Item = File<'_>> + DoubleEndedIterator + Clone {
        let start = INDEX.partition_point(|entry| entry.object_id < object_id);
        let end = INDEX.partition_point(|entry| entry.object_id <= object_id);
        INDEX
            .get(start..end)
            .unwrap_or_default()
            .iter()
            .map(|entry| self.file(entry))
    }

    #[expect(
        clippy::expect_used,
        reason = "build.rs took the bounds from the text that it packed"
    )]
    fn file(&self, entry: &Entry) -> File<'_> {
        File {
            name: entry.name,
            object_id: entry.object_id,
            version: entry.version,
            xml: self
                .text
                .get(entry.start..entry.end)
                .expect("the index fits the text"),
        }
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// The definition of one version of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct File<'a> {
    /// The file's name: `3-1_2.xml` is object 3, version 1.2.
    pub name: &'static str,
    /// The object's identifier.
    pub object_id: u16,
    /// Major and minor version of the object; (1, 0) where the definition has none.
    pub version: (u8, u8),
    /// The definition: valid against upstream's `LWM2M-v1_1.xsd`, with empty descriptions.
    pub xml: &'a str,
}
