//! Does what the person or script in front of a device wants.

use lwm2m_runtime::{
    access_control::{BOOTSTRAP_OWNER, OBJECT_ITSELF, Rights},
    client::SendContent,
    encoding::{Decoder, Format},
    model::{Path, ValueRef},
    objects::{Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer},
    operation::TreeView,
    time::Instant,
    tree::Application,
};
use serde_json::json;

use crate::{
    commands::{Command, HELP},
    objects::Temperature,
    report::{Report, named},
    unit::Unit,
    values::{measured, unix_time},
};

/// Does it, or says why not.
pub(crate) fn perform(
    unit: &mut Unit,
    now: Instant,
    report: &Report,
    command: Command,
) -> Result<(), String> {
    match command {
        Command::Set(path, text) => set(unit, now, path, &text),
        Command::Get(path) => {
            let station = &mut unit.station;
            unit.client.change(now, |tree| station.refresh(tree, path));
            let value = unit.client.tree().value(path);
            let value = value.ok_or_else(|| format!("{path} has no value"))?;
            report.value(&unit.endpoint, path, value);
            Ok(())
        }
        Command::Send(paths) => {
            let mut result = Err("there is no server; `accounts` lists them".to_owned());
            for server in servers(unit, None)? {
                let sent = unit.client.send(now, Some(server), SendContent::Paths(&paths));
                if result.is_err() {
                    result = sent.map(drop).map_err(|error| error.to_string());
                }
            }
            result
        }
        Command::Update(server) => {
            for server in servers(unit, server)? {
                unit.client.update(now, server);
            }
            Ok(())
        }
        Command::Register(server) => {
            for server in servers(unit, server)? {
                unit.client.register(now, server);
            }
            Ok(())
        }
        Command::Deregister(server) => {
            for server in servers(unit, server)? {
                unit.client.deregister(now, server);
            }
            Ok(())
        }
        Command::Bootstrap => match unit.client.bootstrap(now) {
            true => Ok(()),
            false => Err("there is no account at a bootstrap server; start with --bootstrap".to_owned()),
        },
        Command::Accounts => {
            accounts(unit, report);
            Ok(())
        }
        Command::Rights => {
            rights(unit, report);
            Ok(())
        }
        Command::Help => {
            report.note(&unit.endpoint, "help", HELP);
            Ok(())
        }
        // The caller's.
        Command::Quit => Ok(()),
    }
}

/// The servers that a command is about: the one that it names, or all.
fn servers(unit: &Unit, named: Option<u16>) -> Result<Vec<u16>, String> {
    let all = unit.client.servers();
    match named {
        None => Ok(all.collect()),
        Some(named) if unit.client.state(named).is_some() => Ok(vec![named]),
        Some(named) => {
            let known: Vec<_> = all.map(|server| server.to_string()).collect();
            Err(format!(
                "there is no account at server {named}, but at {}",
                match known.is_empty() {
                    true => "none".to_owned(),
                    false => known.join(", "),
                }
            ))
        }
    }
}

/// The device itself sets a value.
fn set(unit: &mut Unit, now: Instant, path: Path, text: &str) -> Result<(), String> {
    let definition = path
        .object_id()
        .and_then(|object| unit.client.tree().definition(object));
    let definition = definition.ok_or_else(|| format!("the device does not have {path}"))?;
    let value = Decoder::new(Format::Text, path)
        .with_definitions(&definition)
        .read(text.as_bytes())
        .and_then(|mut reader| {
            Ok(reader
                .next()?
                .and_then(|record| record.to_record().content.value()))
        })
        .map_err(|error| format!("{text:?} is no value of {path}: {error}"))?
        .ok_or_else(|| format!("{path} has no value to set"))?;
    unit.client.change(now, |tree| {
        // Its least and greatest value follow.
        if let (true, ValueRef::Float(value)) = (path == Path::resource(3303, 0, 5700), value.as_ref()) {
            tree.update::<Temperature, _>(0, |sensor| measured(sensor, value, unix_time()));
            return Ok(());
        }
        tree.set(path, value.as_ref()).map_err(|error| error.to_string())
    })
}

/// Tells every account.
fn accounts(unit: &Unit, report: &Report) {
    let tree = unit.client.tree();
    let mut none = true;
    for id in tree.instances(0) {
        let Some(security) = tree.get::<Lwm2mSecurity>(id) else {
            continue;
        };
        none = false;
        let uri = security.lwm2m_server_uri.as_deref().unwrap_or_default();
        if security.bootstrap_server == Some(true) {
            let state = unit.client.bootstrap_state();
            report.line(
                &unit.endpoint,
                "account",
                format_args!("bootstrap server at {uri}: {state:?}"),
                json!({"bootstrap": true, "uri": uri, "state": format!("{state:?}")}),
            );
            continue;
        }
        let server = security.short_server_id.unwrap_or_default();
        let servers = tree.instances(1).filter_map(|id| tree.get::<Lwm2mServer>(id));
        let lifetime = servers
            .filter(|account| account.short_server_id == server)
            .map(|account| account.lifetime)
            .next();
        let state = u16::try_from(server)
            .ok()
            .and_then(|server| unit.client.state(server));
        let state = state.map_or("not in use".to_owned(), |state| format!("{state:?}"));
        report.line(
            &unit.endpoint,
            "account",
            format_args!(
                "server {server} at {uri}, lifetime {} s: {state}",
                lifetime.unwrap_or_default()
            ),
            json!({"server": server, "uri": uri, "lifetime": lifetime, "state": state}),
        );
    }
    if none {
        report.note(&unit.endpoint, "accounts", "there is no account");
    }
}

/// Tells every rule of access.
fn rights(unit: &Unit, report: &Report) {
    let tree = unit.client.tree();
    let mut none = true;
    for id in tree.instances(2) {
        let Some(rule) = tree.get::<Lwm2mAccessControl>(id) else {
            continue;
        };
        none = false;
        let object = u16::try_from(rule.object_id).unwrap_or_default();
        let instance = u16::try_from(rule.object_instance_id).unwrap_or_default();
        let path = match instance {
            OBJECT_ITSELF => Path::object(object),
            instance => Path::instance(object, instance),
        };
        let owner = match rule.access_control_owner {
            owner if owner == i64::from(BOOTSTRAP_OWNER) => "the bootstrap server".to_owned(),
            owner => format!("server {owner}"),
        };
        let entries = rule.acl.iter().flat_map(|entries| entries.iter());
        let entries: Vec<_> = entries
            .map(|(server, bits)| (*server, Rights::from_bits(*bits)))
            .collect();
        let text: String = entries
            .iter()
            .map(|(server, rights)| match server {
                0 => format!(", others {rights}"),
                server => format!(", server {server} {rights}"),
            })
            .collect();
        let members: serde_json::Map<_, _> = entries
            .iter()
            .map(|(server, rights)| (server.to_string(), rights.to_string().into()))
            .collect();
        report.line(
            &unit.endpoint,
            "rule",
            format_args!("{path}{}: owner {owner}{text}", named(path)),
            json!({"path": path.to_string(), "owner": rule.access_control_owner, "rights": members}),
        );
    }
    if none {
        report.note(
            &unit.endpoint,
            "rules",
            "no rules: every server may do everything",
        );
    }
}
