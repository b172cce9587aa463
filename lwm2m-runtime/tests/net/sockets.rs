//! The batched socket by itself.

use std::{
    collections::BTreeSet,
    future::poll_fn,
    net::{IpAddr, SocketAddr},
};

use lwm2m_runtime::{
    net::{Batch, Client, Server, Socket, SocketConfig},
    objects::Device,
};

use super::support::device;

fn bind(address: &str) -> Socket {
    Socket::bind(address.parse().unwrap(), &SocketConfig::default()).unwrap()
}

/// Sends a datagram as soon as the system takes it.
async fn send(socket: &Socket, to: SocketAddr, from: Option<IpAddr>, datagram: &[u8]) {
    while !socket.send(to, from, datagram).unwrap() {
        poll_fn(|context| socket.poll_sendable(context)).await.unwrap();
    }
}

/// Receives until there are so many datagrams.
async fn receive(socket: &Socket, count: usize) -> Vec<(SocketAddr, Vec<u8>)> {
    let mut batch = Batch::new(Batch::MAX);
    let mut received = Vec::new();
    while received.len() < count {
        if socket.receive(&mut batch).unwrap() == 0 {
            poll_fn(|context| socket.poll_receivable(context)).await.unwrap();
            continue;
        }
        received.extend(batch.iter().map(|one| (one.from, one.bytes.to_vec())));
    }
    received
}

#[tokio::test]
async fn datagrams_arrive_whole_and_with_their_sender() {
    let (one, two) = (bind("127.0.0.1:0"), bind("127.0.0.1:0"));
    let sizes = [1, 100, 1152, 8_000];
    for size in sizes {
        let datagram = vec![size as u8; size];
        send(&one, two.local_address(), None, &datagram).await;
    }
    let received = receive(&two, sizes.len()).await;
    for ((from, bytes), size) in received.iter().zip(sizes) {
        assert_eq!((*from, bytes.len()), (one.local_address(), size));
        assert!(bytes.iter().all(|byte| *byte == size as u8));
    }
}

