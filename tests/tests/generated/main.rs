//! Generated code compiles: the whole registry, in every form, and what a hostile author would write.
//!
//! Each form becomes a crate of one workspace under the target directory, which clippy, rustdoc and the doctests then
//! judge with every warning an error.

#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

mod hostile;
mod workspace;

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use lwm2m_codegen::{
    generate::{Form, directory, file},
    model::Object,
    names::Words,
    registry::Registry,
};
use lwm2m_tests::workspace::root;

use workspace::{Crate, Workspace};

/// The registry as upstream publishes it, with its descriptions; not part of the repository.
fn upstream() -> Option<Registry> {
    let directory = root().join("../shared/registry");
    if !directory.is_dir() {
        // Past the capture of test output: nobody shall take this for a run.
        let line = format!("skipped: {} is not there\n", directory.display());
        io::stderr().write_all(line.as_bytes()).unwrap();
        return None;
    }
    Some(Registry::open(directory).unwrap())
}

fn generate(objects: &[&Object], words: &Words, form: Form, to: Crate<'_>) {
    directory(objects, words, form, &to.source().join("objects")).unwrap();
}

#[test]
fn every_version_of_every_object_compiles_without_a_warning() {
    let embedded = Registry::embedded();
    let (all, latest) = (embedded.objects(), embedded.latest());
    assert_eq!((all.len(), latest.len()), (424, 327));
    let workspace = Workspace::new("registry");
    generate(
        &all,
        embedded.words(),
        Form::Direct,
        workspace.library("all-versions"),
    );
    generate(
        &latest,
        embedded.words(),
        Form::Direct,
        workspace.library("latest"),
    );
    generate(
        &latest,
        embedded.words(),
        Form::Derive,
        workspace.library("derived"),
    );
    generate(&all, embedded.words(), Form::Tables, workspace.library("tables"));
    let included = workspace.program("included").source();
    let text = file(&latest, embedded.words(), Form::Direct).unwrap();
    fs::write(included.join("included.rs"), text).unwrap();
    fs::write(included.join("objects.rs"), "include!(\"included.rs\");\n").unwrap();
    workspace.clippy();
}

#[test]
fn upstream_with_its_descriptions_compiles_and_is_documented_without_a_warning() {
    let Some(upstream) = upstream() else { return };
    let (all, latest) = (upstream.objects(), upstream.latest());
    assert_eq!((all.len(), latest.len()), (424, 327));
    let workspace = Workspace::new("upstream");
    generate(
        &all,
        upstream.words(),
        Form::Direct,
        workspace.library("all-versions"),
    );
    generate(
        &latest,
        upstream.words(),
        Form::Derive,
        workspace.library("derived"),
    );
    workspace.clippy();
    workspace.doc();
    workspace.no_doctests();
}

#[test]
fn hostile_definitions_compile_and_say_nothing_but_text() {
    let objects = hostile::objects();
    let objects: Vec<_> = objects.iter().collect();
    let workspace = Workspace::new("hostile");
    let words = Words::default();
    generate(&objects, &words, Form::Direct, workspace.library("direct"));
    generate(&objects, &words, Form::Direct, workspace.program("private"));
    generate(&objects, &words, Form::Tables, workspace.program("tables"));
    // The derive refuses what only a definition file may say wrongly: such an object has no annotated form.
    let derivable: Vec<_> = objects.into_iter().filter(|object| object.id < 50_000).collect();
    generate(&derivable, &words, Form::Derive, workspace.library("derived"));
    workspace.clippy();
    workspace.doc();
    workspace.no_doctests();
}

#[test]
fn two_runs_give_the_same_bytes() {
    let embedded = Registry::embedded();
    let sources = [Some(embedded), upstream()];
    for registry in sources.iter().flatten() {
        for form in [Form::Direct, Form::Derive, Form::Tables] {
            let mut objects = registry.objects();
            let mut run = || {
                // The order in which objects are named makes no difference either.
                objects.reverse();
                file(&objects, registry.words(), form).unwrap()
            };
            assert!(run() == run(), "{form:?}");
        }
    }
}

/// Where the workspaces are made: beside the build of this workspace, so that they are cleaned with it.
fn scratch() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}
