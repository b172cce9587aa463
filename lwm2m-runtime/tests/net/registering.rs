//! Registration, its end, and what cannot start.

use lwm2m_runtime::{
    client::{Event, State},
    model::Path,
    net::{Client, ClientError, DeviceError, Server, ServerAccount, ServerEvent, StartError, UriError},
    objects::Lwm2mServer,
    server::EndReason,
};

use super::support::{Valve, account, builder, device, pair, server, valve};

#[tokio::test]
async fn a_registration_says_what_the_device_is() {
    let (server, client, remote) = pair().await;
    let registration = remote.registration().await.unwrap();
    assert_eq!(&*registration.endpoint, "valve-1");
    assert_eq!(registration.lifetime, 300);
    assert_eq!(registration.address.port(), client.local_address().port());
    let objects = [
        Path::instance(1, 0),
        Path::instance(3, 0),
        Path::instance(42769, 0),
    ];
    assert_eq!(registration.paths(), objects);
    assert_eq!(client.registered().await, Ok(1));
    assert_eq!(client.state(1).await, Ok(Some(State::Registered)));
    assert_eq!(client.state(2).await, Ok(None));
    let all = server.registrations().await.unwrap();
    assert_eq!(all.len(), 1);
}

#[tokio::test]
async fn events_tell_of_registrations_from_beginning_to_end() {
    let server = server().await;
    let mut events = server.events().await;
    let client = builder(&server, "valve-1").start().await.unwrap();
    match events.next().await.unwrap() {
        ServerEvent::Registered { device, again, .. } => {
            assert_eq!((device.endpoint(), again), ("valve-1", false));
        }
        other => panic!("{other:?}"),
    }
    client.registered().await.unwrap();
    client.insert(1, valve()).await.unwrap();
    match events.next().await.unwrap() {
        ServerEvent::Updated { device, changes } => {
            assert!(changes.objects);
            let paths = device.registration().await.unwrap().paths();
            assert!(paths.contains(&Path::instance(42769, 1)));
        }
        other => panic!("{other:?}"),
    }
    client.stop().await;
    match events.next().await.unwrap() {
        ServerEvent::Ended { device, reason } => {
            assert_eq!((device.endpoint(), reason), ("valve-1", EndReason::Deregistered));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(client.registered().await, Err(ClientError::Stopped));
}

#[tokio::test]
async fn a_client_that_nobody_holds_any_more_deregisters() {
    let (server, client, remote) = pair().await;
    let mut events = server.events().await;
    drop(client);
    let ended = events.next().await.unwrap();
    assert!(matches!(ended, ServerEvent::Ended { .. }), "{ended:?}");
    let error = remote.get(Valve::OPENING.at(0)).await.unwrap_err();
    assert!(matches!(error, DeviceError::NotRegistered { .. }), "{error}");
}

#[tokio::test]
async fn a_changed_lifetime_reaches_the_server() {
    let (server, _client, remote) = pair().await;
    let mut events = server.events().await;
    remote.set(Lwm2mServer::LIFETIME.at(0), 900).await.unwrap();
    match events.next().await.unwrap() {
        ServerEvent::Updated { changes, .. } => assert!(changes.lifetime),
        other => panic!("{other:?}"),
    }
    assert_eq!(remote.registration().await.unwrap().lifetime, 900);
}

#[tokio::test]
async fn a_client_finds_back_to_a_server_that_was_started_again() {
    let (server, client, remote) = pair().await;
    let address = server.local_address();
    server.stop().await;
    assert_eq!(remote.get(Valve::OPENING.at(0)).await, Err(DeviceError::Stopped));
    let server = Server::builder().bind(address).start().await.unwrap();
    client.update_registration(1).await.unwrap();
    let remote = server.wait_for("valve-1").await.unwrap();
    assert_eq!(remote.get(Valve::OPENING.at(0)).await, Ok(50));
}

#[tokio::test]
async fn a_removed_device_registers_again() {
    let (server, client, remote) = pair().await;
    assert_eq!(server.remove("valve-1").await, Ok(true));
    assert_eq!(server.remove("valve-1").await, Ok(false));
    client.update_registration(1).await.unwrap();
    server.wait_for("valve-1").await.unwrap();
    assert_eq!(remote.get(Valve::OPENING.at(0)).await, Ok(50));
}

#[tokio::test]
async fn observations_go_on_after_a_new_registration() {
    let (server, client, remote) = pair().await;
    let mut seen = remote.observe(Valve::OPENING.at(0)).start().await.unwrap();
    assert_eq!(seen.next().await, Some(Ok(50)));
    client.deregister(1).await.unwrap();
    client.stop().await;
    drop(seen);
    // The same endpoint comes back without having said good-bye.
    let first = builder(&server, "valve-2").start().await.unwrap();
    let remote = server.wait_for("valve-2").await.unwrap();
    let mut seen = remote.observe(Valve::OPENING.at(0)).start().await.unwrap();
    assert_eq!(seen.next().await, Some(Ok(50)));
    let second = builder(&server, "valve-2").start().await.unwrap();
    second
        .update::<Valve>(0, |valve| valve.opening = 77)
        .await
        .unwrap();
    while let Some(Ok(opening)) = seen.next().await {
        if opening == 77 {
            break;
        }
    }
    second
        .update::<Valve>(0, |valve| valve.opening = 78)
        .await
        .unwrap();
    assert_eq!(seen.next().await, Some(Ok(78)));
    drop(first);
}

#[tokio::test]
async fn two_servers_have_one_device() {
    let (one, two) = (server().await, server().await);
    let client = Client::builder("valve-1")
        .server(account(&one))
        .server(account(&two).short_server_id(7))
        .object(0, device())
        .start()
        .await
        .unwrap();
    one.wait_for("valve-1").await.unwrap();
    two.wait_for("valve-1").await.unwrap();
    assert!(client.state(7).await.unwrap().is_some());
    client.stop().await;
    assert!(one.registrations().await.unwrap().is_empty());
    assert!(two.registrations().await.unwrap().is_empty());
}

#[tokio::test]
async fn names_are_looked_up() {
    let server = Server::builder().port(0).start().await.unwrap();
    let uri = format!("coap://localhost:{}", server.local_address().port());
    let client = Client::builder("valve-1")
        .server(ServerAccount::new(uri))
        .object(0, device())
        .start()
        .await
        .unwrap();
    assert_eq!(client.registered().await, Ok(1));
    server.wait_for("valve-1").await.unwrap();
}

#[tokio::test]
async fn a_name_without_an_address_is_a_failed_attempt() {
    let client = Client::builder("valve-1")
        // Reserved never to exist (RFC 2606).
        .server("coap://server.invalid")
        .object(0, device())
        .start()
        .await
        .unwrap();
    let mut events = client.events().await;
    // The attempt may have failed before somebody listened.
    if client.state(1).await != Ok(Some(State::Retrying)) {
        while !matches!(events.next().await, Some(Event::RegistrationFailed { .. })) {}
    }
    client.stop().await;
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let client = |uri: &str| Client::builder("valve-1").server(uri).start();
    let error = client("coaps://localhost").await.unwrap_err();
    assert!(
        matches!(
            error,
            StartError::Uri {
                error: UriError::Secure,
                ..
            }
        ),
        "{error}"
    );
    let error = Client::builder("valve-1").start().await.unwrap_err();
    assert!(matches!(error, StartError::NoServer), "{error}");
    let error = Client::builder("")
        .server("coap://[::1]")
        .start()
        .await
        .unwrap_err();
    assert!(matches!(error, StartError::EndpointName), "{error}");
    let error = Client::builder("valve-1")
        .server("coap://[::1]")
        .object(1, device())
        .start()
        .await
        .unwrap_err();
    assert!(matches!(error, StartError::Tree(_)), "{error}");
    let taken = server().await;
    let error = Server::builder()
        .bind(taken.local_address())
        .start()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("is in use"), "{error}");
}
