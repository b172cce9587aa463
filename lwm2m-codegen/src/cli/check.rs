//! `check`: what is wrong with definition files.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::args::{Check, CheckFormat};
use super::objects::{read_bytes, tell};
use super::stop::Stop;
use super::style::{error, good, warning};
use crate::xml::{self, Mode, Severity, Style};

/// Files beside the definitions in upstream's repository that define no object.
const NO_DEFINITIONS: [&str; 3] = ["DDF.xml", "Common.xml", "LWM2M_senml_units.xml"];

/// What was found so far.
#[derive(Default)]
struct Counts {
    files: usize,
    errors: usize,
    warnings: usize,
    repaired: usize,
    unreadable: usize,
}

pub(super) fn run(args: &Check, out: &mut impl Write) -> Result<(), Stop> {
    let mut counts = Counts::default();
    for path in &args.paths {
        let files = if path.is_dir() {
            files_in(path)
        } else {
            Ok(vec![path.clone()])
        };
        match files {
            Ok(files) if files.is_empty() => {
                let reason = io::Error::other("no definition file (*.xml) is in it");
                counts.unreadable(path, &reason);
            }
            Ok(files) => {
                for file in files {
                    check(&file, args, &mut counts, out)?;
                }
            }
            Err((path, reason)) => counts.unreadable(&path, &reason),
        }
    }
    // The summary comes after the problems, also where both streams go to one place.
    out.flush()?;
    let _ = writeln!(anstream::stderr(), "{}", counts.summary());
    if counts.unreadable > 0 {
        return Err(Stop::NotDone("not everything could be checked".to_owned()));
    }
    let denied = counts.errors > 0 || (args.deny_lints && counts.warnings > 0);
    if denied { Err(Stop::No) } else { Ok(()) }
}

fn check(file: &Path, args: &Check, counts: &mut Counts, out: &mut impl Write) -> io::Result<()> {
    let bytes = match read_bytes(file) {
        Ok(bytes) => bytes,
        Err(reason) => {
            counts.unreadable(file, &reason);
            return Ok(());
        }
    };
    counts.files += 1;
    let mode = if args.strict { Mode::Strict } else { Mode::Lenient };
    let name = file.display().to_string();
    for problem in xml::read(&bytes, mode).diagnostics {
        match problem.severity {
            Severity::Error => counts.errors += 1,
            Severity::Warning => counts.warnings += 1,
            Severity::Repaired => counts.repaired += 1,
        }
        match args.format {
            CheckFormat::Human => {
                writeln!(out, "{}\n", xml::render(&problem, &name, &bytes, Style::Coloured))?
            }
            CheckFormat::Json => writeln!(out, "{}", xml::json(&problem, &name))?,
        }
    }
    Ok(())
}

/// The definition files below a directory, by name. Links to directories are not followed: they may lead in circles.
fn files_in(root: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let mut files = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        let named = |reason| (directory.clone(), reason);
        for entry in fs::read_dir(&directory).map_err(named)? {
            let entry = entry.map_err(named)?;
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_hidden = name.starts_with('.');
            if entry.file_type().map_err(named)?.is_dir() {
                if !is_hidden {
                    directories.push(path);
                }
            } else if !is_hidden
                && path
                    .extension()
                    .is_some_and(|extension| extension.eq_ignore_ascii_case("xml"))
                && !NO_DEFINITIONS.contains(&name.as_str())
            {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

impl Counts {
    fn unreadable(&mut self, path: &Path, reason: &io::Error) {
        self.unreadable += 1;
        tell(
            error("error"),
            &format!("{} cannot be read: {reason}", path.display()),
        );
    }

    fn summary(&self) -> String {
        let count = |number: usize, one: &str, more: &str| {
            if number == 1 {
                format!("1 {one}")
            } else {
                format!("{number} {more}")
            }
        };
        let files = count(self.files, "file", "files");
        if self.errors + self.warnings + self.repaired == 0 {
            return format!("checked {files}: {}", good("no problems"));
        }
        let parts = [
            (
                self.errors > 0,
                error(&count(self.errors, "error", "errors")).to_string(),
            ),
            (
                self.warnings > 0,
                warning(&count(self.warnings, "warning", "warnings")).to_string(),
            ),
            (self.repaired > 0, format!("{} repaired", self.repaired)),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter_map(|(is_any, text)| is_any.then_some(text))
            .collect();
        format!("checked {files}: {}", parts.join(", "))
    }
}
