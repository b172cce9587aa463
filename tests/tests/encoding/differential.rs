//! The formats beside an implementation that shares no code with this one: `differential/encodings.py`.
//!
//! It reads what is written here, and writes the same content in other ways, to be read here.

use std::{
    collections::BTreeMap,
    env,
    io::Write,
    path::Path as FilePath,
    process::{Command, Stdio},
    thread,
};

use lwm2m_runtime::{
    encoding::{Content, Decoder, Format, Purpose, Reader, Record},
    model::{ObjectDefinition, Path, Value},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value as Json, json};

use super::{
    cases,
    composite::any_path,
    history::histories,
    objects,
    payload::{
        COMPOSITE, STRUCTURED, check_same, decoder, expected, hex, is_finite, is_textual, sorted, write,
    },
    strategy::{object_records, options, records},
};

/// Names the Python with cbor2.
const PYTHON: &str = "LWM2M_TEST_PYTHON";

/// Chooses other cases.
const SEED: &str = "LWM2M_TEST_SEED";

struct Case {
    format: Format,
    target: Path,
    purpose: Purpose,
    records: Vec<Record>,
    payload: Vec<u8>,
}

impl Case {
    fn decoder(&self) -> Decoder<'static> {
        decoder(self.format, self.target, self.purpose).with_prefixes()
    }

    fn to_json(&self, index: usize) -> Json {
        json!({
            "case": index,
            "format": format!("{:?}", self.format),
            "target": self.target.ids().to_vec(),
            "payload": hex(&self.payload),
            "records": self.records.iter().map(record_to_json).collect::<Vec<_>>(),
        })
    }
}

fn record_to_json(record: &Record) -> Json {
    let (name, value) = match &record.content {
        Content::Null => ("none", Json::Null),
        Content::Path => ("path", Json::Null),
        Content::Value(value) => match value {
            Value::String(text) => ("string", text.as_str().into()),
            Value::Corelnk(text) => ("corelnk", text.as_str().into()),
            Value::Integer(number) => ("integer", (*number).into()),
            Value::Unsigned(number) => ("unsigned", (*number).into()),
            Value::Float(number) => ("float", bits(*number).into()),
            Value::Boolean(flag) => ("boolean", (*flag).into()),
            Value::Opaque(bytes) => ("opaque", hex(bytes).into()),
            Value::Time(time) => ("time", time.0.into()),
            Value::Objlnk(link) => ("objlnk", link.to_string().into()),
            other => panic!("a value without a name: {other:?}"),
        },
        _ => ("container", Json::Null),
    };
    json!({
        "prefix": record.prefix,
        "ids": record.path.ids().to_vec(),
        "type": name,
        "value": value,
        "time": record.time.map(bits),
    })
}

fn bits(number: f64) -> String {
    hex(&number.to_be_bytes())
}

/// Draws payloads of every format from a seed.
struct Cases {
    runner: TestRunner,
    cases: Vec<Case>,
}

impl Cases {
    fn draw<S: Strategy>(&mut self, strategy: S) -> S::Value {
        strategy.new_tree(&mut self.runner).unwrap().current()
    }

    fn add(&mut self, formats: &[Format], target: Path, purpose: Purpose, records: &[Record]) {
        for format in formats {
            if is_textual(*format) && !is_finite(records) {
                continue;
            }
            let options = self.draw(options());
            // Times of two kinds have no place in the JSON of LwM2M 1.0.
            let Ok(payload) = write(*format, target, records, &options) else {
                assert_eq!((*format, target), (Format::Json, Path::ROOT));
                continue;
            };
            self.cases.push(Case {
                format: *format,
                target,
                purpose,
                records: expected(*format, target, records),
                payload,
            });
        }
    }

