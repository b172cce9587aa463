//! The registry's index, `DDF.xml`: which files there are. It comes from the network, so nothing in it is believed.

use std::collections::HashSet;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::index_error::{IndexError, IndexProblem};
use crate::model::Version;

/// The name of the index, in the root of the tree.
pub const INDEX_FILE: &str = "DDF.xml";

/// More object versions than this are not a registry. (There are 65,536 object ids; upstream lists 437 versions.)
pub(super) const MAX_ITEMS: usize = 65_536;
/// An index is three elements deep.
pub(super) const MAX_DEPTH: usize = 16;
/// No field that is read is longer.
pub(super) const MAX_FIELD: usize = 4096;

/// What an index lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// The object versions that have a file, in the order of the index.
    pub items: Vec<IndexItem>,
    /// How many entries only reserve an object id.
    pub reserved: usize,
}

/// One object version of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexItem {
    /// The object's identifier.
    pub id: u16,
    /// The name, without control characters.
    pub name: String,
    /// The version of the object.
    pub version: Version,
    /// The file below the root of the tree: `<id>.xml` or `version_history/<id>-<major>_<minor>.xml`, and nothing else.
    pub file: String,
    /// The item as the index writes it, from `<Item>` to `</Item>`.
    xml: String,
}

impl Index {
    /// Reads an index.
    ///
    /// # Errors
    ///
    /// An [`IndexError`] where the document is not an index, and where it is a dangerous one: with a document type
    /// declaration, entities of its own, or file names other than the registry's.
    pub fn parse(bytes: &[u8]) -> Result<Self, IndexError> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            IndexError {
                line: line_at(valid, valid.len()),
                problem: IndexProblem::Encoding,
            }
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Parser::new(text).run()
    }

    /// An index of these items alone.
    pub(super) fn write(items: &[IndexItem]) -> String {
        let mut text = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <!-- A part of the registry's index, put together by lwm2m-codegen. -->\n<DDFList>\n",
        );
        for item in items {
            text.push_str("    ");
            text.push_str(&item.xml);
            text.push('\n');
        }
        text.push_str("</DDFList>\n");
        text
    }
}

/// The fields of an item that are read.
#[derive(Clone, Copy)]
enum Field {
    Id,
    Name,
    Version,
    File,
}

impl Field {
    fn of(tag: &BytesStart<'_>) -> Option<Self> {
        match tag.name().as_ref() {
            b"ObjectID" => Some(Self::Id),
            b"Name" => Some(Self::Name),
            b"Ver" => Some(Self::Version),
            b"DDF" => Some(Self::File),
            _ => None,
        }
    }

    fn element(self) -> &'static str {
        match self {
            Self::Id => "ObjectID",
            Self::Name => "Name",
            Self::Version => "Ver",
            Self::File => "DDF",
        }
    }
}

/// The fields of one item as written.
#[derive(Default)]
struct Raw {
    id: String,
    name: String,
    version: String,
    file: String,
}

