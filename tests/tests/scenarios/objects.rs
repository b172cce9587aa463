//! What standard objects ask of a device's program (interoperability tests 555, 556, 655 to 657, 901, 905, 1200, 1202).

use std::time::Duration;

use lwm2m_runtime::{
    client::State,
    coap::Code,
    encoding::ContentFormat,
    model::{Path, Value, ValueRef, Version},
    object::Instances,
    objects::{ConnectivityStatistics, Device, o3_v1_2::ErrorCode},
    operation::Status,
    server::ServerConfig,
    tree::{Application, Execute, Executed, Tree},
};
use lwm2m_tests::pair::{Pair, client_address, path};

use crate::fixtures::{VERSIONS, client, dynamic, full_tree, registered, registered_with, usual_tree};

/// A program that keeps the error list and counts what is sent.
#[derive(Debug, Default)]
struct Keeper {
    /// What is wrong with the device now.
    errors: Vec<i64>,
    counting: bool,
}

impl Keeper {
    /// Error Code as the object wants it: 0 where nothing is wrong.
    fn list(&self, tree: &mut Tree) {
        let mut codes: Instances<ErrorCode> = (0..)
            .zip(&self.errors)
            .map(|(id, code)| (id, ErrorCode(*code)))
            .collect();
        if codes.is_empty() {
            codes.insert(0, ErrorCode::NO_ERROR);
        }
        tree.update(0, |device: &mut Device| device.error_code = codes);
    }

    /// Something was sent and received.
    fn count(&self, tree: &mut Tree) {
        if self.counting {
            tree.update(0, |statistics: &mut ConnectivityStatistics| {
                for counter in [&mut statistics.tx_data, &mut statistics.rx_data] {
                    *counter = Some(counter.unwrap_or(0) + 1);
                }
            });
        }
    }
}

impl Application for Keeper {
    fn execute(&mut self, tree: &mut Tree, execute: &Execute<'_>) -> Executed {
        match &*execute.path.ids() {
            // What is still wrong is on the list again.
            [3, 0, 12] => self.list(tree),
            [7, 0, 6] => {
                self.counting = true;
                tree.update(0, |statistics: &mut ConnectivityStatistics| {
                    statistics.tx_data = Some(0);
                    statistics.rx_data = Some(0);
                });
            }
            [7, 0, 7] => self.counting = false,
            _ => return Executed::Done(Status::MethodNotAllowed),
        }
        Executed::OK
    }
}

fn kept(version: Version) -> Pair<Keeper> {
    let mut tree = full_tree();
    for resource in [6, 7] {
        tree.enable(7, resource).unwrap();
    }
    let mut pair = Pair::new(ServerConfig::default(), client(version), tree, Keeper::default());
    pair.start();
    pair
}

#[test]
fn int_555_a_disabled_device_comes_back() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let old = pair.registration();
        assert_eq!(pair.put_text("/1/0/5", "15"), Status::Changed);
        assert_eq!(pair.execute("/1/0/4", ""), Status::Changed);
        pair.settle();
        assert_eq!(pair.client().state(1), Some(State::Disabled));
        assert!(pair.server().is_empty());
        pair.run_for(Duration::from_secs(20));
        assert_ne!(pair.registration(), old);
    }
}

#[test]
fn int_556_a_trigger_leads_to_one_update() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let mark = pair.wire.mark();
        assert_eq!(pair.execute("/1/0/8", ""), Status::Changed);
        assert_eq!(pair.execute("/1/0/8", ""), Status::Changed);
        pair.settle();
        let updates = pair.wire.requests_of(mark, client_address(0));
        assert!((1..=2).contains(&updates.len()), "{}", pair.log());
        assert!(
            updates
                .iter()
                .all(|update| update.query().is_empty() && update.payload().is_empty())
        );
    }
}

#[test]
fn int_655_a_device_answers_before_it_reboots() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let mark = pair.wire.mark();
        assert_eq!(pair.execute("/3/0/4", ""), Status::Changed);
        let request = pair.wire.requests(mark, Code::POST, "/3/0/4")[0].clone();
        assert!(pair.wire.response_to(&request).is_some());
        pair.restart_client(0, client(version), usual_tree());
        pair.settle();
        assert_eq!(pair.wire.requests(mark, Code::POST, "/rd").len(), 1);
        assert_eq!(pair.server().len(), 1);
    }
}

