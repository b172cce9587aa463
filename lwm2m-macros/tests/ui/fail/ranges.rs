//! Ranges that cannot be checked.

use lwm2m_runtime::Lwm2mObject;

#[derive(Clone, Default, Lwm2mObject)]
#[lwm2m(id = 32000)]
struct Ranges {
    #[lwm2m(id = 0, operations = "R", range = "warm")]
    prose: i64,
    #[lwm2m(id = 1, operations = "R", range = "0..1")]
    boolean: bool,
    #[lwm2m(id = 2, operations = "R", range = "0..255")]
    opaque: Vec<u8>,
    #[lwm2m(id = 3, operations = "R", read_as = "0..255")]
    alone: i64,
    #[lwm2m(id = 4, operations = "R", range = "x", read_as = "y")]
    both: i64,
}

fn main() {}
