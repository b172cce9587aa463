//! The units that SenML knows.

/// Whether a unit is registered for SenML, or added to the registry by OMA.
pub(super) fn is_registered(unit: &str) -> bool {
    [PRIMARY, SECONDARY, OMA].iter().any(|list| list.contains(&unit))
}

/// The registered unit that differs in nothing but case, if there is one.
pub(super) fn similar(unit: &str) -> Option<&'static str> {
    let lists = [PRIMARY, SECONDARY, OMA].into_iter().flatten();
    lists
        .copied()
        .find(|registered| registered.eq_ignore_ascii_case(unit))
}

/// RFC 8428 section 12.1, with the later additions of RFC 8798 section 3 and of the IANA registry.
const PRIMARY: &[&str] = &[
    "m", "kg", "g", "s", "A", "K", "cd", "mol", "Hz", "rad", "sr", "N", "Pa", "J", "W", "C", "V", "F", "Ohm",
    "S", "Wb", "T", "H", "Cel", "lm", "lx", "Bq", "Gy", "Sv", "kat", "m2", "m3", "l", "m/s", "m/s2", "m3/s",
    "l/s", "W/m2", "cd/m2", "bit", "bit/s", "lat", "lon", "pH", "dB", "dBW", "Bspl", "count", "/", "%",
    "%RH", "%EL", "EL", "1/s", "1/min", "beat/min", "beats", "S/m", "B", "VA", "VAs", "var", "vars", "J/m",
    "kg/m3", "deg", "NTU",
];

/// RFC 8798 section 4, with the later additions of the IANA registry.
const SECONDARY: &[&str] = &[
    "ms", "min", "h", "MHz", "kW", "kVA", "kvar", "Ah", "Wh", "kWh", "varh", "kvarh", "VAh", "kVAh", "Wh/km",
    "KiB", "GB", "Mbit/s", "B/s", "MB/s", "mV", "mA", "dBm", "ug/m3", "mm/h", "m/h", "ppm", "ppb", "ppt",
    "/100", "/1000", "hPa", "mm", "cm", "km", "km/h", "mg/l", "ug/l", "g/l",
];

/// Units that OMA declares beside those of IANA.
const OMA: &[&str] = &["Ws"];
