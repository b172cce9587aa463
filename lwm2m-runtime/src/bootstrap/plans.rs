use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::fmt;

use super::Plan;
use crate::coap::Peer;

/// Where plans come from.
pub trait PlanSource: fmt::Debug + Send {
    /// The plan for a client; `None` for one that is not known, which is answered 4.00.
    fn plan(&mut self, peer: Peer, endpoint: &str) -> Option<Plan>;
}

/// Plans for endpoints and for patterns of their names.
///
/// ```
/// use lwm2m_runtime::{
///     bootstrap::{Plan, Plans},
///     configuration::{BootstrapConfiguration, Credentials, ServerAccount},
/// };
///
/// let plan = |uri| Plan::new(BootstrapConfiguration::new([ServerAccount::new(1, uri, Credentials::NoSec)]));
/// let mut plans = Plans::new();
/// plans.insert("sensor-7", plan("coap://lab.example.com"));
/// plans.insert_pattern("sensor-*", plan("coap://field.example.com"));
///
/// assert_eq!(plans.find("sensor-7"), Some(&plan("coap://lab.example.com")));
/// assert_eq!(plans.find("sensor-8"), Some(&plan("coap://field.example.com")));
/// assert_eq!(plans.find("meter-1"), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Plans {
    endpoints: BTreeMap<String, Plan>,
    patterns: Vec<(String, Plan)>,
}

impl Plans {
    /// No plan: nobody is bootstrapped.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            endpoints: BTreeMap::new(),
            patterns: Vec::new(),
        }
    }

    /// Sets the plan of an endpoint. It is found before any pattern. Returns the one that was there.
    pub fn insert(&mut self, endpoint: impl Into<String>, plan: Plan) -> Option<Plan> {
        self.endpoints.insert(endpoint.into(), plan)
    }

    /// Removes the plan of an endpoint.
    pub fn remove(&mut self, endpoint: &str) -> Option<Plan> {
        self.endpoints.remove(endpoint)
    }

    /// Sets the plan of a pattern: `*` stands for any characters, `?` for one. Patterns are tried in the order in which
    /// they were set first. Returns the plan that was there.
    ///
    /// Keys should be those of one device alone; a pattern is for configurations without them.
    pub fn insert_pattern(&mut self, pattern: impl Into<String>, plan: Plan) -> Option<Plan> {
        let pattern = pattern.into();
        let known = self.patterns.iter_mut().find(|(known, _)| *known == pattern);
        match known {
            Some((_, old)) => Some(core::mem::replace(old, plan)),
            None => {
                self.patterns.push((pattern, plan));
                None
            }
        }
    }

    /// Removes the plan of a pattern.
    pub fn remove_pattern(&mut self, pattern: &str) -> Option<Plan> {
        let index = self.patterns.iter().position(|(known, _)| known == pattern)?;
        Some(self.patterns.remove(index).1)
    }

    /// The plans of endpoints, in the order of their names.
    pub fn endpoints(&self) -> impl Iterator<Item = (&str, &Plan)> {
        self.endpoints
            .iter()
            .map(|(endpoint, plan)| (endpoint.as_str(), plan))
    }

    /// The plans of patterns, in the order in which they are tried.
    pub fn patterns(&self) -> impl Iterator<Item = (&str, &Plan)> {
        self.patterns
            .iter()
            .map(|(pattern, plan)| (pattern.as_str(), plan))
    }

    /// The plan for an endpoint.
    #[must_use]
    pub fn find(&self, endpoint: &str) -> Option<&Plan> {
        let by_pattern = || {
            let mut patterns = self.patterns.iter();
            let found = patterns.find(|(pattern, _)| matches(pattern, endpoint));
            found.map(|(_, plan)| plan)
        };
        self.endpoints.get(endpoint).or_else(by_pattern)
    }
}

impl PlanSource for Plans {
    fn plan(&mut self, _: Peer, endpoint: &str) -> Option<Plan> {
        self.find(endpoint).cloned()
    }
}

/// Whether a name is one of a pattern. At a mismatch only the last `*` takes one more character, so that the work is at
/// most the product of both lengths.
fn matches(pattern: &str, name: &str) -> bool {
    let (mut pattern, mut name) = (pattern.chars(), name.chars());
    // Behind the last `*`, and what it has not taken yet.
    let mut star: Option<(core::str::Chars<'_>, core::str::Chars<'_>)> = None;
    loop {
        let mut rest = pattern.clone();
        match (rest.next(), name.clone().next()) {
            (Some('*'), _) => {
                star = Some((rest.clone(), name.clone()));
                pattern = rest;
            }
            (None, None) => return true,
            (Some(expected), Some(found)) if expected == '?' || expected == found => {
                pattern = rest;
                name.next();
            }
            _ => {
                let Some((behind, from)) = &mut star else {
                    return false;
                };
                if from.next().is_none() {
                    return false;
                }
                pattern = behind.clone();
                name = from.clone();
            }
        }
    }
}
