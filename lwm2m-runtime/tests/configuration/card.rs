//! The way from a card's list of applications to the file that configures a client.

use std::fs;

use lwm2m_runtime::{
    configuration::{
        BootstrapConfiguration, CardApplication, CardContents, CardError, CardFile, Credentials,
        DirectoryFault, MemoryCard, ServerAccount, Smartcard, SmartcardError, read_bootstrap_data,
    },
    storage::CardDirectory,
};
use proptest::prelude::*;

/// EF DIR as cards have it, in records of 32 bytes: a USIM, then PKCS #15 with a label and a path, then an empty record.
const DIR: &[u8] = &[
    0x61, 0x1c, //
    0x4f, 0x10, 0xa0, 0, 0, 0, 0x87, 0x10, 0x02, 0xff, 0x44, 0xff, 0x12, 0x89, 0, 0, 0x01, 0, //
    0x50, 0x04, b'U', b'S', b'I', b'M', 0x73, 0x02, 0x30, 0x00, 0xff, 0xff, //
    0x61, 0x19, //
    0x4f, 0x0c, 0xa0, 0, 0, 0, 0x63, b'P', b'K', b'C', b'S', b'-', b'1', b'5', //
    0x50, 0x03, b'P', b'1', b'5', //
    0x51, 0x04, 0x3f, 0x00, 0x7f, 0x50, 0xff, 0xff, 0xff, //
    0xff, 0xff, 0xff, 0xff,
];
/// EF ODF: certificates, an empty list of data objects, then two lists.
const ODF: &[u8] = &[
    0xa4, 0x06, 0x30, 0x04, 0x04, 0x02, 0x52, 0x00, //
    0xa7, 0x02, 0xa0, 0x00, //
    0xa7, 0x06, 0x30, 0x04, 0x04, 0x02, 0x64, 0x30, //
    0xa7, 0x0c, 0x30, 0x0a, 0x04, 0x08, 0x3f, 0x00, 0x7f, 0x50, 0x50, 0x15, 0x64, 0x31, //
    0xff, 0xff,
];
/// EF DODF: an object of another application, without a path.
const OTHER: &[u8] = &[
    0x30, 0x17, //
    0x30, 0x05, 0x0c, 0x03, b'W', b'A', b'P', //
    0x30, 0x06, 0x06, 0x04, 0x67, 0x2b, 0x01, 0x01, //
    0xa1, 0x06, 0xa0, 0x04, 0x04, 0x02, 0xab, 0xcd, //
    0x00,
];
/// EF DODF-bootstrap: modifiable, not private; four bytes from the third one on of file 6432.
const DODF: &[u8] = &[
    0x30, 0x29, //
    0x30, 0x11, 0x0c, 0x09, b'B', b'o', b'o', b't', b's', b't', b'r', b'a', b'p', 0x03, 0x02, 0x06, 0x40,
    0x05, 0x00, //
    0x30, 0x06, 0x06, 0x04, 0x67, 0x2b, 0x09, 0x01, //
    0xa1, 0x0c, 0x30, 0x0a, 0x04, 0x02, 0x64, 0x32, 0x02, 0x01, 0x02, 0x80, 0x01, 0x04, 0xff,
];
const NOTHING: &[u8] = &[0, 0, 0, 0];

fn pkcs15() -> CardApplication {
    CardApplication {
        identifier: CardApplication::PKCS15.to_vec(),
        directory: vec![0x7f50],
    }
}

fn below(path: &[u16]) -> CardFile {
    CardFile {
        application: Some(pkcs15()),
        path: path.to_vec(),
    }
}

fn master(path: &[u16]) -> CardFile {
    CardFile {
        application: None,
        path: path.to_vec(),
    }
}

