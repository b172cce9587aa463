use super::{Change, Tree};
use crate::{
    model::{Path, ValueRef},
    object::{Instance, WriteError},
    operation::{Arguments, Status},
};

/// What the device's own program does when a server asks for something. Every method has a default, so that `()` is a
/// device that only holds values.
///
/// `write`, `create` and `delete` are asked before anything is applied, for everything that a request would change; one
/// refusal refuses the whole request. None of them may count on the request to succeed: another value of it may still be
/// refused. [`changed`](Self::changed) tells what was applied.
///
/// ```
/// use lwm2m_runtime::{
///     encoding::{FormatSet, Negotiation},
///     model::{Path, Version},
///     objects::Device,
///     operation::{ExecuteInput, Request, Status},
///     reporting::AttachedAttributes,
///     tree::{Application, Asker, Execute, Executed, Tree, TreeConfig},
/// };
///
/// struct Program;
///
/// impl Application for Program {
///     fn refresh(&mut self, tree: &mut Tree, path: Path) {
///         if Path::resource(3, 0, 9).starts_with(path) {
///             tree.update(0, |device: &mut Device| device.battery_level = Some(77));
///         }
///     }
///
///     fn execute(&mut self, _: &mut Tree, execute: &Execute<'_>) -> Executed {
///         match execute.path {
///             path if path == Path::resource(3, 0, 4) => Executed::OK,
///             _ => Executed::Done(Status::MethodNotAllowed),
///         }
///     }
/// }
///
/// let mut tree = Tree::new(TreeConfig::default());
/// tree.insert(0, Device::default())?;
/// let formats = Negotiation::with_server(Version::V1_1, FormatSet::ALL);
/// let asker = Asker::new(1, &formats);
/// let mut attached = AttachedAttributes::new(10);
///
/// let read = Request::Read { path: Path::resource(3, 0, 9), accept: None };
/// let mut payload = Vec::new();
/// let outcome = tree.perform(asker, &mut attached, &read, &mut Program, &mut payload);
/// assert_eq!((outcome.status, &payload[..]), (Status::Content, &b"77"[..]));
///
/// let reboot = Request::Execute { path: Path::resource(3, 0, 4), input: ExecuteInput::None };
/// let outcome = tree.perform(asker, &mut attached, &reboot, &mut Program, &mut Vec::new());
/// assert_eq!(outcome.status, Status::Changed);
/// # Ok::<(), lwm2m_runtime::tree::TreeError>(())
/// ```
pub trait Application {
    /// An application behind this one, which does whatever this one has no method of its own for: that is how one is put in
    /// front of another. None by default.
    fn inner(&mut self) -> Option<&mut dyn Application> {
        None
    }

    /// A server is about to read a path, or its value is about to be looked at for a notification: live values below it may
    /// be brought up to date, with [`Tree::update`] or [`Tree::set`]. The root stands for everything.
    fn refresh(&mut self, tree: &mut Tree, path: Path) {
        if let Some(inner) = self.inner() {
            inner.refresh(tree, path);
        }
    }

    /// A server wants to write a value or to remove one. Type, range and links are checked already.
    ///
    /// # Errors
    ///
    /// The status that refuses the request, such as [`Status::BadRequest`] for a value that the device does not accept, or
    /// [`Status::MethodNotAllowed`] for one that cannot be written now.
    fn write(&mut self, tree: &Tree, write: &Write<'_>) -> Result<(), Status> {
        self.inner().map_or(Ok(()), |inner| inner.write(tree, write))
    }

    /// A server executes a resource. 4.05 by default. What breaks the connection, such as a reboot, waits until the
    /// answer is out: note it here and do it after the engine has sent what it had to send.
    fn execute(&mut self, tree: &mut Tree, execute: &Execute<'_>) -> Executed {
        match self.inner() {
            Some(inner) => inner.execute(tree, execute),
            None => Executed::Done(Status::MethodNotAllowed),
        }
    }

    /// A server wants to create an instance: the application may give it values that servers cannot, and defaults for
    /// those that the server left out.
    ///
    /// # Errors
    ///
    /// The status that refuses the request: [`Status::Unauthorized`] or [`Status::MethodNotAllowed`] if servers may not
    /// create such instances.
    fn create(&mut self, tree: &Tree, create: &mut Create<'_>) -> Result<(), Status> {
        self.inner().map_or(Ok(()), |inner| inner.create(tree, create))
    }

    /// A server wants to delete an instance.
    ///
    /// # Errors
    ///
    /// The status that refuses the request: [`Status::Unauthorized`] or [`Status::MethodNotAllowed`].
    fn delete(&mut self, tree: &Tree, instance: Path, server: u16) -> Result<(), Status> {
        self.inner()
            .map_or(Ok(()), |inner| inner.delete(tree, instance, server))
    }

