//! What a bootstrap server asks of a client (LwM2M Core 1.2, section 6.1.7). No right is needed, every resource can be
//! written, and everything can be undone until the session ends.
//!
//! 1. Bootstrap-Discover and Bootstrap-Read show what there is.
//! 2. Bootstrap-Write writes what the payload has, over what is there; the rest of an instance stays. All of a payload is
//!    checked before anything is applied.
//! 3. Bootstrap-Delete never takes the account at the bootstrap server, nor what that has links to, nor the device. With
//!    a server's credentials goes all of its account, and what only that server could use.
//! 4. Bootstrap-Finish is answered by what [`BootstrapJournal::check`] finds.

use alloc::{boxed::Box, collections::BTreeMap, vec::Vec};
use core::fmt;

use super::{Asker, BootstrapJournal, Outcome, Tree, read::decode_status, sizes::instance_size};
use crate::{
    encoding::{
        Content, ContentFormat, Negotiation, PayloadKind, Purpose, Reader, RecordRef, encode,
        instance_records,
    },
    model::{Path, ValueRef, Version},
    object::{Instance, WriteError},
    operation::{BootstrapDiscovery, BootstrapRequest, Operation, Payload, Status},
};

impl Tree {
    /// Does what a bootstrap server asks for, all of it or nothing. What is read is appended to `out`. What was changed, and
    /// how it was before, is noted in the session's journal.
    pub fn bootstrap(
        &mut self,
        journal: &mut BootstrapJournal,
        formats: &Negotiation,
        request: &BootstrapRequest<'_>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        let start = out.len();
        self.try_bootstrap(journal, formats, request, out)
            .unwrap_or_else(|status| {
                out.truncate(start);
                Outcome::new(status)
            })
    }

