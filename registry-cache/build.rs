//! Packs `objects/*.xml` into one deflate stream and an index, the same bytes for the same files.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

use miniz_oxide::{deflate::compress_to_vec, inflate::decompress_to_vec};

const OBJECTS: &str = "objects";
/// The strongest that miniz knows; packing takes a moment, and every dependent crate carries the result.
const LEVEL: u8 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=objects");

    let mut text = String::new();
    let mut index = String::from("[\n");
    for entry in entries()? {
        let start = text.len();
        text.push_str(&fs::read_to_string(Path::new(OBJECTS).join(&entry.name))?);
        let Entry {
            name,
            id,
            major,
            minor,
        } = entry;
        writeln!(
            index,
            "    Entry {{ name: {name:?}, object_id: {id}, version: ({major}, {minor}), start: {start}, end: {} }},",
            text.len()
        )?;
    }
    index.push_str("]\n");

    let packed = compress_to_vec(text.as_bytes(), LEVEL);
    let unpacked = decompress_to_vec(&packed).map_err(|error| format!("deflate: {error}"))?;
    if unpacked != text.as_bytes() {
        return Err("the packed objects do not unpack to what they were".into());
    }

    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts")?;
    let out = Path::new(&out);
    fs::write(out.join("objects.deflate"), packed)?;
    fs::write(out.join("index.rs"), index)?;
    Ok(())
}

struct Entry {
    name: String,
    id: u16,
    major: u8,
    minor: u8,
}

/// The files of `objects/` by object, then version, whatever order the file system has.
fn entries() -> Result<Vec<Entry>, Box<dyn Error>> {
    let mut entries = Vec::new();
    for file in fs::read_dir(OBJECTS)? {
        let name = file?.file_name().to_string_lossy().into_owned();
        let Some((id, major, minor)) = read_name(&name) else {
            return Err(format!(
                "{OBJECTS}/{name}: expected a name such as 3-1_2.xml (object 3, version 1.2)"
            )
            .into());
        };
        entries.push(Entry {
            name,
            id,
            major,
            minor,
        });
    }
    entries.sort_by_key(|entry| (entry.id, entry.major, entry.minor));
    Ok(entries)
}

fn read_name(name: &str) -> Option<(u16, u8, u8)> {
    let (id, version) = name.strip_suffix(".xml")?.split_once('-')?;
    let (major, minor) = version.split_once('_')?;
    Some((id.parse().ok()?, major.parse().ok()?, minor.parse().ok()?))
}
