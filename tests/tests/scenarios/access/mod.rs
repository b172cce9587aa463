//! Access control between both engines (LwM2M Core 1.2, section 8): the Access Control object, 2.
//!
//! | file | what |
//! |---|---|
//! | `rights` | what two servers may do, and how none of them gets more |
//! | `tables` | the examples of the specifications, answer by answer |
//! | `upkeep` | rules that come, go and change hands |
//! | `unbootstrapped` | what becomes of rules when a server's account is deleted |
//! | `hidden` | nobody sees what it may not read, by whatever way |

mod hidden;
mod rights;
mod tables;
mod unbootstrapped;
mod upkeep;

use std::collections::BTreeMap;

use lwm2m_runtime::{
    encoding::ContentFormat,
    model::{Path, Value, Version},
    objects::{Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer},
    operation::{ExecuteInput, Payload, Request, Status, TreeView, WriteMode},
    server::{Answer, ServerConfig},
    tree::Tree,
};
use lwm2m_tests::{
    link::Faults,
    pair::{Pair, Program, path, paths, values},
};

use crate::fixtures::{client, device_full, security, server_minimum};

/// Rights to an instance: of whom it is, and who else may do what.
fn rule(object: u16, instance: u16, owner: u16, acl: &[(u16, i64)]) -> Lwm2mAccessControl {
    Lwm2mAccessControl {
        object_id: object.into(),
        object_instance_id: instance.into(),
        acl: (!acl.is_empty()).then(|| acl.iter().copied().collect()),
        access_control_owner: owner.into(),
    }
}

/// The Short Server ID of a server by its index: 101, 102 and so on.
fn id(server: usize) -> u16 {
    101 + server as u16
}

/// Accounts of that many servers, a Device and these rules.
fn tree_of(servers: usize, rules: &[Lwm2mAccessControl]) -> Tree {
    let mut tree = Tree::new(lwm2m_runtime::tree::TreeConfig::default());
    for server in 0..servers {
        let account = Lwm2mSecurity {
            short_server_id: Some(id(server).into()),
            ..security(server)
        };
        let resources = Lwm2mServer {
            short_server_id: id(server).into(),
            ..server_minimum(server)
        };
        tree.insert(server as u16, account).unwrap();
        tree.insert(server as u16, resources).unwrap();
    }
    tree.insert(0, device_full()).unwrap();
    for executable in [4, 5, 12] {
        let _ = tree.enable(3, executable);
    }
    for (instance, rule) in (0..).zip(rules) {
        tree.insert(instance, rule.clone()).unwrap();
    }
    tree
}

/// A device with such a tree, registered with every server.
fn network(version: Version, tree: Tree) -> Pair<Program> {
    let servers = tree.instances(1).count();
    let mut pair: Pair<Program> = Pair::empty(1, Faults::NONE);
    for _ in 0..servers {
        pair.add_server(ServerConfig::default());
    }
    pair.add_client(client(version), tree, Program::default());
    pair.start();
    for server in 0..servers {
        let _ = pair.registration_of(server, 0);
    }
    pair
}

/// What servers ask, with themselves named by their Short Server IDs.
struct By<'p> {
    pair: &'p mut Pair<Program>,
    server: usize,
}

/// A server by its Short Server ID.
fn by(pair: &mut Pair<Program>, id: u16) -> By<'_> {
    let server = usize::from(id) - 101;
    By { pair, server }
}

impl By<'_> {
    fn ask(&mut self, request: &Request<'_>) -> Answer {
        self.pair.ask_by(self.server, request)
    }

    fn read(&mut self, at: &str) -> Result<BTreeMap<Path, Value>, Status> {
        let answer = self.ask(&Request::Read {
            path: path(at),
            accept: None,
        });
        self.values(at, &answer)
    }

    fn fetch(&mut self, list: &[&str]) -> Result<BTreeMap<Path, Value>, Status> {
        let bytes = paths(ContentFormat::SENML_CBOR, list);
        let answer = self.ask(&Request::ReadComposite {
            paths: Payload::new(ContentFormat::SENML_CBOR, &bytes),
            accept: None,
        });
        self.values("/", &answer)
    }

    fn values(&self, at: &str, answer: &Answer) -> Result<BTreeMap<Path, Value>, Status> {
        match answer.status {
            Status::Content => Ok(self.pair.decode_at(self.server, at, answer)),
            status => Err(status),
        }
    }

    fn put(&mut self, at: &str, text: &str) -> Status {
        let request = Request::Write {
            path: path(at),
            mode: WriteMode::Replace,
            payload: Payload::new(ContentFormat::TEXT, text.as_bytes()),
        };
        self.ask(&request).status
    }

    /// Writes an entry of a rule, where every version can: those of the instance that it names, and no other.
    fn grant(&mut self, rule: u16, server: u16, rights: i64) -> Status {
        let target = format!("/2/{rule}");
        let entry = format!("{target}/2/{server}");
        let bytes = values(
            ContentFormat::TLV,
            &target,
            &[(&*entry, lwm2m_runtime::model::ValueRef::Integer(rights))],
        );
        let request = Request::Write {
            path: path(&target),
            mode: WriteMode::Partial,
            payload: Payload::new(ContentFormat::TLV, &bytes),
        };
        self.ask(&request).status
    }

    fn execute(&mut self, at: &str) -> Status {
        let request = Request::Execute {
            path: path(at),
            input: ExecuteInput::None,
        };
        self.ask(&request).status
    }

    fn create(&mut self, object: u16, format: ContentFormat, bytes: &[u8]) -> Status {
        let payload = Payload::new(format, bytes);
        self.ask(&Request::Create { object, payload }).status
    }

    fn delete(&mut self, at: &str) -> Status {
        self.ask(&Request::Delete { path: path(at) }).status
    }
}

/// The rules that a device has now.
fn rules(pair: &Pair<Program>) -> Vec<(u16, Lwm2mAccessControl)> {
    let tree = pair.client().tree();
    let rule = |id| (id, tree.get::<Lwm2mAccessControl>(id).unwrap().clone());
    tree.instances(2).map(rule).collect()
}
