//! Finding, reading and comparing object definitions: the embedded registry and directories of files.

#![cfg(feature = "registry")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where its set-up fails, and says what it skips"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use lwm2m_codegen::{
    diff::{Diff, Effect, Trend, What},
    model::{Constraint, Object, Resource, ResourceType, Version, range},
    registry::{Error, Overlay, Registry},
    xml::{self, Mode},
};
use proptest::prelude::*;

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared")
        .join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

/// The embedded registry, and upstream's where it is. Read once for all tests.
fn registries() -> &'static [Registry] {
    static REGISTRIES: OnceLock<Vec<Registry>> = OnceLock::new();
    REGISTRIES.get_or_init(|| {
        let upstream = shared("registry").map(|directory| Registry::open(directory).unwrap());
        std::iter::once(Registry::embedded()).chain(upstream).collect()
    })
}

fn version(major: u8, minor: u8) -> Version {
    Version { major, minor }
}

fn found(registry: &Registry, text: &str) -> String {
    match registry.find(text) {
        Ok(object) => format!("{} {} {}", object.id, object.name, object.version),
        Err(error) => error.to_string(),
    }
}

mod finding {
    use super::*;

    #[test]
    fn by_identifier_name_and_version() {
        for registry in registries() {
            for (text, expected) in [
                ("3", "3 Device 1.2"),
                ("3@1.0", "3 Device 1.0"),
                (" 3303 @ 1.1 ", "3303 Temperature 1.1"),
                ("device", "3 Device 1.2"),
                ("DEVICE@1.1", "3 Device 1.1"),
                ("wlan-connectivity", "12 WLAN connectivity 1.1"),
                ("5gnr connectivity", "27 5GNR Connectivity 1.0"),
                ("RDB", "10260 RDB 2.0"),
                ("Runtime Database", "10260 RDB 2.0"),
                ("Runtime Database@1.0", "10260 Runtime Database 1.0"),
                ("0", "0 LWM2M Security 1.2"),
            ] {
                assert_eq!(found(registry, text), expected, "{text}");
            }
        }
    }

    #[test]
    fn what_is_not_there_is_an_error_that_helps() {
        let registry = Registry::embedded();
        for (text, expected) in [
            (
                "Temprature",
                r#"no object "Temprature"; did you mean 3303 Temperature?"#,
            ),
            (
                "Location",
                r#""Location" is the name of several objects: 6 Location, 3336 Location; name it by its identifier"#,
            ),
            (
                "3@9.9",
                "object 3 Device has no version 9.9; there is 1.0, 1.1, 1.2",
            ),
            (
                "4711",
                r#"no object "4711"; name it by its identifier, its name, or either with a version (3303@1.1)"#,
            ),
            (
                "",
                r#"no object ""; name it by its identifier, its name, or either with a version (3303@1.1)"#,
            ),
            (
                "3@latest",
                r#"no object "3@latest"; name it by its identifier, its name, or either with a version (3303@1.1)"#,
            ),
        ] {
            assert_eq!(found(&registry, text), expected, "{text}");
        }
        assert!(found(&registry, "99999999999").starts_with("no object"));
        assert!(found(&registry, "electric").contains(", "), "several suggestions");
        assert!(found(&registry, &"x".repeat(100_000)).starts_with("no object"));
    }

    #[test]
    fn all_in_ascending_order() {
        for registry in registries() {
            let keys: Vec<_> = registry
                .objects()
                .iter()
                .map(|object| (object.id, object.version))
                .collect();
            assert_eq!(keys.len(), 424);
            assert!(keys.is_sorted());
            assert_eq!(registry.latest().len(), 327);
            assert!(registry.latest().is_sorted_by_key(|object| object.id));
            assert_eq!(registry.errors(), []);
            let versions: Vec<_> = registry
                .versions(4)
                .unwrap()
                .iter()
                .map(|object| object.version)
                .collect();
            assert_eq!(
                versions,
                [version(1, 0), version(1, 1), version(1, 2), version(1, 3)]
            );
            assert_eq!(registry.versions(4711).unwrap(), Vec::<&Object>::new());
            assert_eq!(registry.newest(4711), Ok(None));
            assert_eq!(registry.get(3, version(7, 0)), Ok(None));
        }
    }

