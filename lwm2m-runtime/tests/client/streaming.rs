//! Values larger than memory, block by block to the application.

use lwm2m_runtime::{
    coap::{Code, OptionNumber},
    model::Path,
};

use crate::support::{Bench, Datagram, SERVER, config, post, request, server, tree_of};

const OPAQUE: u32 = 42;

fn block(whole: Datagram, image: &[u8], number: usize) -> Datagram {
    let start = number * 1024;
    let end = image.len().min(start + 1024);
    let more = end < image.len();
    whole.body(OPAQUE, &image[start..end]).uint(
        OptionNumber::BLOCK1,
        (number as u32) << 4 | u32::from(more) << 3 | 6,
    )
}

fn image(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index % 251) as u8).collect()
}

// proves: BLK-14 DM-31
#[test]
fn int_770_an_image_is_streamed() {
    // Far more than any body may have in memory.
    let image = image(1_000_000);
    let mut bench = Bench::registered();
    let blocks = image.len().div_ceil(1024);
    for number in 0..blocks {
        let answer = bench.exchange(&block(request(Code::PUT, "42769/0/3"), &image, number));
        let last = number + 1 == blocks;
        assert_eq!(answer.code, if last { Code::CHANGED } else { Code::CONTINUE });
    }
    assert_eq!(
        (bench.program.image.len(), bench.program.images),
        (image.len(), 1)
    );
    assert!(bench.program.image == image);
}

#[test]
fn an_image_may_be_pushed_by_post() {
    let image = image(3000);
    let mut bench = Bench::registered();
    for number in 0..3 {
        bench.exchange(&block(post("42769/0/3"), &image, number));
    }
    assert!(bench.program.image == image);
}

#[test]
fn a_short_image_is_one_block() {
    let mut bench = Bench::registered();
    assert_eq!(
        bench.code(&request(Code::PUT, "42769/0/3").body(OPAQUE, &[0])),
        Code::CHANGED
    );
    assert_eq!((bench.program.images, &*bench.program.image), (1, &[0][..]));
    let path = lwm2m_runtime::model::Path::resource(42769, 0, 3);
    assert!(bench.client.tree().value(path).is_none());
}

// proves: ROB-23
#[test]
fn a_missing_block_is_refused_and_a_new_beginning_begins_anew() {
    let image = image(4000);
    let mut bench = Bench::registered();
    let put = || request(Code::PUT, "42769/0/3");
    assert_eq!(bench.code(&block(put(), &image, 0)), Code::CONTINUE);
    assert_eq!(
        bench.code(&block(put(), &image, 2)),
        Code::REQUEST_ENTITY_INCOMPLETE
    );
    assert_eq!(bench.code(&block(put(), &image, 0)), Code::CONTINUE);
    for (number, code) in [(1, Code::CONTINUE), (2, Code::CONTINUE), (3, Code::CHANGED)] {
        assert_eq!(bench.code(&block(put(), &image, number)), code);
    }
    assert!(bench.program.image == image);
}

#[test]
fn what_the_device_does_not_take_is_refused_before_it_comes() {
    let image = image(4000);
    let mut bench = Bench::registered();
    for path in ["42769/9/3", "0/0/5"] {
        let first = bench.exchange(&block(request(Code::PUT, path), &image, 0));
        assert!(
            (0x80..0xa0).contains(&first.code.0) || first.code == Code::CONTINUE,
            "{path}"
        );
    }
    // A resource that no one can write takes no stream; the whole is refused.
    bench.ask(SERVER, &block(request(Code::PUT, "42769/0/0"), &image, 0));
    bench.sent();
    assert!(bench.program.image.is_empty());
}

const IMAGE: Path = Path::resource(42769, 0, 3);

/// A device that has the first two blocks of four.
fn halfway() -> (Bench, Vec<u8>) {
    let image = image(4000);
    let mut bench = Bench::registered();
    for number in 0..2 {
        let answer = bench.exchange(&block(request(Code::PUT, "42769/0/3"), &image, number));
        assert_eq!(answer.code, Code::CONTINUE);
    }
    (bench, image)
}

#[test]
fn the_device_is_told_of_a_stream_that_stops() {
    let (mut bench, image) = halfway();
    bench.pass(240);
    assert!(bench.program.abandoned.is_empty());
    bench.pass(10);
    assert_eq!(bench.program.abandoned, [IMAGE]);
    // What comes after all is refused; a new beginning is none of the old one.
    let late = block(request(Code::PUT, "42769/0/3"), &image, 2);
    assert_eq!(bench.code(&late), Code::REQUEST_ENTITY_INCOMPLETE);
    for number in 0..4 {
        bench.exchange(&block(request(Code::PUT, "42769/0/3"), &image, number));
    }
    bench.pass(1_000);
    assert_eq!((bench.program.abandoned.len(), bench.program.images), (1, 1));
    assert!(bench.program.image == image);
}

#[test]
fn the_device_is_told_of_a_stream_whose_session_ends() {
    let (mut bench, _) = halfway();
    bench.client.disconnected(bench.now, SERVER);
    assert!(bench.client.poll_timeout().unwrap() <= bench.now, "at once");
    bench.work();
    assert_eq!(bench.program.abandoned, [IMAGE]);
}

#[test]
fn a_stream_that_begins_anew_or_ends_is_not_abandoned() {
    let (mut bench, image) = halfway();
    for number in 0..4 {
        bench.exchange(&block(request(Code::PUT, "42769/0/3"), &image, number));
    }
    let (mut short, _) = halfway();
    let whole = request(Code::PUT, "42769/0/3").body(OPAQUE, &[0]);
    assert_eq!(short.code(&whole), Code::CHANGED);
    for bench in [&mut bench, &mut short] {
        bench.pass(1_000);
        assert!(bench.program.abandoned.is_empty());
        assert_eq!(bench.program.images, 1);
    }
}

#[test]
fn the_device_is_told_of_a_stream_whose_target_goes() {
    let (mut bench, image) = halfway();
    bench.client.change(bench.now, |tree| tree.remove(42769, 0));
    bench.sent();
    bench.ask(SERVER, &block(request(Code::PUT, "42769/0/3"), &image, 2));
    assert!(bench.sent().iter().any(|sent| sent.code == Code::NOT_FOUND));
    assert_eq!(bench.program.abandoned, [IMAGE]);
    bench.pass(1_000);
    assert_eq!(bench.program.abandoned.len(), 1, "once");
}

/// Blocks of two servers never mix: the application is promised that they come without gaps.
#[test]
fn of_two_servers_the_one_that_began_last_goes_on() {
    let image = image(4000);
    let mut bench = Bench::new(config(), tree_of(&[server(SERVER), server(102)]));
    bench.client.start(bench.now);
    for server in [SERVER, 102] {
        bench.connect(server);
        bench.accept_register(server);
    }
    let mut put = |server, number| {
        bench.ask(server, &block(request(Code::PUT, "42769/0/3"), &image, number));
        bench.only().code
    };
    assert_eq!(put(SERVER, 0), Code::CONTINUE);
    assert_eq!(put(102, 0), Code::CONTINUE);
    assert_eq!(put(SERVER, 1), Code::REQUEST_ENTITY_INCOMPLETE);
    for number in 1..3 {
        assert_eq!(put(102, number), Code::CONTINUE);
    }
    assert_eq!(put(102, 3), Code::CHANGED);
    bench.pass(1_000);
    assert!(bench.program.image == image);
    assert!(bench.program.abandoned.is_empty());
}
