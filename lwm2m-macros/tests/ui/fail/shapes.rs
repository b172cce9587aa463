//! What is no struct with named fields, and what has parameters.

use lwm2m_runtime::{Lwm2mEnumeration, Lwm2mObject};

#[derive(Lwm2mObject)]
#[lwm2m(id = 32000)]
struct Tuple(i64);

#[derive(Lwm2mObject)]
#[lwm2m(id = 32000)]
enum Enum {
    A,
}

#[derive(Lwm2mObject)]
#[lwm2m(id = 32000)]
union Union {
    a: i64,
}

#[derive(Lwm2mObject)]
#[lwm2m(id = 32000)]
struct Generic<'a, T> {
    #[lwm2m(id = 0, operations = "R")]
    t: T,
    #[lwm2m(skip)]
    a: &'a str,
}

#[derive(Lwm2mObject)]
#[lwm2m(id = 32000)]
struct Empty {}

#[derive(Lwm2mEnumeration)]
enum Mode {
    Off,
}

#[derive(Lwm2mEnumeration)]
#[lwm2m(code off = 0, on = 1)]
#[lwm2m(ON = 1)]
#[lwm2m(value A = 7)]
#[lwm2m(code ON = 0)]
#[lwm2m(code ON = 2)]
#[lwm2m(code LARGE = 9223372036854775808)]
#[lwm2m(code TEXT = "x")]
#[lwm2m(label = "y")]
struct Numbers(i64);

#[derive(Lwm2mEnumeration)]
#[lwm2m(code OFF = -1)]
struct Unsigned(u64);

#[derive(Lwm2mEnumeration)]
struct Narrow(i8);

fn main() {}
