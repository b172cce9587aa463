//! Who may do what, by a device's Access Control objects.

use lwm2m_runtime::{
    access_control::{BOOTSTRAP_OWNER, OBJECT_ITSELF, Rights},
    encoding::{Definitions, Record},
    model::{Path, Value},
    net::{Device, RegistrationInfo},
    objects::Lwm2mAccessControl,
    operation::WriteMode,
};
use serde_json::json;

use crate::{
    outcome::{Failed, Outcome},
    values::Models,
};

/// Every rule that this server may read.
pub(crate) async fn show(device: &Device) -> Outcome {
    let registration = device.registration().await?;
    let rules = match has_rules(&registration) {
        true => device.read_all::<Lwm2mAccessControl>().await?,
        false => Vec::new(),
    };
    if rules.is_empty() {
        let text = "no rules: every server may do everything";
        return Ok((text.to_owned(), json!({"rules": []})));
    }
    let models = Models(&registration);
    let rows: Vec<_> = rules
        .iter()
        .map(|(id, rule)| {
            let object = u16::try_from(rule.object_id).unwrap_or_default();
            let name = models.object(object).map_or("", |object| object.name());
            let owner = match rule.access_control_owner {
                owner if owner == i64::from(BOOTSTRAP_OWNER) => "bootstrap".to_owned(),
                owner => owner.to_string(),
            };
            let entries: Vec<_> = entries(rule)
                .map(|(server, rights)| match server {
                    0 => format!("others {rights}"),
                    server => format!("{server} {rights}"),
                })
                .collect();
            (format!("/2/{id}"), target(rule), name, owner, entries.join("  "))
        })
        .collect();
    let widths = rows.iter().fold([0; 4], |[a, b, c, d], row| {
        [
            a.max(row.0.len()),
            b.max(row.1.len()),
            c.max(row.2.chars().count()),
            d.max(row.3.len()),
        ]
    });
    let [a, b, c, d] = widths;
    let text = rows
        .iter()
        .map(|(id, target, name, owner, entries)| {
            let line = format!("{id:a$}  {target:b$}  {name:c$}  owner {owner:d$}  {entries}");
            format!("{}\n", line.trim_end())
        })
        .collect();
    let list: Vec<_> = rules
        .iter()
        .map(|(id, rule)| {
            let entries: serde_json::Map<_, _> = entries(rule)
                .map(|(server, rights)| (server.to_string(), rights.to_string().into()))
                .collect();
            json!({
                "rule": id,
                "target": target(rule),
                "owner": rule.access_control_owner,
                "rights": entries,
            })
        })
        .collect();
    Ok((text, json!({"rules": list})))
}

/// Changes the entry of a server in the rule for an instance, or an object itself.
pub(crate) async fn grant(device: &Device, wanted: Path, server: u16, rights: Rights) -> Result<(), Failed> {
    let registration = device.registration().await?;
    let rules = match has_rules(&registration) {
        true => device.read_all::<Lwm2mAccessControl>().await?,
        false => Vec::new(),
    };
    let found = rules.iter().find(|(_, rule)| target(rule) == wanted.to_string());
    let Some((id, _)) = found else {
        return Err(format!(
            "the device shows no rule for {wanted}; `rights` lists them, and a bootstrap server makes them"
        )
        .into());
    };
    let rule = Path::instance(2, *id);
    let entry = Path::resource_instance(2, *id, 2, server);
    let record = Record::new(entry, Value::Integer(rights.bits()));
    device.write_path(rule, WriteMode::Partial, vec![record]).await?;
    Ok(())
}

fn has_rules(registration: &RegistrationInfo) -> bool {
    let listed = registration.objects.get(2);
    listed.is_some_and(|rules| !rules.instances.is_empty())
}

/// What a rule is for.
fn target(rule: &Lwm2mAccessControl) -> String {
    let (object, instance) = (rule.object_id, rule.object_instance_id);
    match instance == i64::from(OBJECT_ITSELF) {
        true => format!("/{object}"),
        false => format!("/{object}/{instance}"),
    }
}

/// Servers and what they may do.
fn entries(rule: &Lwm2mAccessControl) -> impl Iterator<Item = (u16, Rights)> {
    let entries = rule.acl.iter().flat_map(|entries| entries.iter());
    entries.map(|(server, bits)| (*server, Rights::from_bits(*bits)))
}
