use lwm2m_runtime::{
    coap::Code,
    encoding::ContentFormat,
    model::{Objlnk, Path, Time, Value, ValueRef, Version},
    objects::{Device, Lwm2mServer},
    operation::Status,
};
use lwm2m_tests::pair::{path, values};

use crate::{
    fixtures::{
        VERSIONS, device_full, full_tree, registered, registered_with, server_extended, tree, usual_tree,
    },
    raw::Raw,
};

const MULTI: [(Version, ContentFormat); 3] = [
    (Version::V1_0, ContentFormat::TLV),
    (Version::V1_1, ContentFormat::SENML_CBOR),
    (Version::V1_2, ContentFormat::LWM2M_CBOR),
];

// proves: DM-11 DM-97
#[test]
fn int_205_writes_texts() {
    for version in VERSIONS {
        let mut pair = registered_with(version, tree(server_extended(), device_full()));
        let mark = pair.wire.mark();
        for (at, text) in [("/1/0/2", "101"), ("/1/0/3", "1010"), ("/1/0/5", "2000")] {
            assert_eq!(pair.put_text(at, text), Status::Changed);
            assert_eq!(pair.text(at), text);
        }
        let request = pair.wire.requests(mark, Code::PUT, "/1/0/2")[0];
        assert_eq!(
            (request.content_format(), request.payload()),
            (Some(0), &b"101"[..])
        );
        assert_eq!(
            pair.wire.response_to(request).unwrap().code(),
            Some(Code::CHANGED)
        );
        let server = pair.client().tree().get::<Lwm2mServer>(0).unwrap();
        assert_eq!(server.default_minimum_period, Some(101));
    }
}

#[test]
fn int_210_writes_bytes() {
    for version in VERSIONS {
        let mut tree = usual_tree();
        tree.insert_dynamic(
            0,
            crate::fixtures::dynamic(
                19,
                &[(Path::resource_instance(19, 0, 0, 0), ValueRef::Opaque(b"old"))],
            ),
        )
        .unwrap();
        let mut pair = registered_with(version, tree);
        let format = if version == Version::V1_0 {
            ContentFormat::TLV
        } else {
            ContentFormat::OPAQUE
        };
        let (at, bytes) = match version {
            Version::V1_0 => (
                "/19/0/0",
                values(
                    format,
                    "/19/0/0",
                    &[("/19/0/0/0", ValueRef::Opaque(b"\x00\xffnew"))],
                ),
            ),
            _ => ("/19/0/0/0", b"\x00\xffnew".to_vec()),
        };
        assert_eq!(pair.put(at, format, &bytes), Status::Changed);
        let value = pair.client().tree().value(path("/19/0/0/0"));
        assert_eq!(value, Some(ValueRef::Opaque(b"\x00\xffnew")));
    }
}

#[test]
fn int_212_writes_single_values_as_cbor() {
    for version in [Version::V1_1, Version::V1_2] {
        let mut pair = registered(version);
        for (at, value) in [
            ("/1/0/6", ValueRef::Boolean(true)),
            ("/1/0/2", ValueRef::Integer(30)),
        ] {
            let bytes = values(ContentFormat::CBOR, at, &[(at, value)]);
            assert_eq!(pair.put(at, ContentFormat::CBOR, &bytes), Status::Changed);
            assert_eq!(pair.get(at)[&path(at)].as_ref(), value);
        }
    }
}

