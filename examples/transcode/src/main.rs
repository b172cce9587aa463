//! Reads a payload of one content format from standard input and writes it in another to standard output.
//!
//! A tool to keep open beside a packet capture: what does this payload say, and how would another format say it?

mod arguments;
mod bytes;
mod definitions;
mod failure;
mod links;
mod records;

use std::{
    io::{self, Read, Write},
    process::ExitCode,
};

use clap::Parser;
use lwm2m_runtime::{
    encoding::{
        DecodeError, DecodeErrorKind, Decoder, EncodeOptions, Format, Limits, Purpose, Record, encode,
    },
    model::Path,
};

use crate::{
    arguments::{Arguments, Form},
    definitions::Definitions,
    failure::Failure,
};

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(output) => match io::stdout().write_all(&output) {
            Ok(()) => ExitCode::SUCCESS,
            // Whoever reads has read enough, as `| head` does.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(error) => fail(&error),
        },
        Err(failure) => fail(&failure),
    }
}

fn fail(failure: &dyn std::fmt::Display) -> ExitCode {
    // Nobody is left to tell when standard error is gone too.
    let _ = writeln!(io::stderr(), "error: {failure}");
    ExitCode::FAILURE
}

fn run(arguments: &Arguments) -> Result<Vec<u8>, Failure> {
    let mut input = Vec::new();
    io::stdin().read_to_end(&mut input).map_err(Failure::Input)?;
    let definitions = Definitions::new(arguments.version, &arguments.types);
    let input = bytes::input(input, arguments.from, arguments.encoding())?;
    let records = match arguments.from {
        Form::Links if arguments.to == Form::JsonRecords => return links::to_json(&input),
        Form::Links => return Err(Failure::LinksOnlyAsJson),
        Form::JsonRecords => records::from_json(&input)?,
        Form::Payload(format) => decode(format, &input, arguments, &definitions)?,
    };
    match arguments.to {
        Form::Links => Err(Failure::LinksOnlyAsJson),
        Form::JsonRecords => Ok(records::to_json(
            &records,
            arguments.annotate.then_some(&definitions),
        )),
        Form::Payload(format) => {
            let options = EncodeOptions::from(arguments);
            let target = target(format, &records, arguments);
            let mut payload = Vec::new();
            encode(
                format,
                target,
                records.iter().map(Record::as_ref),
                &options,
                &mut payload,
            )?;
            Ok(bytes::output(payload, arguments.to, arguments.encoding()))
        }
    }
}

/// The path that a payload is written for. A format with one value is for that value's path, whatever was asked.
fn target(format: Format, records: &[Record], arguments: &Arguments) -> Path {
    match records {
        [record] if format.single_value() && record.path.starts_with(arguments.path) => record.path,
        _ => arguments.path,
    }
}

/// Reads a payload for the purpose that was named, or else for the first one that it can be read for: a capture does
/// not tell which request it belongs to.
fn decode(
    format: Format,
    payload: &[u8],
    arguments: &Arguments,
    definitions: &Definitions,
) -> Result<Vec<Record>, Failure> {
    let purposes: &[Purpose] = match arguments.purpose() {
        Some(purpose) => &[purpose],
        None => &[Purpose::Values, Purpose::Patch, Purpose::Create],
    };
    let mut failure: Option<DecodeError> = None;
    for purpose in purposes {
        let records = Decoder::new(format, arguments.path)
            .with_purpose(*purpose)
            .with_definitions(definitions)
            .with_prefixes()
            // A file on the own disk may be larger than what a peer may send.
            .with_limits(Limits {
                payload: usize::MAX,
                records: usize::MAX,
                value: usize::MAX,
            })
            .read(payload)
            .and_then(|reader| reader.collect());
        match records {
            Ok(mut records) => {
                records.iter_mut().for_each(|record| definitions.retype(record));
                return Ok(records);
            }
            // That a format is not for a purpose says nothing about the payload.
            Err(error) => failure = failure.filter(|first| !is_unsupported(first)).or(Some(error)),
        }
    }
    match failure {
        Some(error) => Err(Failure::decode(error, payload, arguments.from)),
        None => Ok(Vec::new()),
    }
}

fn is_unsupported(error: &DecodeError) -> bool {
    matches!(error.kind, DecodeErrorKind::Unsupported { .. })
}
