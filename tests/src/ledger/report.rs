use std::fmt::Write;

use serde_json::json;

use super::{Count, Ledger, Level, Requirement};

/// Proven and open rows by prefix, and the required ones among them, as an aligned table with totals.
#[must_use]
pub fn table(ledger: &Ledger) -> String {
    let all = ledger.counts(|_| true);
    let must = ledger.counts(|row| row.level.is_must());
    let rows = all
        .iter()
        .map(|(prefix, count)| (*prefix, *count, must.get(prefix).copied().unwrap_or_default()));
    let total = rows
        .clone()
        .fold(("total", Count::default(), Count::default()), |sum, row| {
            (sum.0, plus(sum.1, row.1), plus(sum.2, row.2))
        });
    let mut text = format!(
        "{:<10} {:>7} {:>6} {:>12} {:>10}\n",
        "prefix", "proven", "open", "must proven", "must open"
    );
    for (prefix, count, must) in rows.chain([total]) {
        let (proven, open, must_proven, must_open) = (count.proven, count.open, must.proven, must.open);
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "{prefix:<10} {proven:>7} {open:>6} {must_proven:>12} {must_open:>10}"
        );
    }
    text
}

/// Proven and open rows by prefix: `{prefix: {proven, open}}`.
#[must_use]
pub fn json(ledger: &Ledger) -> String {
    format!("{:#}\n", json!(ledger.counts(|_| true)))
}

/// One line a row: identifier, level, first version, rule.
#[must_use]
pub fn open_rows(rows: &[&Requirement]) -> String {
    rows.iter().fold(String::new(), |mut text, row| {
        let (id, level, since) = (&row.id, Level::name(row.level), &row.since);
        let _ = writeln!(text, "{id:<12} {level:<9} {since:<6} {}", row.requirement);
        text
    })
}

/// The rows as a list of objects.
#[must_use]
pub fn open_json(rows: &[&Requirement]) -> String {
    format!("{:#}\n", json!(rows))
}

fn plus(left: Count, right: Count) -> Count {
    Count {
        proven: left.proven + right.proven,
        open: left.open + right.open,
    }
}
