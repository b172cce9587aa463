use alloc::vec::Vec;
use core::fmt;

use super::{Binding, ProfileId};
use crate::model::Version;

/// The parameters of a Register (LwM2M Core 1.2, section 6.2.1.1), borrowed from the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterParameters<'a> {
    /// The endpoint client name. From LwM2M 1.1 on it may be absent where the security layer names the client.
    pub endpoint: Option<&'a str>,
    /// The lifetime in seconds; 0 never ends. Absent only from clients of LwM2M 1.0 drafts, which mean 86,400.
    pub lifetime: Option<u32>,
    /// The version of LwM2M that the client speaks.
    pub version: Version,
    /// The transports by which the client can be reached.
    pub binding: Binding,
    /// Whether requests are to be queued while the client sleeps: `Q`, or in LwM2M 1.0 a part of the binding.
    pub queue: bool,
    /// The number for short messages, without a plus sign, or an external identifier.
    pub sms: Option<&'a str>,
    /// The profile identifiers (LwM2M 1.2).
    pub profile_ids: Vec<ProfileId<'a>>,
}

impl<'a> RegisterParameters<'a> {
    /// The parameters of a client that says no more than it must.
    #[must_use]
    pub const fn new(endpoint: &'a str, lifetime: u32, version: Version) -> Self {
        Self {
            endpoint: Some(endpoint),
            lifetime: Some(lifetime),
            version,
            binding: Binding::U,
            queue: false,
            sms: None,
            profile_ids: Vec::new(),
        }
    }

    /// Reads the queries of a Register, one `key=value` each.
    ///
    /// # Errors
    ///
    /// [`ParameterError`]; a server answers 4.00.
    pub fn parse(queries: impl Iterator<Item = &'a [u8]> + Clone) -> Result<Self, ParameterError> {
        let parameters = Parameters::parse(queries)?;
        let version = parameters
            .version
            .ok_or(ParameterError::Missing { parameter: "lwm2m" })?;
        let version = version
            .parse()
            .map_err(|_| ParameterError::Invalid { parameter: "lwm2m" })?;
        let (binding, queue) = parameters.binding(version)?;
        Ok(Self {
            endpoint: parameters.endpoint,
            lifetime: parameters.lifetime,
            version,
            binding: binding.unwrap_or_default(),
            queue,
            sms: parameters.sms,
            profile_ids: parameters.profile_ids,
        })
    }

    /// Hands out the queries of the request, in the order of the specification.
    pub fn for_each_query(&self, mut query: impl FnMut(fmt::Arguments<'_>)) {
        if let Some(endpoint) = self.endpoint {
            query(format_args!("ep={endpoint}"));
        }
        if let Some(lifetime) = self.lifetime {
            query(format_args!("lt={lifetime}"));
        }
        query(format_args!("lwm2m={}", self.version));
        let rest = UpdateParameters {
            lifetime: None,
            // An absent binding is UDP; queue mode of 1.0 has to be said.
            binding: (self.binding != Binding::U || self.version < Version::V1_1 && self.queue)
                .then_some(self.binding),
            queue: self.queue,
            sms: self.sms,
            profile_ids: self.profile_ids.clone(),
        };
        rest.for_each_query(self.version, query);
    }
}

/// The parameters of an Update: those that changed (LwM2M Core 1.2, section 6.2.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdateParameters<'a> {
    /// The lifetime in seconds; 0 never ends.
    pub lifetime: Option<u32>,
    /// The transports by which the client can be reached.
    pub binding: Option<Binding>,
    /// Whether `Q` is given, or in LwM2M 1.0 the binding says so.
    pub queue: bool,
    /// The number for short messages, without a plus sign, or an external identifier.
    pub sms: Option<&'a str>,
    /// The profile identifiers (LwM2M 1.2).
    pub profile_ids: Vec<ProfileId<'a>>,
}

impl<'a> UpdateParameters<'a> {
    /// Reads the queries of an Update from a client that registered with `version`.
    ///
    /// # Errors
    ///
    /// [`ParameterError`]; a server answers 4.00 and leaves the registration as it is.
    pub fn parse(
        queries: impl Iterator<Item = &'a [u8]> + Clone,
        version: Version,
    ) -> Result<Self, ParameterError> {
        let parameters = Parameters::parse(queries)?;
        for (parameter, value) in [("ep", parameters.endpoint), ("lwm2m", parameters.version)] {
            if value.is_some() {
                return Err(ParameterError::NotInUpdate { parameter });
            }
        }
        let (binding, queue) = parameters.binding(version)?;
        Ok(Self {
            lifetime: parameters.lifetime,
            binding,
            queue,
            sms: parameters.sms,
            profile_ids: parameters.profile_ids,
        })
    }

