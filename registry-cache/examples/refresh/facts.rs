//! From an upstream object file to its facts: no descriptions, no comments, elements in the order of the schema.

use std::{collections::BTreeMap, error::Error, fs, path::Path};

use quick_xml::{
    Reader,
    escape::{partial_escape, resolve_predefined_entity},
    events::{BytesStart, Event},
};

/// The facts of every object version of a checkout, by file name.
pub(crate) fn read_history(checkout: &Path) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(checkout.join("version_history"))? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        let facts = fs::read_to_string(&path)
            .map_err(Box::from)
            .and_then(|text| from_upstream(&text));
        let (name, xml) = facts.map_err(|error| format!("{}: {error}", path.display()))?;
        if path.file_name().is_none_or(|found| found != name.as_str()) {
            return Err(format!("{}: the content is that of {name}", path.display()).into());
        }
        files.insert(name, xml);
    }
    Ok(files)
}

/// The name and the text of the file of facts.
pub(crate) fn from_upstream(text: &str) -> Result<(String, String), Box<dyn Error>> {
    let root = Element::read(text)?;
    let [object] = root.children.as_slice() else {
        return Err("expected one object a file".into());
    };
    let id = object.fact("ObjectID")?;
    let version = match object.fact("ObjectVersion") {
        Ok(version) if !version.is_empty() => version,
        _ => "1.0",
    };
    let name = format!("{id}-{}.xml", version.replace('.', "_"));
    Ok((name, write(object)?))
}

fn write(object: &Element) -> Result<String, Box<dyn Error>> {
    let mut xml = Writer::default();
    xml.line(0, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    xml.line(0, "<LWM2M>");
    xml.line(1, "<Object ObjectType=\"MODefinition\">");
    xml.leaf(2, "Name", object.fact("Name")?);
    xml.leaf(2, "Description1", "");
    xml.leaf(2, "ObjectID", object.fact("ObjectID")?);
    xml.leaf(2, "ObjectURN", object.fact("ObjectURN")?);
    for version in ["LWM2MVersion", "ObjectVersion"] {
        if let Ok(text) = object.fact(version) {
            xml.leaf(2, version, text);
        }
    }
    xml.leaf(2, "MultipleInstances", object.fact("MultipleInstances")?);
    xml.leaf(2, "Mandatory", object.fact("Mandatory")?);
    xml.line(2, "<Resources>");
    for item in &object.child("Resources")?.children {
        let id = item.id.as_deref().ok_or("an Item without ID")?;
        xml.line(3, &format!("<Item ID=\"{}\">", partial_escape(id)));
        for name in ["Name", "Operations", "MultipleInstances", "Mandatory", "Type"] {
            xml.leaf(4, name, item.fact(name)?);
        }
        for name in ["RangeEnumeration", "Units"] {
            xml.leaf(4, name, item.fact(name).unwrap_or_default());
        }
        xml.leaf(4, "Description", "");
        xml.line(3, "</Item>");
    }
    xml.line(2, "</Resources>");
    xml.leaf(2, "Description2", "");
    xml.line(1, "</Object>");
    xml.line(0, "</LWM2M>");
    Ok(xml.text)
}

#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn line(&mut self, depth: usize, text: &str) {
        self.text.extend(std::iter::repeat_n('\t', depth));
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn leaf(&mut self, depth: usize, name: &str, text: &str) {
        self.line(depth, &format!("<{name}>{}</{name}>", partial_escape(text)));
    }
}

/// An element with its text; comments are not part of it.
#[derive(Default)]
struct Element {
    name: String,
    id: Option<String>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// Reads a document and returns its root. A stack holds the open elements, so that nesting costs no call depth.
    fn read(text: &str) -> Result<Self, Box<dyn Error>> {
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let mut reader = Reader::from_str(&text);
        reader.config_mut().expand_empty_elements = true;
        let mut open = vec![Self::default()];
        loop {
            let top = open.last_mut().ok_or("an element is closed twice")?;
            match reader.read_event()? {
                Event::Start(start) => open.push(Self::start(&start)?),
                Event::End(_) => {
                    let closed = open.pop().ok_or("an element is closed twice")?;
                    open.last_mut()
                        .ok_or("an element is closed twice")?
                        .children
                        .push(closed);
                }
                Event::Text(text) => top.text.push_str(&text.decode()?),
                Event::CData(text) => top.text.push_str(&text.decode()?),
                Event::GeneralRef(reference) => {
                    if let Some(character) = reference.resolve_char_ref()? {
                        top.text.push(character);
                    } else {
                        let name = reference.decode()?;
                        let entity =
                            resolve_predefined_entity(&name).ok_or("an entity that XML does not define")?;
                        top.text.push_str(entity);
                    }
                }
                Event::Eof if open.len() == 1 => break,
                Event::Eof => return Err("the file ends inside an element".into()),
                _ => {}
            }
        }
        let document = open.pop().ok_or("no document")?;
        document
            .children
            .into_iter()
            .next()
            .ok_or_else(|| "no root element".into())
    }

    fn start(start: &BytesStart<'_>) -> Result<Self, Box<dyn Error>> {
        let id = start.try_get_attribute("ID")?;
        Ok(Self {
            name: String::from_utf8(start.name().as_ref().to_vec())?,
            id: id
                .map(|id| id.unescape_value().map(|id| id.into_owned()))
                .transpose()?,
            ..Self::default()
        })
    }

    fn child(&self, name: &str) -> Result<&Self, String> {
        let found = self.children.iter().find(|child| child.name == name);
        found.ok_or_else(|| format!("{} has no {name}", self.name))
    }

    /// The text of a child as it stands; nothing where it is blank.
    fn fact(&self, name: &str) -> Result<&str, String> {
        let text = self.child(name)?.text.as_str();
        Ok(if text.trim().is_empty() { "" } else { text })
    }
}
