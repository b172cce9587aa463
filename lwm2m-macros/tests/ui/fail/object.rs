//! Everything wrong with a struct, at once.

use lwm2m_runtime::{Lwm2mObject, object::Instances};

#[derive(Clone, Default, Lwm2mObject)]
#[lwm2m(id = 65535, nmae = "Wrong", version = "1", multiple = true)]
#[lwm2m(execute RESET = 1, operation = "E")]
#[lwm2m(execute RESET)]
#[lwm2m(execute(id = 4))]
#[lwm2m(execute reboot = 65535)]
#[lwm2m(exec STOP = 12)]
struct Wrong {
    plain: i64,
    #[lwm2m(id = 1, operations = "R", mandatory)]
    mandatory: Option<i64>,
    #[lwm2m(id = 2, operations = "E")]
    execute: bool,
    #[lwm2m(id = 3, operations = "RX", unit = "Cel")]
    operations: bool,
    #[lwm2m(id = 4)]
    missing: bool,
    #[lwm2m(id = "5", operations = "R")]
    text_id: bool,
    #[lwm2m(id = 6, id = 7, operations = "R")]
    twice: bool,
    #[lwm2m(id = 70000, operations = "R")]
    large: bool,
    #[lwm2m(id = 8, operations = "R", colour = "red")]
    unknown: bool,
    #[lwm2m(id = 9, operations = "R")]
    reset: bool,
    #[lwm2m(skip, id = 10)]
    skipped: Instances<bool>,
    #[lwm2m(id = 11, operations = "R", mandatory)]
    again: bool,
}

fn main() {}
