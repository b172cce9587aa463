#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lwm2m_runtime_fuzz::payload(
    lwm2m_runtime::encoding::Format::Json,
    input
));
