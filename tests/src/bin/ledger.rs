//! Prints which of the protocol's requirements the workspace's tests prove.
//!
//! Exit status 0; 1 when a mark names no row or stands above no test; 2 when the options are wrong.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, ValueEnum};
use lwm2m_tests::{
    ledger::{self, Ledger},
    workspace,
};

/// Which of the protocol's requirements the workspace's tests prove.
#[derive(Parser)]
struct Options {
    /// List the open rows of a prefix (ENC-TLV) or of a group of them (ENC)
    #[arg(long, value_name = "PREFIX")]
    open: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// The workspace to read
    #[arg(long, value_name = "DIR", default_value_os_t = workspace::root())]
    root: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let ledger = match Ledger::read(&options.root) {
        Ok(ledger) => ledger,
        Err(problems) => {
            let mut stderr = io::stderr().lock();
            for problem in problems {
                // Nobody is left to be told.
                let _ = writeln!(stderr, "error: {problem}");
            }
            return ExitCode::from(1);
        }
    };
    let text = match (&options.open, options.format) {
        (None, Format::Table) => ledger::table(&ledger),
        (None, Format::Json) => ledger::json(&ledger),
        (Some(prefix), format) => match ledger.open(prefix) {
            Some(rows) if format == Format::Json => ledger::open_json(&rows),
            Some(rows) => ledger::open_rows(&rows),
            None => {
                let _ = writeln!(io::stderr(), "error: no row begins with `{prefix}-`");
                return ExitCode::from(2);
            }
        },
    };
    match io::stdout().write_all(text.as_bytes()) {
        // A reader such as `head` may have seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(1)
        }
        _ => ExitCode::SUCCESS,
    }
}
