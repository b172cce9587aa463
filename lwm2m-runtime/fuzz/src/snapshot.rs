//! What a device finds again after a restart, damaged or forged.
//!
//! The first two bytes of an input are how many of the next are a tree's, which get the mark of a snapshot in front; the
//! rest is what a client keeps beside it.

use std::collections::BTreeSet;

use lwm2m_runtime::{
    client::{Client, ClientConfig},
    time::Instant,
    tree::Tree,
};

use crate::tree::tree;

const MARK: &[u8] = b"LwM2M\x02";

/// Gives a tree and a client something to begin with. What they take is what they keep from then on, and a client that has
/// taken anything can start.
///
/// # Panics
///
/// When that does not hold: that is the finding.
pub fn snapshot(input: &[u8]) {
    let Some((length, rest)) = input.split_first_chunk() else {
        return;
    };
    let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
    let (entries, rest) = rest.split_at(length);
    let of_tree = [MARK, entries].concat();

    let mut first = tree();
    let before = kept(&first);
    if first.restore(&of_tree).is_err() {
        assert_eq!(kept(&first), before, "what is refused changes nothing");
    }
    let saved = kept(&first);
    let mut second = tree();
    let restored = second.restore(&saved).expect("what is kept can be read");
    assert!(restored.lost.is_empty(), "{:?}", restored.lost);
    // That an instance is gone says nothing more where others of its object go anyway.
    let saved = kept(&second);
    let mut third = tree();
    third.restore(&saved).expect("what is kept can be read");
    assert_eq!(kept(&third), saved);

    let length = u32::try_from(of_tree.len()).expect("it is short");
    let of_client = [&length.to_be_bytes()[..], &of_tree, rest].concat();
    let mut client = new_client();
    if client.restore(&of_client).is_ok() {
        let saved = client.save().expect("there is no bootstrap session");
        let mut again = new_client();
        let restored = again.restore(&saved).expect("what is kept can be read");
        assert!(restored.lost.is_empty(), "{:?}", restored.lost);
        let cards: BTreeSet<_> = client.smartcard_instances().collect();
        assert_eq!(again.smartcard_instances().collect::<BTreeSet<_>>(), cards);
    }
    client.start(Instant::from_millis(0));
    while client.poll_event().is_some() {}
}

fn new_client() -> Client {
    Client::new(ClientConfig::new("fuzz"), tree(), 7)
}

fn kept(tree: &Tree) -> Vec<u8> {
    let mut out = Vec::new();
    tree.save(&mut out);
    out
}
