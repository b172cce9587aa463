//! Payloads of specifications and of other implementations, read and written.
//!
//! They lie beside the repository, in `../shared/protocol/vectors`; without them these tests say so and pass, because
//! the tests of each format have vectors of their own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where it finds a mistake"
)]

use std::{fs, path::PathBuf};

use lwm2m_runtime::{
    encoding::{
        BaseName, Content, ContentFormat, Decoder, EncodeOptions, FloatWidth, Format, Purpose, Record,
        RecordRef, encode,
    },
    model::{ObjectDefinition, Operations, Path, ResourceDefinition, ResourceType, Time, Value},
};
use serde_json::Value as Json;

fn vectors(file: &str) -> Vec<Json> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/protocol/vectors")
        .join(file);
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return Vec::new();
    };
    let vectors: Vec<Json> = serde_json::from_str(&text).unwrap();
    assert!(!vectors.is_empty(), "{file}");
    vectors
}

/// A path whose first segments may be a prefix.
fn split_path(text: &str) -> (String, Path) {
    let segments: Vec<&str> = text.split('/').filter(|segment| !segment.is_empty()).collect();
    let is_id = |segment: &&str| segment.bytes().all(|byte| byte.is_ascii_digit());
    let start = segments.iter().position(is_id).unwrap_or(segments.len());
    let ids: Vec<u16> = segments[start..].iter().map(|id| id.parse().unwrap()).collect();
    (segments[..start].join("/"), Path::from_ids(&ids).unwrap())
}

fn unhex(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0);
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn resource_type(name: &str) -> Option<ResourceType> {
    Some(match name {
        "string" => ResourceType::String,
        "integer" => ResourceType::Integer,
        "unsigned" => ResourceType::Unsigned,
        "float" => ResourceType::Float,
        "boolean" => ResourceType::Boolean,
        "opaque" => ResourceType::Opaque,
        "time" => ResourceType::Time,
        "objlnk" => ResourceType::Objlnk,
        "corelnk" => ResourceType::Corelnk,
        "none" | "path" | "container" => return None,
        other => panic!("no such type: {other}"),
    })
}

fn record(json: &Json) -> Record {
    let (prefix, path) = split_path(json["path"].as_str().unwrap());
    let value = &json["value"];
    let text = || value.as_str().unwrap().to_owned();
    let content = match json["type"].as_str().unwrap() {
        "none" => Content::Null,
        "path" => Content::Path,
        "container" => Content::Container,
        "string" => Content::Value(Value::String(text())),
        "corelnk" => Content::Value(Value::Corelnk(text())),
        "integer" => Content::Value(Value::Integer(value.as_i64().unwrap())),
        "time" => Content::Value(Value::Time(Time(value.as_i64().unwrap()))),
        "unsigned" => Content::Value(Value::Unsigned(value.as_u64().unwrap())),
        "float" => Content::Value(Value::Float(value.as_f64().unwrap())),
        "boolean" => Content::Value(Value::Boolean(value.as_bool().unwrap())),
        "opaque" => Content::Value(Value::Opaque(unhex(&text()))),
        "objlnk" => Content::Value(Value::Objlnk(text().parse().unwrap())),
        other => panic!("no such type: {other}"),
    };
    Record {
        prefix,
        path,
        content,
        time: json["time"].as_f64(),
    }
}

/// Definitions that give each path its type; none where two paths of one resource are of different types.
fn definitions(types: &[(Path, ResourceType)]) -> Vec<&'static ObjectDefinition> {
    let mut objects: Vec<(u16, Vec<ResourceDefinition>)> = Vec::new();
    for (path, resource_type) in types {
        let object = path.object_id().unwrap();
        let resource = path.resource_id().unwrap();
        let same_resource =
            |other: &Path| other.object_id() == Some(object) && other.resource_id() == Some(resource);
        if types
            .iter()
            .any(|(path, other)| same_resource(path) && other != resource_type)
        {
            continue;
        }
        let index = match objects.iter().position(|(id, _)| *id == object) {
            Some(index) => index,
            None => {
                objects.push((object, Vec::new()));
                objects.len() - 1
            }
        };
        let resources = &mut objects[index].1;
        if resources.iter().all(|known| known.id() != resource) {
            let mut definition =
                ResourceDefinition::new(resource, "Resource", Some(*resource_type), Operations::RW);
            if path.depth() == 4 {
                definition = definition.with_multiple();
            }
            resources.push(definition);
        }
    }
    objects
        .into_iter()
        .map(|(id, mut resources)| {
            resources.sort_by_key(ResourceDefinition::id);
            let resources: &'static [ResourceDefinition] = Box::leak(resources.into_boxed_slice());
            let definition: &'static ObjectDefinition = Box::leak(Box::new(
                ObjectDefinition::new(id, "Object", "").with_resources(resources),
            ));
            definition
        })
        .collect()
}

/// Times are the sums of fractions.
fn same(found: &Record, expected: &Record) -> bool {
    let times = match (found.time, expected.time) {
        (Some(found), Some(expected)) => (found - expected).abs() < 0.001,
        (found, expected) => found == expected,
    };
    times
        && (&found.prefix, found.path, &found.content) == (&expected.prefix, expected.path, &expected.content)
}

