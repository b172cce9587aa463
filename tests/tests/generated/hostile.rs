//! Definitions that try to become code, documentation tests or links.

use lwm2m_codegen::model::{
    Constraint, Enumeration, EnumerationItem, Object, Operations, Resource, ResourceType, Version,
};

/// Texts that mean something to Rust, Markdown, HTML or the eye.
const TEXTS: &[&str] = &[
    "\"; fn evil() {} //",
    "*/ fn evil() {} /*",
    "#![feature(evil)]\n#![no_std]",
    "#[doc(hidden)] mod evil;",
    "\\\" \\n \\u{41} \\",
    "```\npanic!();\n```",
    "~~~rust\npanic!();\n~~~",
    "text\n\n    panic!(\"indented\");\n\n\tpanic!(\"by a tab\");",
    "> ```\n> panic!();\n> ```",
    "- ```\n  panic!();\n  ```",
    "1. one\n\n       panic!();",
    "[broken] [`link`] [a](b) [c]: d [e][f] ![image](x)",
    "<html><script>alert(1)</script><!-- <details>",
    "&lt;script&gt; &#60;b&#62;",
    "http://example.com/a_b www.example.com <http://example.com> a@example.com",
    "| a | b |\n|---|---|\n| `c` | d |",
    "# heading\n===\n---\n***",
    "{{ }} {} %s $crate $0",
    "\u{202e}turned\u{202c} \u{2066}isolated\u{2069} \u{200b}hidden\u{ad}\u{feff}",
    "line\rseparators\u{2028}and\u{2029}others\u{85}here\u{b}\u{c}",
    "nul \0 bell \u{7} escape \u{1b}[31m",
    "cargo::warning=evil\ncargo::rustc-env=A=b",
    "日本語 🦀 é e\u{301}",
    "r#\"raw\"# r##\"raw\"## b'x' 'a",
    "/// doc\n//! inner\n/** block */",
    "\\",
    "",
    "   \n\t\n ",
    "`",
    "[^1]: footnote\n[^1]",
    "*emph* _emph_ **strong** ~~gone~~ a^b^",
    "+ plus\n* star\n- minus\n10) ten\n2. two",
];

/// Names that Rust, its prelude or the generated code have a use for.
const NAMES: &[&str] = &[
    "Self",
    "self",
    "crate",
    "super",
    "rt",
    "Rt",
    "String",
    "Option",
    "Some",
    "None",
    "Default",
    "Clone",
    "DEFINITION",
    "definition",
    "field",
    "u16",
    "str",
    "Object",
    "Instance",
    "Instances",
    "Time",
    "Objlnk",
    "Corelnk",
    "Vec",
    "type",
    "fn",
    "_",
    "__",
    "0",
    "async",
    "gen",
    "Main",
    "Result",
    "Ok",
    "Enumeration",
];

/// One object a text, and one a name, each saying it wherever a definition can.
pub(crate) fn objects() -> Vec<Object> {
    let texts = TEXTS
        .iter()
        .enumerate()
        .map(|(index, text)| object(40_000 + index as u16, text));
    let names = NAMES
        .iter()
        .enumerate()
        .map(|(index, name)| object(41_000 + index as u16, name));
    texts.chain(names).chain([every_name(), extremes()]).collect()
}

fn object(id: u16, text: &str) -> Object {
    let urn = format!("urn:oma:lwm2m:x:{id}:1.1");
    let mut object = Object::new(id, or(text), urn);
    object.version = Version::V1_1;
    object.lwm2m_version = Version::V1_1;
    object.description = text.to_owned();
    object.description2 = text.to_owned();
    object.resources = TYPES
        .iter()
        .zip(0..)
        .map(|(resource_type, id)| resource(id, text, *resource_type))
        .collect();
    let mut execute = resource(100, text, ResourceType::String);
    execute.operations = Operations::E;
    execute.resource_type = None;
    object.resources.push(execute);
    object
}

/// What an object or resource is called that has no name: the reader refuses those.
fn or(text: &str) -> String {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() { "?".to_owned() } else { name }
}

const TYPES: &[ResourceType] = &[
    ResourceType::String,
    ResourceType::Integer,
    ResourceType::Unsigned,
    ResourceType::Float,
    ResourceType::Boolean,
    ResourceType::Opaque,
    ResourceType::Time,
    ResourceType::Objlnk,
    ResourceType::Corelnk,
];

fn resource(id: u16, text: &str, resource_type: ResourceType) -> Resource {
    let mut resource = Resource::new(id, or(text));
    resource.operations = match id % 4 {
        0 => Operations::R,
        1 => Operations::W,
        2 => Operations::RW,
        _ => Operations::None,
    };
    resource.multiple = id % 2 == 0;
    resource.mandatory = id % 3 == 0;
    resource.resource_type = Some(resource_type);
    resource.units = or(text);
    resource.range = or(text);
    resource.description = text.to_owned();
    if matches!(resource_type, ResourceType::Integer | ResourceType::Unsigned) {
        let item = |code, identifier: &str| EnumerationItem {
            code,
            identifier: identifier.to_owned(),
            label: text.to_owned(),
        };
        let items = vec![
            item(-1, "NEGATIVE"),
            item(0, text),
            item(1, "Self"),
            item(2, "TWO"),
            item(3, "TWO"),
        ];
        resource.enumeration = Some(Enumeration { items });
    }
    resource
}

/// All the names in one object.
fn every_name() -> Object {
    let mut object = Object::new(42_000, "Every Name", "urn:oma:lwm2m:x:42000");
    object.resources = NAMES
        .iter()
        .chain(TEXTS)
        .zip(0..)
        .map(|(name, id)| resource(id, name, ResourceType::Boolean))
        .collect();
    object
}

/// Bounds at the ends of their types. Its ranges are texts that mean other bounds, which only a model can say.
fn extremes() -> Object {
    let mut object = Object::new(50_000, "Extremes", "no urn");
    let constraints = [
        (
            ResourceType::Integer,
            Constraint::Integer(vec![(i64::MIN, i64::MIN), (i64::MAX, i64::MAX)]),
        ),
        (
            ResourceType::Unsigned,
            Constraint::Unsigned(vec![(0, 0), (u64::MAX, u64::MAX)]),
        ),
        (
            ResourceType::Float,
            Constraint::Float(vec![(f64::MIN, -0.0), (3.25, f64::MAX)]),
        ),
        (
            ResourceType::Float,
            Constraint::Float(vec![(f64::NEG_INFINITY, f64::INFINITY), (f64::NAN, 5e-324)]),
        ),
        (ResourceType::Opaque, Constraint::Length(vec![(0, u64::MAX)])),
        (ResourceType::String, Constraint::Length(Vec::new())),
    ];
    for ((resource_type, constraint), id) in constraints.into_iter().zip(0..) {
        let mut resource = Resource::new(id, "Bound");
        resource.operations = Operations::RW;
        resource.resource_type = Some(resource_type);
        resource.range = "as the model says".to_owned();
        resource.constraint = Some(constraint);
        object.resources.push(resource);
    }
    let mut untyped = Resource::new(65_534, "Untyped");
    untyped.operations = Operations::R;
    object.resources.push(untyped);
    object
}
