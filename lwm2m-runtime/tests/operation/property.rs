//! Requests written and read are themselves, and whatever is read can be written.

use lwm2m_runtime::{
    coap::{Code, OptionNumber},
    encoding::ContentFormat,
    link::{Attribute, AttributeChanges, NotificationAttributes},
    model::{Path, Version},
    operation::{CoapSession, Depth, ExecuteInput, Operation, Payload, Request, WriteMode},
};
use proptest::prelude::*;

use crate::{
    request::VERSIONS,
    wire::{Wire, both},
};

fn format() -> impl Strategy<Value = ContentFormat> {
    prop_oneof![
        prop::sample::select(vec![0, 40, 42, 60, 110, 112, 320, 322, 11542, 11543, 11544]),
        any::<u16>()
    ]
    .prop_map(ContentFormat)
}

fn path() -> impl Strategy<Value = Path> {
    prop::collection::vec(prop_oneof![0_u16..40, 0_u16..u16::MAX], 0..=4)
        .prop_map(|ids| Path::from_ids(&ids).unwrap())
}

prop_compose! {
    fn attributes()(
        pmin in prop::option::of(any::<u32>()), pmax in prop::option::of(any::<u32>()),
        gt in prop::option::of(-1e9..1e9), lt in prop::option::of(-1e9..1e9), st in prop::option::of(0.0..1e9),
        epmin in prop::option::of(any::<u32>()), epmax in prop::option::of(any::<u32>()),
        edge in any::<Option<bool>>(), con in any::<Option<bool>>(), hqmax in any::<Option<u32>>(),
        keep in any::<u16>(),
    ) -> NotificationAttributes {
        let mut attributes = NotificationAttributes { pmin, pmax, gt, lt, st, epmin, epmax, edge, con, hqmax };
        for attribute in Attribute::ALL.into_iter().filter(|attribute| keep & 1 << *attribute as u16 == 0) {
            attributes.set(attribute.name(), None).unwrap();
        }
        attributes
    }
}

fn attribute_changes() -> impl Strategy<Value = AttributeChanges> {
    (attributes(), any::<u16>()).prop_map(|(attributes, unset)| {
        let changes = AttributeChanges::from(attributes);
        let unset = Attribute::ALL
            .into_iter()
            .filter(|attribute| unset & 5 << *attribute as u16 == 0);
        unset.fold(changes, AttributeChanges::unset)
    })
}

fn request(bytes: &'static [u8], text: &'static str) -> impl Strategy<Value = Request<'static>> {
    let payload = move || format().prop_map(move |format| Payload::new(format, bytes));
    let accept = || prop::option::of(format());
    let input = match (bytes, text) {
        ([], "") => Just(ExecuteInput::None).boxed(),
        ([], query) => Just(ExecuteInput::Query(query)).boxed(),
        _ => payload().prop_map(ExecuteInput::Payload).boxed(),
    };
    prop_oneof![
        (path(), accept()).prop_map(|(path, accept)| Request::Read { path, accept }),
        (payload(), accept()).prop_map(|(paths, accept)| Request::ReadComposite { paths, accept }),
        (path(), prop::option::of(0_u8..4)).prop_map(|(path, depth)| Request::Discover {
            path,
            depth: depth.and_then(Depth::new)
        }),
        (path(), any::<bool>(), payload()).prop_map(|(path, replace, payload)| Request::Write {
            path,
            mode: if replace {
                WriteMode::Replace
            } else {
                WriteMode::Partial
            },
            payload
        }),
        payload().prop_map(|payload| Request::WriteComposite { payload }),
        (path(), attribute_changes()).prop_map(|(path, changes)| Request::WriteAttributes { path, changes }),
        (path(), input).prop_map(|(path, input)| Request::Execute { path, input }),
        (0..u16::MAX, payload()).prop_map(|(object, payload)| Request::Create { object, payload }),
        path().prop_map(|path| Request::Delete { path }),
        (path(), accept(), attributes()).prop_map(|(path, accept, attributes)| Request::Observe {
            path,
            accept,
            attributes
        }),
        (path(), accept(), attributes()).prop_map(|(path, accept, attributes)| Request::CancelObservation {
            path,
            accept,
            attributes
        }),
        (payload(), accept(), attributes()).prop_map(|(paths, accept, attributes)| {
            Request::ObserveComposite {
                paths,
                accept,
                attributes,
            }
        }),
        (payload(), accept(), attributes()).prop_map(|(paths, accept, attributes)| {
            Request::CancelObservationComposite {
                paths,
                accept,
                attributes,
            }
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_that_may_be_sent_is_itself_again(
        (request, alternate_path, version) in (
            prop::sample::select(vec![(&b""[..], ""), (b"", "0=U"), (b"\x00\xff", ""), (b"0='U'", "")]),
            prop::sample::select(vec!["", "lwm2m", "a/b", "/x/"]),
            prop::sample::select(VERSIONS.to_vec()),
        ).prop_flat_map(|((bytes, text), alternate_path, version)| {
            (request(bytes, text), Just(alternate_path), Just(version))
        })
    ) {
        let session = CoapSession::new(version).with_alternate_path(alternate_path);
        let form = session.request(&request);
        prop_assert_eq!(form.is_ok(), request.check(version).is_ok());
        let Ok(form) = form else { return Ok(()) };
        // The peer's definitions fit the request: only a multiple resource is partially updated.
        let multiple = request.operation() == Operation::WritePartial;
        for read in both(&form, |code, options, payload| {
            // Compared here, because the bytes do not outlive the call.
            match session.read_request(code, options, payload, |_| multiple) {
                Ok(read) if read == request => Ok(()),
                other => Err(format!("{other:?}")),
            }
        }) {
            prop_assert_eq!(read, Ok(()));
        }
    }

    #[test]
    fn any_message_is_read_or_refused(
        code in 1_u8..=7,
        options in prop::collection::vec((prop::sample::select(vec![6_u16, 11, 11, 12, 15, 15, 17]), prop_oneof![
            prop::sample::select(vec!["3", "0", "7", "pmin=1", "gt", "depth=1", "bs", "rd", "\0", "\x01", "("])
                .prop_map(|text| text.as_bytes().to_vec()),
            prop::collection::vec(any::<u8>(), 0..20)
        ]), 0..8),
        payload in prop::collection::vec(any::<u8>(), 0..20),
        multiple in any::<bool>(),
    ) {
        let mut wire = Wire::new(Code(code)).payload(&payload);
        for (number, value) in options {
            wire = wire.option(OptionNumber(number), &value);
        }
        wire.with(|message| {
            let session = CoapSession::new(Version::V1_2);
            let read = session.read_request(message.code, message.options, message.payload, |_| multiple);
            if let Ok(request) = read {
                let form = session.request(&request).expect("what was read may be sent");
                both(&form, |code, options, payload| {
                    assert_eq!(session.read_request(code, options, payload, |_| multiple), Ok(request));
                });
            }
            let _ = session.read_bootstrap_request(message.code, message.options, message.payload);
        });
    }
}
