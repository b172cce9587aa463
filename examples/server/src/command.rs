//! The commands of the console.

use lwm2m_runtime::{encoding::ContentFormat, model::Path};

use crate::{
    ask::{self, Ask},
    deed::{self, Deed},
    words::{self, option, path},
};

/// What the console can do, for `help`.
pub(crate) const HELP: &str = "\
clients                                 who is registered
client EP                               one registration with its objects and their versions
read EP PATH                            the values at and below a path
write EP PATH VALUE                     a value; `ID=VALUE ..` for an instance or a multiple resource; `@FILE` for bytes
update EP PATH ID=VALUE ..              the same, but what is not named stays
exec EP PATH [ARGUMENTS]                executes a resource, with arguments such as 0='a',1
create EP /OBJECT[/INSTANCE] ID=VALUE ..  an instance
delete EP PATH                          an instance, or a resource instance
discover EP PATH [depth=N]              what there is, and what is attached to it
attrs EP PATH NAME=VALUE ..             attaches pmin, pmax, gt, lt, st, epmin, epmax, edge, con, hqmax; NAME alone detaches
observe EP PATH [NAME=VALUE ..]         the value, now and when it changes
cancel EP [PATH]                        ends that observation, or all of the device
read-composite EP PATH ..               values at any paths
write-composite EP PATH=VALUE ..        values of any resources, all or none
observe-composite EP PATH .. [NAME=VALUE ..]
queue EP                                what the device is still to be asked, and whether it sleeps
withdraw EP [PATH]                      takes back what waits there, or all of it
bootstrap EP                            has the device ask its bootstrap server (executes /1/N/9)
trigger EP [BINDING]                    has it update its registration (executes /1/N/8)
disable EP [SECONDS]                    has it stay away for a while (writes /1/N/5, executes /1/N/4)
rights EP                               which server may do what there
grant EP /OBJECT/INSTANCE SERVER RWED   gives a server these rights; `others` for all without any of their own, `-` for none
grant EP /OBJECT SERVER C               lets a server create instances
remove EP                               forgets a registration, so that the device has to register anew
wait EVENT EP [PATH] [within=SECONDS]   until it happens: registered, updated, ended, notification, send, delivered,
                                        expired, failed
help, quit
format=NAME behind a command asks for a content format: text, opaque, cbor, senml-json, senml-cbor, tlv, json, lwm2m-cbor
wait=no behind a command does not wait for the answer, which comes as the event delivered, expired or failed; so it is
with a device that sleeps, unless it is wait=yes. account=N is the N of /1/N, where a device has several.";

/// One command.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    Help,
    Quit,
    Clients,
    Client {
        endpoint: String,
    },
    Remove {
        endpoint: String,
    },
    Wait {
        what: Awaited,
        endpoint: String,
        path: Option<Path>,
        seconds: f64,
    },
    Cancel {
        endpoint: String,
        path: Option<Path>,
    },
    Queue {
        endpoint: String,
    },
    Withdraw {
        endpoint: String,
        path: Option<Path>,
    },
    /// Something that the device is asked.
    Ask {
        endpoint: String,
        ask: Ask,
        format: Option<ContentFormat>,
        patience: Patience,
    },
    /// Something for which the device is perhaps asked several things.
    Do {
        endpoint: String,
        deed: Deed,
        patience: Patience,
    },
}

/// Whether the console waits for the answer before it takes the next command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Patience {
    /// It does unless the device sleeps.
    #[default]
    Awake,
    /// It does.
    Always,
    /// It does not.
    Never,
}

/// An event that `wait` waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    Registered,
    Updated,
    Ended,
    Notification,
    Send,
    /// The device has answered what the console did not wait for.
    Delivered,
    /// The device did not wake in time.
    Expired,
    /// There is no answer for another reason.
    Failed,
}

impl Awaited {
    const ALL: [Self; 8] = [
        Self::Registered,
        Self::Updated,
        Self::Ended,
        Self::Notification,
        Self::Send,
        Self::Delivered,
        Self::Expired,
        Self::Failed,
    ];

    /// The name of the event, as `wait` and JSON have it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Updated => "updated",
            Self::Ended => "ended",
            Self::Notification => "notification",
            Self::Send => "send",
            Self::Delivered => "delivered",
            Self::Expired => "expired",
            Self::Failed => "failed",
        }
    }
}

