//! Colours, always written; the stream takes them out where no terminal shows them.

use std::fmt;

use clap::builder::styling::{AnsiColor, Style};

/// A word of an error.
pub(super) fn error(text: &str) -> impl fmt::Display {
    styled(text, AnsiColor::Red.on_default().bold())
}

/// A word of a warning.
pub(super) fn warning(text: &str) -> impl fmt::Display {
    styled(text, AnsiColor::Yellow.on_default().bold())
}

/// A word of good news.
pub(super) fn good(text: &str) -> impl fmt::Display {
    styled(text, AnsiColor::Green.on_default())
}

/// A heading.
pub(super) fn strong(text: &str) -> impl fmt::Display {
    styled(text, Style::new().bold())
}

/// What is beside the point.
pub(super) fn dim(text: &str) -> impl fmt::Display {
    styled(text, Style::new().dimmed())
}

fn styled(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}
