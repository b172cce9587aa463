//! What is said: lines for people, or JSON for scripts.

use std::io::{self, Write};

use lwm2m_runtime::model::Excerpt;
use serde_json::{Value as Json, json};

/// Where and how it is said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) json: bool,
    /// Whether somebody sits in front of it.
    pub(crate) prompt: bool,
}

impl Output {
    /// Something that happened while somebody may be at the prompt.
    pub(crate) fn event(self, name: &str, text: &str, members: Json) {
        self.announce(name, text, members);
        self.prompt();
    }

    /// Something that happened before there was a prompt.
    pub(crate) fn announce(self, name: &str, text: &str, members: Json) {
        match self.json {
            true => print(&with(json!({"event": name}), members).to_string()),
            // In place of the prompt, which comes again behind it.
            false if self.prompt => print(&format!("\r* {text}")),
            false => print(&format!("* {text}")),
        }
    }

    /// Asks for the next command.
    pub(crate) fn prompt(self) {
        if self.prompt {
            let mut out = io::stdout().lock();
            let _ = write!(out, "> ").and_then(|()| out.flush());
        }
    }

    /// The end of a command.
    pub(crate) fn done(self, line: &str, text: &str, members: Json) {
        match self.json {
            true => print(&with(json!({"command": line, "ok": true}), members).to_string()),
            false if text.is_empty() => {}
            false => print(text.trim_end()),
        }
    }

    /// A command that did not do what was wanted.
    pub(crate) fn failed(self, line: &str, text: &str) {
        match self.json {
            true => print(&json!({"command": line, "ok": false, "error": text}).to_string()),
            false => text.lines().for_each(|line| print(&format!("! {line}"))),
        }
    }
}

fn with(mut object: Json, members: Json) -> Json {
    if let (Some(object), Json::Object(members)) = (object.as_object_mut(), members) {
        object.extend(members);
    }
    object
}

fn print(text: &str) {
    let mut out = io::stdout().lock();
    // Whoever reads may have read enough.
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// A name of a peer, without what would move the cursor of a terminal.
pub(crate) fn escaped(name: &str) -> String {
    Excerpt(name).to_string()
}
