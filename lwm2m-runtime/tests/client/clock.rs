//! What the time of day is for: Last Bootstrapped, and how long the account at the bootstrap server stays.

use lwm2m_runtime::{
    client::{BOOTSTRAP_SERVER, ClientConfig, Event},
    coap::Code,
    configuration::{BootstrapConfiguration, Credentials, PresentInstances, ServerAccount},
    encoding::{EncodeOptions, Format, encode},
    model::{Path, Time, Version},
    objects::{Lwm2mSecurity, Lwm2mServer, o0_v1_2::SecurityMode},
    tree::Tree,
};

use crate::support::{Bench, SERVER, answer, config, post, server, tree_of};

/// The instance of the account at the bootstrap server.
const ACCOUNT: u16 = 9;
/// A day in 2026.
const TODAY: u64 = 1_780_000_000;

/// Two servers, and a bootstrap server for so long.
fn tree(timeout: Option<i64>) -> Tree {
    let mut tree = tree_of(&[server(SERVER), server(102)]);
    let account = Lwm2mSecurity {
        lwm2m_server_uri: Some("coap://127.0.0.1:9".into()),
        bootstrap_server: Some(true),
        security_mode: Some(SecurityMode::NO_SEC),
        bootstrap_server_account_timeout: timeout,
        ..Lwm2mSecurity::default()
    };
    tree.insert(ACCOUNT, account).unwrap();
    tree
}

fn stepwise() -> ClientConfig {
    ClientConfig {
        bootstrap_pack: false,
        ..config()
    }
}

fn connect(bench: &mut Bench) {
    assert!(bench.client.bootstrap(bench.now));
    bench.events();
    bench.sent();
    bench.connect(BOOTSTRAP_SERVER);
}

/// A session in which nothing is asked: what there is, is right.
fn bootstrap(bench: &mut Bench) {
    connect(bench);
    let request = bench.only();
    assert_eq!((request.path().as_str(), request.code), ("bs", Code::POST));
    bench.input(BOOTSTRAP_SERVER, &answer(&request, Code::CHANGED));
    bench.ask(BOOTSTRAP_SERVER, &post("bs"));
    assert_eq!(bench.only().code, Code::CHANGED);
    assert!(bench.events().contains(&Event::BootstrapFinished));
}

fn last_bootstrapped(bench: &Bench) -> [Option<i64>; 2] {
    [0, 1].map(|instance| {
        let server: &Lwm2mServer = bench.client.tree().get(instance).unwrap();
        server.last_bootstrapped.map(|Time(seconds)| seconds)
    })
}

fn seconds(after: u64) -> Option<i64> {
    i64::try_from(TODAY + after).ok()
}

fn has_account(bench: &Bench) -> bool {
    bench.client.tree().instance(0, ACCOUNT).is_some()
}

/// What a device begins with after it was bootstrapped.
fn restarted(timeout: i64, last: Option<i64>) -> Bench {
    let mut tree = tree(Some(timeout));
    tree.update(1, |server: &mut Lwm2mServer| {
        server.last_bootstrapped = last.map(Time);
    });
    Bench::new(stepwise(), tree)
}

// proves: BOOT-62
#[test]
fn a_session_is_dated_at_every_server() {
    let mut bench = Bench::new(stepwise(), tree(None));
    bench.client.set_unix_time(bench.now, TODAY);
    bench.client.start(bench.now);
    bench.pass(100);
    bootstrap(&mut bench);
    assert_eq!(last_bootstrapped(&bench), [seconds(100), seconds(100)]);
    // The next one has its own date.
    bench.pass(50);
    bootstrap(&mut bench);
    assert_eq!(last_bootstrapped(&bench), [seconds(150), seconds(150)]);
}

// proves: BOOT-62
#[test]
fn a_pack_is_dated_at_every_server() {
    let mut bench = Bench::new(config(), tree(None));
    bench.client.start(bench.now);
    bench.client.set_unix_time(bench.now, TODAY);
    bench.pass(100);
    connect(&mut bench);
    let request = bench.only();
    assert_eq!((request.path().as_str(), request.code), ("bspack", Code::GET));
    let accounts = BootstrapConfiguration::new(
        [SERVER, 102].map(|id| ServerAccount::new(id, format!("coap://127.0.0.1:{id}"), Credentials::NoSec)),
    );
    let values = accounts
        .number(Some(&PresentInstances::new(Version::V1_2)))
        .unwrap();
    let mut bytes = Vec::new();
    let records = values.records(Path::ROOT);
    encode(
        Format::SenmlJson,
        Path::ROOT,
        records,
        &EncodeOptions::default(),
        &mut bytes,
    )
    .unwrap();
    let pack = answer(&request, Code::CONTENT).body(110, &bytes);
    bench.input(BOOTSTRAP_SERVER, &pack);
    assert!(bench.events().contains(&Event::BootstrapFinished));
    assert_eq!(last_bootstrapped(&bench), [seconds(100), seconds(100)]);
}

