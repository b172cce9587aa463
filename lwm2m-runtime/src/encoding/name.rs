//! Names of records as SenML and the JSON of LwM2M 1.0 write them: `bn` and `n` put together are a path.
//!
//! The two are joined as plain text, so a base name may end anywhere, even inside a number. A [`Name`] is what has
//! been read so far: small, copied freely, and continued from there for every record.

use core::ops::Range;

use super::DecodeErrorKind;
use crate::model::Path;

/// Which names are legal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameRules {
    /// Segments that are not numbers may stand before the path: an end device's prefix or an alternate path.
    pub(crate) prefixes: bool,
    /// 65535 stands for an object instance whose number the receiver chooses (Create).
    pub(crate) create: bool,
    /// The first slash may be missing, as in the JSON of LwM2M 1.0.
    pub(crate) rootless: bool,
}

/// A name that has been read in part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    rules: NameRules,
    path: Path,
    /// The number that the last segment is as far as it was read, or one of the states below, beyond all numbers.
    segment: u32,
    /// How many bytes were read.
    read: usize,
    /// Where the prefix ends; 0 where there is none.
    prefix_end: usize,
    rooted: bool,
}

/// The segment is digits but no identifier.
const DIGITS: u32 = 0x1_0000;
/// The segment is something else.
const TEXT: u32 = 0x1_0001;
/// A slash has been read.
const EMPTY: u32 = 0x1_0002;
/// Nothing at all has been read.
const START: u32 = 0x1_0003;

impl Name {
    pub(crate) const fn new(rules: NameRules) -> Self {
        Self {
            rules,
            path: Path::ROOT,
            segment: START,
            read: 0,
            prefix_end: 0,
            rooted: false,
        }
    }

    /// Reads on.
    #[inline(always)]
    pub(crate) fn read(mut self, text: &[u8]) -> Result<Self, DecodeErrorKind> {
        let mut segment = self.segment;
        for (index, byte) in text.iter().enumerate() {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            segment = if digit < 10 {
                match segment {
                    1..=6553 => segment * 10 + digit,
                    EMPTY => digit,
                    START if self.rules.rootless => digit,
                    START => return Err(DecodeErrorKind::InvalidName),
                    TEXT => TEXT,
                    _ => DIGITS,
                }
            } else if *byte == b'/' {
                match segment {
                    0..=0xffff => self.push(segment)?,
                    START => self.rooted = true,
                    EMPTY => return Err(DecodeErrorKind::InvalidName),
                    TEXT => self.prefix_end = self.read + index,
                    _ => return Err(DecodeErrorKind::InvalidId),
                }
                EMPTY
            } else {
                let begins = segment != START || self.rules.rootless;
                if !(begins && self.rules.prefixes && self.path.depth() == 0) {
                    return Err(DecodeErrorKind::InvalidName);
                }
                TEXT
            };
        }
        self.segment = segment;
        self.read += text.len();
        Ok(self)
    }

    /// How many bytes were read.
    pub(crate) const fn len(&self) -> usize {
        self.read
    }

    /// Whether what was read belongs to a prefix, or may yet.
    pub(crate) fn has_prefix(&self) -> bool {
        self.rules.prefixes
            && (self.prefix_end > 0 || self.path.depth() == 0 && !matches!(self.segment, START | EMPTY))
    }

    /// The path, and which bytes of the whole name are its prefix. One slash at the end is legal.
    #[inline(always)]
    pub(crate) fn finish(mut self) -> Result<(Path, Range<usize>), DecodeErrorKind> {
        match self.segment {
            0..=0xffff => self.push(self.segment)?,
            EMPTY => {}
            TEXT => self.prefix_end = self.read,
            START => return Err(DecodeErrorKind::InvalidName),
            _ => return Err(DecodeErrorKind::InvalidId),
        }
        let start = if self.prefix_end > 0 {
            usize::from(self.rooted)
        } else {
            0
        };
        Ok((self.path, start..self.prefix_end))
    }

    #[inline(always)]
    fn push(&mut self, number: u32) -> Result<(), DecodeErrorKind> {
        let id = u16::try_from(number).map_err(|_| DecodeErrorKind::InvalidId)?;
        if id == u16::MAX && !(self.rules.create && self.path.depth() == 1) {
            return Err(DecodeErrorKind::InvalidId);
        }
        self.path = self.path.child(id).ok_or(DecodeErrorKind::InvalidName)?;
        Ok(())
    }
}

