//! What the registry costs: unpacking, reading and checking it, finding one object, and the overlay.

#![expect(clippy::unwrap_used, reason = "a bench stops where its set-up fails")]
#![expect(missing_docs, reason = "criterion's macro writes a function without")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use lwm2m_codegen::{
    registry::Registry,
    xml::{self, Mode},
};

fn registry(c: &mut Criterion) {
    let mut group = c.benchmark_group("registry");
    group.sample_size(20);
    group.bench_function("unpack", |b| b.iter(lwm2m_registry_cache::unpack));
    let files = lwm2m_registry_cache::unpack();
    for (name, mode) in [("read_strict", Mode::Strict), ("read_lenient", Mode::Lenient)] {
        group.bench_function(name, |b| {
            b.iter(|| {
                for file in files.iter() {
                    black_box(xml::read(file.xml.as_bytes(), mode));
                }
            });
        });
    }
    group.bench_function("all_objects", |b| {
        b.iter(|| black_box(Registry::embedded().objects().len()))
    });
    group.bench_function("one_by_identifier", |b| {
        b.iter(|| black_box(Registry::embedded().find("3303@1.1").unwrap().id));
    });
    group.bench_function("one_by_name", |b| {
        b.iter(|| black_box(Registry::embedded().find("Temperature").unwrap().id))
    });
    group.finish();
}

criterion_group!(benches, registry);
criterion_main!(benches);
