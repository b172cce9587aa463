//! An object that can only be executed.

#![deny(warnings)]

use lwm2m_runtime::{
    Lwm2mObject,
    object::{Instance, Object},
};

#[derive(Clone, Debug, Default, PartialEq, Lwm2mObject)]
#[lwm2m(id = 40000, version = "2.0", urn = "urn:oma:lwm2m:x:40000:2.0")]
#[lwm2m(execute PING = 1, mandatory)]
pub struct Ping;

fn main() {
    assert!(Ping.field(1).is_none());
    assert_eq!(Ping::DEFINITION.resources().len(), 1);
    assert_eq!(Ping::PING.id(), 1);
}
