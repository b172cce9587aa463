//! Files of accounts and plans: what they say, and what is told about wrong ones.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where its set-up fails"
)]

mod accounts;
mod advice;
mod files;
mod hostile;
mod plans;
mod problems;

use lwm2m_runtime::{
    bootstrap::Plans,
    configuration::BootstrapConfiguration,
    configuration_file::{ConfigurationFile, Problem},
};

/// The accounts of a text that nothing is wrong with and nothing is said about.
#[track_caller]
fn accounts(text: &str) -> BootstrapConfiguration {
    let checked = ConfigurationFile::new(text).accounts().unwrap();
    assert_eq!(checked.warnings, []);
    checked.value
}

/// The same of plans.
#[track_caller]
fn plans(text: &str) -> Plans {
    let checked = ConfigurationFile::new(text).plans().unwrap();
    assert_eq!(checked.warnings, []);
    checked.value
}

fn lines(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(Problem::to_string).collect()
}

/// What is wrong with a text of accounts.
#[track_caller]
fn wrong_accounts(text: &str) -> Vec<String> {
    lines(ConfigurationFile::new(text).accounts().unwrap_err().problems())
}

/// What is wrong with a text of plans.
#[track_caller]
fn wrong_plans(text: &str) -> Vec<String> {
    lines(ConfigurationFile::new(text).plans().unwrap_err().problems())
}

/// What is doubtful about a text of plans.
#[track_caller]
fn doubtful_plans(text: &str) -> Vec<String> {
    lines(&ConfigurationFile::new(text).plans().unwrap().warnings)
}
