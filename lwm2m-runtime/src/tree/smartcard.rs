//! What a smartcard brings into a tree, and takes with it (LwM2M Core 1.2, section 6.1.4).

use alloc::{collections::BTreeSet, vec::Vec};
use core::fmt;

use super::{BootstrapJournal, Tree, read::decode_status};
use crate::{
    configuration::{Inconsistency, SmartcardFile},
    encoding::{ContentFormat, FormatSet, Negotiation, PayloadKind},
    model::{Path, Version},
    operation::{Payload, Status},
};

impl Tree {
    /// Takes over the instances of a smartcard's file, in place of those with the same identifiers; the device itself (3)
    /// gets values and stays. Objects that the client does not have, or has with another major version, are passed over.
    /// Returns the instances that have come.
    ///
    /// # Errors
    ///
    /// [`SmartcardRefusal`]. The journal is to be rolled back then.
    pub fn insert_smartcard(
        &mut self,
        journal: &mut BootstrapJournal,
        file: &SmartcardFile<'_>,
    ) -> Result<Vec<Path>, SmartcardRefusal> {
        let mut provided = Vec::new();
        for object in file.objects() {
            let id = object.object;
            let Some(definition) = self.definition(id) else {
                continue;
            };
            let major = definition.version().major();
            if object.version.is_some_and(|version| version.major() != major) {
                continue;
            }
            let refused = |status| SmartcardRefusal::Object { object: id, status };
            let path = Path::object(id);
            let payload = Payload::new(ContentFormat::TLV, object.instances);
            let instances = self.instances_in(path, payload).map_err(refused)?;
            for instance in &instances {
                if id != DEVICE {
                    self.bootstrap_remove(journal, *instance);
                    provided.push(*instance);
                }
            }
            self.stage_and_apply(journal, &formats(), path, payload, PayloadKind::Values)
                .map_err(refused)?;
        }
        match journal.check(self) {
            // A card may have the account at the bootstrap server alone.
            Ok(()) | Err(Inconsistency::NoServerAccount) => Ok(provided),
            Err(inconsistency) => Err(SmartcardRefusal::Inconsistent(inconsistency)),
        }
    }

    /// Takes out instances that a card has brought: its rules of access first, so that they do not take along what is the
    /// device's own; then accounts, as a bootstrap server would: with a server's credentials goes what is the server's.
    pub fn remove_smartcard(&mut self, journal: &mut BootstrapJournal, provided: &[Path]) {
        let mut provided = provided.to_vec();
        provided.sort_unstable();
        for instance in provided.into_iter().rev() {
            match (instance.object_id(), instance.instance_id()) {
                (Some(0), Some(id)) if self.instance(0, id).is_some() => {
                    self.unbootstrap(journal, id, &[Path::instance(DEVICE, 0)]);
                }
                _ => self.bootstrap_remove(journal, instance),
            }
        }
    }

    /// The instances that a payload has values of.
    fn instances_in(&self, object: Path, payload: Payload<'_>) -> Result<BTreeSet<Path>, Status> {
        let mut instances = BTreeSet::new();
        let formats = formats();
        let mut reader = self.bootstrap_reader(&formats, object, payload, PayloadKind::Values)?;
        while let Some(record) = reader.next().map_err(decode_status)? {
            if record.path.depth() > 1 {
                instances.insert(record.path.up_to(2));
            }
        }
        Ok(instances)
    }
}

const DEVICE: u16 = 3;

fn formats() -> Negotiation {
    Negotiation::with_server(Version::V1_2, FormatSet::ALL)
}

/// Why a client does not take what a smartcard has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SmartcardRefusal {
    /// The instances of an object cannot be taken over.
    Object {
        /// Which object.
        object: u16,
        /// What a bootstrap server would be answered.
        status: Status,
    },
    /// They do not make a configuration.
    Inconsistent(Inconsistency),
    /// A bootstrap session is on: wait until it has finished or failed.
    Busy,
}

impl fmt::Display for SmartcardRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object { object, status } => {
                write!(f, "the card's instances of object {object} are refused: {status}")
            }
            Self::Inconsistent(inconsistency) => write!(f, "the card: {inconsistency}"),
            Self::Busy => f.write_str("a bootstrap session is on: wait until it has finished or failed"),
        }
    }
}

impl core::error::Error for SmartcardRefusal {}
