//! The commands of the console.

use lwm2m_runtime::{
    encoding::{ContentFormat, Format},
    link::AttributeChanges,
    model::{ParsePathError, Path},
    operation::Depth,
};

use crate::words;

/// What the console can do, for `help`.
pub(crate) const HELP: &str = "\
clients                                 who is registered
client EP                               one registration with its objects
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
remove EP                               forgets a registration, so that the device has to register anew
wait EVENT EP [PATH] [within=SECONDS]   until it happens: registered, updated, ended, notification, send
help, quit
format=NAME behind a command asks for a content format: text, opaque, cbor, senml-json, senml-cbor, tlv, json, lwm2m-cbor";

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
    /// Something that the device is asked.
    Ask {
        endpoint: String,
        ask: Ask,
        format: Option<ContentFormat>,
    },
}

/// What a device is asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ask {
    Read(Path),
    Write {
        path: Path,
        values: Vec<Assignment>,
        partial: bool,
    },
    Execute {
        path: Path,
        arguments: String,
    },
    Create {
        object: u16,
        instance: Option<u16>,
        values: Vec<Assignment>,
    },
    Delete(Path),
    Discover {
        path: Path,
        depth: Option<Depth>,
    },
    Attributes {
        path: Path,
        changes: AttributeChanges,
    },
    Observe {
        paths: Vec<Path>,
        composite: bool,
        changes: AttributeChanges,
    },
    ReadComposite(Vec<Path>),
    WriteComposite(Vec<Assignment>),
}

/// A value with where it belongs: below the path of the command, if it says anything.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Assignment {
    /// `5750`, `5750/1`, `/3303/0/5750` or nothing.
    pub(crate) to: String,
    pub(crate) value: String,
}

/// An event that `wait` waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    Registered,
    Updated,
    Ended,
    Notification,
    Send,
}

impl Awaited {
    /// The name of the event, as `wait` and JSON have it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Updated => "updated",
            Self::Ended => "ended",
            Self::Notification => "notification",
            Self::Send => "send",
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
            .map(|name| format(&name))
            .transpose()?;
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
        let ask = match word.as_str() {
            "client" => return Ok(Some(Self::Client { endpoint })),
            "remove" => return Ok(Some(Self::Remove { endpoint })),
            "cancel" => {
                let path = rest.first().map(|text| path(text)).transpose()?;
                return Ok(Some(Self::Cancel { endpoint, path }));
            }
            _ => ask(&word, rest)?,
        };
        Ok(Some(Self::Ask {
            endpoint,
            ask,
            format,
        }))
    }
}

/// The command of a device: its words behind the endpoint.
fn ask(word: &str, mut rest: Vec<String>) -> Result<Ask, String> {
    if word == "read-composite" {
        return Ok(Ask::ReadComposite(paths(word, &rest)?));
    }
    if word == "write-composite" {
        return match rest.is_empty() {
            true => Err("say which values, as in `write-composite EP /3/0/14=+01:00`".to_owned()),
            false => rest
                .iter()
                .map(|text| assignment(text))
                .collect::<Result<_, _>>()
                .map(Ask::WriteComposite),
        };
    }
    if word == "observe-composite" {
        let (attributes, paths_of): (Vec<String>, Vec<String>) =
            rest.into_iter().partition(|word| !word.starts_with('/'));
        return Ok(Ask::Observe {
            paths: paths(word, &paths_of)?,
            composite: true,
            changes: changes(&attributes)?,
        });
    }
    if rest.is_empty() {
        return Err(format!("say which path: `{word} EP /OBJECT/INSTANCE/RESOURCE`"));
    }
    let target = path(&rest.remove(0))?;
    Ok(match word {
        "read" => Ask::Read(target),
        "write" | "update" => Ask::Write {
            path: target,
            values: values(target, &rest)?,
            partial: word == "update",
        },
        "exec" => Ask::Execute {
            path: target,
            arguments: rest.join(" "),
        },
        "create" => Ask::Create {
            object: target
                .object_id()
                .ok_or("say which object, as in `create EP /3303/1 5750=attic`")?,
            instance: target.instance_id(),
            values: rest
                .iter()
                .map(|text| assignment(text))
                .collect::<Result<_, _>>()?,
        },
        "delete" => Ask::Delete(target),
        "discover" => Ask::Discover {
            path: target,
            depth: match option(&mut rest, "depth") {
                None => None,
                Some(text) => Some(
                    text.parse()
                        .ok()
                        .and_then(Depth::new)
                        .ok_or("the depth is 0 to 3 levels")?,
                ),
            },
        },
        "attrs" => Ask::Attributes {
            path: target,
            changes: changes(&rest)?,
        },
        _ => Ask::Observe {
            paths: vec![target],
            composite: false,
            changes: changes(&rest)?,
        },
    })
}