#[tokio::test]
async fn more_datagrams_than_a_batch_holds_all_arrive() {
    let (one, two) = (bind("127.0.0.1:0"), bind("127.0.0.1:0"));
    for number in 0..100_u8 {
        send(&one, two.local_address(), None, &[number]).await;
    }
    let received = receive(&two, 100).await;
    let numbers: Vec<_> = received.into_iter().map(|(_, bytes)| bytes[0]).collect();
    assert_eq!(numbers, (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_peer_that_is_not_there_disturbs_nothing() {
    let (one, two) = (bind("127.0.0.1:0"), bind("127.0.0.1:0"));
    let gone = bind("127.0.0.1:0").local_address();
    for _ in 0..10 {
        send(&one, gone, None, b"anybody?").await;
        send(&one, two.local_address(), None, b"hello").await;
    }
    assert_eq!(receive(&two, 10).await.len(), 10);
    send(&two, one.local_address(), None, b"hello").await;
    assert_eq!(receive(&one, 1).await, [(two.local_address(), b"hello".to_vec())]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_datagram_leaves_from_the_address_that_is_asked_for() {
    let (many, one) = (bind("0.0.0.0:0"), bind("127.0.0.1:0"));
    let port = many.local_address().port();
    let senders = ["127.1.2.3", "127.200.0.1"].map(|ip| ip.parse().unwrap());
    for sender in senders {
        send(&many, one.local_address(), Some(sender), b"hello").await;
    }
    let from: BTreeSet<_> = receive(&one, 2).await.into_iter().map(|(from, _)| from).collect();
    assert_eq!(from, senders.map(|ip| SocketAddr::new(ip, port)).into());
}

#[tokio::test]
async fn a_socket_for_both_versions_of_ip_shows_each_as_it_is() {
    let Ok(both) = Socket::bind("[::]:0".parse().unwrap(), &SocketConfig::default()) else {
        eprintln!("skipped: this host has no IPv6");
        return;
    };
    let port = both.local_address().port();
    let v4 = bind("127.0.0.1:0");
    send(&v4, ([127, 0, 0, 1], port).into(), None, b"4").await;
    let [(from, bytes)] = &receive(&both, 1).await[..] else {
        panic!("one datagram was sent");
    };
    assert_eq!((*from, &bytes[..]), (v4.local_address(), &b"4"[..]));
    send(&both, *from, None, b"back").await;
    assert_eq!(receive(&v4, 1).await[0].1, b"back");
    let Ok(v6) = Socket::bind("[::1]:0".parse().unwrap(), &SocketConfig::default()) else {
        eprintln!("skipped: this host has no IPv6 loopback");
        return;
    };
    assert!(!v6.reaches(v4.local_address()) && both.reaches(v4.local_address()));
    send(&v6, format!("[::1]:{port}").parse().unwrap(), None, b"6").await;
    assert_eq!(receive(&both, 1).await[0].0, v6.local_address());
}

#[tokio::test]
async fn a_server_answers_from_the_address_that_it_was_asked_at() {
    let server = Server::builder()
        .bind("0.0.0.0:0".parse().unwrap())
        .start()
        .await
        .unwrap();
    // Another address of the loopback than the one that the system would answer from.
    let host = if cfg!(target_os = "linux") {
        "127.3.2.1"
    } else {
        "127.0.0.1"
    };
    let client = Client::builder("sensor")
        .server(format!("coap://{host}:{}", server.local_address().port()))
        .object(0, device())
        .start()
        .await
        .unwrap();
    client.registered().await.unwrap();
    let remote = server.wait_for("sensor").await.unwrap();
    // A request of the server's own, too.
    assert_eq!(remote.get(Device::BATTERY_LEVEL.at(0)).await, Ok(87));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn servers_that_share_an_address_divide_the_devices() {
    let config = SocketConfig {
        reuse_port: true,
        ..SocketConfig::default()
    };
    let start = |address| Server::builder().bind(address).socket(config).start();
    let one = start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let two = start(one.local_address()).await.unwrap();
    let mut clients = Vec::new();
    for number in 0..16 {
        let client = Client::builder(format!("sensor-{number}"))
            .server(format!("coap://{}", one.local_address()))
            .object(0, device())
            .start()
            .await
            .unwrap();
        client.registered().await.unwrap();
        clients.push(client);
    }
    let registered = [one, two].map(|server| async move { server.registrations().await.unwrap().len() });
    let [one, two] = registered;
    assert_eq!(one.await + two.await, clients.len());
}

/// A Register as a confirmable message.
#[cfg(target_os = "linux")]
fn register(endpoint: u8) -> Vec<u8> {
    let mut message = vec![0x40, 2, 0, endpoint];
    // Uri-Path, Content-Format, and three of Uri-Query.
    message.extend(b"\xb2rd\x11\x28\x34ep=");
    message.push(endpoint);
    message.extend(b"\x05lt=60\x09lwm2m=1.1\xff</3/0>");
    message
}

// proves: COAP-22
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_is_said_to_many_is_neither_done_nor_answered() {
    let group = std::net::Ipv4Addr::new(224, 0, 1, 187);
    let loopback = std::net::Ipv4Addr::LOCALHOST;
    let sender = tokio::net::UdpSocket::bind((loopback, 0)).await.unwrap();
    sender.join_multicast_v4(group, loopback).unwrap();
    socket2::SockRef::from(&sender)
        .set_multicast_if_v4(&loopback)
        .unwrap();
    // It does arrive at a socket of every address, which knows to whom it was said.
    let socket = bind("0.0.0.0:0");
    sender
        .send_to(b"all", (group, socket.local_address().port()))
        .await
        .unwrap();
    let mut batch = Batch::new(Batch::MAX);
    while socket.receive(&mut batch).unwrap() == 0 {
        poll_fn(|context| socket.poll_receivable(context)).await.unwrap();
    }
    assert_eq!(batch.iter().next().unwrap().local, Some(IpAddr::V4(group)));

    let server = Server::builder()
        .bind("0.0.0.0:0".parse().unwrap())
        .start()
        .await
        .unwrap();
    let port = server.local_address().port();
    sender.send_to(&register(b'm'), (group, port)).await.unwrap();
    let other = tokio::net::UdpSocket::bind((loopback, 0)).await.unwrap();
    other.send_to(&register(b'u'), (loopback, port)).await.unwrap();
    let mut answer = [0; 100];
    other.recv(&mut answer).await.unwrap();
    assert_eq!(answer[..4], [0x60, 0x41, 0, b'u'], "Created");
    let registered = server.registrations().await.unwrap();
    let names: Vec<_> = registered.iter().map(|one| &*one.endpoint).collect();
    assert_eq!(names, ["u"]);
    let silent = sender.try_recv(&mut answer).unwrap_err();
    assert_eq!(silent.kind(), std::io::ErrorKind::WouldBlock);
}
