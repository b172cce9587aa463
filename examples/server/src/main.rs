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

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
    thread,
};

use clap::Parser;
use lwm2m_runtime::net::Server;
use serde_json::json;
use tokio::sync::mpsc;

use crate::{arguments::Arguments, console::Console, output::Output};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| {
            let result = runtime.block_on(run(&arguments));
            // The thread that reads standard input may wait for ever.
            runtime.shutdown_background();
            result
        });
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Nobody is left to tell when standard error is gone too.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every command did what was wanted.
async fn run(arguments: &Arguments) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
    let mut builder = Server::builder().config(arguments.config());
    if let Some(address) = arguments.bind {
        builder = builder.bind(address);
    }
    let server = builder.start().await?;
    let output = Output {
        json: arguments.json,
        prompt: !arguments.json && !arguments.serve && io::stdin().is_terminal(),
    };
    // From here on no registration goes unseen.
    let mut console = Console::new(server.clone(), output).await;
    let address = server.local_address();
    let advice = match arguments.serve {
        true => "Ctrl-C ends it",
        false => "`help` lists the commands",
    };
    output.announce(
        "listening",
        &format!("listening on {address}; {advice}"),
        json!({"address": address.to_string(), "port": address.port()}),
    );
    let mut well = true;
    let mut lines = match arguments.serve {
        true => mpsc::channel(1).1,
        false => read_lines(),
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

/// The lines of standard input. It cannot be waited for, so a thread reads it.
fn read_lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(1);
    thread::spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
