//! A client whose accounts are on a smartcard.

use std::sync::{Arc, Mutex};

use lwm2m_runtime::{
    client::{Event, State},
    configuration::{
        BootstrapConfiguration, CardContents, CardFile, Credentials, MemoryCard, ServerAccount, Smartcard,
    },
    net::{Client, ClientBuilder, ClientTrouble, Server, StartError},
};

use super::support::{account, device, server};

/// A reader, and the card that is in it.
#[derive(Clone, Default)]
struct Reader(Arc<Mutex<Option<MemoryCard>>>);

impl Reader {
    fn with(card: MemoryCard) -> Self {
        let reader = Self::default();
        reader.put(Some(card));
        reader
    }

    fn put(&self, card: Option<MemoryCard>) {
        *self.0.lock().unwrap() = card;
    }
}

impl Smartcard for Reader {
    type Error = &'static str;

    fn read(&mut self, file: &CardFile, limit: usize) -> Result<CardContents, &'static str> {
        match &mut *self.0.lock().unwrap() {
            Some(card) => Ok(card.read(file, limit).unwrap_or(CardContents::Absent)),
            None => Err("there is no card in it"),
        }
    }
}

/// A card with an account at a server under a Short Server ID.
fn card(server: &Server, id: u16) -> MemoryCard {
    let uri = format!("coap://{}", server.local_address());
    let account = ServerAccount::new(id, uri, Credentials::NoSec);
    let values = BootstrapConfiguration::new([account]).number(None).unwrap();
    let mut file = Vec::new();
    values.write_smartcard_file(|_| None, &mut file).unwrap();
    MemoryCard::issue("Operator", &file)
}

fn builder(reader: &Reader) -> ClientBuilder {
    Client::builder("valve-1")
        .object(0, device())
        .smartcard(reader.clone())
}

// proves: BOOT-65
#[tokio::test]
async fn a_card_comes_before_the_factory() {
    let (operators, factorys) = (server().await, server().await);
    let reader = Reader::with(card(&operators, 7));
    let client = builder(&reader).server(account(&factorys)).start().await.unwrap();
    assert_eq!(client.registered().await, Ok(7));
    operators.wait_for("valve-1").await.unwrap();
    assert_eq!(client.state(1).await, Ok(None), "the account of the factory");
    client.stop().await;
    // Without a card it is what there is.
    reader.put(Some(MemoryCard::new()));
    let client = builder(&reader).server(account(&factorys)).start().await.unwrap();
    assert_eq!(client.registered().await, Ok(1));
    client.stop().await;
    // And so it is where the card has what makes no configuration.
    reader.put(Some(MemoryCard::issue(
        "Operator",
        b"\x00\x01\x00\x06\x00\x00\x00\x00\x01\xff",
    )));
    let mut builder = builder(&reader).server(account(&factorys));
    let mut troubles = builder.troubles();
    let client = builder.start().await.unwrap();
    let trouble = troubles.next().await.unwrap();
    assert!(matches!(trouble, ClientTrouble::Smartcard { .. }), "{trouble:?}");
    assert_eq!(client.registered().await, Ok(1));
}

// proves: BOOT-75
#[tokio::test]
async fn a_card_is_read_again_before_each_update() {
    let (first, second) = (server().await, server().await);
    let reader = Reader::with(card(&first, 7));
    let client = builder(&reader).start().await.unwrap();
    assert_eq!(client.registered().await, Ok(7));
    let mut events = client.events().await;
    client.update_registration(7).await.unwrap();
    while events.next().await.unwrap() != (Event::Updated { server: 7 }) {}
    // Another card.
    reader.put(Some(card(&second, 8)));
    client.update_registration(7).await.unwrap();
    while !matches!(events.next().await.unwrap(), Event::Registered { server: 8, .. }) {}
    assert_eq!(client.state(7).await, Ok(None));
    second.wait_for("valve-1").await.unwrap();
    // None, as the program has noticed.
    let mut troubles = client.troubles().await;
    reader.put(None);
    client.check_smartcard().await.unwrap();
    while events.next().await.unwrap() != (Event::BootstrapNeeded { server: None }) {}
    assert!(matches!(
        troubles.next().await,
        Some(ClientTrouble::Smartcard { .. })
    ));
    assert_eq!(client.state(8).await, Ok(None));
    // And there it is again.
    reader.put(Some(card(&first, 7)));
    client.check_smartcard().await.unwrap();
    assert_eq!(client.registered().await, Ok(7));
    assert_eq!(client.state(7).await, Ok(Some(State::Registered)));
}

#[tokio::test]
async fn without_a_card_and_without_accounts_there_is_no_client() {
    let started = builder(&Reader::default()).start().await;
    assert!(matches!(started, Err(StartError::NoServer)));
}
