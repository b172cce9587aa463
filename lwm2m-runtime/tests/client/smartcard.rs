//! Accounts of a smartcard, which is looked at before each Register and Update.

use lwm2m_runtime::{
    access_control::Rights,
    client::{BOOTSTRAP_SERVER, Event, State},
    coap::Code,
    configuration::{
        AccessRule, BootstrapConfiguration, Credentials, RuleTarget, ServerAccount, SmartcardFile,
    },
    model::{Path, ValueRef, Version},
    objects::{Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer, o0_v1_2::SecurityMode},
    operation::{Transport, TreeView},
    tree::{SmartcardRefusal, Tree},
};

use crate::support::{Bench, SERVER, answer, config, post, server, tree_of};

/// The file of a card with accounts at servers of those Short Server IDs, and a lifetime.
fn card(servers: &[u16], lifetime: i64) -> Vec<u8> {
    let accounts: Vec<_> = servers
        .iter()
        .map(|id| {
            let uri = format!("coap://127.0.0.1:{id}");
            let mut account = ServerAccount::new(*id, uri, Credentials::NoSec);
            account.server.lifetime = lifetime;
            account
        })
        .collect();
    let mut values = BootstrapConfiguration::new(accounts).number(None).unwrap();
    // Not in the way of what the device has of itself.
    let all: Vec<_> = values
        .below(Path::ROOT)
        .map(|(path, value)| (path, value.to_value()))
        .collect();
    values = lwm2m_runtime::configuration::Values::new();
    for (path, value) in all {
        let [object, instance, resource, ..] = *path.ids() else {
            unreachable!()
        };
        values.set(Path::resource(object, instance + 20, resource), value);
    }
    let mut file = Vec::new();
    values
        .write_smartcard_file(|object| (object == 1).then_some(Version::V1_2), &mut file)
        .unwrap();
    file
}

fn show(bench: &mut Bench, file: Option<&[u8]>) -> Result<(), SmartcardRefusal> {
    let file = file.map(|file| SmartcardFile::read(file).unwrap());
    bench.client.smartcard(bench.now, file.as_ref())
}

/// A device with accounts of its own at those servers, that is started with a card.
fn started(own: &[u16], file: &[u8]) -> Bench {
    let own: Vec<_> = own.iter().map(|id| server(*id)).collect();
    started_with(tree_of(&own), file)
}

fn started_with(mut tree: Tree, file: &[u8]) -> Bench {
    for (object, result) in [
        (0, tree.add_type::<Lwm2mSecurity>()),
        (1, tree.add_type::<Lwm2mServer>()),
    ] {
        result.unwrap_or_else(|error| panic!("{object}: {error}"));
    }
    let mut bench = Bench::new(config(), tree);
    show(&mut bench, Some(file)).unwrap();
    bench.client.start(bench.now);
    bench
}

/// A device that is registered with the servers of a card.
fn registered(servers: &[u16], file: &[u8]) -> Bench {
    let mut bench = started(&[], file);
    for id in servers {
        bench.connect(*id);
        show(&mut bench, Some(file)).unwrap();
        bench.accept_register(*id);
    }
    bench.events();
    bench
}

fn instances(bench: &Bench) -> [Vec<u16>; 2] {
    [0, 1].map(|object| bench.client.tree().instances(object).collect())
}

