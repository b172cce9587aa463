//! Registry names as Rust identifiers.
//!
//! The rules, in the order in which they apply to a name:
//!
//! 1. A word of the casing table becomes its replacement: `eDRX` is the one word `edrx`, not `e_drx`.
//! 2. Accented Latin letters lose their accents (`Größe` is `grosse`); anything else outside ASCII letters and digits
//!    separates words.
//! 3. The words get the case of the item (by the crate `heck`): `snake_case` for fields, `SCREAMING_SNAKE_CASE` for
//!    constants, `UpperCamelCase` for types.
//! 4. A name without a letter or digit is `resource_<id>` or `Object<id>`.
//! 5. A name that begins with a digit gets an `n` in front: `5QI` is `n5qi`.
//! 6. A keyword gets an underscore behind: `Type` is `type_`.
//! 7. Where names clash, **every** one of them gets its identifier behind: `object_enabled_924`, `object_enabled_934`,
//!    `Location6`, `Location3336`. So no name depends on which of them was asked for first.
//!
//! Identifiers are ASCII, since rustc warns of much of the rest, and the same for the same object, whatever set of
//! objects is generated; only the plain re-exports of [`plain_names`] depend on the set.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::model::{Object, Version};

/// Words that a conversion of case would take apart, and what to read instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(BTreeMap<String, String>);

impl Words {
    /// A table of words as they stand in names, and their lower-case replacements. Empty words are left out.
    pub fn new(words: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(words.into_iter().filter(|(word, _)| !word.is_empty()).collect())
    }

    /// The name with every word of the table replaced, where no ASCII letter or digit stands beside it.
    fn replace(&self, name: &str) -> String {
        let mut result = String::with_capacity(name.len());
        let mut rest = name;
        let mut inside = false;
        while let Some(next) = rest.chars().next() {
            let found = self.0.iter().find_map(|(word, replacement)| {
                let tail = rest.strip_prefix(word.as_str())?;
                let ends = !tail.starts_with(|c: char| c.is_ascii_alphanumeric());
                (ends && !inside).then_some((replacement, tail))
            });
            if let Some((replacement, tail)) = found {
                result.push_str(replacement);
                rest = tail;
                inside = true;
            } else {
                result.push(next);
                rest = rest.get(next.len_utf8()..).unwrap_or_default();
                inside = next.is_ascii_alphanumeric();
            }
        }
        result
    }
}

/// The identifiers of one object version.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectNames {
    /// The module, and without its extension the file: `o3303_v1_1`.
    pub module: String,
    /// The struct inside the module: `Temperature`.
    pub type_name: String,
    /// The identifiers of the resources, in the order of [`Object::resources`].
    pub resources: Vec<ResourceNames>,
}

/// The identifiers of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResourceNames {
    /// The struct's field: `sensor_value`.
    pub field: String,
    /// The typed constant: `SENSOR_VALUE`.
    pub constant: String,
    /// The type of its values, where the resource has an enumeration: `TimerMode`.
    pub enumeration: Option<String>,
}

impl ObjectNames {
    /// Names an object and all in it.
    ///
    /// The names of two resources differ if their identifiers do.
    pub fn new(object: &Object, words: &Words) -> Self {
        let type_name = type_name(&object.name, object.id, words);
        let fields = apart(
            object
                .resources
                .iter()
                .map(|resource| (field_name(&resource.name, resource.id, words), resource.id)),
            // The constant `DEFINITION` of `rt::Object`.
            &["definition"],
            |name, id| format!("{name}_{id}"),
        );
        let with_enumeration = object
            .resources
            .iter()
            .zip(&fields)
            .filter(|(resource, _)| resource.enumeration.is_some());
        let mut enumerations = apart(
            with_enumeration.map(|(resource, field)| (legal(field.to_upper_camel_case(), 'N'), resource.id)),
            &[&type_name],
            type_with_id,
        )
        .into_iter();
        let resources = object
            .resources
            .iter()
            .zip(&fields)
            .map(|(resource, field)| ResourceNames {
                field: field.clone(),
                constant: field.to_uppercase().trim_end_matches('_').to_owned(),
                enumeration: resource.enumeration.as_ref().and_then(|_| enumerations.next()),
            });
        Self {
            module: module_name(object.id, object.version),
            resources: resources.collect(),
            type_name,
        }
    }
}

