use lwm2m_runtime::object::Field;

fn main() {
    // What generated or derived code does with a struct's field.
    let elapsed = std::time::Duration::ZERO;
    let _: &dyn Field = &elapsed;
}
