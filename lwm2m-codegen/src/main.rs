//! The command `lwm2m-codegen`.

use std::process::ExitCode;

fn main() -> ExitCode {
    lwm2m_codegen::cli::main()
}
