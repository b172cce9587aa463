//! What the schema cannot say, but authors get wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::{
    Code, Severity,
    draft::{ObjectDraft, Values},
    report::Report,
    schema::Field,
    text::{Text, excerpt, folded},
    units,
    urn::{self, Urn},
};
use crate::model::{
    Operations, Resource, ResourceType, Version,
    range::{self, Parsed, Repair, Unreadable},
};

/// Checks what an object says about itself.
pub(super) fn object(draft: &ObjectDraft<'_>, report: &mut Report) {
    let values = &draft.values;
    name(values, Code::ObjectName, report);
    if let (Some(id), Some(text)) = (draft.id(), values.get(Field::ObjectId)) {
        object_id(id, text, report);
    }
    for field in [Field::Lwm2mVersion, Field::ObjectVersion] {
        version(values, field, report);
    }
    if let Some(text) = values.get(Field::ObjectUrn) {
        object_urn(draft, text, report);
    }
}

fn object_id(id: u16, text: &Text<'_>, report: &mut Report) {
    match id {
        u16::MAX => report.warning(
            Code::ObjectIdReserved,
            text.span.clone(),
            "65535 is not an object id",
        ),
        1024..=2047 | 42801..=65534 => {
            report.warning(
                Code::ObjectIdClass,
                text.span.clone(),
                format!("object id {id} is reserved"),
            );
        }
        _ => {}
    }
}

fn version(values: &Values<'_>, field: Field, report: &mut Report) {
    let Some(text) = values.non_blank(field) else {
        return;
    };
    match Version::parse(text.value.trim()) {
        None => {
            let message = format!("`{}` is not a version; 1.0 is assumed", excerpt(&text.value));
            report.warning(Code::VersionSyntax, text.span.clone(), message);
        }
        Some(version) if field == Field::Lwm2mVersion && !(version.major == 1 && version.minor <= 2) => {
            let message = format!("there is no LwM2M {version}");
            report.warning(Code::Lwm2mVersion, text.span.clone(), message);
        }
        Some(_) => {}
    }
}

fn object_urn(draft: &ObjectDraft<'_>, text: &Text<'_>, report: &mut Report) {
    let urn = match Urn::parse(&text.value) {
        Ok(urn) => urn,
        Err(message) => return report.warning(Code::UrnSyntax, text.span.clone(), message),
    };
    let id = draft.id().unwrap_or(urn.id);
    if id != urn.id {
        let message = format!("the URN names object {}, ObjectID says {id}", urn.id);
        report.warning(Code::UrnId, text.span.clone(), message);
    }
    if let Some(class) = urn::class_of(id).filter(|class| *class != urn.class) {
        let message = format!(
            "object {id} belongs to class `{class}`, the URN says `{}`",
            urn.class
        );
        report.warning(Code::UrnClass, text.span.clone(), message);
    }
    let version = draft.values.version(Field::ObjectVersion);
    if version != urn.version {
        let message = format!(
            "the URN means version {}, ObjectVersion means {version}",
            urn.version
        );
        report.warning(Code::UrnVersion, text.span.clone(), message);
    }
}

/// Checks the resources of an object one by one and against each other. Returns those to keep: the first of each id.
pub(super) fn resources(draft: &ObjectDraft<'_>, report: &mut Report) -> Vec<Resource> {
    let lwm2m_version = draft.values.version(Field::Lwm2mVersion);
    let mut ids = BTreeSet::new();
    let mut names = BTreeMap::new();
    let mut kept = Vec::new();
    for item in &draft.items {
        let is_first = item.id.as_ref().is_none_or(|(id, _)| ids.insert(*id));
        if let Some((id, span)) = &item.id {
            resource_id(*id, span, report);
            if !is_first {
                report.warning(
                    Code::DuplicateId,
                    span.clone(),
                    format!("there is another resource {id} above"),
                );
            }
        }
        name(&item.values, Code::ResourceName, report);
        let Some(resource) = item.resource() else {
            continue;
        };
        self::resource(&resource, &item.values, lwm2m_version, report);
        if !is_first {
            continue;
        }
        if !resource.name.is_empty() {
            if let Some(other) = names.insert(resource.name.clone(), resource.id) {
                let span = item
                    .values
                    .get(Field::Name)
                    .map_or(item.tag.clone(), |text| text.span.clone());
                let message = format!("resource {other} is called `{}` too", excerpt(&resource.name));
                report.warning(Code::DuplicateName, span, message);
            }
        }
        kept.push(resource);
    }
    kept
}

