use std::{cell::RefCell, convert::Infallible, rc::Rc};

use lwm2m_runtime::{
    client::Client,
    storage::{ClientKeeper, Slot, Slots},
};

/// What is left of a device when it begins anew.
#[derive(Clone, Debug, Default)]
struct Medium(Rc<RefCell<Cells>>);

#[derive(Debug, Default)]
struct Cells {
    slots: [Vec<u8>; 2],
    /// How many bytes are written until the device crashes.
    left: Option<usize>,
}

impl Slots for Medium {
    type Error = Infallible;

    fn read(&mut self, slot: Slot) -> Result<Vec<u8>, Infallible> {
        Ok(self.0.borrow().slots[usize::from(slot == Slot::B)].clone())
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> Result<(), Infallible> {
        let mut cells = self.0.borrow_mut();
        let left = cells.left.unwrap_or(usize::MAX);
        let written = left.min(bytes.len());
        cells.left = cells.left.map(|left| left - written);
        if written > 0 {
            cells.slots[usize::from(slot == Slot::B)] = bytes[..written].to_vec();
        }
        Ok(())
    }
}

/// A device's storage, and who keeps something in it.
#[derive(Debug)]
pub(super) struct Storage {
    medium: Medium,
    keeper: ClientKeeper<Medium>,
}

impl Storage {
    /// Without anything in it.
    pub(super) fn new(client: &mut Client) -> Self {
        let medium = Medium::default();
        let (keeper, _) = ClientKeeper::open(medium.clone(), client).unwrap();
        Self { medium, keeper }
    }

    /// Keeps what has changed.
    pub(super) fn keep(&mut self, client: &Client) {
        self.keeper.keep(client).unwrap();
    }

    /// The same, but the device crashes after so many bytes.
    pub(super) fn keep_some(&mut self, client: &Client, bytes: usize) {
        self.medium.0.borrow_mut().left = Some(bytes);
        self.keep(client);
    }

    /// Puts back what was kept.
    pub(super) fn restore(&mut self, client: &mut Client) {
        self.medium.0.borrow_mut().left = None;
        let (keeper, restored) = ClientKeeper::open(self.medium.clone(), client).unwrap();
        assert!(restored.is_none_or(|restored| restored.lost.is_empty()));
        self.keeper = keeper;
    }
}
