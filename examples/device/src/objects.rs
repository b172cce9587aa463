//! The objects of a device.

use lwm2m_runtime::{
    model::Time,
    object::Instances,
    objects::{
        ConnectivityStatistics, Device, Location, Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer,
        o3_v1_2::{AvailablePowerSources, BatteryStatus, ErrorCode},
    },
    tree::{Tree, TreeConfig, TreeError},
};

use crate::{arguments::Arguments, firmware::Firmware, values::NORMAL};

/// What build.rs generated.
mod generated {
    include!(concat!(env!("OUT_DIR"), "/objects.rs"));
}

pub(crate) use generated::Temperature;

/// The instances that a device starts with, but for its accounts.
pub(crate) fn tree(arguments: &Arguments, serial: &str, now: Time) -> Result<Tree, TreeError> {
    let mut tree = Tree::new(TreeConfig::default());
    tree.add_type::<Lwm2mSecurity>()?;
    tree.add_type::<Lwm2mServer>()?;
    if arguments.may_have_rules() {
        tree.add_type::<Lwm2mAccessControl>()?;
    }
    tree.insert(0, device(arguments, serial, now))?;
    tree.enable(3, Device::FACTORY_RESET.id())?;
    tree.enable(3, Device::RESET_ERROR_CODE.id())?;
    tree.insert(0, Firmware::object())?;
    tree.enable(5, lwm2m_runtime::objects::FirmwareUpdate::CANCEL.id())?;
    tree.insert(
        0,
        Location {
            latitude: 52.5200,
            longitude: 13.4050,
            altitude: Some(34.0),
            timestamp: now,
            ..Location::default()
        },
    )?;
    tree.insert(
        0,
        ConnectivityStatistics {
            tx_data: Some(0),
            rx_data: Some(0),
            max_message_size: Some(0),
            average_message_size: Some(0),
            ..ConnectivityStatistics::default()
        },
    )?;
    tree.insert(
        0,
        Temperature {
            sensor_value: NORMAL,
            sensor_units: Some("Cel".to_owned()),
            min_measured_value: Some(NORMAL),
            max_measured_value: Some(NORMAL),
            min_range_value: Some(-40.0),
            max_range_value: Some(85.0),
            application_type: Some("Living room".to_owned()),
            timestamp: Some(now),
            ..Temperature::default()
        },
    )?;
    tree.enable(3303, Temperature::RESET_MIN_AND_MAX_MEASURED_VALUES.id())?;
    for extra in &arguments.objects {
        extra.add(&mut tree, now)?;
    }
    Ok(tree)
}

fn device(arguments: &Arguments, serial: &str, now: Time) -> Device {
    let sources = [
        (0, AvailablePowerSources::INTERNAL_BATTERY),
        (1, AvailablePowerSources::USB),
    ];
    Device {
        manufacturer: Some("Example Ltd".to_owned()),
        model_number: Some("Weather station".to_owned()),
        serial_number: Some(serial.to_owned()),
        firmware_version: Some("1.0.0".to_owned()),
        available_power_sources: Some(sources.into()),
        power_source_voltage: Some([(0, 3800), (1, 5000)].into()),
        power_source_current: Some([(0, 125), (1, 900)].into()),
        battery_level: Some(100),
        memory_free: Some(15),
        error_code: no_error(),
        current_time: Some(now),
        utc_offset: Some("+00:00".to_owned()),
        timezone: Some("Etc/UTC".to_owned()),
        supported_binding_and_modes: arguments.binding().to_owned(),
        device_type: Some("sensor".to_owned()),
        hardware_version: Some("1.0".to_owned()),
        software_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        battery_status: Some(BatteryStatus::NORMAL),
        memory_total: Some(64),
        ..Device::default()
    }
}

/// The list of errors while there is none.
pub(crate) fn no_error() -> Instances<ErrorCode> {
    [(0, ErrorCode::NO_ERROR)].into()
}
