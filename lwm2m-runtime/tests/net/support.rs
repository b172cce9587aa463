use lwm2m_runtime::{
    Lwm2mObject,
    model::Version,
    net::{Client, ClientBuilder, Device, Server, ServerAccount},
    object::Instances,
    objects::{self, o3_v1_2::ErrorCode},
};

/// An object with one resource of each kind.
#[derive(Clone, Debug, Default, PartialEq, Lwm2mObject)]
#[lwm2m(id = 42769, multiple)]
#[lwm2m(execute CLOSE = 4)]
pub(crate) struct Valve {
    #[lwm2m(id = 0, operations = "RW", range = "0..100")]
    pub(crate) opening: i64,
    #[lwm2m(id = 1, operations = "R")]
    pub(crate) temperature: Option<f64>,
    #[lwm2m(id = 2, operations = "RW")]
    pub(crate) names: Option<Instances<String>>,
    #[lwm2m(id = 3, operations = "RW")]
    pub(crate) program: Option<Vec<u8>>,
    #[lwm2m(id = 5, operations = "W")]
    pub(crate) secret: Option<String>,
}

/// A valve that is half open.
pub(crate) fn valve() -> Valve {
    Valve {
        opening: 50,
        temperature: Some(20.5),
        names: Some([(0, "inlet".to_owned()), (3, "Einlass".to_owned())].into()),
        ..Valve::default()
    }
}

pub(crate) fn device() -> objects::Device {
    objects::Device {
        manufacturer: Some("Example Ltd".into()),
        battery_level: Some(87),
        error_code: [(0, ErrorCode::NO_ERROR)].into(),
        supported_binding_and_modes: "U".into(),
        ..objects::Device::default()
    }
}

/// A server on a port of the loopback that nobody else has.
pub(crate) async fn server() -> Server {
    let address = "127.0.0.1:0".parse().unwrap();
    Server::builder().bind(address).start().await.unwrap()
}

/// The account of a server.
pub(crate) fn account(server: &Server) -> ServerAccount {
    ServerAccount::new(format!("coap://{}", server.local_address())).lifetime(300)
}

/// A device that is to register with a server.
pub(crate) fn builder(server: &Server, endpoint: &str) -> ClientBuilder {
    Client::builder(endpoint)
        .server(account(server))
        .object(0, device())
        .object(0, valve())
}

/// A server, and a device that has registered with it.
pub(crate) async fn pair() -> (Server, Client, Device) {
    pair_of(|builder| builder).await
}

/// The same of LwM2M in one version only.
pub(crate) async fn pair_in(version: Version) -> (Server, Client, Device) {
    pair_of(|builder| builder.config(|config| config.versions = vec![version])).await
}

/// The same, the device being changed before it starts.
pub(crate) async fn pair_of(change: impl FnOnce(ClientBuilder) -> ClientBuilder) -> (Server, Client, Device) {
    let server = server().await;
    let client = change(builder(&server, "valve-1")).start().await.unwrap();
    let device = server.wait_for("valve-1").await.unwrap();
    (server, client, device)
}
