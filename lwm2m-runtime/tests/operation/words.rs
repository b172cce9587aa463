//! The words of the operations: arguments, bindings, parameters, statuses.

use lwm2m_runtime::{
    coap::Code,
    encoding::{ContentFormat, FormatSet, Negotiation, PayloadKind},
    model::Version,
    operation::{
        Arguments, ArgumentsBuilder, ArgumentsError, Binding, ParameterError, ProfileId, RegisterParameters,
        Status, Transport, UpdateParameters,
    },
};
use proptest::prelude::*;

fn arguments(text: &str) -> Result<Vec<(u8, Option<String>)>, ArgumentsError> {
    let arguments = Arguments::parse(text.as_bytes())?;
    assert_eq!(arguments.as_str(), text);
    Ok(arguments
        .iter()
        .map(|argument| (argument.number, argument.value.map(str::to_owned)))
        .collect())
}

fn register<'a>(queries: &[&'a str]) -> Result<RegisterParameters<'a>, ParameterError> {
    RegisterParameters::parse(queries.iter().map(|query| query.as_bytes()))
}

fn update<'a>(queries: &[&'a str], version: Version) -> Result<UpdateParameters<'a>, ParameterError> {
    UpdateParameters::parse(queries.iter().map(|query| query.as_bytes()), version)
}

#[test]
fn execute_arguments_are_read_by_the_grammar() {
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(arguments("").unwrap(), []);
    assert_eq!(arguments("5").unwrap(), [(5, None)]);
    assert_eq!(arguments("2='10.3'").unwrap(), [(2, some("10.3"))]);
    assert_eq!(
        arguments("7,0='https://www.oma.org'").unwrap(),
        [(7, None), (0, some("https://www.oma.org"))]
    );
    assert_eq!(arguments("0,1,2,3,4").unwrap().len(), 5);
    assert_eq!(
        arguments("0='a,b=c'").unwrap(),
        [(0, some("a,b=c"))],
        "commas are text inside quotes"
    );
    assert_eq!(arguments("0=''").unwrap(), [(0, some(""))]);
    assert_eq!(
        arguments("0='a b'").unwrap(),
        [(0, some("a b"))],
        "one printed example has a blank"
    );
}

#[test]
fn execute_arguments_outside_the_grammar_are_refused_where_they_leave_it() {
    let cases = [
        (",", 0),
        ("5,", 1),
        ("a", 0),
        ("55", 1),
        ("5=", 2),
        ("5=a", 2),
        ("5='a", 4),
        ("5='a'b", 5),
        ("5='\"'", 3),
        ("5='\\'", 3),
        ("5='\u{e9}'", 3),
        ("5='\n'", 3),
        (" 5", 0),
        ("5, 6", 2),
    ];
    for (text, offset) in cases {
        assert_eq!(
            arguments(text),
            Err(ArgumentsError::Syntax { offset }),
            "{text:?}"
        );
    }
    assert_eq!(arguments("1,1"), Err(ArgumentsError::Repeated { number: 1 }));
    assert_eq!(
        arguments("1,2,1='x'"),
        Err(ArgumentsError::Repeated { number: 1 })
    );
}

// proves: DM-49
#[test]
fn a_blank_in_an_argument_is_accepted_and_never_sent() {
    assert!(Arguments::parse(b"0='a b'").is_ok());
    assert_eq!(
        ArgumentsBuilder::new().argument_with(0, "a b"),
        Err(ArgumentsError::Syntax { offset: 1 })
    );
}

#[test]
fn arguments_are_built_only_by_the_grammar() {
    let built = ArgumentsBuilder::new()
        .argument(5)
        .unwrap()
        .argument_with(0, "U")
        .unwrap();
    assert_eq!(built.as_str(), "5,0='U'");
    assert_eq!(built.as_arguments().get(0), Some(Some("U")));
    assert_eq!(
        built.clone().argument(5),
        Err(ArgumentsError::Repeated { number: 5 })
    );
    assert_eq!(built.argument(10), Err(ArgumentsError::Number { number: 10 }));
    for text in ["'", "\"", "\\", "\u{7f}", "é"] {
        assert!(
            ArgumentsBuilder::new().argument_with(1, text).is_err(),
            "{text:?}"
        );
    }
}

// proves: REG-73 REG-74
#[test]
fn a_binding_is_read_by_the_version_of_the_session() {
    for text in ["U", "UQ", "S", "SQ", "US", "UQS"] {
        let binding = Binding::parse(text, Version::V1_0).unwrap();
        assert_eq!(binding.to_string(), text);
        assert_eq!(binding.queue(), text.contains('Q'));
    }
    for text in ["", "UQSQ", "USQ", "SU", "Q", "T", "UT", "u"] {
        assert_eq!(Binding::parse(text, Version::V1_0), None, "{text:?}");
    }
    for text in ["U", "T", "US", "UTSN", "SU", "NT"] {
        let binding = Binding::parse(text, Version::V1_1).unwrap();
        assert_eq!(binding.transports().count(), text.len());
        assert!(!binding.queue());
    }
    for text in ["", "UQ", "UU", "M", "UH", "X", "U,T"] {
        assert_eq!(Binding::parse(text, Version::V1_1), None, "{text:?}");
    }
    assert!(
        Binding::parse("UTSNMH", Version::V1_2)
            .unwrap()
            .contains(Transport::Http)
    );
    assert_eq!(Binding::default(), Binding::U);
}

