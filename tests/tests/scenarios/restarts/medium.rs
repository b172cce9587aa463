use std::{cell::RefCell, rc::Rc};

use lwm2m_runtime::storage::{Slot, Slots};

/// What a device's medium holds.
pub(super) type Pages = [Vec<u8>; 2];

/// A medium that outlives its device, and can end it in the middle of a write.
#[derive(Clone, Debug, Default)]
pub(super) struct Medium(Rc<RefCell<State>>);

#[derive(Debug, Default)]
struct State {
    pages: Pages,
    writes: Vec<Write>,
    /// The write that is cut, and how.
    crash: Option<(usize, Cut)>,
}

/// A write, and what there was before it.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub(super) before: Pages,
    slot: usize,
    pub(super) bytes: Vec<u8>,
}

/// How a write ends too early.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    /// How many bytes there are of it.
    pub(super) after: usize,
    /// Whether the rest is what was there before.
    pub(super) keeps_tail: bool,
}

/// The device has no power any more.
#[derive(Debug)]
pub(super) struct Dead;

impl Medium {
    pub(super) fn new(pages: Pages) -> Self {
        let state = State {
            pages,
            ..State::default()
        };
        Self(Rc::new(RefCell::new(state)))
    }

    /// The device ends at a write.
    pub(super) fn crash_at(&self, write: usize, cut: Cut) {
        self.0.borrow_mut().crash = Some((write, cut));
    }

    /// What a device finds that begins anew.
    pub(super) fn pages(&self) -> Pages {
        self.0.borrow().pages.clone()
    }

    pub(super) fn writes(&self) -> Vec<Write> {
        self.0.borrow().writes.clone()
    }
}

impl Write {
    /// What there is after a part of it.
    pub(super) fn cut(&self, cut: Cut) -> Pages {
        let mut pages = self.before.clone();
        let old = std::mem::take(&mut pages[self.slot]);
        let tail = old.get(cut.after..).filter(|_| cut.keeps_tail);
        pages[self.slot] = [&self.bytes[..cut.after], tail.unwrap_or_default()].concat();
        pages
    }
}

impl Slots for Medium {
    type Error = Dead;

    fn read(&mut self, slot: Slot) -> Result<Vec<u8>, Dead> {
        Ok(self.0.borrow().pages[usize::from(slot == Slot::B)].clone())
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> Result<(), Dead> {
        let mut state = self.0.borrow_mut();
        let write = Write {
            before: state.pages.clone(),
            slot: usize::from(slot == Slot::B),
            bytes: bytes.to_vec(),
        };
        let crash = state.crash.filter(|(number, _)| *number == state.writes.len());
        let after = crash.map_or(bytes.len(), |(_, cut)| cut.after);
        let keeps_tail = crash.is_some_and(|(_, cut)| cut.keeps_tail);
        state.pages = write.cut(Cut { after, keeps_tail });
        state.writes.push(write);
        crash.map_or(Ok(()), |_| Err(Dead))
    }
}
