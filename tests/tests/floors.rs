//! The floors of `lwm2m-runtime`: a room imports rooms on lower floors only, and the roles never import each other.

#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

use std::{fs, path::Path};

use lwm2m_tests::workspace;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Every room of the crate and its floor; `ARCHITECTURE.md` says what each is for.
const FLOORS: &[(&str, u8)] = &[
    ("model", 0),
    ("time", 0),
    ("random", 0),
    ("queue", 0),
    ("object", 1),
    ("link", 1),
    ("coap", 1),
    ("__v1", 1),
    ("encoding", 2),
    ("objects", 2),
    ("catalogue", 2),
    ("operation", 3),
    ("reporting", 3),
    ("access_control", 3),
    ("configuration", 3),
    ("tree", 3),
    ("security", 3),
    ("client", 4),
    ("server", 4),
    ("bootstrap", 4),
    ("storage", 5),
    ("configuration_file", 5),
    ("net", 5),
];

/// Imports between two rooms of one floor, each with its reason. Never between roles.
const SIDEWAYS: &[(&str, &str, &str)] = &[
    ("__v1", "object", "the door re-exports what generated code names"),
    (
        "tree",
        "operation",
        "a tree performs operations, and is what lists of links show",
    ),
    ("tree", "reporting", "a tree is what samples are taken of"),
    (
        "access_control",
        "operation",
        "rights are rights to operations, and their lack is a status",
    ),
    (
        "configuration",
        "operation",
        "what a client has is what lists of links and Bootstrap-Discover show",
    ),
    (
        "configuration",
        "access_control",
        "a configuration has rules of access",
    ),
    (
        "tree",
        "configuration",
        "what a bootstrap session leaves has to be consistent",
    ),
    (
        "tree",
        "access_control",
        "every operation on a tree needs a right",
    ),
    ("net", "storage", "what a client keeps outlives a restart"),
];

const ROLES: &[&str] = &["client", "server", "bootstrap"];

#[test]
fn imports_go_down_only() {
    let source = workspace::root().join("lwm2m-runtime/src");
    let mut problems = Vec::new();
    let mut imports = 0;
    for file in workspace::rust_files(&source).unwrap() {
        let text = fs::read_to_string(&file).unwrap();
        let found = check(file.strip_prefix(&source).unwrap(), &text);
        imports += found.imports;
        problems.extend(found.problems);
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
    assert!(imports > 10, "the test sees the crate's imports");
}

#[test]
fn sideways_imports_form_no_circle_and_never_join_roles() {
    for (from, to, reason) in SIDEWAYS {
        assert_eq!(floor(from), floor(to), "{from} and {to} are on one floor");
        assert!(
            !ROLES.contains(from),
            "roles never import each other: {from} and {to}"
        );
        assert!(
            !SIDEWAYS
                .iter()
                .any(|(back, there, _)| back == to && there == from)
        );
        assert!(!reason.is_empty());
    }
}

#[test]
fn upward_and_sideways_imports_are_found_in_every_spelling() {
    for (file, text) in [
        ("model/path.rs", "use crate::object::Field;"),
        ("model/path.rs", "use crate::{model::Value, object::{Field}};"),
        ("model/path.rs", "fn a() { crate::object::field(); }"),
        ("model/path.rs", "use super::super::object::Field;"),
        ("model/path.rs", "use super::super::{model::Value, object};"),
        (
            "model/path.rs",
            "mod tests { use super::super::super::object::Field; }",
        ),
        (
            "model/path.rs",
            "macro_rules! a { () => { $crate::object::Field } }",
        ),
        ("model/mod.rs", "use super::object::Field;"),
        ("model.rs", "use super::object::Field;"),
        ("model/path.rs", "use lwm2m_runtime::object::Field;"),
        ("client/mod.rs", "use crate::server::Server;"),
        ("client/mod.rs", "use crate::net::Socket;"),
        ("encoding/tlv.rs", "use crate::objects::Device;"),
    ] {
        assert_eq!(check(Path::new(file), text).problems.len(), 1, "{file}: {text}");
    }
}

#[test]
fn downward_imports_and_those_of_the_own_room_are_right() {
    for (file, text) in [
        (
            "object/field.rs",
            "use crate::model::Value; use super::Scalar; use crate::object::Field;",
        ),
        (
            "object/field.rs",
            "mod tests { use super::*; use super::super::Scalar; }",
        ),
        ("net/udp.rs", "use crate::{client::Client, server::Server};"),
        (
            "object/mod.rs",
            "pub(crate) fn a() {} pub(in crate::object) fn b() {}",
        ),
        (
            "object/mod.rs",
            "/// [`crate::net`] \n fn a() { b(\"crate::net\") }",
        ),
        ("lib.rs", "pub use crate::net::Socket;"),
    ] {
        assert_eq!(check(Path::new(file), text).problems, [""; 0], "{file}: {text}");
    }
}

#[test]
fn rooms_without_a_floor_are_named() {
    for (file, text) in [
        ("cellar/mod.rs", ""),
        ("net/mod.rs", "use crate::cellar::Wine;"),
        ("net/mod.rs", "use crate::*;"),
    ] {
        let problems = check(Path::new(file), text).problems;
        assert_eq!(problems.len(), 1, "{file}: {text}");
        assert!(problems[0].contains("FLOORS"), "{problems:?}");
    }
}

#[derive(Default)]
struct Found {
    imports: usize,
    problems: Vec<String>,
}

/// Checks every path from the crate's root in one file, whose name is relative to `src`.
fn check(file: &Path, text: &str) -> Found {
    let mut found = Found::default();
    let module = module_path(file);
    // The root only declares the rooms.
    let Some(room) = module.first() else {
        return found;
    };
    let place = |line| format!("lwm2m-runtime/src/{}:{line}:", file.display());
    let unknown = |line, room: &str| {
        format!(
            "{} the room `{room}` has no floor. Import an item from the room it lives in; for a new room add a \
             line to FLOORS in tests/tests/floors.rs and one to ARCHITECTURE.md",
            place(line)
        )
    };
    let Some(own) = floor(room) else {
        found.problems.push(unknown(1, room));
        return found;
    };
    let tokens: TokenStream = text.parse().unwrap();
    let mut imports = Vec::new();
    collect(tokens, &module, &mut imports);
    found.imports = imports.len();
    for Import { room: other, line } in imports {
        match floor(&other) {
            None => found.problems.push(unknown(line, &other)),
            Some(_) if other == *room => {}
            Some(floor) if floor < own => {}
            Some(_) if SIDEWAYS.iter().any(|(from, to, _)| from == room && *to == other) => {}
            Some(floor) => found.problems.push(format!(
                "{} `{room}` (floor {own}) imports `{other}` (floor {floor}), but imports go down only. Move what \
                 both need to a lower floor, or pass it in from above",
                place(line)
            )),
        }
    }
    found
}

fn floor(room: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, floor)| *floor)
}

