//! CoRE links as JSON.

use lwm2m_runtime::link::Links;
use serde_json::{Value, json};

use crate::failure::Failure;

/// `[{uri, params: [[name, value]]}]`. The bare version with which an answer to Bootstrap-Discover begins in LwM2M 1.0
/// becomes a parameter of an empty URI.
pub(crate) fn to_json(payload: &[u8]) -> Result<Vec<u8>, Failure> {
    let (version, links) =
        Links::from_bootstrap_discover(payload).map_err(|error| Failure::links(error, payload))?;
    let mut list = Vec::new();
    if let Some(version) = version {
        list.push(json!({ "uri": "", "params": [["lwm2m", version.to_string()]] }));
    }
    for link in links {
        let link = link.map_err(|error| Failure::links(error, payload))?;
        let parameters: Vec<Value> = link
            .parameters
            .into_iter()
            .map(|parameter| json!([parameter.name, parameter.value()]))
            .collect();
        list.push(json!({ "uri": link.target, "params": parameters }));
    }
    Ok(format!("{:#}\n", Value::Array(list)).into_bytes())
}
