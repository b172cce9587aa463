//! A process on a core of its own, that is told what to do by lines.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    thread,
};

use tokio::sync::mpsc;

/// This program with another task, on a core where the system has `taskset`.
pub(crate) fn command(core: usize, task: &str) -> Command {
    let program = std::env::current_exe().unwrap();
    let pinned = Command::new("taskset").arg("--version").output().is_ok();
    let mut command = match pinned {
        true => {
            let mut command = Command::new("taskset");
            command.arg("-c").arg(core.to_string()).arg(program);
            command
        }
        false => Command::new(program),
    };
    command.arg(task);
    command
}

/// A server or an echo.
pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    lines: mpsc::UnboundedReceiver<String>,
    pub(crate) port: u16,
}

/// What a process has used.
#[derive(Clone, Copy)]
pub(crate) struct State {
    /// Nanoseconds of a core.
    pub(crate) processor: u64,
    /// Bytes of memory.
    pub(crate) resident: u64,
}

impl Process {
    pub(crate) async fn start(task: &str) -> Self {
        let mut child = command(0, task)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::unbounded_channel();
        thread::spawn(move || {
            for line in output.lines() {
                let _ = sender.send(line.unwrap());
            }
        });
        let mut process = Self {
            child,
            input,
            lines,
            port: 0,
        };
        process.port = process.line().await.parse().unwrap();
        process
    }

    pub(crate) fn command(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    pub(crate) async fn line(&mut self) -> String {
        self.lines.recv().await.unwrap()
    }

    pub(crate) async fn state(&mut self) -> State {
        self.command("state");
        let line = self.line().await;
        let (processor, resident) = line.split_once(' ').unwrap();
        State {
            processor: processor.parse().unwrap(),
            resident: resident.parse().unwrap(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
