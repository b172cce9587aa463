//! What a device finds again after a restart, and how it comes to its accounts.

use std::{
    fmt, fs,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use lwm2m_runtime::{
    access_control::Rights,
    bootstrap::{Plan, Plans},
    client::{BOOTSTRAP_SERVER, BootstrapState, Event},
    configuration::{
        AccessRule, BootstrapConfiguration, BootstrapServerAccount, Credentials, RuleTarget, ServerAccount,
    },
    model::{Path, Value},
    net::{
        BootstrapServer, Client, ClientBuilder, ClientEvents, ClientTrouble, DeviceError, Server,
        ServerEvent, StartError, UriError,
    },
    objects::{self, Lwm2mAccessControl, Lwm2mServer},
    operation::Status,
    server::ServerConfig,
    storage::{OpenError, Slot, Slots},
};
use tokio::sync::watch;

use super::support::{Valve, account, device, server, valve};

#[derive(Clone, Default)]
struct Pages {
    a: Vec<u8>,
    b: Vec<u8>,
}

impl Pages {
    fn page(&mut self, slot: Slot) -> &mut Vec<u8> {
        match slot {
            Slot::A => &mut self.a,
            Slot::B => &mut self.b,
        }
    }
}

/// Two slots in memory, which can be broken.
#[derive(Clone)]
struct Memory {
    slots: Arc<Mutex<Pages>>,
    /// How many writes are going to fail.
    broken: Arc<AtomicU32>,
    writes: watch::Sender<u32>,
}

#[derive(Debug)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the medium is broken")
    }
}

impl std::error::Error for Broken {}

impl Memory {
    fn new() -> Self {
        Self {
            slots: Arc::default(),
            broken: Arc::default(),
            writes: watch::Sender::new(0),
        }
    }

    /// What is there now, as a device finds it that has crashed.
    fn after_a_crash(&self) -> Self {
        let copy = Self::new();
        *copy.slots.lock().unwrap() = self.slots.lock().unwrap().clone();
        copy
    }

    fn contains(&self, text: &str) -> bool {
        let slots = self.slots.lock().unwrap();
        let in_slot = |slot: &Vec<u8>| slot.windows(text.len()).any(|part| part == text.as_bytes());
        in_slot(&slots.a) || in_slot(&slots.b)
    }

    /// Waits until a text is kept.
    async fn kept(&self, text: &str) {
        let mut writes = self.writes.subscribe();
        writes.wait_for(|_| self.contains(text)).await.unwrap();
    }
}

impl Slots for Memory {
    type Error = Broken;