    // Several versions of an object are in hand at once.
    #[test]
    fn versions_stand_side_by_side() {
        let registry = Registry::embedded();
        let (old, new) = (
            registry.find("3432@1.0").unwrap(),
            registry.find("3432@2.0").unwrap(),
        );
        let became_multiple = old.resources.iter().filter(|old| {
            let same = new.resources.iter().find(|new| new.id == old.id);
            !old.multiple && same.is_some_and(|new| new.multiple)
        });
        assert_eq!(became_multiple.count(), 16);
    }
}

mod directories {
    use super::*;

    const KETTLE: &str = include_str!("data/kettle.xml");

    fn kettle(from: &str, to: &str) -> String {
        assert!(KETTLE.contains(from));
        KETTLE.replace(from, to)
    }

    fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        directory
    }

    #[test]
    fn of_any_layout() {
        let newer = kettle("<ObjectVersion>1.0", "<ObjectVersion>1.1");
        let index = "<DDFList></DDFList>";
        for files in [
            [
                ("26241.xml", newer.as_str()),
                ("version_history/26241-1_0.xml", KETTLE),
                ("version_history/26241-1_1.xml", &newer),
                ("DDF.xml", index),
                ("Common.xml", "<LWM2M>"),
            ],
            [
                ("kettle.xml", KETTLE),
                ("new kettle.XML", &newer),
                ("pom.xml", "<project/>"),
                ("README.md", "#"),
                ("sub/ignored.xml", "<LWM2M"),
            ],
            [
                ("26241-1_0.xml", KETTLE),
                ("26241-1_1.xml", &newer),
                ("26241.xml", &newer),
                ("DDF.xml", index),
                ("Common.xml", "<LWM2M>"),
            ],
        ] {
            let directory = directory(&files);
            let registry = Registry::open(directory.path()).unwrap();
            assert_eq!(registry.errors(), [], "{files:?}");
            assert_eq!(found(&registry, "kettle"), "26241 Kettle 1.1");
            assert_eq!(found(&registry, "26241@1.0"), "26241 Kettle 1.0");
            assert_eq!(registry.objects().len(), 2);
            let path = registry.path(26241, version(1, 0)).unwrap();
            assert_eq!(fs::read_to_string(path).unwrap(), KETTLE);
        }
    }

    #[test]
    fn a_broken_file_hurts_only_those_who_ask_for_it() {
        let directory = directory(&[
            ("26241.xml", KETTLE),
            ("26242.xml", "<LWM2M>"),
            ("version_history/3-1_0.xml", "x"),
        ]);
        let registry = Registry::open(directory.path()).unwrap();
        assert_eq!(found(&registry, "26241"), "26241 Kettle 1.0");
        assert_eq!(found(&registry, "Kettle"), "26241 Kettle 1.0");
        for id in ["26242", "26242@1.0", "3"] {
            let error = registry.find(id).unwrap_err();
            assert!(matches!(error, Error::Definition { .. }), "{error}");
            assert!(error.to_string().contains(".xml:1:1"), "{error}");
        }
        assert_eq!(registry.errors().len(), 2);
        assert!(found(&registry, "Pot").contains("2 definition files cannot be read"));
    }

    #[test]
    fn a_file_of_another_object_or_version_is_refused() {
        let directory = directory(&[("26250.xml", KETTLE), ("version_history/26241-2_0.xml", KETTLE)]);
        let registry = Registry::open(directory.path()).unwrap();
        assert!(
            found(&registry, "26250")
                .ends_with("defines object 26241 version 1.0; rename it to 26241.xml or correct its content")
        );
        assert!(found(&registry, "26241@2.0").ends_with("rename it to 26241-1_0.xml or correct its content"));
    }

    #[test]
    fn two_definitions_of_a_version_side_by_side_are_refused() {
        let other = kettle("<Name>Kettle", "<Name>Pot");
        let directory = directory(&[
            ("a.xml", KETTLE),
            ("b.xml", &other),
            ("c.xml", &kettle("26241", "26242").replace("Kettle", "Pan")),
        ]);
        let registry = Registry::open(directory.path()).unwrap();
        for text in ["26241", "26241@1.0", "kettle"] {
            assert!(
                found(&registry, text)
                    .ends_with("define object 26241 version 1.0 differently; remove one of them")
            );
        }
        assert_eq!(found(&registry, "26242"), "26242 Pan 1.0");
        assert_eq!(registry.errors().len(), 1);
    }

    #[test]
    fn a_work_copy_beside_the_history_counts() {
        let other = kettle("<Name>Kettle", "<Name>Pot");
        let directory = directory(&[("26241.xml", &other), ("version_history/26241-1_0.xml", KETTLE)]);
        let registry = Registry::open(directory.path()).unwrap();
        assert_eq!(found(&registry, "26241"), "26241 Pot 1.0");
        assert_eq!(registry.errors(), []);
    }

    #[test]
    fn nothing_to_read_is_an_error() {
        let directory = directory(&[("README.md", "#")]);
        let empty = Registry::open(directory.path()).unwrap_err();
        assert!(matches!(empty, Error::Empty { .. }), "{empty}");
        let absent = Registry::open(directory.path().join("absent")).unwrap_err();
        assert!(matches!(absent, Error::Io { .. }), "{absent}");
    }

    #[test]
    fn a_file_without_end_is_refused() {
        let directory = directory(&[]);
        let large = fs::File::create(directory.path().join("26241.xml")).unwrap();
        // Sparse.
        large.set_len(10 << 30).unwrap();
        let registry = Registry::open(directory.path()).unwrap();
        assert!(matches!(registry.find("26241"), Err(Error::TooLarge { .. })));
    }

    #[cfg(unix)]
    // proves: ROB-69
    #[test]
    fn links_lead_nowhere_else() {
        use std::os::unix::fs::symlink;

        let outside = directory(&[("secret.xml", KETTLE)]);
        let inside = directory(&[("26241.xml", KETTLE)]);
        symlink("26241.xml", inside.path().join("26241-1_0.xml")).unwrap();
        assert!(Registry::open(inside.path()).is_ok());
        symlink(outside.path().join("secret.xml"), inside.path().join("26242.xml")).unwrap();
        let error = Registry::open(inside.path()).unwrap_err();
        assert!(matches!(error, Error::Outside { .. }), "{error}");

        let history = directory(&[("26241.xml", KETTLE)]);
        symlink(outside.path(), history.path().join("version_history")).unwrap();
        assert!(matches!(
            Registry::open(history.path()),
            Err(Error::Outside { .. })
        ));
    }
}

