use std::collections::BTreeMap;

use lwm2m_registry_cache::{NOTICE, unpack};

use crate::refresh::upstream;

/// Each object file with the copyright lines above it.
fn holders() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut holders = BTreeMap::new();
    let mut lines = Vec::new();
    let mut in_files = true;
    for line in NOTICE.lines() {
        if !line.starts_with("    ") || !line.contains(".xml") {
            if in_files {
                lines.clear();
            }
            in_files = false;
            if line.starts_with("Copyright") {
                lines.push(line);
            }
            continue;
        }
        in_files = true;
        for name in line.split_whitespace() {
            let twice = holders.insert(name, lines.clone());
            assert!(twice.is_none(), "{name} occurs twice");
        }
    }
    holders
}

#[test]
fn every_object_file_occurs_once() {
    let files = unpack();
    let mut names: Vec<_> = files.iter().map(|file| file.name).collect();
    names.sort_unstable();
    assert!(holders().into_keys().eq(names));
}

#[test]
fn only_the_files_without_a_header_have_no_copyright_line() {
    let holders = holders();
    let without: Vec<_> = holders
        .iter()
        .filter(|(_, lines)| lines.is_empty())
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(without, ["10244-1_0.xml", "3443-1_0.xml"]);
}

#[test]
fn the_licences_are_there_in_full() {
    for text in [
        "Neither the name of the copyright holder nor the names of its contributors",
        "Redistributions in binary form must reproduce the above copyright notice",
        "THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS \"AS IS\"",
        "Apache License\n                           Version 2.0, January 2004",
        "END OF TERMS AND CONDITIONS",
        "Permission is hereby granted, free of charge, to any person obtaining a copy",
    ] {
        assert!(NOTICE.contains(text), "{text}");
    }
}

#[test]
fn the_copyright_lines_are_those_of_upstream() {
    let Some(upstream) = upstream() else { return };
    for (name, lines) in holders() {
        let text = std::fs::read_to_string(upstream.join("version_history").join(name)).unwrap();
        let comment = text.split_once("-->").map_or("", |(comment, _)| comment);
        let comment = comment.split_whitespace().collect::<Vec<_>>().join(" ");
        for line in &lines {
            assert!(comment.contains(line), "{name}: {line}");
        }
        assert_eq!(lines.is_empty(), !text.contains("Copyright"), "{name}");
    }
}
