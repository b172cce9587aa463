use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use lwm2m_tests::workspace::root;

/// A workspace of crates that hold nothing but generated code.
pub(crate) struct Workspace {
    path: PathBuf,
}

/// One of its crates.
pub(crate) struct Crate<'a> {
    workspace: &'a Workspace,
    name: String,
}

/// What a demanding crate asks of its code.
const LINTS: &str = "\
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications, rust_2018_idioms)]
#![deny(clippy::all, clippy::allow_attributes)]
";

impl Workspace {
    pub(crate) fn new(name: &str) -> Self {
        let path = crate::scratch().join("generated").join(name);
        if path.exists() {
            fs::remove_dir_all(&path).unwrap();
        }
        fs::create_dir_all(&path).unwrap();
        let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"*/\"]\nexclude = [\"target\"]\n";
        fs::write(path.join("Cargo.toml"), manifest).unwrap();
        // The versions that this workspace was built with, so that nothing has to be fetched.
        fs::copy(root().join("Cargo.lock"), path.join("Cargo.lock")).unwrap();
        Self { path }
    }

    /// A library that shows the generated code.
    pub(crate) fn library(&self, name: &str) -> Crate<'_> {
        let objects = "/// Generated objects.\npub mod objects;\n";
        self.member(
            name,
            "lib.rs",
            &format!("//! Generated code.\n{LINTS}\n{objects}"),
        )
    }

    /// A program that has the generated code and uses none of it.
    pub(crate) fn program(&self, name: &str) -> Crate<'_> {
        self.member(
            name,
            "main.rs",
            &format!("//! Generated code.\n{LINTS}\nmod objects;\n\nfn main() {{}}\n"),
        )
    }

    /// A crate that depends on the runtime.
    fn member(&self, name: &str, file: &str, text: &str) -> Crate<'_> {
        let member = Crate {
            workspace: self,
            name: name.to_owned(),
        };
        fs::create_dir_all(member.source()).unwrap();
        let runtime = root().join("lwm2m-runtime");
        let manifest = format!(
            "[package]\nname = \"generated-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             lwm2m-runtime = {{ path = {runtime:?} }}\n"
        );
        fs::write(member.path().join("Cargo.toml"), manifest).unwrap();
        fs::write(member.source().join(file), text).unwrap();
        member
    }

    /// No warning of rustc or clippy.
    pub(crate) fn clippy(&self) {
        self.cargo(&["clippy", "--all-targets"]);
    }

    /// No warning of rustdoc.
    pub(crate) fn doc(&self) {
        self.cargo(&["doc", "--no-deps"]);
    }

    /// Nothing in a description is taken for an example.
    pub(crate) fn no_doctests(&self) {
        let output = self.cargo(&["test", "--doc"]);
        assert!(output.contains("running 0 tests"), "{output}");
        assert!(!output.contains("running 1 test"), "{output}");
        for line in output.lines().filter(|line| line.starts_with("test result:")) {
            assert!(line.contains("ok. 0 passed; 0 failed; 0 ignored"), "{output}");
        }
    }

    fn cargo(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--workspace", "--offline", "--quiet"])
            .current_dir(&self.path)
            .env("CARGO_TARGET_DIR", self.path.with_file_name("target"))
            .env("RUSTDOCFLAGS", "-D warnings")
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let start: String = stderr.chars().take(6_000).collect();
        assert!(
            output.status.success(),
            "cargo {arguments:?} in {}\n{start}",
            self.path.display()
        );
        stdout
    }
}

impl Crate<'_> {
    pub(crate) fn source(&self) -> PathBuf {
        self.path().join("src")
    }

    fn path(&self) -> PathBuf {
        Path::new(&self.workspace.path).join(&self.name)
    }
}