fn resource_id(id: u16, span: &Range<usize>, report: &mut Report) {
    match id {
        u16::MAX => report.warning(
            Code::ResourceIdReserved,
            span.clone(),
            "65535 is not a resource id",
        ),
        32769..=65534 => {
            report.warning(
                Code::ResourceIdClass,
                span.clone(),
                format!("resource id {id} is reserved"),
            );
        }
        _ => {}
    }
}

fn resource(resource: &Resource, values: &Values<'_>, lwm2m_version: Version, report: &mut Report) {
    if resource.operations == Operations::E {
        return executable(resource, values, report);
    }
    match resource.resource_type {
        None => {
            let span = values.get(Field::Type).map_or(0..0, |text| text.span.clone());
            let message = format!("resource {} has no data type", resource.id);
            report.warning(Code::MissingType, span, message);
        }
        Some(found @ (ResourceType::Unsigned | ResourceType::Corelnk)) if lwm2m_version < Version::V1_1 => {
            let span = values.get(Field::Type).map_or(0..0, |text| text.span.clone());
            let message = format!(
                "{} needs LwM2M 1.1, the object declares {lwm2m_version}",
                found.name()
            );
            report.warning(Code::TypeNeedsVersion, span, message);
        }
        Some(_) => {}
    }
    if let Some(text) = values.non_blank(Field::Units) {
        unit(&resource.units, text, report);
    }
    if let (Some(text), Some(_)) = (values.non_blank(Field::RangeEnumeration), resource.resource_type) {
        range_text(resource, text, report);
    }
}

fn executable(resource: &Resource, values: &Values<'_>, report: &mut Report) {
    if let (Some(found), Some(text)) = (resource.resource_type, values.get(Field::Type)) {
        let message = format!(
            "the executable resource {} has the data type {}",
            resource.id,
            found.name()
        );
        report.warning(Code::ExecutableType, text.span.clone(), message);
    }
    if let (true, Some(text)) = (resource.multiple, values.get(Field::MultipleInstances)) {
        let message = format!("the executable resource {} has several instances", resource.id);
        report.warning(Code::ExecutableMultiple, text.span.clone(), message);
    }
    for (field, noun) in [(Field::RangeEnumeration, "range"), (Field::Units, "unit")] {
        if let Some(text) = values.non_blank(field) {
            let message = format!("the executable resource {} has a {noun}", resource.id);
            report.warning(Code::ExecutableRange, text.span.clone(), message);
        }
    }
}

fn unit(unit: &str, text: &Text<'_>, report: &mut Report) {
    if units::is_registered(unit) {
        return;
    }
    let message = format!("SenML has no unit `{}`", excerpt(unit));
    let span = text.span.clone();
    match units::similar(unit) {
        Some(similar) => report.add(
            Code::Unit,
            Severity::Warning,
            span,
            message,
            format!("did you mean `{similar}`?"),
        ),
        None => report.warning(Code::Unit, span, message),
    }
}

fn range_text(resource: &Resource, text: &Text<'_>, report: &mut Report) {
    let (code, reason) = match range::parse(&resource.range, resource.resource_type) {
        Parsed::Absent | Parsed::Exact(_) => return,
        Parsed::Repaired(_, repair @ Repair::Descending) => (Code::RangeDescending, repair.to_string()),
        Parsed::Repaired(_, repair) => (Code::RangeForm, repair.to_string()),
        Parsed::Unreadable(reason @ Unreadable::Type(_)) => (Code::RangeType, reason.to_string()),
        Parsed::Unreadable(reason) => (Code::RangeUnreadable, reason.to_string()),
    };
    let message = format!(
        "the range `{}` of resource {}",
        excerpt(&resource.range),
        resource.id
    );
    // What was understood comes before the semicolon, what to write instead behind it.
    match reason.split_once("; ") {
        Some((understood, advice)) => {
            report.add(
                code,
                Severity::Warning,
                text.span.clone(),
                format!("{message}: {understood}"),
                advice.to_owned(),
            );
        }
        None => report.warning(code, text.span.clone(), format!("{message}: {reason}")),
    }
}

fn name(values: &Values<'_>, missing: Code, report: &mut Report) {
    let Some(text) = values.get(Field::Name) else {
        return;
    };
    let folded = folded(&text.value);
    if folded.is_empty() {
        report.warning(missing, text.span.clone(), "the name is empty");
    } else if folded != text.value {
        let message = format!("the name is read as `{}`", excerpt(&folded));
        report.warning(Code::NameBlanks, text.span.clone(), message);
    }
}
