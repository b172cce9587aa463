use lwm2m_runtime::{
    encoding::{ContentFormat, FormatSet, Negotiation},
    model::Version,
    operation::Status,
    tree::{Asker, Block},
};

use crate::support::{Bench, path};

fn accepts(bench: &mut Bench, at: &str, format: ContentFormat) -> Result<bool, Status> {
    let formats = Negotiation::with_server(Version::V1_1, FormatSet::ALL);
    bench
        .tree
        .accepts_stream(Asker::new(1, &formats), path(at), format, &mut bench.program)
}

#[test]
fn an_opaque_resource_is_streamed_if_the_application_wants_it() {
    let mut bench = Bench::new(Version::V1_1);
    assert_eq!(accepts(&mut bench, "/5/0/0", ContentFormat::OPAQUE), Ok(false));
    bench.program.stream = Some(path("/5/0/0"));
    assert_eq!(accepts(&mut bench, "/5/0/0", ContentFormat::OPAQUE), Ok(true));
    assert_eq!(accepts(&mut bench, "/5/0/0", ContentFormat::TLV), Ok(false));
    assert_eq!(accepts(&mut bench, "/5/0", ContentFormat::TLV), Ok(false));
    assert_eq!(accepts(&mut bench, "/5/0/1", ContentFormat::TEXT), Ok(false));
    for (at, status) in [
        ("/0/0/5", Status::Unauthorized),
        ("/3/0/0", Status::MethodNotAllowed),
        ("/9/0/0", Status::NotFound),
    ] {
        assert_eq!(
            accepts(&mut bench, at, ContentFormat::OPAQUE),
            Err(status),
            "{at}"
        );
    }
}

#[test]
fn blocks_go_to_the_application_and_not_into_the_tree() {
    let mut bench = Bench::new(Version::V1_1);
    let formats = Negotiation::with_server(Version::V1_1, FormatSet::ALL);
    let asker = Asker::new(1, &formats);
    let at = path("/5/0/0");
    for (offset, bytes, last) in [(0, b"firm", false), (4, b"ware", true)] {
        let block = Block::new(at, offset, bytes, last, 1);
        let result = bench.tree.write_block(asker, &block, &mut bench.program);
        assert_eq!(result, Ok(()));
    }
    assert_eq!(
        bench.program.blocks,
        [(0, b"firm".to_vec(), false), (4, b"ware".to_vec(), true)]
    );
    assert_eq!(bench.value("/5/0/0"), None);
    bench.program.refuse = Some((at, Status::RequestEntityTooLarge));
    let block = Block::new(at, 0, b"again", false, 1);
    let result = bench.tree.write_block(asker, &block, &mut bench.program);
    assert_eq!(result, Err(Status::RequestEntityTooLarge));
    bench.tree.remove(5, 0);
    let result = bench.tree.write_block(asker, &block, &mut bench.program);
    assert_eq!(result, Err(Status::NotFound));
}
