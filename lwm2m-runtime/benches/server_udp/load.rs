//! Any number of devices on one socket, each with an address of its own.

use std::{
    future::poll_fn,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use lwm2m_runtime::{
    coap::{Code, Message, MessageBuilder, MessageType, OptionNumber, Token},
    net::{Batch, Socket, SocketConfig},
};
use tokio::time::timeout;

use super::{process::Process, serve::name};

/// Datagrams that wait for their answers at a time: what fits into the socket of the echo, whose size is the system's
/// choice.
const WINDOW: usize = 96;

pub(crate) struct Load {
    socket: Socket,
    batch: Batch,
    server: SocketAddr,
    /// Where each device is registered.
    locations: Vec<Vec<u8>>,
    /// The identifier of the messages of a round over all devices.
    id: u16,
    next: usize,
    datagram: Vec<u8>,
}

impl Load {
    pub(crate) fn new(port: u16, devices: usize) -> Self {
        let config = SocketConfig {
            receive_buffer: Some(4 << 20),
            ..SocketConfig::default()
        };
        Self {
            socket: Socket::bind("0.0.0.0:0".parse().unwrap(), &config).unwrap(),
            batch: Batch::new(Batch::MAX),
            server: SocketAddr::from(([127, 0, 0, 1], port)),
            locations: vec![Vec::new(); devices],
            id: 1,
            next: 0,
            datagram: Vec::new(),
        }
    }

    /// Registers every device.
    pub(crate) async fn register(&mut self) -> usize {
        let devices = self.locations.len();
        let register = |datagram: &mut Vec<u8>, id, device: usize, _: &[u8]| {
            let endpoint = format!("ep={}", name(device));
            MessageBuilder::new(
                datagram,
                MessageType::Confirmable,
                Code::POST,
                id,
                Token::from_u64(device as u64),
            )
            .option(OptionNumber::URI_PATH, b"rd")
            .uint(OptionNumber::CONTENT_FORMAT, 40)
            .option(OptionNumber::URI_QUERY, endpoint.as_bytes())
            .option(OptionNumber::URI_QUERY, b"lt=86400")
            .option(OptionNumber::URI_QUERY, b"lwm2m=1.1")
            .payload(b"</1/0>,</3/0>,</4/0>,</5/0>,</3303/0>,</3303/1>");
        };
        self.exchange(devices, register, |location, answer| {
            let answer = Message::parse(answer).unwrap();
            assert_eq!(answer.code, Code::CREATED);
            let last = answer.options.all(OptionNumber::LOCATION_PATH).last();
            *location = last.unwrap().to_vec();
        })
        .await;
        devices
    }

    /// Has devices in turn update their registrations.
    pub(crate) async fn update(&mut self, operations: usize) {
        let update = |datagram: &mut Vec<u8>, id, device: usize, location: &[u8]| {
            MessageBuilder::new(
                datagram,
                MessageType::Confirmable,
                Code::POST,
                id,
                Token::from_u64(device as u64),
            )
            .option(OptionNumber::URI_PATH, b"rd")
            .option(OptionNumber::URI_PATH, location)
            .finish();
        };
        self.exchange(operations, update, |_, answer| {
            assert_eq!(answer[1], Code::CHANGED.0);
        })
        .await;
    }

    /// Sends datagrams of the size of an Update.
    pub(crate) async fn echo(&mut self, operations: usize) {
        let echo = |datagram: &mut Vec<u8>, _, _: usize, _: &[u8]| datagram.extend_from_slice(&[7; 30]);
        self.exchange(operations, echo, |_, _| {}).await;
    }

    /// Keeps a window of datagrams on their way until so many are answered.
    async fn exchange(
        &mut self,
        operations: usize,
        make: impl Fn(&mut Vec<u8>, u16, usize, &[u8]),
        mut answered: impl FnMut(&mut Vec<u8>, &[u8]),
    ) {
        let (mut sent, mut received) = (0, 0);
        while received < operations {
            while sent < operations && sent - received < WINDOW {
                let device = self.next;
                self.datagram.clear();
                make(&mut self.datagram, self.id, device, &self.locations[device]);
                if !self
                    .socket
                    .send(self.server, Some(address(device)), &self.datagram)
                    .unwrap()
                {
                    poll_fn(|context| self.socket.poll_sendable(context))
                        .await
                        .unwrap();
                    continue;
                }
                sent += 1;
                self.next += 1;
                if self.next == self.locations.len() {
                    (self.next, self.id) = (0, self.id.wrapping_add(1));
                }
            }
            self.receive().await;
            for one in self.batch.iter() {
                answered(&mut self.locations[device(one.local)], one.bytes);
                received += 1;
            }
        }
    }

    /// Answers reads until the server is done.
    pub(crate) async fn answer(&mut self, server: &mut Process) {
        loop {
            tokio::select! {
                biased;
                line = server.line() => {
                    assert_eq!(line, "done");
                    return;
                }
                () = self.receive() => {}
            }
            for one in self.batch.iter() {
                self.datagram.clear();
                let request = Message::parse(one.bytes).unwrap();
                MessageBuilder::new(
                    &mut self.datagram,
                    MessageType::Acknowledgement,
                    Code::CONTENT,
                    request.id,
                    Token::new(request.token).unwrap(),
                )
                .uint(OptionNumber::CONTENT_FORMAT, 0)
                .payload(b"21.5");
                while !self.socket.send(one.from, one.local, &self.datagram).unwrap() {
                    poll_fn(|context| self.socket.poll_sendable(context))
                        .await
                        .unwrap();
                }
            }
        }
    }

    /// Waits for datagrams.
    async fn receive(&mut self) {
        while self.socket.receive(&mut self.batch).unwrap() == 0 {
            let ready = poll_fn(|context| self.socket.poll_receivable(context));
            // Nothing is repeated here: a lost datagram ends the measurement.
            timeout(Duration::from_secs(10), ready).await.unwrap().unwrap();
        }
    }
}

/// The address of a device.
fn address(device: usize) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from(0x7f01_0000 + device as u32))
}

/// The device of an address.
fn device(address: Option<IpAddr>) -> usize {
    match address {
        Some(IpAddr::V4(v4)) => (v4.to_bits() - 0x7f01_0000) as usize,
        other => unreachable!("{other:?}"),
    }
}
