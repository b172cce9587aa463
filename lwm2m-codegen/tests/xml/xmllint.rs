use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where the project's own schema is.
pub(crate) fn own_schema() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/object-definition.xsd")
}

/// Whether xmllint can be asked. CI must have it; elsewhere its absence is told.
pub(crate) fn is_here() -> bool {
    let is_here = Command::new("xmllint").arg("--version").output().is_ok();
    assert!(
        is_here || std::env::var_os("CI").is_none(),
        "CI needs xmllint (libxml2-utils)"
    );
    if !is_here {
        println!("SKIPPED: xmllint is not installed (Debian: libxml2-utils)");
    }
    is_here
}

/// The paths of those files that the schema accepts.
pub(crate) fn accepted(schema: &Path, files: &[PathBuf]) -> BTreeSet<PathBuf> {
    let mut accepted = BTreeSet::new();
    for batch in files.chunks(500) {
        let output = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema"])
            .arg(schema)
            .args(batch)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        accepted.extend(
            told.lines()
                .filter_map(|line| line.strip_suffix(" validates"))
                .map(PathBuf::from),
        );
    }
    accepted
}

/// Writes each text into a file of its own, named by its index.
pub(crate) fn write_all(directory: &Path, texts: &[String]) -> Vec<PathBuf> {
    let write = |(index, text): (usize, &String)| {
        let path = directory.join(format!("{index}.xml"));
        fs::write(&path, text).unwrap();
        path
    };
    texts.iter().enumerate().map(write).collect()
}
