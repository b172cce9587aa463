//! A bootstrap server, the devices that it configures, and the servers that it sends them to.

use std::net::SocketAddr;

use lwm2m_runtime::{
    bootstrap::{Anybody, Authoriser, BeginError, Event, Failure, Plan, Plans, Step},
    coap::Peer,
    configuration::{BootstrapConfiguration, Credentials, ServerAccount},
    model::{Path, Value, Version},
    net::{
        BootstrapEvents, BootstrapServer, BootstrapServerError, Client, ClientBuilder, Server, ServerEvent,
        StartError,
    },
    objects::Lwm2mServer,
    operation::{Operation, Status},
};
use tokio::net::UdpSocket;

use super::support::{account, device, server};

/// The plan for devices of a server.
fn plan(server: &Server) -> Plan {
    let uri = format!("coap://{}", server.local_address());
    let account = ServerAccount::new(7, uri, Credentials::NoSec);
    Plan::new(BootstrapConfiguration::new([account]))
}

/// A bootstrap server for every device whose name begins with `valve`, and all that happens there.
async fn bootstrap_server(plan: Plan) -> (BootstrapServer, BootstrapEvents) {
    let mut plans = Plans::new();
    plans.insert_pattern("valve-*", plan);
    let mut builder = BootstrapServer::builder(plans).bind("127.0.0.1:0".parse().unwrap());
    let events = builder.events();
    (builder.start().await.unwrap(), events)
}

/// A device that has no account but that at a bootstrap server.
fn factory(bootstrap_server: SocketAddr, endpoint: &str) -> ClientBuilder {
    Client::builder(endpoint)
        .bootstrap_server(format!("coap://{bootstrap_server}").as_str())
        .object(0, device())
}

fn stepwise(builder: ClientBuilder) -> ClientBuilder {
    builder.config(|config| config.bootstrap_pack = false)
}

