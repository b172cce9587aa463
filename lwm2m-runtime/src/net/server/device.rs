use core::fmt;
use std::{boxed::Box, sync::Arc, vec::Vec};

use tokio::sync::{mpsc, oneshot};

use super::{
    DeviceError, DiscoveredLink, ExecuteArguments, Observe, QueuedRequest, RegistrationInfo, Targets,
    ask::Ask,
    asking::decode,
    command::Command,
    discovered,
    targets::{Target, target},
};
use crate::{
    encoding::{Decoder, PayloadKind, Record, Tolerant, Unknown, instance_records},
    link::AttributeChanges,
    model::{ObjectDefinition, Operations, Path},
    object::{
        Field, Object, ResourceValue, TypedPath,
        access::{Executable, Writable},
    },
    operation::{Depth, InvalidRequest, Operation, WriteMode},
    server::{ShortMessage, SmsTrigger},
};

/// A device under its endpoint client name: what a program of the server asks of it.
///
/// It stands for the name, not for one registration: it is made before the device registers, and stays good when the
/// device registers again. It is cheap to clone. Requests to a device wait for each other, in their order; those to
/// different devices do not. A request whose future is dropped is given up, though the device may have it already.
///
/// ```no_run
/// use lwm2m_runtime::{
///     net::{Device, DeviceError},
///     objects::{Lwm2mServer, o3_v1_2},
/// };
///
/// # async fn example(device: Device) -> Result<(), DeviceError> {
/// let battery = device.get(o3_v1_2::Device::BATTERY_LEVEL.at(0)).await?;
/// let (errors, lifetime) = device
///     .get((o3_v1_2::Device::ERROR_CODE.at(0), Lwm2mServer::LIFETIME.at(0)))
///     .await?;
/// device.set(Lwm2mServer::LIFETIME.at(0), 3600).await?;
/// device.execute(o3_v1_2::Device::REBOOT.at(0), ()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Device {
    pub(super) endpoint: Arc<str>,
    pub(super) commands: mpsc::Sender<Command>,
}

impl Device {
    pub(super) const fn new(endpoint: Arc<str>, commands: mpsc::Sender<Command>) -> Self {
        Self { endpoint, commands }
    }

    /// The endpoint client name.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Its registration, as it is now.
    ///
    /// # Errors
    ///
    /// [`DeviceError::NotRegistered`], [`DeviceError::Stopped`].
    pub async fn registration(&self) -> Result<RegistrationInfo, DeviceError> {
        let (reply, registration) = oneshot::channel();
        let endpoint = self.endpoint.clone();
        self.command(Command::Registration { endpoint, reply }).await?;
        let registration = registration.await.map_err(|_| DeviceError::Stopped)?;
        registration.ok_or_else(|| DeviceError::NotRegistered {
            endpoint: self.endpoint.clone(),
        })
    }

    /// What it is to be asked, in its order: requests of every handle, and what sets up and cancels observations.
    ///
    /// # Errors
    ///
    /// [`DeviceError::NotRegistered`], [`DeviceError::Stopped`].
    pub async fn queue(&self) -> Result<Vec<QueuedRequest>, DeviceError> {
        let (reply, queue) = oneshot::channel();
        let endpoint = self.endpoint.clone();
        self.command(Command::Queue { endpoint, reply }).await?;
        let queue = queue.await.map_err(|_| DeviceError::Stopped)?;
        queue.ok_or_else(|| DeviceError::NotRegistered {
            endpoint: self.endpoint.clone(),
        })
    }

    /// The short message that wakes it, for a gateway to send: it has told its number, and allows it (`/1/x/21`), where
    /// `instance` is that of this server in its Server object. Nothing is answered; what waits for it goes out once it
    /// updates its registration.
    ///
    /// # Errors
    ///
    /// [`DeviceError::NotRegistered`], [`DeviceError::Limit`] with the reason where it has told no number,
    /// [`DeviceError::Stopped`].
    pub async fn sms_trigger(&self, instance: u16, trigger: SmsTrigger) -> Result<ShortMessage, DeviceError> {
        let (reply, message) = oneshot::channel();
        let endpoint = self.endpoint.clone();
        self.command(Command::SmsTrigger {
            endpoint,
            instance,
            trigger,
            reply,
        })
        .await?;
        message.await.map_err(|_| DeviceError::Stopped)?
    }

