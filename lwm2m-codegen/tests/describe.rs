//! One object as JSON and as a table.

#![cfg(feature = "cli")]

use lwm2m_codegen::{
    describe,
    diff::Diff,
    model::{Constraint, Enumeration, EnumerationItem, Object, Operations, Resource, ResourceType, Version},
    names::Words,
};

fn kettle() -> Object {
    let mut object = Object::new(26241, "Kettle", "urn:oma:lwm2m:x:26241");
    object.lwm2m_version = Version::V1_1;
    object.multiple = true;

    let mut energy = Resource::new(1, "Energy");
    energy.resource_type = Some(ResourceType::Unsigned);
    energy.operations = Operations::R;
    energy.mandatory = true;
    energy.units = "J".into();
    energy.range = "0..18446744073709551615".into();
    energy.constraint = Some(Constraint::Unsigned(vec![(0, u64::MAX)]));

    let mut balance = Resource::new(2, "Balance");
    balance.resource_type = Some(ResourceType::Integer);
    balance.operations = Operations::RW;
    balance.range = "-9223372036854775808..-1".into();
    balance.constraint = Some(Constraint::Integer(vec![(i64::MIN, -1)]));

    let mut state = Resource::new(3, "Type");
    state.resource_type = Some(ResourceType::Integer);
    state.operations = Operations::R;
    state.multiple = true;
    state.range = "on; off".into();
    let item = |code, identifier: &str, label: &str| EnumerationItem {
        code,
        identifier: identifier.into(),
        label: label.into(),
    };
    state.enumeration = Some(Enumeration {
        items: vec![item(0, "COLD", "cold"), item(1, "HOT", "hot")],
    });

    let mut boil = Resource::new(4, "Boil");
    boil.operations = Operations::E;

    object.resources = vec![energy, balance, state, boil];
    object
}

#[test]
fn json_has_every_fact_and_exact_bounds() {
    let expected = concat!(
        r#"{"id":26241,"name":"Kettle","urn":"urn:oma:lwm2m:x:26241","version":"1.0","lwm2m_version":"1.1","#,
        r#""multiple":true,"mandatory":false,"resources":["#,
        r#"{"id":1,"name":"Energy","identifier":"energy","type":"Unsigned Integer","operations":"R","#,
        r#""multiple":false,"mandatory":true,"units":"J","range_raw":"0..18446744073709551615","#,
        r#""constraint":{"quantity":"value","set":[[0,18446744073709551615]]},"enumeration":null},"#,
        r#"{"id":2,"name":"Balance","identifier":"balance","type":"Integer","operations":"RW","#,
        r#""multiple":false,"mandatory":false,"units":null,"range_raw":"-9223372036854775808..-1","#,
        r#""constraint":{"quantity":"value","set":[[-9223372036854775808,-1]]},"enumeration":null},"#,
        r#"{"id":3,"name":"Type","identifier":"type_","type":"Integer","operations":"R","#,
        r#""multiple":true,"mandatory":false,"units":null,"range_raw":"on; off","#,
        r#""constraint":{"quantity":"none","set":null},"enumeration":{"open":true,"items":["#,
        r#"{"code":0,"identifier":"COLD","label":"cold"},{"code":1,"identifier":"HOT","label":"hot"}]}},"#,
        r#"{"id":4,"name":"Boil","identifier":"boil","type":null,"operations":"E","#,
        r#""multiple":false,"mandatory":false,"units":null,"range_raw":null,"constraint":null,"enumeration":null}]}"#,
    );
    assert_eq!(describe::json(&kettle(), &Words::default()), expected);
}

#[test]
fn the_table_is_aligned() {
    let expected = "\
26241 Kettle 1.0
urn:oma:lwm2m:x:26241, LwM2M 1.1 or later, multiple instances, optional

ID  Name     Identifier  Operations  Type              Instances  Presence   Units  Range
 1  Energy   energy      R           Unsigned Integer  single     mandatory  J      0..18446744073709551615
 2  Balance  balance     RW          Integer           single     optional   -      -9223372036854775808..-1
 3  Type     type_       R           Integer           multiple   optional   -      on; off
 4  Boil     boil        E           -                 single     optional   -      -

Values of 3 Type
0  COLD  cold
1  HOT   hot
";
    assert_eq!(describe::text(&kettle(), &Words::default()), expected);
}

/// A definition file must not steer the terminal it is shown on.
#[test]
fn control_characters_are_shown_as_such() {
    let mut hostile = kettle();
    hostile.name = "a\u{1b}[2Jb\u{9b}31m".into();
    if let Some(resource) = hostile.resources.first_mut() {
        resource.name = "x\ny\u{202e}".into();
        resource.units = "\u{7}".into();
    }
    let difference = Diff::new(&kettle(), &hostile).to_string();
    for text in [describe::text(&hostile, &Words::default()), difference] {
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        assert!(!text.contains("x\ny") && !text.contains('\u{202e}'), "{text:?}");
    }
    let json = describe::json(&hostile, &Words::default());
    assert!(!json.contains(|c: char| c.is_ascii_control()), "{json:?}");
}

#[test]
fn a_difference_is_one_line_of_json() {
    let mut newer = kettle();
    newer.version = Version::V1_1;
    newer.resources.pop();
    assert_eq!(
        describe::diff_json(&Diff::new(&kettle(), &newer)),
        concat!(
            r#"{"id":26241,"from":"1.0","to":"1.1","breaks_client":false,"breaks_server":true,"should_be_major":true,"#,
            r#""changes":[{"resource":4,"name":"Boil","change":"removed","text":"removed, was optional","#,
            r#""effect":"breaks server","breaks_client":false,"breaks_server":true}]}"#,
        )
    );
}
