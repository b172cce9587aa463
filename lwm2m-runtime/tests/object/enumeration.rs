use lwm2m_runtime::{
    model::{EnumerationDefinition, EnumerationItem, ResourceType, ValueRef},
    object::{Enumeration, Scalar},
};

macro_rules! mode {
    ($name:ident, $code:ty) => {
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        struct $name($code);

        impl Enumeration for $name {
            type Code = $code;
            const DEFINITION: &'static EnumerationDefinition =
                &EnumerationDefinition::new(&[EnumerationItem {
                    code: 1,
                    label: "One-shot",
                }]);

            fn from_code(code: $code) -> Self {
                Self(code)
            }

            fn code(self) -> $code {
                self.0
            }
        }
    };
}

mode!(Mode, i64);
mode!(Count, u64);

#[test]
fn unknown_codes_survive() {
    assert_eq!(Mode::TYPE, ResourceType::Integer);
    assert_eq!(Count::TYPE, ResourceType::Unsigned);
    for code in [i64::MIN, 0, 1, i64::MAX] {
        let mode = Mode::from_value(ValueRef::Integer(code)).unwrap();
        assert_eq!(mode.as_value(), ValueRef::Integer(code));
        assert_eq!(mode.label(), (code == 1).then_some("One-shot"));
    }
    let count = Count::from_value(ValueRef::Unsigned(u64::MAX)).unwrap();
    assert_eq!(
        (count.as_value(), count.label()),
        (ValueRef::Unsigned(u64::MAX), None)
    );
    assert_eq!(Count(1).label(), Some("One-shot"));
    assert_eq!(Count::from_value(ValueRef::Integer(-1)), None);
    assert_eq!(Mode::from_value(ValueRef::String("One-shot")), None);
}
