//! What the consoles of the examples have in common: commands from standard input, lines for people or JSON for scripts,
//! and an exit status.

mod output;
mod program;

pub use output::{Output, escaped};
pub use program::{Error, address, lines, run};
