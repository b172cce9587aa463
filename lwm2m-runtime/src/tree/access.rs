use super::{Tree, rule_index::IndexedRules};
use crate::{
    access_control::{AccessControl, Rule},
    encoding::Negotiation,
    model::{Path, Version},
    operation::{Operation, Status, protected},
};

/// The server that asks.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// Its Short Server ID, 1 to 65534.
    pub server: u16,
    /// The version of the session, and the formats that both sides have.
    pub formats: &'a Negotiation,
    alternate_path: &'a str,
}

impl<'a> Asker<'a> {
    /// A server in a session.
    #[must_use]
    pub const fn new(server: u16, formats: &'a Negotiation) -> Self {
        Self {
            server,
            formats,
            alternate_path: "",
        }
    }

    /// With the path below which the client's objects are, without slashes around it.
    ///
    /// Names in payloads begin with it since LwM2M 1.2.1, and did not before. A registration does not tell the two apart:
    /// names are accepted with and without it, and written with it from LwM2M 1.2 on.
    #[must_use]
    pub const fn with_alternate_path(self, alternate_path: &'a str) -> Self {
        Self {
            alternate_path,
            ..self
        }
    }

    /// The version of LwM2M in the session.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.formats.version()
    }

    /// Whether a path is that of a secret, about which the server learns nothing, not even whether it exists.
    pub(super) fn is_kept_from(&self, path: Path) -> bool {
        path.object_id()
            .is_some_and(|object| protected(object, self.version()))
    }

    /// Whether names may begin with a prefix.
    pub(super) const fn has_prefix(&self) -> bool {
        !self.alternate_path.is_empty()
    }

    /// Whether what is below a prefix is the client's own.
    pub(super) fn is_own(&self, prefix: &str) -> bool {
        prefix.is_empty() || prefix == self.alternate_path
    }

    /// What names in SenML begin with.
    pub(super) fn prefix(&self) -> &'a str {
        match self.version() < Version::V1_2 {
            true => "",
            false => self.alternate_path,
        }
    }
}

impl Tree {
    /// Whether the asking server has the right to an operation on a path that exists. Every operation goes through here.
    pub(super) fn permitted(&self, asker: Asker<'_>, operation: Operation, path: Path) -> Result<(), Status> {
        if asker.is_kept_from(path) {
            return Err(Status::Unauthorized);
        }
        self.access_control().check(asker.server, operation, path)
    }

    /// What a composite request reads leaves out what the server may not: 4.01 if nothing is left for that reason
    /// (LwM2M Core 1.2, section 8.2).
    pub(super) fn any_permitted(&self, asker: Asker<'_>, paths: &[Path]) -> Result<(), Status> {
        let mut refused = false;
        for path in paths {
            let Some(object) = path.object_id() else {
                return Ok(());
            };
            let instances = self.object(object).map_or(&[][..], |object| &object.instances);
            let mut instances = instances.iter().map(|instance| instance.id);
            let permitted = match path.instance_id() {
                Some(id) => instances
                    .any(|other| other == id)
                    .then(|| self.may_read(asker, object, id)),
                None => instances.map(|id| self.may_read(asker, object, id)).max(),
            };
            match permitted {
                Some(true) => return Ok(()),
                Some(false) => refused = true,
                None => {}
            }
        }
        match refused {
            true => Err(Status::Unauthorized),
            false => Ok(()),
        }
    }

    /// Whether the asking server may read an instance, by the rules as they are now (LwM2M Core 1.2, section 8.2). Reading
    /// what is above leaves out those that it may not. Whether the instance exists is not looked at.
    #[must_use]
    pub fn may_read(&self, asker: Asker<'_>, object: u16, instance: u16) -> bool {
        self.permitted(asker, Operation::Read, Path::instance(object, instance))
            .is_ok()
    }

    fn access_control(&self) -> AccessControl<IndexedRules<'_>> {
        #[cfg(debug_assertions)]
        debug_assert!(self.rule_index_is_right());
        // Each account has one instance of the Server object.
        let accounts = self.object(1).map_or(0, |servers| servers.instances.len());
        AccessControl::new(accounts, IndexedRules(self)).with_single_server(self.config.single_server)
    }

    /// The instances of the Access Control object.
    pub(super) fn rules(&self) -> impl Iterator<Item = Rule<'_>> + Clone {
        self.object(2).into_iter().flat_map(|rules| {
            rules
                .instances
                .iter()
                .map(|instance| Rule::read(instance.id, &*instance.value))
        })
    }
}
