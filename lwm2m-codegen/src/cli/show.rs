//! `show`: what objects have.

use std::io::Write;

use super::args::{Show, ShowFormat};
use super::objects::Objects;
use super::stop::Stop;
use crate::describe;
use crate::model::Object;

pub(super) fn run(args: &Show, out: &mut impl Write) -> Result<(), Stop> {
    let source = Objects::open(&args.source)?;
    let mut objects: Vec<Object> = Vec::new();
    for text in &args.objects {
        objects.extend(if args.all_versions {
            source.versions(text)?
        } else {
            source.named(text)?
        });
    }
    if args.objects.is_empty() {
        source.warn_of_unreadable();
        objects.extend(source.registry.objects().into_iter().cloned());
    }
    let words = source.registry.words();
    match args.format {
        ShowFormat::Text => {
            for (number, object) in objects.iter().enumerate() {
                let gap = if number == 0 { "" } else { "\n\n" };
                write!(out, "{gap}{}", describe::text(object, words))?;
            }
        }
        ShowFormat::Json => {
            for object in &objects {
                writeln!(out, "{}", describe::json(object, words))?;
            }
        }
        ShowFormat::Xml => match objects.as_slice() {
            [object] => out.write_all(object.to_xml().as_bytes())?,
            several => {
                let count = several.len();
                return Err(Stop::NotDone(format!(
                    "a definition file has one object, not {count}: name one"
                )));
            }
        },
    }
    Ok(())
}
