//! Runs the command.

use std::path::Path;
use std::process::{Command, Stdio};

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The command in a directory, without what the tester's environment has to say about colours and proxies.
pub(crate) fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lwm2m-codegen"));
    command
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null());
    for variable in [
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        command.env_remove(variable);
    }
    command
}

pub(crate) fn finish(mut command: Command) -> Run {
    let output = command.output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn run_in(directory: &Path, arguments: &[&str]) -> Run {
    finish(command(directory, arguments))
}

pub(crate) fn run(arguments: &[&str]) -> Run {
    run_in(&std::env::temp_dir(), arguments)
}

impl Run {
    /// Done, nothing to complain about: the output.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!((self.status, self.err.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    /// The answer is no.
    #[track_caller]
    pub(crate) fn no(self) -> Self {
        assert_eq!(self.status, 1, "{}{}", self.out, self.err);
        self
    }

    /// Not done: nothing on standard output, and an error that says this.
    #[track_caller]
    pub(crate) fn not_done(self, reason: &str) {
        assert_eq!((self.status, self.out.as_str()), (2, ""), "{}", self.err);
        assert!(
            self.err.starts_with("error: ") && self.err.contains(reason),
            "{}",
            self.err
        );
    }
}

pub(crate) fn valid() -> String {
    run(&["new", "--id", "42769", "--name", "Hive Scale"]).done()
}