/// Whether a text can stand before a path, so that a reader finds where it ends: segments between single slashes, none
/// of them digits alone.
pub(crate) fn is_prefix(text: &str) -> bool {
    let rules = NameRules {
        prefixes: true,
        create: false,
        rootless: false,
    };
    let name = Name::new(rules)
        .read(b"/")
        .and_then(|name| name.read(text.as_bytes()))
        .and_then(Name::finish);
    name == Ok((Path::ROOT, 1..1 + text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: NameRules = NameRules {
        prefixes: false,
        create: false,
        rootless: false,
    };
    const PREFIXES: NameRules = NameRules {
        prefixes: true,
        ..PLAIN
    };

    fn read(rules: NameRules, name: &str) -> Result<(Path, Range<usize>), DecodeErrorKind> {
        let whole = Name::new(rules).read(name.as_bytes()).and_then(Name::finish);
        for cut in 0..=name.len() {
            let (base, rest) = name.as_bytes().split_at(cut);
            let cut = Name::new(rules)
                .read(base)
                .and_then(|name| name.read(rest))
                .and_then(Name::finish);
            assert_eq!(cut, whole, "{name} cut into two");
        }
        whole
    }

    #[test]
    fn names_are_paths_wherever_they_are_cut() {
        for (name, path) in [
            ("/", Path::ROOT),
            ("/3", Path::object(3)),
            ("/3/0/", Path::instance(3, 0)),
            ("/65534/0/65534", Path::resource(65534, 0, 65534)),
            ("/2137/69/420/10", Path::resource_instance(2137, 69, 420, 10)),
        ] {
            assert_eq!(read(PLAIN, name), Ok((path, 0..0)), "{name}");
        }
    }

    // proves: ROB-30 ROB-38
    #[test]
    fn what_is_not_a_path_is_refused() {
        for name in [
            "",
            "3/0",
            "//",
            "/3//0",
            "/3/0//",
            "/03/0",
            "/3/00",
            "/3/+1",
            "/3/-1",
            "/3/ 1",
            "/3/1 ",
            "/a/3",
            "/3/a",
            "/3/0/1/2/3",
            "/65535",
            "/3/65535",
            "/3/0/65536",
            "/3/0/99999999999999999999",
            "/3/\u{0661}",
            "/3/0?",
        ] {
            assert!(read(PLAIN, name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_prefix_ends_where_the_numbers_begin() {
        for (name, path, prefix) in [
            ("/d01/3303/0", Path::instance(3303, 0), "d01"),
            ("/lwm2m/a/3/0/9", Path::resource(3, 0, 9), "lwm2m/a"),
            ("/00ab/3", Path::object(3), "00ab"),
            ("/123456789abc/3", Path::object(3), "123456789abc"),
            ("/dev", Path::ROOT, "dev"),
            ("/3/0", Path::instance(3, 0), ""),
        ] {
            let (found, range) = read(PREFIXES, name).unwrap();
            assert_eq!((found, &name[range]), (path, prefix));
        }
        for name in [
            "/3/d01",
            "/d01/3/x/0",
            "/d01//3",
            "/d01/0003",
            "/d01/3/0/1/2/3",
            "d01/3",
        ] {
            assert!(read(PREFIXES, name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_prefix_is_what_no_path_can_be() {
        for text in ["d01", "lwm2m/a", "00ab", "a.b%20c", "\u{e9}\"\\"] {
            assert!(is_prefix(text), "{text}");
        }
        for text in [
            "", "/", "/a", "a/", "a//b", "3", "3/a", "a/3", "007", "a/65535", "65536",
        ] {
            assert!(!is_prefix(text), "{text}");
        }
    }

    // proves: ROB-39
    #[test]
    fn the_reserved_identifier_stands_for_a_new_instance_only() {
        let create = NameRules {
            create: true,
            ..PLAIN
        };
        assert_eq!(
            read(create, "/3/65535/1"),
            Ok((Path::resource(3, 65535, 1), 0..0))
        );
        for name in ["/65535", "/3/0/65535", "/3/0/1/65535"] {
            assert_eq!(read(create, name), Err(DecodeErrorKind::InvalidId), "{name}");
        }
    }

    #[test]
    fn the_first_slash_may_be_missing_by_rule() {
        let rootless = NameRules {
            rootless: true,
            ..PREFIXES
        };
        assert_eq!(read(rootless, "1024/0/1"), Ok((Path::resource(1024, 0, 1), 0..0)));
        assert_eq!(
            read(rootless, "/1024/0/1"),
            Ok((Path::resource(1024, 0, 1), 0..0))
        );
        assert_eq!(read(rootless, "d01/3"), Ok((Path::object(3), 0..3)));
    }
}
