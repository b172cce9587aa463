//! What a server reads goes straight from the instances into the payload.

use allocation_counter::measure;
use lwm2m_runtime::{
    encoding::{ContentFormat, FormatSet, Negotiation},
    model::Version,
    tree::Asker,
};

use crate::support::{path, tree};

#[test]
fn reading_takes_no_memory_beside_the_payload() {
    let tree = tree();
    let formats = Negotiation::with_server(Version::V1_2, FormatSet::ALL);
    let asker = Asker::new(1, &formats);
    let mut out = Vec::with_capacity(4096);
    for format in [
        ContentFormat::SENML_CBOR,
        ContentFormat::LWM2M_CBOR,
        ContentFormat::TLV,
    ] {
        for at in ["/3/0/9", "/3/0/7/1", "/3/0", "/3", "/42769"] {
            let mut read = Err(lwm2m_runtime::operation::Status::NotFound);
            let taken = measure(|| {
                out.clear();
                read = tree.read(asker, path(at), Some(format), &mut out);
            });
            assert_eq!(read, Ok(format), "{at}");
            assert_eq!(taken.count_total, 0, "{at} {format}");
        }
    }
}

#[test]
fn a_composite_read_takes_no_memory_beside_the_payload() {
    let tree = tree();
    let formats = Negotiation::with_server(Version::V1_2, FormatSet::ALL);
    let asker = Asker::new(1, &formats);
    let paths = ["/1/0/1", "/3/0", "/3/0/7", "/16", "/42769/0/1"].map(path);
    let mut out = Vec::with_capacity(4096);
    let mut samples = [lwm2m_runtime::reporting::Sample::Absent; 5];
    for format in [ContentFormat::SENML_CBOR, ContentFormat::LWM2M_CBOR] {
        let mut read = Err(lwm2m_runtime::operation::Status::NotFound);
        let taken = measure(|| {
            out.clear();
            for (sample, path) in samples.iter_mut().zip(&paths) {
                *sample = tree.sample(*path);
            }
            read = tree.read_composite(asker, &paths, Some(format), &mut out);
        });
        assert_eq!(read, Ok(format));
        assert!(out.len() > 60);
        assert_eq!(taken.count_total, 0, "{format}");
    }
}
