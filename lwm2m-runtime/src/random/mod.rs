//! Floor 0: what must not be guessed, made of a seed, because engines own no random source.
//!
//! Both are SipHash (Aumasson and Bernstein, 2012), a keyed pseudo-random function: [`Random`] runs SipHash-2-4 over
//! a counter, [`Hasher`] hashes keys that come from the network with SipHash-1-3, so that nobody outside can make
//! them collide.

mod generator;
mod hash;
mod sip;

pub use generator::Random;
pub use hash::Hasher;
