//! A server with a console: `cargo run -p server`, then `help`. It reads a script from standard input as well, and prints
//! JSON lines for other programs with `--json`.

mod answer;
mod arguments;
mod ask;
mod command;
mod console;
mod deed;
mod happenings;
mod later;
mod observing;
mod outcome;
mod output;
mod request;
mod rights;
mod telling;
mod values;
mod words;

use std::process::ExitCode;

use clap::Parser;
use example_console::{Error, Output};
use lwm2m_runtime::net::Server;
use tokio::sync::mpsc;

use crate::{arguments::Arguments, console::Console};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    example_console::run(run(&arguments))
}

/// Whether every command did what was wanted.
async fn run(arguments: &Arguments) -> Result<bool, Error> {
    let mut builder = Server::builder().config(arguments.config());
    if let Some(address) = arguments.bind {
        builder = builder.bind(address);
    }
    let server = builder.start().await?;
    let output = Output::new(arguments.json, !arguments.serve);
    // From here on no registration goes unseen.
    let mut console = Console::new(server.clone(), output).await;
    output.listening(server.local_address(), !arguments.serve);
    let mut well = true;
    let mut lines = match arguments.serve {
        true => mpsc::channel(1).1,
        false => example_console::lines(),
    };
    loop {
        output.prompt();
        let line = tokio::select! {
            line = lines.recv() => line,
            _ = tokio::signal::ctrl_c() => break,
        };
        match line {
            Some(line) => tokio::select! {
                done = console.line(&line) => match done {
                    Some(done) => well &= done,
                    None => break,
                },
                _ = tokio::signal::ctrl_c() => break,
            },
            None if arguments.serve => {
                let _ = tokio::signal::ctrl_c().await;
                break;
            }
            None => break,
        }
    }
    well &= console.went_well();
    server.stop().await;
    Ok(well)
}
