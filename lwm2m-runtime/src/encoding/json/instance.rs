use core::marker::PhantomData;

use super::{Dialect, EntryWriter, Text, write::write_escaped};
use crate::{
    encoding::{EncodeError, InstanceRecords, Sink, instance_records::InstanceWriter, short::Short},
    model::{Path, ValueRef},
};

/// Writes the values of one instance, whose path is the base name.
#[inline(always)]
pub(crate) fn encode_instance<D: Dialect>(
    base: Path,
    records: InstanceRecords<'_>,
    out: &mut impl Sink,
) -> Result<(), EncodeError> {
    let mut entries = Entries::<D, _> {
        base,
        begun: false,
        dialect: PhantomData,
        out,
    };
    records.write(&mut entries)?;
    let Entries { begun, out, .. } = entries;
    if !begun {
        out.write(D::EMPTY)?;
    }
    Ok(out.write(D::END)?)
}

struct Entries<'o, D, S> {
    base: Path,
    begun: bool,
    dialect: PhantomData<D>,
    out: &'o mut S,
}

impl<D: Dialect, S: Sink> Entries<'_, D, S> {
    /// The first entry as far as its name, with the base name before.
    #[inline(never)]
    fn begin(&mut self, name: &[u8]) -> Result<(), EncodeError> {
        self.begun = true;
        let mut base = Text::default();
        base.push(b'/');
        base.push_ids(&self.base.ids());
        base.push(b'/');
        self.out.write(D::BEGIN)?;
        self.out.write(base.as_bytes())?;
        self.out.write(D::FIRST_NAME)?;
        Ok(self.out.write(name)?)
    }

    /// The rest of an entry, of which the name is written without its closing quote.
    #[inline(always)]
    fn value(&mut self, value: &ValueRef<'_>, path: Path) -> Result<(), EncodeError> {
        let number = match *value {
            ValueRef::String(text) | ValueRef::Corelnk(text) => {
                const { Short::new(*b"\",").then(Short::of_slice(D::STRING)) }.write(self.out)?;
                write_escaped(text, self.out)?;
                return Ok(self.out.write(b"\"}")?);
            }
            ValueRef::Integer(number) => Short::integer(number),
            ValueRef::Time(time) => Short::integer(time.0),
            ValueRef::Unsigned(number) => i64::try_from(number).ok().and_then(Short::integer),
            _ => None,
        };
        const LABEL: Short = Short::new(*b"\",\"v\":");
        match number.map(|number| number.with(*b"}")) {
            Some(number) if LABEL.len() + number.len() <= Short::CAPACITY => {
                Ok(LABEL.then(number).write(self.out)?)
            }
            Some(number) => {
                LABEL.write(self.out)?;
                Ok(number.write(self.out)?)
            }
            None => self.any_value(value, path),
        }
    }

    #[inline(never)]
    fn any_value(&mut self, value: &ValueRef<'_>, path: Path) -> Result<(), EncodeError> {
        self.out.write(b"\"")?;
        let mut writer = EntryWriter::new(self.out);
        writer.resume();
        writer.value::<D>(*value, path)?;
        writer.end();
        writer.flush()
    }
}

/// What stands before a name, from the second entry on.
const NAME: Short = Short::new(*b",{\"n\":\"");

impl<D: Dialect, S: Sink> InstanceWriter for Entries<'_, D, S> {
    #[inline(always)]
    fn resource(&mut self, path: Path, value: &ValueRef<'_>) -> Result<(), EncodeError> {
        let name = Short::decimal(path.last_id().unwrap_or_default());
        match self.begun {
            true => NAME.then(name).write(self.out)?,
            false => self.begin(name.to_bytes().get(..name.len()).unwrap_or_default())?,
        }
        self.value(value, path)
    }

    #[inline(always)]
    fn resource_instance(&mut self, path: Path, value: &ValueRef<'_>) -> Result<(), EncodeError> {
        let resource = Short::decimal(path.resource_id().unwrap_or_default()).with(*b"/");
        let id = Short::decimal(path.last_id().unwrap_or_default());
        match self.begun {
            true => NAME.then(resource).write(self.out)?,
            false => self.begin(resource.to_bytes().get(..resource.len()).unwrap_or_default())?,
        }
        id.write(self.out)?;
        self.value(value, path)
    }
}