    /// Something that a server asked for was applied: a value of a resource, an instance that came or went.
    fn changed(&mut self, tree: &mut Tree, change: &Change) {
        if let Some(inner) = self.inner() {
            inner.changed(tree, change);
        }
    }

    /// Whether an opaque resource takes what servers write block by block, by [`write_block`](Self::write_block), and not
    /// as a value; what fits into one message is one block. For what is larger than memory, such as the package of a
    /// firmware update. Never by default.
    fn accepts_stream(&mut self, tree: &Tree, resource: Path) -> bool {
        self.inner()
            .is_some_and(|inner| inner.accepts_stream(tree, resource))
    }

    /// The next block of an opaque resource. Blocks come in order and without gaps; the first, with offset 0, begins anew
    /// whatever came before. The tree's own value is left alone. 4.05 by default.
    ///
    /// # Errors
    ///
    /// The status that ends the transfer: [`Status::RequestEntityTooLarge`], [`Status::InternalServerError`], ..
    fn write_block(&mut self, tree: &mut Tree, block: &Block<'_>) -> Result<(), Status> {
        match self.inner() {
            Some(inner) => inner.write_block(tree, block),
            None => Err(Status::MethodNotAllowed),
        }
    }

    /// No more blocks come of a resource whose last one has not come: they have stopped, the session with the server has
    /// ended, or the server lost its right meanwhile. A download of firmware has failed, unless the application has given
    /// it up itself.
    fn stream_abandoned(&mut self, tree: &mut Tree, resource: Path) {
        if let Some(inner) = self.inner() {
            inner.stream_abandoned(tree, resource);
        }
    }
}

/// A device that only holds values.
impl Application for () {}

/// A value that a server wants to write or remove.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Write<'a> {
    /// The resource, or the resource instance of a multiple resource.
    pub path: Path,
    /// The value, in the type of the resource; `None` if it is to be removed. A multiple resource that is replaced is first
    /// removed as a whole.
    pub value: Option<ValueRef<'a>>,
    /// The Short Server ID of the server.
    pub server: u16,
}

/// An Execute (LwM2M Core 1.2, section 6.3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Execute<'a> {
    /// The resource.
    pub path: Path,
    /// Its arguments.
    pub arguments: Arguments<'a>,
    /// A parameter of the request in place of arguments, such as `0=U`. Some servers send that with a Registration Update
    /// Trigger.
    pub query: Option<&'a str>,
    /// The Short Server ID of the server.
    pub server: u16,
}

/// How an Execute went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Executed {
    /// It is over: [`Status::Changed`], [`Status::BadRequest`] for an argument that is not understood,
    /// [`Status::MethodNotAllowed`] if it is not possible now, ..
    Done(Status),
    /// It is going on. The engine hands out a ticket, by which the answer is given once it is known.
    Later,
}

impl Executed {
    /// 2.04.
    pub const OK: Self = Self::Done(Status::Changed);
}

/// An instance that a server wants to create (LwM2M Core 1.2, section 6.3.6).
pub struct Create<'a> {
    pub(super) path: Path,
    pub(super) server: u16,
    pub(super) instance: &'a mut dyn Instance,
    pub(super) given: &'a mut dyn FnMut(u16),
}

impl Create<'_> {
    /// Where the instance is going to be.
    #[must_use]
    pub const fn path(&self) -> Path {
        self.path
    }

    /// The Short Server ID of the server.
    #[must_use]
    pub const fn server(&self) -> u16 {
        self.server
    }

    /// The instance so far: its type's defaults and what was set here. The values of the request come on top afterwards.
    #[must_use]
    pub fn instance(&self) -> &dyn Instance {
        self.instance
    }

    /// Gives the instance a value. If the resource is mandatory, the request need not have it then.
    ///
    /// # Errors
    ///
    /// [`WriteError`].
    pub fn set(
        &mut self,
        resource: u16,
        resource_instance: Option<u16>,
        value: ValueRef<'_>,
    ) -> Result<(), WriteError> {
        self.instance.write(resource, resource_instance, value)?;
        (self.given)(resource);
        Ok(())
    }
}

impl core::fmt::Debug for Create<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Create")
            .field("path", &self.path)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

/// A part of an opaque value that comes block by block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Block<'a> {
    /// The resource.
    pub path: Path,
    /// How many bytes came before.
    pub offset: u64,
    /// The bytes.
    pub bytes: &'a [u8],
    /// Whether nothing comes after.
    pub last: bool,
    /// The Short Server ID of the server.
    pub server: u16,
}

impl<'a> Block<'a> {
    /// A part of a value.
    #[must_use]
    pub const fn new(path: Path, offset: u64, bytes: &'a [u8], last: bool, server: u16) -> Self {
        Self {
            path,
            offset,
            bytes,
            last,
            server,
        }
    }
}
