//! What the compiler of the registry costs: `cargo bench -p lwm2m-codegen --bench generation`.
//!
//! The registry is the embedded one, or upstream's with all its descriptions when `LWM2M_REGISTRY` names its directory.

#![expect(clippy::unwrap_used, reason = "a bench stops where its set-up fails")]
#![expect(missing_docs, reason = "criterion's macro writes a function without")]

use std::{env, hint::black_box};

use criterion::{Criterion, criterion_group, criterion_main};
use lwm2m_codegen::{
    generate::{Form, directory, file},
    registry::Registry,
};

fn registry() -> Registry {
    match env::var_os("LWM2M_REGISTRY") {
        Some(directory) => Registry::open(directory).unwrap(),
        None => Registry::embedded(),
    }
}

/// Every version of every object, read, checked, generated and written: nothing is kept from run to run.
fn whole(criterion: &mut Criterion) {
    let out = tempfile::tempdir().unwrap();
    criterion.bench_function("read, check and generate 424 object versions", |bencher| {
        bencher.iter(|| {
            let registry = registry();
            let objects = registry.objects();
            assert_eq!(objects.len(), 424);
            let files = directory(&objects, registry.words(), Form::Direct, out.path());
            files.unwrap()
        });
    });
}

/// The forms alone, of objects that are read already.
fn forms(criterion: &mut Criterion) {
    let registry = registry();
    let objects = registry.objects();
    let device = [registry.find("3").unwrap()];
    let mut group = criterion.benchmark_group("generate");
    for (name, objects, form) in [
        ("object 3", device.as_slice(), Form::Direct),
        ("424 object versions", &objects, Form::Direct),
        ("424 object versions to be edited", &objects, Form::Derive),
        ("424 tables", &objects, Form::Tables),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| file(black_box(objects), registry.words(), form).unwrap());
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = whole, forms
}
criterion_main!(benches);
