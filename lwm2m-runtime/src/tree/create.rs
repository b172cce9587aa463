use alloc::{boxed::Box, collections::BTreeMap, vec::Vec};

use super::{
    Application, Asker, Change, ChangeKind, Create, Outcome, Tree, delete::is_fixed, node::ObjectNode,
    read::decode_status, staged::Staged,
};
use crate::{
    encoding::{Content, PayloadKind, Purpose, RecordRef},
    model::Path,
    object::Instance,
    operation::{Operation, Payload, Status},
};

/// The identifier that stands for one which the client is to choose.
const UNNUMBERED: u16 = u16::MAX;

impl Tree {
    /// Create (LwM2M Core 1.2, section 6.3.6): one instance, or several that the payload numbers.
    pub(super) fn create(
        &mut self,
        asker: Asker<'_>,
        object: u16,
        payload: Payload<'_>,
        application: &mut dyn Application,
    ) -> Result<Outcome, Status> {
        let path = Path::object(object);
        let node = self.target(path)?.object;
        self.permitted(asker, Operation::Create, path)?;
        let single = !node.definition.multiple();
        if is_fixed(object) || single && !node.instances.is_empty() {
            return Err(Status::MethodNotAllowed);
        }
        let make = node.make;
        let requested = self.stage_create(asker, node, payload)?;
        if !self.has_room(requested.len() + self.rules_for(requested.len())) {
            return Err(Status::InternalServerError);
        }
        let chosen = choose(node, &requested);
        let mut created = None;
        let mut instances = Vec::with_capacity(requested.len());
        for (id, staged) in requested {
            let id = match id {
                UNNUMBERED => {
                    let id = chosen.ok_or(Status::InternalServerError)?;
                    created = Some(Path::instance(object, id));
                    id
                }
                id => id,
            };
            let staged = staged.at(Path::instance(object, id));
            let instance = self.instantiate(asker, &staged, application)?;
            staged.ask(self, asker.server, application)?;
            instances.push((id, instance));
        }
        let by = Some(asker.server);
        let mut changes = Vec::with_capacity(instances.len());
        for (id, instance) in instances {
            // Room, identifier and multiplicity are checked.
            self.put(id, instance, make, by)
                .map_err(|_| Status::InternalServerError)?;
            self.note_written(object, id);
            self.add_rule(object, id, asker.server);
            changes.push(Change {
                path: Path::instance(object, id),
                kind: ChangeKind::Created,
                by,
            });
        }
        for change in &changes {
            application.changed(self, change);
        }
        Ok(Outcome {
            created,
            ..Outcome::new(Status::Created)
        })
    }

    /// The values of the instances in the payload, by the identifiers that it gives them.
    fn stage_create(
        &self,
        asker: Asker<'_>,
        node: &ObjectNode,
        payload: Payload<'_>,
    ) -> Result<BTreeMap<u16, Staged>, Status> {
        let definition = node.definition;
        let target = Path::object(definition.id());
        let mut reader = self.reader(asker, target, payload, PayloadKind::Values, Purpose::Create)?;
        let mut requested = BTreeMap::new();
        let make = |id| Staged::new(Path::instance(definition.id(), id), (node.make)(definition));
        while let Some(record) = reader.next().map_err(decode_status)? {
            let id = record.path.instance_id().ok_or(Status::BadRequest)?;
            if !asker.is_own(record.prefix) {
                return Err(Status::BadRequest);
            }
            let beyond = !definition.multiple() && !matches!(id, 0 | UNNUMBERED);
            if beyond || node.instance(id).is_some() {
                return Err(Status::BadRequest);
            }
            let staged = requested.entry(id).or_insert_with(|| make(id));
            self.stage_initial(staged, node, &record)?;
        }
        if requested.is_empty() {
            requested.insert(UNNUMBERED, make(UNNUMBERED));
        }
        // Of a single-instance object there is one at most, however it is numbered.
        if !definition.multiple() && requested.len() > 1 {
            return Err(Status::BadRequest);
        }
        self.check_sizes(requested.values())?;
        Ok(requested)
    }

    /// Takes over a record of a Create. Values of resources that servers cannot write are passed over, and so are those
    /// of resources that the definition does not have.
    fn stage_initial(
        &self,
        staged: &mut Staged,
        node: &ObjectNode,
        record: &RecordRef<'_>,
    ) -> Result<(), Status> {
        let resource = record
            .path
            .resource_id()
            .and_then(|id| node.definition.resource(id));
        let Some(resource) = resource.filter(|resource| resource.operations().writable()) else {
            return Ok(());
        };
        match record.content {
            Content::Value(value) => {
                self.check_links(value)?;
                staged.replace(resource.id(), record.path.resource_instance_id(), Some(value))
            }
            Content::Container if resource.multiple() => staged.replace(resource.id(), None, None),
            _ => Err(Status::BadRequest),
        }
    }

    /// Makes the instance, which is not in the tree yet: defaults, what the application gives it, the payload's values.
    fn instantiate(
        &self,
        asker: Asker<'_>,
        staged: &Staged,
        application: &mut dyn Application,
    ) -> Result<Box<dyn Instance>, Status> {
        let path = staged.path();
        let node = self.target(path.up_to(1))?.object;
        let mut instance = (node.make)(node.definition);
        let mut given = Vec::new();
        application.create(
            self,
            &mut Create {
                path,
                server: asker.server,
                instance: &mut *instance,
                given: &mut |resource| given.push(resource),
            },
        )?;
        for resource in node
            .definition
            .resources()
            .iter()
            .filter(|resource| resource.mandatory())
        {
            let id = resource.id();
            let Some(field) = instance.field_mut(id) else {
                continue;
            };
            if resource.operations().writable() {
                if !staged.touches(id) && !given.contains(&id) {
                    return Err(Status::BadRequest);
                }
            } else if !field.is_present() && resource.operations().readable() {
                // A server cannot give it, and the application did not.
                field.reset();
            }
        }
        staged.apply(&mut *instance);
        Ok(instance)
    }
}

/// The lowest identifier that is free; `None` if there is none.
fn choose(node: &ObjectNode, requested: &BTreeMap<u16, Staged>) -> Option<u16> {
    (0..UNNUMBERED).find(|id| node.position(*id).is_err() && !requested.contains_key(id))
}