/// The name of an object version's module: `o3303_v1_1`.
pub fn module_name(id: u16, version: Version) -> String {
    format!("o{id}_v{}_{}", version.major, version.minor)
}

/// The names under which a set of objects is re-exported side by side, by object identifier: `Temperature`, or
/// `Location6` and `Location3336`.
///
/// An object's newest version in the set gives the name.
pub fn plain_names<'o>(
    objects: impl IntoIterator<Item = &'o Object>,
    words: &Words,
) -> BTreeMap<u16, String> {
    let mut newest: BTreeMap<u16, &Object> = BTreeMap::new();
    for object in objects {
        let slot = newest.entry(object.id).or_insert(object);
        if slot.version < object.version {
            *slot = object;
        }
    }
    let names = newest
        .iter()
        .map(|(id, object)| (type_name(&object.name, *id, words), *id));
    let names = apart(names, &[], type_with_id);
    newest.keys().copied().zip(names).collect()
}

/// The struct of an object: `Temperature`.
fn type_name(name: &str, id: u16, words: &Words) -> String {
    let name = fold(&words.replace(name)).to_upper_camel_case();
    legal(or(name, || format!("Object{id}")), 'N')
}

/// The field of a resource: `sensor_value`.
fn field_name(name: &str, id: u16, words: &Words) -> String {
    let name = fold(&words.replace(name)).to_snake_case();
    legal(or(name, || format!("resource_{id}")), 'n')
}

fn or(name: String, otherwise: impl FnOnce() -> String) -> String {
    if name.is_empty() { otherwise() } else { name }
}

/// Gives every member of a group of equal names its identifier, until all differ.
///
/// It ends, since a name gets its identifier once at most; and two names that have theirs differ, since their last digits
/// do.
fn apart(
    names: impl Iterator<Item = (String, u16)>,
    taken: &[&str],
    with_id: fn(&str, u16) -> String,
) -> Vec<String> {
    let mut names: Vec<(String, u16, bool)> = names.map(|(name, id)| (name, id, false)).collect();
    loop {
        let mut seen = BTreeSet::new();
        let mut clashing: BTreeSet<String> = taken.iter().map(|&name| name.to_owned()).collect();
        for (name, ..) in &names {
            if !seen.insert(name.as_str()) {
                clashing.insert(name.clone());
            }
        }
        let mut changed = false;
        for (name, id, has_id) in &mut names {
            if !*has_id && clashing.contains(name) {
                // Without the underscore of a keyword.
                *name = with_id(name.trim_end_matches('_'), *id);
                *has_id = true;
                changed = true;
            }
        }
        if !changed {
            return names.into_iter().map(|(name, ..)| name).collect();
        }
    }
}

/// `Location6`, and `Sensor1_6` to tell it from `Sensor16`.
fn type_with_id(name: &str, id: u16) -> String {
    let separator = if name.ends_with(|c: char| c.is_ascii_digit()) {
        "_"
    } else {
        ""
    };
    format!("{name}{separator}{id}")
}

/// A word of ASCII letters, digits and underscores that is not empty, as an identifier. `n` goes in front of a digit.
fn legal(name: String, n: char) -> String {
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("{n}{name}")
    } else if KEYWORDS.binary_search(&name.as_str()).is_ok() {
        format!("{name}_")
    } else {
        name
    }
}

