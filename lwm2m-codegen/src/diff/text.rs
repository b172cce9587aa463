use std::fmt;

use crate::{model::ResourceType, printable::Printable};

use super::{Change, Diff, Effect, Trend, What};

impl fmt::Display for Diff {
    /// A line a change, and a verdict.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Object {}, version {} to {}", self.id, self.from, self.to)?;
        if self.changes.is_empty() {
            return writeln!(f, "  no change");
        }
        for change in &self.changes {
            writeln!(f, "  {change}")?;
        }
        let verdict = match (self.breaks_client(), self.breaks_server()) {
            (false, false) => "breaks neither a client nor a server",
            (true, false) => "breaks a client of the older version",
            (false, true) => "breaks a server of the older version",
            (true, true) => "breaks a client and a server of the older version",
        };
        writeln!(f, "{verdict}")?;
        if self.should_be_major() {
            writeln!(f, "a breaking change asks for a new major version")?;
        }
        Ok(())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.resource {
            None => write!(f, "object: {}", self.what)?,
            Some((id, name)) => {
                write!(f, "{id} {}: {}", Printable(name), self.what)?;
            }
        }
        write!(f, " [{}]", self.effect)
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None
            | Self::Breaks {
                client: false,
                server: false,
            } => "compatible",
            Self::Review => "review",
            Self::Breaks {
                client: true,
                server: false,
            } => "breaks client",
            Self::Breaks {
                client: false,
                server: true,
            } => "breaks server",
            Self::Breaks {
                client: true,
                server: true,
            } => "breaks client and server",
        })
    }
}

impl fmt::Display for Trend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "same values",
            Self::Widened => "widened",
            Self::Narrowed => "narrowed",
            Self::Moved => "other values",
            Self::Unknown => "not comparable",
        })
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { mandatory } => write!(f, "added, {}", presence(*mandatory)),
            Self::Removed { mandatory } => write!(f, "removed, was {}", presence(*mandatory)),
            Self::Name(from, to) => from_to(f, "name", from, to),
            Self::Type(from, to) => {
                let name = |found: &Option<ResourceType>| found.map_or("", ResourceType::name);
                from_to(f, "type", name(from), name(to))
            }
            Self::Operations(from, to) => from_to(f, "operations", from.name(), to.name()),
            Self::Multiple(true) => f.write_str("single became multiple"),
            Self::Multiple(false) => f.write_str("multiple became single"),
            Self::Mandatory(true) => f.write_str("optional became mandatory"),
            Self::Mandatory(false) => f.write_str("mandatory became optional"),
            Self::Range { from, to, trend } => {
                from_to(f, "range", from, to)?;
                write!(f, ", {trend}")
            }
            Self::Units(from, to) => from_to(f, "units", from, to),
            Self::Enumeration {
                added,
                removed,
                renamed,
            } => {
                f.write_str("named values:")?;
                let mut separator = " ";
                for (what, codes) in [("added", added), ("removed", removed), ("renamed", renamed)] {
                    if !codes.is_empty() {
                        let codes: Vec<String> = codes.iter().map(i64::to_string).collect();
                        write!(f, "{separator}{what} {}", codes.join(" "))?;
                        separator = ", ";
                    }
                }
                Ok(())
            }
            Self::Urn(from, to) => from_to(f, "URN", from, to),
            Self::Lwm2mVersion(from, to) => write!(f, "LwM2M version {from} to {to}"),
        }
    }
}

fn presence(mandatory: bool) -> &'static str {
    if mandatory { "mandatory" } else { "optional" }
}

fn from_to(f: &mut fmt::Formatter<'_>, what: &str, from: &str, to: &str) -> fmt::Result {
    write!(f, "{what} ")?;
    quoted(f, from)?;
    f.write_str(" to ")?;
    quoted(f, to)
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    if text.is_empty() {
        return f.write_str("none");
    }
    write!(f, "`{}`", Printable(text))
}
