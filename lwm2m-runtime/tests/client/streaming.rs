//! Values larger than memory, block by block to the application.

use lwm2m_runtime::coap::{Code, OptionNumber};

use crate::support::{Bench, Datagram, SERVER, post, request};

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
