//! Short messages between a server's gateway and a device's modem, which are both outside: here a value that is handed
//! over.

use lwm2m_runtime::{
    net::{DeviceError, ServerEvent},
    objects::Lwm2mServer,
    server::{RequestError, SmsTrigger},
};

use super::support::{pair, pair_of};

#[tokio::test]
async fn a_short_message_makes_a_device_update_its_registration() {
    let numbered = |builder: lwm2m_runtime::net::ClientBuilder| {
        builder.config(|config| config.sms = Some("491721234567".into()))
    };
    let (server, client, device) = pair_of(numbered).await;
    let update = SmsTrigger::Update { over: None };
    let message = device.sms_trigger(0, update).await.unwrap();
    assert_eq!(message.to, "491721234567");
    let taken = client.sms_trigger("12345", &*message.user_data).await;
    assert!(!taken.unwrap(), "the account does not allow it");

    let allow = |server: &mut Lwm2mServer| server.trigger = Some(true);
    client.update::<Lwm2mServer>(0, allow).await.unwrap();
    let mut events = server.events().await;
    let message = device.sms_trigger(0, update).await.unwrap();
    let taken = client.sms_trigger("12345", message.user_data).await;
    assert!(taken.unwrap());
    while !matches!(events.next().await.unwrap(), ServerEvent::Updated { .. }) {}
    assert!(!client.sms_trigger("12345", *b"Hello").await.unwrap());
    client.stop().await;
}

#[tokio::test]
async fn a_device_without_a_number_cannot_be_woken() {
    let (server, client, device) = pair().await;
    let refused = device.sms_trigger(0, SmsTrigger::Bootstrap).await.unwrap_err();
    assert!(
        matches!(refused, DeviceError::Limit(RequestError::NoSmsNumber)),
        "{refused}"
    );
    let nobody = server
        .device("nobody")
        .sms_trigger(0, SmsTrigger::Bootstrap)
        .await;
    assert!(
        matches!(nobody, Err(DeviceError::NotRegistered { .. })),
        "{nobody:?}"
    );
    client.stop().await;
}
