use lwm2m_runtime::model::{ParsePathError, Path};
use proptest::prelude::*;

#[test]
fn paths_of_every_depth_are_read_and_written() {
    for (text, path) in [
        ("/", Path::ROOT),
        ("/3", Path::object(3)),
        ("/3/0", Path::instance(3, 0)),
        ("/3/0/9", Path::resource(3, 0, 9)),
        (
            "/65534/65534/65534/65534",
            Path::resource_instance(65534, 65534, 65534, 65534),
        ),
    ] {
        assert_eq!(text.parse(), Ok(path));
        assert_eq!(path.to_string(), text);
        assert_eq!(format!("{path:?}"), text);
        assert_eq!(Path::from_ids(&path.ids()), Some(path));
        assert_eq!(path.ids().len(), path.depth());
    }
}

#[test]
fn what_is_no_path_is_refused_with_its_place() {
    use ParsePathError::{InvalidId, MissingSlash, TooDeep};
    for (text, error) in [
        ("", MissingSlash),
        ("3/0", MissingSlash),
        (" /3", MissingSlash),
        ("//", InvalidId { segment: 0 }),
        ("/3/", InvalidId { segment: 1 }),
        ("/3//9", InvalidId { segment: 1 }),
        ("/03", InvalidId { segment: 0 }),
        ("/00", InvalidId { segment: 0 }),
        ("/+3", InvalidId { segment: 0 }),
        ("/-1", InvalidId { segment: 0 }),
        ("/3/0x9", InvalidId { segment: 1 }),
        ("/3/٣", InvalidId { segment: 1 }),
        ("/65535", InvalidId { segment: 0 }),
        ("/65536", InvalidId { segment: 0 }),
        ("/3/0/99999999999999999999999", InvalidId { segment: 2 }),
        ("/3/0/9\0", InvalidId { segment: 2 }),
        ("/1/2/3/4/5", TooDeep),
    ] {
        assert_eq!(text.parse::<Path>(), Err(error), "{text:?}");
        assert!(!error.to_string().is_empty());
    }
    assert_eq!(
        InvalidId { segment: 1 }.to_string(),
        "segment 2 of the path is not a number of 0 to 65534 without leading zeros"
    );
}

#[test]
fn identifiers_exist_down_to_the_depth() {
    let path = Path::resource(3, 1, 9);
    assert_eq!(path.object_id(), Some(3));
    assert_eq!(path.instance_id(), Some(1));
    assert_eq!(path.resource_id(), Some(9));
    assert_eq!(path.resource_instance_id(), None);
    assert_eq!(Path::ROOT.object_id(), None);
    assert_eq!(
        Path::resource_instance(1, 2, 3, 4).resource_instance_id(),
        Some(4)
    );
}

#[test]
fn nothing_is_below_a_resource_instance_and_nothing_above_the_root() {
    assert_eq!(Path::resource_instance(1, 2, 3, 4).child(5), None);
    assert_eq!(Path::from_ids(&[1, 2, 3, 4, 5]), None);
    assert_eq!(Path::ROOT.parent(), None);
}

fn path() -> impl Strategy<Value = Path> {
    prop::collection::vec(0..u16::MAX, 0..=4)
        .prop_filter_map("four identifiers at most", |ids| Path::from_ids(&ids))
}

proptest! {
    #[test]
    fn text_round_trips(path in path()) {
        prop_assert_eq!(path.to_string().parse(), Ok(path));
    }

    #[test]
    fn a_child_s_parent_is_the_path_itself(path in path(), id in 0..u16::MAX) {
        if let Some(child) = path.child(id) {
            prop_assert_eq!(child.parent(), Some(path));
            prop_assert!(child.starts_with(path) && !path.starts_with(child));
        } else {
            prop_assert_eq!(path.depth(), 4);
        }
    }

    #[test]
    fn order_is_that_of_the_identifiers(left in path(), right in path()) {
        prop_assert_eq!(left.cmp(&right), left.ids().cmp(&right.ids()));
        prop_assert_eq!(left == right, *left.ids() == *right.ids());
    }

    #[test]
    fn any_text_is_a_path_or_an_error(text in "[/0-9a. ]{0,30}") {
        if let Ok(path) = text.parse::<Path>() {
            prop_assert_eq!(path.to_string(), text);
        }
    }
}
