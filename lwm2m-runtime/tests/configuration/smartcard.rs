//! The file of a smartcard.

use lwm2m_runtime::{
    configuration::{
        BootstrapConfiguration, Credentials, ServerAccount, SmartcardError, SmartcardFile, Values, check,
    },
    encoding::Definitions,
    model::{ObjectDefinition, Path, Value, ValueRef, Version},
    object::Object,
    objects::{Lwm2mSecurity, Lwm2mServer},
};
use proptest::prelude::*;

struct Core;

impl Definitions for Core {
    fn object(&self, id: u16) -> Option<&'static ObjectDefinition> {
        match id {
            0 => Some(Lwm2mSecurity::DEFINITION),
            1 => Some(Lwm2mServer::DEFINITION),
            _ => None,
        }
    }
}

/// Written by hand from the table: an account with Short Server ID 101, objects 0 of the enabler's version and 1 of
/// version 1.2.
const CARD: &[u8] = &[
    0x00, 0x02, // two objects
    0x00, 0x39, // 57 bytes
    0x00, 0x00, 0x00, // object 0, version of the enabler
    0x00, 0x1c, // 28 bytes
    0x08, 0x00, 0x19, // instance 0, 25 bytes
    0xc8, 0x00, 0x0d, b'c', b'o', b'a', b'p', b':', b'/', b'/', b's', b'.', b'o', b'r', b'g',
    b'/', // URI
    0xc1, 0x01, 0x00, // no bootstrap server
    0xc1, 0x02, 0x03, // NoSec
    0xc1, 0x0a, 0x65, // 101
    0x00, 0x01, 0x01, 0x02, // object 1, version 1.2
    0x00, 0x12, // 18 bytes
    0x08, 0x00, 0x0f, // instance 0, 15 bytes
    0xc1, 0x00, 0x65, // 101
    0xc4, 0x01, 0x00, 0x01, 0x51, 0x80, // 86400
    0xc1, 0x06, 0x01, // stores
    0xc1, 0x07, b'U', // UDP
    0xff, 0xff, 0xff, // the rest of the file
];

// proves: BOOT-74
#[test]
fn a_card_holds_instances_of_objects() {
    let file = SmartcardFile::read(CARD).unwrap();
    let objects: Vec<_> = file
        .objects()
        .iter()
        .map(|object| (object.object, object.version))
        .collect();
    assert_eq!(objects, [(0, None), (1, Some(Version::V1_2))]);
    let values = file.values(&Core).unwrap();
    assert_eq!(
        values.get(Path::resource(0, 0, 0)),
        Some(ValueRef::String("coap://s.org/"))
    );
    assert_eq!(values.get(Path::resource(0, 0, 10)), Some(ValueRef::Integer(101)));
    assert_eq!(
        values.get(Path::resource(1, 0, 1)),
        Some(ValueRef::Integer(86_400))
    );
    assert_eq!(check(&values, false), Ok(()));
    // The same, written.
    let mut written = Vec::new();
    let version = |object| (object == 1).then_some(Version::V1_2);
    values.write_smartcard_file(version, &mut written).unwrap();
    assert_eq!(written, CARD[..CARD.len() - 3]);
}

#[test]
fn a_damaged_card_configures_nothing() {
    let mut values = Values::new();
    values.set(Path::resource(3, 0, 14), Value::String("+01:00".into()));
    let mut card = Vec::new();
    values.write_smartcard_file(|_| None, &mut card).unwrap();
    assert!(SmartcardFile::read(&card).is_ok());
    for end in 0..card.len() {
        // The numbers in front byte by byte, and then what follows as a whole.
        let offset = end.min(4);
        assert_eq!(
            SmartcardFile::read(&card[..end]),
            Err(SmartcardError::Truncated { offset }),
        );
    }
    let with = |index: usize, byte| {
        let mut card = card.clone();
        card[index] = byte;
        card.extend([0xff; 300]);
        SmartcardFile::read(&card).map(|file| file.values(&()).is_ok())
    };
    // The count, and the lengths.
    assert_eq!(with(1, 0), Err(SmartcardError::Length { offset: 4 }));
    assert_eq!(with(1, 2), Err(SmartcardError::Truncated { offset: card.len() }));
    assert_eq!(with(2, 0x80), Err(SmartcardError::TooLong));
    assert_eq!(
        with(3, card[3] + 1),
        Err(SmartcardError::Length { offset: card.len() })
    );
    assert_eq!(
        with(8, card[8] - 1),
        Err(SmartcardError::Length {
            offset: card.len() - 1
        })
    );
    assert_eq!(with(8, card[8] + 1), Err(SmartcardError::Truncated { offset: 9 }));
    // The TLV.
    assert_eq!(with(11, 0), Ok(false));
    assert_eq!(SmartcardFile::read(&[0xff; 64]), Err(SmartcardError::TooLong));
    let twice = b"\x00\x02\x00\x0a\x00\x03\x00\x00\x00\x00\x03\x00\x00\x00";
    assert_eq!(
        SmartcardFile::read(twice),
        Err(SmartcardError::Object { object: 3, offset: 9 })
    );
    let none = b"\x00\x01\x00\x05\xff\xff\x00\x00\x00";
    assert_eq!(
        SmartcardFile::read(none),
        Err(SmartcardError::Object {
            object: 65_535,
            offset: 4
        })
    );
    assert_eq!(SmartcardFile::read(&[0; 4]).unwrap().objects(), []);
}

#[test]
fn a_card_holds_32_kib() {
    let write = |length| {
        let mut values = Values::new();
        values.set(Path::resource(16, 0, 0), Value::Opaque(vec![7; length]));
        let mut card = Vec::new();
        values.write_smartcard_file(|_| None, &mut card).map(|()| card)
    };
    let most = 32 * 1024 - 4 - 5 - 8;
    assert_eq!(write(most + 1), Err(SmartcardError::TooLong));
    assert_eq!(write(70_000), Err(SmartcardError::TooLong));
    let card = write(most).unwrap();
    assert_eq!(card.len(), 32 * 1024);
    assert!(SmartcardFile::read(&card).unwrap().values(&()).is_ok());
}

proptest! {
    #[test]
    fn a_configuration_comes_back_from_a_card(servers in 1_u16..5, lifetime in 0_i64..1 << 40, key in proptest::collection::vec(any::<u8>(), 1..64)) {
        let accounts: Vec<_> = (1..=servers)
            .map(|id| {
                let credentials = Credentials::PreSharedKey { identity: b"me".to_vec(), key: key.clone() };
                let mut account = ServerAccount::new(id, "coaps://server.example.com", credentials);
                account.server.lifetime = lifetime;
                account
            })
            .collect();
        let values = BootstrapConfiguration::new(accounts).number(None).unwrap();
        let mut card = Vec::new();
        values.write_smartcard_file(|_| None, &mut card).unwrap();
        let read = SmartcardFile::read(&card).unwrap().values(&Core).unwrap();
        prop_assert_eq!(read, values);
    }

    #[test]
    fn no_card_does_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(file) = SmartcardFile::read(&bytes) {
            let _ = file.values(&Core);
        }
    }
}
