use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use core::{convert::Infallible, fmt};

use super::{CardApplication, CardContents, CardFile, Smartcard, ber::write, directory::LWM2M_BOOTSTRAP};

/// A card in memory: for tests, and where another program has read the card.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MemoryCard {
    files: BTreeMap<CardFile, Vec<u8>>,
    protected: BTreeSet<CardFile>,
}

impl MemoryCard {
    /// A card without files.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            files: BTreeMap::new(),
            protected: BTreeSet::new(),
        }
    }

    /// A card as an issuer makes it: with EF LwM2M_Bootstrap, and the files that lead to it.
    #[must_use]
    pub fn issue(label: &str, bootstrap: &[u8]) -> Self {
        let application = CardApplication {
            identifier: CardApplication::PKCS15.to_vec(),
            directory: Vec::new(),
        };
        let below = |id| CardFile {
            application: Some(application.clone()),
            path: Vec::from([id]),
        };
        let (dodf, file) = (0x6430, 0x6432);
        let path = |id: u16| element(0x30, &[&element(0x04, &[&id.to_be_bytes()])]);
        // Neither private nor modifiable.
        let common = element(
            0x30,
            &[&element(0x0c, &[label.as_bytes()]), &[0x03, 0x02, 0x06, 0x00]],
        );
        let class = element(0x30, &[&element(0x06, &[&LWM2M_BOOTSTRAP])]);
        let mut card = Self::new();
        card.insert(
            CardFile::dir(),
            element(0x61, &[&element(0x4f, &[&CardApplication::PKCS15])]),
        );
        card.insert(CardFile::odf(application.clone()), element(0xa7, &[&path(dodf)]));
        card.insert(
            below(dodf),
            element(0x30, &[&common, &class, &element(0xa1, &[&path(file)])]),
        );
        card.insert(below(file), bootstrap.to_vec());
        card
    }

    /// Puts a file on the card, in place of one that is there.
    pub fn insert(&mut self, file: CardFile, contents: Vec<u8>) {
        self.files.insert(file, contents);
    }

    /// Takes a file off the card.
    pub fn remove(&mut self, file: &CardFile) -> Option<Vec<u8>> {
        self.files.remove(file)
    }

    /// Makes the card want a PIN for a file, or not any more.
    pub fn protect(&mut self, file: CardFile, protected: bool) {
        match protected {
            true => self.protected.insert(file),
            false => self.protected.remove(&file),
        };
    }

    /// The files of the card.
    pub fn files(&self) -> impl Iterator<Item = (&CardFile, &[u8])> {
        self.files.iter().map(|(file, bytes)| (file, &**bytes))
    }
}

impl Smartcard for MemoryCard {
    type Error = Infallible;

    fn read(&mut self, file: &CardFile, _: usize) -> Result<CardContents, Infallible> {
        Ok(match self.files.get(file) {
            Some(_) if self.protected.contains(file) => CardContents::Protected,
            Some(bytes) => CardContents::Bytes(bytes.clone()),
            None => CardContents::Absent,
        })
    }
}

impl fmt::Debug for MemoryCard {
    /// The names of the files, not what is in them: there are keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.files.keys()).finish()
    }
}

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    write(tag, &parts.concat(), &mut out);
    out
}