// proves: REG-47
#[test]
fn int_656_a_factory_reset_says_goodbye_first() {
    for version in VERSIONS {
        let mut pair = registered(version);
        let mark = pair.wire.mark();
        assert_eq!(pair.execute("/3/0/5", ""), Status::Changed);
        let now = pair.now;
        pair.clients[0].engine.stop(now);
        pair.settle();
        let requests = pair.wire.requests_of(mark, client_address(0));
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].code(), Some(Code::DELETE));
        assert!(pair.server().is_empty());
        let stopped = pair.clients[0].events.iter();
        let stopped = stopped.filter(|(_, event)| matches!(event, lwm2m_runtime::client::Event::Stopped));
        assert_eq!(stopped.count(), 1);
    }
}

// proves: OBJ-3-05 OBJ-3-06
#[test]
fn int_657_the_error_list_is_reset() {
    for version in VERSIONS {
        let mut pair = kept(version);
        let codes = |pair: &mut Pair<Keeper>| -> Vec<Value> { pair.get("/3/0/11").into_values().collect() };
        let (observation, _) = pair.watch("/3/0/11", "");
        assert_eq!(codes(&mut pair), [Value::Integer(0)]);
        for (errors, listed) in [(vec![1], vec![1]), (vec![1, 5], vec![1, 5]), (vec![5], vec![5])] {
            let now = pair.now;
            let host = &mut pair.clients[0];
            host.application.errors = errors;
            let keeper = &host.application;
            host.engine.change(now, |tree| keeper.list(tree));
            pair.settle();
            let listed: Vec<_> = listed.into_iter().map(Value::Integer).collect();
            assert_eq!(codes(&mut pair), listed);
        }
        pair.application().errors.clear();
        assert_eq!(pair.execute("/3/0/12", ""), Status::Changed);
        assert_eq!(codes(&mut pair), [Value::Integer(0)]);
        pair.settle();
        assert_eq!(pair.notifications(observation).len(), 4);
    }
}

#[test]
fn int_901_statistics_are_collected_from_start_to_stop() {
    for version in VERSIONS {
        let mut pair = kept(version);
        let count = |pair: &mut Pair<Keeper>| {
            let now = pair.now;
            let host = &mut pair.clients[0];
            let keeper = &host.application;
            host.engine.change(now, |tree| keeper.count(tree));
            (pair.text("/7/0/2"), pair.text("/7/0/3"))
        };
        assert_eq!(count(&mut pair), ("0".into(), "0".into()));
        assert_eq!(pair.execute("/7/0/6", ""), Status::Changed);
        assert_eq!(count(&mut pair), ("1".into(), "1".into()));
        assert_eq!(count(&mut pair), ("2".into(), "2".into()));
        assert_eq!(pair.execute("/7/0/7", ""), Status::Changed);
        assert_eq!(
            count(&mut pair),
            ("2".into(), "2".into()),
            "stop keeps the values"
        );
    }
}

#[test]
fn int_905_writes_the_period_of_collection() {
    for version in VERSIONS {
        let mut pair = kept(version);
        assert_eq!(pair.put_text("/7/0/8", "600"), Status::Changed);
        assert_eq!(pair.text("/7/0/8"), "600");
        assert_eq!(pair.put_text("/7/0/2", "1"), Status::MethodNotAllowed);
    }
}

fn cellular(version: Version) -> Pair<lwm2m_tests::pair::Program> {
    let some = [
        (Path::resource(10, 0, 1), ValueRef::Integer(60)),
        (Path::resource(10, 0, 4), ValueRef::Integer(1)),
        (Path::resource(10, 0, 12), ValueRef::Unsigned(7)),
        (Path::resource(10, 0, 13), ValueRef::Unsigned(1)),
    ];
    let mut tree = usual_tree();
    tree.insert_dynamic(0, dynamic(10, &some)).unwrap();
    registered_with(version, tree)
}

#[test]
fn int_1200_reads_the_cellular_object() {
    for version in VERSIONS {
        let mut pair = cellular(version);
        let values = pair.get("/10/0");
        assert_eq!(values[&path("/10/0/4")], Value::Integer(1));
        assert_eq!(values[&path("/10/0/12")], Value::Unsigned(7));
    }
}

#[test]
fn int_1202_writes_the_cellular_object_as_tlv() {
    for version in VERSIONS {
        let mut pair = cellular(version);
        // Release Assistance Indication Usage: 2.
        let status = pair.post("/10/0", ContentFormat::TLV, &[0xc1, 0x0e, 0x02]);
        assert_eq!(status, Status::Changed);
        assert_eq!(
            (pair.text("/10/0/14"), pair.text("/10/0/4")),
            ("2".into(), "1".into())
        );
    }
}
