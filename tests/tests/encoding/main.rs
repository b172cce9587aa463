//! Every content format over arbitrary instances of every object in the registry.
//!
//! Each test draws a few cases, so that `cargo test` stays quick. `LWM2M_TEST_FACTOR=50` draws fifty times as many.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where it finds a mistake"
)]

mod canonical;
mod composite;
mod differential;
mod history;
mod instances;
mod options;
mod payload;
mod prefixes;
mod single;
mod strategy;
mod truncated;

use std::env;

use lwm2m_runtime::{catalogue, model::ObjectDefinition};
use proptest::{
    prelude::*,
    test_runner::{TestError, TestRunner},
};

/// Every object of the registry, in its newest version.
fn objects() -> Vec<&'static ObjectDefinition> {
    let mut objects: Vec<_> = catalogue::definitions().collect();
    objects.dedup_by_key(|definition| definition.id());
    objects.retain(|definition| catalogue::latest(definition.id()) == Some(definition));
    objects
}

/// Any object of the registry.
fn any_object() -> impl Strategy<Value = &'static ObjectDefinition> {
    prop::sample::select(objects())
}

/// The configuration of a test that draws so many cases by default.
fn cases(count: u32) -> ProptestConfig {
    let factor = env::var("LWM2M_TEST_FACTOR").map_or(1, |factor| factor.parse().unwrap());
    ProptestConfig {
        cases: count * factor,
        // What failed is printed, as small as it can be.
        failure_persistence: None,
        max_shrink_iters: 2000,
        max_global_rejects: u32::MAX,
        ..ProptestConfig::default()
    }
}

/// Tests with values of one strategy for each object of the registry; none is left to chance.
fn for_each_object<S: Strategy>(
    strategy: impl Fn(&'static ObjectDefinition) -> S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let objects = objects();
    assert_eq!(objects.len(), 327);
    for definition in objects {
        let mut runner = TestRunner::new(cases(1));
        if let Err(error) = runner.run(&strategy(definition), &test) {
            match error {
                TestError::Fail(reason, value) => panic!("object {}: {reason}\n{value:#?}", definition.id()),
                TestError::Abort(reason) => panic!("object {}: {reason}", definition.id()),
            }
        }
    }
}
