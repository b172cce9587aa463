//! The real registry, where it is at hand.

use std::{
    fs,
    path::{Path, PathBuf},
};

use lwm2m_codegen::xml::{Code, Mode, Severity, read};

use super::xmllint;

/// The XML files of a directory of the real registry, in order; none, and a word about it, where there is no registry.
fn files(directory: &str) -> Vec<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/registry")
        .join(directory);
    let Ok(entries) = fs::read_dir(&path) else {
        println!("SKIPPED: {} is not here", path.display());
        return Vec::new();
    };
    let mut files: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .collect();
    files.sort();
    files
}

#[test]
fn xmllint_agrees_on_every_file_of_the_registry() {
    let directories = [("", 330, 308), ("version_history", 424, 405)];
    for (directory, total, valid) in directories {
        let files = files(directory);
        if files.is_empty() || !xmllint::is_here() {
            return;
        }
        let published = files[0]
            .ancestors()
            .find(|path| path.ends_with("registry"))
            .unwrap()
            .join("LWM2M-v1_1.xsd");
        let accepted = xmllint::accepted(&xmllint::own_schema(), &files);
        assert_eq!(accepted, xmllint::accepted(&published, &files));
        for file in &files {
            let reading = read(&fs::read(file).unwrap(), Mode::Strict);
            assert_eq!(
                !reading.has_errors(),
                accepted.contains(file),
                "{}: {:#?}",
                file.display(),
                reading.diagnostics
            );
        }
        println!(
            "/{directory}: {} of {} files are valid",
            accepted.len(),
            files.len()
        );
        assert_eq!((files.len(), accepted.len()), (total, valid));
    }
}

// proves: REGY-04 REGY-08
#[test]
fn lenient_reading_reads_every_object_of_the_registry() {
    for directory in ["", "version_history"] {
        let mut objects = 0;
        let mut repaired = 0;
        for file in files(directory) {
            let bytes = fs::read(&file).unwrap();
            let reading = read(&bytes, Mode::Lenient);
            let name = file.file_stem().unwrap().to_str().unwrap();
            if name.parse::<u16>().is_err() && directory.is_empty() {
                assert_eq!(
                    reading.diagnostics.last().unwrap().code,
                    Code::NotDefinition,
                    "{name}"
                );
                continue;
            }
            assert!(!reading.has_errors(), "{name}: {:#?}", reading.diagnostics);
            let [object] = reading.objects.as_slice() else {
                panic!("{name}: {} objects", reading.objects.len());
            };
            let text = String::from_utf8(bytes).unwrap();
            assert!(name.starts_with(&object.id.to_string()));
            assert_eq!(object.resources.len(), items(&text), "{name}");
            objects += 1;
            repaired += usize::from(reading.has(Severity::Repaired));
        }
        println!("/{directory}: {objects} objects, {repaired} of them repaired");
        assert!(matches!(objects, 0 | 327 | 424));
        assert_eq!(repaired, if objects == 0 { 0 } else { 19 });
    }
}

/// How many items a file has outside its comments.
fn items(text: &str) -> usize {
    text.split("<!--")
        .enumerate()
        .map(|(index, part)| {
            if index == 0 {
                part
            } else {
                part.split_once("-->").unwrap().1
            }
        })
        .map(|part| part.matches("<Item ").count())
        .sum()
}

#[test]
fn nothing_but_names_and_ranges_is_strange_about_the_embedded_facts() {
    let objects = Path::new(env!("CARGO_MANIFEST_DIR")).join("../registry-cache/objects");
    let mut read_files = 0;
    for entry in fs::read_dir(objects).unwrap() {
        let path = entry.unwrap().path();
        let reading = read(&fs::read(&path).unwrap(), Mode::Strict);
        assert!(
            !reading.has_errors(),
            "{}: {:#?}",
            path.display(),
            reading.diagnostics
        );
        assert_eq!(reading.objects.len(), 1);
        read_files += 1;
    }
    assert_eq!(read_files, 424);
}