// proves: DM-13 DM-16 DM-29
#[test]
fn int_215_a_partial_update_leaves_the_rest_and_a_replace_restores() {
    for (version, format) in MULTI {
        let mut pair = registered_with(version, tree(server_extended(), device_full()));
        let saved = pair.get("/1/0");
        let changed = [
            ("/1/0/2", ValueRef::Integer(101)),
            ("/1/0/3", ValueRef::Integer(1010)),
            ("/1/0/5", ValueRef::Integer(2000)),
            ("/1/0/6", ValueRef::Boolean(true)),
            ("/1/0/7", ValueRef::String("U")),
        ];
        let bytes = values(format, "/1/0", &changed);
        let mark = pair.wire.mark();
        assert_eq!(pair.post("/1/0", format, &bytes), Status::Changed);
        assert_eq!(pair.wire.requests(mark, Code::POST, "/1/0").len(), 1);
        let after = pair.get("/1/0");
        assert_eq!(after[&path("/1/0/1")], Value::Integer(86_400), "left alone");
        for (at, value) in changed {
            assert_eq!(after[&path(at)].as_ref(), value, "{version} {at}");
        }

        let writable: Vec<_> = saved
            .iter()
            .filter(|(at, _)| at.resource_id() != Some(0))
            .map(|(at, value)| (at.to_string(), value.clone()))
            .collect();
        let writable: Vec<_> = writable
            .iter()
            .map(|(at, value)| (&**at, value.as_ref()))
            .collect();
        let bytes = values(format, "/1/0", &writable);
        let mark = pair.wire.mark();
        assert_eq!(
            pair.put("/1/0", format, &bytes),
            Status::Changed,
            "{}",
            pair.log()
        );
        assert_eq!(pair.wire.requests(mark, Code::PUT, "/1/0").len(), 1);
        assert_eq!(pair.get("/1/0"), saved);

        // Optional resources that a replace does not name go; without a mandatory one it is refused.
        let some = [
            ("/1/0/1", ValueRef::Integer(86_400)),
            ("/1/0/6", ValueRef::Boolean(false)),
            ("/1/0/7", ValueRef::String("U")),
        ];
        let bytes = values(format, "/1/0", &some);
        assert_eq!(pair.put("/1/0", format, &bytes), Status::Changed);
        let left: Vec<_> = pair
            .get("/1/0")
            .keys()
            .filter_map(|at| at.resource_id())
            .collect();
        assert_eq!(left, [0, 1, 6, 7]);
        let bytes = values(format, "/1/0", &some[1..]);
        assert_eq!(pair.put("/1/0", format, &bytes), Status::BadRequest);
        assert_eq!(pair.get("/1/0").len(), 4);
    }
}

#[test]
fn int_220_updates_an_instance_by_json() {
    let mut pair = registered_with(Version::V1_0, tree(server_extended(), device_full()));
    let json = br#"{"bn":"/1/0/","e":[{"n":"2","v":20},{"n":"3","v":40},{"n":"6","bv":true}]}"#;
    assert_eq!(pair.post("/1/0", ContentFormat::JSON, json), Status::Changed);
    assert_eq!(pair.text("/1/0/2"), "20");
    assert_eq!(pair.text("/1/0/3"), "40");
    assert_eq!(pair.text("/1/0/6"), "1");
    // A number with a leading zero is no JSON.
    let json = br#"{"bn":"/1/0/","e":[{"n":"2","v":060}]}"#;
    assert_eq!(pair.post("/1/0", ContentFormat::JSON, json), Status::BadRequest);
    assert_eq!(pair.text("/1/0/2"), "20");
}

// proves: DM-90
#[test]
fn int_226_an_update_of_several_values_is_one_write_and_one_registration_update() {
    for (version, format) in MULTI {
        let mut pair = registered(version);
        let mark = pair.wire.mark();
        let bytes = values(
            format,
            "/1/0",
            &[
                ("/1/0/1", ValueRef::Integer(61)),
                ("/1/0/6", ValueRef::Boolean(true)),
            ],
        );
        assert_eq!(pair.post("/1/0", format, &bytes), Status::Changed);
        pair.settle();
        let updates: Vec<_> = pair
            .wire
            .requests_of(mark, lwm2m_tests::pair::client_address(0))
            .into_iter()
            .map(|sent| sent.query())
            .collect();
        assert_eq!(updates, [["lt=61"]]);
        let id = pair.registration();
        assert_eq!(pair.server().registration(id).unwrap().lifetime(), 61);
        assert!(
            pair.client()
                .tree()
                .get::<Lwm2mServer>(0)
                .unwrap()
                .notification_storing_when_disabled_or_offline
        );
    }
}

#[test]
fn int_227_a_replace_of_the_lifetime_leads_to_an_update() {
    for (version, format) in MULTI {
        let mut pair = registered(version);
        let bytes = values(
            format,
            "/1/0",
            &[
                ("/1/0/1", ValueRef::Integer(62)),
                ("/1/0/6", ValueRef::Boolean(false)),
                ("/1/0/7", ValueRef::String("U")),
            ],
        );
        let mark = pair.wire.mark();
        assert_eq!(pair.put("/1/0", format, &bytes), Status::Changed);
        pair.settle();
        let updates = pair.wire.requests_of(mark, lwm2m_tests::pair::client_address(0));
        assert_eq!(updates.len(), 1, "{}", pair.log());
        assert_eq!(updates[0].query(), ["lt=62"]);
    }
}