/// A card with those files.
fn card() -> MemoryCard {
    let mut card = MemoryCard::new();
    card.insert(CardFile::dir(), DIR.to_vec());
    card.insert(CardFile::odf(pkcs15()), ODF.to_vec());
    card.insert(below(&[0x6430]), OTHER.to_vec());
    card.insert(master(&[0x7f50, 0x5015, 0x6431]), DODF.to_vec());
    card.insert(below(&[0x6432]), [&[9, 9], NOTHING, &[9]].concat());
    card
}

fn with(file: CardFile, contents: &[u8]) -> Result<bool, CardError<core::convert::Infallible>> {
    let mut card = card();
    card.insert(file, contents.to_vec());
    read_bootstrap_data(&mut card).map(|data| data.is_some())
}

// proves: BOOT-73
#[test]
fn the_way_leads_over_the_directories_of_pkcs_15() {
    let data = read_bootstrap_data(&mut card()).unwrap().unwrap();
    assert_eq!(data.file, below(&[0x6432]));
    assert_eq!(data.file.to_string(), "A000000063504B43532D3135/6432");
    assert_eq!(data.label.as_deref(), Some("Bootstrap"));
    assert_eq!((data.private, data.modifiable), (false, true));
    assert_eq!(data.bytes(), NOTHING);
    assert!(!format!("{data:?}").contains("bytes"));
}

#[test]
fn data_objects_of_an_application_are_found_in_every_form() {
    // The type attributes have the object identifier, in an object of the kind oidDO; its path is that of the present
    // application.
    let oid = [
        0xa1, 0x1c, 0x30, 0x04, 0x03, 0x02, 0x06, 0x80, 0x30, 0x00, //
        0xa1, 0x12, 0x30, 0x10, 0x06, 0x04, 0x67, 0x2b, 0x09, 0x01, //
        0x30, 0x08, 0x04, 0x06, 0x7f, 0xff, 0x70, 0x00, 0x64, 0x32,
    ];
    let mut card = card();
    card.insert(below(&[0x6430]), oid.to_vec());
    card.insert(below(&[0x7000, 0x6432]), NOTHING.to_vec());
    let data = read_bootstrap_data(&mut card).unwrap().unwrap();
    assert_eq!((data.file, data.private), (below(&[0x7000, 0x6432]), true));
    // With a tag and a length too many.
    let twice = [
        0x30, 0x18, 0x30, 0x00, 0x30, 0x08, 0x06, 0x06, 0x06, 0x04, 0x67, 0x2b, 0x09, 0x01, //
        0xa1, 0x0a, 0x30, 0x81, 0x07, 0x04, 0x82, 0x00, 0x02, 0x64, 0x33, 0x00,
    ];
    // Its last byte belongs to nothing that is looked at.
    assert_eq!(
        with(below(&[0x6430]), &twice),
        Err(CardError::Directory {
            file: below(&[0x6430]),
            offset: 25,
            fault: DirectoryFault::Truncated
        })
    );
}

#[test]
fn a_card_for_something_else_configures_nothing() {
    let none = |file: CardFile| {
        let mut card = card();
        assert!(card.remove(&file).is_some());
        read_bootstrap_data(&mut card).map(|data| data.is_some())
    };
    assert_eq!(none(CardFile::dir()), Ok(false));
    assert_eq!(none(CardFile::odf(pkcs15())), Ok(false));
    // What another file names has to be there.
    for file in [
        below(&[0x6430]),
        below(&[0x6432]),
        master(&[0x7f50, 0x5015, 0x6431]),
    ] {
        assert_eq!(none(file.clone()), Err(CardError::Absent { file }));
    }
    assert_eq!(with(CardFile::dir(), &DIR[..30]), Ok(false));
    assert_eq!(with(CardFile::odf(pkcs15()), &ODF[..20]), Ok(false));
    assert_eq!(with(below(&[0x6430]), &[0xff; 600]), Ok(true));
}

