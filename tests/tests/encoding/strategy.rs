//! Arbitrary values, instances and records.

use lwm2m_runtime::{
    encoding::{BaseName, CborGrouping, EncodeOptions, FloatWidth, Record, instance_records},
    model::{ObjectDefinition, Objlnk, Path, ResourceDefinition, ResourceType, Time, Value},
    object::{DynamicInstance, Instance},
};
use proptest::{prelude::*, sample::select};

/// Any value of a type, those at the edges often.
pub(crate) fn value(resource_type: ResourceType) -> BoxedStrategy<Value> {
    match resource_type {
        ResourceType::String => text().prop_map(Value::String).boxed(),
        ResourceType::Corelnk => text().prop_map(Value::Corelnk).boxed(),
        ResourceType::Integer => integer().prop_map(Value::Integer).boxed(),
        ResourceType::Time => integer().prop_map(|seconds| Value::Time(Time(seconds))).boxed(),
        ResourceType::Unsigned => unsigned().prop_map(Value::Unsigned).boxed(),
        ResourceType::Float => float().prop_map(Value::Float).boxed(),
        ResourceType::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        ResourceType::Opaque => bytes().prop_map(Value::Opaque).boxed(),
        ResourceType::Objlnk => objlnk().prop_map(Value::Objlnk).boxed(),
        other => panic!("a type without a strategy: {other}"),
    }
}

fn integer() -> impl Strategy<Value = i64> {
    let edges = [
        0,
        1,
        -1,
        23,
        24,
        -24,
        -25,
        127,
        128,
        -128,
        -129,
        255,
        256,
        -256,
        -257,
        32_767,
        32_768,
        -32_768,
        -32_769,
        65_535,
        65_536,
        2_147_483_647,
        2_147_483_648,
        -2_147_483_648,
        -2_147_483_649,
        4_294_967_295,
        4_294_967_296,
        1 << 53,
        (1 << 53) + 1,
        i64::MAX - 1,
        i64::MAX,
        i64::MIN,
        i64::MIN + 1,
        -62_135_596_801,
    ];
    prop_oneof![
        select(edges.to_vec()),
        any::<i64>(),
        any::<i16>().prop_map(i64::from)
    ]
}

fn unsigned() -> impl Strategy<Value = u64> {
    let edges = [
        0,
        1,
        23,
        24,
        255,
        256,
        65_535,
        65_536,
        4_294_967_295,
        4_294_967_296,
        1 << 63,
        (1 << 63) - 1,
        u64::MAX - 1,
        u64::MAX,
        (1 << 53) + 1,
    ];
    prop_oneof![
        select(edges.to_vec()),
        any::<u64>(),
        any::<u16>().prop_map(u64::from)
    ]
}

/// Numbers that are exact in 2, in 4 and in 8 bytes, at the ends of each, and a few that are no number.
fn float() -> impl Strategy<Value = f64> {
    use prop::num::f64::{NORMAL, SUBNORMAL, ZERO};
    let edges = [
        0.0,
        -0.0,
        1.0,
        -1.5,
        0.1,
        65_504.0,
        65_505.0,
        65_520.0,
        5.960_464_477_539_063e-8,
        2.980_232_238_769_531e-8,
        6.103_515_625e-5,
        f64::from(f32::MAX),
        f64::from(f32::MIN_POSITIVE),
        1e-45,
        3.5e38,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        5e-324,
        1e21,
        1e22,
        1e23,
        1e-7,
        123_456_789.0,
        9_007_199_254_740_993.0,
        9_223_372_036_854_775_807.0,
        -9_223_372_036_854_775_808.0,
        18_446_744_073_709_551_615.0,
        1e300,
    ];
    prop_oneof![
        8 => select(edges.to_vec()),
        4 => NORMAL | SUBNORMAL | ZERO,
        4 => prop::num::f32::ANY.prop_filter_map("finite", |number| number.is_finite().then(|| f64::from(number))),
        4 => any::<i32>().prop_map(|number| f64::from(number) / 100.0),
        1 => select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY]),
    ]
}