// proves: DM-12
#[test]
fn int_228_writes_one_instance_of_a_resource() {
    for version in [Version::V1_1, Version::V1_2] {
        let mut pair = registered_with(version, full_tree());
        let before = pair.get("/16/0/0");
        let mark = pair.wire.mark();
        assert_eq!(pair.put_text("/16/0/0/2", "Host SW #2"), Status::Changed);
        assert_eq!(pair.wire.requests(mark, Code::PUT, "/16/0/0/2").len(), 1);
        let mut expected = before;
        expected.insert(path("/16/0/0/2"), Value::String("Host SW #2".into()));
        assert_eq!(pair.get("/16/0/0"), expected);
    }
}

// proves: DM-15
#[test]
fn a_replace_of_a_multiple_resource_replaces_all_of_it_and_an_update_adds() {
    for (version, format) in MULTI {
        let mut pair = registered_with(version, full_tree());
        let some = [
            ("/16/0/0/1", ValueRef::String("one")),
            ("/16/0/0/7", ValueRef::String("seven")),
        ];
        let bytes = values(format, "/16/0", &some);
        assert_eq!(pair.post("/16/0", format, &bytes), Status::Changed);
        let ids = |pair: &mut lwm2m_tests::pair::Pair<_>| -> Vec<_> {
            let values = pair.get("/16/0/0");
            values.keys().filter_map(|at| at.resource_instance_id()).collect()
        };
        assert_eq!(ids(&mut pair), [0, 1, 2, 3, 7]);
        let bytes = values(format, "/16/0/0", &some);
        assert_eq!(pair.put("/16/0/0", format, &bytes), Status::Changed);
        assert_eq!(ids(&mut pair), [1, 7]);
    }
}

#[test]
fn int_233_writes_senml_json() {
    written_as(ContentFormat::SENML_JSON);
}

#[test]
fn int_234_writes_senml_cbor() {
    written_as(ContentFormat::SENML_CBOR);
}

fn written_as(format: ContentFormat) {
    for version in [Version::V1_1, Version::V1_2] {
        let mut pair = registered_with(version, tree(server_extended(), device_full()));
        let bytes = values(format, "/1/0/5", &[("/1/0/5", ValueRef::Integer(77))]);
        assert_eq!(pair.put("/1/0/5", format, &bytes), Status::Changed);
        let several = [
            ("/1/0/1", ValueRef::Integer(90)),
            ("/1/0/2", ValueRef::Integer(3)),
        ];
        let bytes = values(format, "/1/0", &several);
        let mark = pair.wire.mark();
        assert_eq!(pair.post("/1/0", format, &bytes), Status::Changed);
        pair.settle();
        let update = pair.wire.requests_of(mark, lwm2m_tests::pair::client_address(0));
        assert_eq!(update.len(), 1);
        assert_eq!(update[0].query(), ["lt=90"]);
        assert_eq!(
            (pair.text("/1/0/5"), pair.text("/1/0/2")),
            ("77".into(), "3".into())
        );
    }
}

// proves: DM-18 DM-19 DM-24
#[test]
fn int_256_a_read_only_resource_keeps_its_value() {
    for (version, format) in MULTI {
        let mut pair = registered(version);
        assert_eq!(pair.put_text("/1/0/0", "123"), Status::MethodNotAllowed);
        assert_eq!(pair.text("/1/0/0"), "1");
        // Nor by what else is in the same request, in whatever order.
        for order in [[0, 1], [1, 0]] {
            let both = [
                ("/1/0/0", ValueRef::Integer(123)),
                ("/1/0/1", ValueRef::Integer(99)),
            ];
            let bytes = values(format, "/1/0", &[both[order[0]], both[order[1]]]);
            assert_eq!(pair.post("/1/0", format, &bytes), Status::MethodNotAllowed);
            assert_eq!(
                (pair.text("/1/0/0"), pair.text("/1/0/1")),
                ("1".into(), "86400".into())
            );
        }
    }
}

