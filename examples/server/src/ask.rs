//! What a device is asked, as words say it.

use lwm2m_runtime::{
    encoding::{ContentFormat, Format},
    link::AttributeChanges,
    model::Path,
    operation::Depth,
};

use crate::words::{option, path};

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

impl Ask {
    /// What it is about.
    pub(crate) fn paths(&self) -> Vec<Path> {
        match self {
            Self::Read(path)
            | Self::Write { path, .. }
            | Self::Execute { path, .. }
            | Self::Delete(path)
            | Self::Discover { path, .. }
            | Self::Attributes { path, .. } => vec![*path],
            Self::Create { object, .. } => vec![Path::object(*object)],
            Self::Observe { paths, .. } | Self::ReadComposite(paths) => paths.clone(),
            Self::WriteComposite(values) => values.iter().filter_map(|value| value.to.parse().ok()).collect(),
        }
    }
}

/// A value with where it belongs: below the path of the command, if it says anything.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Assignment {
    /// `5750`, `5750/1`, `/3303/0/5750` or nothing.
    pub(crate) to: String,
    pub(crate) value: String,
}

/// Reads the words of a command behind its name and the endpoint.
pub(crate) fn parse(word: &str, mut rest: Vec<String>) -> Result<Ask, String> {
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
pub(crate) fn format(name: &str) -> Result<ContentFormat, String> {
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
