use lwm2m_runtime::{model::Operations, object::access::Access};

#[derive(Clone, Copy)]
struct Mine;

impl Access for Mine {
    const OPERATIONS: Operations = Operations::RW;
}

fn main() {}
