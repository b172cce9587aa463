//! A whole client: it registers, is read and written, and notifies, with a server played by hand.

use alloc::{string::String, vec::Vec};
use core::net::{Ipv4Addr, SocketAddr};

use cortex_m_semihosting::hprintln;
use lwm2m_runtime::{
    client::{Client, ClientConfig, Event},
    coap::{Code, EndpointConfig, Message, MessageBuilder, MessageType, OptionNumber, Peer, Token},
    model::Version,
    objects::{Device, Lwm2mSecurity, Lwm2mServer},
    operation::{CoapSession, Payload, Request, WriteMode},
    time::Instant,
    tree::{Tree, TreeConfig, TreeError},
};

use crate::Valve;

const SERVER: u16 = 101;

/// The other end of the wire.
struct Server {
    peer: Peer,
    next_id: u16,
}

/// Runs the life of a registration.
pub(crate) fn run(valve: Valve) -> Result<(), &'static str> {
    let tree = tree(valve).map_err(|_| "the tree has room")?;
    let config = ClientConfig {
        coap: EndpointConfig {
            max_message: 512,
            max_body: 2048,
            max_body_bytes: 4096,
            max_recent: 16,
            max_recent_bytes: 2048,
            ..EndpointConfig::default()
        },
        ..ClientConfig::new("urn:dev:os:32473-7")
    };
    // A device takes the seed from its random number generator.
    let mut client = Client::new(config, tree, 0x5eed);
    let mut now = Instant::from_millis(0);
    let mut server = Server {
        peer: Peer::new(SocketAddr::from((Ipv4Addr::LOCALHOST, 5683))),
        next_id: 0,
    };
    client.start(now);
    match client.poll_event() {
        Some(Event::Connect { server: SERVER, .. }) => client.connected(now, SERVER, server.peer),
        _ => return Err("a client that starts wants a connection"),
    }
    let register = sent(&mut client)?;
    hprintln!("Register: {} bytes", register.len());
    let datagram = server.created(&register)?;
    client.handle_input(now, server.peer, &datagram, &mut ());
    match client.poll_event() {
        Some(Event::Registered { .. }) => {}
        _ => return Err("the client is registered"),
    }

    let path = Valve::OPENING.at(0).path();
    let opening = Payload::new(lwm2m_runtime::encoding::ContentFormat::TEXT, b"35");
    let requests = [
        Request::Observe {
            path,
            accept: None,
            attributes: Default::default(),
        },
        Request::Write {
            path,
            mode: WriteMode::Replace,
            payload: opening,
        },
    ];
    for request in &requests {
        let datagram = server.ask(request)?;
        client.handle_input(now, server.peer, &datagram, &mut ());
        let answer = sent(&mut client)?;
        hprintln!("{}: {}", request.operation(), code(&answer)?);
    }
    // The observer is told what was written, and what the device does itself.
    notified(&mut client, b"35")?;
    now = Instant::from_millis(1000);
    client.change(now, |tree| tree.update(0, |valve: &mut Valve| valve.opening = 40));
    client.handle_timeout(now, &mut ());
    notified(&mut client, b"40")?;

    client.stop(now);
    let deregister = sent(&mut client)?;
    hprintln!("De-register: {} bytes", deregister.len());
    Ok(())
}

fn tree(valve: Valve) -> Result<Tree, TreeError> {
    let mut tree = Tree::new(TreeConfig::default());
    let security = Lwm2mSecurity {
        lwm2m_server_uri: Some("coap://127.0.0.1".into()),
        short_server_id: Some(SERVER.into()),
        ..Lwm2mSecurity::default()
    };
    tree.insert(0, security)?;
    let account = Lwm2mServer {
        short_server_id: SERVER.into(),
        lifetime: 300,
        binding: "U".into(),
        ..Lwm2mServer::default()
    };
    tree.insert(0, account)?;
    tree.insert(
        0,
        Device {
            manufacturer: Some(String::from("ACME")),
            ..Device::default()
        },
    )?;
    tree.insert(0, valve)?;
    Ok(tree)
}

fn sent(client: &mut Client) -> Result<Vec<u8>, &'static str> {
    client
        .poll_transmit()
        .map(|transmit| transmit.datagram.to_vec())
        .ok_or("the client has something to send")
}

fn notified(client: &mut Client, value: &[u8]) -> Result<(), &'static str> {
    let datagram = sent(client)?;
    let message = Message::parse(&datagram).map_err(|_| "a client sends messages")?;
    hprintln!("notified: {}", String::from_utf8_lossy(message.payload));
    crate::same(&message.payload, &value)
}

fn code(datagram: &[u8]) -> Result<Code, &'static str> {
    let message = Message::parse(datagram).map_err(|_| "a client sends messages")?;
    Ok(message.code)
}

impl Server {
    /// 2.01 with a location.
    fn created(&self, register: &[u8]) -> Result<Vec<u8>, &'static str> {
        let message = Message::parse(register).map_err(|_| "a client sends messages")?;
        let token = Token::new(message.token).ok_or("tokens are short")?;
        let mut answer = Vec::new();
        MessageBuilder::new(
            &mut answer,
            MessageType::Acknowledgement,
            Code::CREATED,
            message.id,
            token,
        )
        .option(OptionNumber::LOCATION_PATH, b"rd")
        .option(OptionNumber::LOCATION_PATH, b"5a3f")
        .finish();
        Ok(answer)
    }

    fn ask(&mut self, request: &Request<'_>) -> Result<Vec<u8>, &'static str> {
        self.next_id += 1;
        let form = CoapSession::new(Version::V1_2)
            .request(request)
            .map_err(|_| "the request is one")?;
        let mut datagram = Vec::new();
        let token = Token::from_u64(self.next_id.into());
        form.write_message(&mut datagram, MessageType::Confirmable, self.next_id, token);
        Ok(datagram)
    }
}
