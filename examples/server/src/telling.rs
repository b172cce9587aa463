//! What happens while nobody has asked.

use std::sync::Arc;

use example_console::{Output, escaped};
use lwm2m_runtime::{
    encoding::Record,
    model::Path,
    net::{Device, Server, ServerEvent},
};
use serde_json::{Value as Json, json};

use crate::{
    command::Awaited,
    happenings::{Happening, Happenings},
    output,
    values::Models,
};

/// Prints what happens, and keeps it for `wait`.
#[derive(Clone, Debug)]
pub(crate) struct Teller {
    pub(crate) output: Output,
    pub(crate) happenings: Arc<Happenings>,
}

impl Teller {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            output,
            happenings: Arc::default(),
        }
    }

    /// Something has happened to a device.
    pub(crate) fn tell(
        &self,
        what: Awaited,
        endpoint: &str,
        paths: Vec<Path>,
        text: &str,
        mut members: Json,
    ) {
        if let Some(members) = members.as_object_mut() {
            members.insert("endpoint".to_owned(), endpoint.into());
        }
        self.output.event(what.name(), text, members);
        self.happenings.push(Happening {
            what,
            endpoint: endpoint.to_owned(),
            paths,
        });
    }

    /// Values came unasked.
    pub(crate) async fn values(&self, what: Awaited, device: &Device, records: &[Record]) {
        let Ok(registration) = device.registration().await else {
            return;
        };
        let models = Models(&registration);
        let text = titled(
            &format!("{} {}", what.name(), escaped(device.endpoint())),
            &output::table(records, &models),
        );
        let paths = records.iter().map(|record| record.path).collect();
        let members = json!({"values": output::values(records, &models)});
        self.tell(what, device.endpoint(), paths, &text, members);
    }

    /// Tells what becomes of registrations, until the server stops.
    pub(crate) async fn registrations(self, server: &Server) {
        let mut events = server.events().await;
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                self.registration(event);
            }
        });
    }

    fn registration(&self, event: ServerEvent) {
        let (what, device, text, members) = match event {
            ServerEvent::Registered {
                device,
                registration,
                again,
            } => {
                let again = if again { "again " } else { "" };
                let text = format!("registered {again}{}", output::summary(&registration));
                let members = output::registration(&registration);
                (Awaited::Registered, device, text, members)
            }
            ServerEvent::Updated { device, changes } => {
                let name = escaped(device.endpoint());
                let what = if changes.objects {
                    " with other objects"
                } else {
                    ""
                };
                let members = json!({"objects": changes.objects, "lifetime": changes.lifetime});
                (Awaited::Updated, device, format!("updated {name}{what}"), members)
            }
            ServerEvent::Ended { device, reason } => {
                let text = format!("ended {}: {reason:?}", escaped(device.endpoint()));
                let members = json!({"reason": format!("{reason:?}")});
                (Awaited::Ended, device, text, members)
            }
            _ => return,
        };
        self.tell(what, device.endpoint(), Vec::new(), &text, members);
    }

    /// Tells what devices send, until the server stops.
    pub(crate) async fn sends(self, server: &Server) {
        let mut sends = server.sends().await;
        tokio::spawn(async move {
            while let Some(sent) = sends.next().await {
                self.values(Awaited::Send, &sent.device, &sent.records).await;
            }
        });
    }
}

/// A text behind its title: on the same line, if it is one line.
pub(crate) fn titled(title: &str, text: &str) -> String {
    let text = text.trim_end();
    let gap = if text.contains('\n') { '\n' } else { ' ' };
    format!("{title}:{gap}{text}")
}