    fn try_bootstrap(
        &mut self,
        journal: &mut BootstrapJournal,
        formats: &Negotiation,
        request: &BootstrapRequest<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Outcome, Status> {
        let (path, version) = (request.path(), formats.version());
        if !request.operation().allowed(path, version) {
            return Err(match request.operation() {
                Operation::BootstrapRead => Status::MethodNotAllowed,
                _ => Status::BadRequest,
            });
        }
        match *request {
            BootstrapRequest::Discover { path } => {
                BootstrapDiscovery { version, path }.write(self, Text(out))?;
                Ok(Outcome::content(ContentFormat::LINK))
            }
            BootstrapRequest::Read { path, accept } => self
                .bootstrap_read(formats, path, accept, out)
                .map(Outcome::content),
            BootstrapRequest::Write { path, payload } => {
                self.bootstrap_write(journal, formats, path, payload)?;
                Ok(Outcome::new(Status::Changed))
            }
            BootstrapRequest::Delete { path } => {
                self.bootstrap_delete(journal, version, path)?;
                Ok(Outcome::new(Status::Deleted))
            }
            BootstrapRequest::Finish => match journal.check(self) {
                Ok(()) => Ok(Outcome::new(Status::Changed)),
                Err(_) => Err(Status::NotAcceptable),
            },
        }
    }

    /// Takes a Bootstrap-Pack: of each object in it, what there is goes, but for the account at the bootstrap server and the
    /// device, and what the pack has comes. Other objects stay as they are.
    ///
    /// # Errors
    ///
    /// 4.15 or 4.00 if the pack cannot be read, 4.06 if it has no account at a server or leaves the client without a
    /// consistent configuration, 5.00 if it is too large. The journal is to be rolled back then.
    pub fn bootstrap_pack(
        &mut self,
        journal: &mut BootstrapJournal,
        formats: &Negotiation,
        pack: Payload<'_>,
    ) -> Result<(), Status> {
        let mut objects = Vec::new();
        let mut reader = self.bootstrap_reader(formats, Path::ROOT, pack, PayloadKind::BootstrapPack)?;
        while let Some(record) = reader.next().map_err(decode_status).map_err(bootstrap_status)? {
            objects.extend(record.path.object_id());
        }
        drop(reader);
        objects.sort_unstable();
        objects.dedup();
        let kept = self.kept(formats.version());
        let before = self.accounts();
        for object in objects.iter().copied() {
            for instance in self.instances_at(Path::object(object)) {
                if !kept.contains(&instance) {
                    self.bootstrap_remove(journal, instance);
                }
            }
        }
        self.stage_and_apply(journal, formats, Path::ROOT, pack, PayloadKind::BootstrapPack)?;
        // The pack may say itself who may do what.
        if !objects.contains(&2) {
            self.follow_accounts(journal, &before);
        }
        // Without both halves of an account it is none: an empty one, in particular.
        let has_account = [0, 1].iter().all(|object| objects.contains(object));
        match journal.check(self) {
            Ok(()) if has_account => Ok(()),
            _ => Err(Status::NotAcceptable),
        }
    }

    fn bootstrap_read(
        &self,
        formats: &Negotiation,
        path: Path,
        accept: Option<ContentFormat>,
        out: &mut Vec<u8>,
    ) -> Result<ContentFormat, Status> {
        let instances = self.instances_at(path);
        if self.target(path).is_err() {
            return Err(Status::NotFound);
        }
        let format = formats
            .answer(accept, PayloadKind::Values)
            .map_err(Status::from)?;
        let records = instances.iter().flat_map(|path| {
            let instance = path.object_id().zip(path.instance_id());
            let instance = instance.and_then(|(object, id)| self.instance(object, id));
            instance
                .into_iter()
                .flat_map(|instance| instance_records(*path, instance))
        });
        self.finish(format, out, |options, out| {
            encode(format, path, records, options, out)
        })
    }

    fn bootstrap_write(
        &mut self,
        journal: &mut BootstrapJournal,
        formats: &Negotiation,
        path: Path,
        payload: Payload<'_>,
    ) -> Result<(), Status> {
        let object = path.object_id().ok_or(Status::BadRequest)?;
        let Some(definition) = self.definition(object) else {
            // A client without access control finds out at Bootstrap-Finish.
            return match object {
                2 => {
                    journal.foreign_rules = true;
                    Ok(())
                }
                _ => Err(Status::BadRequest),
            };
        };
        let resource = path.resource_id().map(|id| definition.resource(id));
        let kind = match resource {
            None => PayloadKind::Values,
            // One of another version.
            Some(None) => return Ok(()),
            Some(Some(resource)) if resource.multiple() => PayloadKind::Values,
            Some(Some(resource)) => PayloadKind::Value(resource.resource_type()),
        };
        self.stage_and_apply(journal, formats, path, payload, kind)
    }

    pub(super) fn bootstrap_reader<'a>(
        &'a self,
        formats: &Negotiation,
        target: Path,
        payload: Payload<'a>,
        kind: PayloadKind,
    ) -> Result<Reader<'a>, Status> {
        // The bootstrap server has no Short Server ID, and names never begin with the alternate path.
        let asker = Asker::new(0, formats);
        self.reader(asker, target, payload, kind, Purpose::Values)
            .map_err(bootstrap_status)
    }

    pub(super) fn stage_and_apply(
        &mut self,
        journal: &mut BootstrapJournal,
        formats: &Negotiation,
        target: Path,
        payload: Payload<'_>,
        kind: PayloadKind,
    ) -> Result<(), Status> {
        let mut staged: BTreeMap<Path, Written> = BTreeMap::new();
        let mut reader = self.bootstrap_reader(formats, target, payload, kind)?;
        while let Some(record) = reader.next().map_err(decode_status).map_err(bootstrap_status)? {
            self.stage_bootstrap(&mut staged, &record)?;
            // An instance takes far more than the few bytes that name it.
            if staged.len() > self.config().max_instances {
                return Err(Status::InternalServerError);
            }
        }
        drop(reader);
        self.check_room(&staged)?;
        for (path, Written { instance, resources }) in staged {
            let (Some(object), Some(id)) = (path.object_id(), path.instance_id()) else {
                continue;
            };
            journal.change(self, path);
            for resource in &resources {
                journal.write(*resource);
            }
            match (self.instance(object, id).is_some(), self.make(object)) {
                (true, _) => self.overwrite(object, id, &*instance),
                (false, Some(make)) => {
                    self.place(object, id, instance, make, None);
                    self.brought(object, id);
                }
                (false, None) => {}
            }
            for resource in resources.iter().filter_map(|path| path.resource_id()) {
                self.wrote(object, id, resource);
            }
            self.note_written(object, id);
        }
        Ok(())
    }

    /// Refuses what would bring the tree beyond its limits.
    fn check_room(&self, staged: &BTreeMap<Path, Written>) -> Result<(), Status> {
        let mut new = 0;
        let mut bytes = self.written;
        for (path, Written { instance, .. }) in staged {
            let there = path.object_id().zip(path.instance_id());
            match there.and_then(|(object, id)| self.node(object, id)) {
                Some(node) => bytes = bytes.saturating_sub(node.written),
                None => new += 1,
            }
            bytes += instance_size(&**instance);
            let resources = instance.definition().resources().iter();
            let mut fields = resources.filter_map(|resource| instance.field(resource.id()));
            if fields.any(|field| field.len() > self.config().max_resource_instances) {
                return Err(Status::BadRequest);
            }
        }
        match (self.has_room(new), bytes > self.config().max_written_bytes) {
            (_, true) => Err(Status::RequestEntityTooLarge),
            (false, _) => Err(Status::InternalServerError),
            _ => Ok(()),
        }
    }

    /// Takes over a record. Resources that the definition does not have are passed over; an empty value where an optional
    /// resource cannot have one means that there is none, as bootstrap servers write keys that they do not have.
    fn stage_bootstrap(
        &self,
        staged: &mut BTreeMap<Path, Written>,
        record: &RecordRef<'_>,
    ) -> Result<(), Status> {
        let path = record.path.up_to(2);
        let (Some(object), Some(id)) = (path.object_id(), path.instance_id()) else {
            return Err(Status::BadRequest);
        };
        let definition = self.definition(object).ok_or(Status::BadRequest)?;
        if id != 0 && !definition.multiple() {
            return Err(Status::BadRequest);
        }
        let written = match staged.entry(path) {
            alloc::collections::btree_map::Entry::Occupied(written) => written.into_mut(),
            alloc::collections::btree_map::Entry::Vacant(place) => {
                let fresh = || self.make(object).map(|make| make(definition));
                let instance = self.copy(object, id).or_else(fresh).ok_or(Status::BadRequest)?;
                place.insert(Written {
                    instance,
                    resources: Vec::new(),
                })
            }
        };
        let Some(resource) = record.path.resource_id().and_then(|id| definition.resource(id)) else {
            return Ok(());
        };
        let at = record.path.up_to(3);
        if !written.resources.contains(&at) {
            written.resources.push(at);
            // What is written is the whole of a multiple resource.
            let field = written.instance.field_mut(resource.id());
            if let Some(field) = field.filter(|field| field.is_multiple()) {
                field.reset();
            }
        }
        match record.content {
            Content::Value(value) => {
                let id = record.path.resource_instance_id();
                match written.instance.write(resource.id(), id, value) {
                    Ok(()) => Ok(()),
                    Err(WriteError::Constraint(_)) if !resource.mandatory() && is_empty(value) => {
                        if let Some(field) = written.instance.field_mut(resource.id()) {
                            field.remove(id);
                        }
                        Ok(())
                    }
                    Err(_) => Err(Status::BadRequest),
                }
            }
            Content::Container if resource.multiple() => Ok(()),
            _ => Err(Status::BadRequest),
        }
    }

    fn bootstrap_delete(
        &mut self,
        journal: &mut BootstrapJournal,
        version: Version,
        path: Path,
    ) -> Result<(), Status> {
        let kept = self.kept(version);
        let targets = self.instances_at(path);
        match path.depth() {
            0 => {}
            1 if self.definition(path.object_id().unwrap_or(u16::MAX)).is_some() => {}
            2 if !targets.is_empty() && !kept.contains(&path) => {}
            _ => return Err(Status::BadRequest),
        }
        for instance in targets {
            if kept.contains(&instance) {
                continue;
            }
            match (instance.object_id(), instance.instance_id()) {
                (Some(0), Some(id)) => self.unbootstrap(journal, id, &kept),
                _ => self.bootstrap_remove(journal, instance),
            }
        }
        Ok(())
    }

    pub(super) fn bootstrap_remove(&mut self, journal: &mut BootstrapJournal, instance: Path) {
        let (Some(object), Some(id)) = (instance.object_id(), instance.instance_id()) else {
            return;
        };
        if let Some(node) = self.take_node(object, id, None) {
            self.deleted(object, id, &node.foreign);
            journal.remove(instance, node);
        }
    }

    /// What no Bootstrap-Delete takes: the device, the account at the bootstrap server, and what it has links to.
    fn kept(&self, version: Version) -> Vec<Path> {
        let mut kept = Vec::from([Path::instance(3, 0)]);
        for security in self.instances_at(Path::object(0)) {
            let is_bootstrap = security.child(1).and_then(|path| self.value(path));
            if is_bootstrap != Some(ValueRef::Boolean(true)) {
                continue;
            }
            kept.push(security);
            let (Some(object), Some(id)) = (security.object_id(), security.instance_id()) else {
                continue;
            };
            let linked = self
                .instance(object, id)
                .into_iter()
                .flat_map(|instance| instance.values());
            for (resource, _, value) in linked {
                let since = match resource {
                    17 => Version::V1_1,
                    26 | 27 => Version::V1_2,
                    _ => continue,
                };
                if let (ValueRef::Objlnk(link), true) = (value, version >= since) {
                    kept.push(Path::instance(link.object, link.instance));
                }
            }
        }
        kept
    }

    /// The instances at a path and below.
    pub(super) fn instances_at(&self, path: Path) -> Vec<Path> {
        let objects = self.objects.iter();
        let all = objects.flat_map(|object| {
            let id = object.definition.id();
            object
                .instances
                .iter()
                .map(move |instance| Path::instance(id, instance.id))
        });
        all.filter(|instance| instance.starts_with(path)).collect()
    }
}

/// An instance as it is to be.
struct Written {
    instance: Box<dyn Instance>,
    /// The resources that are written.
    resources: Vec<Path>,
}

/// Whether a value has no bytes.
fn is_empty(value: ValueRef<'_>) -> bool {
    match value {
        ValueRef::String(text) => text.is_empty(),
        ValueRef::Opaque(bytes) => bytes.is_empty(),
        _ => false,
    }
}

/// Only 4.00, 4.13 and 4.15 answer a Bootstrap-Write.
const fn bootstrap_status(status: Status) -> Status {
    match status {
        Status::MethodNotAllowed => Status::BadRequest,
        status => status,
    }
}

/// Text at the end of a payload.
struct Text<'a>(&'a mut Vec<u8>);

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
