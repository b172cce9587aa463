//! Clients, servers and bootstrap servers over sockets of the loopback. Nothing sleeps and nothing is timed: each test waits for what
//! happens.

#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

mod bootstrapping;
mod keeping;
mod logs;
mod management;
mod observing;
mod oddities;
mod registering;
mod smartcard;
mod sms;
mod sockets;
mod support;
