//! Types called like the prelude's, and names that look like code.

#![deny(warnings)]

mod bare {
    pub struct Option;
    pub struct Some;
    pub struct Default;
    pub struct Clone;
    pub mod rt {}

    /// Ends the comment? */ #![no] `x` "quoted" \ [link]
    #[derive(std::clone::Clone, std::default::Default, Debug, PartialEq, lwm2m_runtime::Lwm2mObject)]
    #[lwm2m(id = 3333, name = "\"*/ } fn x() {", class = "ext")]
    #[lwm2m(execute RUN = 7, name = "// \n */ \u{202e}", description = "```\nfn x() {}\n```")]
    #[lwm2m(untyped RAW = 8, name = "?", operations = "R")]
    #[lwm2m(execute STOP = 9, name = "?")]
    pub struct String {
        /// ```
        /// panic!()
        /// ```
        #[lwm2m(id = 0, operations = "R", name = "\\", units = "\"", range = "0..1", read_as = "")]
        pub r#fn: i64,
    }
}

fn main() {
    use lwm2m_runtime::object::{DefinitionFile, Object};

    let _ = (bare::Option, bare::Some, bare::Default, bare::Clone);
    let definition = bare::String::DEFINITION;
    assert_eq!(definition.name(), "\"*/ } fn x() {");
    assert_eq!(definition.resource(0).unwrap().name(), "\\");
    assert_eq!(bare::String::FN.id(), 0);
    assert_eq!(bare::String::RUN.at(1).to_execute().to_string(), "/3333/1/7");
    assert!(bare::String::XML.contains("*/ #![no] `x` \"quoted\" \\ [link]"));
}
