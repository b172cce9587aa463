//! Whether a file is the object definition that the index promises.

use super::error::Refusal;
use super::index::IndexItem;
use crate::xml::{self, Diagnostic, Mode, Severity};

/// So many problems of a file are told.
const TOLD: usize = 3;

/// Reads a file as every other command does: what the reader repairs is accepted and returned, one line a problem.
pub(super) fn verify(item: &IndexItem, bytes: &[u8]) -> Result<Vec<String>, Refusal> {
    let refused = |reason| Refusal {
        file: item.file.clone(),
        reason,
    };
    let reading = xml::read(bytes, Mode::Lenient);
    let of = |severity| move |problem: &&Diagnostic| problem.severity == severity;
    let errors: Vec<String> = reading
        .diagnostics
        .iter()
        .filter(of(Severity::Error))
        .map(|problem| line(item, problem))
        .collect();
    if let Some(first) = errors.first() {
        let told = errors
            .iter()
            .skip(1)
            .take(TOLD - 1)
            .fold(first.clone(), |told, next| told + "\n    " + next);
        let rest = match errors.len().saturating_sub(TOLD) {
            0 => String::new(),
            rest => format!("\n    and {rest} more"),
        };
        return Err(refused(told + &rest));
    }
    let [object] = reading.objects.as_slice() else {
        return Err(refused(format!(
            "one object expected, {} found",
            reading.objects.len()
        )));
    };
    if (object.id, object.version) != (item.id, item.version) {
        return Err(refused(format!(
            "object {} version {} expected, {} version {} found",
            item.id, item.version, object.id, object.version
        )));
    }
    Ok(reading
        .diagnostics
        .iter()
        .filter(of(Severity::Repaired))
        .map(|problem| line(item, problem))
        .collect())
}

fn line(item: &IndexItem, problem: &Diagnostic) -> String {
    format!(
        "{}:{}:{}: {} [{}]",
        item.file, problem.line, problem.column, problem.message, problem.code
    )
}
