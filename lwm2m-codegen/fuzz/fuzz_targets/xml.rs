//! Reads arbitrary bytes as an object definition file, in both modes, and shows what was found.
//!
//!     cargo +nightly fuzz run xml corpus/xml seeds/xml -- -max_total_time=600
#![no_main]

use libfuzzer_sys::fuzz_target;
use lwm2m_codegen::xml::{Limits, Mode, Severity, Style, json, read, read_within, render};

fuzz_target!(|bytes: &[u8]| {
    let strict = read(bytes, Mode::Strict);
    let lenient = read(bytes, Mode::Lenient);
    // What is an error although it could be repaired is one in strict mode all the more.
    assert!(strict.has_errors() || !lenient.has_errors());
    assert!(!strict.has(Severity::Repaired));
    for reading in [&strict, &lenient] {
        let mut last = 0;
        for (index, diagnostic) in reading.diagnostics.iter().enumerate() {
            assert!(diagnostic.span.start <= diagnostic.span.end && diagnostic.span.end <= bytes.len());
            assert!(last <= diagnostic.span.start);
            assert!(diagnostic.line > 0 && diagnostic.column > 0);
            last = diagnostic.span.start;
            // Drawing all of them would leave little time for reading.
            if index >= 4 {
                continue;
            }
            let shown = render(diagnostic, "fuzz.xml", bytes, Style::Plain);
            assert!(shown.contains(&diagnostic.code.to_string()));
            assert!(shown.len() < 4_000);
            assert!(!json(diagnostic, "fuzz.xml").contains('\n'));
        }
    }
    let mut tight = Limits::default();
    tight.text_bytes = 8;
    tight.depth = 4;
    tight.attributes = 2;
    tight.resources = 1;
    tight.diagnostics = 3;
    let cut = read_within(bytes, Mode::Lenient, &tight);
    // Three of each severity, the error that ended the reading, and the count of those left out.
    assert!(cut.diagnostics.len() <= 3 * 3 + 2);
});