#[test]
fn a_card_that_wants_a_pin_says_for_which_file() {
    let file = below(&[0x6432]);
    let mut card = card();
    card.protect(file.clone(), true);
    let error = read_bootstrap_data(&mut card).unwrap_err();
    assert_eq!(error, CardError::Protected { file: file.clone() });
    assert_eq!(
        error.to_string(),
        "A000000063504B43532D3135/6432: verify the card's PIN first, then read it again"
    );
    card.protect(file, false);
    assert!(read_bootstrap_data(&mut card).unwrap().is_some());
}

#[test]
fn what_is_wrong_is_said_with_its_file_and_byte() {
    let fault = |file: &CardFile, contents: &[u8]| match with(file.clone(), contents) {
        Err(CardError::Directory {
            file: named,
            offset,
            fault,
        }) if named == *file => (offset, fault),
        other => panic!("{other:?}"),
    };
    let dir = CardFile::dir();
    // The last byte of the path is missing; so is the first one of the identifier's length.
    assert_eq!(fault(&dir, &DIR[..58]), (32, DirectoryFault::Truncated));
    assert_eq!(fault(&dir, &[0x61, 0x01, 0x4f]), (2, DirectoryFault::Truncated));
    assert_eq!(fault(&dir, &[0x7f, 0x21, 0x00]), (0, DirectoryFault::Form));
    assert_eq!(fault(&dir, &[0x61, 0x80, 0x00, 0x00]), (0, DirectoryFault::Form));
    assert_eq!(fault(&dir, &[0x61, 0x83, 0, 0, 0]), (0, DirectoryFault::Form));
    assert_eq!(
        fault(&dir, &[0x61, 0x03, 0x51, 0x01, 0x3f]),
        (4, DirectoryFault::Value)
    );
    let long = [&[0x61, 0x13, 0x4f, 0x11], &[0xa0; 17][..]].concat();
    assert_eq!(fault(&dir, &long), (4, DirectoryFault::Value));
    assert_eq!(
        fault(&dir, &[0x61, 0x00].repeat(33)),
        (64, DirectoryFault::TooMany)
    );
    let odf = CardFile::odf(pkcs15());
    assert_eq!(
        fault(&odf, &[0xa7, 0x02, 0x30, 0x00]),
        (4, DirectoryFault::Missing)
    );
    assert_eq!(
        fault(&odf, &[0xa7, 4, 0x30, 2, 4, 0]),
        (4, DirectoryFault::Missing)
    );
    let negative = [0xa7, 9, 0x30, 7, 4, 2, 0x64, 0x30, 2, 1, 0x80];
    assert_eq!(fault(&odf, &negative), (10, DirectoryFault::Value));
    let dodf = below(&[0x6430]);
    let without_path = [0x30, 0x0a, 0x30, 0x00, 0x30, 0x06, 6, 4, 0x67, 0x2b, 9, 1];
    assert_eq!(fault(&dodf, &without_path), (2, DirectoryFault::Missing));
    // The part of the file that is named is not all there.
    assert_eq!(fault(&below(&[0x6432]), &[0; 5]), (5, DirectoryFault::Truncated));
    // The file itself is damaged.
    assert_eq!(
        with(below(&[0x6432]), &[9, 9, 0, 1, 0, 0, 9]),
        Err(CardError::Bootstrap {
            file: below(&[0x6432]),
            error: SmartcardError::Truncated { offset: 4 }
        })
    );
}

#[test]
fn no_file_is_longer_than_such_files_are() {
    let file = CardFile::odf(pkcs15());
    assert_eq!(with(file.clone(), &[0xff; 4096]), Ok(false));
    let limit = 4096;
    assert_eq!(
        with(file.clone(), &[0xff; 4097]),
        Err(CardError::TooLong { file, limit })
    );
    let mut card = MemoryCard::issue("", &[NOTHING, &[0xff; 32 * 1024 - 4]].concat());
    assert!(read_bootstrap_data(&mut card).unwrap().is_some());
    let mut card = MemoryCard::issue("", &[0; 32 * 1024 + 1]);
    assert!(matches!(
        read_bootstrap_data(&mut card),
        Err(CardError::TooLong { limit: 32_768, .. })
    ));
}

