//! The configurations that scenarios begin with: Server minimum, Device battery, Location, Portfolio and others.

use lwm2m_runtime::{
    catalogue,
    client::ClientConfig,
    model::{Objlnk, Path, Time, ValueRef, Version},
    object::{DynamicInstance, Instance},
    objects::{
        ConnectivityMonitoring, ConnectivityStatistics, Device, FirmwareUpdate, Location, Lwm2mSecurity,
        Lwm2mServer,
        o0_v1_2::SecurityMode,
        o3_v1_2::{AvailablePowerSources, BatteryStatus, ErrorCode},
        o4_v1_3::NetworkBearer,
        o5_v1_2::FirmwareUpdateDeliveryMethod,
    },
    server::ServerConfig,
    tree::{Tree, TreeConfig},
};
use lwm2m_tests::pair::{Pair, Program, server_uri};

/// The endpoint client name of the device.
pub(crate) const ENDPOINT: &str = "urn:dev:os:32473-7";

/// Every version that both roles speak.
pub(crate) const VERSIONS: [Version; 3] = [Version::V1_0, Version::V1_1, Version::V1_2];

/// A client that registers with one version.
pub(crate) fn client(version: Version) -> ClientConfig {
    ClientConfig {
        versions: vec![version],
        ..ClientConfig::new(ENDPOINT)
    }
}

/// An account of the server that is added as number `index`: its URI and its Short Server ID, without security.
pub(crate) fn security(index: usize) -> Lwm2mSecurity {
    Lwm2mSecurity {
        lwm2m_server_uri: Some(server_uri(index)),
        bootstrap_server: Some(false),
        security_mode: Some(SecurityMode::NO_SEC),
        short_server_id: Some(index as i64 + 1),
        ..Lwm2mSecurity::default()
    }
}

/// Server minimum, of the server that is added as number `index`.
pub(crate) fn server_minimum(index: usize) -> Lwm2mServer {
    Lwm2mServer {
        short_server_id: index as i64 + 1,
        lifetime: 86_400,
        binding: "U".into(),
        ..Lwm2mServer::default()
    }
}

/// Server extended: minimum, and default periods.
pub(crate) fn server_extended() -> Lwm2mServer {
    Lwm2mServer {
        default_minimum_period: Some(1),
        default_maximum_period: Some(10),
        disable_timeout: Some(86_400),
        ..server_minimum(0)
    }
}

/// Device minimum.
pub(crate) fn device_minimum() -> Device {
    Device {
        manufacturer: Some("Open Mobile Alliance".into()),
        model_number: Some("Lightweight M2M Client".into()),
        serial_number: Some("345000123".into()),
        error_code: [(0, ErrorCode::NO_ERROR)].into(),
        supported_binding_and_modes: "U".into(),
        ..Device::default()
    }
}

/// Device battery: minimum, and two power sources.
pub(crate) fn device_battery() -> Device {
    Device {
        available_power_sources: Some([(0, AvailablePowerSources(1)), (1, AvailablePowerSources(2))].into()),
        power_source_voltage: Some([(0, 3800), (1, 5000)].into()),
        power_source_current: Some([(0, 125), (1, 900)].into()),
        battery_level: Some(0),
        ..device_minimum()
    }
}

/// Device full.
pub(crate) fn device_full() -> Device {
    Device {
        firmware_version: Some("1.0".into()),
        memory_free: Some(15),
        current_time: Some(Time(1_367_491_215)),
        utc_offset: Some("+02:00".into()),
        timezone: Some("Europe/Berlin".into()),
        device_type: Some("sensor".into()),
        hardware_version: Some("1.1".into()),
        software_version: Some("2.0".into()),
        battery_status: Some(BatteryStatus(0)),
        memory_total: Some(64),
        ext_dev_info: Some([(0, Objlnk::new(3, 0))].into()),
        ..device_battery()
    }
}

/// Location.
pub(crate) fn location() -> Location {
    Location {
        latitude: 43.5723,
        longitude: 153.217_60,
        altitude: Some(140.0),
        radius: Some(100.0),
        velocity: Some(vec![0x00, 0x2d, 0x00, 0x05]),
        timestamp: Time(1_367_491_215),
        speed: Some(3.0),
    }
}

/// Connectivity Monitoring: a mobile network.
pub(crate) fn connectivity() -> ConnectivityMonitoring {
    ConnectivityMonitoring {
        network_bearer: NetworkBearer::LTE_FDD,
        available_network_bearer: [(0, 6), (1, 21)].into(),
        radio_signal_strength: -92,
        link_quality: Some(2),
        ip_addresses: [(0, "192.0.2.10".into())].into(),
        ..ConnectivityMonitoring::default()
    }
}

/// Connectivity Statistics: nothing counted yet.
pub(crate) fn statistics() -> ConnectivityStatistics {
    ConnectivityStatistics {
        tx_data: Some(0),
        rx_data: Some(0),
        collection_period: Some(0),
        ..ConnectivityStatistics::default()
    }
}

/// Firmware Update: idle, both ways of delivery.
pub(crate) fn firmware() -> FirmwareUpdate {
    FirmwareUpdate {
        firmware_update_delivery_method: FirmwareUpdateDeliveryMethod(2),
        ..FirmwareUpdate::default()
    }
}

/// An instance of any object of the registry.
pub(crate) fn dynamic(object: u16, values: &[(Path, ValueRef<'_>)]) -> DynamicInstance {
    let mut instance = DynamicInstance::new(catalogue::latest(object).unwrap());
    for (path, value) in values {
        let resource = path.resource_id().unwrap();
        let instance: &mut dyn Instance = &mut instance;
        instance
            .write(resource, path.resource_instance_id(), *value)
            .unwrap();
    }
    instance
}

/// Portfolio: four identities.
pub(crate) fn portfolio() -> DynamicInstance {
    let identities = [
        "Host Device ID #1",
        "Host Device Model #1",
        "Host SW #1",
        "Host HW #1",
    ];
    let values: Vec<_> = identities
        .iter()
        .zip(0..)
        .map(|(text, id)| {
            let path = Path::resource_instance(16, 0, 0, id);
            (path, ValueRef::String(text))
        })
        .collect();
    dynamic(16, &values)
}

/// A tree with an account of the first server and a Device.
pub(crate) fn tree(server: Lwm2mServer, device: Device) -> Tree {
    let mut tree = Tree::new(TreeConfig::default());
    tree.insert(0, security(0)).unwrap();
    tree.insert(0, server).unwrap();
    tree.insert(0, device).unwrap();
    for executable in [4, 5, 12] {
        let _ = tree.enable(3, executable);
    }
    tree
}

/// Server minimum and Device battery.
pub(crate) fn usual_tree() -> Tree {
    tree(server_minimum(0), device_battery())
}

/// Everything that this file has.
pub(crate) fn full_tree() -> Tree {
    let mut tree = tree(server_minimum(0), device_full());
    tree.insert(0, connectivity()).unwrap();
    tree.insert(0, firmware()).unwrap();
    tree.insert(0, location()).unwrap();
    tree.insert(0, statistics()).unwrap();
    tree.insert_dynamic(0, portfolio()).unwrap();
    tree
}

/// A server and a device with such a tree, registered.
pub(crate) fn registered_with(version: Version, tree: Tree) -> Pair<Program> {
    let mut pair = Pair::new(ServerConfig::default(), client(version), tree, Program::default());
    pair.start();
    let _ = pair.registration();
    pair
}

/// A server and a device with [`usual_tree`], registered.
pub(crate) fn registered(version: Version) -> Pair<Program> {
    registered_with(version, usual_tree())
}
