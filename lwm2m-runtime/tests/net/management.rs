//! Reading, writing, executing, creating, deleting, discovering.

use lwm2m_runtime::{
    client::Event,
    encoding::{Content, Record},
    link::AttributeChanges,
    model::{Path, Value, Version},
    net::DeviceError,
    object::Instances,
    objects::{Device, Lwm2mAccessControl, Lwm2mServer},
    operation::{ArgumentsBuilder, Depth, Operation, Request, Status, WriteMode},
    tree::Executed,
};

use super::support::{Valve, account, builder, device, pair, pair_in, pair_of, server, valve};

#[tokio::test]
async fn instances_are_read_as_their_types() {
    let (_server, _client, remote) = pair().await;
    assert_eq!(remote.read::<Device>(0).await.unwrap(), device());
    assert_eq!(remote.read::<Valve>(0).await.unwrap(), valve());
    assert_eq!(remote.read_all::<Valve>().await.unwrap(), [(0, valve())]);
}

#[tokio::test]
async fn resources_are_read_alone_and_together() {
    let (_server, _client, remote) = pair().await;
    assert_eq!(remote.get(Valve::TEMPERATURE.at(0)).await.unwrap(), 20.5);
    let names: Instances<String> = remote.get(Valve::NAMES.at(0)).await.unwrap();
    assert_eq!(names, valve().names.unwrap());
    assert_eq!(
        remote.get(Valve::NAMES.at(0).instance(3)).await.unwrap(),
        "Einlass"
    );
    let (opening, battery, all) = remote
        .get((
            Valve::OPENING.at(0),
            Device::BATTERY_LEVEL.at(0),
            Valve::NAMES.at(0),
        ))
        .await
        .unwrap();
    assert_eq!((opening, battery, all), (50, 87, names));
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let (_server, _client, remote) = pair().await;
    let absent = Valve::PROGRAM.at(0);
    let refused = DeviceError::Refused {
        operation: Operation::Read,
        path: absent.path(),
        status: Status::NotFound,
    };
    let error = remote.get(absent).await.unwrap_err();
    assert_eq!(error, refused);
    assert!(error.to_string().contains("Discover"), "{error}");
    let error = remote.get((Valve::OPENING.at(0), absent)).await.unwrap_err();
    assert!(
        matches!(&error, DeviceError::Answer { .. }) && error.to_string().contains("/42769/0/3"),
        "{error}"
    );
}

#[tokio::test]
async fn a_device_of_1_0_is_read_one_by_one_for_a_tuple() {
    let (_server, _client, remote) = pair_in(Version::V1_0).await;
    assert_eq!(remote.registration().await.unwrap().version, Version::V1_0);
    let read = remote
        .get((Valve::OPENING.at(0), Device::BATTERY_LEVEL.at(0)))
        .await;
    assert_eq!(read.unwrap(), (50, 87));
    let error = remote.read_paths(&[Path::instance(3, 0)]).await.unwrap_err();
    assert!(matches!(error, DeviceError::Invalid(_)), "{error}");
}

#[tokio::test]
async fn writes_change_the_device() {
    let (_server, client, remote) = pair().await;
    remote.set(Valve::OPENING.at(0), 70).await.unwrap();
    let names: Instances<String> = [(1, "outlet".to_owned())].into();
    remote.set(Valve::NAMES.at(0), names.clone()).await.unwrap();
    remote.set(Valve::SECRET.at(0), "knock").await.unwrap();
    let changed = client.get::<Valve>(0).await.unwrap();
    assert_eq!(
        (changed.opening, changed.names, changed.secret),
        (70, Some(names), Some("knock".to_owned()))
    );
    let other = Valve {
        opening: 10,
        temperature: Some(99.0),
        ..Valve::default()
    };
    remote.write_partial(0, &other).await.unwrap();
    let partial = client.get::<Valve>(0).await.unwrap();
    assert_eq!((partial.opening, partial.temperature), (10, Some(20.5)));
    assert!(partial.names.is_some());
    remote.write(0, &other).await.unwrap();
    let replaced = client.get::<Valve>(0).await.unwrap();
    assert_eq!(
        (replaced.temperature, replaced.names, replaced.secret),
        (Some(20.5), None, None)
    );
}

