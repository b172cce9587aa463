//! What devices are made by.

use lwm2m_runtime::{
    client::{Client, ClientConfig},
    coap::EndpointConfig,
    model::Path,
    operation::TreeView,
    time::Instant,
    tree::Tree,
};

use crate::{
    accounts::Factory,
    arguments::Arguments,
    memory::{self, Store},
    objects,
    report::Report,
    values::unix_time,
};

/// The command line, and the accounts that it leads to.
#[derive(Clone, Debug)]
pub(crate) struct Blueprint {
    pub(crate) arguments: Arguments,
    pub(crate) factory: Factory,
}

/// A client that is not started, with what was kept.
pub(crate) struct Made {
    pub(crate) client: Client,
    pub(crate) store: Option<Store>,
    pub(crate) seed: u64,
}

impl Blueprint {
    /// The endpoint client name of a device.
    pub(crate) fn endpoint(&self, number: u32) -> String {
        match self.arguments.fleet.count {
            1 => self.arguments.endpoint.clone(),
            _ => format!("{}-{number}", self.arguments.endpoint),
        }
    }

    /// A device with what it has kept, what its smartcard has, or what the factory gives it.
    pub(crate) fn make(&self, number: u32, report: &Report) -> Result<Made, String> {
        let endpoint = self.endpoint(number);
        let mut seed = [0; 16];
        getrandom::fill(&mut seed).map_err(|error| error.to_string())?;
        let seed = u128::from_ne_bytes(seed);
        let tree = objects::tree(&self.arguments, &format!("WS-{number:06}"), unix_time());
        let mut tree = tree.map_err(|error| error.to_string())?;
        let card = self.arguments.accounts.smartcard.clone();
        // What a smartcard has counts, and else the factory's accounts.
        if card.is_none() {
            self.configure(&mut tree)?;
        }
        let mut client = Client::new(self.config(&endpoint), tree, seed);
        let of_fleet = (self.arguments.fleet.count > 1).then_some(number);
        let (store, restored) = Store::open(&self.arguments.memory, of_fleet, &mut client)?.unzip();
        let restored = restored.flatten();
        if let Some(text) = &restored {
            report.note(&endpoint, "restored", text);
            for uri in self.passed_over(client.tree()) {
                let text =
                    format!("{uri} does not count, for there are other accounts; --anew begins with it");
                report.note(&endpoint, "warning", &text);
            }
        }
        if let Some(card) = &card {
            let now = Instant::default();
            let inserted = memory::insert_card(&mut client, now, card).and_then(|inserted| match inserted {
                true => Ok(()),
                false => Err(format!(
                    "there is no smartcard at {}; other accounts count",
                    card.display()
                )),
            });
            if let Err(error) = &inserted {
                report.note(&endpoint, "error", error);
            }
            let inserted = inserted.is_ok();
            if !inserted && restored.is_none() {
                client.change(now, |tree| self.configure(tree))?;
            }
        }
        Ok(Made {
            client,
            store,
            seed: seed as u64,
        })
    }

    /// The factory's servers that a device does not have: what was kept has others.
    fn passed_over(&self, tree: &Tree) -> Vec<String> {
        let uris = self.factory.values.below(Path::object(0));
        let uris = uris.filter(|(path, _)| path.resource_id() == Some(0));
        let known: Vec<_> = tree
            .instances(0)
            .filter_map(|id| tree.value(Path::resource(0, id, 0)))
            .collect();
        uris.filter(|(_, uri)| !known.contains(uri))
            .map(|(_, uri)| uri.to_string())
            .collect()
    }

    fn config(&self, endpoint: &str) -> ClientConfig {
        let arguments = &self.arguments;
        let mut config = ClientConfig::new(endpoint);
        if let Some(version) = arguments.version {
            config.versions = vec![version];
        }
        config.formats = arguments.format_set();
        if arguments.announce_formats {
            config.announced_formats = arguments
                .formats
                .iter()
                .map(|format| format.content_format())
                .collect();
        }
        config.queue_mode = arguments.sleep.queue_mode;
        config.awake_time = arguments.sleep.awake;
        config.bootstrap_pack = !arguments.accounts.no_pack;
        config.bootstrap_format = arguments.accounts.bootstrap_format;
        config.coap = EndpointConfig {
            // Memory of answers, to repeat them: a fleet's devices have few servers each.
            max_recent: 64,
            ..EndpointConfig::default()
        };
        config
    }

    /// Gives a device the accounts that it leaves the factory with.
    fn configure(&self, tree: &mut Tree) -> Result<(), String> {
        tree.configure(&self.factory.values)
            .map_err(|error| error.to_string())
    }
}
