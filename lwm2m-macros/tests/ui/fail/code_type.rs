//! An enumeration over the other number, and a type that only has the name of one of LwM2M's.

use lwm2m_runtime::{Lwm2mEnumeration, Lwm2mObject};

#[derive(Clone, Default, Lwm2mObject)]
#[lwm2m(id = 32000)]
struct Thing {
    #[lwm2m(id = 0, operations = "R", enumeration)]
    mode: Mode,
    #[lwm2m(id = 1, operations = "R")]
    time: Time,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Lwm2mEnumeration)]
struct Mode(u64);

type Time = i64;

fn main() {}
