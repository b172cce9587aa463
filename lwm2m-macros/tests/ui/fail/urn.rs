//! URNs and classes that do not fit the identifier.

use lwm2m_runtime::Lwm2mObject;

macro_rules! object {
    ($name:ident, $($attribute:tt)*) => {
        #[derive(Clone, Default, Lwm2mObject)]
        #[lwm2m($($attribute)*)]
        struct $name {
            #[lwm2m(id = 0, operations = "R")]
            field: i64,
        }
    };
}

object!(Class, id = 3303, class = "x");
object!(NoClass, id = 1, class = "y");
object!(UrnClass, id = 3303, urn = "urn:oma:lwm2m:oma:3303");
object!(UrnId, id = 3303, urn = "urn:oma:lwm2m:ext:3304");
object!(UrnVersion, id = 3303, version = "1.1", urn = "urn:oma:lwm2m:ext:3303");
object!(NoUrn, id = 3303, urn = "3303");
object!(Both, id = 3303, class = "ext", urn = "urn:oma:lwm2m:ext:3303");
object!(Missing, name = "No identifier");

fn main() {}