// proves: REG-75
#[test]
fn queue_mode_is_part_of_the_binding_in_1_0_and_a_parameter_since() {
    let old = register(&["ep=a", "lt=60", "lwm2m=1.0", "b=UQ"]).unwrap();
    assert!(old.queue && old.binding.contains(Transport::Udp));
    let new = register(&["ep=a", "lt=60", "lwm2m=1.1", "b=U", "Q"]).unwrap();
    assert!(new.queue && !new.binding.queue());
    assert_eq!(
        register(&["ep=a", "lt=60", "lwm2m=1.1", "b=UQ"]),
        Err(ParameterError::Invalid { parameter: "b" })
    );
    assert_eq!(
        register(&["ep=a", "lt=60", "lwm2m=1.0", "Q"]),
        Err(ParameterError::Unknown)
    );
}

#[test]
fn register_parameters_are_read_and_written() {
    let queries = [
        "ep=urn:dev:ops:node",
        "lt=86400",
        "lwm2m=1.2",
        "b=UT",
        "Q",
        "sms=4915112345",
        "pid=6:27354b9a",
    ];
    let parameters = register(&queries).unwrap();
    assert_eq!(parameters.endpoint, Some("urn:dev:ops:node"));
    assert_eq!(
        (parameters.lifetime, parameters.version),
        (Some(86_400), Version::V1_2)
    );
    assert_eq!((parameters.queue, parameters.sms), (true, Some("4915112345")));
    assert_eq!(parameters.profile_ids, [ProfileId::parse("6:27354b9a").unwrap()]);
    let mut written = Vec::new();
    parameters.for_each_query(|query| written.push(query.to_string()));
    assert_eq!(written, queries);

    // As little as possible, in another order.
    let least = register(&["lwm2m=1.1", "ep=node"]).unwrap();
    assert_eq!((least.lifetime, least.binding), (None, Binding::U));
    let mut written = Vec::new();
    RegisterParameters {
        queue: true,
        ..RegisterParameters::new("a", 0, Version::V1_0)
    }
    .for_each_query(|query| written.push(query.to_string()));
    assert_eq!(written, ["ep=a", "lt=0", "lwm2m=1.0", "b=UQ"]);
}

// proves: REG-16
#[test]
fn parameters_are_plain_utf_8_without_percent_decoding() {
    let parameters = register(&["ep=a%20b=ü&x", "lwm2m=1.1"]).unwrap();
    assert_eq!(parameters.endpoint, Some("a%20b=ü&x"));
    let broken: &[&[u8]] = &[b"ep=\xff", b"lwm2m=1.1"];
    assert_eq!(
        RegisterParameters::parse(broken.iter().copied()),
        Err(ParameterError::Utf8)
    );
}

#[test]
fn parameters_that_are_missing_malformed_repeated_or_unknown_are_refused() {
    let invalid = |parameter| Err(ParameterError::Invalid { parameter });
    assert_eq!(
        register(&["ep=a", "lt=1"]),
        Err(ParameterError::Missing { parameter: "lwm2m" })
    );
    for lifetime in ["lt=", "lt", "lt=-1", "lt=+1", "lt=1.0", "lt=4294967296", "lt=x"] {
        assert_eq!(register(&["lwm2m=1.1", lifetime]), invalid("lt"), "{lifetime}");
    }
    for version in ["lwm2m=1", "lwm2m=", "lwm2m=1.1.1", "lwm2m=x"] {
        assert_eq!(register(&[version]), invalid("lwm2m"), "{version}");
    }
    for twice in ["ep", "lt", "sms"] {
        let query = format!("{twice}=1");
        let queries = ["lwm2m=1.1", query.as_str(), query.as_str()];
        assert!(
            matches!(register(&queries), Err(ParameterError::Repeated { parameter }) if parameter == twice)
        );
    }
    assert_eq!(
        register(&["lwm2m=1.1", "Q", "Q"]),
        Err(ParameterError::Repeated { parameter: "Q" })
    );
    assert_eq!(register(&["lwm2m=1.1", "Q=1"]), invalid("Q"));
    assert_eq!(register(&["lwm2m=1.1", "ep="]), invalid("ep"));
    assert_eq!(register(&["lwm2m=1.1", "et=1"]), Err(ParameterError::Unknown));
}

#[test]
fn an_update_carries_what_changed_and_neither_name_nor_version() {
    assert!(update(&[], Version::V1_1).unwrap().is_empty());
    let changed = update(&["lt=600000"], Version::V1_1).unwrap();
    assert_eq!(changed.lifetime, Some(600_000));
    for (parameter, query) in [("ep", "ep=a"), ("lwm2m", "lwm2m=1.1")] {
        assert_eq!(
            update(&[query], Version::V1_1),
            Err(ParameterError::NotInUpdate { parameter })
        );
    }
    assert!(update(&["Q"], Version::V1_1).unwrap().queue);
    assert!(update(&["b=UQ"], Version::V1_0).unwrap().queue);
}