/// `model/path.rs` is `[model, path]`, `model/mod.rs` is `[model]`, `lib.rs` is the root.
fn module_path(file: &Path) -> Vec<String> {
    let file = file.with_extension("");
    let mut module: Vec<_> = file
        .iter()
        .map(|name| name.to_str().unwrap().to_owned())
        .collect();
    if module.last().is_some_and(|name| name == "mod" || name == "lib") {
        module.pop();
    }
    module
}

struct Import {
    room: String,
    line: usize,
}

/// Finds the paths that begin at the crate's root, by `crate`, by the crate's own name or by enough `super`. Tokens
/// rather than syntax, so that macros are seen too; comments are none.
fn collect(tokens: TokenStream, module: &[String], imports: &mut Vec<Import>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut rest = &tokens[..];
    while let [first, tail @ ..] = rest {
        let here = rest;
        rest = tail;
        match (first, tail) {
            (TokenTree::Ident(word), [TokenTree::Ident(name), TokenTree::Group(body), after @ ..])
                if word == "mod" =>
            {
                let inner = [module, &[name.to_string()]].concat();
                collect(body.stream(), &inner, imports);
                rest = after;
            }
            (TokenTree::Ident(word), _) if word == "crate" || word == "lwm2m_runtime" => {
                if let Some(after) = after_colons(tail) {
                    resolve(&[], after, imports);
                    // A braced list is resolved; what stands in it is no path of its own.
                    rest = after.get(1..).unwrap_or_default();
                }
            }
            (TokenTree::Ident(word), _) if word == "super" => {
                resolve(module, here, imports);
                rest = skip_path(tail);
            }
            (TokenTree::Group(group), _) => collect(group.stream(), module, imports),
            _ => {}
        }
    }
}

/// Records the rooms that a path names from the module `base`.
fn resolve(base: &[String], path: &[TokenTree], imports: &mut Vec<Import>) {
    match path {
        [TokenTree::Group(list), ..] if list.delimiter() == Delimiter::Brace => {
            let tokens: Vec<_> = list.stream().into_iter().collect();
            for item in tokens.split(is_comma) {
                resolve(base, item, imports);
            }
        }
        [TokenTree::Ident(word), tail @ ..] if word == "super" || word == "self" => {
            let up = usize::from(word == "super");
            let base = base.get(..base.len().saturating_sub(up)).unwrap_or_default();
            if let Some(after) = after_colons(tail) {
                resolve(base, after, imports);
            }
        }
        [first, ..] => imports.push(Import {
            room: base.first().cloned().unwrap_or_else(|| first.to_string()),
            line: first.span().start().line,
        }),
        [] => {}
    }
}

fn after_colons(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    match tokens {
        [TokenTree::Punct(first), TokenTree::Punct(second), after @ ..]
            if first.as_char() == ':' && second.as_char() == ':' =>
        {
            Some(after)
        }
        _ => None,
    }
}

/// What follows the path whose first word was read.
fn skip_path(mut rest: &[TokenTree]) -> &[TokenTree] {
    while let Some(after) = after_colons(rest) {
        rest = after.get(1..).unwrap_or_default();
    }
    rest
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}
