use core::fmt;

use super::{AttributeError, NotificationAttributes};
use crate::model::{Path, ResourceType, Version};

/// The name of an attribute of class NOTIFICATION (LwM2M Core 1.2, section 7.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribute {
    /// Minimum Period.
    Pmin,
    /// Maximum Period.
    Pmax,
    /// Greater Than.
    Gt,
    /// Less Than.
    Lt,
    /// Step.
    St,
    /// Minimum Evaluation Period.
    Epmin,
    /// Maximum Evaluation Period.
    Epmax,
    /// Edge.
    Edge,
    /// Confirmable Notification.
    Con,
    /// Maximum Historical Queue.
    Hqmax,
}

impl Attribute {
    /// Every attribute, in the order of the specification's table.
    pub const ALL: [Self; 10] = [
        Self::Pmin,
        Self::Pmax,
        Self::Gt,
        Self::Lt,
        Self::St,
        Self::Epmin,
        Self::Epmax,
        Self::Edge,
        Self::Con,
        Self::Hqmax,
    ];

    /// The name in a link or a query.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pmin => "pmin",
            Self::Pmax => "pmax",
            Self::Gt => "gt",
            Self::Lt => "lt",
            Self::St => "st",
            Self::Epmin => "epmin",
            Self::Epmax => "epmax",
            Self::Edge => "edge",
            Self::Con => "con",
            Self::Hqmax => "hqmax",
        }
    }

    /// The attribute of a name. `stp`, which the examples of LwM2M 1.0 print, is `st`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = if name == "stp" { "st" } else { name };
        Self::ALL.into_iter().find(|attribute| attribute.name() == name)
    }

    /// The first version of LwM2M that has it.
    #[must_use]
    pub const fn since(self) -> Version {
        match self {
            Self::Pmin | Self::Pmax | Self::Gt | Self::Lt | Self::St => Version::V1_0,
            Self::Epmin | Self::Epmax => Version::V1_1,
            Self::Edge | Self::Con | Self::Hqmax => Version::V1_2,
        }
    }

    /// Whether it can be attached to a path: conditions on a value to resources and their instances only. The root
    /// stands for an Observe-Composite, which knows periods and `con`.
    #[must_use]
    pub const fn fits(self, path: Path) -> bool {
        match self {
            Self::Pmin | Self::Pmax | Self::Epmin | Self::Epmax | Self::Con => true,
            Self::Hqmax => path.depth() > 0,
            Self::Gt | Self::Lt | Self::St | Self::Edge => path.depth() >= 3,
        }
    }

    /// Whether it makes sense for values of a type: `gt`, `lt` and `st` for numbers, `edge` for Booleans.
    #[must_use]
    pub const fn fits_type(self, resource_type: ResourceType) -> bool {
        match self {
            Self::Gt | Self::Lt | Self::St => matches!(
                resource_type,
                ResourceType::Integer | ResourceType::Unsigned | ResourceType::Float
            ),
            Self::Edge => matches!(resource_type, ResourceType::Boolean),
            _ => true,
        }
    }
}

impl NotificationAttributes {
    /// Whether an attribute is set.
    #[must_use]
    pub const fn contains(&self, attribute: Attribute) -> bool {
        match attribute {
            Attribute::Pmin => self.pmin.is_some(),
            Attribute::Pmax => self.pmax.is_some(),
            Attribute::Gt => self.gt.is_some(),
            Attribute::Lt => self.lt.is_some(),
            Attribute::St => self.st.is_some(),
            Attribute::Epmin => self.epmin.is_some(),
            Attribute::Epmax => self.epmax.is_some(),
            Attribute::Edge => self.edge.is_some(),
            Attribute::Con => self.con.is_some(),
            Attribute::Hqmax => self.hqmax.is_some(),
        }
    }

    /// Those that are set, and where one is not, that of `inherited`.
    #[must_use]
    pub fn or(self, inherited: &Self) -> Self {
        Self {
            pmin: self.pmin.or(inherited.pmin),
            pmax: self.pmax.or(inherited.pmax),
            gt: self.gt.or(inherited.gt),
            lt: self.lt.or(inherited.lt),
            st: self.st.or(inherited.st),
            epmin: self.epmin.or(inherited.epmin),
            epmax: self.epmax.or(inherited.epmax),
            edge: self.edge.or(inherited.edge),
            con: self.con.or(inherited.con),
            hqmax: self.hqmax.or(inherited.hqmax),
        }
    }

    /// What is `attached` to a path or, where an attribute is not, to the nearest path above it.
    #[must_use]
    pub fn inherited(path: Path, attached: impl Fn(Path) -> Self) -> Self {
        (1..=path.depth()).rev().fold(Self::default(), |nearer, depth| {
            nearer.or(&attached(path.up_to(depth)))
        })
    }

    /// Whether a request of a session of `version` may set these at `path`; the root stands for an
    /// Observe-Composite.
    ///
    /// # Errors
    ///
    /// What is wrong with one of them, or with them together; a client answers 4.00.
    pub fn check(&self, path: Path, version: Version) -> Result<(), AttributeError> {
        let set = Attribute::ALL
            .into_iter()
            .filter(|attribute| self.contains(*attribute));
        check_names(set, path, version)?;
        if version >= Version::V1_2 && self.st.is_some_and(|st| st <= 0.0) {
            return Err(AttributeError::Value { name: "st" });
        }
        self.validate()
    }