#[tokio::test]
async fn a_device_is_configured_step_by_step_and_registers() {
    let server = server().await;
    let (bootstrap, mut events) = bootstrap_server(plan(&server)).await;
    let client = stepwise(factory(bootstrap.local_address(), "valve-1"));
    let client = client.start().await.unwrap();
    assert_eq!(client.registered().await, Ok(7));
    server.wait_for("valve-1").await.unwrap();

    let mut answered = Vec::new();
    let started = events.next().await.unwrap();
    let Event::Started {
        session,
        endpoint,
        peer,
    } = started
    else {
        panic!("{started:?}");
    };
    assert_eq!(endpoint, "valve-1");
    assert_eq!(peer.address.port(), client.local_address().port());
    loop {
        match events.next().await.unwrap() {
            Event::Answered {
                session: of,
                operation,
                path,
                status,
            } => {
                assert!(
                    of == session && status.is_success(),
                    "{operation} {path}: {status}"
                );
                answered.push((operation, path));
            }
            Event::Finished {
                session: of,
                endpoint,
            } => {
                assert_eq!((of, endpoint.as_str()), (session, "valve-1"));
                break;
            }
            Event::Discovered { present, .. } => assert_eq!(present.bootstrap_server(), Some(0)),
            other => panic!("{other:?}"),
        }
    }
    let expected = [
        (Operation::BootstrapDiscover, Path::ROOT),
        (Operation::BootstrapWrite, Path::instance(0, 1)),
        (Operation::BootstrapWrite, Path::instance(1, 0)),
        (Operation::BootstrapFinish, Path::ROOT),
    ];
    assert_eq!(answered, expected);
    assert!(bootstrap.sessions().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_device_is_configured_by_one_answer_and_registers() {
    let server = server().await;
    let (bootstrap, mut events) = bootstrap_server(plan(&server)).await;
    let client = factory(bootstrap.local_address(), "valve-1");
    let client = client.start().await.unwrap();
    assert_eq!(client.registered().await, Ok(7));
    match events.next().await.unwrap() {
        Event::Packed { endpoint, .. } => assert_eq!(endpoint, "valve-1"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn plans_change_while_it_runs() {
    let server = server().await;
    let (bootstrap, mut events) = bootstrap_server(plan(&server)).await;
    let address = bootstrap.local_address();
    let unknown = stepwise(factory(address, "meter-1")).start().await.unwrap();
    match events.next().await.unwrap() {
        Event::Refused { endpoint, status, .. } => assert_eq!(
            (endpoint.as_deref(), status),
            (Some("meter-1"), Status::BadRequest)
        ),
        other => panic!("{other:?}"),
    }
    drop(unknown);

    let plan = plan(&server);
    let other = bootstrap.clone();
    let replaced = other.plans(move |plans| plans.insert("meter-1", plan)).await;
    assert_eq!(replaced, Ok(None));
    let client = stepwise(factory(address, "meter-1")).start().await.unwrap();
    assert_eq!(client.registered().await, Ok(7));
}

#[tokio::test]
async fn a_session_is_begun_and_ended_from_here() {
    let (bootstrap, mut events) = bootstrap_server(plan(&server().await)).await;
    // A device that takes what it is sent and says nothing.
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();

    let unknown = bootstrap.begin(address, "meter-1").await;
    assert_eq!(unknown, Err(BootstrapServerError::Begin(BeginError::NoPlan)));
    let other_family = "[::1]:5683".parse().unwrap();
    let unreachable = bootstrap.begin(other_family, "valve-1").await;
    assert_eq!(
        unreachable,
        Err(BootstrapServerError::Unreachable {
            address: other_family
        })
    );

    let session = bootstrap.begin(address, "valve-1").await.unwrap();
    let mut datagram = [0; 64];
    let (length, from) = silent.recv_from(&mut datagram).await.unwrap();
    assert_eq!(from, bootstrap.local_address());
    // A confirmable GET: the Bootstrap-Discover.
    assert!(length > 4 && datagram[0] & 0x30 == 0 && datagram[1] == 1);

    let sessions = bootstrap.sessions().await.unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!((sessions[0].id, &*sessions[0].endpoint), (session, "valve-1"));
    assert_eq!(sessions[0].address, address);
    assert!(sessions[0].present.is_none() && sessions[0].version.is_none());

    assert_eq!(bootstrap.end(session).await, Ok(true));
    assert_eq!(bootstrap.end(session).await, Ok(false));
    assert!(bootstrap.sessions().await.unwrap().is_empty());
    let started = events.next().await.unwrap();
    assert!(matches!(started, Event::Started { .. }), "{started:?}");
    let failed = Event::Failed {
        session,
        endpoint: "valve-1".into(),
        failure: Failure::Ended,
    };
    assert_eq!(events.next().await, Some(failed));
}

#[tokio::test]
async fn a_device_of_lwm2m_1_0_is_sent_to_another_server_unasked() {
    let (here, elsewhere) = (server().await, server().await);
    let (bootstrap, mut events) = bootstrap_server(plan(&elsewhere)).await;
    let client = factory(bootstrap.local_address(), "valve-1")
        .server(account(&here))
        .config(|config| {
            config.versions = vec![Version::V1_0];
            config.server_initiated_bootstrap = true;
        })
        .bind("127.0.0.1:0".parse().unwrap());
    let client = client.start().await.unwrap();
    here.wait_for("valve-1").await.unwrap();

    let session = bootstrap.begin(client.local_address(), "valve-1").await.unwrap();
    loop {
        match events.next().await.unwrap() {
            Event::Finished { session: of, .. } => {
                assert_eq!(of, session);
                break;
            }
            Event::Failed { failure, .. } => panic!("{failure}"),
            _ => {}
        }
    }
    elsewhere.wait_for("valve-1").await.unwrap();
    assert_eq!(client.state(1).await, Ok(None), "its account here is gone");
}

// proves: BOOT-83
#[tokio::test]
async fn a_bootstrap_later_changes_a_single_resource_and_nothing_else() {
    let server = server().await;
    let (bootstrap, mut events) = bootstrap_server(plan(&server)).await;
    let client = stepwise(factory(bootstrap.local_address(), "valve-1"));
    let client = client.start().await.unwrap();
    let remote = server.wait_for("valve-1").await.unwrap();
    let lifetime = Path::resource(1, 0, 1);
    let before = client.get::<Lwm2mServer>(0).await.unwrap();

    let mut configuration = BootstrapConfiguration::default();
    configuration.values.set(lifetime, Value::Integer(600));
    let mut single = Plan::new(configuration);
    single.steps = vec![Step::Write(lifetime)];
    bootstrap
        .plans(|plans| plans.insert("valve-1", single))
        .await
        .unwrap();
    let mut registrations = server.events().await;
    assert_eq!(client.bootstrap().await, Ok(true));

    let mut asked = Vec::new();
    let mut sessions = 0;
    while sessions < 2 {
        match events.next().await.unwrap() {
            Event::Answered { path, status, .. } if sessions == 1 => {
                assert!(status.is_success(), "{path}: {status}");
                asked.push(path);
            }
            Event::Finished { .. } => sessions += 1,
            Event::Failed { failure, .. } => panic!("{failure}"),
            _ => {}
        }
    }
    assert_eq!(asked, [lifetime, Path::ROOT], "one Write, and Finish");
    let again = registrations.next().await.unwrap();
    assert!(matches!(again, ServerEvent::Registered { .. }), "{again:?}");
    assert_eq!(remote.registration().await.unwrap().lifetime, 600);
    let after = client.get::<Lwm2mServer>(0).await.unwrap();
    assert_eq!(
        after,
        Lwm2mServer {
            lifetime: 600,
            ..before
        }
    );
}

/// Nobody may be bootstrapped.
#[derive(Debug)]
struct Nobody;

impl Authoriser for Nobody {
    fn bootstrap(&mut self, _: Peer, _: &str) -> Result<(), Status> {
        Err(Status::Unauthorized)
    }
}

#[tokio::test]
async fn an_authoriser_decides_who_is_bootstrapped() {
    let mut plans = Plans::new();
    plans.insert_pattern("*", plan(&server().await));
    let mut builder = BootstrapServer::builder(plans)
        .bind("127.0.0.1:0".parse().unwrap())
        .authoriser(Anybody)
        .authoriser(Nobody);
    let mut events = builder.events();
    let bootstrap = builder.start().await.unwrap();
    let client = factory(bootstrap.local_address(), "valve-1");
    let _client = client.start().await.unwrap();
    match events.next().await.unwrap() {
        Event::Refused { status, .. } => assert_eq!(status, Status::Unauthorized),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_bootstrap_server_that_has_stopped_says_so_and_frees_its_address() {
    let plan = plan(&server().await);
    let (bootstrap, mut events) = bootstrap_server(plan.clone()).await;
    let address = bootstrap.local_address();
    let twice = BootstrapServer::builder(Plans::new()).bind(address);
    match twice.start().await {
        Err(error @ StartError::Bind { .. }) => assert!(error.to_string().contains("in use"), "{error}"),
        other => panic!("{other:?}"),
    }
    bootstrap.stop().await;
    bootstrap.stop().await;
    assert_eq!(events.next().await, None);
    assert_eq!(bootstrap.events().await.next().await, None);
    let stopped = Some(BootstrapServerError::Stopped);
    assert_eq!(bootstrap.sessions().await.err(), stopped);
    assert_eq!(bootstrap.begin(address, "valve-1").await.err(), stopped);
    assert_eq!(bootstrap.plans(|_| ()).await.err(), stopped);

    let again = BootstrapServer::builder(Plans::new()).bind(address);
    let again = again.start().await.unwrap();
    let mut events = again.events().await;
    drop(again);
    assert_eq!(events.next().await, None, "it ends with its last handle");
}
