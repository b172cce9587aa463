//! What a device has answered.

use example_console::escaped;
use lwm2m_runtime::{
    encoding::{Decoder, Record},
    link::{Links, ObjectLink},
    model::Path,
    net::{DiscoveredLink, RegistrationInfo},
    operation::Status,
    server::Answer,
};
use serde_json::{Value as Json, json};

use crate::{
    ask::Ask,
    outcome::{Failed, Outcome},
    output,
    values::Models,
};

/// An answer for people and as JSON.
pub(crate) fn shown(ask: &Ask, answer: &Answer, registration: &RegistrationInfo) -> Outcome {
    let Answer {
        status,
        payload,
        created,
    } = answer;
    let mut members = json!({"status": status.code().to_string()});
    let mut insert = |name: &str, value: Json| {
        if let Some(members) = members.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
    };
    if let Some(path) = created {
        insert("created", path.to_string().into());
    }
    if let Some((format, _)) = payload {
        insert("format", format.0.into());
    }
    if !status.is_success() {
        let endpoint = escaped(&registration.endpoint);
        let advice = match status {
            Status::Unauthorized => "; `rights` shows which server may do what there",
            _ => "",
        };
        let text = format!("{endpoint} refuses: {status}{advice}");
        return Err(Failed::refused(text, members));
    }
    let models = Models(registration);
    let text = match (ask, payload) {
        (Ask::Discover { .. }, Some((_, bytes))) => {
            let links = discovered(bytes)?;
            insert("links", output::links_json(&links));
            output::links(&links, &models)
        }
        (Ask::Read(_) | Ask::ReadComposite(_), Some((format, bytes))) => {
            let target = match ask {
                Ask::Read(path) => *path,
                _ => Path::ROOT,
            };
            let format = format.format().ok_or_else(|| {
                format!("the device answers in {format:?}, which is no content format of LwM2M")
            })?;
            let records: Vec<Record> = Decoder::new(format, target)
                .with_definitions(&models)
                .read(bytes)
                .and_then(lwm2m_runtime::encoding::Reader::collect)
                .map_err(|error| format!("the device's answer is no {format:?}: {error}"))?;
            insert("values", output::values(&records, &models));
            output::table(&records, &models)
        }
        _ => match created {
            Some(path) => format!("{status}: {path}"),
            None => status.to_string(),
        },
    };
    Ok((text, members))
}

/// The links of an answer to a Discover.
fn discovered(payload: &[u8]) -> Result<Vec<DiscoveredLink>, String> {
    let text = std::str::from_utf8(payload).map_err(|_| "the device's links are no text")?;
    Links::new(text)
        .map(|link| {
            let link = link
                .map_err(|error| error.to_string())
                .and_then(|link| ObjectLink::read(link).map_err(|error| error.to_string()));
            let link = link.map_err(|error| format!("the device's links cannot be read: {error}"))?;
            Ok(DiscoveredLink {
                path: link.path,
                version: link.attributes.ver,
                dimension: link.attributes.dim,
                attributes: link.attributes.notification,
            })
        })
        .collect()
}