#[tokio::test]
async fn a_write_out_of_range_stays_here_and_others_may_be_refused_there() {
    let (_server, client, remote) = pair_of(|builder| {
        builder.on_write(Valve::OPENING, |instance, opening| match (instance, opening) {
            (0, 90..) => Err(Status::MethodNotAllowed),
            _ => Ok(()),
        })
    })
    .await;
    let error = remote.set(Valve::OPENING.at(0), 101).await.unwrap_err();
    assert!(matches!(error, DeviceError::Constraint { .. }), "{error}");
    let error = remote.set(Valve::OPENING.at(0), 95).await.unwrap_err();
    assert_eq!(error.status(), Some(Status::MethodNotAllowed));
    remote.set(Valve::OPENING.at(0), 80).await.unwrap();
    assert_eq!(client.get::<Valve>(0).await.unwrap().opening, 80);
}

#[tokio::test]
async fn bodies_of_many_blocks_go_both_ways() {
    let (_server, client, remote) = pair().await;
    let program: Vec<u8> = (0..20_000_u32).map(|byte| byte as u8).collect();
    remote.set(Valve::PROGRAM.at(0), program.clone()).await.unwrap();
    assert_eq!(
        client.get::<Valve>(0).await.unwrap().program,
        Some(program.clone())
    );
    assert_eq!(remote.get(Valve::PROGRAM.at(0)).await.unwrap(), program);
}

#[tokio::test]
async fn executes_reach_the_program() {
    let (_server, client, remote) = pair_of(|builder| {
        builder.on_execute(Valve::CLOSE, |call| {
            let Some(Some(opening)) = call.arguments.get(0) else {
                return Err(Status::BadRequest);
            };
            let opening = opening.parse().map_err(|_| Status::BadRequest)?;
            call.tree
                .update::<Valve, _>(call.instance, |valve| valve.opening = opening);
            Ok(())
        })
    })
    .await;
    let arguments = ArgumentsBuilder::new().argument_with(0, "5").unwrap();
    remote.execute(Valve::CLOSE.at(0), arguments).await.unwrap();
    assert_eq!(client.get::<Valve>(0).await.unwrap().opening, 5);
    let error = remote.execute(Valve::CLOSE.at(0), ()).await.unwrap_err();
    assert_eq!(error.status(), Some(Status::BadRequest));
}

#[tokio::test]
async fn an_execute_may_be_answered_later() {
    let (_server, client, remote) =
        pair_of(|builder| builder.on_execute(Valve::CLOSE, |_| Executed::Later)).await;
    let mut events = client.events().await;
    let program = async {
        loop {
            if let Some(Event::Deferred { ticket, path, .. }) = events.next().await {
                assert_eq!(path, Valve::CLOSE.at(0).path());
                return client.complete(ticket, Status::ServiceUnavailable).await;
            }
        }
    };
    let (completed, executed) = tokio::join!(program, remote.execute(Valve::CLOSE.at(0), ()));
    assert_eq!(completed, Ok(true));
    assert_eq!(executed.unwrap_err().status(), Some(Status::ServiceUnavailable));
}

#[tokio::test]
async fn a_request_that_nobody_waits_for_holds_up_nothing() {
    let (_server, client, remote) =
        pair_of(|builder| builder.on_execute(Valve::CLOSE, |_| Executed::Later)).await;
    let mut events = client.events().await;
    let execute = remote.execute(Valve::CLOSE.at(0), ());
    let begun = async { while !matches!(events.next().await, Some(Event::Deferred { .. })) {} };
    tokio::select! {
        executed = execute => unreachable!("{executed:?}"),
        () = begun => {}
    }
    assert_eq!(remote.get(Valve::OPENING.at(0)).await, Ok(50));
}

#[tokio::test]
async fn values_are_brought_up_to_date_when_they_are_read() {
    let mut reading = 0.0;
    let (_server, _client, remote) = pair_of(move |builder| {
        builder.on_read(Valve::TEMPERATURE, move |_| {
            reading += 1.0;
            reading
        })
    })
    .await;
    assert_eq!(remote.get(Valve::TEMPERATURE.at(0)).await.unwrap(), 1.0);
    assert_eq!(remote.get(Valve::TEMPERATURE.at(0)).await.unwrap(), 2.0);
    // Not asked for.
    remote.get(Valve::OPENING.at(0)).await.unwrap();
    assert_eq!(remote.read::<Valve>(0).await.unwrap().temperature, Some(3.0));
}

