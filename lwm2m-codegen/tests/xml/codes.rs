//! The table of codes in the documentation.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use lwm2m_codegen::xml::Code;

#[test]
fn the_documented_table_is_the_one_in_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes.md");
    let mut table = String::from("| Code | What is wrong | What to do |\n|---|---|---|\n");
    for code in Code::ALL {
        let cell = |text: &str| text.replace('|', "\\|");
        writeln!(
            table,
            "| {code} | {} | {} |",
            cell(code.title()),
            cell(code.help())
        )
        .unwrap();
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &table).unwrap();
    }
    let documented = fs::read_to_string(&path).unwrap();
    assert_eq!(
        documented, table,
        "run with UPDATE_GOLDEN=1 and review docs/codes.md"
    );
}

#[test]
fn every_code_has_a_number_of_its_own() {
    let numbers: BTreeSet<_> = Code::ALL.iter().map(|code| code.number()).collect();
    assert_eq!(numbers.len(), Code::ALL.len());
    assert_eq!(Code::TooLarge.to_string(), "L0001");
    assert_eq!(Code::NameBlanks.to_string(), "L0416");
}