impl Command {
    /// Reads a line; `None` where it is empty.
    pub(crate) fn parse(line: &str) -> Result<Option<Self>, String> {
        let mut words = words::split(line)?.into_iter();
        let Some(word) = words.next() else {
            return Ok(None);
        };
        let mut rest: Vec<String> = words.collect();
        let format = option(&mut rest, "format")
            .map(|name| ask::format(&name))
            .transpose()?;
        let patience = match option(&mut rest, "wait").as_deref() {
            None => Patience::Awake,
            Some("yes") => Patience::Always,
            Some("no") => Patience::Never,
            Some(_) => return Err("wait= is yes or no".to_owned()),
        };
        match word.as_str() {
            "help" | "?" => return Ok(Some(Self::Help)),
            "quit" | "exit" => return Ok(Some(Self::Quit)),
            "clients" => return Ok(Some(Self::Clients)),
            "wait" => return wait(rest).map(Some),
            _ => {}
        }
        if !HELP.lines().any(|line| line.split(' ').next() == Some(&word)) {
            return Err(format!("{word:?} is no command; `help` lists them"));
        }
        let mut words = rest.into_iter();
        let endpoint = words
            .next()
            .ok_or_else(|| format!("say of which device: `{word} ENDPOINT ..`; `clients` lists them"))?;
        let rest: Vec<String> = words.collect();
        let optional_path = || rest.first().map(|text| path(text)).transpose();
        Ok(Some(match word.as_str() {
            "client" => Self::Client { endpoint },
            "remove" => Self::Remove { endpoint },
            "queue" => Self::Queue { endpoint },
            "cancel" => Self::Cancel {
                path: optional_path()?,
                endpoint,
            },
            "withdraw" => Self::Withdraw {
                path: optional_path()?,
                endpoint,
            },
            "bootstrap" | "trigger" | "disable" | "rights" | "grant" => Self::Do {
                endpoint,
                deed: deed::parse(&word, rest)?,
                patience,
            },
            _ => Self::Ask {
                endpoint,
                ask: ask::parse(&word, rest)?,
                format,
                patience,
            },
        }))
    }
}

fn wait(mut rest: Vec<String>) -> Result<Command, String> {
    const USAGE: &str = "say for what, as in `wait registered EP`: registered, updated, ended, notification, send, \
                         delivered, expired or failed";
    let seconds = match option(&mut rest, "within") {
        None => 60.0,
        Some(text) => text
            .parse()
            .ok()
            .filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0)
            .ok_or("within= takes seconds")?,
    };
    let mut words = rest.into_iter();
    let (Some(what), Some(endpoint)) = (words.next(), words.next()) else {
        return Err(USAGE.to_owned());
    };
    let what = Awaited::ALL
        .into_iter()
        .find(|awaited| awaited.name() == what)
        .ok_or(USAGE)?;
    let path = words.next().map(|text| path(&text)).transpose()?;
    Ok(Command::Wait {
        what,
        endpoint,
        path,
        seconds,
    })
}

#[cfg(test)]
mod tests {
    use lwm2m_runtime::access_control::Rights;

    use super::*;

    fn parsed(line: &str) -> Command {
        Command::parse(line).unwrap().unwrap()
    }

    fn failed(line: &str) -> String {
        Command::parse(line).unwrap_err()
    }

    #[test]
    fn commands_are_read() {
        let Command::Ask {
            endpoint,
            ask,
            format,
            patience,
        } = parsed("read urn:dev:1 /3/0 wait=no format=tlv")
        else {
            panic!("no request");
        };
        assert_eq!((&*endpoint, ask), ("urn:dev:1", Ask::Read(Path::instance(3, 0))));
        assert_eq!(format, Some(ContentFormat::TLV));
        assert_eq!(patience, Patience::Never);
        assert_eq!(
            parsed("grant dev /3/0 2 RW"),
            Command::Do {
                endpoint: "dev".to_owned(),
                deed: Deed::Grant {
                    target: Path::instance(3, 0),
                    server: 2,
                    rights: Rights::READ | Rights::WRITE,
                },
                patience: Patience::Awake,
            }
        );
        assert_eq!(
            parsed("wait notification dev /3303/0/5700 within=2.5"),
            Command::Wait {
                what: Awaited::Notification,
                endpoint: "dev".to_owned(),
                path: Some(Path::resource(3303, 0, 5700)),
                seconds: 2.5
            }
        );
        assert_eq!(Command::parse("  # only a comment").unwrap(), None);
    }

    #[test]
    fn a_value_with_an_equals_sign_is_one_value_of_a_resource() {
        let Command::Ask { ask, .. } = parsed("write dev /3/0/15 a=b c") else {
            panic!("no request");
        };
        let Ask::Write { values, .. } = ask else {
            panic!("no write");
        };
        assert_eq!((&*values[0].to, &*values[0].value), ("", "a=b c"));
        let Command::Ask {
            ask: Ask::Write { values, .. },
            ..
        } = parsed("write dev /3442/0/1110 0=a 3=b")
        else {
            panic!("no write");
        };
        assert_eq!(values.len(), 2);
    }

    #[test]
    fn errors_tell_what_to_do() {
        assert!(failed("raed dev /3").contains("`help` lists them"));
        assert!(failed("read").contains("`clients` lists them"));
        assert!(failed("read dev").contains("which path"));
        assert!(failed("read dev 3/x").contains("is no path"));
        assert!(failed("write dev /3/0/15").contains("say which value"));
        assert!(failed("attrs dev /3 pmin=x").contains("pmin"));
        assert!(failed("wait birthday dev").contains("registered, updated"));
        assert!(failed("read dev /3 format=morse").contains("no content format"));
        assert!(failed("read dev /3 wait=long").contains("yes or no"));
        assert!(failed("disable dev soon").contains("no seconds"));
        assert!(failed("trigger dev X").contains("U for UDP"));
        assert!(failed("bootstrap dev now").contains("too much"));
        assert!(failed("grant dev /3/0").contains("grant EP /3/0 2 RW"));
        assert!(failed("grant dev /3/0 70000 R").contains("1 to 65534"));
        assert!(failed("grant dev /3/0 2 Q").contains("RWED"));
        assert!(failed("grant dev /3/0 2 RC").contains("grant EP /3 .."));
        assert!(failed("grant dev /3 2 R").contains("only the right C"));
    }
}