// proves: REG-84
#[test]
fn profile_ids_are_a_suite_and_a_hash_or_an_agreed_name() {
    for text in ["6:1234abcd", "1:00112233445566778899", "oma:1", "v:acme-7-B"] {
        assert_eq!(ProfileId::parse(text).unwrap().as_str(), text);
    }
    for text in [
        "",
        "6:",
        "6:1234abc",
        "6:1234ABCD",
        "7:1234abcd",
        "0:1234abcd",
        "oma:",
        "v:a_b",
        "x:1",
        "6-1234abcd",
    ] {
        assert_eq!(ProfileId::parse(text), None, "{text:?}");
    }
    let several = register(&["lwm2m=1.2", "pid=\"6:1234abcd,oma:1\"", "pid=v:x"]).unwrap();
    assert_eq!(several.profile_ids.len(), 3);
    for list in ["pid=\"6:1234abcd", "pid=6:1234abcd,", "pid=\"\"", "pid"] {
        assert!(register(&["lwm2m=1.2", list]).is_err(), "{list}");
    }
}

// proves: DM-84
#[test]
fn every_code_means_something_and_unknown_ones_what_their_class_means() {
    let known = [
        (Status::Created, "2.01"),
        (Status::Deleted, "2.02"),
        (Status::Changed, "2.04"),
        (Status::Content, "2.05"),
        (Status::BadRequest, "4.00"),
        (Status::Unauthorized, "4.01"),
        (Status::BadOption, "4.02"),
        (Status::Forbidden, "4.03"),
        (Status::NotFound, "4.04"),
        (Status::MethodNotAllowed, "4.05"),
        (Status::NotAcceptable, "4.06"),
        (Status::RequestEntityIncomplete, "4.08"),
        (Status::Conflict, "4.09"),
        (Status::PreconditionFailed, "4.12"),
        (Status::RequestEntityTooLarge, "4.13"),
        (Status::UnsupportedContentFormat, "4.15"),
        (Status::TooManyRequests, "4.29"),
        (Status::InternalServerError, "5.00"),
        (Status::NotImplemented, "5.01"),
        (Status::ServiceUnavailable, "5.03"),
    ];
    for (status, code) in known {
        assert_eq!(status.code().to_string(), code);
        assert_eq!(Status::from_code(status.code()), Some(status));
        assert!(status.to_string().starts_with(code));
    }
    assert_eq!(Status::from_code(Code::new(4, 17)), Some(Status::ClientError));
    assert_eq!(Status::from_code(Code::new(5, 30)), Some(Status::ServerError));
    for code in [
        Code::GET,
        Code::EMPTY,
        Code::CONTINUE,
        Code::new(3, 1),
        Code::PING,
    ] {
        assert_eq!(Status::from_code(code), None);
    }
}

// proves: DM-60
#[test]
fn a_wrong_format_has_the_status_of_its_operation() {
    let client = Negotiation::with_server(Version::V1_2, FormatSet::ALL);
    let links = Some(ContentFormat(40));
    let statuses = |payload| {
        let missing = client.receive(None, payload).unwrap_err();
        let unsupported = client.receive(links, payload).unwrap_err();
        let not_acceptable = client.answer(links, PayloadKind::Values).unwrap_err();
        [missing, unsupported, not_acceptable].map(|error| Status::from(error).code().to_string())
    };
    for payload in [PayloadKind::Values, PayloadKind::Value(None), PayloadKind::Send] {
        assert_eq!(statuses(payload), ["4.00", "4.15", "4.06"], "{payload:?}");
    }
    for payload in [
        PayloadKind::CompositePaths,
        PayloadKind::CompositeWrite { removes: false },
        PayloadKind::CompositeWrite { removes: true },
    ] {
        assert_eq!(statuses(payload), ["4.15", "4.15", "4.06"], "{payload:?}");
    }
}

proptest! {
    #[test]
    fn built_arguments_are_read_back(
        numbers in proptest::collection::btree_map(0_u8..10, proptest::option::of("[!#-&(-\\[\\]-~]{0,20}"), 0..10),
    ) {
        let mut builder = ArgumentsBuilder::new();
        for (number, value) in &numbers {
            builder = match value {
                Some(value) => builder.argument_with(*number, value).unwrap(),
                None => builder.argument(*number).unwrap(),
            };
        }
        let parsed = Arguments::parse(builder.as_str().as_bytes()).unwrap();
        let read: Vec<_> = parsed.iter().map(|argument| (argument.number, argument.value)).collect();
        let expected: Vec<_> = numbers.iter().map(|(number, value)| (*number, value.as_deref())).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn arbitrary_payloads_and_queries_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let _ = Arguments::parse(&bytes).map(|arguments| arguments.iter().count());
        let _ = RegisterParameters::parse(bytes.split(|byte| *byte == b'&'));
        let _ = UpdateParameters::parse(bytes.split(|byte| *byte == b'&'), Version::V1_2);
    }
}
