//! `generate`: objects to Rust.

use std::io::{self, Write};
use std::path::Path;

use super::args::Generate;
use super::objects::Objects;
use super::stop::Stop;
use super::style::{dim, good, warning};
use crate::generate::{Form, Report, directory};
use crate::model::Object;

/// More files than that are counted, not named.
const LISTED: usize = 20;

pub(super) fn run(args: &Generate, out: &mut impl Write) -> Result<(), Stop> {
    let source = Objects::open(&args.source)?;
    let objects = objects(args, &source)?;
    let objects: Vec<&Object> = objects.iter().collect();
    let form = match (args.derive, args.tables) {
        (true, _) => Form::Derive,
        (_, true) => Form::Tables,
        _ => Form::Direct,
    };
    let report = directory(&objects, source.registry.words(), form, &args.out).map_err(Stop::not_done)?;
    Ok(print(&report, &args.out, form, out)?)
}

fn objects(args: &Generate, source: &Objects) -> Result<Vec<Object>, Stop> {
    let registry = &source.registry;
    let whole = match (args.all, args.all_versions) {
        (false, false) => Vec::new(),
        (true, _) => registry.latest(),
        (_, true) => registry.objects(),
    };
    if args.all || args.all_versions {
        // Code for a part of what was asked for would be taken for the whole.
        let errors = registry.errors();
        if !errors.is_empty() {
            let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
            return Err(Stop::NoBecause(lines.join("\n")));
        }
    }
    let mut objects: Vec<Object> = whole.into_iter().cloned().collect();
    for text in &args.objects {
        objects.extend(source.named(text)?);
    }
    Ok(objects)
}

fn print(report: &Report, directory: &Path, form: Form, out: &mut impl Write) -> io::Result<()> {
    if report.written.len() + report.removed.len() <= LISTED {
        for path in &report.written {
            writeln!(out, "{}   {}", good("wrote"), path.display())?;
        }
        for path in &report.removed {
            writeln!(out, "{} {}", warning("removed"), path.display())?;
        }
    }
    let Report {
        written,
        unchanged,
        removed,
        ..
    } = report;
    writeln!(
        out,
        "{}: {} written, {} unchanged, {} removed",
        directory.display(),
        written.len(),
        unchanged.len(),
        removed.len()
    )?;
    if let Some(module) = directory
        .file_name()
        .filter(|_| unchanged.is_empty() && !written.is_empty())
    {
        let module = module.to_string_lossy();
        let feature = if form == Form::Derive {
            " with its feature `derive`"
        } else {
            ""
        };
        let hint = format!("use it with `mod {module};` in a crate that depends on lwm2m-runtime{feature}");
        writeln!(out, "{}", dim(&hint))?;
    }
    Ok(())
}