#[tokio::test]
async fn instances_come_and_go() {
    let (_server, client, remote) = pair().await;
    let second = Valve {
        opening: 7,
        ..Valve::default()
    };
    assert_eq!(remote.create(Some(4), &second).await, Ok(4));
    let chosen = remote.create(None, &second).await.unwrap();
    assert!(![0, 4].contains(&chosen), "{chosen}");
    assert_eq!(client.get::<Valve>(4).await.unwrap(), second);
    assert_eq!(client.get::<Valve>(chosen).await.unwrap(), second);
    remote.delete::<Valve>(4).await.unwrap();
    assert!(client.get::<Valve>(4).await.is_err());
    let error = remote.delete::<Valve>(4).await.unwrap_err();
    assert_eq!(error.status(), Some(Status::NotFound));
}

#[tokio::test]
async fn what_there_is_can_be_discovered() {
    let (_server, _client, remote) = pair().await;
    let valve = Path::instance(42769, 0);
    let changes = AttributeChanges::parse(["pmin=10", "gt=21.5"]).unwrap();
    remote
        .write_attributes(Valve::TEMPERATURE.at(0).path(), changes)
        .await
        .unwrap();
    let links = remote.discover(valve).await.unwrap();
    let paths: Vec<_> = links.iter().map(|link| link.path.to_string()).collect();
    assert_eq!(paths, ["/42769/0", "/42769/0/0", "/42769/0/1", "/42769/0/2"]);
    assert_eq!(links[2].attributes, *changes.attributes());
    assert_eq!(links[3].dimension, Some(2));
    let links = remote.discover_to(valve, Depth::new(0)).await.unwrap();
    assert_eq!(links.len(), 1);
}

// proves: DM-86
#[tokio::test]
async fn what_a_device_could_only_refuse_is_not_sent() {
    for malformed in ["3/0/1", "/3/-1", "/3/0/x", "/3/0/65536", "/3//1", "/3/0/1/2/3"] {
        assert!(malformed.parse::<Path>().is_err(), "{malformed}");
    }
    let (_server, client, remote) = pair().await;
    for nothing in [Path::object(u16::MAX), Path::instance(3, u16::MAX)] {
        let error = remote.read_path(nothing).await.unwrap_err();
        assert!(matches!(error, DeviceError::Invalid(_)), "{nothing}: {error}");
    }
    let error = remote.set(Valve::OPENING.at(0), 101).await.unwrap_err();
    assert!(matches!(error, DeviceError::Constraint { .. }), "{error}");
    let lifetime = Lwm2mServer::LIFETIME.at(0).path();
    let retries = Path::resource(1, 0, 17);
    let offset = Device::UTC_OFFSET.at(0).path();
    let good = Record::new(lifetime, Value::Integer(600));
    for bad in [
        Record::new(lifetime, Value::String("long".into())),
        Record::new(lifetime, Value::Float(0.5)),
        Record::new(retries, Value::Integer(-1)),
        Record::new(offset, Value::Integer(2)),
    ] {
        let path = bad.path;
        let alone = remote
            .write_path(path, WriteMode::Replace, vec![bad.clone()])
            .await;
        let together = remote.write_composite(vec![good.clone(), bad]).await;
        for error in [alone.unwrap_err(), together.unwrap_err()] {
            assert!(
                matches!(&error, DeviceError::Type { path: at, .. } if *at == path),
                "{error}"
            );
            assert!(error.to_string().contains("it was not sent"), "{error}");
        }
    }
    // Default Notification Mode is 0 or 1.
    let mode = Record::new(Path::resource(1, 0, 26), Value::Integer(2));
    let alone = remote
        .write_path(mode.path, WriteMode::Replace, vec![mode.clone()])
        .await;
    let together = remote.write_composite(vec![good.clone(), mode]).await;
    for error in [alone.unwrap_err(), together.unwrap_err()] {
        assert!(matches!(error, DeviceError::Constraint { .. }), "{error}");
    }
    assert_eq!(client.get::<Lwm2mServer>(0).await.unwrap().lifetime, 300);
    remote.write_composite(vec![good]).await.unwrap();
    assert_eq!(client.get::<Lwm2mServer>(0).await.unwrap().lifetime, 600);
}

// proves: DM-30
#[tokio::test]
async fn writes_go_out_in_the_formats_that_a_device_offers() {
    use lwm2m_runtime::encoding::{Format, FormatSet};
    for offered in [
        Format::SenmlJson,
        Format::SenmlCbor,
        Format::Lwm2mCbor,
        Format::Tlv,
    ] {
        let (_server, client, remote) = pair_of(|builder| {
            let formats = FormatSet::of(&[Format::Text, Format::Opaque, offered]);
            builder.config(|config| config.formats = formats)
        })
        .await;
        // Its answers tell what it has; what it has not, it refuses with 4.15.
        remote.read::<Valve>(0).await.unwrap();
        let other = Valve {
            opening: 10,
            ..valve()
        };
        remote.write(0, &other).await.unwrap();
        remote.set(Valve::SECRET.at(0), "knock").await.unwrap();
        remote.set(Valve::PROGRAM.at(0), vec![1, 2]).await.unwrap();
        let written = client.get::<Valve>(0).await.unwrap();
        assert_eq!(
            (written.opening, written.program),
            (10, Some(vec![1, 2])),
            "{offered:?}"
        );
    }
}