    /// Reads an instance of an object. Resources that its type does not know are left out.
    ///
    /// # Errors
    ///
    /// [`DeviceError`]; with [`DeviceError::Answer`] it names the first mandatory resource that is missing.
    pub async fn read<O: Object>(&self, instance: u16) -> Result<O, DeviceError> {
        let path = Path::instance(O::DEFINITION.id(), instance);
        let (answered, format) = self.content(Ask::Read { path }, Vec::new()).await?;
        Decoder::new(format, path)
            .read_instance(answered.bytes(), Unknown::Skip)
            .map_err(|error| DeviceError::Answer {
                operation: Operation::Read,
                path,
                error,
            })
    }

    /// Reads an instance as far as its values fit its type, and tells what does not: values of other types, resources that
    /// are unknown, mandatory ones that are missing.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn read_tolerant<O: Object>(&self, instance: u16) -> Result<Tolerant<O>, DeviceError> {
        let path = Path::instance(O::DEFINITION.id(), instance);
        let (answered, format) = self.content(Ask::Read { path }, Vec::new()).await?;
        Decoder::new(format, path)
            .read_instance_tolerant(answered.bytes())
            .map_err(|error| DeviceError::Answer {
                operation: Operation::Read,
                path,
                error,
            })
    }

    /// Reads every instance of an object, in ascending order.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn read_all<O: Object>(&self) -> Result<Vec<(u16, O)>, DeviceError> {
        let path = Path::object(O::DEFINITION.id());
        let (answered, format) = self.content(Ask::Read { path }, Vec::new()).await?;
        Decoder::new(format, path)
            .read_instances(answered.bytes(), Unknown::Skip)
            .map_err(|error| DeviceError::Answer {
                operation: Operation::Read,
                path,
                error,
            })
    }

    /// Reads a resource, or several of any objects at once: a Read, or for a tuple a Read-Composite. A device of LwM2M
    /// 1.0, which has no Read-Composite, is asked for one after the other; its values may then be of different times.
    ///
    /// Compiles only for resources that a server may read.
    ///
    /// # Errors
    ///
    /// [`DeviceError`]; a Read-Composite leaves out what is not there or may not be read, and the first value that is
    /// missing is an error here.
    pub async fn get<T: Targets>(&self, targets: T) -> Result<T::Values, DeviceError> {
        let (mut count, mut first) = (0, None);
        targets.each(&mut |target| {
            count += 1;
            first.get_or_insert(target);
        });
        match first {
            Some(only) if count == 1 => self.get_one(targets, only).await,
            _ => self.get_together(targets).await,
        }
    }

    async fn get_one<T: Targets>(&self, targets: T, only: Target) -> Result<T::Values, DeviceError> {
        let (path, operation) = (only.path, Operation::Read);
        let (answered, format) = self.content(Ask::Read { path }, Vec::new()).await?;
        let decoder = Decoder::new(format, path).with_definitions(&only.definition);
        let values = targets.read(decoder, answered.bytes());
        values.map_err(|error| DeviceError::Answer {
            operation,
            path,
            error,
        })
    }

    async fn get_together<T: Targets>(&self, targets: T) -> Result<T::Values, DeviceError> {
        let (mut paths, mut definitions) = (Vec::new(), Vec::new());
        targets.each(&mut |target| {
            paths.push(target.path);
            definitions.push(target.definition);
        });
        let failed = |error| DeviceError::Answer {
            operation: Operation::ReadComposite,
            path: Path::ROOT,
            error,
        };
        let ask = Ask::ReadComposite { paths: paths.clone() };
        match self.content(ask, Vec::new()).await {
            Ok((answered, format)) => {
                let decoder = Decoder::new(format, Path::ROOT).with_definitions(&definitions);
                targets.read(decoder, answered.bytes()).map_err(failed)
            }
            Err(DeviceError::Invalid(InvalidRequest::Since { .. })) => {
                let mut records = Vec::new();
                for path in paths {
                    let (answered, format) = self.content(Ask::Read { path }, Vec::new()).await?;
                    records.extend(decode(Operation::Read, path, format, &definitions, &answered)?);
                }
                targets.values(&records).map_err(failed)
            }
            Err(error) => Err(error),
        }
    }

    /// Writes a resource. A multiple one is replaced as a whole.
    ///
    /// Compiles only for a resource that a server may write, and for its own type.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Constraint`] when the value is outside the resource's range, and what the device answers.
    pub async fn set<O, T, A>(&self, path: TypedPath<O, T, A>, value: impl Into<T>) -> Result<(), DeviceError>
    where
        O: Object,
        T: Field + Default + ResourceValue,
        A: Writable,
    {
        let target = target(path);
        let (path, value) = path
            .to_write(value)
            .map_err(|violation| DeviceError::Constraint {
                path: path.path(),
                violation,
            })?;
        let entries = (0..value.len()).filter_map(|index| value.entry(index));
        let records = entries
            .filter_map(|(id, value)| {
                let path = match id {
                    Some(id) => path.child(id)?,
                    None => path,
                };
                Some(Record::new(path, value.to_value()))
            })
            .collect();
        self.done(Ask::Write {
            path,
            mode: WriteMode::Replace,
            kind: target.kind,
            records,
        })
        .await
    }

    /// Replaces an instance: what a server may write takes the values that `value` has, and goes where it has none.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Constraint`] when a value is outside its range, and what the device answers.
    pub async fn write<O: Object>(&self, instance: u16, value: &O) -> Result<(), DeviceError> {
        self.write_instance(instance, value, WriteMode::Replace).await
    }

    /// Writes those resources of an instance that `value` has and that a server may write; others stay.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    pub async fn write_partial<O: Object>(&self, instance: u16, value: &O) -> Result<(), DeviceError> {
        self.write_instance(instance, value, WriteMode::Partial).await
    }

    /// Has a resource do what it is for, with `()` for no arguments.
    ///
    /// Compiles only for an executable resource.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn execute<O, T, A>(
        &self,
        path: TypedPath<O, T, A>,
        arguments: impl ExecuteArguments,
    ) -> Result<(), DeviceError>
    where
        O: Object,
        A: Executable,
    {
        self.execute_path(path.to_execute(), arguments).await
    }

    /// Creates an instance with the values that a server may write, and returns its identifier: the one asked for, or
    /// the one that the device chose.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn create<O: Object>(&self, instance: Option<u16>, value: &O) -> Result<u16, DeviceError> {
        let object = O::DEFINITION.id();
        // What has no number yet has this one.
        let base = Path::instance(object, instance.unwrap_or(u16::MAX));
        let records = writable_records(base, value)?;
        let answer = self.answer(Ask::Create { object, records }).await?;
        let created = answer.created.and_then(|path| path.instance_id()).or(instance);
        created.ok_or(DeviceError::NoValue {
            path: Path::object(object),
        })
    }

    /// Deletes an instance of an object.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn delete<O: Object>(&self, instance: u16) -> Result<(), DeviceError> {
        self.delete_path(Path::instance(O::DEFINITION.id(), instance))
            .await
    }

    /// Finds out which instances and resources there are below a path, and when this server is notified of them.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn discover(&self, path: Path) -> Result<Vec<DiscoveredLink>, DeviceError> {
        self.discover_to(path, None).await
    }

    /// [`discover`](Self::discover) to a number of levels below the path (LwM2M 1.2).
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn discover_to(
        &self,
        path: Path,
        depth: Option<Depth>,
    ) -> Result<Vec<DiscoveredLink>, DeviceError> {
        let answer = self.answer(Ask::Discover { path, depth }).await?;
        let (_, payload) = answer.payload.ok_or(DeviceError::NoValue { path })?;
        discovered::read(&payload).ok_or(DeviceError::Links { path })
    }

    /// Sets or unsets when this server is notified of a path.
    ///
    /// # Errors
    ///
    /// [`DeviceError`].
    pub async fn write_attributes(&self, path: Path, changes: AttributeChanges) -> Result<(), DeviceError> {
        let changes = Box::new(changes);
        self.done(Ask::WriteAttributes { path, changes }).await
    }

    /// Observes a resource, or several of any objects together: an Observe, or for a tuple an Observe-Composite.
    ///
    /// Compiles only for resources that a server may read.
    pub fn observe<T: Targets>(&self, targets: T) -> Observe<T> {
        Observe::new(self.clone(), targets)
    }

    async fn write_instance<O: Object>(
        &self,
        instance: u16,
        value: &O,
        mode: WriteMode,
    ) -> Result<(), DeviceError> {
        let path = Path::instance(O::DEFINITION.id(), instance);
        let records = writable_records(path, value)?;
        self.done(Ask::Write {
            path,
            mode,
            kind: PayloadKind::Values,
            records,
        })
        .await
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Device").field(&self.endpoint).finish()
    }
}

/// What a server may write of an instance, checked against the definition.
fn writable_records<O: Object>(base: Path, value: &O) -> Result<Vec<Record>, DeviceError> {
    let definition: &ObjectDefinition = O::DEFINITION;
    let records = instance_records(base, value).only(Operations::writable);
    records
        .map(|record| {
            let resource = record.path.resource_id().and_then(|id| definition.resource(id));
            if let (Some(resource), Some(value)) = (resource, record.content.value()) {
                resource
                    .constraint()
                    .check(value)
                    .map_err(|violation| DeviceError::Constraint {
                        path: record.path,
                        violation,
                    })?;
            }
            Ok(record.to_record())
        })
        .collect()
}
