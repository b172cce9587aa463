use super::{OBJECT_ITSELF, Rights, Rule, Rules, rule::is_server};
use crate::{
    model::Path,
    operation::{Operation, Status},
};

/// Whether rules apply on a client with one server account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SingleServer {
    /// The server has all rights: access control is disabled (LwM2M Core 1.2, section 8.1), as other clients see it.
    #[default]
    FullRights,
    /// The rules apply as with several servers, if there is one (LwM2M 1.0, section 7.3).
    Rules,
}

/// The rights of a client's servers.
///
/// ```
/// use lwm2m_runtime::{
///     access_control::{AccessControl, Rule},
///     model::Path,
///     objects::Lwm2mAccessControl,
///     operation::{Operation, Status},
/// };
///
/// let device = Lwm2mAccessControl {
///     object_id: 3,
///     object_instance_id: 0,
///     acl: Some([(102, 1)].into()),
///     access_control_owner: 101,
/// };
/// let access = AccessControl::new(2, [Rule::read(0, &device)].into_iter());
///
/// let reboot = Path::resource(3, 0, 4);
/// assert_eq!(access.check(101, Operation::Execute, reboot), Ok(()));
/// assert_eq!(access.check(102, Operation::Execute, reboot), Err(Status::Unauthorized));
/// assert_eq!(access.check(102, Operation::Read, Path::instance(3, 0)), Ok(()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AccessControl<R> {
    accounts: usize,
    single_server: SingleServer,
    rules: R,
}

impl<'a, R: Rules<'a>> AccessControl<R> {
    /// With so many server accounts and these rules: every instance of object 2.
    pub const fn new(accounts: usize, rules: R) -> Self {
        Self {
            accounts,
            single_server: SingleServer::FullRights,
            rules,
        }
    }

    /// With another policy for a client with one server account.
    #[must_use]
    pub fn with_single_server(self, single_server: SingleServer) -> Self {
        Self {
            single_server,
            ..self
        }
    }

    /// Whether rules apply. They do where there is one, and several servers or the policy to apply them to one. Several
    /// servers without any rule have all rights (LwM2M Core 1.2, section 8.1).
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        let wanted = self.accounts > 1 || self.single_server == SingleServer::Rules;
        wanted && !self.rules.is_empty()
    }

    /// The rights of a server on an object instance. Without a rule for it, none.
    #[must_use]
    pub fn rights(&self, server: u16, object: u16, instance: u16) -> Rights {
        match self.is_enabled() {
            true => self
                .rule(object, instance)
                .map_or(Rights::NONE, |rule| rule.rights(server)),
            false => Rights::FULL,
        }
    }

    /// Whether a server may create instances of an object. Neither owning the rule nor its default entry helps.
    #[must_use]
    pub fn may_create(&self, server: u16, object: u16) -> bool {
        if !self.is_enabled() {
            return true;
        }
        let entry = self
            .rule(object, OBJECT_ITSELF)
            .filter(|_| is_server(server))
            .and_then(|rule| rule.entry(server));
        entry.is_some_and(|rights| rights.contains(Rights::CREATE))
    }

    /// Whether a server may apply an operation to a path that exists; for a composite operation, to one path of it. What is
    /// read at an object leaves out the instances that the server may not read. Objects with secrets are
    /// [`protected`](crate::operation::protected) from every server, which is not looked at here.
    ///
    /// # Errors
    ///
    /// 4.01 without the right; 4.05 for an operation that objects, or instances, do not have.
    pub fn check(&self, server: u16, operation: Operation, path: Path) -> Result<(), Status> {
        let Some(needed) = Rights::needed_by(operation) else {
            return Ok(());
        };
        if !is_server(server) {
            return Err(Status::Unauthorized);
        }
        let permitted = match (path.object_id(), path.instance_id()) {
            // What a composite operation names is looked at path by path.
            (None, _) => true,
            (Some(2), instance) => self.may_change_rules(server, needed, path, instance),
            (Some(object), None) => match needed {
                Rights::CREATE => self.may_create(server, object),
                Rights::READ => true,
                _ => return Err(Status::MethodNotAllowed),
            },
            (Some(_), Some(_)) if needed == Rights::CREATE => return Err(Status::MethodNotAllowed),
            (Some(object), Some(instance)) => self.rights(server, object, instance).contains(needed),
        };
        match permitted {
            true => Ok(()),
            false => Err(Status::Unauthorized),
        }
    }

    /// Everybody may read rules; none can be created or deleted by servers; only the owner may change one, and nobody
    /// one for an object itself (LwM2M Core 1.2, section 8.1).
    fn may_change_rules(&self, server: u16, needed: Rights, path: Path, instance: Option<u16>) -> bool {
        let whole = path.depth() <= 2;
        match needed {
            Rights::READ => true,
            Rights::CREATE => false,
            Rights::DELETE if whole => false,
            _ => instance
                .and_then(|id| self.rules.numbered(id))
                .is_some_and(|rule| {
                    rule.instance() != OBJECT_ITSELF && (rule.owner() == server || !self.is_enabled())
                }),
        }
    }

    fn rule(&self, object: u16, instance: u16) -> Option<Rule<'a>> {
        self.rules.of(object, instance)
    }
}
