use lwm2m_runtime::{
    model::{Objlnk, Time, Value, ValueRef},
    object::{DynamicInstance, Instance, InstanceError, WriteError},
};
use proptest::prelude::*;

use crate::station::{STATION, Station};

/// What can be done to a field, whatever its type.
#[derive(Clone, Debug)]
enum Step {
    Write(u16, Option<u16>, Value),
    Set(u16, Option<u16>, Value),
    Remove(u16, Option<u16>),
    Reset(u16),
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop_oneof!["[a-z]{0,10}", "[0-9]:[0-9]"].prop_map(Value::String),
        (-8..8_i64).prop_map(Value::Integer),
        any::<i64>().prop_map(Value::Integer),
        any::<u64>().prop_map(Value::Unsigned),
        (-3..8_i32).prop_map(|half| Value::Float(f64::from(half) / 2.0)),
        any::<bool>().prop_map(Value::Boolean),
        any::<Vec<u8>>().prop_map(Value::Opaque),
        any::<i64>().prop_map(|seconds| Value::Time(Time(seconds))),
        any::<(u16, u16)>().prop_map(|(object, instance)| Value::Objlnk(Objlnk::new(object, instance))),
        "[a-z]{0,10}".prop_map(Value::Corelnk),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let resource = || prop_oneof![20 => 0..40_u16, 1 => 899..903_u16];
    let instance = || prop_oneof![3 => Just(None), 3 => (0..4_u16).prop_map(Some), 1 => Just(Some(u16::MAX))];
    prop_oneof![
        4 => (resource(), instance(), value()).prop_map(|(id, instance, value)| Step::Write(id, instance, value)),
        2 => (resource(), instance(), value()).prop_map(|(id, instance, value)| Step::Set(id, instance, value)),
        1 => (resource(), instance()).prop_map(|(id, instance)| Step::Remove(id, instance)),
        1 => resource().prop_map(Step::Reset),
    ]
}

/// Does the step and tells the outcome as text.
fn apply(instance: &mut dyn Instance, step: &Step) -> String {
    match step {
        Step::Write(id, at, value) => format!("{:?}", instance.write(*id, *at, value.as_ref())),
        Step::Set(id, at, value) => {
            format!(
                "{:?}",
                instance
                    .field_mut(*id)
                    .map(|field| field.set(*at, value.as_ref()))
            )
        }
        Step::Remove(id, at) => format!("{:?}", instance.field_mut(*id).map(|field| field.remove(*at))),
        Step::Reset(id) => format!("{:?}", instance.field_mut(*id).map(|field| field.reset())),
    }
}

/// All that can be seen of an instance, as text.
fn seen(instance: &dyn Instance) -> String {
    let fields = (0..1000).map(|id| {
        instance.field(id).map(|field| {
            (
                (field.resource_type(), field.is_multiple(), field.is_present()),
                (field.len(), field.is_empty(), field.entry(field.len())),
                (field.value(None), field.value(Some(1)), field.entry(0)),
            )
        })
    });
    format!(
        "{:?} {:?} {:?}",
        fields.collect::<Vec<_>>(),
        instance.values(),
        instance.check()
    )
}

proptest! {
    #[test]
    fn behaves_as_the_typed_object_of_the_same_definition(steps in prop::collection::vec(step(), 0..60)) {
        let mut typed = Station::default();
        let mut dynamic = DynamicInstance::new(&STATION);
        // A typed object cannot be without what is mandatory and readable; a dynamic one begins empty.
        for resource in STATION.resources().iter().filter(|resource| resource.mandatory()) {
            if let (true, Some(field)) = (resource.operations().readable(), dynamic.field_mut(resource.id())) {
                field.reset();
            }
        }
        prop_assert_eq!(seen(&dynamic), seen(&typed));
        for step in steps {
            prop_assert_eq!(apply(&mut dynamic, &step), apply(&mut typed, &step), "{:?}", step);
            prop_assert_eq!(seen(&dynamic), seen(&typed), "{:?}", step);
        }
    }
}

#[test]
fn begins_empty_and_misses_what_is_mandatory() {
    let mut instance = DynamicInstance::new(&STATION);
    let instance: &mut dyn Instance = &mut instance;
    assert_eq!(instance.values().count(), 0);
    assert_eq!(instance.check(), Err(InstanceError::Missing { resource: 0 }));
    assert_eq!(instance.write(0, None, ValueRef::String("roof")), Ok(()));
    assert_eq!(instance.check(), Err(InstanceError::Missing { resource: 1 }));
}

#[test]
fn executables_and_resources_of_open_type_have_no_field() {
    let mut instance = DynamicInstance::new(&STATION);
    let instance: &mut dyn Instance = &mut instance;
    for id in [900, 901, 902] {
        assert!(instance.field(id).is_none() && instance.field_mut(id).is_none());
    }
    assert_eq!(
        instance
            .write(900, None, ValueRef::Integer(1))
            .unwrap_err()
            .to_string(),
        "the resource holds no value"
    );
    assert_eq!(
        instance.write(902, None, ValueRef::Integer(1)),
        Err(WriteError::NotFound)
    );
}

#[test]
fn is_only_itself_behind_the_trait() {
    let mut instance = DynamicInstance::new(&STATION);
    let instance: &mut dyn Instance = &mut instance;
    assert!(instance.downcast_ref::<Station>().is_none());
    assert!(instance.as_any().is::<DynamicInstance>());
    assert!(instance.as_any_mut().is::<DynamicInstance>());
}