// proves: DM-20 DM-21 DM-22 DM-26
#[test]
fn what_does_not_fit_is_refused_and_what_is_unknown_ignored() {
    for (version, format) in MULTI {
        let mut pair = registered_with(version, tree(server_extended(), device_full()));
        assert_eq!(pair.put_text("/1/0/2", "often"), Status::BadRequest);
        assert_eq!(pair.put_text("/1/0/6", "2"), Status::BadRequest);
        if version == Version::V1_2 {
            // Profile ID Hash Algorithm: 0 to 255.
            assert_eq!(pair.put_text("/1/0/27", "256"), Status::BadRequest);
            assert_eq!(pair.put_text("/1/0/27", "255"), Status::Changed);
        }
        let unsupported = pair.put("/1/0/2", ContentFormat(60_000), b"1");
        assert_eq!(unsupported, Status::UnsupportedContentFormat);
        assert_eq!(pair.text("/1/0/2"), "1");
        let unknown = [
            ("/1/0/2", ValueRef::Integer(9)),
            ("/1/0/30000", ValueRef::Integer(1)),
        ];
        let bytes = values(format, "/1/0", &unknown);
        assert_eq!(pair.post("/1/0", format, &bytes), Status::Changed);
        assert_eq!(pair.text("/1/0/2"), "9");

        let without_format = Raw {
            payload: b"1",
            ..Raw::new(Code::PUT, "/1/0/2")
        };
        assert_eq!(without_format.code(&mut pair), Code::BAD_REQUEST);
        let whole_object = Raw::new(Code::PUT, "/1").payload(11542, &[0xe1, 2, 1]);
        assert_eq!(whole_object.code(&mut pair), Code::METHOD_NOT_ALLOWED);

        for (link, status) in [
            (Objlnk::new(3, 0), Status::Changed),
            (Objlnk::new(3, u16::MAX), Status::Changed),
            (Objlnk::NULL, Status::Changed),
            (Objlnk::new(3, 7), Status::BadRequest),
            (Objlnk::new(4711, u16::MAX), Status::BadRequest),
        ] {
            // APN Link.
            assert_eq!(
                pair.put_text("/1/0/10", &link.to_string()),
                status,
                "{version} {link}"
            );
        }
    }
}

// proves: DM-17
#[test]
fn int_651_the_writable_part_of_the_device() {
    for (version, format) in MULTI {
        let mut pair = registered_with(version, full_tree());
        let some = [
            ("/3/0/13", ValueRef::Time(Time(1_500_000_000))),
            ("/3/0/14", ValueRef::String("+12:00")),
            ("/3/0/15", ValueRef::String("Pacific/Auckland")),
        ];
        let bytes = values(format, "/3/0", &some);
        assert_eq!(pair.post("/3/0", format, &bytes), Status::Changed);
        let device = pair.client().tree().get::<Device>(0).unwrap();
        assert_eq!(device.current_time, Some(Time(1_500_000_000)));
        assert_eq!(device.utc_offset.as_deref(), Some("+12:00"));
        let before = pair.get("/3/0");
        let saved = [
            ("/3/0/13", ValueRef::Time(Time(1_367_491_215))),
            ("/3/0/14", ValueRef::String("+02:00")),
            ("/3/0/15", ValueRef::String("Europe/Berlin")),
        ];
        let bytes = values(format, "/3/0", &saved);
        assert_eq!(
            pair.put("/3/0", format, &bytes),
            Status::Changed,
            "{}",
            pair.log()
        );
        let after = pair.get("/3/0");
        assert_eq!(after.len(), before.len(), "what is not writable is left alone");
        assert_eq!(after[&path("/3/0/15")], Value::String("Europe/Berlin".into()));
    }
}

#[test]
fn the_program_may_refuse_a_value() {
    for (version, format) in MULTI {
        let mut pair = registered_with(version, full_tree());
        pair.application()
            .refuse
            .insert(path("/3/0/14"), Status::BadRequest);
        let some = [
            ("/3/0/14", ValueRef::String("+12:00")),
            ("/3/0/15", ValueRef::String("Pacific/Auckland")),
        ];
        let bytes = values(format, "/3/0", &some);
        assert_eq!(pair.post("/3/0", format, &bytes), Status::BadRequest);
        assert_eq!(
            (pair.text("/3/0/14"), pair.text("/3/0/15")),
            ("+02:00".into(), "Europe/Berlin".into())
        );
    }
}

#[test]
fn int_1901_writes_data_for_the_application() {
    let at = Path::resource_instance(19, 1, 0, 0);
    for (version, format) in MULTI {
        let mut tree = usual_tree();
        let instance = crate::fixtures::dynamic(19, &[(at, ValueRef::Opaque(b""))]);
        tree.insert_dynamic(1, instance).unwrap();
        let mut pair = registered_with(version, tree);
        let bytes = values(format, "/19/1/0", &[("/19/1/0/0", ValueRef::Opaque(b"down"))]);
        assert_eq!(pair.put("/19/1/0", format, &bytes), Status::Changed);
        assert_eq!(pair.client().tree().value(at), Some(ValueRef::Opaque(b"down")));
    }
}
