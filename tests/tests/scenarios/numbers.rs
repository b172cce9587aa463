//! Which scenarios there are, and where each is: no number that the ledger knows is left out silently.

use std::{collections::BTreeMap, fs};

use lwm2m_tests::workspace;

/// Scenarios that are not among these tests, and why.
const ELSEWHERE: [(&[u16], &str); 5] = [
    (&[1, 2], "bootstrap over DTLS"),
    (&[10, 11, 19], "bootstrap over OSCORE, by EST or over MQTT"),
    (&[106, 404, 406], "TCP and TLS"),
    (&[401, 402, 403, 405], "DTLS and OSCORE"),
    (
        &[1600, 1605, 1610, 1611, 1620, 2000, 2001],
        "Portfolio and Event Log: what the tests do is not known",
    ),
];

/// The numbers of the tests in this directory.
fn here() -> BTreeMap<u16, String> {
    let directory = workspace::root().join("tests/tests/scenarios");
    let mut numbers = BTreeMap::new();
    for file in workspace::rust_files(&directory).unwrap() {
        let source = fs::read_to_string(&file).unwrap();
        let lines: Vec<_> = source.lines().map(str::trim).collect();
        for pair in lines.windows(2) {
            let [above, line] = pair else { continue };
            let number = line
                .strip_prefix("fn int_")
                .and_then(|name| name.split_once('_'))
                .and_then(|(number, _)| number.parse().ok());
            if let Some(number) = number.filter(|_| *above == "#[test]") {
                let twice = numbers.insert(number, file.display().to_string());
                assert_eq!(twice, None, "int-{number} is there twice");
            }
        }
    }
    numbers
}

#[test]
fn every_scenario_is_here_or_said_to_be_elsewhere() {
    let ledger = fs::read_to_string(workspace::root().join("tests/requirements.csv")).unwrap();
    let mut known: Vec<u16> = ledger
        .split([' ', ',', '\n'])
        .filter_map(|word| word.strip_prefix("int-")?.parse().ok())
        .collect();
    known.sort_unstable();
    known.dedup();
    assert!(known.len() > 130, "the ledger knows of {}", known.len());
    let here = here();
    for number in &known {
        let elsewhere = ELSEWHERE.iter().find(|(numbers, _)| numbers.contains(number));
        match (here.get(number), elsewhere) {
            (Some(file), Some((_, why))) => {
                panic!("int-{number} is in {file}, and said to be elsewhere: {why}")
            }
            (None, None) => panic!("int-{number} is nowhere"),
            _ => {}
        }
    }
    for number in here.keys() {
        assert!(known.contains(number), "the ledger does not know int-{number}");
    }
}