// proves: BOOT-75
#[test]
fn a_card_is_looked_at_before_each_register_and_update() {
    let file = card(&[SERVER], 300);
    let mut bench = started(&[], &file);
    assert_eq!(bench.client.smartcard_instances().count(), 2);
    let uri = format!("coap://127.0.0.1:{SERVER}");
    let connect = Event::Connect {
        server: SERVER,
        uri,
        transport: Transport::Udp,
    };
    assert_eq!(bench.events(), [connect]);
    bench.connect(SERVER);
    assert_eq!(bench.events(), [Event::CheckSmartcard { server: SERVER }]);
    bench.silent();
    // However long that takes.
    assert!(bench.pass(60).is_empty());
    show(&mut bench, Some(&file)).unwrap();
    bench.accept_register(SERVER);
    assert_eq!(bench.client.state(SERVER), Some(State::Registered));
    bench.events();
    bench.silent();
    // An Update for the lifetime.
    assert!(bench.pass(299).is_empty());
    assert_eq!(bench.events(), [Event::CheckSmartcard { server: SERVER }]);
    // One more reason is no reason to ask twice.
    bench.client.update(bench.now, SERVER);
    assert_eq!(bench.events(), []);
    bench.silent();
    show(&mut bench, Some(&file)).unwrap();
    let update = bench.only();
    assert_eq!((update.path().as_str(), update.code), ("rd/5a3f", Code::POST));
    bench.input(SERVER, &answer(&update, Code::CHANGED));
    assert_eq!(bench.events(), [Event::Updated { server: SERVER }]);
    // An Update that is refused leads to a Register, which is another question.
    bench.client.update(bench.now, SERVER);
    show(&mut bench, Some(&file)).unwrap();
    let update = bench.only();
    bench.events();
    bench.input(SERVER, &answer(&update, Code::NOT_FOUND));
    assert_eq!(bench.events(), [Event::CheckSmartcard { server: SERVER }]);
    bench.silent();
    show(&mut bench, Some(&file)).unwrap();
    bench.accept_register(SERVER);
}

#[test]
fn looking_at_the_same_card_does_nothing() {
    let file = card(&[SERVER], 300);
    let mut bench = registered(&[SERVER], &file);
    let before = instances(&bench);
    show(&mut bench, Some(&file)).unwrap();
    assert_eq!(instances(&bench), before);
    assert_eq!(bench.events(), []);
    bench.silent();
}

// proves: BOOT-75
#[test]
fn a_card_that_is_gone_takes_its_accounts_with_it() {
    let mut bench = registered(&[SERVER, 102], &card(&[SERVER, 102], 300));
    bench.client.update(bench.now, 102);
    assert_eq!(bench.events(), [Event::CheckSmartcard { server: 102 }]);
    show(&mut bench, None).unwrap();
    bench.silent();
    assert_eq!(instances(&bench), [[].to_vec(), [].to_vec()]);
    assert_eq!(bench.client.smartcard_instances().count(), 0);
    let events = bench.events();
    for server in [SERVER, 102] {
        assert!(events.contains(&Event::Deregistered { server }), "{events:?}");
        assert!(events.contains(&Event::Disconnect { server }), "{events:?}");
    }
    assert_eq!(events.last(), Some(&Event::BootstrapNeeded { server: None }));
    assert!(bench.pass(600).is_empty());
    // Here it is again.
    show(&mut bench, Some(&card(&[SERVER, 102], 300))).unwrap();
    assert_eq!(bench.events().len(), 2);
    assert_eq!(bench.client.state(SERVER), Some(State::Connecting));
}

// proves: BOOT-75
#[test]
fn another_card_brings_other_accounts() {
    let mut bench = registered(&[SERVER], &card(&[SERVER], 300));
    bench.client.update(bench.now, SERVER);
    bench.events();
    show(&mut bench, Some(&card(&[102], 300))).unwrap();
    bench.silent();
    assert_eq!(bench.client.servers().collect::<Vec<_>>(), [102]);
    assert!(
        bench
            .events()
            .iter()
            .any(|event| matches!(event, Event::Connect { server: 102, .. }))
    );
    bench.connect(102);
    show(&mut bench, Some(&card(&[102], 300))).unwrap();
    bench.accept_register(102);
}

#[test]
fn what_a_new_card_changes_of_an_account_is_told_once() {
    let mut bench = registered(&[SERVER], &card(&[SERVER], 300));
    bench.client.update(bench.now, SERVER);
    bench.events();
    let file = card(&[SERVER], 600);
    show(&mut bench, Some(&file)).unwrap();
    let update = bench.only();
    assert!(update.queries().contains(&"lt=600".to_owned()), "{update:?}");
    bench.input(SERVER, &answer(&update, Code::CHANGED));
    bench.silent();
    // From now on it is this card that is looked at.
    bench.client.update(bench.now, SERVER);
    show(&mut bench, Some(&file)).unwrap();
    assert_eq!(bench.only().queries(), [""; 0]);
}

