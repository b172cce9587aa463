//! Which crate of the workspace may know which.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where its set-up fails"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use lwm2m_tests::workspace;

/// The members of the workspace, each with the members that it depends on in any way but by a dev-dependency.
fn members() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(workspace::root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |value: &serde_json::Value| value["name"].as_str().unwrap().to_owned();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap();
            let built = dependencies
                .iter()
                .filter(|dependency| dependency["kind"] != "dev");
            (name(package), built.map(name).collect())
        })
        .collect()
}

/// Every member that `member` needs, directly or not.
fn needs(member: &str) -> BTreeSet<String> {
    let members = members();
    let mut found = BTreeSet::new();
    let mut pending = vec![member.to_owned()];
    while let Some(member) = pending.pop() {
        for dependency in members.get(&member).into_iter().flatten() {
            if members.contains_key(dependency) && found.insert(dependency.clone()) {
                pending.push(dependency.clone());
            }
        }
    }
    found
}

#[test]
fn the_host_side_never_depends_on_the_runtime() {
    for member in ["lwm2m-codegen", "lwm2m-macros", "lwm2m-registry-cache"] {
        assert!(!needs(member).contains("lwm2m-runtime"), "{member}");
    }
    assert!(
        needs("lwm2m-macros").contains("lwm2m-codegen"),
        "the test sees dependencies"
    );
}

#[test]
fn the_runtime_reaches_the_generator_only_through_its_macros() {
    let members = members();
    assert!(!members["lwm2m-runtime"].contains("lwm2m-codegen"));
    assert!(!members["lwm2m-runtime"].contains("lwm2m-registry-cache"));
}
