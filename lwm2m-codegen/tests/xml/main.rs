//! The reader and checker of object definition files.
#![cfg(feature = "xml")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where its set-up fails, and says what it skips"
)]

mod codes;
mod hostile;
mod lenient;
mod lints;
mod mutations;
mod random;
mod registry;
mod rendering;
mod verdicts;
mod xmllint;

use lwm2m_codegen::xml::{Code, Diagnostic, Mode, Severity, read};

/// A valid file in which everything may be replaced by text.
pub const VALID: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- A licence. -->
<LWM2M xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://example.com/lwm2m.xsd">
	<Object ObjectType="MODefinition">
		<Name>Boiler</Name>
		<Description1><![CDATA[Heats water & keeps it <warm>.]]></Description1>
		<ObjectID>26250</ObjectID>
		<ObjectURN>urn:oma:lwm2m:x:26250:1.1</ObjectURN>
		<LWM2MVersion>1.1</LWM2MVersion>
		<ObjectVersion>1.1</ObjectVersion>
		<MultipleInstances>Multiple</MultipleInstances>
		<Mandatory>Optional</Mandatory>
		<Resources>
			<Item ID="0">
				<Name>Water Temperature</Name>
				<Operations>R</Operations>
				<MultipleInstances>Single</MultipleInstances>
				<Mandatory>Mandatory</Mandatory>
				<Type>Float</Type>
				<RangeEnumeration>0..100</RangeEnumeration>
				<Units>Cel</Units>
				<Description>Of the &quot;upper&quot; sensor.</Description>
			</Item>
			<!--Item ID="7"><Name>Hidden</Name></Item-->
			<Item ID="1">
				<Name>Reset</Name>
				<Operations>E</Operations>
				<MultipleInstances>Single</MultipleInstances>
				<Mandatory>Optional</Mandatory>
				<Type></Type>
				<RangeEnumeration/>
				<Units></Units>
				<Description>Starts over.</Description>
			</Item>
		</Resources>
		<Description2></Description2>
	</Object>
</LWM2M>
"#;

/// The valid file with one place changed.
fn changed(from: &str, to: &str) -> String {
    assert!(VALID.contains(from), "{from}");
    VALID.replacen(from, to, 1)
}

/// The problems of a file, as severity and code.
fn problems(file: &str, mode: Mode) -> Vec<(Severity, Code)> {
    let diagnostics = read(file.as_bytes(), mode).diagnostics;
    diagnostics
        .iter()
        .map(|found| (found.severity, found.code))
        .collect()
}

/// The part of a file that a diagnostic is about.
fn at<'a>(file: &'a str, diagnostic: &Diagnostic) -> &'a str {
    &file[diagnostic.span.clone()]
}