#[test]
fn a_card_that_does_not_answer_is_no_card_without_data() {
    struct Broken(u32);
    impl Smartcard for Broken {
        type Error = &'static str;

        fn read(&mut self, file: &CardFile, limit: usize) -> Result<CardContents, &'static str> {
            self.0 -= 1;
            match self.0 {
                0 => Err("no contact"),
                _ => Ok(card().read(file, limit).unwrap_or(CardContents::Absent)),
            }
        }
    }
    for reads in 1..=5 {
        let error = read_bootstrap_data(&mut Broken(reads)).unwrap_err();
        assert!(
            matches!(
                error,
                CardError::Card {
                    error: "no contact",
                    ..
                }
            ),
            "{error}"
        );
    }
    assert!(read_bootstrap_data(&mut Broken(6)).unwrap().is_some());
}

#[test]
fn a_directory_of_files_is_a_card() {
    let root = std::env::temp_dir().join(format!("lwm2m-card-{}", std::process::id()));
    let issued = MemoryCard::issue("Operator", NOTHING);
    for (file, bytes) in issued.files() {
        let path = root.join(file.to_string());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let mut card = CardDirectory::new(&root);
    let data = read_bootstrap_data(&mut card).unwrap().unwrap();
    assert_eq!(data.label.as_deref(), Some("Operator"));
    fs::write(root.join("A000000063504B43532D3135/5031"), [0xff; 70_000]).unwrap();
    let error = read_bootstrap_data(&mut card).unwrap_err();
    assert!(matches!(error, CardError::TooLong { .. }));
    fs::remove_dir_all(&root).unwrap();
    assert_eq!(read_bootstrap_data(&mut card).unwrap(), None);
}

proptest! {
    #[test]
    fn what_an_issuer_writes_a_client_reads(label in ".{0,40}", servers in 1_u16..4) {
        let accounts = (1..=servers).map(|id| ServerAccount::new(id, "coap://example.com", Credentials::NoSec));
        let values = BootstrapConfiguration::new(accounts.collect::<Vec<_>>()).number(None).unwrap();
        let mut file = Vec::new();
        values.write_smartcard_file(|_| None, &mut file).unwrap();
        let mut card = MemoryCard::issue(&label, &file);
        let data = read_bootstrap_data(&mut card).unwrap().unwrap();
        prop_assert_eq!(data.label.as_deref(), Some(&*label));
        prop_assert_eq!(data.bytes(), file);
        prop_assert_eq!(data.contents().unwrap().objects().len(), 2);
    }

    #[test]
    fn no_bytes_of_a_card_do_harm(file in 0_usize..5, at in 0_usize..64, bytes in proptest::collection::vec(any::<u8>(), 0..80), keep in any::<bool>()) {
        let mut card = card();
        let (name, old) = card.files().nth(file).map(|(name, bytes)| (name.clone(), bytes.to_vec())).unwrap();
        let mut new = old;
        // In the middle of what was there, or in its place.
        new.truncate(at);
        let tail = new.len() + bytes.len();
        new.extend(bytes);
        if !keep {
            new.drain(..at.min(new.len()));
        }
        card.insert(name, new);
        if let Err(CardError::Directory { offset, .. }) = read_bootstrap_data(&mut card) {
            prop_assert!(offset <= tail.max(128));
        }
    }

    #[test]
    fn no_byte_changed_does_harm(file in 0_usize..5, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut card = card();
        let (name, mut bytes) = card.files().nth(file).map(|(name, bytes)| (name.clone(), bytes.to_vec())).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        card.insert(name, bytes.clone());
        let _ = read_bootstrap_data(&mut card);
        bytes.truncate(at);
        let (name, _) = card.files().nth(file).map(|(name, _)| (name.clone(), ())).unwrap();
        card.insert(name, bytes);
        let _ = read_bootstrap_data(&mut card);
    }
}