/// Every choice an encoder has.
fn all_options() -> Vec<EncodeOptions> {
    let mut all = Vec::new();
    for base_name in [BaseName::Target, BaseName::Instance, BaseName::Omitted] {
        for float_width in [FloatWidth::Shortest, FloatWidth::Single, FloatWidth::Double] {
            let mut options = EncodeOptions::default();
            options.base_name = base_name;
            options.float_width = float_width;
            all.push(options);
        }
    }
    all
}

fn check(vector: &Json) -> Result<(), String> {
    let number = u16::try_from(vector["content_format"].as_u64().unwrap()).unwrap();
    let format = ContentFormat(number).format().unwrap();
    let payload = match (&vector["text"], &vector["hex"]) {
        (Json::String(text), _) => text.clone().into_bytes(),
        (_, Json::String(hex)) => unhex(hex),
        _ => panic!("no payload"),
    };
    let path = vector["path"].as_str().unwrap_or("/");
    let (prefix, target) = split_path(path);
    let expected = vector["decoded"].as_array();
    let mut expected: Option<Vec<Record>> = expected.map(|records| records.iter().map(record).collect());
    // Paths without a prefix are those of the end device that was asked.
    for record in expected.iter_mut().flatten() {
        if record.prefix.is_empty() {
            record.prefix.clone_from(&prefix);
        }
    }

    let mut types: Vec<_> = vector["decoded"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|json| Some((record(json).path, resource_type(json["type"].as_str()?)?)))
        .collect();
    if let Some(name) = vector["as_type"].as_str() {
        // The payload names a resource below the target, and is an error because of its type.
        let object = target.object_id().unwrap_or_default();
        let any = (0..256).map(|resource| Path::resource(object, 0, resource));
        types.extend(any.filter_map(|path| Some((path, resource_type(name)?))));
    }
    let definitions = definitions(&types);

    let creates = expected
        .iter()
        .flatten()
        .any(|record| record.path.instance_id() == Some(u16::MAX));
    let removes = expected
        .iter()
        .flatten()
        .any(|record| record.content == Content::Null);
    let purpose = match format {
        _ if vector["composite"] == true => Purpose::Paths,
        _ if removes => Purpose::Patch,
        Format::SenmlEtchJson | Format::SenmlEtchCbor => Purpose::Patch,
        _ if creates => Purpose::Create,
        _ => Purpose::Values,
    };
    let decoder = Decoder::new(format, target)
        .with_purpose(purpose)
        .with_definitions(&definitions)
        .with_prefixes();
    let found = decoder.read(&payload).and_then(|reader| reader.collect());
    let (found, expected) = match (found, expected) {
        (Err(_), None) => return Ok(()),
        (Ok(found), Some(expected)) => (found, expected),
        (found, expected) => return Err(format!("found {found:?}, expected {expected:?}")),
    };
    // An empty container has no record in the form of the vectors.
    let found: Vec<Record> = found
        .into_iter()
        .filter(|record| record.content != Content::Container)
        .collect();
    if found.len() != expected.len() || !found.iter().zip(&expected).all(|(a, b)| same(a, b)) {
        return Err(format!("found {found:?}, expected {expected:?}"));
    }

    if vector["direction"] == "both" {
        let records: Vec<RecordRef<'_>> = expected.iter().map(Record::as_ref).collect();
        let written = all_options().into_iter().map(|options| {
            let mut out = Vec::new();
            encode(format, target, records.iter().copied(), &options, &mut out).map(|()| out)
        });
        let written: Vec<_> = written.collect();
        if written.iter().all(|written| written.as_ref() != Ok(&payload)) {
            let written: Vec<_> = written
                .iter()
                .map(|written| written.as_ref().map(|bytes| String::from_utf8_lossy(bytes)))
                .collect();
            return Err(format!("written {written:?}"));
        }
    }
    Ok(())
}

fn check_file(file: &str, formats: &[u16]) {
    let mut failures = Vec::new();
    for vector in vectors(file) {
        let number = vector["content_format"].as_u64().unwrap();
        if formats.iter().all(|format| u64::from(*format) != number) {
            continue;
        }
        if let Err(failure) = check(&vector) {
            failures.push(format!("{}: {failure}", vector["id"]));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn senml_json() {
    check_file("senml_json.json", &[110]);
}

#[test]
fn lwm2m_json() {
    check_file("oma_json.json", &[11543]);
}

#[test]
fn senml_etch_json() {
    check_file("senml_etch.json", &[320]);
}

#[test]
fn tlv() {
    check_file("tlv.json", &[11542]);
}

#[test]
fn plain_cbor() {
    check_file("cbor.json", &[60]);
}

#[test]
fn text_and_opaque() {
    check_file("text_opaque.json", &[0, 42]);
}

#[test]
fn senml_cbor() {
    check_file("senml_cbor.json", &[112]);
}

#[test]
fn senml_etch_cbor() {
    check_file("senml_etch.json", &[322]);
}

#[test]
fn lwm2m_cbor() {
    check_file("lwm2m_cbor.json", &[11544]);
}