fn text() -> impl Strategy<Value = String> {
    let edges = [
        "",
        "\"",
        "\\",
        "\u{0}",
        "\u{1f}\u{7f}",
        "\n\r\t\u{8}\u{c}",
        "\u{2028}\u{2029}",
        "é\u{65e5}\u{1f600}",
        "]}",
        "NaN",
        "null",
        "0",
        "65535:65535",
        "FFFF:FFFF",
        "</1/0>;ver=1.1,</3>",
        "AQ==",
        "\u{fffd}\u{feff}",
        "\u{10ffff}",
    ];
    prop_oneof![
        4 => select(edges.to_vec()).prop_map(str::to_owned),
        4 => prop::collection::vec(any::<char>(), 0..12).prop_map(String::from_iter),
        2 => "[ -~]{0,30}",
        1 => (250_usize..262).prop_map(|len| "x".repeat(len)),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => Just(Vec::new()),
        4 => prop::collection::vec(any::<u8>(), 0..12),
        1 => (250_usize..262, any::<u8>()).prop_map(|(len, byte)| vec![byte; len]),
    ]
}

fn objlnk() -> impl Strategy<Value = Objlnk> {
    let id = || {
        prop_oneof![
            any::<u16>(),
            select(vec![0, 9, 10, 99, 100, 9999, 10_000, 65_534, 65_535])
        ]
    };
    prop_oneof![4 => (id(), id()).prop_map(|(object, instance)| Objlnk::new(object, instance)), 1 => Just(Objlnk::NULL)]
}

/// Any identifier of a thing that exists.
pub(crate) fn id() -> impl Strategy<Value = u16> {
    prop_oneof![
        4 => 0_u16..4,
        2 => select(vec![23, 24, 255, 256, 9999, 10_000, 65_533, 65_534]),
        1 => 0_u16..65_535,
    ]
}

/// What an instance holds of one resource: nothing, a value, or any number of resource instances.
type Content = Option<Vec<(Option<u16>, Value)>>;

fn content(resource: &'static ResourceDefinition) -> Option<BoxedStrategy<(u16, Content)>> {
    let resource_type = resource
        .resource_type()
        .filter(|_| !resource.operations().executable())?;
    let value = value(resource_type);
    let content = match resource.multiple() {
        false => value.prop_map(|value| vec![(None, value)]).boxed(),
        true => prop::collection::btree_map(id(), value, 0..4)
            .prop_map(|values| values.into_iter().map(|(id, value)| (Some(id), value)).collect())
            .boxed(),
    };
    let id = resource.id();
    Some(
        prop::option::weighted(0.7, content)
            .prop_map(move |content| (id, content))
            .boxed(),
    )
}

/// Any instance of an object.
pub(crate) fn instance(definition: &'static ObjectDefinition) -> BoxedStrategy<DynamicInstance> {
    let contents: Vec<_> = definition.resources().iter().filter_map(content).collect();
    contents
        .prop_map(move |contents| {
            let mut instance = DynamicInstance::new(definition);
            for (resource, content) in contents {
                let field = instance.field_mut(resource).unwrap();
                let Some(values) = content else { continue };
                if field.is_multiple() {
                    field.reset();
                }
                for (id, value) in values {
                    field.set(id, value.as_ref()).unwrap();
                }
            }
            instance
        })
        .boxed()
}

/// The records of any instance below its path.
pub(crate) fn records(definition: &'static ObjectDefinition) -> BoxedStrategy<(Path, Vec<Record>)> {
    (id(), instance(definition))
        .prop_map(move |(id, instance)| {
            let path = Path::instance(definition.id(), id);
            let records = instance_records(path, &instance).map(|record| record.to_record());
            (path, records.collect())
        })
        .boxed()
}

/// The records of some instances of an object, in ascending order. An instance without any value is there as such.
pub(crate) fn object_records(definition: &'static ObjectDefinition) -> BoxedStrategy<Vec<Record>> {
    prop::collection::btree_map(id(), instance(definition), 0..4)
        .prop_map(move |instances| {
            let mut records = Vec::new();
            for (id, instance) in instances {
                let path = Path::instance(definition.id(), id);
                let before = records.len();
                records.extend(instance_records(path, &instance).map(|record| record.to_record()));
                if records.len() == before {
                    records.push(super::payload::container(path));
                }
            }
            records
        })
        .boxed()
}

/// Every choice that an encoder has.
pub(crate) fn options() -> impl Strategy<Value = EncodeOptions> {
    (
        select(vec![FloatWidth::Shortest, FloatWidth::Single, FloatWidth::Double]),
        select(vec![BaseName::Target, BaseName::Instance, BaseName::Omitted]),
        select(vec![
            CborGrouping::Target,
            CborGrouping::Nested,
            CborGrouping::Flat,
        ]),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(float_width, base_name, cbor_grouping, indefinite_maps, canonical)| {
                let mut options = EncodeOptions::default();
                options.float_width = float_width;
                options.base_name = base_name;
                options.cbor_grouping = cbor_grouping;
                options.indefinite_maps = indefinite_maps;
                options.canonical = canonical;
                options
            },
        )
}