    fn read(&mut self, slot: Slot) -> Result<Vec<u8>, Broken> {
        Ok(self.slots.lock().unwrap().page(slot).clone())
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> Result<(), Broken> {
        let broken = self.broken.load(Ordering::SeqCst);
        if broken > 0 {
            self.broken.store(broken - 1, Ordering::SeqCst);
            return Err(Broken);
        }
        *self.slots.lock().unwrap().page(slot) = bytes.into();
        self.writes.send_modify(|writes| *writes += 1);
        Ok(())
    }
}

/// A directory of this test alone.
fn directory(name: &str) -> PathBuf {
    let name = format!("lwm2m-keeping-{name}-{}", std::process::id());
    let directory = std::env::temp_dir().join(name);
    fs::create_dir_all(&directory).unwrap();
    directory
}

async fn bootstrap_server(plan: Plan) -> BootstrapServer {
    let mut plans = Plans::new();
    plans.insert_pattern("*", plan);
    let builder = BootstrapServer::builder(plans).bind("127.0.0.1:0".parse().unwrap());
    builder.start().await.unwrap()
}

/// A plan with one account, whose Short Server ID is 7.
fn plan(uri: String) -> Plan {
    Plan::new(BootstrapConfiguration::new([ServerAccount::new(
        7,
        uri,
        Credentials::NoSec,
    )]))
}

fn uri(server: &Server) -> String {
    format!("coap://{}", server.local_address())
}

/// A device as it comes from the factory: with a bootstrap server, and nothing else to register with.
fn factory(bootstrap: &str) -> ClientBuilder {
    Client::builder("valve-1")
        .bootstrap_server(bootstrap)
        .object(0, device())
        .object(0, valve())
        .object(1, valve())
}

#[tokio::test]
async fn a_bootstrapped_device_finds_everything_again() {
    let directory = directory("all");
    let server = server().await;
    let bootstrap = bootstrap_server(plan(uri(&server))).await;
    let at = format!("coap://{}", bootstrap.local_address());
    let start = || factory(&at).keep_in(directory.join("valve")).start();

    let client = start().await.unwrap();
    client.configured().await.unwrap();
    assert_eq!(client.registered().await, Ok(7));
    let remote = server.wait_for("valve-1").await.unwrap();
    remote.set(Lwm2mServer::LIFETIME.at(0), 900).await.unwrap();
    remote.set(Valve::OPENING.at(0), 77).await.unwrap();
    remote.delete::<Valve>(1).await.unwrap();
    let created = Valve {
        opening: 5,
        ..valve()
    };
    assert_eq!(remote.create(Some(5), &created).await, Ok(5));
    client
        .update::<Valve>(0, |valve| valve.temperature = Some(99.0))
        .await
        .unwrap();
    client.stop().await;

    // Nobody configures it again.
    bootstrap.stop().await;
    let client = start().await.unwrap();
    assert_eq!(client.registered().await, Ok(7));
    let again = server.wait_for("valve-1").await.unwrap();
    assert_eq!(again.registration().await.unwrap().lifetime, 900);
    assert_eq!(client.get::<Valve>(0).await.unwrap().opening, 77);
    assert_eq!(client.get::<Valve>(5).await.unwrap().opening, 5);
    assert!(client.get::<Valve>(1).await.is_err());
    // What is the program's own is as the program has it.
    let own = client.get::<Valve>(0).await.unwrap();
    assert_eq!(own.temperature, valve().temperature);
    client.stop().await;
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn a_device_that_crashes_finds_what_was_kept_until_then() {
    let server = server().await;
    let memory = Memory::new();
    let start = |memory: &Memory| {
        Client::builder("valve-1")
            .server(account(&server))
            .object(0, device())
            .object(0, valve())
            .storage(memory.clone())
            .start()
    };
    let first = start(&memory).await.unwrap();
    first.registered().await.unwrap();
    assert_eq!(*memory.writes.borrow(), 0, "nothing is kept that the program has");
    let remote = server.wait_for("valve-1").await.unwrap();
    let program = b"open at noon".to_vec();
    remote.set(Valve::PROGRAM.at(0), program.clone()).await.unwrap();
    memory.kept("open at noon").await;

    // The first one has no part in this.
    let second = start(&memory.after_a_crash()).await.unwrap();
    assert_eq!(second.get::<Valve>(0).await.unwrap().program, Some(program));
    second.stop().await;
    first.stop().await;
}

#[tokio::test]
async fn what_was_kept_wins_over_the_factory_until_it_is_reset() {
    let server = server().await;
    let memory = Memory::new();
    let start = |builder: fn(ClientBuilder) -> ClientBuilder, lifetime| {
        let account = account(&server).lifetime(lifetime);
        let client = Client::builder("valve-1").server(account).object(0, device());
        builder(client.storage(memory.clone())).start()
    };
    let client = start(|builder| builder, 300).await.unwrap();
    client
        .set(Path::resource(1, 0, 1), Value::Integer(400))
        .await
        .unwrap();
    client.stop().await;

    let lifetime = async |client: &Client| client.get::<Lwm2mServer>(0).await.unwrap().lifetime;
    let client = start(|builder| builder, 500).await.unwrap();
    assert_eq!(lifetime(&client).await, 400);
    client.stop().await;
    let client = start(ClientBuilder::factory_reset, 500).await.unwrap();
    assert_eq!(lifetime(&client).await, 500);
    client.stop().await;
    let client = start(|builder| builder, 600).await.unwrap();
    assert_eq!(lifetime(&client).await, 400, "nothing else was kept since");
    client.stop().await;
}

#[tokio::test]
async fn a_medium_that_fails_is_told_and_tried_again() {
    let server = server().await;
    let memory = Memory::new();
    let mut builder = Client::builder("valve-1")
        .server(account(&server))
        .object(0, device())
        .storage(memory.clone());
    let mut troubles = builder.troubles();
    let client = builder.start().await.unwrap();
    client.registered().await.unwrap();
    memory.broken.store(2, Ordering::SeqCst);
    let remote = server.wait_for("valve-1").await.unwrap();
    remote.set(Lwm2mServer::LIFETIME.at(0), 900).await.unwrap();
    for _ in 0..2 {
        match troubles.next().await.unwrap() {
            ClientTrouble::NotKept { error } => assert_eq!(error.to_string(), "the medium is broken"),
            other => panic!("{other:?}"),
        }
    }
    let last = troubles.next().await.unwrap();
    assert!(matches!(last, ClientTrouble::KeptAgain), "{last:?}");
    assert!(*memory.writes.borrow() > 0);
    // It was served all the time.
    assert_eq!(client.registered().await, Ok(1));
    client.stop().await;
}

#[tokio::test]
async fn damage_to_all_that_was_kept_is_an_error_and_destroys_nothing() {
    let directory = directory("damage");
    let path = directory.join("valve");
    for name in ["valve.a", "valve.b"] {
        fs::write(directory.join(name), b"something else").unwrap();
    }
    let start = || {
        let builder = Client::builder("valve-1").server("coap://127.0.0.1:9");
        builder.object(0, device()).keep_in(&path)
    };
    let error = start().start().await.unwrap_err();
    assert!(
        matches!(error, StartError::Storage(OpenError::Damaged)),
        "{error}"
    );
    assert!(error.to_string().contains("begin anew"), "{error}");
    for name in ["valve.a", "valve.b"] {
        assert_eq!(fs::read(directory.join(name)).unwrap(), b"something else");
    }
    let client = start().factory_reset().start().await.unwrap();
    client
        .set(Path::resource(1, 0, 1), Value::Integer(400))
        .await
        .unwrap();
    client.stop().await;
    let client = start().start().await.unwrap();
    assert_eq!(client.get::<Lwm2mServer>(0).await.unwrap().lifetime, 400);
    client.stop().await;
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn what_the_program_does_not_have_any_more_is_told() {
    let server = server().await;
    let memory = Memory::new();
    let builder = || {
        Client::builder("valve-1")
            .server(account(&server))
            .object(0, device())
            .storage(memory.clone())
    };
    let client = builder().object(0, valve()).start().await.unwrap();
    let remote = server.wait_for("valve-1").await.unwrap();
    remote.set(Valve::OPENING.at(0), 77).await.unwrap();
    client.stop().await;

    let mut without = builder();
    let mut troubles = without.troubles();
    let client = without.start().await.unwrap();
    match troubles.next().await.unwrap() {
        ClientTrouble::NotRestored { lost } => assert_eq!(lost, [Path::object(42769)]),
        other => panic!("{other:?}"),
    }
    client.registered().await.unwrap();
    client.stop().await;
}

#[tokio::test]
async fn between_two_writes_there_is_time_but_for_accounts_and_the_end() {
    let (one, two) = (server().await, server().await);
    let bootstrap = bootstrap_server(plan(uri(&one))).await;
    let memory = Memory::new();
    let client = factory(&format!("coap://{}", bootstrap.local_address()))
        .storage(memory.clone())
        .write_interval(Duration::from_secs(86_400))
        .start()
        .await
        .unwrap();
    // The first change after a quiet time.
    memory.kept(&uri(&one)).await;
    let first = *memory.writes.borrow();
    let remote = one.wait_for("valve-1").await.unwrap();
    for program in ["open at noon", "open at one", "open at two"] {
        remote
            .set(Valve::PROGRAM.at(0), program.as_bytes().to_vec())
            .await
            .unwrap();
    }
    assert_eq!(remote.get(Valve::OPENING.at(0)).await, Ok(50));
    assert_eq!(*memory.writes.borrow(), first, "it waits");
    assert!(!memory.contains("open at"));
    // A bootstrap that changes the accounts.
    let mut plans = Plans::new();
    plans.insert("valve-1", plan(uri(&two)));
    bootstrap.plans(move |old| *old = plans).await.unwrap();
    assert_eq!(client.bootstrap().await, Ok(true));
    memory.kept(&uri(&two)).await;
    assert!(memory.contains("open at two"), "all of it");
    let second = *memory.writes.borrow();
    let remote = two.wait_for("valve-1").await.unwrap();
    remote
        .set(Valve::PROGRAM.at(0), b"open at last".to_vec())
        .await
        .unwrap();
    assert_eq!(*memory.writes.borrow(), second);
    client.stop().await;
    assert!(memory.contains("open at last"));
}

/// The first event that is one of those.
async fn until(events: &mut ClientEvents, mut wanted: impl FnMut(&Event) -> bool) -> Event {
    loop {
        let event = events.next().await.unwrap();
        if wanted(&event) {
            return event;
        }
    }
}

#[tokio::test]
async fn a_bootstrap_is_begun_from_here_and_leads_elsewhere() {
    let (one, two) = (server().await, server().await);
    let bootstrap = bootstrap_server(plan(uri(&one))).await;
    let mut builder = factory(&format!("coap://{}", bootstrap.local_address()));
    let mut events = builder.events();
    let client = builder.start().await.unwrap();
    let first = events.next().await.unwrap();
    assert_eq!(first, Event::BootstrapNeeded { server: None });
    client.registered().await.unwrap();
    one.wait_for("valve-1").await.unwrap();

    let mut plans = Plans::new();
    plans.insert("valve-1", plan(uri(&two)));
    bootstrap.plans(move |old| *old = plans).await.unwrap();
    assert_eq!(client.bootstrap().await, Ok(true));
    two.wait_for("valve-1").await.unwrap();
    assert_eq!(client.bootstrap_state().await, Ok(BootstrapState::Idle));
    for _ in 0..2 {
        until(&mut events, |event| *event == Event::BootstrapFinished).await;
    }
    client.stop().await;

    let alone = Client::builder("valve-2")
        .server(account(&one))
        .object(0, device());
    let alone = alone.start().await.unwrap();
    assert_eq!(alone.bootstrap().await, Ok(false), "nobody to ask");
    alone.configured().await.unwrap();
    alone.stop().await;
}

#[tokio::test]
async fn an_account_that_this_client_cannot_use_is_told() {
    let server = server().await;
    let mut configuration = BootstrapConfiguration::new([
        ServerAccount::new(7, "coaps://localhost", Credentials::NoSec),
        ServerAccount::new(8, uri(&server), Credentials::NoSec),
    ]);
    configuration
        .rules
        .push(AccessRule::new(RuleTarget::Instance(3, 0), 8, []));
    let bootstrap = bootstrap_server(Plan::new(configuration)).await;
    let mut builder = factory(&format!("coap://{}", bootstrap.local_address()));
    let mut troubles = builder.troubles();
    let client = builder.start().await.unwrap();
    match troubles.next().await.unwrap() {
        ClientTrouble::Uri { server, uri, error } => {
            assert_eq!(
                (server, uri.as_str(), error),
                (7, "coaps://localhost", UriError::Secure)
            );
        }
        other => panic!("{other:?}"),
    }
    // The other one can be.
    assert_eq!(client.registered().await, Ok(8));
    client.stop().await;
}

#[tokio::test]
async fn a_factory_gives_accounts_rules_and_values() {
    let (one, two) = (server().await, server().await);
    let mut configuration = BootstrapConfiguration::new([
        ServerAccount::new(101, uri(&one), Credentials::NoSec),
        ServerAccount::new(102, uri(&two), Credentials::NoSec),
    ]);
    let rule = AccessRule::new(RuleTarget::Instance(42769, 0), 101, [(102, Rights::READ)]);
    configuration.rules.push(rule);
    configuration
        .values
        .set(Path::resource(42769, 0, 0), Value::Integer(12));
    configuration.bootstrap_server = Some(
        BootstrapServerAccount::from("coap://127.0.0.1:9")
            .hold_off(60)
            .account_timeout(3600),
    );
    let client = Client::builder("valve-1")
        .object(0, device())
        .object(0, valve())
        .configuration(configuration)
        .start()
        .await
        .unwrap();
    let owner = one.wait_for("valve-1").await.unwrap();
    let other = two.wait_for("valve-1").await.unwrap();
    assert_eq!(owner.get(Valve::OPENING.at(0)).await.unwrap(), 12);
    assert_eq!(other.get(Valve::OPENING.at(0)).await.unwrap(), 12);
    owner.set(Valve::OPENING.at(0), 13).await.unwrap();
    let error = other.set(Valve::OPENING.at(0), 14).await.unwrap_err();
    assert!(
        matches!(
            error,
            DeviceError::Refused {
                status: Status::Unauthorized,
                ..
            }
        ),
        "{error}"
    );
    let rule = client.get::<Lwm2mAccessControl>(0).await.unwrap();
    assert_eq!(rule.access_control_owner, 101);
    let account = client.get::<objects::Lwm2mSecurity>(0).await.unwrap();
    assert_eq!(account.bootstrap_server, Some(true));
    assert_eq!(account.client_hold_off_time, Some(60));
    client.stop().await;
}

#[tokio::test]
async fn a_factory_that_makes_no_sense_does_not_start() {
    let bootstrap = Client::builder("valve-1").bootstrap_server("coaps://localhost");
    let error = bootstrap.start().await.unwrap_err();
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
    let nobody = ServerAccount::new(0, "coap://localhost", Credentials::NoSec);
    let configuration = BootstrapConfiguration::new([nobody]);
    let error = Client::builder("valve-1")
        .configuration(configuration)
        .start()
        .await;
    let error = error.unwrap_err();
    assert!(matches!(error, StartError::Configuration(_)), "{error}");
    let mut configuration = BootstrapConfiguration::default();
    configuration
        .values
        .set(Path::resource(42769, 0, 0), Value::Integer(1));
    let error = Client::builder("valve-1")
        .configuration(configuration)
        .start()
        .await;
    let error = error.unwrap_err();
    assert!(matches!(error, StartError::Tree(_)), "{error}");
}

#[tokio::test]
async fn a_sleeping_device_wakes_for_an_update_a_notification_and_a_send() {
    let server = Server::builder()
        .bind("127.0.0.1:0".parse().unwrap())
        .config(ServerConfig {
            awake_time: Duration::from_millis(5),
            ..ServerConfig::default()
        })
        .start()
        .await
        .unwrap();
    let mut events = server.events().await;
    let mut builder = Client::builder("valve-1")
        .server(account(&server))
        .object(0, device())
        .object(0, valve())
        .config(|config| {
            config.queue_mode = true;
            config.awake_time = Some(Duration::from_millis(1));
        });
    let mut sleeping = builder.events();
    let client = builder.start().await.unwrap();
    let asleep = |event: &Event| *event == Event::Asleep;
    let awake = |event: &Event| *event == Event::Awake;
    let registered = events.next().await.unwrap();
    let ServerEvent::Registered { device: remote, .. } = registered else {
        panic!("{registered:?}");
    };
    assert!(remote.registration().await.unwrap().queue_mode);
    until(&mut sleeping, asleep).await;

    let believed_asleep = async || {
        let listens = async || remote.registration().await.unwrap().listens_for;
        while listens().await != Some(Duration::ZERO) {}
    };

    // What it is asked waits for its Update.
    let update = async || {
        while remote.queue().await.unwrap().is_empty() {}
        client.update_registration(1).await.unwrap();
    };
    believed_asleep().await;
    let (opening, ()) = tokio::join!(remote.get(Valve::OPENING.at(0)), update());
    assert_eq!(opening.unwrap(), 50);
    until(&mut sleeping, awake).await;
    until(&mut sleeping, asleep).await;

    believed_asleep().await;
    let observe = remote.observe(Valve::TEMPERATURE.at(0));
    let (observation, ()) = tokio::join!(observe.start(), update());
    let mut observation = observation.unwrap();
    assert_eq!(observation.next().await.unwrap().unwrap(), 20.5);
    until(&mut sleeping, awake).await;
    until(&mut sleeping, asleep).await;
    client
        .update::<Valve>(0, |valve| valve.temperature = Some(30.0))
        .await
        .unwrap();
    assert_eq!(observation.next().await.unwrap().unwrap(), 30.0);
    until(&mut sleeping, awake).await;
    until(&mut sleeping, asleep).await;

    let mut sends = server.sends().await;
    client.send(Path::resource(42769, 0, 0)).await.unwrap();
    assert_eq!(sends.next().await.unwrap().records.len(), 1);
    until(&mut sleeping, awake).await;
    client.stop().await;
}

#[tokio::test]
async fn a_bootstrap_server_that_is_nowhere_is_told() {
    let mut builder = factory("coap://server.invalid");
    let mut troubles = builder.troubles();
    let client = builder.start().await.unwrap();
    match troubles.next().await.unwrap() {
        ClientTrouble::Lookup { server, .. } => assert_eq!(server, BOOTSTRAP_SERVER),
        other => panic!("{other:?}"),
    }
    client.stop().await;
}