fn wait(mut rest: Vec<String>) -> Result<Command, String> {
    const USAGE: &str =
        "say for what, as in `wait registered EP`: registered, updated, ended, notification or send";
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
    let what = [
        Awaited::Registered,
        Awaited::Updated,
        Awaited::Ended,
        Awaited::Notification,
        Awaited::Send,
    ]
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

/// Takes the last `name=value` out of the words.
fn option(words: &mut Vec<String>, name: &str) -> Option<String> {
    let found = words
        .iter()
        .rposition(|word| word.split_once('=').is_some_and(|(left, _)| left == name))?;
    let word = words.remove(found);
    word.split_once('=').map(|(_, value)| value.to_owned())
}

fn path(text: &str) -> Result<Path, String> {
    text.parse()
        .map_err(|error: ParsePathError| format!("{text:?} is no path, as /3/0/9 is: {error}"))
}

fn paths(word: &str, texts: &[String]) -> Result<Vec<Path>, String> {
    match texts {
        [] => Err(format!("say which paths: `{word} EP /3/0/9 /3303/0/5700`")),
        texts => texts.iter().map(|text| path(text)).collect(),
    }
}

/// The values of a write: one, or several with identifiers.
fn values(path: Path, words: &[String]) -> Result<Vec<Assignment>, String> {
    let assignments: Result<Vec<_>, _> = words.iter().map(|text| assignment(text)).collect();
    match (path.depth(), assignments) {
        (_, _) if words.is_empty() => {
            Err("say which value, as in `write EP /3/0/15 Europe/Berlin`".to_owned())
        }
        (2, assignments) => assignments,
        (3, Ok(assignments)) if assignments.iter().all(|one| one.to.parse::<u16>().is_ok()) => {
            Ok(assignments)
        }
        _ => Ok(vec![Assignment {
            to: String::new(),
            value: words.join(" "),
        }]),
    }
}

fn assignment(text: &str) -> Result<Assignment, String> {
    let (to, value) = text
        .split_once('=')
        .ok_or_else(|| format!("{text:?} is no assignment, as 5750=attic is"))?;
    Ok(Assignment {
        to: to.to_owned(),
        value: value.to_owned(),
    })
}

fn changes(words: &[String]) -> Result<AttributeChanges, String> {
    AttributeChanges::parse(words.iter().map(String::as_str))
        .map_err(|error| format!("{}: {error}", words.join(" ")))
}

/// A format by its name or number.
fn format(name: &str) -> Result<ContentFormat, String> {
    Ok(match name {
        "text" => ContentFormat::TEXT,
        "opaque" => ContentFormat::OPAQUE,
        "cbor" => ContentFormat::CBOR,
        "senml-json" => ContentFormat::SENML_JSON,
        "senml-cbor" => ContentFormat::SENML_CBOR,
        "senml-etch-json" => ContentFormat::SENML_ETCH_JSON,
        "senml-etch-cbor" => ContentFormat::SENML_ETCH_CBOR,
        "tlv" => ContentFormat::TLV,
        "json" => ContentFormat::JSON,
        "lwm2m-cbor" => ContentFormat::LWM2M_CBOR,
        number => {
            let number = number.parse().ok().map(ContentFormat);
            let known = number.filter(|number| number.format().is_some_and(|_: Format| true));
            known.ok_or_else(|| format!("{name:?} is no content format; `help` names them"))?
        }
    })
}

#[cfg(test)]
mod tests {
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
        } = parsed("read urn:dev:1 /3/0 format=tlv")
        else {
            panic!("no request");
        };
        assert_eq!((&*endpoint, ask), ("urn:dev:1", Ask::Read(Path::instance(3, 0))));
        assert_eq!(format, Some(ContentFormat::TLV));
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
    }
}
