use crate::{
    encoding::{Content, Decoder, PayloadKind, Record, TypedError},
    model::{ObjectDefinition, Path},
    object::{
        Field, FieldError, Object, ResourceValue, TypedPath,
        access::{Access, Readable},
    },
};

/// What can be read or observed with types: a typed path, or a tuple of up to eight of them, each of any object.
///
/// `Temperature::SENSOR_VALUE.at(0)` yields an `f64`;
/// `(Temperature::SENSOR_VALUE.at(0), Device::BATTERY_LEVEL.at(0))` a tuple of both values.
///
/// Every path has to be readable; the compiler says so where one is not.
pub trait Targets: Copy + sealed::Sealed {
    /// The value, or the tuple of values.
    type Values;

    #[doc(hidden)]
    fn each(self, target: &mut dyn FnMut(Target));

    #[doc(hidden)]
    fn values(self, records: &[Record]) -> Result<Self::Values, TypedError>;

    #[doc(hidden)]
    fn read(self, decoder: Decoder<'_>, payload: &[u8]) -> Result<Self::Values, TypedError> {
        self.values(&decoder.read(payload)?.collect()?)
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A path and what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub(super) path: Path,
    pub(super) definition: &'static ObjectDefinition,
    pub(super) kind: PayloadKind,
}

impl<O, T, A> sealed::Sealed for TypedPath<O, T, A> {}

impl<O: Object, T: Field + Default + ResourceValue, A: Readable> Targets for TypedPath<O, T, A> {
    type Values = T;

    fn each(self, out: &mut dyn FnMut(Target)) {
        out(target(self));
    }

    fn values(self, records: &[Record]) -> Result<T, TypedError> {
        let path = self.path();
        let mut value = T::default();
        let mut found = false;
        for record in records.iter().filter(|record| record.path.starts_with(path)) {
            let id = match path.depth() {
                // A resource instance asked for by its own path is a single value.
                4 => None,
                _ => record.path.resource_instance_id(),
            };
            let result = match &record.content {
                Content::Value(content) => value.set(id, content.as_ref()),
                Content::Container if value.is_multiple() => {
                    value.reset();
                    Ok(())
                }
                _ => Err(FieldError::NoValue),
            };
            result.map_err(|error| TypedError::Field {
                path: record.path,
                error,
            })?;
            found = true;
        }
        match found {
            true => Ok(value),
            false => Err(TypedError::Missing { path }),
        }
    }

    fn read(self, decoder: Decoder<'_>, payload: &[u8]) -> Result<T, TypedError> {
        decoder.read_value(payload)
    }
}

/// A typed path without its type.
pub(super) fn target<O: Object, T: Field + Default, A: Access>(path: TypedPath<O, T, A>) -> Target {
    let empty = T::default();
    Target {
        path: path.path(),
        definition: O::DEFINITION,
        kind: match empty.is_multiple() {
            true => PayloadKind::Values,
            false => PayloadKind::Value(Some(empty.resource_type())),
        },
    }
}

macro_rules! tuple {
    ($($name:ident),*) => {
        impl<$($name: Targets),*> sealed::Sealed for ($($name,)*) {}

        impl<$($name: Targets),*> Targets for ($($name,)*) {
            type Values = ($($name::Values,)*);

            #[expect(non_snake_case, reason = "the names of the types name the paths")]
            fn each(self, target: &mut dyn FnMut(Target)) {
                let ($($name,)*) = self;
                $($name.each(target);)*
            }

            #[expect(non_snake_case, reason = "the names of the types name the paths")]
            fn values(self, records: &[Record]) -> Result<Self::Values, TypedError> {
                let ($($name,)*) = self;
                Ok(($($name.values(records)?,)*))
            }
        }
    };
}

tuple!(A, B);
tuple!(A, B, C);
tuple!(A, B, C, D);
tuple!(A, B, C, D, E);
tuple!(A, B, C, D, E, F);
tuple!(A, B, C, D, E, F, G);
tuple!(A, B, C, D, E, F, G, H);
