//! By which transport a session begins (LwM2M Core 1.2, section 6.2.1.2), as a pure function.

use lwm2m_runtime::{
    model::Version,
    operation::{Binding, Transport, TransportChoice},
};

fn binding(text: &str) -> Binding {
    Binding::parse(text, Version::V1_2).unwrap()
}

/// A choice, by the letters of what is known: the device, the server's list, and its preference.
fn choice(device: &str, listed: &str, preferred: &str) -> TransportChoice {
    TransportChoice {
        listed: Binding::parse(listed, Version::V1_2),
        preferred: Transport::parse(preferred, Version::V1_2),
        ..TransportChoice::new(binding(device))
    }
}

fn first(device: &str, listed: &str, preferred: &str) -> char {
    choice(device, listed, preferred).first().letter()
}

#[test]
fn the_preferred_transport_comes_before_any_other_that_both_have() {
    for (device, listed, preferred, expected) in [
        // The preference decides, listed or not.
        ("UTS", "U", "T", 'T'),
        ("UTS", "US", "S", 'S'),
        ("UTN", "TN", "N", 'N'),
        // The device does not have it.
        ("U", "UT", "T", 'U'),
        ("TS", "TS", "N", 'T'),
        // No preference: what both have.
        ("UT", "T", "", 'U'),
        ("T", "T", "", 'T'),
        ("SN", "N", "", 'N'),
        ("MH", "H", "", 'H'),
        // Every server has UDP.
        ("US", "T", "", 'U'),
        // Nothing in common, and a list that makes no sense.
        ("T", "S", "", 'U'),
        ("T", "nonsense", "", 'T'),
    ] {
        assert_eq!(
            first(device, listed, preferred),
            expected,
            "{device} {listed} {preferred}"
        );
    }
}

#[test]
fn a_uri_names_a_transport_where_nothing_else_does() {
    let by_uri = |uri, device, listed, preferred| {
        let choice = TransportChoice {
            uri: Transport::of_uri(uri),
            ..choice(device, listed, preferred)
        };
        choice.first().letter()
    };
    assert_eq!(by_uri("coap+tcp://host", "UT", "UT", ""), 'T');
    assert_eq!(by_uri("coap+tcp://host", "UT", "UT", "U"), 'U');
    assert_eq!(by_uri("coap+tcp://host", "UT", "U", ""), 'U', "not listed");
    assert_eq!(
        by_uri("coap+tcp://host", "U", "UT", ""),
        'U',
        "the device has none"
    );
    assert_eq!(by_uri("gopher://host", "UT", "UT", ""), 'U');
    for (uri, letter) in [
        ("coap://a", Some('U')),
        ("COAPS://a:5684", Some('U')),
        ("coaps+tcp://a", Some('T')),
        ("coap+ws://a", Some('T')),
        ("tel:+491721234567", Some('S')),
        ("lorawan://7", Some('N')),
        ("mqtts://a", Some('M')),
        ("https://a", Some('H')),
        ("coap", None),
        ("", None),
        ("ftp://a", None),
    ] {
        assert_eq!(Transport::of_uri(uri).map(Transport::letter), letter, "{uri}");
    }
}

// proves: REG-79
#[test]
fn a_network_without_ip_selects_a_transport_without_it() {
    let over = |ip, device, listed, preferred| {
        let choice = TransportChoice {
            ip,
            uri: Some(Transport::Udp),
            ..choice(device, listed, preferred)
        };
        choice.first().letter()
    };
    assert_eq!(over(Some(false), "UN", "UN", ""), 'N');
    assert_eq!(over(Some(true), "UN", "UN", ""), 'U');
    assert_eq!(over(None, "UN", "UN", ""), 'U');
    assert_eq!(over(Some(true), "NT", "NT", ""), 'T');
    assert_eq!(over(Some(false), "UN", "U", ""), 'U', "only a listed one");
    assert_eq!(over(Some(false), "UT", "UT", ""), 'U', "the device has none");
    assert_eq!(
        over(Some(false), "UN", "UN", "U"),
        'U',
        "a preference comes first"
    );
}

#[test]
fn a_server_may_ask_for_what_is_listed_and_there() {
    let choice = choice("UTN", "TS", "");
    let allowed: String = "UTSNMH"
        .chars()
        .filter(|letter| choice.allows(Transport::from_letter(*letter).unwrap()))
        .collect();
    assert_eq!(allowed, "UT");
    assert!(!TransportChoice::new(binding("T")).allows(Transport::Udp));
}

#[test]
fn a_preference_is_one_letter_of_the_version() {
    let read = |text, version| Transport::parse(text, version).map(Transport::letter);
    assert_eq!(read("T", Version::V1_1), Some('T'));
    assert_eq!(read("M", Version::V1_1), None);
    assert_eq!(read("M", Version::V1_2), Some('M'));
    for text in ["", "UT", "Q", "u", "U ", "Ü"] {
        assert_eq!(read(text, Version::V1_2), None, "{text}");
    }
}
