use lwm2m_runtime::model::Version;
use proptest::prelude::*;

#[test]
fn versions_are_ordered_by_number_and_1_0_where_left_out() {
    assert!(Version::new(1, 10) > Version::new(1, 9));
    assert!(Version::new(2, 0) > Version::new(1, 255));
    assert_eq!(Version::default(), Version::V1_0);
    assert_eq!("1.1".parse(), Ok(Version::V1_1));
    assert_eq!((Version::V1_2.major(), Version::V1_2.minor()), (1, 2));
}

#[test]
fn what_is_no_version_is_refused() {
    for text in [
        "", "1", ".", "1.", ".1", "1.1.1", "1,1", "+1.0", "1.-0", "256.0", "1.256", " 1.0", "1.0 ",
    ] {
        let error = text.parse::<Version>().unwrap_err();
        assert!(error.to_string().ends_with("such as 1.1"), "{text:?}");
    }
}

proptest! {
    #[test]
    fn text_round_trips(major: u8, minor: u8) {
        let version = Version::new(major, minor);
        prop_assert_eq!(version.to_string().parse(), Ok(version));
    }
}
