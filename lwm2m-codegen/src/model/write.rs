//! An object as a definition file.

use std::fmt::Write as _;

use super::Object;

impl Object {
    /// The definition file of the object: valid against `LWM2M-v1_1.xsd` if the object has a resource, and read back as
    /// an equal object.
    ///
    /// What XML cannot hold at all, such as most control characters, becomes U+FFFD.
    pub fn to_xml(&self) -> String {
        let mut file = Writer::default();
        file.line(0, format_args!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
        file.line(0, format_args!("<LWM2M>"));
        file.line(1, format_args!("<Object ObjectType=\"MODefinition\">"));
        file.element(2, "Name", &self.name);
        file.element(2, "Description1", &self.description);
        file.element(2, "ObjectID", &self.id.to_string());
        file.element(2, "ObjectURN", &self.urn);
        file.element(2, "LWM2MVersion", &self.lwm2m_version.to_string());
        file.element(2, "ObjectVersion", &self.version.to_string());
        file.element(2, "MultipleInstances", instances(self.multiple));
        file.element(2, "Mandatory", presence(self.mandatory));
        file.line(2, format_args!("<Resources>"));
        for resource in &self.resources {
            file.line(3, format_args!("<Item ID=\"{}\">", resource.id));
            file.element(4, "Name", &resource.name);
            file.element(4, "Operations", resource.operations.name());
            file.element(4, "MultipleInstances", instances(resource.multiple));
            file.element(4, "Mandatory", presence(resource.mandatory));
            let resource_type = resource.resource_type.map_or("", super::ResourceType::name);
            file.element(4, "Type", resource_type);
            file.element(4, "RangeEnumeration", &resource.range);
            file.element(4, "Units", &resource.units);
            file.element(4, "Description", &resource.description);
            file.line(3, format_args!("</Item>"));
        }
        file.line(2, format_args!("</Resources>"));
        file.element(2, "Description2", &self.description2);
        file.line(1, format_args!("</Object>"));
        file.line(0, format_args!("</LWM2M>"));
        file.text
    }
}

fn instances(multiple: bool) -> &'static str {
    if multiple { "Multiple" } else { "Single" }
}

fn presence(mandatory: bool) -> &'static str {
    if mandatory { "Mandatory" } else { "Optional" }
}

#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn indent(&mut self, depth: usize) {
        self.text.extend(std::iter::repeat_n('\t', depth));
    }

    fn line(&mut self, depth: usize, markup: std::fmt::Arguments<'_>) {
        self.indent(depth);
        // A String takes everything.
        let _ = writeln!(self.text, "{markup}");
    }

    fn element(&mut self, depth: usize, name: &str, content: &str) {
        self.indent(depth);
        let _ = write!(self.text, "<{name}>");
        for c in content.chars() {
            match c {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                // A reader makes a bare one a line feed.
                '\r' => self.text.push_str("&#13;"),
                '\t' | '\n' | '\u{20}'..='\u{fffd}' | '\u{10000}'.. => self.text.push(c),
                _ => self.text.push(char::REPLACEMENT_CHARACTER),
            }
        }
        let _ = writeln!(self.text, "</{name}>");
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Object, Operations, Resource, ResourceType};

    #[test]
    fn the_elements_stand_in_the_order_of_the_schema() {
        let mut object = Object::new(26241, "Kettle", "urn:oma:lwm2m:x:26241");
        let mut resource = Resource::new(1, "Water <level> & \u{7}]]>");
        resource.resource_type = Some(ResourceType::Unsigned);
        resource.operations = Operations::RW;
        resource.mandatory = true;
        resource.range = "0..100".into();
        resource.units = "/100".into();
        resource.description = "a\r\nb".into();
        object.resources.push(resource);
        let xml = object.to_xml();
        let lines: Vec<_> = xml.lines().map(str::trim_start).collect();
        assert_eq!(
            lines,
            [
                r#"<?xml version="1.0" encoding="UTF-8"?>"#,
                "<LWM2M>",
                r#"<Object ObjectType="MODefinition">"#,
                "<Name>Kettle</Name>",
                "<Description1></Description1>",
                "<ObjectID>26241</ObjectID>",
                "<ObjectURN>urn:oma:lwm2m:x:26241</ObjectURN>",
                "<LWM2MVersion>1.0</LWM2MVersion>",
                "<ObjectVersion>1.0</ObjectVersion>",
                "<MultipleInstances>Single</MultipleInstances>",
                "<Mandatory>Optional</Mandatory>",
                "<Resources>",
                r#"<Item ID="1">"#,
                "<Name>Water &lt;level&gt; &amp; \u{fffd}]]&gt;</Name>",
                "<Operations>RW</Operations>",
                "<MultipleInstances>Single</MultipleInstances>",
                "<Mandatory>Mandatory</Mandatory>",
                "<Type>Unsigned Integer</Type>",
                "<RangeEnumeration>0..100</RangeEnumeration>",
                "<Units>/100</Units>",
                "<Description>a&#13;",
                "b</Description>",
                "</Item>",
                "</Resources>",
                "<Description2></Description2>",
                "</Object>",
                "</LWM2M>",
            ]
        );
    }
}
