use std::boxed::Box;

use super::{ClientBuilder, ExecuteCall, ExecuteOutcome};
use crate::{
    model::ValueRef,
    object::{
        Object, Resource, ResourceValue, Scalar,
        access::{Access, Executable, Writable},
    },
    operation::Status,
    tree::{Application, Tree},
};

/// What the program does when a server asks.
impl ClientBuilder {
    /// Does something when a server executes a resource, in whichever instance; an optional resource exists thereby.
    /// The function runs in the client's task, and returns before anything else happens there: long work belongs into
    /// a task of its own, and then the answer is [`Executed::Later`](crate::tree::Executed::Later).
    ///
    /// Compiles only for an executable resource.
    pub fn on_execute<O, T, A, R>(
        mut self,
        resource: Resource<O, T, A>,
        mut execute: impl FnMut(ExecuteCall<'_>) -> R + Send + 'static,
    ) -> Self
    where
        O: Object,
        A: Executable,
        R: ExecuteOutcome,
    {
        let key = (O::DEFINITION.id(), resource.id());
        self.enabled.push(key);
        let hook = Box::new(move |call: ExecuteCall<'_>| execute(call).executed());
        self.hooks.execute.insert(key, hook);
        self
    }

    /// Asks before a server's write to a resource is applied: the instance and the value go in, and an `Err` refuses
    /// the whole request. Another value of the request may still be refused afterwards; what was applied,
    /// [`Client::events`](crate::net::Client::events) tell.
    ///
    /// Compiles only for a single resource that a server may write.
    pub fn on_write<O, T, A>(
        mut self,
        resource: Resource<O, T, A>,
        mut write: impl FnMut(u16, T) -> Result<(), Status> + Send + 'static,
    ) -> Self
    where
        O: Object,
        T: Scalar,
        A: Writable,
    {
        let key = (O::DEFINITION.id(), resource.id());
        let hook = move |instance, value: ValueRef<'_>| match T::from_value(value) {
            Some(value) => write(instance, value),
            None => Err(Status::BadRequest),
        };
        self.hooks.write.insert(key, Box::new(hook));
        self
    }

    /// Brings a value up to date before a server reads it, and before it is decided whether an observer is notified
    /// of it: the function gets the instance and returns its value.
    ///
    /// Values that change rarely are better set when they change, by
    /// [`Client::update`](crate::net::Client::update): then observers learn at once.
    pub fn on_read<O, T, A>(
        mut self,
        resource: Resource<O, T, A>,
        mut read: impl FnMut(u16) -> T + Send + 'static,
    ) -> Self
    where
        O: Object,
        T: ResourceValue,
        A: Access,
    {
        let id = resource.id();
        let hook = move |tree: &mut Tree, instance| {
            let value = read(instance);
            tree.update::<O, _>(instance, |object| {
                // The type of the resource is that of its field.
                object.field_mut(id).map(|field| value.store(field))
            });
        };
        self.hooks.read.push(((O::DEFINITION.id(), id), Box::new(hook)));
        self
    }

    /// With an application for everything that no function above is for.
    pub fn application(mut self, application: impl Application + Send + 'static) -> Self {
        self.hooks.application = Box::new(application);
        self
    }
}