#[test]
fn accounts_of_the_device_itself_need_no_card() {
    let mut bench = started(&[SERVER], &card(&[102], 300));
    bench.events();
    bench.connect(SERVER);
    bench.accept_register(SERVER);
    bench.connect(102);
    bench.silent();
    let events = bench.events();
    assert!(
        events.contains(&Event::CheckSmartcard { server: 102 }),
        "{events:?}"
    );
    // The card goes, and they stay.
    show(&mut bench, None).unwrap();
    assert_eq!(instances(&bench), [[0].to_vec(), [0].to_vec()]);
    assert_eq!(bench.client.state(102), None);
    let update = bench.only();
    assert_eq!((update.path().as_str(), update.code), ("rd/5a3f", Code::POST));
    assert!(!update.text().contains("</0/22>"), "{update:?}");
    assert!(!bench.events().contains(&Event::BootstrapNeeded { server: None }));
}

#[test]
fn rules_of_access_go_with_a_card() {
    let accounts =
        [102, 103].map(|id| ServerAccount::new(id, format!("coap://127.0.0.1:{id}"), Credentials::NoSec));
    let mut configuration = BootstrapConfiguration::new(accounts);
    let target = RuleTarget::Instance(42769, 0);
    configuration.rules = vec![AccessRule::new(target, 102, [(103, Rights::READ)])];
    let mut file = Vec::new();
    let values = configuration.number(None).unwrap();
    values.write_smartcard_file(|_| None, &mut file).unwrap();
    let mut tree = tree_of(&[]);
    tree.add_type::<Lwm2mAccessControl>().unwrap();
    let mut bench = started_with(tree, &file);
    assert_eq!(bench.client.tree().instances(2).count(), 1);
    show(&mut bench, None).unwrap();
    assert_eq!(bench.client.tree().instances(2).count(), 0);
    // What the rules were about is the device's own.
    assert_eq!(bench.client.tree().instances(42769).count(), 1);
}

#[test]
fn a_card_that_makes_no_configuration_is_refused_as_a_whole() {
    let good = card(&[SERVER], 300);
    let mut bench = registered(&[SERVER], &good);
    let mut values = SmartcardFile::read(&good)
        .unwrap()
        .values(bench.client.tree())
        .unwrap();
    // Two accounts with one Short Server ID.
    let twice: Vec<_> = values
        .below(Path::object(1))
        .map(|(path, value)| (path, value.to_value()))
        .collect();
    for (path, value) in twice {
        values.set(Path::resource(1, 30, path.resource_id().unwrap()), value);
    }
    let mut bad = Vec::new();
    values.write_smartcard_file(|_| None, &mut bad).unwrap();
    let refusal = show(&mut bench, Some(&bad)).unwrap_err();
    assert!(matches!(refusal, SmartcardRefusal::Inconsistent(_)), "{refusal}");
    // The old card is gone nevertheless.
    assert_eq!(instances(&bench), [[].to_vec(), [].to_vec()]);
    // A value of a wrong type.
    values.set(
        Path::resource(1, 20, 1),
        ValueRef::String("much too long for a lifetime").to_value(),
    );
    bad.clear();
    values.write_smartcard_file(|_| None, &mut bad).unwrap();
    let refusal = show(&mut bench, Some(&bad)).unwrap_err();
    assert!(
        matches!(refusal, SmartcardRefusal::Object { object: 1, .. }),
        "{refusal}"
    );
    assert_eq!(instances(&bench), [[].to_vec(), [].to_vec()]);
    show(&mut bench, Some(&good)).unwrap();
    assert_eq!(bench.client.servers().collect::<Vec<_>>(), [SERVER]);
}

#[test]
fn objects_that_a_client_does_not_have_are_passed_over() {
    let mut file = SmartcardFile::read(&card(&[SERVER], 300))
        .map(|_| card(&[SERVER], 300))
        .unwrap();
    // One object more: 4000, with bytes that are no TLV; and the Server object of a version that nobody knows.
    file[1] += 1;
    let length = u16::from_be_bytes([file[2], file[3]]) + 7;
    file[2..4].copy_from_slice(&length.to_be_bytes());
    file.extend([0x0f, 0xa0, 0x00, 0x00, 0x02, 0xff, 0xff]);
    let mut bench = started(&[], &file);
    assert_eq!(bench.client.servers().collect::<Vec<_>>(), [SERVER]);
    let server_object = file.windows(4).position(|bytes| bytes == [0, 1, 1, 2]).unwrap();
    file[server_object + 2] = 9;
    show(&mut bench, Some(&file)).unwrap();
    assert_eq!(bench.client.servers().count(), 0);
}

