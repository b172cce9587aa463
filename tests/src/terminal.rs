//! What a README shows of programs in terminals, and the programs that it shows.
//!
//! 1. [`sessions`] finds the terminals of a section: a command behind `$`, and what was typed and printed since.
//! 2. [`build`] makes the programs; [`Terminal::start`] starts one with the flags that the README shows.
//! 3. [`Terminal::play`] types what was typed, and holds what is printed against what was printed.
//!
//! Numbers may differ unless they are part of a path: ports, times, measured values.

use std::{
    collections::{HashMap, VecDeque},
    io::{self, BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use crate::workspace;

/// A terminal as a README shows it.
#[derive(Clone, Debug)]
pub struct Session {
    /// The package that is run.
    pub package: String,
    /// What is behind `--`.
    pub arguments: Vec<String>,
    /// What was typed and printed.
    pub lines: Vec<String>,
}

impl Session {
    /// The same with another word behind a flag.
    #[must_use]
    pub fn with_argument(&self, flag: &str, word: &str) -> Self {
        let mut session = self.clone();
        let mut arguments = session.arguments.iter_mut();
        if arguments.any(|argument| argument == flag) {
            if let Some(argument) = arguments.next() {
                word.clone_into(argument);
            }
        }
        session
    }
}

/// The terminals of a section that run a package of this workspace by `cargo run -q -p`.
#[must_use]
pub fn sessions(readme: &str, heading: &str) -> Vec<Session> {
    let section = readme.split("\n## ").find_map(|section| {
        let (title, text) = section.split_once('\n')?;
        (title == heading).then_some(text)
    });
    let blocks = section.unwrap_or_default().split("```console\n").skip(1);
    blocks
        .filter_map(|block| {
            let (block, _) = block.split_once("\n```")?;
            let mut lines = block.lines();
            let mut words = lines.next()?.strip_prefix("$ cargo run -q -p ")?.split(' ');
            Some(Session {
                package: words.next()?.to_owned(),
                arguments: words.filter(|word| *word != "--").map(str::to_owned).collect(),
                lines: lines.map(str::to_owned).collect(),
            })
        })
        .collect()
}

/// Builds packages, and returns their programs by name.
///
/// # Errors
///
/// Where cargo cannot be run, or says that it did not succeed.
pub fn build(packages: &[&str]) -> io::Result<HashMap<String, PathBuf>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "-q", "--message-format=json"]);
    for package in packages {
        cargo.args(["-p", package]);
    }
    let output = cargo
        .current_dir(workspace::root())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other("the programs could not be built"));
    }
    let messages = output.stdout.split(|byte| *byte == b'\n');
    let artifacts = messages.filter_map(|line| serde_json::from_slice::<serde_json::Value>(line).ok());
    Ok(artifacts
        .filter_map(|message| {
            let name = message.get("target")?.get("name")?.as_str()?;
            let path = message.get("executable")?.as_str()?;
            Some((name.to_owned(), PathBuf::from(path)))
        })
        .collect())
}

/// A program that runs, and what is still to come of its session.
#[derive(Debug)]
pub struct Terminal {
    child: Child,
    /// Until nothing is typed any more.
    input: Option<ChildStdin>,
    output: mpsc::Receiver<String>,
    session: VecDeque<String>,
    /// What begins a line that was typed, or is one, where the program shows no prompt.
    typed: &'static [&'static str],
    /// What has happened by itself, and was not to be next.
    passed: Vec<String>,
    /// Every line so far.
    seen: Vec<String>,
}

/// Nothing takes so long but what never comes.
const PATIENCE: Duration = Duration::from_secs(60);

