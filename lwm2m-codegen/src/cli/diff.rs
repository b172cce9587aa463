//! `diff`: what changed between two versions of an object.

use std::io::{self, Write};

use super::args::{self, DiffFormat};
use super::objects::{Objects, warn};
use super::stop::Stop;
use super::style::{dim, error, warning};
use crate::describe;
use crate::diff::{Diff, Effect};

pub(super) fn run(args: &args::Diff, out: &mut impl Write) -> Result<(), Stop> {
    let source = Objects::open(&args.source)?;
    let from = source.one(&args.from)?;
    let to = match args.to.strip_prefix('@') {
        Some(version) => source.one(&format!("{}@{version}", from.id))?,
        None => source.one(&args.to)?,
    };
    if from.id != to.id {
        warn(&format!("these are two objects, {} and {}", from.id, to.id));
    }
    let diff = Diff::new(&from, &to);
    match args.format {
        DiffFormat::Text => print(&diff, out)?,
        DiffFormat::Json => writeln!(out, "{}", describe::diff_json(&diff))?,
    }
    let breaks = diff.breaks_client() || diff.breaks_server();
    if args.deny_breaking && breaks {
        Err(Stop::No)
    } else {
        Ok(())
    }
}

/// The text of the library, with the effects coloured.
fn print(diff: &Diff, out: &mut impl Write) -> io::Result<()> {
    for line in diff.to_string().lines() {
        match line.rsplit_once(" [") {
            Some((change, effect)) if line.starts_with("  ") => {
                let effect = format!("[{effect}");
                writeln!(out, "{change} {}", coloured(&effect))?;
            }
            _ => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}

fn coloured(effect: &str) -> String {
    let is = |other: Effect| effect == format!("[{other}]");
    if is(Effect::None) {
        dim(effect).to_string()
    } else if is(Effect::Review) {
        warning(effect).to_string()
    } else {
        error(effect).to_string()
    }
}
