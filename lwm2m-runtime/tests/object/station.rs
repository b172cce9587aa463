//! An object with every data type in every shape, as generated code would write it.

use core::any::Any;

use lwm2m_runtime::{
    model::{Constraint, ObjectDefinition, Objlnk, Operations, ResourceDefinition, ResourceType, Time},
    object::{Corelnk, Field, Instance, Instances, Object, Resource, access},
};

macro_rules! station {
    ($($id:literal $field:ident $constant:ident: $rust:ty = $value:ty, $type:ident, $right:ident, $operations:ident
        $(, $with:ident($($argument:expr),*))*;)*) => {
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(crate) struct Station {
            $(pub(crate) $field: $rust,)*
        }

        #[expect(dead_code, reason = "every resource has a constant; the tests use some")]
        impl Station {
            $(pub(crate) const $constant: Resource<Self, $value, access::$right> = Resource::new($id);)*
            pub(crate) const RESTART: Resource<Self, (), access::E> = Resource::new(900);
        }

        pub(crate) static STATION: ObjectDefinition =
            ObjectDefinition::new(40000, "Station", "urn:oma:lwm2m:x:40000").with_resources(&[
                $(ResourceDefinition::new(
                    $id,
                    stringify!($field),
                    Some(ResourceType::$type),
                    Operations::$operations,
                )$(.$with($($argument),*))*,)*
                ResourceDefinition::new(900, "Restart", None, Operations::E).with_mandatory(),
                // The registry has one such resource: readable, its type left open.
                ResourceDefinition::new(901, "Open", None, Operations::R),
            ]);

        impl Object for Station {
            const DEFINITION: &'static ObjectDefinition = &STATION;
        }

        impl Instance for Station {
            fn definition(&self) -> &'static ObjectDefinition {
                &STATION
            }

            fn field(&self, id: u16) -> Option<&dyn Field> {
                Some(match id {
                    $($id => &self.$field,)*
                    _ => return None,
                })
            }

            fn field_mut(&mut self, id: u16) -> Option<&mut dyn Field> {
                Some(match id {
                    $($id => &mut self.$field,)*
                    _ => return None,
                })
            }

            fn as_any(&self) -> &dyn Any {
                self
            }

            fn as_any_mut(&mut self) -> &mut dyn Any {
                self
            }
        }
    };
}

station! {
    0 name NAME: String = String, String, RW, RW, with_mandatory(), with_range("1..8", Constraint::Length(&[(1, 8)]));
    1 level LEVEL: i64 = i64, Integer, RW, RW, with_mandatory(), with_range("-5..5", Constraint::Integer(&[(-5, 5)]));
    2 count COUNT: u64 = u64, Unsigned, R, R, with_mandatory();
    3 value VALUE: f64 = f64, Float, R, R, with_mandatory();
    4 on ON: bool = bool, Boolean, RW, RW, with_mandatory();
    5 data DATA: Vec<u8> = Vec<u8>, Opaque, R, R, with_mandatory();
    6 since SINCE: Time = Time, Time, R, R, with_mandatory();
    7 owner OWNER: Objlnk = Objlnk, Objlnk, R, R, with_mandatory();
    8 links LINKS: Corelnk = Corelnk, Corelnk, R, R, with_mandatory();

    10 o_name O_NAME: Option<String> = String, String, RW, RW;
    11 o_level O_LEVEL: Option<i64> = i64, Integer, RW, RW;
    12 o_count O_COUNT: Option<u64> = u64, Unsigned, RW, RW;
    13 o_value O_VALUE: Option<f64> = f64, Float, RW, RW, with_range("0..1", Constraint::Float(&[(0.0, 1.0)]));
    14 o_on O_ON: Option<bool> = bool, Boolean, R, R;
    15 o_data O_DATA: Option<Vec<u8>> = Vec<u8>, Opaque, W, W, with_mandatory();
    16 o_since O_SINCE: Option<Time> = Time, Time, NoAccess, None, with_mandatory();
    17 o_owner O_OWNER: Option<Objlnk> = Objlnk, Objlnk, RW, RW;
    18 o_links O_LINKS: Option<Corelnk> = Corelnk, Corelnk, RW, RW;

    20 names NAMES: Instances<String> = Instances<String>, String, RW, RW, with_mandatory(), with_multiple();
    21 levels LEVELS: Instances<i64> = Instances<i64>, Integer, RW, RW, with_mandatory(), with_multiple(),
        with_range("0..9", Constraint::Integer(&[(0, 9)]));
    22 counts COUNTS: Instances<u64> = Instances<u64>, Unsigned, R, R, with_mandatory(), with_multiple();
    23 values VALUES: Instances<f64> = Instances<f64>, Float, R, R, with_mandatory(), with_multiple();
    24 ons ONS: Instances<bool> = Instances<bool>, Boolean, R, R, with_mandatory(), with_multiple();
    25 datas DATAS: Instances<Vec<u8>> = Instances<Vec<u8>>, Opaque, R, R, with_mandatory(), with_multiple();
    26 sinces SINCES: Instances<Time> = Instances<Time>, Time, R, R, with_mandatory(), with_multiple();
    27 owners OWNERS: Instances<Objlnk> = Instances<Objlnk>, Objlnk, R, R, with_mandatory(), with_multiple();
    28 linkss LINKSS: Instances<Corelnk> = Instances<Corelnk>, Corelnk, R, R, with_mandatory(), with_multiple();

    30 o_names O_NAMES: Option<Instances<String>> = Instances<String>, String, RW, RW, with_multiple();
    31 o_levels O_LEVELS: Option<Instances<i64>> = Instances<i64>, Integer, W, W, with_multiple(), with_mandatory();
    32 o_counts O_COUNTS: Option<Instances<u64>> = Instances<u64>, Unsigned, R, R, with_multiple();
    33 o_values O_VALUES: Option<Instances<f64>> = Instances<f64>, Float, R, R, with_multiple();
    34 o_ons O_ONS: Option<Instances<bool>> = Instances<bool>, Boolean, R, R, with_multiple();
    35 o_datas O_DATAS: Option<Instances<Vec<u8>>> = Instances<Vec<u8>>, Opaque, R, R, with_multiple();
    36 o_sinces O_SINCES: Option<Instances<Time>> = Instances<Time>, Time, R, R, with_multiple();
    37 o_owners O_OWNERS: Option<Instances<Objlnk>> = Instances<Objlnk>, Objlnk, R, R, with_multiple();
    38 o_linkss O_LINKSS: Option<Instances<Corelnk>> = Instances<Corelnk>, Corelnk, R, R, with_multiple();
}