/// ASCII letters and digits stay, accented Latin letters lose their accents, the rest separates words.
fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            c if c.is_ascii() => folded.push(c),
            'À'..='Å' => folded.push('A'),
            'Æ' => folded.push_str("AE"),
            'Ç' => folded.push('C'),
            'È'..='Ë' => folded.push('E'),
            'Ì'..='Ï' => folded.push('I'),
            'Ñ' => folded.push('N'),
            'Ò'..='Ö' | 'Ø' => folded.push('O'),
            'Ù'..='Ü' => folded.push('U'),
            'Ý' => folded.push('Y'),
            'ß' => folded.push_str("ss"),
            'à'..='å' => folded.push('a'),
            'æ' => folded.push_str("ae"),
            'ç' => folded.push('c'),
            'è'..='ë' => folded.push('e'),
            'ì'..='ï' => folded.push('i'),
            'ñ' => folded.push('n'),
            'ò'..='ö' | 'ø' => folded.push('o'),
            'ù'..='ü' | 'µ' | 'μ' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            '²' => folded.push('2'),
            '³' => folded.push('3'),
            _ => folded.push(' '),
        }
    }
    folded
}

/// The keywords of all editions, in order.
const KEYWORDS: [&str; 52] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Enumeration, Resource};

    fn words() -> Words {
        Words::new([("eDRX", "edrx"), ("IPv4", "ipv4"), ("pH", "ph")].map(|(a, b)| (a.into(), b.into())))
    }

    fn object(name: &str, resources: &[(u16, &str)]) -> Object {
        let mut object = Object::new(9, name, "urn:oma:lwm2m:oma:9");
        object.resources = resources
            .iter()
            .map(|(id, name)| Resource::new(*id, *name))
            .collect();
        object
    }

    fn with_enumerations(mut object: Object) -> Object {
        for resource in &mut object.resources {
            resource.enumeration = Some(Enumeration { items: Vec::new() });
        }
        object
    }

    fn fields(resources: &[(u16, &str)]) -> Vec<String> {
        let names = ObjectNames::new(&object("Thing", resources), &words());
        names
            .resources
            .into_iter()
            .map(|resource| resource.field)
            .collect()
    }

    #[test]
    fn keywords_are_in_order() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn each_rule_by_example() {
        for (name, expected) in [
            ("Sensor Value", "sensor_value"),
            ("eDRX parameters for Iu mode", "edrx_parameters_for_iu_mode"),
            ("IPv4/pH", "ipv4_ph"),
            ("IPv4s", "i_pv4s"),
            ("SMS Binding Secret Key(s)", "sms_binding_secret_key_s"),
            ("Größe in µg/m³", "grosse_in_ug_m3"),
            ("日本", "resource_1"),
            ("🦀", "resource_1"),
            ("", "resource_1"),
            ("__ - __", "resource_1"),
            ("5QI", "n5qi"),
            ("44 Broadcast Packets Received", "n44_broadcast_packets_received"),
            ("Type", "type_"),
            ("self", "self_"),
            ("Group\u{a0}Address", "group_address"),
            ("Definition", "definition_1"),
            ("3", "n3"),
        ] {
            assert_eq!(fields(&[(1, name)]), [expected], "{name:?}");
        }
        for (name, expected) in [
            ("5GNR Connectivity", "N5gnrConnectivity"),
            ("LwM2M v1.0 Test Object", "LwM2mV10TestObject"),
            ("self", "Self_"),
            ("日本", "Object9"),
            ("Time", "Time"),
            ("24/7", "N247"),
        ] {
            assert_eq!(ObjectNames::new(&object(name, &[]), &words()).type_name, expected);
        }
        assert_eq!(module_name(3303, Version { major: 1, minor: 1 }), "o3303_v1_1");
    }

    #[test]
    fn every_member_of_a_clash_gets_its_identifier() {
        assert_eq!(
            fields(&[(924, "Object Enabled"), (5, "Other"), (934, "object (enabled)")]),
            ["object_enabled_924", "other", "object_enabled_934"]
        );
        // The suffixed name of one is the plain name of another.
        assert_eq!(
            fields(&[(3, "Foo"), (4, "foo"), (9, "Foo 3")]),
            ["foo_3", "foo_4", "foo_3_9"]
        );
        assert_eq!(fields(&[(1, "Type"), (2, "type")]), ["type_1", "type_2"]);
    }

    #[test]
    fn an_enumeration_avoids_the_object_and_other_enumerations() {
        let object = with_enumerations(object(
            "Colour",
            &[(5706, "Colour"), (1, "Foo 1 2"), (2, "Foo 12"), (3, "Self")],
        ));
        let names = ObjectNames::new(&object, &words());
        let types: Vec<_> = names
            .resources
            .iter()
            .filter_map(|names| names.enumeration.as_deref())
            .collect();
        assert_eq!(types, ["Colour5706", "Foo12_1", "Foo12_2", "Self_"]);
    }

    #[test]
    fn objects_of_one_name_are_told_apart_side_by_side() {
        let named = |id, name, major| {
            let mut object = Object::new(id, name, "");
            object.version.major = major;
            object
        };
        let set = [
            named(6, "Location", 1),
            named(3336, "Location", 1),
            named(3336, "Location", 2),
            named(10260, "RDB", 2),
            named(10260, "Runtime Database", 1),
        ];
        let names = plain_names(&set, &words());
        assert_eq!(
            names.into_iter().collect::<Vec<_>>(),
            [
                (6, "Location6".to_owned()),
                (3336, "Location3336".to_owned()),
                (10260, "Rdb".to_owned())
            ]
        );
        assert_eq!(plain_names(&set[..1], &words())[&6], "Location");
    }

    fn is_identifier(text: &str) -> bool {
        let shape = !text.is_empty()
            && !text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            // rustc's lints of case.
            && !text.contains("__");
        shape && syn::parse_str::<syn::Ident>(text).is_ok()
    }

    fn any_name() -> impl Strategy<Value = String> {
        prop_oneof![
            r"\PC{0,12}",
            "[a-b1-2 _]{0,4}",
            prop::sample::select(KEYWORDS.to_vec()).prop_map(str::to_owned),
        ]
    }

    proptest! {
        // proves: ROB-68
        #[test]
        fn any_text_gives_legal_and_different_identifiers(
            object_name in any_name(),
            resources in prop::collection::btree_map(0..40_u16, any_name(), 0..12),
        ) {
            let resources: Vec<_> = resources.iter().map(|(id, name)| (*id, name.as_str())).collect();
            let object = with_enumerations(object(&object_name, &resources));
            let names = ObjectNames::new(&object, &words());
            let mut fields = BTreeSet::new();
            let mut constants = BTreeSet::from(["DEFINITION".to_owned()]);
            let mut types = BTreeSet::from([names.type_name.clone()]);
            prop_assert!(is_identifier(&names.type_name), "{}", names.type_name);
            for names in &names.resources {
                let enumeration = names.enumeration.clone().unwrap();
                for name in [&names.field, &names.constant, &enumeration] {
                    prop_assert!(is_identifier(name), "{name}");
                }
                prop_assert!(fields.insert(names.field.clone()), "{}", names.field);
                prop_assert!(constants.insert(names.constant.clone()), "{}", names.constant);
                prop_assert!(types.insert(enumeration.clone()), "{enumeration}");
            }
        }

        #[test]
        fn any_set_of_objects_gets_different_plain_names(
            objects in prop::collection::btree_map(0..40_u16, any_name(), 0..12),
        ) {
            let objects: Vec<_> = objects.iter().map(|(id, name)| Object::new(*id, name, "")).collect();
            let names = plain_names(&objects, &words());
            prop_assert_eq!(names.len(), objects.len());
            let different: BTreeSet<_> = names.values().collect();
            prop_assert_eq!(different.len(), objects.len());
            for name in names.values() {
                prop_assert!(is_identifier(name), "{}", name);
            }
        }
    }
}