#[tokio::test]
async fn everything_can_be_done_without_types() {
    let (_server, _client, remote) = pair().await;
    let opening = Valve::OPENING.at(0).path();
    let record = Record::new(opening, Value::Integer(33));
    remote
        .write_path(opening, WriteMode::Replace, vec![record.clone()])
        .await
        .unwrap();
    // The server knows no definition of the valve; Device is known.
    let read = remote.read_path(opening).await.unwrap();
    assert_eq!(read.len(), 1);
    let battery = Device::BATTERY_LEVEL.at(0).path();
    let read = remote.read_path(battery).await.unwrap();
    assert_eq!(read, [Record::new(battery, Value::Integer(87))]);
    let lifetime = Record::new(Lwm2mServer::LIFETIME.at(0).path(), Value::Integer(600));
    remote
        .write_composite(vec![record.clone(), lifetime.clone()])
        .await
        .unwrap();
    let both = remote.read_paths(&[opening, lifetime.path]).await.unwrap();
    let mut values: Vec<_> = both.into_iter().map(|record| record.content).collect();
    values.sort_by_key(|content| format!("{content:?}"));
    assert_eq!(
        values,
        [
            Content::Value(Value::Integer(33)),
            Content::Value(Value::Integer(600))
        ]
    );
    let answer = remote
        .request(&Request::Read {
            path: Path::instance(42769, 9),
            accept: None,
        })
        .await
        .unwrap();
    assert_eq!(answer.status, Status::NotFound);
}

/// A rule of access for an instance, with its owner and the rights of servers.
fn rule(object: u16, instance: u16, owner: i64, rights: &[(u16, i64)]) -> Lwm2mAccessControl {
    Lwm2mAccessControl {
        object_id: object.into(),
        object_instance_id: instance.into(),
        acl: Some(rights.iter().copied().collect()),
        access_control_owner: owner,
    }
}

// proves: ACL-26
#[tokio::test]
async fn an_owner_says_who_may_do_what_and_everybody_else_is_told_no() {
    let (owner, other) = (server().await, server().await);
    let _client = builder(&owner, "valve-1")
        .server(account(&other))
        .object(0, rule(42_769, 0, 1, &[(1, 15)]))
        .object(1, rule(1, 0, 1, &[]))
        .start()
        .await
        .unwrap();
    let of_owner = owner.wait_for("valve-1").await.unwrap();
    let of_other = other.wait_for("valve-1").await.unwrap();
    let refused = |operation, path| DeviceError::Refused {
        operation,
        path,
        status: Status::Unauthorized,
    };
    let opening = Valve::OPENING.at(0);
    let error = of_other.get(opening).await.unwrap_err();
    assert_eq!(error, refused(Operation::Read, opening.path()));
    assert!(error.to_string().contains("right"), "{error}");
    let acl = Lwm2mAccessControl::ACL.at(0);
    let mine: Instances<i64> = [(2, 15)].into();
    let error = of_other.set(acl, mine.clone()).await.unwrap_err();
    assert_eq!(error, refused(Operation::WriteReplace, acl.path()));

    // One entry more, and the whole list.
    of_owner.set(acl.instance(2), 1).await.unwrap();
    let rights = of_other.read::<Lwm2mAccessControl>(0).await.unwrap();
    assert_eq!(rights, rule(42_769, 0, 1, &[(1, 15), (2, 1)]));
    assert_eq!(of_other.get(opening).await.unwrap(), 50);
    let error = of_other.set(opening, 60).await.unwrap_err();
    assert_eq!(error.status(), Some(Status::Unauthorized));
    let both: Instances<i64> = [(1, 15), (2, 3)].into();
    of_owner.set(acl, both).await.unwrap();
    of_other.set(opening, 60).await.unwrap();

    // Handed over.
    let owns = Lwm2mAccessControl::ACCESS_CONTROL_OWNER.at(0);
    of_owner.set(owns, 2).await.unwrap();
    of_other.set(acl, mine).await.unwrap();
    let error = of_owner.get(opening).await.unwrap_err();
    assert_eq!(error.status(), Some(Status::Unauthorized));
}