mod additions {
    use super::*;

    fn resource(object: &Object, id: u16) -> &Resource {
        object
            .resources
            .iter()
            .find(|resource| resource.id == id)
            .unwrap()
    }

    #[test]
    fn apply_as_far_as_a_definition_agrees_with_the_published_one() {
        let registry = Registry::embedded();
        let published = registry.find("3@1.2").unwrap();
        let plain = || {
            let mut object = published.clone();
            for resource in &mut object.resources {
                resource.enumeration = None;
            }
            object
        };
        let enumerations = |object: &Object| {
            object
                .resources
                .iter()
                .filter(|resource| resource.enumeration.is_some())
                .count()
        };
        assert_eq!(enumerations(published), 3);

        let mut same = plain();
        Overlay::embedded().apply(&mut same);
        assert_eq!(same, *published);

        let mut renamed = plain();
        renamed
            .resources
            .iter_mut()
            .find(|resource| resource.id == 20)
            .unwrap()
            .name = "Something".into();
        Overlay::embedded().apply(&mut renamed);
        assert_eq!(enumerations(&renamed), 2);

        let mut of_another_type = plain();
        let status = of_another_type
            .resources
            .iter_mut()
            .find(|resource| resource.id == 20)
            .unwrap();
        status.resource_type = Some(ResourceType::String);
        Overlay::embedded().apply(&mut of_another_type);
        assert_eq!(enumerations(&of_another_type), 2);

        for change in [
            |object: &mut Object| object.version = Version { major: 9, minor: 0 },
            |object: &mut Object| object.id = 26241,
        ] {
            let mut other = plain();
            change(&mut other);
            Overlay::embedded().apply(&mut other);
            assert_eq!(enumerations(&other), 0);
        }
    }

