//! A server of the examples as a script sees it: JSON lines out, commands in.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where its set-up fails"
)]

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::Value as Json;

/// A program, and the lines that it prints. It ends with its handle.
#[derive(Debug)]
pub struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    port: u64,
}

impl Program {
    /// Starts a server on a port of its own, and waits until it listens.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .args(["--json", "--bind", "127.0.0.1:0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut program = Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            port: 0,
        };
        program.port = program.event("listening")["port"].as_u64().unwrap();
        program
    }

    /// Where it listens.
    #[must_use]
    pub const fn port(&self) -> u64 {
        self.port
    }

    /// The process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line.
    pub fn line(&mut self) -> Json {
        let mut line = String::new();
        assert!(
            self.output.read_line(&mut line).unwrap() > 0,
            "the program has ended"
        );
        serde_json::from_str(&line).unwrap()
    }

    /// Gives a command.
    pub fn say(&self, command: &str) {
        writeln!(self.input.as_ref().unwrap(), "{command}").unwrap();
    }

    /// The next event of a name; other lines before it are passed over.
    pub fn event(&mut self, name: &str) -> Json {
        loop {
            let line = self.line();
            if line["event"] == name {
                return line;
            }
        }
    }

    /// What a command comes to; events before it are passed over.
    pub fn answer(&mut self, command: &str) -> Json {
        self.say(command);
        loop {
            let line = self.line();
            if line["command"] == command {
                return line;
            }
        }
    }

    /// What a command that does what is wanted comes to.
    #[track_caller]
    pub fn done(&mut self, command: &str) -> Json {
        let answer = self.answer(command);
        assert_eq!(answer["ok"], true, "{answer}");
        answer
    }

    /// Why a command does not do what is wanted.
    #[track_caller]
    pub fn refused(&mut self, command: &str) -> String {
        let answer = self.answer(command);
        assert_eq!(answer["ok"], false, "{answer}");
        answer["error"].as_str().unwrap().to_owned()
    }

    /// The event that a command brings about. It may be told before the command's end or after.
    pub fn happens(&mut self, command: &str, event: &str) -> Json {
        self.say(command);
        let (mut told, mut done) = (None, false);
        while told.is_none() || !done {
            let line = self.line();
            if line["command"] == command {
                assert_eq!(line["ok"], true, "{line}");
                done = true;
            } else if line["event"] == event {
                told = Some(line);
            }
        }
        told.unwrap()
    }

    /// Ends the input; whether all went well.
    #[must_use]
    pub fn end(mut self) -> bool {
        self.input = None;
        self.child.wait().unwrap().success()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind; another one has ended the program.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