    fn add_object(&mut self, definition: &'static ObjectDefinition) {
        let (path, records) = self.draw(records(definition));
        self.add(&STRUCTURED, path, Purpose::Values, &records);

        let object = Path::object(definition.id());
        let instances = self.draw(object_records(definition));
        self.add(&STRUCTURED, object, Purpose::Values, &instances);

        let created: Vec<_> = records
            .iter()
            .map(|record| {
                let mut ids = record.path.ids().to_vec();
                ids[1] = u16::MAX;
                Record {
                    path: Path::from_ids(&ids).unwrap(),
                    ..record.clone()
                }
            })
            .collect();
        self.add(&STRUCTURED, object, Purpose::Create, &created);

        let prefix = self.draw(prop::sample::select(vec!["d01", "lwm2m/a", "00ab", "gw\"\\é"]));
        let prefixed: Vec<_> = records
            .iter()
            .map(|record| Record {
                prefix: prefix.to_owned(),
                ..record.clone()
            })
            .collect();
        self.add(&COMPOSITE, Path::ROOT, Purpose::Values, &prefixed);

        let mut patch: Vec<_> = instances
            .into_iter()
            .filter(|record| record.content != Content::Container)
            .collect();
        for record in &mut patch {
            if self.draw(any::<bool>()) {
                record.content = Content::Null;
            }
        }
        let patches = [Format::SenmlEtchJson, Format::SenmlEtchCbor, Format::Lwm2mCbor];
        self.add(&patches, Path::ROOT, Purpose::Patch, &patch);

        for record in records
            .iter()
            .filter(|record| record.content != Content::Container)
        {
            let one = std::slice::from_ref(record);
            self.add(&[Format::Text, Format::Cbor], record.path, Purpose::Values, one);
        }
    }

    fn add_others(&mut self) {
        let timed = self.draw(histories());
        self.add(
            &[Format::SenmlJson, Format::SenmlCbor, Format::Json],
            Path::ROOT,
            Purpose::Values,
            &timed,
        );

        let paths = self.draw(prop::collection::btree_set(any_path(), 1..6));
        let paths: Vec<_> = paths
            .into_iter()
            .map(|path| Record {
                prefix: String::new(),
                path,
                content: Content::Path,
                time: None,
            })
            .collect();
        let lists = [
            Format::SenmlJson,
            Format::SenmlCbor,
            Format::SenmlEtchJson,
            Format::SenmlEtchCbor,
        ];
        self.add(&lists, Path::ROOT, Purpose::Paths, &paths);
    }
}

// proves: ENC-FMT-10 ENC-SENML-02 ENC-SENML-10 ENC-SENML-11 ENC-LCBOR-02
#[test]
fn an_independent_implementation_reads_and_writes_the_same() {
    let Some(python) = env::var_os(PYTHON) else {
        println!("skipped: {PYTHON} names no Python with cbor2; `.ci/run differential` makes one");
        return;
    };
    let seed: u64 = env::var(SEED).map_or(0, |seed| seed.parse().unwrap());
    let mut seeds = [0; 32];
    seeds[..8].copy_from_slice(&seed.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seeds);
    let mut cases = Cases {
        runner: TestRunner::new_with_rng(cases(1), rng),
        cases: Vec::new(),
    };
    for _ in 0..cases.runner.config().cases {
        for definition in objects() {
            cases.add_object(definition);
            cases.add_others();
        }
    }
    let cases = cases.cases;

    let script = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("differential/encodings.py");
    let mut child = Command::new(python)
        .arg(script)
        .arg(seed.to_string())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let written = &cases;
    let output = thread::scope(|scope| {
        scope.spawn(move || {
            for (index, case) in written.iter().enumerate() {
                // A script that ended says why.
                if writeln!(stdin, "{}", case.to_json(index)).is_err() {
                    break;
                }
            }
            drop(stdin);
        });
        child.wait_with_output().unwrap()
    });
    assert!(
        output.status.success(),
        "what was written here was read differently"
    );

    let mut read = BTreeMap::new();
    let mut failures = Vec::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let answer: Json = serde_json::from_str(line).unwrap();
        let case = &cases[usize::try_from(answer["case"].as_u64().unwrap()).unwrap()];
        let payload = unhex(answer["payload"].as_str().unwrap());
        let context = format!("{:?} {} {}", case.format, case.target, hex(&payload));
        match case.decoder().read(&payload).and_then(Reader::collect) {
            Ok(found) => match check_same(&sorted(&found), &sorted(&case.records), &context) {
                Ok(()) => *read.entry(format!("{:?}", case.format)).or_insert(0) += 1,
                Err(error) => failures.push(error.to_string()),
            },
            Err(error) => failures.push(format!("{context}: {error}")),
        }
    }
    for failure in failures.iter().take(20) {
        println!("{failure}");
    }
    assert_eq!(failures.len(), 0, "payloads written there were read differently");
    assert_eq!(read.len(), 9, "a payload of every format");
    println!(
        "seed {seed}: {} payloads written here, read here: {read:?}",
        cases.len()
    );
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}
