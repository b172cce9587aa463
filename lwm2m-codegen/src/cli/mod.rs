//! The command `lwm2m-codegen`: arguments in, a call of the library, text out.

mod args;
mod check;
mod diff;
#[cfg(feature = "fetch")]
mod fetch;
mod generate;
mod list;
mod new;
mod objects;
mod show;
mod stop;
mod style;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::{CommandFactory as _, Parser as _};

use self::args::{Cli, Command};
use self::stop::Stop;

/// Runs the command with the arguments of this process. What it prints and how it exits is in its `--help`.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.color {
        clap::ColorChoice::Auto => {}
        clap::ColorChoice::Always => ColorChoice::Always.write_global(),
        clap::ColorChoice::Never => ColorChoice::Never.write_global(),
    }
    let mut out = BufWriter::new(anstream::stdout().lock());
    let outcome = run(cli.command, &mut out);
    let flushed = out.flush().map_err(Stop::from);
    let Err(stop) = outcome.and(flushed) else {
        return ExitCode::SUCCESS;
    };
    let (reason, code) = stop.report();
    if let Some(reason) = reason {
        objects::tell(style::error("error"), &reason);
    }
    code
}

fn run(command: Command, out: &mut impl Write) -> Result<(), Stop> {
    match command {
        Command::List(args) => list::run(&args, out),
        Command::Show(args) => show::run(&args, out),
        Command::Check(args) => check::run(&args, out),
        Command::Generate(args) => generate::run(&args, out),
        Command::Diff(args) => diff::run(&args, out),
        Command::New(args) => new::run(&args, out),
        #[cfg(feature = "fetch")]
        Command::Fetch(args) => fetch::run(args, out),
        Command::Completions(args) => Ok(completions(args.shell, out)?),
    }
}

fn completions(shell: clap_complete::Shell, out: &mut impl Write) -> io::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "lwm2m-codegen", &mut script);
    out.write_all(&script)
}
