//! Writes `objects/` and `registry.lock` anew from a checkout of the upstream registry.
//!
//! ```console
//! $ cargo run -p lwm2m-registry-cache --example refresh -- CHECKOUT [COMMIT]
//! ```
//!
//! Without COMMIT, git says which commit is checked out. Both line ends are fine. Where a file cannot be read, nothing
//! is written.

mod facts;
mod lock;

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

const USAGE: &str = "usage: refresh CHECKOUT [COMMIT]";

fn main() -> ExitCode {
    match refresh() {
        Ok(report) => {
            say(&report);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn refresh() -> Result<String, Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let checkout = PathBuf::from(arguments.next().ok_or(USAGE)?);
    let commit = match (arguments.next(), arguments.next()) {
        (_, Some(_)) => return Err(USAGE.into()),
        (Some(commit), None) => commit,
        (None, None) => checked_out(&checkout)?,
    };

    let lock = lock::write(&checkout, &commit)?;
    let objects = facts::read_history(&checkout)?;

    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let report = replace(&package.join("objects"), &objects)?;
    fs::write(package.join("registry.lock"), lock)?;
    Ok(report)
}

fn checked_out(checkout: &Path) -> Result<String, Box<dyn Error>> {
    let git = Command::new("git")
        .arg("-C")
        .arg(checkout)
        .args(["rev-parse", "HEAD"])
        .output()?;
    if !git.status.success() {
        let path = checkout.display();
        return Err(format!("git knows no commit of {path}; name it as the second argument").into());
    }
    Ok(String::from_utf8(git.stdout)?.trim().to_owned())
}

/// Makes the directory hold these files and no others.
fn replace(directory: &Path, files: &BTreeMap<String, String>) -> Result<String, Box<dyn Error>> {
    let (mut added, mut changed, mut removed) = (0, 0, 0);
    for file in fs::read_dir(directory)? {
        let file = file?;
        if !files.contains_key(file.file_name().to_string_lossy().as_ref()) {
            fs::remove_file(file.path())?;
            removed += 1;
        }
    }
    for (name, text) in files {
        let path = directory.join(name);
        match fs::read_to_string(&path) {
            Ok(old) if old == *text => continue,
            Ok(_) => changed += 1,
            Err(_) => added += 1,
        }
        fs::write(path, text)?;
    }
    let total = files.len();
    Ok(format!(
        "{total} object versions: {added} added, {changed} changed, {removed} removed"
    ))
}

#[expect(clippy::print_stdout, reason = "a command's report")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "a command's error")]
fn complain(text: &str) {
    eprintln!("{text}");
}
