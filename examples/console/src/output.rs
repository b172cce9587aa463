use std::{
    io::{self, IsTerminal, Write},
    net::SocketAddr,
};

use lwm2m_runtime::model::Excerpt;
use serde_json::{Value as Json, json};

/// Where and how a console speaks.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
    /// Whether somebody sits in front of it.
    prompt: bool,
}

impl Output {
    /// Lines for people or JSON; with a prompt where somebody sits in front of a console that takes `commands`.
    #[must_use]
    pub fn new(json: bool, commands: bool) -> Self {
        Self {
            json,
            prompt: !json && commands && io::stdin().is_terminal(),
        }
    }

    /// The program has started, and takes commands or does not.
    pub fn listening(self, address: SocketAddr, commands: bool) {
        let advice = match commands {
            true => "`help` lists the commands",
            false => "Ctrl-C ends it",
        };
        self.announce(
            "listening",
            &format!("listening on {address}; {advice}"),
            json!({"address": address.to_string(), "port": address.port()}),
        );
    }

    /// Something that happened while somebody may be at the prompt.
    pub fn event(self, name: &str, text: &str, members: Json) {
        self.announce(name, text, members);
        self.prompt();
    }

    /// Something that happened before there was a prompt.
    pub fn announce(self, name: &str, text: &str, members: Json) {
        match self.json {
            true => print(&with(json!({"event": name}), members).to_string()),
            // In place of the prompt, which comes again behind it.
            false if self.prompt => print(&format!("\r* {text}")),
            false => print(&format!("* {text}")),
        }
    }

    /// Asks for the next command.
    pub fn prompt(self) {
        if self.prompt {
            let mut out = io::stdout().lock();
            let _ = write!(out, "> ").and_then(|()| out.flush());
        }
    }

    /// The end of a command.
    pub fn done(self, line: &str, text: &str, members: Json) {
        match self.json {
            true => print(&with(json!({"command": line, "ok": true}), members).to_string()),
            false if text.is_empty() => {}
            false => print(text.trim_end()),
        }
    }

    /// A command that did not do what was wanted.
    pub fn failed(self, line: &str, text: &str, members: Json) {
        match self.json {
            true => {
                let answer = json!({"command": line, "ok": false, "error": text});
                print(&with(answer, members).to_string());
            }
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

/// A text of a peer, without what would move the cursor of a terminal.
#[must_use]
pub fn escaped(text: &str) -> String {
    Excerpt(text).to_string()
}