    #[test]
    fn an_odd_range_is_read_only_while_it_is_as_published() {
        let registry = Registry::embedded();
        let mut object = registry.find("10@1.1").unwrap().clone();
        assert_eq!(
            resource(&object, 7).constraint,
            Some(Constraint::Length(vec![(1, 1)]))
        );
        let edited = object
            .resources
            .iter_mut()
            .find(|resource| resource.id == 7)
            .unwrap();
        edited.range = "1..4".into();
        edited.constraint = Some(Constraint::Length(vec![(1, 4)]));
        Overlay::embedded().apply(&mut object);
        assert_eq!(
            resource(&object, 7).constraint,
            Some(Constraint::Length(vec![(1, 4)]))
        );
    }

    /// An entry for a resource that does not exist, or that has another range, would be dead.
    #[test]
    fn the_embedded_and_the_upstream_files_get_the_same() {
        let Some(directory) = shared("registry") else {
            return;
        };
        let upstream = Registry::open(directory).unwrap();
        let embedded = Registry::embedded();
        for (ours, theirs) in embedded.objects().into_iter().zip(upstream.objects()) {
            let mut theirs = theirs.clone();
            theirs.description.clear();
            theirs.description2.clear();
            for resource in &mut theirs.resources {
                resource.description.clear();
            }
            assert_eq!(*ours, theirs);
        }
    }
}

/// Latest versions: non-empty ranges, those with a constraint, those with one by the grammar alone.
fn range_figures(registry: &Registry) -> (usize, usize, usize) {
    let (mut all, mut read, mut by_grammar) = (0, 0, 0);
    for resource in registry.latest().iter().flat_map(|object| &object.resources) {
        if !resource.range.is_empty() {
            all += 1;
            read += usize::from(resource.constraint.is_some());
            let alone = range::parse(&resource.range, resource.resource_type).into_constraint();
            by_grammar += usize::from(alone.is_some());
        }
    }
    (all, read, by_grammar)
}

#[test]
fn nearly_every_range_is_read() {
    for registry in registries() {
        let (all, read, by_grammar) = range_figures(registry);
        println!("ranges of the latest versions: {all}, read {read}, by the grammar alone {by_grammar}");
        assert_eq!(all, 747);
        assert!(read * 100 >= all * 98, "{read} of {all}");
        assert!(by_grammar * 100 >= all * 98, "{by_grammar} of {all}");
    }
}

