//! Types that no value of LwM2M has.

use std::{collections::BTreeMap, time::Duration};

use lwm2m_runtime::{Lwm2mObject, object::{Corelnk, Instances}};

mod rt {
    #[derive(Clone, Default)]
    pub struct Mode;
}

#[derive(Clone, Default, Lwm2mObject)]
#[lwm2m(id = 32000)]
struct Types {
    #[lwm2m(id = 0, operations = "R")]
    usize: usize,
    #[lwm2m(id = 1, operations = "R")]
    list: Vec<i64>,
    #[lwm2m(id = 2, operations = "R")]
    nested: Option<Option<i64>>,
    #[lwm2m(id = 3, operations = "R")]
    inside_out: Instances<Option<i64>>,
    #[lwm2m(id = 4, operations = "R")]
    borrowed: &'static str,
    #[lwm2m(id = 5, operations = "R")]
    duration: Duration,
    #[lwm2m(id = 6, operations = "R")]
    map: BTreeMap<u16, i64>,
    #[lwm2m(id = 7, operations = "R")]
    array: [u8; 4],
    #[lwm2m(id = 8, operations = "R")]
    own: Mode,
    #[lwm2m(id = 9, operations = "R")]
    unsigned: u32,
    #[lwm2m(id = 10, operations = "R")]
    links: Option<Corelnk>,
    #[lwm2m(id = 11, operations = "R", enumeration)]
    door: rt::Mode,
    #[lwm2m(id = 12, operations = "R", enumeration = "i32")]
    narrow: Mode,
}

#[derive(Clone, Default)]
struct Mode(i64);

fn main() {}
