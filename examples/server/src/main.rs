//! A server with a console: `cargo run -p server`, then `help`. It reads a script from standard input as well, and prints
//! JSON lines for other programs with `--json`.

mod command;
mod console;
mod happenings;
mod output;
mod request;
mod values;
mod words;

use std::{
    io::{self, IsTerminal, Write},
    net::SocketAddr,
    process::ExitCode,
    thread,
};

use clap::Parser;
use lwm2m_runtime::{net::Server, server::ServerConfig};
use serde_json::json;
use tokio::sync::mpsc;

use crate::{console::Console, output::Output};

/// A server of LwM2M: devices register with it, and the commands on standard input are carried out. `help` lists them.
#[derive(Debug, Parser)]
#[command(
    disable_version_flag = true,
    after_help = "\
EXAMPLES
  server                                    commands from the keyboard
  server --json < script                    answers and events as JSON, one a line
  server --serve --bind 192.0.2.1:5683      no commands, until Ctrl-C

EXIT STATUS
  0 every command did what was wanted   1 one did not, or the server could not start   2 the arguments are wrong"
)]
struct Arguments {
    /// The address to listen on. Without it port 5683 of every address.
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<SocketAddr>,
    /// Prints JSON, one line for each event and each command.
    #[arg(long)]
    json: bool,
    /// Takes no commands, and runs until Ctrl-C.
    #[arg(long)]
    serve: bool,
}

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
    let mut builder = Server::builder().config(ServerConfig::default());
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
            Some(line) => match console.line(&line).await {
                Some(done) => well &= done,
                None => break,
            },
            None if arguments.serve => {
                let _ = tokio::signal::ctrl_c().await;
                break;
            }
            None => break,
        }
    }
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
