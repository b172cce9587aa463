//! The text of `registry.lock`.

use std::{error::Error, fmt::Write as _, fs, path::Path};

use sha2::{Digest, Sha256};

const HEAD: &str = r#"# The upstream registry as this crate's objects/ were taken from it, written by the example `refresh`.
#
# format = 1            changes when a reader of this file must change
# [upstream]            where the files are, at which revision
# [files]               each schema and XML file: its path from the repository's root, its size in bytes and its SHA-256.
#                       Both count line ends as LF: a checkout on upstream's terms has CRLF, a raw download has LF.

format = 1

[upstream]
repository = "https://github.com/OpenMobileAlliance/lwm2m-registry"
branch = "prod"
"#;

/// Hashes every schema and XML file of a checkout.
pub(crate) fn write(checkout: &Path, commit: &str) -> Result<String, Box<dyn Error>> {
    let mut text = String::from(HEAD);
    writeln!(text, "commit = \"{commit}\"\n\n[files]")?;
    for path in paths(checkout)? {
        let bytes = with_lf(fs::read(checkout.join(&path))?);
        let sha256 = hex(&Sha256::digest(&bytes))?;
        writeln!(
            text,
            "\"{path}\" = {{ bytes = {}, sha256 = \"{sha256}\" }}",
            bytes.len()
        )?;
    }
    Ok(text)
}

/// Other files first, then the latest objects, then the history; objects by number rather than by digits.
fn paths(checkout: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut paths = Vec::new();
    for directory in ["", "version_history/"] {
        for entry in fs::read_dir(checkout.join(directory))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".xml") || name.ends_with(".xsd") {
                paths.push(format!("{directory}{name}"));
            }
        }
    }
    paths.sort_by_cached_key(|path| {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let numbers: Result<Vec<u16>, _> = name
            .trim_end_matches(".xml")
            .split(['-', '_'])
            .map(str::parse)
            .collect();
        (directory.to_owned(), numbers.ok(), path.clone())
    });
    Ok(paths)
}

fn with_lf(bytes: Vec<u8>) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut bytes = bytes.into_iter().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\r' || bytes.peek() != Some(&b'\n') {
            out.push(byte);
        }
    }
    out
}

fn hex(bytes: &[u8]) -> Result<String, std::fmt::Error> {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}
