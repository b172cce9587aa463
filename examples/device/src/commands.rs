//! Commands on standard input.

use std::{io, str::FromStr, thread};

use lwm2m_runtime::model::Path;
use tokio::sync::mpsc;

/// What commands there are, a line each.
pub(crate) const HELP: &str = "  set PATH VALUE   a value of the device itself, as in `set /3303/0/5700 30.5`
  get PATH         prints a value
  send PATH..      sends values to every server that wants some, unasked
  accounts         which servers there are, and where the registration with each stands
  rights           which server may do what
  bootstrap        asks the bootstrap server for a configuration
  update [SERVER], register [SERVER], deregister [SERVER]
  help, quit";

/// What the person or script in front of the device wants.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    Set(Path, String),
    Get(Path),
    Send(Vec<Path>),
    /// Of one server, or of all.
    Update(Option<u16>),
    Register(Option<u16>),
    Deregister(Option<u16>),
    Bootstrap,
    Accounts,
    Rights,
    Help,
    Quit,
}

impl FromStr for Command {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let path = |text: &str| {
            text.parse::<Path>()
                .map_err(|_| format!("{text:?} is no path, as /3303/0/5700 is"))
        };
        let server = || match rest {
            "" => Ok(None),
            id => id
                .parse()
                .map(Some)
                .map_err(|_| format!("{id:?} is no Short Server ID; `accounts` lists the servers")),
        };
        Ok(match word {
            "set" => {
                let (target, value) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                Self::Set(path(target)?, value.trim().to_owned())
            }
            "get" => Self::Get(path(rest)?),
            "send" if rest.is_empty() => return Err("say what to send, as in `send /3303/0/5700`".to_owned()),
            "send" => Self::Send(rest.split_whitespace().map(path).collect::<Result<_, _>>()?),
            "update" => Self::Update(server()?),
            "register" => Self::Register(server()?),
            "deregister" => Self::Deregister(server()?),
            "bootstrap" => Self::Bootstrap,
            "accounts" => Self::Accounts,
            "rights" => Self::Rights,
            "help" => Self::Help,
            "quit" | "exit" => Self::Quit,
            _ => return Err(format!("{word:?} is no command; `help` lists them")),
        })
    }
}

/// The commands of standard input until it ends: lines that are none come as the reason.
pub(crate) fn read() -> mpsc::Receiver<Result<Command, String>> {
    let (sender, receiver) = mpsc::channel(16);
    // Standard input cannot be waited for; the thread ends with the program.
    thread::spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            let line = line.trim();
            if !line.is_empty() && sender.blocking_send(line.parse()).is_err() {
                return;
            }
        }
    });
    receiver
}
