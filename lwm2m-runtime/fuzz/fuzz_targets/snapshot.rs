#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lwm2m_runtime_fuzz::snapshot(input));
