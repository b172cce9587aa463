use std::{
    io::{self, Write},
    net::SocketAddr,
    process::ExitCode,
    thread,
};

use tokio::sync::mpsc;

/// Why a program ends before its time; what it says goes to standard error.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Runs a program to its end: 0 where every command did what was wanted, else 1.
pub fn run(program: impl Future<Output = Result<bool, Error>>) -> ExitCode {
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| {
            let result = runtime.block_on(program);
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

/// The address of `--bind`.
///
/// # Errors
///
/// What an address looks like.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "it takes an IP address and a port, as 127.0.0.1:5683 or [::]:5683".to_owned())
}

/// The lines of standard input. It cannot be waited for, so a thread reads it, which ends with the program.
#[must_use]
pub fn lines() -> mpsc::Receiver<String> {
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
