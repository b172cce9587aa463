//! What must not compile, and what the compiler says about it.
//!
//! The messages under `ui/fail` are those of one compiler; `TRYBUILD=overwrite` rewrites them.

use std::{
    io::{self, Write},
    process::Command,
};

/// The compiler whose messages are recorded.
const RECORDED: &str = "1.95";

#[test]
fn rights_and_types_are_held_by_the_compiler() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    let compiler = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .arg("--version")
        .output();
    let version = compiler.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let version = version.unwrap_or_default();
    if version.starts_with(&format!("rustc {RECORDED}.")) {
        cases.compile_fail("tests/ui/fail/*.rs");
        #[cfg(feature = "net")]
        cases.compile_fail("tests/ui/net/*.rs");
    } else {
        // Past the capture of test output: nobody shall take this for a run.
        writeln!(
            io::stderr(),
            "SKIPPED tests/ui/fail: its messages are those of rustc {RECORDED}, this is {version}"
        )
        .unwrap();
    }
}