#[test]
fn a_session_that_fails_is_not_dated() {
    let mut bench = Bench::new(stepwise(), tree(None));
    bench.client.set_unix_time(bench.now, TODAY);
    bench.client.start(bench.now);
    connect(&mut bench);
    let request = bench.only();
    bench.input(BOOTSTRAP_SERVER, &answer(&request, Code::CHANGED));
    bench.pass(300);
    assert_eq!(last_bootstrapped(&bench), [None, None]);
}

#[test]
fn a_clock_that_is_set_later_dates_a_bootstrap_once() {
    let mut bench = Bench::new(stepwise(), tree(None));
    bench.client.start(bench.now);
    bootstrap(&mut bench);
    assert_eq!(last_bootstrapped(&bench), [None, None], "nobody knows");
    bench.pass(40);
    bench.client.set_unix_time(bench.now, TODAY + 40);
    assert_eq!(last_bootstrapped(&bench), [seconds(0), seconds(0)]);
    bench.client.set_unix_time(bench.now, TODAY + 45);
    assert_eq!(last_bootstrapped(&bench), [seconds(0), seconds(0)]);
}

#[test]
fn the_time_out_of_the_bootstrap_server_goes_on_over_a_restart() {
    let mut bench = restarted(1_000, seconds(0));
    bench.client.set_unix_time(bench.now, TODAY + 600);
    bench.client.start(bench.now);
    bench.pass(399);
    assert!(has_account(&bench));
    bench.pass(2);
    assert!(!has_account(&bench));
    assert!(bench.events().contains(&Event::BootstrapAccountRemoved));
}

#[test]
fn a_time_out_that_has_passed_while_the_device_was_off_ends_the_account_at_once() {
    let mut bench = restarted(1_000, seconds(0));
    bench.client.start(bench.now);
    bench.work();
    assert!(has_account(&bench));
    // The clock may be set after the start.
    bench.client.set_unix_time(bench.now, TODAY + 5_000);
    bench.work();
    assert!(!has_account(&bench));
}

#[test]
fn a_time_out_begins_anew_where_nobody_knows_when_the_bootstrap_was() {
    // Without a clock; without a date; with a date in the future, which some clock got wrong.
    let cases = [
        (None, seconds(0)),
        (Some(TODAY), None),
        (Some(TODAY), seconds(77)),
    ];
    for (clock, last) in cases {
        let mut bench = restarted(1_000, last);
        bench.client.start(bench.now);
        for _ in 0..10 {
            if let Some(time) = clock {
                // A clock that stands still does not make it longer.
                bench.client.set_unix_time(bench.now, time);
            }
            assert!(has_account(&bench), "{clock:?} {last:?}");
            bench.pass(100);
        }
        bench.pass(1);
        assert!(!has_account(&bench), "{clock:?} {last:?}");
    }
}

#[test]
fn an_account_without_a_time_out_stays() {
    for timeout in [None, Some(0)] {
        let mut tree = tree(timeout);
        tree.update(0, |server: &mut Lwm2mServer| {
            server.last_bootstrapped = Some(Time(0));
        });
        let mut bench = Bench::new(stepwise(), tree);
        bench.client.set_unix_time(bench.now, TODAY);
        bench.client.start(bench.now);
        bench.pass(100_000);
        assert!(has_account(&bench));
    }
}

#[test]
fn a_bootstrap_begins_the_time_out_anew() {
    let mut bench = restarted(1_000, seconds(0));
    bench.client.set_unix_time(bench.now, TODAY + 900);
    bench.client.start(bench.now);
    bench.pass(50);
    bootstrap(&mut bench);
    bench.pass(990);
    assert!(has_account(&bench));
    bench.pass(20);
    assert!(!has_account(&bench));
}
