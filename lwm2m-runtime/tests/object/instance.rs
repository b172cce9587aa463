use lwm2m_runtime::{
    model::{Constraint, ResourceType, ValueRef},
    object::{FieldError, Instance, InstanceError, WriteError},
};

use crate::station::Station;

fn station() -> Station {
    Station {
        name: "roof".into(),
        o_data: Some(Vec::new()),
        o_since: Some(0.into()),
        o_levels: Some([(4, -1), (1, 1)].into()),
        ..Station::default()
    }
}

#[test]
fn values_come_in_ascending_order_and_absent_resources_not_at_all() {
    let station = station();
    let instance: &dyn Instance = &station;
    let values: Vec<_> = instance.values().map(|(id, at, _)| (id, at)).collect();
    let single = [0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 16].map(|id| (id, None));
    assert_eq!(values[..11], single);
    assert_eq!(values[11..], [(31, Some(1)), (31, Some(4))]);
}

#[test]
fn a_write_is_cast_checked_and_all_or_nothing() {
    let mut station = station();
    let before = station.clone();
    let instance: &mut dyn Instance = &mut station;
    let type_error = |expected, found| Err(WriteError::Field(FieldError::Type { expected, found }));
    assert_eq!(
        instance.write(1, None, ValueRef::String("1")),
        type_error(ResourceType::Integer, ResourceType::String)
    );
    assert_eq!(
        instance.write(1, None, ValueRef::Float(0.5)),
        type_error(ResourceType::Integer, ResourceType::Float)
    );
    assert!(matches!(
        instance.write(1, None, ValueRef::Unsigned(6)),
        Err(WriteError::Constraint(_))
    ));
    assert!(matches!(
        instance.write(0, None, ValueRef::String("")),
        Err(WriteError::Constraint(_))
    ));
    assert!(matches!(
        instance.write(21, Some(0), ValueRef::Integer(10)),
        Err(WriteError::Constraint(_))
    ));
    assert_eq!(
        instance.write(1, Some(0), ValueRef::Integer(1)),
        Err(WriteError::Field(FieldError::NotMultiple))
    );
    assert_eq!(
        instance.write(20, None, ValueRef::String("a")),
        Err(WriteError::Field(FieldError::Multiple))
    );
    assert_eq!(
        instance.write(900, None, ValueRef::Integer(1)),
        Err(WriteError::Field(FieldError::NoValue))
    );
    assert_eq!(
        instance.write(899, None, ValueRef::Integer(1)),
        Err(WriteError::NotFound)
    );
    assert_eq!(station, before);

    let instance: &mut dyn Instance = &mut station;
    assert_eq!(instance.write(1, None, ValueRef::Float(-5.0)), Ok(()));
    assert_eq!(instance.write(21, Some(7), ValueRef::Unsigned(9)), Ok(()));
    assert_eq!((station.level, station.levels.get(7)), (-5, Some(&9)));
}

#[test]
fn check_names_the_first_resource_that_is_wrong() {
    let check = |station: &Station| {
        let instance: &dyn Instance = station;
        instance.check()
    };
    let mut wrong = station();
    assert_eq!(check(&wrong), Ok(()));
    wrong.o_since = None;
    assert_eq!(check(&wrong), Err(InstanceError::Missing { resource: 16 }));
    wrong.level = 6;
    let error = check(&wrong).unwrap_err();
    assert_eq!(
        error.to_string(),
        "resource 1: the value is outside the allowed -5..=5"
    );
    assert!(matches!(
        error,
        InstanceError::Constraint { resource: 1, violation } if violation.constraint == Constraint::Integer(&[(-5, 5)])
    ));
    wrong.level = 0;
    wrong.o_since = Some(0.into());
    wrong.levels.insert(3, 10);
    assert!(matches!(
        check(&wrong),
        Err(InstanceError::Constraint { resource: 21, .. })
    ));
    assert_eq!(
        InstanceError::Missing { resource: 16 }.to_string(),
        "mandatory resource 16 is missing"
    );
}

#[test]
fn an_instance_is_its_own_type_again() {
    let mut boxed: Box<dyn Instance> = Box::new(station());
    assert_eq!(
        boxed
            .downcast_ref::<Station>()
            .map(|station| station.name.as_str()),
        Some("roof")
    );
    boxed.downcast_mut::<Station>().unwrap().level = 3;
    assert_eq!(
        boxed.field(1).and_then(|field| field.value(None)),
        Some(ValueRef::Integer(3))
    );
}