#[test]
fn after_a_restart_the_device_knows_what_came_from_a_card() {
    let file = card(&[SERVER], 300);
    let bench = registered(&[SERVER], &file);
    let kept = bench.client.save().unwrap();
    for another in [None, Some(card(&[102], 300))] {
        let mut tree = tree_of(&[]);
        tree.add_type::<Lwm2mSecurity>().unwrap();
        tree.add_type::<Lwm2mServer>().unwrap();
        let mut bench = Bench::new(config(), tree);
        bench.client.restore(&kept).unwrap();
        assert_eq!(instances(&bench), [[22].to_vec(), [20].to_vec()]);
        assert_eq!(bench.client.smartcard_instances().count(), 2);
        show(&mut bench, another.as_deref()).unwrap();
        bench.client.start(bench.now);
        let expected: &[u16] = if another.is_some() { &[102] } else { &[] };
        assert_eq!(bench.client.servers().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_bootstrap_makes_the_accounts_its_own() {
    let file = card(&[SERVER], 300);
    let mut tree = tree_of(&[]);
    let account = Lwm2mSecurity {
        lwm2m_server_uri: Some("coap://127.0.0.1:9".into()),
        bootstrap_server: Some(true),
        security_mode: Some(SecurityMode::NO_SEC),
        ..Lwm2mSecurity::default()
    };
    tree.insert(9, account).unwrap();
    let mut bench = started_with(tree, &file);
    bench.connect(SERVER);
    show(&mut bench, Some(&file)).unwrap();
    bench.accept_register(SERVER);
    // The card is asked for when a session begins.
    bench.client.update(bench.now, SERVER);
    assert!(bench.client.bootstrap(bench.now));
    bench.events();
    bench.connect(BOOTSTRAP_SERVER);
    let pack = bench.only();
    bench.input(BOOTSTRAP_SERVER, &answer(&pack, Code::NOT_FOUND));
    let request = bench.only();
    bench.input(BOOTSTRAP_SERVER, &answer(&request, Code::CHANGED));
    assert_eq!(show(&mut bench, None), Err(SmartcardRefusal::Busy));
    bench.silent();
    // It fails: the card is to be looked at again, and is still where the account came from.
    bench.client.disconnected(bench.now, BOOTSTRAP_SERVER);
    let events = bench.events();
    assert!(
        events.contains(&Event::CheckSmartcard { server: SERVER }),
        "{events:?}"
    );
    show(&mut bench, Some(&file)).unwrap();
    let update = bench.only();
    bench.input(SERVER, &answer(&update, Code::CHANGED));
    // The next one succeeds, with another lifetime.
    let retry = bench.pass(3600);
    assert!(
        retry
            .iter()
            .all(|(_, sent)| sent.path() == "bs" || sent.path() == "rd/5a3f"),
        "{retry:?}"
    );
    bench.events();
    bench.connect(BOOTSTRAP_SERVER);
    let pack = bench.only();
    bench.input(BOOTSTRAP_SERVER, &answer(&pack, Code::NOT_FOUND));
    let request = bench.only();
    bench.input(BOOTSTRAP_SERVER, &answer(&request, Code::CHANGED));
    bench.ask(BOOTSTRAP_SERVER, &crate::support::put("1/20/1", "900"));
    assert_eq!(bench.only().code, Code::CHANGED);
    bench.ask(
        BOOTSTRAP_SERVER,
        &crate::support::put("0/22/0", "coap://127.0.0.1:101"),
    );
    assert_eq!(bench.only().code, Code::CHANGED);
    bench.ask(BOOTSTRAP_SERVER, &post("bs"));
    assert_eq!(bench.only().code, Code::CHANGED);
    bench.events();
    bench.connect(SERVER);
    bench.accept_register(SERVER);
    assert!(
        bench
            .events()
            .iter()
            .all(|event| !matches!(event, Event::CheckSmartcard { .. }))
    );
    show(&mut bench, None).unwrap();
    assert_eq!(bench.client.servers().collect::<Vec<_>>(), [SERVER]);
}
