use std::collections::BTreeMap;

use lwm2m_runtime::object::Instances;
use proptest::prelude::*;

proptest! {
    /// A sorted map is the model.
    #[test]
    fn behave_as_a_sorted_map(steps in prop::collection::vec((0..12_u16, any::<Option<u8>>()), 0..60)) {
        let mut instances = Instances::new();
        let mut model = BTreeMap::new();
        for (id, value) in steps {
            match value {
                Some(value) => prop_assert_eq!(instances.insert(id, value), model.insert(id, value)),
                None => prop_assert_eq!(instances.remove(id), model.remove(&id)),
            }
            prop_assert_eq!(instances.len(), model.len());
            prop_assert_eq!(instances.is_empty(), model.is_empty());
            prop_assert_eq!(instances.get(id), model.get(&id));
        }
        prop_assert!(instances.ids().eq(model.keys().copied()));
        prop_assert!(instances.values().eq(model.values()));
        prop_assert!(instances.iter().map(|(id, value)| (id, value)).eq(&model));
        prop_assert!((&instances).into_iter().map(|entry| entry.0).eq(model.keys().copied()));
        prop_assert!(instances.into_iter().eq(model));
    }

    #[test]
    fn the_last_value_of_an_identifier_counts(entries in prop::collection::vec((0..6_u16, any::<u8>()), 0..20)) {
        let collected: Instances<_> = entries.iter().copied().collect();
        let model: BTreeMap<_, _> = entries.into_iter().collect();
        prop_assert!(collected.into_iter().eq(model));
    }
}

#[test]
fn are_printed_as_a_map() {
    let mut instances: Instances<&str> = [(7, "b"), (0, "a")].into();
    assert_eq!(format!("{instances:?}"), r#"{0: "a", 7: "b"}"#);
    if let Some(value) = instances.get_mut(7) {
        *value = "c";
    }
    assert_eq!(instances.get(7), Some(&"c"));
    instances.clear();
    assert_eq!(instances, Instances::default());
}

#[test]
fn identifiers_in_descending_order_are_sorted() {
    let instances: Instances<[u64; 8]> = (0..u16::MAX).rev().map(|id| (id, [0; 8])).collect();
    assert_eq!(instances.len(), 65535);
    assert!(instances.ids().eq(0..u16::MAX));
}