    /// Whether all of them make sense for values of a type; `None` for an object or instance, whose resources have
    /// any.
    ///
    /// # Errors
    ///
    /// [`AttributeError::NotHere`]; a client answers 4.00.
    pub fn check_type(&self, resource_type: Option<ResourceType>) -> Result<(), AttributeError> {
        let Some(resource_type) = resource_type else {
            return Ok(());
        };
        let mut set = Attribute::ALL
            .into_iter()
            .filter(|attribute| self.contains(*attribute));
        match set.find(|attribute| !attribute.fits_type(resource_type)) {
            Some(attribute) => Err(AttributeError::NotHere {
                name: attribute.name(),
            }),
            None => Ok(()),
        }
    }
}

fn check_names(
    mut names: impl Iterator<Item = Attribute>,
    path: Path,
    version: Version,
) -> Result<(), AttributeError> {
    names.try_for_each(|attribute| {
        let name = attribute.name();
        match attribute {
            _ if attribute.since() > version => Err(AttributeError::Since {
                name,
                since: attribute.since(),
            }),
            _ if !attribute.fits(path) => Err(AttributeError::NotHere { name }),
            _ => Ok(()),
        }
    })
}

/// What a Write-Attributes does: attributes it sets and attributes it unsets, at one level for one server
/// (LwM2M Core 1.2, section 7.3.2).
///
/// ```
/// use lwm2m_runtime::link::{Attribute, AttributeChanges, NotificationAttributes};
///
/// let changes = AttributeChanges::parse(["pmin=10", "pmax"])?;
/// let mut attached = NotificationAttributes { pmax: Some(60), ..Default::default() };
/// changes.apply(&mut attached);
/// assert_eq!((attached.pmin, attached.pmax), (Some(10), None));
/// # Ok::<(), lwm2m_runtime::link::AttributeError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AttributeChanges {
    set: NotificationAttributes,
    // A bit for each attribute that is unset; none of them is in `set`.
    unset: u16,
}

impl AttributeChanges {
    /// Reads `name=value` and `name` parameters.
    ///
    /// # Errors
    ///
    /// [`AttributeError`]; a client answers 4.00 and changes nothing.
    pub fn parse<'a>(parameters: impl IntoIterator<Item = &'a str>) -> Result<Self, AttributeError> {
        let mut changes = Self::default();
        for parameter in parameters {
            let (name, value) = match parameter.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (parameter, None),
            };
            let attribute = Attribute::from_name(name).ok_or(AttributeError::Unknown)?;
            if changes.contains(attribute) {
                return Err(AttributeError::Duplicate {
                    name: attribute.name(),
                });
            }
            match value {
                Some(_) => changes.set.set(name, value).map(|_| ())?,
                None => changes.unset |= 1 << attribute as u16,
            }
        }
        Ok(changes)
    }

    /// Sets these, and unsets none.
    #[must_use]
    pub const fn new(set: NotificationAttributes) -> Self {
        Self { set, unset: 0 }
    }

    /// Also unsets an attribute, so that the inherited one applies.
    #[must_use]
    pub fn unset(mut self, attribute: Attribute) -> Self {
        // Without a value there is nothing to be wrong.
        let _ = self.set.set(attribute.name(), None);
        self.unset |= 1 << attribute as u16;
        self
    }

    /// The attributes that are set.
    #[must_use]
    pub const fn attributes(&self) -> &NotificationAttributes {
        &self.set
    }

    /// Whether an attribute is unset.
    #[must_use]
    pub const fn unsets(&self, attribute: Attribute) -> bool {
        self.unset & 1 << attribute as u16 != 0
    }

    /// Whether an attribute is set or unset.
    #[must_use]
    pub const fn contains(&self, attribute: Attribute) -> bool {
        self.set.contains(attribute) || self.unsets(attribute)
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.unset == 0 && self.set.is_empty()
    }

    /// Whether a session of `version` may change these at `path`.
    ///
    /// # Errors
    ///
    /// As [`NotificationAttributes::check`].
    pub fn check(&self, path: Path, version: Version) -> Result<(), AttributeError> {
        let names = Attribute::ALL
            .into_iter()
            .filter(|attribute| self.contains(*attribute));
        check_names(names, path, version)?;
        self.set.check(path, version)
    }

    /// Changes what is attached at the level.
    pub fn apply(&self, attached: &mut NotificationAttributes) {
        for attribute in Attribute::ALL
            .into_iter()
            .filter(|attribute| self.unsets(*attribute))
        {
            // Without a value there is nothing to be wrong.
            let _ = attached.set(attribute.name(), None);
        }
        *attached = self.set.or(attached);
    }

    /// Hands out the parameters: `name=value` for what is set, then `name` for what is unset.
    pub fn for_each_parameter(&self, mut parameter: impl FnMut(fmt::Arguments<'_>)) {
        self.set.for_each_parameter(&mut parameter);
        for attribute in Attribute::ALL
            .into_iter()
            .filter(|attribute| self.unsets(*attribute))
        {
            parameter(format_args!("{}", attribute.name()));
        }
    }
}

impl NotificationAttributes {
    /// Hands out `name=value` for each attribute that is set.
    pub fn for_each_parameter(&self, mut parameter: impl FnMut(fmt::Arguments<'_>)) {
        let Ok(()) = self.each::<core::convert::Infallible>(|name, value| {
            parameter(format_args!("{name}={value}"));
            Ok(())
        });
    }
}

impl From<NotificationAttributes> for AttributeChanges {
    /// Sets these and leaves the others.
    fn from(set: NotificationAttributes) -> Self {
        Self { set, unset: 0 }
    }
}
