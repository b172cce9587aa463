//! `fetch`: what changed, and a bar on a terminal while it comes.

use std::io::{self, Write};
use std::time::Duration;

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use super::args;
use super::stop::Stop;
use super::style::{dim, error, good, strong, warning};
use crate::fetch::{Change, ChangeKind, Error, Fetcher, Options, Progress, Report};
use crate::model::Version;
use crate::printable::Printable;

/// A server that is slow to answer should not look like a stopped program.
const TICK: Duration = Duration::from_millis(100);
/// A first fetch has hundreds of new objects, which nobody wants to read.
const LISTED_NEW: usize = 20;
/// So many files that were repaired are named.
const LISTED_REPAIRED: usize = 3;
/// So many files that differ from the lock are named.
const LISTED_UNLOCKED: usize = 5;

pub(super) fn run(args: args::Fetch, out: &mut impl Write) -> Result<(), Stop> {
    let options = Options {
        objects: args.objects,
        from: args.from,
        revision: args.rev,
        into: args.into,
        locked: args.locked,
        offline: args.offline,
        ..Options::default()
    };
    let fetcher = Fetcher::new(options).map_err(stop)?;
    let bar = Bar::new();
    let report = fetcher.run(|progress| bar.show(progress)).map_err(stop);
    bar.0.finish_and_clear();
    let report = report?;
    print(&report, out)?;
    if report.missing.is_empty() {
        Ok(())
    } else {
        Err(Stop::No)
    }
}

/// A file that was refused is an answer; a server that cannot be reached is none.
fn stop(error: Error) -> Stop {
    match error {
        Error::Refused(_) | Error::Locked { .. } | Error::Index { .. } => Stop::NoBecause(error.to_string()),
        _ => Stop::not_done(error),
    }
}

/// Drawn on standard error, and only where that is a terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        bar.set_message("reading the index");
        Self(bar)
    }

    fn show(&self, progress: Progress<'_>) {
        match progress {
            Progress::Index { files } => {
                self.0.set_length(files as u64);
                if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} files, {msg}") {
                    self.0.set_style(style);
                }
                self.0.set_message("");
            }
            Progress::File { file, done, .. } => {
                self.0.set_position(done as u64);
                self.0.set_message(file.to_owned());
            }
            Progress::Writing { files } => self.0.set_message(format!("writing {files}")),
        }
    }
}

fn print(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let first = report.unchanged == 0 && report.changes.iter().all(|change| change.before.is_empty());
    if !(first && report.changes.len() > LISTED_NEW) {
        for change in &report.changes {
            print_change(change, out)?;
        }
    }
    print_repaired(report, out)?;
    for file in &report.missing {
        writeln!(out, "{}   {file}", error("missing"))?;
    }
    print_lock(report, out)?;
    print_summary(report, out)
}

fn print_change(change: &Change, out: &mut impl Write) -> io::Result<()> {
    let Change {
        id,
        name,
        before,
        after,
        edited,
        ..
    } = change;
    let object = format!("{id} {}", strong(&Printable(name).to_string()));
    match change.kind() {
        ChangeKind::New => writeln!(out, "{}       {object} {}", good("new"), versions(after)),
        ChangeKind::Removed => writeln!(out, "{}   {object} {}", warning("removed"), versions(before)),
        ChangeKind::Updated { from, to } => {
            write!(out, "{}   {object} {from} -> {to}", good("updated"))?;
            print_details(before, after, edited, Some(to), out)
        }
        ChangeKind::Changed => {
            write!(out, "{}   {object}", warning("changed"))?;
            print_details(before, after, edited, None, out)
        }
    }
}

/// What a change is besides its newest version `told`.
fn print_details(
    before: &[Version],
    after: &[Version],
    edited: &[Version],
    told: Option<Version>,
    out: &mut impl Write,
) -> io::Result<()> {
    let missing_in = |these: &[Version], others: &[Version]| -> Vec<Version> {
        these
            .iter()
            .copied()
            .filter(|version| !others.contains(version) && Some(*version) != told)
            .collect()
    };
    let parts = [
        ("edited", edited.to_vec()),
        ("added", missing_in(after, before)),
        ("removed", missing_in(before, after)),
    ];
    for (what, list) in parts {
        if !list.is_empty() {
            write!(out, ", {} {what}", versions(&list))?;
        }
    }
    writeln!(out)
}

fn print_repaired(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let repaired = &report.repaired;
    if repaired.len() > LISTED_REPAIRED {
        let (count, directory) = (repaired.len(), report.directory.display());
        return writeln!(
            out,
            "{}  {count} files deviate from the schema, but are understood; see: lwm2m-codegen check {directory}",
            warning("repaired")
        );
    }
    for file in repaired {
        let count = counted(file.problems, "deviation", "deviations");
        writeln!(
            out,
            "{}  {}, {count} from the schema",
            warning("repaired"),
            file.first
        )?;
    }
    Ok(())
}

fn print_lock(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let commit = report.lock_commit.get(..7).unwrap_or(&report.lock_commit);
    for unlocked in report.unlocked.iter().take(LISTED_UNLOCKED) {
        let how = if unlocked.locked.is_some() {
            "differs from the lock"
        } else {
            "is not in the lock"
        };
        writeln!(out, "{}  {} {how}", dim("unlocked"), unlocked.file)?;
    }
    match report.unlocked.len() {
        0 => writeln!(
            out,
            "all files are as the lock has them {}",
            dim(&format!("(upstream {commit})"))
        ),
        count if count > LISTED_UNLOCKED => writeln!(
            out,
            "{}  and {} more; the lock is of upstream {commit}",
            dim("unlocked"),
            count - LISTED_UNLOCKED
        ),
        _ => Ok(()),
    }
}

fn print_summary(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let directory = report.directory.display();
    let files = counted(report.files, "object file", "object files");
    let bytes = HumanBytes(report.bytes);
    if report.source.is_none() {
        return writeln!(
            out,
            "{directory} has {files} ({bytes}), {} missing",
            report.missing.len()
        );
    }
    let count = |wanted: fn(ChangeKind) -> bool| report.changes.iter().filter(|c| wanted(c.kind())).count();
    let counts = [
        (count(|kind| matches!(kind, ChangeKind::New)), "new"),
        (
            count(|kind| matches!(kind, ChangeKind::Updated { .. })),
            "updated",
        ),
        (count(|kind| matches!(kind, ChangeKind::Changed)), "changed"),
        (count(|kind| matches!(kind, ChangeKind::Removed)), "removed"),
        (report.unchanged, "unchanged"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let retries = match report.retries {
        0 => String::new(),
        count => format!(
            ", {}",
            counted(count as usize, "request repeated", "requests repeated")
        ),
    };
    writeln!(
        out,
        "{files} ({bytes}) in {directory}; objects: {}{retries}",
        counts.join(", ")
    )
}

fn versions(list: &[Version]) -> String {
    list.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn counted(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
