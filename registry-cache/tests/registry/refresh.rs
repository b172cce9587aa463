use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use lwm2m_registry_cache::{LOCK, unpack};
use toml::Table;

use crate::{facts, lock};

/// Upstream's files, where they lie beside the repository.
#[expect(clippy::print_stderr, reason = "says why a test proves nothing here")]
pub(crate) fn upstream() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/registry");
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there", path.display());
    None
}

fn locked() -> Table {
    LOCK.parse().unwrap()
}

#[test]
fn refreshing_from_upstream_gives_the_committed_objects() {
    let Some(upstream) = upstream() else { return };
    let written = facts::read_history(&upstream).unwrap();
    let files = unpack();

    assert_eq!(written.len(), files.len());
    for file in files.iter() {
        assert_eq!(written[file.name], file.xml, "{}", file.name);
    }
}

#[test]
fn refreshing_from_upstream_gives_the_committed_lock() {
    let Some(upstream) = upstream() else { return };
    let commit = locked()["upstream"]["commit"].as_str().unwrap().to_owned();
    assert!(lock::write(&upstream, &commit).unwrap() == LOCK);
}

#[test]
fn line_ends_do_not_change_the_lock() {
    let directory = std::env::temp_dir().join(format!("lwm2m-registry-cache-{}", std::process::id()));
    let history = directory.join("version_history");
    let write = |text: &str| {
        std::fs::create_dir_all(&history).unwrap();
        std::fs::write(directory.join("3.xml"), text).unwrap();
        lock::write(&directory, "0").unwrap()
    };
    let lf = write("<LWM2M>\n</LWM2M>\n");
    let crlf = write("<LWM2M>\r\n</LWM2M>\r\n");
    let alone = write("<LWM2M>\r</LWM2M>\n");
    std::fs::remove_dir_all(&directory).unwrap();

    assert_eq!(lf, crlf);
    assert_ne!(lf, alone);
}

#[test]
fn the_lock_has_a_row_for_every_file() {
    let lock = locked();
    assert_eq!(lock["format"].as_integer(), Some(1));
    assert_eq!(lock["upstream"]["commit"].as_str().unwrap().len(), 40);

    let files = unpack();
    let mut expected: BTreeSet<_> = files
        .iter()
        .map(|file| format!("version_history/{}", file.name))
        .collect();
    expected.extend(files.iter().map(|file| format!("{}.xml", file.object_id)));
    for other in [
        "Common.xml",
        "DDF.xml",
        "LWM2M-v1_1.xsd",
        "LWM2M.xsd",
        "LWM2M_senml_units.xml",
    ] {
        expected.insert(other.to_owned());
    }

    let rows = lock["files"].as_table().unwrap();
    assert!(rows.keys().eq(&expected));
    for (path, row) in rows {
        assert!(row["bytes"].as_integer().unwrap() > 0, "{path}");
        let sha256 = row["sha256"].as_str().unwrap();
        assert!(
            sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit()),
            "{path}"
        );
    }
}

/// A version's file and the latest file of its object are the same file upstream.
#[test]
fn the_latest_file_of_an_object_is_its_newest_version() {
    let lock = locked();
    let files = unpack();
    for id in files.iter().map(|file| file.object_id).collect::<BTreeSet<_>>() {
        let newest = files.versions(id).next_back().unwrap().name;
        let rows = &lock["files"];
        assert_eq!(
            rows[&format!("{id}.xml")],
            rows[&format!("version_history/{newest}")],
            "{id}"
        );
    }
}

#[test]
fn what_upstream_hides_in_comments_is_not_read() {
    let text = "\u{feff}<!-- licence --><LWM2M><Object><Name> A &amp; <![CDATA[B]]>&#33;</Name><ObjectID>7</ObjectID>\
        <ObjectURN>urn</ObjectURN><MultipleInstances>Single</MultipleInstances><Mandatory>Optional</Mandatory>\
        <Resources><!--Item ID=\"1\"></Item--><Item ID=\"2\"><Type>Float</Type><Name>N</Name><Operations/>\
        <Mandatory>Optional</Mandatory><MultipleInstances>Single</MultipleInstances><Units> \n </Units>\
        <Description>prose</Description></Item></Resources></Object></LWM2M>";
    let (name, xml) = facts::from_upstream(text).unwrap();

    assert_eq!(name, "7-1_0.xml");
    assert!(xml.contains("\t\t<Name> A &amp; B!</Name>\n"), "{xml}");
    assert!(
        xml.contains("\t\t\t<Item ID=\"2\">\n\t\t\t\t<Name>N</Name>\n\t\t\t\t<Operations></Operations>\n"),
        "{xml}"
    );
    assert!(
        xml.contains("<RangeEnumeration></RangeEnumeration>\n\t\t\t\t<Units></Units>"),
        "{xml}"
    );
    assert!(!xml.contains("ID=\"1\"") && !xml.contains("prose"), "{xml}");
}

#[test]
fn a_file_that_lacks_a_fact_is_an_error() {
    for text in [
        "",
        "<LWM2M>",
        "<LWM2M></LWM2M>",
        "<LWM2M><Object></Object></LWM2M>",
        "<LWM2M><Object><Name>&x;</Name></Object></LWM2M>",
        "</LWM2M>",
    ] {
        assert!(facts::from_upstream(text).is_err(), "{text}");
    }
}