#[test]
fn every_object_survives_its_own_definition_file() {
    for registry in registries() {
        for object in registry.objects() {
            let reading = xml::read(object.to_xml().as_bytes(), Mode::Strict);
            assert!(
                !reading.has_errors(),
                "{} {}: {:?}",
                object.id,
                object.version,
                reading.diagnostics
            );
            let mut read = reading.objects;
            for object in &mut read {
                Overlay::embedded().apply(object);
            }
            assert_eq!(read.as_slice(), std::slice::from_ref(object));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Markup in a text stays text.
    #[test]
    fn any_text_survives_a_definition_file(
        name in "[!-~\u{e4}\u{1f980}]{1,12}",
        description in r#"([<>&"'\]\[!-]|CDATA|\PC| ){0,24}"#,
        units in r"[!-~]{0,8}",
    ) {
        let mut object = Object::new(26241, name.as_str(), "urn:oma:lwm2m:x:26241");
        object.description = description.trim().into();
        let mut resource = Resource::new(1, name.as_str());
        resource.resource_type = Some(ResourceType::String);
        resource.units = units;
        object.resources.push(resource);
        let reading = xml::read(object.to_xml().as_bytes(), Mode::Strict);
        prop_assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
        let mut read = reading.objects;
        for object in &mut read {
            object.description = object.description.trim().into();
        }
        prop_assert_eq!(read, [object]);
    }
}

mod transitions {
    use super::*;

    fn all(registry: &Registry) -> Vec<Diff> {
        let mut versions: BTreeMap<u16, Vec<&Object>> = BTreeMap::new();
        for object in registry.objects() {
            versions.entry(object.id).or_default().push(object);
        }
        let steps = versions.values().flat_map(|versions| versions.windows(2));
        steps.map(|pair| Diff::new(pair[0], pair[1])).collect()
    }

    /// How often something changed in minor and in major steps.
    fn count(diffs: &[Diff], is: impl Fn(&What, bool) -> bool) -> [usize; 2] {
        let mut counts = [0; 2];
        for diff in diffs {
            let major = usize::from(diff.from.major != diff.to.major);
            counts[major] += diff
                .changes
                .iter()
                .filter(|change| is(&change.what, change.resource.is_some()))
                .count();
        }
        counts
    }

    // proves: REGY-10
    #[test]
    fn of_the_whole_registry_are_found_and_judged() {
        for registry in registries() {
            let diffs = all(registry);
            let major = diffs
                .iter()
                .filter(|diff| diff.from.major != diff.to.major)
                .count();
            assert_eq!([diffs.len() - major, major], [78, 19]);
            let of = |is: fn(&What, bool) -> bool| count(&diffs, is);
            assert_eq!(of(|what, _| *what == What::Added { mandatory: false }), [272, 86]);
            assert_eq!(of(|what, _| *what == What::Added { mandatory: true }), [0, 3]);
            assert_eq!(of(|what, _| matches!(what, What::Removed { .. })), [1, 4]);
            assert_eq!(
                of(|what, resource| resource && matches!(what, What::Name(..))),
                [8, 3]
            );
            assert_eq!(of(|what, _| matches!(what, What::Type(..))), [0, 14]);
            assert_eq!(of(|what, _| matches!(what, What::Operations(..))), [8, 3]);
            assert_eq!(
                of(|what, resource| resource && matches!(what, What::Multiple(_))),
                [0, 18]
            );
            assert_eq!(
                of(|what, resource| resource && matches!(what, What::Mandatory(_))),
                [0, 3]
            );
            assert_eq!(of(|what, _| matches!(what, What::Range { .. })), [45, 1]);
            assert_eq!(of(|what, _| matches!(what, What::Units(..))), [11, 2]);
            assert_eq!(
                of(|what, resource| !resource && matches!(what, What::Multiple(_) | What::Name(..))),
                [0, 2]
            );
            // Three further steps only write down a version 1.0 that was understood.
            assert_eq!(of(|what, _| matches!(what, What::Lwm2mVersion(..))), [10, 1]);

            // Minor steps that only add optional resources break nobody.
            let only_add = |diff: &&Diff| {
                !diff.changes.is_empty()
                    && diff
                        .changes
                        .iter()
                        .all(|change| change.what == What::Added { mandatory: false })
            };
            let adding: Vec<&Diff> = diffs.iter().filter(only_add).collect();
            assert!(adding.len() >= 62);
            assert!(
                adding
                    .iter()
                    .all(|diff| !diff.breaks_client() && !diff.breaks_server())
            );

            // The rule of versions, where the registry broke it.
            let broken: Vec<(u16, String)> = diffs
                .iter()
                .filter(|diff| diff.should_be_major())
                .map(|diff| (diff.id, diff.to.to_string()))
                .collect();
            let expected = [
                (0, "1.2"),
                (1, "1.1"),
                (1, "1.2"),
                (2, "1.1"),
                (3, "1.1"),
                (3, "1.2"),
                (4, "1.2"),
                (4, "1.3"),
                (5, "1.1"),
                (10, "1.1"),
                (13, "1.1"),
            ];
            assert_eq!(broken, expected.map(|(id, version)| (id, version.to_owned())));
        }
    }

    fn thing(change: impl FnOnce(&mut Object)) -> Object {
        let mut object = Object::new(26241, "Thing", "urn:oma:lwm2m:x:26241");
        let mut resource = Resource::new(1, "Level");
        resource.resource_type = Some(ResourceType::Integer);
        resource.operations = lwm2m_codegen::model::Operations::RW;
        object.resources.push(resource);
        change(&mut object);
        object
    }

    fn range_of(object: &mut Object, text: &str) {
        object.resources[0].range = text.into();
        object.resources[0].constraint =
            range::parse(text, object.resources[0].resource_type).into_constraint();
    }

    /// Client broken, server broken, by each kind of change.
    #[test]
    fn whom_a_change_breaks() {
        use lwm2m_codegen::model::Operations;

        let breaks = |from: &Object, to: &Object| {
            let diff = Diff::new(from, to);
            assert_eq!(diff.changes.len(), 1, "{diff}");
            (diff.breaks_client(), diff.breaks_server())
        };
        let base = thing(|_| ());
        let added = |mandatory| {
            thing(|object| {
                let mut resource = Resource::new(2, "Other");
                resource.mandatory = mandatory;
                object.resources.push(resource);
            })
        };
        assert_eq!(Diff::new(&base, &base).changes, []);
        assert_eq!(breaks(&base, &added(false)), (false, false));
        assert_eq!(breaks(&base, &added(true)), (true, false));
        assert_eq!(breaks(&added(true), &base), (false, true));
        assert_eq!(breaks(&added(false), &added(true)), (true, false));
        assert_eq!(breaks(&added(true), &added(false)), (false, true));

        let operations = |operations| thing(|object| object.resources[0].operations = operations);
        for (from, to, expected) in [
            (Operations::R, Operations::RW, (true, false)),
            (Operations::RW, Operations::R, (false, true)),
            (Operations::R, Operations::W, (true, true)),
            (Operations::None, Operations::R, (true, false)),
            (Operations::E, Operations::None, (false, true)),
        ] {
            assert_eq!(
                breaks(&operations(from), &operations(to)),
                expected,
                "{from:?} to {to:?}"
            );
        }

        let ranged = |operations, text| {
            thing(|object| {
                object.resources[0].operations = operations;
                range_of(object, text);
            })
        };
        for (operations, from, to, expected) in [
            (Operations::R, "0..5", "0..9", (false, true)),
            (Operations::W, "0..5", "0..9", (true, false)),
            (Operations::R, "0..9", "0..5", (true, false)),
            (Operations::W, "", "0..5", (false, true)),
            (Operations::RW, "0..5", "1..6", (true, true)),
            (Operations::RW, "0..5", "0-5", (false, false)),
            (Operations::RW, "0..5", "some", (false, false)),
        ] {
            assert_eq!(
                breaks(&ranged(operations, from), &ranged(operations, to)),
                expected,
                "{from} to {to}"
            );
        }

        for change in [
            |object: &mut Object| object.resources[0].resource_type = Some(ResourceType::Float),
            |object: &mut Object| object.resources[0].multiple = true,
            |object: &mut Object| object.resources[0].units = "s".into(),
            |object: &mut Object| object.multiple = true,
            |object: &mut Object| object.urn = "urn:oma:lwm2m:ext:26241".into(),
        ] {
            assert_eq!(breaks(&base, &thing(change)), (true, true));
        }
        for change in [
            |object: &mut Object| object.resources[0].name = "Height".into(),
            |object: &mut Object| object.name = "Other".into(),
            |object: &mut Object| object.lwm2m_version = Version::V1_1,
            // Only objects 0, 1 and 3 are mandatory, whatever a definition says.
            |object: &mut Object| object.mandatory = true,
        ] {
            assert_eq!(breaks(&base, &thing(change)), (false, false));
        }
    }

    #[test]
    fn names_of_values_may_come_but_not_change() {
        let registry = Registry::embedded();
        let diff = Diff::new(registry.find("5@1.0").unwrap(), registry.find("5@1.1").unwrap());
        let names = diff
            .changes
            .iter()
            .find(|change| matches!(change.what, What::Enumeration { .. }))
            .unwrap();
        assert_eq!(names.effect, Effect::None);
        assert_eq!(
            names.to_string(),
            "5 Update Result: named values: added 10 11 [compatible]"
        );
        let back = Diff::new(registry.find("5@1.1").unwrap(), registry.find("5@1.0").unwrap());
        let names = back
            .changes
            .iter()
            .find(|change| matches!(change.what, What::Enumeration { .. }))
            .unwrap();
        assert_eq!(names.effect, Effect::Review);
    }

    #[test]
    fn are_told_in_words() {
        let registry = Registry::embedded();
        let diff = Diff::new(registry.find("3@1.1").unwrap(), registry.find("3@1.2").unwrap());
        let error_code = diff
            .changes
            .iter()
            .find(|change| matches!(&change.resource, Some((11, _))))
            .unwrap();
        assert!(matches!(
            error_code.what,
            What::Range {
                trend: Trend::Widened,
                ..
            }
        ));
        assert_eq!(
            diff.to_string(),
            "Object 3, version 1.1 to 1.2\n  9 Battery Level: units `%` to `/100` [breaks client and server]\n  \
             11 Error Code: range `0..8` to `0..32`, widened [breaks server]\n\
             breaks a client and a server of the older version\na breaking change asks for a new major version\n"
        );
    }
}
