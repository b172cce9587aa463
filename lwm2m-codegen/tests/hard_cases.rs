//! What is odd in real definition files, read right: one case a line of `hard_cases.jsonl`.
//!
//! A case names an object version or one of its resources, and the facts that `show --format json` must print of it.

#![cfg(feature = "cli")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where its set-up fails, and says what it skips"
)]

use std::path::{Path, PathBuf};

use lwm2m_codegen::{
    describe,
    model::Object,
    names::{ObjectNames, plain_names},
    registry::Registry,
};
use serde_json::Value;

const CASES: &str = include_str!("hard_cases.jsonl");

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared")
        .join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

fn facts(registry: &Registry, object: &Object, resource: Option<u64>) -> Value {
    let object: Value = serde_json::from_str(&describe::json(object, registry.words())).unwrap();
    let Some(id) = resource else { return object };
    let resources = object["resources"].as_array().unwrap();
    resources
        .iter()
        .find(|resource| resource["id"] == id)
        .expect("the resource")
        .clone()
}

/// Whether `found` has all that `expected` has. Numbers are equal by value.
fn agrees(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected
            .iter()
            .all(|(key, value)| found.get(key).is_some_and(|found| agrees(value, found))),
        (Value::Array(expected), Value::Array(found)) => {
            expected.len() == found.len()
                && expected
                    .iter()
                    .zip(found)
                    .all(|(expected, found)| agrees(expected, found))
        }
        (Value::Number(expected), Value::Number(found)) => {
            expected == found || (expected.is_f64() != found.is_f64() && expected.as_f64() == found.as_f64())
        }
        _ => expected == found,
    }
}

fn check(registry: &Registry) {
    let mut cases = 0;
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let object = registry.find(case["object"].as_str().unwrap()).unwrap();
        let found = facts(registry, object, case["resource"].as_u64());
        assert!(agrees(&case["expected"], &found), "{case:#}\nfound {found:#}");
        if let Some(type_name) = case["type_name"].as_str() {
            assert_eq!(ObjectNames::new(object, registry.words()).type_name, type_name);
        }
        if let Some(count) = case["resources"].as_u64() {
            assert_eq!(object.resources.len() as u64, count, "{case}");
        }
        if let Some(ids) = case["resource_ids"].as_array() {
            let found: Vec<u64> = object
                .resources
                .iter()
                .map(|resource| resource.id.into())
                .collect();
            assert_eq!(
                ids.iter().filter_map(Value::as_u64).collect::<Vec<_>>(),
                found,
                "{case}"
            );
        }
        cases += 1;
    }
    assert_eq!(cases, 45);
}

// proves: REGY-04
#[test]
fn every_hard_case_of_the_embedded_registry() {
    check(&Registry::embedded());
}

#[test]
fn every_hard_case_of_the_upstream_files() {
    if let Some(directory) = shared("registry") {
        check(&Registry::open(directory).unwrap());
    }
}

#[test]
fn objects_of_one_name_stand_side_by_side() {
    let registry = Registry::embedded();
    let names = plain_names(registry.objects(), registry.words());
    assert_eq!((&*names[&6], &*names[&3336]), ("Location6", "Location3336"));
    let suffixed: Vec<u16> = names
        .iter()
        .filter_map(|(id, name)| name.ends_with(&id.to_string()).then_some(*id))
        .collect();
    assert_eq!(suffixed, [6, 3336]);
}

/// The cases as their collectors published them, with more than one right answer where the source is not decidable.
#[test]
fn the_published_cases() {
    let Some(path) = shared("registry-notes/hard_cases.json") else {
        return;
    };
    let published: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let registry = Registry::embedded();
    let mut cases = 0;
    for case in published["cases"].as_array().unwrap() {
        let asked = format!("{}@{}", case["object_id"], case["version"].as_str().unwrap());
        let found = facts(
            &registry,
            registry.find(&asked).unwrap(),
            case["resource_id"].as_u64(),
        );
        let expected = case["expected"].as_object().unwrap();
        for (key, value) in expected {
            let right = match (key.as_str(), value) {
                ("constraint", Value::Object(choice)) if choice.contains_key("any_of") => choice["any_of"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|value| agrees(value, &found[key])),
                ("resource_count", count) => {
                    count.as_u64()
                        == found["resources"]
                            .as_array()
                            .map(|resources| resources.len() as u64)
                }
                ("enum", Value::Null) => found["enumeration"].is_null(),
                ("enum", value) => has_named_values(value, &found["enumeration"]),
                ("unique_with", others) => others.as_array().unwrap().iter().all(|other| {
                    let other = facts(&registry, registry.find(&asked).unwrap(), other.as_u64());
                    other["identifier"] != found["identifier"]
                }),
                // Checked elsewhere, or advice.
                ("resource_ids" | "unique_with_objects" | "ident_hint" | "note", _) => true,
                (_, value) => agrees(value, &found[key]),
            };
            assert!(right, "{asked} {key}: {value}\nfound {found:#}");
        }
        cases += 1;
    }
    assert_eq!(cases, 45);
}

fn has_named_values(expected: &Value, found: &Value) -> bool {
    if expected["kind"] == "flags" {
        return found.is_null();
    }
    let items = found["items"].as_array().unwrap();
    found["open"] == true
        && expected["values"]
            .as_object()
            .unwrap()
            .iter()
            .all(|(code, label)| {
                let code: i64 = code.parse().unwrap();
                items
                    .iter()
                    .any(|item| item["code"] == code && item["label"] == *label)
            })
}