impl Terminal {
    /// Starts the program of a session with further arguments. `typed` are lines that were typed without a prompt.
    ///
    /// # Errors
    ///
    /// Where it cannot be started.
    pub fn start(
        session: &Session,
        program: &PathBuf,
        further: &[&str],
        typed: &'static [&'static str],
    ) -> io::Result<Self> {
        let mut child = Command::new(program)
            .args(&session.arguments)
            .args(further)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let (sender, output) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            input,
            output,
            session: session.lines.iter().cloned().collect(),
            typed,
            passed: Vec::new(),
            seen: Vec::new(),
        })
    }

    /// Goes on with the session up to a line that begins with something, or to its end.
    ///
    /// # Errors
    ///
    /// The line that does not come, and what came instead.
    pub fn play(&mut self, before: Option<&str>) -> Result<(), String> {
        while let Some(line) = self.session.pop_front() {
            if before.is_some_and(|before| line.starts_with(before)) {
                self.session.push_front(line);
                return Ok(());
            }
            if let Some(command) = line.strip_prefix("> ") {
                self.say(command)?;
            } else if self.typed.contains(&line.as_str()) {
                self.say(&line)?;
            } else if let Some(line) = line.strip_prefix("^C") {
                self.interrupt()?;
                self.expect(line)?;
            } else {
                self.expect(&line)?;
            }
        }
        match before {
            None => Ok(()),
            Some(before) => Err(format!("the session has no line that begins with {before:?}")),
        }
    }

    /// Goes on by one line, which the program prints, and returns it.
    ///
    /// # Errors
    ///
    /// As [`play`](Self::play).
    pub fn print(&mut self) -> Result<&str, String> {
        let line = self.session.pop_front().ok_or("the session is over")?;
        self.expect(&line)?;
        self.seen
            .last()
            .map(String::as_str)
            .ok_or_else(|| "nothing was printed".to_owned())
    }

    /// What was printed and is not shown: all of it once the program has [ended](Self::ended_well).
    #[must_use]
    pub fn more(&self) -> &[String] {
        &self.passed
    }

    /// Types nothing more; whether the program then ended well.
    ///
    /// # Errors
    ///
    /// Where that cannot be found out.
    pub fn ended_well(&mut self) -> io::Result<bool> {
        self.input = None;
        let status = self.child.wait()?;
        self.passed.extend(self.output.iter());
        Ok(status.success())
    }

    fn say(&mut self, command: &str) -> Result<(), String> {
        let input = self.input.as_mut().ok_or("nothing is typed any more")?;
        writeln!(input, "{command}").map_err(|error| format!("{command}: {error}"))
    }

    /// Ctrl-C.
    fn interrupt(&self) -> Result<(), String> {
        let id = self.child.id().to_string();
        let killed = Command::new("kill").args(["-INT", &id]).status();
        match killed {
            Ok(status) if status.success() => Ok(()),
            _ => Err(format!("{id} could not be interrupted")),
        }
    }

    fn expect(&mut self, expected: &str) -> Result<(), String> {
        let same = |line: &String| normal(line) == normal(expected);
        if let Some(early) = self.passed.iter().position(same) {
            self.passed.remove(early);
            return Ok(());
        }
        loop {
            let line = self.line(expected)?;
            if same(&line) {
                return Ok(());
            }
            // What happens by itself may happen earlier than it was shown, and more often.
            if !line.starts_with("* ") {
                return Err(format!("not {expected:?} but {line:?}, after {:#?}", self.seen));
            }
            self.passed.push(line);
        }
    }

    fn line(&mut self, expected: &str) -> Result<String, String> {
        let line = self.output.recv_timeout(PATIENCE);
        let line = line.map_err(|_| format!("{expected:?} does not come, after {:#?}", self.seen))?;
        self.seen.push(line.clone());
        Ok(line)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A line in which every number is one that may differ, but for those in paths.
fn normal(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line.trim_end();
    if let Some((before, after)) = rest.split_once("listening on ") {
        // A host may have but one version of IP.
        let (_, after) = after.split_once(';').unwrap_or((after, ""));
        out.push_str(before);
        rest = after;
    }
    while let Some(start) = rest.find(|character: char| character.is_ascii_digit()) {
        let (before, number) = rest.split_at(start);
        let length = number.find(|character: char| !character.is_ascii_digit() && character != '.');
        let (number, after) = number.split_at(length.unwrap_or(number.len()));
        out.push_str(before);
        out.push_str(if before.ends_with('/') { number } else { "#" });
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_differ_and_paths_may_not() {
        assert_eq!(
            normal("/3303/0/5700  Sensor Value  21.5"),
            "/3303/0/5700  Sensor Value  #"
        );
        assert_eq!(normal("at 127.0.0.1:39492, 300 s"), "at #:#, # s");
        assert_eq!(
            normal("* listening on [::]:5683; `help`"),
            normal("* listening on 0.0.0.0:7; `help`")
        );
    }

    #[test]
    fn a_section_has_its_terminals() {
        let readme = "# x\n\n## A\n\n```console\n$ cargo run -q -p one -- --flag\nout\n> in\n```\n\n```console\n$ ls\n```\n## B\n";
        let sessions = sessions(readme, "A");
        assert_eq!(sessions.len(), 1);
        let session = sessions.first().unwrap();
        assert_eq!(
            (&*session.package, &*session.arguments),
            ("one", &["--flag".to_owned()][..])
        );
        assert_eq!(session.lines, ["out", "> in"]);
    }
}