impl Raw {
    fn field(&mut self, field: Field) -> &mut String {
        match field {
            Field::Id => &mut self.id,
            Field::Name => &mut self.name,
            Field::Version => &mut self.version,
            Field::File => &mut self.file,
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    depth: usize,
    raw: Raw,
    field: Option<Field>,
    item_start: usize,
    index: Index,
    versions: HashSet<(u16, Version)>,
    files: HashSet<String>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self {
            text,
            reader,
            depth: 0,
            raw: Raw::default(),
            field: None,
            item_start: 0,
            index: Index::default(),
            versions: HashSet::new(),
            files: HashSet::new(),
        }
    }

    fn run(mut self) -> Result<Index, IndexError> {
        let mut seen_root = false;
        loop {
            let start = self.position();
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.error(IndexProblem::Xml(error.to_string()))),
            };
            match event {
                Event::Start(tag) => {
                    seen_root = true;
                    if self.depth == 1 {
                        self.item_start = start;
                    }
                    self.start(&tag)?;
                }
                Event::End(_) => self.end()?,
                Event::Text(text) => self.push(&String::from_utf8_lossy(&text))?,
                Event::CData(text) => self.push(&String::from_utf8_lossy(&text))?,
                Event::GeneralRef(reference) => {
                    let name = String::from_utf8_lossy(&reference).into_owned();
                    let character = reference.resolve_char_ref().ok().flatten();
                    match (character, resolve_predefined_entity(&name)) {
                        (Some(character), _) => self.push(character.encode_utf8(&mut [0; 4]))?,
                        (None, Some(text)) => self.push(text)?,
                        (None, None) => return Err(self.error(IndexProblem::Entity(name))),
                    }
                }
                Event::DocType(_) => return Err(self.error(IndexProblem::Doctype)),
                Event::Eof if self.depth > 0 => {
                    return Err(self.error(IndexProblem::Xml("the document ends in the middle".to_owned())));
                }
                Event::Eof if !seen_root => return Err(self.error(IndexProblem::Root(String::new()))),
                Event::Eof => return Ok(self.index),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), IndexError> {
        match self.depth {
            0 if tag.name().as_ref() != b"DDFList" => {
                let root = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
                return Err(self.error(IndexProblem::Root(root)));
            }
            1 => self.raw = Raw::default(),
            2 => self.field = Field::of(tag),
            MAX_DEPTH => return Err(self.error(IndexProblem::Depth)),
            _ => {}
        }
        self.depth += 1;
        Ok(())
    }

    fn end(&mut self) -> Result<(), IndexError> {
        self.depth = self.depth.saturating_sub(1);
        match self.depth {
            2 => self.field = None,
            1 => self.item()?,
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, text: &str) -> Result<(), IndexError> {
        let (3, Some(field)) = (self.depth, self.field) else {
            return Ok(());
        };
        let value = self.raw.field(field);
        if value.len() + text.len() > MAX_FIELD {
            return Err(self.error(IndexProblem::FieldLength(field.element())));
        }
        value.push_str(text);
        Ok(())
    }

    fn item(&mut self) -> Result<(), IndexError> {
        let raw = std::mem::take(&mut self.raw);
        let file = raw.file.trim();
        if file.is_empty() {
            self.index.reserved += 1;
            return Ok(());
        }
        let id = raw.id.trim();
        let id = match id.parse::<u16>() {
            Ok(number) if id.bytes().all(|byte| byte.is_ascii_digit()) => number,
            _ => return Err(self.error(IndexProblem::Id(id.to_owned()))),
        };
        let version = match raw.version.trim() {
            "" => Version::V1_0,
            text => match Version::parse(text) {
                Some(version) => version,
                None => return Err(self.error(IndexProblem::Version(text.to_owned()))),
            },
        };
        if file != latest_file(id) && file != version_file(id, version) {
            return Err(self.error(IndexProblem::File {
                file: file.to_owned(),
                id,
                version,
            }));
        }
        if !self.versions.insert((id, version)) {
            return Err(self.error(IndexProblem::Duplicate { id, version }));
        }
        if !self.files.insert(file.to_owned()) {
            return Err(self.error(IndexProblem::SharedFile(file.to_owned())));
        }
        if self.index.items.len() == MAX_ITEMS {
            return Err(self.error(IndexProblem::Items));
        }
        let words: Vec<&str> = raw
            .name
            .split(|c: char| c.is_whitespace() || c.is_control())
            .collect();
        let name = words
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        let xml = self
            .text
            .get(self.item_start..self.position())
            .unwrap_or_default()
            .to_owned();
        self.index.items.push(IndexItem {
            id,
            name,
            version,
            file: file.to_owned(),
            xml,
        });
        Ok(())
    }

    fn error(&self, problem: IndexProblem) -> IndexError {
        IndexError {
            line: line_at(self.text.as_bytes(), self.position()),
            problem,
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }
}

/// Where the newest version of an object is.
pub(super) fn latest_file(id: u16) -> String {
    format!("{id}.xml")
}

/// Where every version of an object is.
pub(super) fn version_file(id: u16, version: Version) -> String {
    format!("version_history/{id}-{}_{}.xml", version.major, version.minor)
}

fn line_at(text: &[u8], position: usize) -> usize {
    1 + text.iter().take(position).filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(items: &str) -> Result<Index, IndexError> {
        Index::parse(format!("<DDFList>\n{items}</DDFList>").as_bytes())
    }

    fn item(id: &str, version: &str, file: &str) -> String {
        format!("<Item><ObjectID>{id}</ObjectID><Name>N</Name><Ver>{version}</Ver><DDF>{file}</DDF></Item>\n")
    }

    fn problem(items: &str) -> IndexProblem {
        index(items).unwrap_err().problem
    }

    #[test]
    fn files_of_the_registry_are_listed_and_reservations_counted() {
        let text = item("3", "1.0", "version_history/3-1_0.xml")
            + &item("3", "1.1", "3.xml")
            + &item("17", "1.0", "");
        let index = index(&text).unwrap();
        assert_eq!(index.reserved, 1);
        let listed: Vec<_> = index
            .items
            .iter()
            .map(|i| (i.id, i.version.to_string(), i.file.as_str()))
            .collect();
        assert_eq!(
            listed,
            [
                (3, "1.0".to_owned(), "version_history/3-1_0.xml"),
                (3, "1.1".to_owned(), "3.xml")
            ]
        );
    }

    #[test]
    fn comments_cdata_and_entities_of_xml_are_read() {
        let text = "<Item><!-- <ObjectID>9</ObjectID> --><ObjectID>3</ObjectID><Name> A &amp;\n <![CDATA[<B>]]>&#67;&#27;[2J\
                    </Name><Ver/><DDF> 3.xml </DDF></Item>";
        let item = index(text).unwrap().items.remove(0);
        assert_eq!(
            (item.id, item.name.as_str(), item.file.as_str()),
            (3, "A & <B>C [2J", "3.xml")
        );
        assert_eq!(item.version, Version::V1_0);
    }

    #[test]
    fn a_part_of_an_index_is_an_index() {
        let text = item("3", "1.1", "3.xml") + &item("17", "1.0", "") + &item("4", "1.0", "4.xml");
        let whole = index(&text).unwrap();
        let part = Index::parse(Index::write(&whole.items).as_bytes()).unwrap();
        assert_eq!(
            part,
            Index {
                items: whole.items,
                reserved: 0
            }
        );
    }

    // proves: ROB-69
    #[test]
    fn path_tricks_are_refused() {
        for file in [
            "../3.xml",
            "../../etc/passwd",
            "/etc/passwd",
            "//host/3.xml",
            "C:\\3.xml",
            "C:3.xml",
            "..\\3.xml",
            "version_history\\3-1_0.xml",
            "version_history/../3.xml",
            "version_history/3-1_1.xml",
            "%2e%2e/3.xml",
            "3.xml%00",
            "./3.xml",
            "3.XML",
            "4.xml",
            "03.xml",
            "3.xml?x=1",
            "3.xml#x",
            "http://example.com/3.xml",
            "file:///etc/passwd",
            "&#46;&#46;/3.xml",
            "<![CDATA[../3.xml]]>",
            "DDF.xml",
            "CON.xml",
            "3\u{202e}.xml",
        ] {
            let problem = problem(&item("3", "1.0", file));
            assert!(
                matches!(problem, IndexProblem::File { .. }),
                "{file}: {problem:?}"
            );
        }
    }

    #[test]
    fn duplicates_are_refused() {
        let twice = item("3", "1.0", "3.xml") + &item("3", "1.0", "version_history/3-1_0.xml");
        assert_eq!(
            problem(&twice),
            IndexProblem::Duplicate {
                id: 3,
                version: Version::V1_0
            }
        );
        let shared = item("3", "1.0", "3.xml") + &item("3", "1.1", "3.xml");
        assert_eq!(problem(&shared), IndexProblem::SharedFile("3.xml".to_owned()));
    }

    #[test]
    fn an_error_names_the_line() {
        let text = item("3", "1.0", "3.xml") + &item("4", "x", "4.xml");
        assert_eq!(
            index(&text).unwrap_err().to_string(),
            "line 3: \"x\" is not an object version like 1.0"
        );
    }

    #[test]
    fn bombs_are_refused() {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><DDFList>&b;</DDFList>";
        assert_eq!(
            Index::parse(bomb.as_bytes()).unwrap_err().problem,
            IndexProblem::Doctype
        );
        assert_eq!(
            problem("<Item><Name>&b;</Name></Item>"),
            IndexProblem::Entity("b".to_owned())
        );
        assert_eq!(problem(&"<a>".repeat(100_000)), IndexProblem::Depth);
        let long = format!("<Item><Name>{}</Name></Item>", "n".repeat(1 << 20));
        assert_eq!(problem(&long), IndexProblem::FieldLength("Name"));
        let many: String = (0..=u16::MAX)
            .map(|id| item(&id.to_string(), "1.0", &format!("{id}.xml")))
            .collect();
        assert_eq!(index(&many).unwrap().items.len(), MAX_ITEMS);
        let more = many + &item("3", "1.1", "version_history/3-1_1.xml");
        assert_eq!(problem(&more), IndexProblem::Items);
    }

    #[test]
    fn other_documents_are_refused() {
        let parse = |text: &[u8]| Index::parse(text).unwrap_err().problem;
        assert_eq!(parse(b""), IndexProblem::Root(String::new()));
        assert_eq!(parse(b"404: Not Found"), IndexProblem::Root(String::new()));
        assert_eq!(parse(b"<html></html>"), IndexProblem::Root("html".to_owned()));
        assert_eq!(parse(b"<DDFList>\xff</DDFList>"), IndexProblem::Encoding);
        assert!(matches!(parse(b"<DDFList><Item>"), IndexProblem::Xml(_)));
        assert!(matches!(
            parse(b"<DDFList><Item></DDFList>"),
            IndexProblem::Xml(_)
        ));
        for id in ["-3", "+3", "65536", "", "3a"] {
            assert_eq!(
                problem(&item(id, "1.0", "3.xml")),
                IndexProblem::Id(id.to_owned())
            );
        }
    }

    proptest::proptest! {
        /// Whatever the bytes are, they are read or refused; what is read has safe names, each once.
        #[test]
        fn any_bytes_are_read_or_refused(
            cuts in proptest::collection::vec((0_usize..400, 0_usize..20, ".{0,8}"), 0..6),
            noise in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
        ) {
            let _ = Index::parse(&noise);
            let items = item("3", "1.0", "version_history/3-1_0.xml") + &item("3", "1.1", "3.xml") + &item("4", "1.0", "4.xml");
            let mut text: Vec<char> = format!("<DDFList>\n{items}</DDFList>").chars().collect();
            for (start, length, new) in cuts {
                let start = start.min(text.len());
                let end = (start + length).min(text.len());
                text.splice(start..end, new.chars());
            }
            let text: String = text.into_iter().collect();
            if let Ok(index) = Index::parse(text.as_bytes()) {
                let files: HashSet<&str> = index.items.iter().map(|item| item.file.as_str()).collect();
                assert_eq!(files.len(), index.items.len());
                for item in &index.items {
                    assert!(item.file == latest_file(item.id) || item.file == version_file(item.id, item.version));
                }
            }
        }
    }
}
