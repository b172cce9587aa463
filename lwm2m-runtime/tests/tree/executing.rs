use lwm2m_runtime::{
    encoding::ContentFormat,
    model::{Value, Version},
    operation::{ExecuteInput, Payload, Request, Status},
    tree::Executed,
};

use crate::support::{Bench, path};

fn bench() -> Bench {
    Bench::new(Version::V1_1)
}

// proves: DM-45
#[test]
fn a_resource_is_executed() {
    let mut bench = bench();
    assert_eq!(bench.execute("/3/0/4", "").status, Status::Changed);
    assert_eq!(bench.execute("/3/0/4", "0,1='text'").status, Status::Changed);
    assert_eq!(
        bench.program.executed,
        [
            (path("/3/0/4"), String::new(), None),
            (path("/3/0/4"), "0,1='text'".into(), None),
        ]
    );
}

// proves: DM-46
#[test]
fn what_is_not_executable_is_not_executed() {
    let mut bench = bench();
    for (at, status) in [
        ("/3/0/0", Status::MethodNotAllowed),
        ("/3/0/14", Status::NotFound),
        ("/1/0/1", Status::MethodNotAllowed),
        ("/3/0/4/0", Status::MethodNotAllowed),
        ("/3", Status::MethodNotAllowed),
        ("/3/0", Status::MethodNotAllowed),
        ("/3/1/4", Status::NotFound),
        ("/3/0/99", Status::NotFound),
        ("/0/0/4", Status::Unauthorized),
        // Optional, and not there.
        ("/3/0/5", Status::NotFound),
    ] {
        assert_eq!(bench.execute(at, "").status, status, "{at}");
    }
    assert!(bench.program.executed.is_empty());
}

#[test]
fn an_optional_executable_resource_can_be_enabled() {
    let mut bench = bench();
    bench.tree.enable(3, 5).unwrap();
    assert_eq!(bench.execute("/3/0/5", "").status, Status::Changed);
    bench.tree.disable(3, 5).unwrap();
    assert_eq!(bench.execute("/3/0/5", "").status, Status::NotFound);
    assert!(bench.tree.disable(3, 4).is_err());
    assert!(bench.tree.enable(3, 4).is_ok());
    for (object, resource) in [(3, 0), (3, 99), (9, 0)] {
        assert!(bench.tree.enable(object, resource).is_err());
    }
}

// proves: DM-47 DM-48 DM-49 DM-51 ROB-55
#[test]
fn arguments_are_read_before_the_application_gets_them() {
    let mut bench = bench();
    for (arguments, status) in [
        ("0", Status::Changed),
        ("2='10.3'", Status::Changed),
        ("7,0='https://www.oma.org'", Status::Changed),
        ("1='with blank'", Status::Changed),
        ("0,0", Status::BadRequest),
        ("10", Status::BadRequest),
        ("a", Status::BadRequest),
        ("0,", Status::BadRequest),
        ("0='", Status::BadRequest),
        ("0='\"'", Status::BadRequest),
        ("0='\\'", Status::BadRequest),
        ("; rm -rf /", Status::BadRequest),
    ] {
        assert_eq!(bench.execute("/3/0/4", arguments).status, status, "{arguments}");
    }
    assert_eq!(bench.program.executed.len(), 4);
    bench.program.answer = Some(Executed::Done(Status::BadRequest));
    assert_eq!(bench.execute("/3/0/4", "9").status, Status::BadRequest);
}

// proves: DM-93
#[test]
fn a_payload_that_is_no_text_is_unsupported() {
    let mut bench = bench();
    for format in [ContentFormat::SENML_JSON, ContentFormat::TLV, ContentFormat(9999)] {
        let input = ExecuteInput::Payload(Payload::new(format, b"[]"));
        let request = Request::Execute {
            path: path("/3/0/4"),
            input,
        };
        assert_eq!(bench.perform(&request).status, Status::UnsupportedContentFormat);
    }
    assert!(bench.program.executed.is_empty());
}

#[test]
fn a_parameter_in_place_of_arguments_is_handed_on() {
    let mut bench = bench();
    let request = Request::Execute {
        path: path("/1/0/8"),
        input: ExecuteInput::Query("0=U"),
    };
    assert_eq!(bench.perform(&request).status, Status::Changed);
    assert_eq!(
        bench.program.executed,
        [(path("/1/0/8"), String::new(), Some("0=U".into()))]
    );
}

#[test]
fn an_execute_can_take_its_time() {
    let mut bench = bench();
    bench.program.answer = Some(Executed::Later);
    assert!(bench.execute("/3/0/4", "").deferred);
    bench.program.answer = Some(Executed::Done(Status::ServiceUnavailable));
    let answer = bench.execute("/3/0/4", "");
    assert_eq!(
        (answer.status, answer.deferred),
        (Status::ServiceUnavailable, false)
    );
}

#[test]
fn a_device_without_a_program_executes_nothing() {
    use lwm2m_runtime::{
        encoding::{FormatSet, Negotiation},
        reporting::AttachedAttributes,
        tree::Asker,
    };
    let mut tree = crate::support::tree();
    let formats = Negotiation::with_server(Version::V1_1, FormatSet::ALL);
    let request = Request::Execute {
        path: path("/3/0/4"),
        input: ExecuteInput::None,
    };
    let mut attached = AttachedAttributes::new(1);
    let outcome = tree.perform(
        Asker::new(1, &formats),
        &mut attached,
        &request,
        &mut (),
        &mut Vec::new(),
    );
    assert_eq!(outcome.status, Status::MethodNotAllowed);
}

// proves: OBJ-5-03
#[test]
fn a_package_is_taken_by_put_and_by_post() {
    let mut bench = bench();
    assert_eq!(
        bench.put_as("/5/0/0", ContentFormat::OPAQUE, b"put"),
        Status::Changed
    );
    assert_eq!(bench.value("/5/0/0"), Some(Value::Opaque(b"put".to_vec())));
    let input = ExecuteInput::Payload(Payload::new(ContentFormat::OPAQUE, b"post"));
    let request = Request::Execute {
        path: path("/5/0/0"),
        input,
    };
    assert_eq!(bench.perform(&request).status, Status::Changed);
    assert_eq!(bench.value("/5/0/0"), Some(Value::Opaque(b"post".to_vec())));
    // Without a payload, or with arguments, it is an Execute.
    assert_eq!(bench.execute("/5/0/0", "").status, Status::MethodNotAllowed);
    assert_eq!(bench.execute("/5/0/0", "0").status, Status::MethodNotAllowed);
}
