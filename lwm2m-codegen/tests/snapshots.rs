//! Generated code as it is read and reviewed.

#![cfg(feature = "registry")]
#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

use lwm2m_codegen::{
    generate::{self, Form},
    registry::Registry,
    xml::{self, Mode},
};

fn generated(object: &str) -> String {
    let registry = Registry::embedded();
    let object = registry.find(object).unwrap();
    generate::file(&[object], registry.words(), Form::Direct).unwrap()
}

fn custom(form: Form) -> String {
    let registry = Registry::embedded();
    let reading = xml::read(include_bytes!("data/hostile_kettle.xml"), Mode::Strict);
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    let objects: Vec<_> = reading.objects.iter().collect();
    generate::file(&objects, registry.words(), form).unwrap()
}

/// Operations that are nothing, enumerations, length ranges.
#[test]
fn security() {
    insta::assert_snapshot!(generated("0@1.2"));
}

/// Multiple and executable resources.
#[test]
fn device() {
    insta::assert_snapshot!(generated("3@1.2"));
}

#[test]
fn temperature() {
    insta::assert_snapshot!(generated("3303@1.1"));
}

/// An object that is called like a type of the runtime.
#[test]
fn time() {
    insta::assert_snapshot!(generated("3333@1.0"));
}

/// Names of punctuation that clash.
#[test]
fn single_phase_meter() {
    insta::assert_snapshot!(generated("3421@2.0"));
}

/// Names that are twice in the object.
#[test]
fn intonation() {
    insta::assert_snapshot!(generated("10329"));
}

/// Descriptions that look like Markdown and code, 64-bit bounds, keywords.
#[test]
fn custom_object() {
    insta::assert_snapshot!(custom(Form::Direct));
}

#[test]
fn custom_object_to_be_edited() {
    insta::assert_snapshot!(custom(Form::Derive));
}
