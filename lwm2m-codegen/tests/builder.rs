//! Generation from a build script.

#![cfg(feature = "registry")]

use std::fs;

use lwm2m_codegen::Builder;

const KETTLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hostile_kettle.xml");

#[test]
fn objects_of_the_registry_and_files_come_in_one_file() {
    let out = tempfile::tempdir().unwrap();
    let builder = || {
        Builder::new()
            .object(3303)
            .object("Device@1.1")
            .file(KETTLE)
            .out_dir(out.path())
    };
    builder().compile("objects.rs").unwrap();
    let text = fs::read_to_string(out.path().join("objects.rs")).unwrap();
    for expected in [
        "mod o3303_v1_1 {",
        "mod o3_v1_1 {",
        "mod o32001_v2_1 {",
        "pub use self::o3_v1_1::Device;",
    ] {
        assert!(text.contains(expected), "{expected}");
    }
    let time = || {
        fs::metadata(out.path().join("objects.rs"))
            .unwrap()
            .modified()
            .unwrap()
    };
    let before = time();
    builder().compile("objects.rs").unwrap();
    assert_eq!(time(), before, "an unchanged file is not written");
}

#[test]
fn everything_wrong_is_told_at_once_with_its_place() {
    let out = tempfile::tempdir().unwrap();
    let broken = out.path().join("broken.xml");
    fs::write(
        &broken,
        fs::read_to_string(KETTLE)
            .unwrap()
            .replace("<Type>Opaque</Type>", "<Type>Bytes</Type>"),
    )
    .unwrap();
    let error = Builder::new()
        .object("Temprature")
        .object("3303@7.7")
        .file(&broken)
        .file("no such file.xml")
        .out_dir(out.path())
        .compile("objects.rs")
        .unwrap_err();
    let text = format!("{error:?}");
    assert_eq!(text, error.to_string(), "what cargo shows is readable");
    for expected in [
        "3303 Temperature",
        "7.7",
        "broken.xml:79:15",
        "error[L0",
        "Bytes",
        "no such file.xml",
    ] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    assert_eq!(error.problems().len(), 4, "{text}");
    assert!(!out.path().join("objects.rs").exists());
}

// proves: ROB-67
#[test]
fn what_cannot_be_meant_is_an_error_with_file_and_line() {
    let out = tempfile::tempdir().unwrap();
    let broken = out.path().join("broken.xml");
    let kettle = fs::read_to_string(KETTLE).unwrap();
    for (from, to, told) in [
        ("<ObjectID>32001<", "<ObjectID>x<", "`x` is not a number"),
        ("ID=\"4\"", "ID=\"65536\"", "65536"),
        ("ID=\"4\"", "ID=\"3\"", "another resource 3"),
        ("<Type>Float<", "<Type>Double<", "Double"),
    ] {
        let line = 1 + kettle[..kettle.find(from).unwrap()].matches('\n').count();
        fs::write(&broken, kettle.replacen(from, to, 1)).unwrap();
        let error = Builder::new()
            .file(&broken)
            .out_dir(out.path())
            .compile("objects.rs")
            .unwrap_err();
        let text = error.to_string();
        for expected in [told, "error[L0", &format!("broken.xml:{line}:")] {
            assert!(text.contains(expected), "{expected} in\n{text}");
        }
        assert!(!out.path().join("objects.rs").exists());
    }
}

#[test]
fn another_registry_and_tables() {
    let out = tempfile::tempdir().unwrap();
    let registry = out.path().join("registry");
    fs::create_dir(&registry).unwrap();
    fs::copy(KETTLE, registry.join("32001.xml")).unwrap();
    Builder::new()
        .registry(&registry)
        .object(32001)
        .tables()
        .out_dir(out.path())
        .compile("tables.rs")
        .unwrap();
    let text = fs::read_to_string(out.path().join("tables.rs")).unwrap();
    assert!(text.contains("pub static CATALOGUE"));
    let error = Builder::new()
        .registry(out.path().join("none"))
        .object(3)
        .out_dir(out.path())
        .compile("x.rs");
    assert_eq!(error.unwrap_err().problems().len(), 1);
}
