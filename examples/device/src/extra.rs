//! Objects of the registry that the program was not compiled with.

use std::str::FromStr;

use lwm2m_runtime::{
    catalogue,
    model::{
        Constraint, ObjectDefinition, Objlnk, Path, ResourceDefinition, ResourceType, Time, Value, Version,
    },
    object::DynamicInstance,
    tree::{Tree, TreeError},
};

/// An object and the number of an instance, as `3311:0` or `3311@1.0:0` names them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extra {
    definition: &'static ObjectDefinition,
    instance: u16,
}

impl FromStr for Extra {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (object, instance) = text.split_once(':').unwrap_or((text, "0"));
        let (id, version) = match object.split_once('@') {
            Some((id, version)) => (id, Some(version)),
            None => (object, None),
        };
        let id: u16 = id
            .parse()
            .map_err(|_| format!("{id} is no object identifier; name it as 3311:0"))?;
        let instance = instance
            .parse()
            .ok()
            .filter(|instance| *instance != u16::MAX)
            .ok_or_else(|| format!("{instance} is no instance; use 0 to 65534"))?;
        let definition = match version {
            None => catalogue::latest(id),
            Some(version) => {
                let version: Version = version
                    .parse()
                    .map_err(|_| format!("{version} is no version, as 1.1 is"))?;
                catalogue::object(id, version)
            }
        };
        match definition {
            // The device makes them itself.
            _ if matches!(id, 0 | 1 | 3 | 5 | 6 | 7 | 3303) => {
                Err(format!("the device has object {id} already"))
            }
            Some(definition) => Ok(Self { definition, instance }),
            None => Err(format!("the registry has no object {object}")),
        }
    }
}

impl Extra {
    /// Puts the instance into a tree, with a value for everything that is mandatory or that a server may write.
    pub(crate) fn add(&self, tree: &mut Tree, now: Time) -> Result<(), TreeError> {
        tree.insert_dynamic(self.instance, DynamicInstance::new(self.definition))?;
        for resource in self.definition.resources() {
            if resource.operations().executable() {
                if !resource.mandatory() {
                    tree.enable(self.definition.id(), resource.id())?;
                }
                continue;
            }
            let wanted = resource.mandatory() || resource.operations().writable();
            let Some(value) = default_value(resource, now).filter(|_| wanted) else {
                continue;
            };
            let mut path = Path::resource(self.definition.id(), self.instance, resource.id());
            if resource.multiple() {
                path = Path::resource_instance(self.definition.id(), self.instance, resource.id(), 0);
            }
            match tree.set(path, value.as_ref()) {
                // No value of this program's choice fits; an optional resource is left out.
                Err(_) if !resource.mandatory() => {}
                result => result?,
            }
        }
        Ok(())
    }
}

/// The most ordinary value that the definition allows. `None` for what executes.
fn default_value(resource: &ResourceDefinition, now: Time) -> Option<Value> {
    let constraint = resource.constraint();
    let code = resource.enumeration().and_then(|codes| codes.items().first());
    Some(match resource.resource_type()? {
        ResourceType::String if resource.name().ends_with("Units") => Value::String(String::new()),
        ResourceType::String => Value::String(text(constraint, resource.name())),
        ResourceType::Corelnk => Value::Corelnk(String::new()),
        ResourceType::Integer => Value::Integer(match (constraint, code) {
            (_, Some(code)) => code.code,
            (Constraint::Integer(ranges), None) => nearest(ranges, 0),
            _ => 0,
        }),
        ResourceType::Unsigned => Value::Unsigned(match constraint {
            Constraint::Unsigned(ranges) => nearest(ranges, 0),
            _ => 0,
        }),
        ResourceType::Float => Value::Float(match constraint {
            Constraint::Float(ranges) => nearest(ranges, 0.0),
            _ => 0.0,
        }),
        ResourceType::Boolean => Value::Boolean(false),
        ResourceType::Opaque => Value::Opaque(vec![0; length(constraint)]),
        ResourceType::Time => Value::Time(now),
        ResourceType::Objlnk => Value::Objlnk(Objlnk::new(3, 0)),
        _ => return None,
    })
}

/// The wanted number, or else the lowest that is allowed.
fn nearest<T: PartialOrd + Copy>(ranges: &[(T, T)], wanted: T) -> T {
    let inside = ranges.iter().any(|(low, high)| *low <= wanted && wanted <= *high);
    match ranges.first() {
        Some((low, _)) if !inside => *low,
        _ => wanted,
    }
}

/// A text of an allowed length: the name, shortened or repeated.
fn text(constraint: Constraint, name: &str) -> String {
    let Constraint::Length(ranges) = constraint else {
        return name.to_owned();
    };
    let wanted = nearest(ranges, name.len() as u64) as usize;
    name.chars()
        .filter(char::is_ascii)
        .cycle()
        .take(wanted.min(4096))
        .collect()
}

/// The shortest length that is allowed, within reason.
fn length(constraint: Constraint) -> usize {
    match constraint {
        Constraint::Length(ranges) => (nearest(ranges, 0) as usize).min(4096),
        _ => 0,
    }
}
