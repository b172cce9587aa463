//! The file of plans.

use std::path::{Path, PathBuf};

use lwm2m_runtime::{
    bootstrap::Plans,
    configuration_file::{ConfigurationFile, ConfigurationFileError},
};
use serde_json::json;

use example_console::Output;

/// Where the plans are.
#[derive(Debug)]
pub(crate) struct PlanFile {
    path: PathBuf,
}

impl PlanFile {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.into() }
    }

    /// Reads the plans, and tells what is doubtful about them.
    pub(crate) fn read(&self, output: Output) -> Result<Plans, ConfigurationFileError> {
        let checked = ConfigurationFile::open(&self.path)?.plans()?;
        for warning in checked.warnings {
            let path = self.path.display();
            output.announce(
                "warning",
                &format!("warning: {path}:{warning}"),
                json!({
                    "file": path.to_string(),
                    "line": warning.line,
                    "column": warning.column,
                    "message": warning.message,
                }),
            );
        }
        Ok(checked.value)
    }
}

/// How many plans there are, in words.
pub(crate) fn count(plans: &Plans) -> String {
    let word = |number: usize, one: &str| match number {
        1 => format!("1 {one}"),
        number => format!("{number} {one}s"),
    };
    format!(
        "plans for {} and {}",
        word(plans.endpoints().count(), "endpoint"),
        word(plans.patterns().count(), "pattern")
    )
}
