//! What waits for a server that cannot be reached.

use lwm2m_runtime::reporting::{History, Retention};

use crate::clock::second;

#[test]
fn what_is_kept_is_decided_by_the_server_object_and_hqmax() {
    for (storing, hqmax, selective, expected) in [
        (Some(false), None, false, Retention::Drop),
        (Some(false), Some(3), true, Retention::Drop),
        (Some(true), None, false, Retention::Keep),
        (None, None, false, Retention::Keep),
        (None, None, true, Retention::Drop),
        (None, Some(3), true, Retention::Newest(3)),
        (None, Some(0), true, Retention::Drop),
    ] {
        assert_eq!(Retention::new(storing, hqmax, selective), expected);
    }
}

#[test]
fn entries_come_back_in_order_and_the_oldest_goes_when_it_is_full() {
    let mut history = History::new(4);
    for (second_stored, key) in (0..6).zip(["a", "b"].into_iter().cycle()) {
        history.store(key, second(second_stored), second_stored, Retention::Keep);
    }
    assert_eq!((history.len(), history.dropped()), (4, 2));
    assert_eq!(history.take_of(&"b"), Some((second(3), 3)));
    assert_eq!(history.take(), Some(("a", second(2), 2)));
    history.forget(&"a");
    assert_eq!(history.take(), Some(("b", second(5), 5)));
    assert_eq!(history.take(), None);
    assert_eq!(history.take_of(&"b"), None);
    assert!(history.is_empty());
}

#[test]
fn a_limit_holds_for_each_data_of_its_own() {
    let mut history = History::new(100);
    for value in 0..10 {
        history.store("a", second(value), value, Retention::Newest(2));
        history.store("b", second(value), value, Retention::Newest(1));
        history.store("c", second(value), value, Retention::Drop);
        history.store("d", second(value), value, Retention::Newest(u32::MAX));
    }
    let mut counts = [0; 4];
    while let Some((key, _, _)) = history.take() {
        counts[usize::from(key.as_bytes()[0] - b'a')] += 1;
    }
    assert_eq!(counts, [2, 1, 0, 10]);
    let mut none = History::new(0);
    none.store("a", second(0), 0, Retention::Keep);
    assert!(none.is_empty());
}