    /// Whether nothing changed: the Update only refreshes the lifetime.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Hands out the queries of the request, in the order of the specification.
    pub fn for_each_query(&self, version: Version, mut query: impl FnMut(fmt::Arguments<'_>)) {
        if let Some(lifetime) = self.lifetime {
            query(format_args!("lt={lifetime}"));
        }
        if let Some(binding) = self.binding {
            let queue = self.queue && version < Version::V1_1;
            query(format_args!("b={}", binding.with_queue(queue)));
        }
        if self.queue && version >= Version::V1_1 {
            query(format_args!("Q"));
        }
        if let Some(sms) = self.sms {
            query(format_args!("sms={sms}"));
        }
        for profile_id in &self.profile_ids {
            query(format_args!("pid={profile_id}"));
        }
    }
}

/// Every parameter of Register and Update, as text where its reading depends on the version.
#[derive(Default)]
struct Parameters<'a> {
    endpoint: Option<&'a str>,
    lifetime: Option<u32>,
    version: Option<&'a str>,
    binding: Option<&'a str>,
    queue: bool,
    sms: Option<&'a str>,
    profile_ids: Vec<ProfileId<'a>>,
}

impl<'a> Parameters<'a> {
    fn parse(queries: impl Iterator<Item = &'a [u8]>) -> Result<Self, ParameterError> {
        let mut parameters = Self::default();
        for query in queries {
            let query = core::str::from_utf8(query).map_err(|_| ParameterError::Utf8)?;
            let (key, value) = match query.split_once('=') {
                Some((key, value)) => (key, Some(value)),
                None => (query, None),
            };
            let (parameter, slot) = match (key, value) {
                ("ep", _) => ("ep", &mut parameters.endpoint),
                ("lwm2m", _) => ("lwm2m", &mut parameters.version),
                ("b", _) => ("b", &mut parameters.binding),
                ("sms", _) => ("sms", &mut parameters.sms),
                ("pid", Some(list)) => {
                    ProfileId::parse_list(list, |profile_id| parameters.profile_ids.push(profile_id))
                        .ok_or(ParameterError::Invalid { parameter: "pid" })?;
                    continue;
                }
                ("lt", Some(digits)) if parameters.lifetime.is_none() => {
                    let number = digits
                        .bytes()
                        .all(|byte| byte.is_ascii_digit())
                        .then(|| digits.parse().ok());
                    let invalid = ParameterError::Invalid { parameter: "lt" };
                    parameters.lifetime = Some(number.flatten().ok_or(invalid)?);
                    continue;
                }
                ("lt", None) => return Err(ParameterError::Invalid { parameter: "lt" }),
                ("lt", _) => return Err(ParameterError::Repeated { parameter: "lt" }),
                ("Q", None) if !parameters.queue => {
                    parameters.queue = true;
                    continue;
                }
                ("Q", None) => return Err(ParameterError::Repeated { parameter: "Q" }),
                ("Q", _) => return Err(ParameterError::Invalid { parameter: "Q" }),
                _ => return Err(ParameterError::Unknown),
            };
            let value = value.filter(|value| !value.is_empty());
            let value = value.ok_or(ParameterError::Invalid { parameter })?;
            if slot.replace(value).is_some() {
                return Err(ParameterError::Repeated { parameter });
            }
        }
        Ok(parameters)
    }

    /// The binding of a version of LwM2M, and whether requests are to be queued.
    fn binding(&self, version: Version) -> Result<(Option<Binding>, bool), ParameterError> {
        let parse = |text| Binding::parse(text, version).ok_or(ParameterError::Invalid { parameter: "b" });
        let binding = self.binding.map(parse).transpose()?;
        let queue = self.queue || binding.is_some_and(Binding::queue);
        if self.queue && version < Version::V1_1 {
            return Err(ParameterError::Unknown);
        }
        Ok((binding, queue))
    }
}

/// Why the parameters of a Register or Update are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParameterError {
    /// A parameter that must be there is not.
    Missing {
        /// Which.
        parameter: &'static str,
    },
    /// The value is not one of the parameter.
    Invalid {
        /// Which.
        parameter: &'static str,
    },
    /// The parameter is given twice.
    Repeated {
        /// Which.
        parameter: &'static str,
    },
    /// The parameter belongs into a Register only.
    NotInUpdate {
        /// Which.
        parameter: &'static str,
    },
    /// The parameter does not exist, at least not in the client's version.
    Unknown,
    /// A query is not UTF-8.
    Utf8,
}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { parameter } => write!(f, "the parameter {parameter} is missing"),
            Self::Invalid { parameter } => write!(f, "the value of the parameter {parameter} is not valid"),
            Self::Repeated { parameter } => write!(f, "the parameter {parameter} is given twice"),
            Self::NotInUpdate { parameter } => {
                write!(f, "the parameter {parameter} cannot be changed by an Update")
            }
            Self::Unknown => f.write_str("a parameter does not exist in this version of LwM2M"),
            Self::Utf8 => f.write_str("a parameter is not UTF-8"),
        }
    }
}

impl core::error::Error for ParameterError {}
