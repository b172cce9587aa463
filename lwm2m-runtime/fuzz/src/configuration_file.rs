use lwm2m_runtime::configuration_file::{ConfigurationFile, Problem};

/// Reads a text as accounts and as plans. What is wrong is told with a place that is in the text, and what is not can be
/// given to a client that has nothing.
///
/// # Panics
///
/// When that does not hold: that is the finding.
pub fn configuration_file(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    // Files of this machine are no part of the input.
    if text.contains("file") {
        return;
    }
    let file = ConfigurationFile::new(text);
    match file.accounts() {
        Ok(accounts) => {
            told(text, &accounts.warnings);
            accounts
                .value
                .number(None)
                .expect("what was accepted can be numbered");
        }
        Err(error) => told(text, error.problems()),
    }
    match file.plans() {
        Ok(plans) => {
            told(text, &plans.warnings);
            let endpoints = plans.value.endpoints().chain(plans.value.patterns());
            for (_, plan) in endpoints {
                plan.configuration
                    .number(None)
                    .expect("what was accepted can be numbered");
            }
        }
        Err(error) => {
            assert!(!error.problems().is_empty());
            told(text, error.problems());
        }
    }
}

fn told(text: &str, problems: &[Problem]) {
    let mut lines = text.split('\n').map(|line| line.chars().count());
    let mut at = 0;
    let mut length = 0;
    for problem in problems {
        while at < problem.line {
            length = lines.next().expect("the line is one of the text");
            at += 1;
        }
        assert_eq!(at, problem.line, "in the order of the text");
        assert!(problem.column >= 1 && problem.column as usize <= length + 1);
        assert!(problem.message.len() < 2000);
    }
}
