// Code that was generated for a contract that this version of the crate does not have.
use lwm2m_runtime::__v999 as rt;

fn main() {
    let _: rt::f64 = 0.0;
}
