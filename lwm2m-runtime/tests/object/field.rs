use core::fmt::Debug;

use lwm2m_runtime::{
    model::{Objlnk, ResourceType, Time, ValueRef},
    object::{Corelnk, Field, FieldError, Instances, Scalar},
};

/// Proves the four shapes of one type: a value, another one, and a value of a foreign type.
fn shapes<T: Scalar + Debug>(value: T, other: T, foreign: ValueRef<'_>) {
    let refused = Err(FieldError::Type {
        expected: T::TYPE,
        found: foreign.resource_type(),
    });
    assert_eq!(T::from_value(value.as_value()).as_ref(), Some(&value));
    assert_eq!(value.as_value().resource_type(), T::TYPE);

    let mut single = value.clone();
    assert_eq!((single.resource_type(), single.is_multiple()), (T::TYPE, false));
    assert_eq!((Field::is_present(&single), Field::len(&single)), (true, 1));
    assert_eq!(single.entry(0), Some((None, value.as_value())));
    assert_eq!(single.entry(1), None);
    assert_eq!(single.value(Some(0)), None);
    assert_eq!(single.set(None, foreign), refused);
    assert_eq!(
        single.set(Some(0), other.as_value()),
        Err(FieldError::NotMultiple)
    );
    assert_eq!(single, value);
    assert_eq!(single.set(None, other.as_value()), Ok(()));
    assert_eq!(single, other);
    assert!(!Field::remove(&mut single, None) && !Field::remove(&mut single, Some(0)));
    single.reset();
    assert_eq!(single, T::default());

    let mut optional: Option<T> = None;
    assert_eq!(
        (optional.is_present(), optional.len(), optional.is_empty()),
        (false, 0, true)
    );
    assert_eq!(optional.value(None), None);
    assert_eq!(optional.set(None, foreign), refused);
    assert_eq!(
        optional.set(Some(0), value.as_value()),
        Err(FieldError::NotMultiple)
    );
    assert_eq!(optional, None);
    assert_eq!(optional.set(None, value.as_value()), Ok(()));
    assert_eq!(optional.entry(0), Some((None, value.as_value())));
    assert_eq!(optional.entry(1), None);
    assert!(!optional.remove(Some(0)) && optional.remove(None) && !optional.remove(None));
    optional.reset();
    assert_eq!(optional, Some(T::default()));

    let mut multiple = Instances::new();
    assert_eq!(
        (multiple.resource_type(), multiple.is_multiple()),
        (T::TYPE, true)
    );
    assert_eq!((multiple.is_present(), Field::len(&multiple)), (true, 0));
    several(&mut multiple, &value, &other, foreign);
    assert!(!Field::remove(&mut multiple, None));
    assert_eq!(multiple, [(2, other.clone())].into());
    multiple.reset();
    assert_eq!(multiple, Instances::new());

    let mut optional: Option<Instances<T>> = None;
    assert_eq!(
        (optional.resource_type(), optional.is_multiple()),
        (T::TYPE, true)
    );
    assert_eq!(
        (
            optional.is_present(),
            Field::len(&optional),
            optional.value(Some(2))
        ),
        (false, 0, None)
    );
    assert!(!optional.remove(None) && !optional.remove(Some(2)));
    assert_eq!(optional.set(Some(2), foreign), refused);
    assert_eq!(optional, None, "a refused value creates nothing");
    several(&mut optional, &value, &other, foreign);
    assert_eq!(optional, Some([(2, other.clone())].into()));
    assert!(optional.remove(Some(2)));
    assert!(
        optional.is_present(),
        "a multiple resource may exist without instances"
    );
    assert!(optional.remove(None) && !optional.is_present());
    optional.reset();
    assert_eq!(optional, Some(Instances::new()));
}

/// What both multiple shapes do; leaves `other` under 2.
fn several<T: Scalar>(field: &mut dyn Field, value: &T, other: &T, foreign: ValueRef<'_>) {
    assert_eq!(field.set(None, value.as_value()), Err(FieldError::Multiple));
    assert_eq!(
        field.set(Some(u16::MAX), value.as_value()),
        Err(FieldError::ReservedId)
    );
    assert_eq!(field.set(Some(65534), value.as_value()), Ok(()));
    assert_eq!(field.set(Some(2), value.as_value()), Ok(()));
    assert!(field.set(Some(2), foreign).is_err());
    assert_eq!(field.value(Some(2)), Some(value.as_value()));
    assert_eq!(field.set(Some(2), other.as_value()), Ok(()));
    assert_eq!(field.entry(0), Some((Some(2), other.as_value())));
    assert_eq!(field.entry(1), Some((Some(65534), value.as_value())));
    assert_eq!(
        (field.entry(2), field.value(None), field.value(Some(3))),
        (None, None, None)
    );
    assert!(!field.remove(Some(3)) && field.remove(Some(65534)));
    assert_eq!((field.len(), field.is_empty()), (1, false));
}

#[test]
fn every_type_has_four_shapes() {
    let text = ValueRef::String("x");
    shapes(String::from("a"), String::from("ü"), ValueRef::Integer(1));
    shapes(i64::MIN, i64::MAX, text);
    shapes(i32::MIN, i32::MAX, text);
    shapes(i16::MIN, i16::MAX, text);
    shapes(i8::MIN, i8::MAX, text);
    shapes(u64::MAX, 1, text);
    shapes(u32::MAX, 1, text);
    shapes(u16::MAX, 1, text);
    shapes(u8::MAX, 1, text);
    shapes(f64::MAX, -0.1, text);
    shapes(f32::MAX, f32::MIN_POSITIVE, text);
    shapes(true, false, text);
    shapes(vec![0, 255], Vec::new(), text);
    shapes(Time(i64::MIN), Time(7), text);
    shapes(Objlnk::new(3, 0), Objlnk::new(5, 1), text);
    shapes(
        Corelnk::from("</3>"),
        Corelnk::from(String::from("</5>")),
        ValueRef::Boolean(true),
    );
}

#[test]
fn numbers_that_do_not_fit_the_rust_type_are_refused() {
    fn fits<T: Scalar>(value: ValueRef<'_>) -> bool {
        T::from_value(value).is_some()
    }
    assert!(fits::<i8>(ValueRef::Integer(-128)) && !fits::<i8>(ValueRef::Integer(-129)));
    assert!(fits::<u16>(ValueRef::Unsigned(65535)) && !fits::<u16>(ValueRef::Unsigned(65536)));
    assert!(fits::<u32>(ValueRef::Integer(5)) && !fits::<u32>(ValueRef::Integer(-5)));
    assert!(fits::<i64>(ValueRef::Float(2.0)) && !fits::<i64>(ValueRef::Float(2.5)));
    assert!(fits::<f32>(ValueRef::Float(f64::INFINITY)) && !fits::<f32>(ValueRef::Float(1e39)));
    assert_eq!(f32::from_value(ValueRef::Float(0.1)), Some(0.1));
    assert_eq!(
        1_i8.set(None, ValueRef::Integer(128)).unwrap_err().to_string(),
        "the number does not fit the resource's Rust type"
    );
}

#[test]
fn errors_say_what_is_wrong() {
    let error = FieldError::Type {
        expected: ResourceType::Float,
        found: ResourceType::String,
    };
    assert_eq!(
        error.to_string(),
        "the resource is of type Float, the value of type String"
    );
    assert_eq!(
        FieldError::ReservedId.to_string(),
        "resource instances have identifiers of 0 to 65534"
    );
    assert!(FieldError::Multiple.to_string().contains("name one"));
    assert!(
        FieldError::NotMultiple
            .to_string()
            .contains("no resource instances")
    );
}
