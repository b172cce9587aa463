//! A bootstrap server whose plans are in a file: `cargo run -p bootstrap-server -- --config FILE`, then `help`. It reads a
//! script from standard input as well, and prints JSON lines for other programs with `--json`.

mod console;
mod plan_file;
mod report;

use std::{io, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::Parser;
use example_console::{Error, Output};
use lwm2m_runtime::net::BootstrapServer;
use serde_json::json;

use crate::{console::Console, plan_file::PlanFile};

/// A bootstrap server of LwM2M: devices get their accounts from it, as the plans of a file say. The commands on standard
/// input are carried out; `help` lists them.
#[derive(Debug, Parser)]
#[command(
    disable_version_flag = true,
    after_help = "\
EXAMPLES
  bootstrap-server --config bootstrap.toml                    commands from the keyboard
  bootstrap-server --config bootstrap.toml --check            only says what is wrong with the file
  bootstrap-server --config bootstrap.toml --serve            no commands, until Ctrl-C
  bootstrap-server --config bootstrap.toml --json < script    answers and events as JSON, one a line

EXIT STATUS
  0 every command did what was wanted
  1 one did not, or it could not start, or the file is wrong
  2 the arguments are wrong

The file is read again at the command `reload` and at the signal SIGHUP. A file that is wrong changes nothing."
)]
struct Arguments {
    /// The file with the plans, in TOML.
    #[arg(short, long, value_name = "FILE")]
    config: PathBuf,
    /// The address to listen on. Without it port 5783 of every address: 5683 is that of a server, perhaps on the same host.
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = example_console::address)]
    bind: Option<SocketAddr>,
    /// Prints JSON, one line for each event and each command.
    #[arg(long)]
    json: bool,
    /// Takes no commands, and runs until Ctrl-C.
    #[arg(long)]
    serve: bool,
    /// Reads the file, says what is wrong or doubtful, and ends.
    #[arg(long, conflicts_with = "serve")]
    check: bool,
}

/// There is no port of its own for bootstrap servers; this one is what others take, too.
const PORT: u16 = 5783;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    example_console::run(run(&arguments))
}

/// Whether every command did what was wanted.
async fn run(arguments: &Arguments) -> Result<bool, Error> {
    let output = Output::new(arguments.json, !arguments.serve && !arguments.check);
    let file = PlanFile::new(&arguments.config);
    let plans = file.read(output)?;
    if arguments.check {
        let members = json!({"endpoints": plans.endpoints().count(), "patterns": plans.patterns().count()});
        output.announce("checked", &plan_file::count(&plans), members);
        return Ok(true);
    }
    let builder = BootstrapServer::builder(plans);
    let mut builder = match arguments.bind {
        Some(address) => builder.bind(address),
        None => builder.port(PORT),
    };
    // From here on no session goes unseen.
    let events = builder.events();
    let server = builder.start().await?;
    output.listening(server.local_address(), !arguments.serve);
    let reporting = tokio::spawn(report::tell(events, server.clone(), output));
    let console = Console::new(server.clone(), file, output);
    let well = commands(arguments, &console, output).await?;
    server.stop().await;
    // What has happened is told to the end.
    let _ = reporting.await;
    Ok(well)
}

/// Carries out commands until there are no more, or until Ctrl-C. Whether all did what was wanted.
async fn commands(arguments: &Arguments, console: &Console, output: Output) -> Result<bool, Error> {
    let mut hangups = Hangups::new()?;
    let mut well = true;
    let mut lines = match arguments.serve {
        true => None,
        false => Some(example_console::lines()),
    };
    loop {
        output.prompt();
        let next_line = async {
            match &mut lines {
                Some(lines) => lines.recv().await,
                None => std::future::pending().await,
            }
        };
        let line = tokio::select! {
            line = next_line => line,
            () = hangups.next() => {
                console.reload_unasked().await;
                continue;
            }
            _ = tokio::signal::ctrl_c() => return Ok(well),
        };
        match line {
            Some(line) => match console.line(&line).await {
                Some(done) => well &= done,
                None => return Ok(well),
            },
            None => return Ok(well),
        }
    }
}

/// The signals SIGHUP, where there are some.
struct Hangups {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
}

impl Hangups {
    fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        let _ = self.signal.recv().await;
        #[cfg(not(unix))]
        std::future::pending::<()>().await;
    }
}
