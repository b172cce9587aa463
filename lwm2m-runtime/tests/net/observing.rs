//! Observations, and Send.

use lwm2m_runtime::{
    client::Event,
    encoding::{Content, Record},
    model::{Path, Value, Version},
    net::{ClientError, DeviceError},
    objects::Device,
    operation::{Operation, Status},
};

use super::support::{Valve, pair, pair_in};

#[tokio::test]
async fn an_observation_is_a_stream_of_values() {
    let (_server, client, remote) = pair().await;
    let mut seen = remote.observe(Valve::TEMPERATURE.at(0)).start().await.unwrap();
    assert_eq!(seen.next().await, Some(Ok(20.5)));
    for celsius in [21.0, 25.0, 19.5] {
        client
            .update::<Valve>(0, move |valve| valve.temperature = Some(celsius))
            .await
            .unwrap();
        assert_eq!(seen.next().await, Some(Ok(celsius)));
    }
    assert_eq!(seen.take_missed(), 0);
}

#[tokio::test]
async fn several_changes_at_once_are_one_notification() {
    let (_server, client, remote) = pair().await;
    let paths = (Valve::OPENING.at(0), Device::BATTERY_LEVEL.at(0));
    let mut seen = remote.observe(paths).start().await.unwrap();
    assert_eq!(seen.next().await, Some(Ok((50, 87))));
    client
        .change(|tree| {
            tree.update::<Valve, _>(0, |valve| valve.opening = 60);
            tree.update::<Device, _>(0, |device| device.battery_level = Some(86));
        })
        .await
        .unwrap();
    assert_eq!(seen.next().await, Some(Ok((60, 86))));
}

#[tokio::test]
async fn attributes_decide_what_is_notified_in_every_version() {
    for version in [Version::V1_0, Version::V1_1, Version::V1_2] {
        let (_server, client, remote) = pair_in(version).await;
        let observe = remote.observe(Valve::TEMPERATURE.at(0)).gt(25.0);
        let mut seen = observe.start().await.unwrap();
        assert_eq!(seen.next().await, Some(Ok(20.5)));
        for celsius in [22.0, 24.0, 26.0] {
            client
                .update::<Valve>(0, move |valve| valve.temperature = Some(celsius))
                .await
                .unwrap();
            // Each change is looked at by itself.
            assert_eq!(remote.get(Valve::TEMPERATURE.at(0)).await, Ok(celsius));
        }
        assert_eq!(seen.next().await, Some(Ok(26.0)), "LwM2M {version}");
    }
}

#[tokio::test]
async fn what_is_not_there_cannot_be_observed() {
    let (_server, _client, remote) = pair().await;
    let error = remote.observe(Valve::PROGRAM.at(0)).start().await.unwrap_err();
    let refused = DeviceError::Refused {
        operation: Operation::Observe,
        path: Valve::PROGRAM.at(0).path(),
        status: Status::NotFound,
    };
    assert_eq!(error, refused);
}

#[tokio::test]
async fn dropping_an_observation_cancels_it() {
    let (_server, client, remote) = pair().await;
    let mut events = client.events().await;
    let path = Path::instance(42769, 0);
    let mut seen = remote.observe_path(path).start().await.unwrap();
    assert_eq!(seen.next().await.unwrap().unwrap().value.len(), 4);
    drop(seen);
    loop {
        match events.next().await.unwrap() {
            Event::ObservationEnded { path: ended, server } => {
                assert_eq!((ended, server), (path, 1));
                return;
            }
            _ => continue,
        }
    }
}

#[tokio::test]
async fn a_slow_reader_sees_the_newest_and_learns_what_it_missed() {
    let (_server, client, remote) = pair().await;
    let opening = Valve::OPENING.at(0);
    let mut seen = remote.observe(opening).keep(2).start().await.unwrap();
    let mut witness = remote.observe(opening).start().await.unwrap();
    for value in [50, 51, 52, 53] {
        client
            .update::<Valve>(0, move |valve| valve.opening = value)
            .await
            .unwrap();
        assert_eq!(witness.next().await, Some(Ok(value)));
        // Both were notified when the witness was: the device answers in order.
        remote.get(opening).await.unwrap();
    }
    assert_eq!(seen.next().await, Some(Ok(52)));
    assert_eq!(seen.next().await, Some(Ok(53)));
    assert_eq!(seen.take_missed(), 2);
}

#[tokio::test]
async fn the_end_of_a_registration_ends_its_observations() {
    let (_server, client, remote) = pair().await;
    let mut seen = remote.observe(Valve::OPENING.at(0)).start().await.unwrap();
    assert_eq!(seen.next().await, Some(Ok(50)));
    client.stop().await;
    let end = seen.next().await.unwrap().unwrap_err();
    assert!(matches!(end, DeviceError::Failed(_)), "{end}");
    assert_eq!(seen.next().await, None);
}

#[tokio::test]
async fn a_device_sends_what_it_likes() {
    let (server, client, remote) = pair().await;
    let mut sends = server.sends().await;
    client.send(Valve::TEMPERATURE.at(0)).await.unwrap();
    let sent = sends.next().await.unwrap();
    assert_eq!(sent.device.endpoint(), remote.endpoint());
    let path = Valve::TEMPERATURE.at(0).path();
    assert_eq!(sent.records, [Record::new(path, Value::Float(20.5))]);
    let collected = [(1_700_000_000.0, 20.0), (1_700_000_060.0, 21.0)].map(|(time, celsius)| Record {
        time: Some(time),
        ..Record::new(path, Value::Float(celsius))
    });
    client.send_to(1, collected.to_vec()).await.unwrap();
    assert_eq!(sends.next().await.unwrap().records, collected);
    let error = client.send_to(7, path).await.unwrap_err();
    assert!(matches!(error, ClientError::Send(_)), "{error}");
    client.send([Path::instance(3, 0), path]).await.unwrap();
    let records = sends.next().await.unwrap().records;
    let battery = records
        .iter()
        .find(|record| record.path == Device::BATTERY_LEVEL.at(0).path());
    assert_eq!(battery.unwrap().content, Content::Value(Value::Integer(87)));
}
