//! Device management (interoperability tests 201 to 281, 551 to 566, 651 to 685, 951, 1630, 1635 and others).

mod composite;
mod discover;
mod formats;
mod instances;
mod read;
mod write;
