//! What a file says becomes what a configuration holds, all of it.

use lwm2m_runtime::{
    access_control::{BOOTSTRAP_OWNER, Rights},
    configuration::{AccessRule, Credentials, Oscore, RuleTarget, ServerAccount},
    model::{Objlnk, Path, Time, Value, ValueRef, Version},
    object::{Instances, Object},
    objects::{
        Lwm2mSecurity, Lwm2mServer,
        o0_v1_2::{CertificateUsage, MatchingType, SecurityMode},
        o1_v1_2::DefaultNotificationMode,
    },
};

use super::{accounts, wrong_accounts};

#[test]
fn a_short_account_is_what_the_program_makes_of_the_same() {
    let read = accounts("[[server]]\nshort-server-id = 7\nuri = \"coap://server.example.com\"\n");
    let made = ServerAccount::new(7, "coap://server.example.com", Credentials::NoSec);
    assert_eq!(read.servers, [made]);
    assert!(read.bootstrap_server.is_none() && read.rules.is_empty() && read.values.is_empty());
}

#[test]
fn every_resource_of_the_server_object_has_a_key() {
    let read = accounts(
        r#"
        [[server]]
        short-server-id = 1
        uri = "coap://server.example.com"
        lifetime = 300
        default-minimum-period = 1
        default-maximum-period = 60
        disable-timeout = 86_400
        notification-storing-when-disabled-or-offline = false
        binding = "UT"
        apn-link = "11:0"
        tls-dtls-alert-code = 40
        last-bootstrapped = 2026-01-31T08:00:00+01:00
        registration-priority-order = 2
        initial-registration-delay-timer = 3
        registration-failure-block = true
        bootstrap-on-registration-failure = true
        communication-retry-count = 4
        communication-retry-timer = 5
        communication-sequence-delay-timer = 6
        communication-sequence-retry-count = 7
        trigger = true
        preferred-transport = "T"
        mute-send = true
        alternate-apn-links = ["11:1", "11:2"]
        supported-server-versions = ["1.1", "1.2"]
        default-notification-mode = 1
        profile-id-hash-algorithm = 1
        server-instance = 9
        "#,
    );
    let account = &read.servers[0];
    assert_eq!(account.server_instance, Some(9));
    let expected = Lwm2mServer {
        short_server_id: 1,
        lifetime: 300,
        default_minimum_period: Some(1),
        default_maximum_period: Some(60),
        disable_timeout: Some(86_400),
        notification_storing_when_disabled_or_offline: false,
        binding: "UT".into(),
        apn_link: Some(Objlnk::new(11, 0)),
        tls_dtls_alert_code: Some(40),
        last_bootstrapped: Some(Time(1_769_842_800)),
        registration_priority_order: Some(2),
        initial_registration_delay_timer: Some(3),
        registration_failure_block: Some(true),
        bootstrap_on_registration_failure: Some(true),
        communication_retry_count: Some(4),
        communication_retry_timer: Some(5),
        communication_sequence_delay_timer: Some(6),
        communication_sequence_retry_count: Some(7),
        trigger: Some(true),
        preferred_transport: Some("T".into()),
        mute_send: Some(true),
        alternate_apn_links: Some([(0, Objlnk::new(11, 1)), (1, Objlnk::new(11, 2))].into()),
        supported_server_versions: Some([(0, "1.1".to_owned()), (1, "1.2".to_owned())].into()),
        default_notification_mode: Some(DefaultNotificationMode(1)),
        profile_id_hash_algorithm: Some(1),
    };
    assert_eq!(account.server, expected);
    let resources = Lwm2mServer::DEFINITION.resources().iter();
    let values = resources.filter(|resource| resource.resource_type().is_some());
    assert_eq!(values.count(), 25, "a new resource wants its line above");
}

#[test]
fn every_resource_of_the_security_object_has_a_key() {
    let read = accounts(
        r#"
        [[server]]
        short-server-id = 1
        uri = "coaps://server.example.com"
        security-instance = 5
        sms-security-mode = 3
        sms-binding-key-parameters = { hex = "010203040506" }
        sms-binding-secret-keys = { hex = "000102030405060708090a0b0c0d0e0f" }
        lwm2m-server-sms-number = "49171123456"
        client-hold-off-time = 10
        bootstrap-server-account-timeout = 20
        matching-type = "sha-256-hash"
        sni = "server.example.com"
        certificate-usage = 3
        dtls-tls-ciphersuite = [0xC0A8, 0xC0AE]
        groups-to-use-by-client = [23]
        signature-algorithms-supported-by-server = [0x0403, 0x0804]
        signature-algorithms-to-use-by-client = [0x0403]
        signature-algorithm-certs-supported-by-server = { 4 = 0x0403 }
        tls-1-3-features-to-use-by-client = 5
        tls-extensions-supported-by-server = 0x1001
        tls-extensions-to-use-by-client = 0x1000
        secondary-lwm2m-server-uri = ["coaps://backup.example.com"]
        mqtt-server = "65535:65535"
        lwm2m-cose-security = ["65535:65535"]
        rds-destination-port = 1
        rds-source-port = 2
        rds-application-id = "lwm2m"

        [server.security]
        mode = "certificate"
        certificate = { hex = "30 03" }
        private-key = { base64 = "MAQ=" }
        server-certificate = { hex = "30:05" }

        [server.oscore]
        master-secret = { hex = "0102030405060708090a0b0c0d0e0f10" }
        sender-id = "client"
        recipient-id = { hex = "ff" }
        aead-algorithm = 10
        hmac-algorithm = 5
        master-salt = { hex = "9e7ca922" }
        id-context = { hex = "37cbf321" }
        "#,
    );
    let account = &read.servers[0];
    assert_eq!(account.security_instance, Some(5));
    let one = |value: u64| Some(Instances::from([(0, value)]));
    let expected = Lwm2mSecurity {
        lwm2m_server_uri: Some("coaps://server.example.com".into()),
        bootstrap_server: Some(false),
        security_mode: Some(SecurityMode::CERTIFICATE),
        public_key_or_identity: Some(vec![0x30, 3]),
        server_public_key: Some(vec![0x30, 5]),
        secret_key: Some(vec![0x30, 4]),
        sms_security_mode: Some(3.into()),
        sms_binding_key_parameters: Some((1..=6).collect()),
        sms_binding_secret_key_s: Some((0..=15).collect()),
        lwm2m_server_sms_number: Some("49171123456".into()),
        short_server_id: Some(1),
        client_hold_off_time: Some(10),
        bootstrap_server_account_timeout: Some(20),
        matching_type: Some(MatchingType(1)),
        sni: Some("server.example.com".into()),
        certificate_usage: Some(CertificateUsage(3)),
        dtls_tls_ciphersuite: Some([(0, 0xC0A8), (1, 0xC0AE)].into()),
        oscore_security_mode: None,
        groups_to_use_by_client: one(23),
        signature_algorithms_supported_by_server: Some([(0, 0x0403), (1, 0x0804)].into()),
        signature_algorithms_to_use_by_client: one(0x0403),
        signature_algorithm_certs_supported_by_server: Some([(4, 0x0403)].into()),
        tls_1_3_features_to_use_by_client: Some(5),
        tls_extensions_supported_by_server: Some(0x1001),
        tls_extensions_to_use_by_client: Some(0x1000),
        secondary_lwm2m_server_uri: Some([(0, "coaps://backup.example.com".to_owned())].into()),
        mqtt_server: Some(Objlnk::NULL),
        lwm2m_cose_security: Some([(0, Objlnk::NULL)].into()),
        rds_destination_port: Some(1),
        rds_source_port: Some(2),
        rds_application_id: Some("lwm2m".into()),
    };
    assert_eq!(account.security, expected);
    let oscore = Oscore {
        aead_algorithm: Some(10),
        hmac_algorithm: Some(5),
        master_salt: Some(vec![0x9e, 0x7c, 0xa9, 0x22]),
        id_context: Some(vec![0x37, 0xcb, 0xf3, 0x21]),
        ..Oscore::new((1..=16).collect::<Vec<_>>(), *b"client", [0xff])
    };
    assert_eq!(account.oscore, Some(oscore));
    let resources = Lwm2mSecurity::DEFINITION.resources().len();
    assert_eq!(resources, 31, "a new resource wants its line above");
}

// proves: BOOT-87
#[test]
fn each_security_mode_takes_its_own_credentials_and_no_others() {
    let key = "8a6ff26e07d5bc4a19e3d6f0b7c25e91";
    let all = [
        ("identity", "\"sensor-7\"".to_owned()),
        ("key", format!("{{ hex = \"{key}\" }}")),
        ("public-key", "{ hex = \"3001\" }".to_owned()),
        ("certificate", "{ hex = \"3002\" }".to_owned()),
        ("private-key", "{ hex = \"3003\" }".to_owned()),
        ("server-public-key", "{ hex = \"3004\" }".to_owned()),
        ("server-certificate", "{ hex = \"3005\" }".to_owned()),
    ];
    // The mode, its keys, and the resources that a client of LwM2M 1.2 gets.
    let modes: [(&str, SecurityMode, &[&str], &[u16]); 5] = [
        ("no-sec", SecurityMode::NO_SEC, &[], &[]),
        (
            "pre-shared-key",
            SecurityMode::PRE_SHARED_KEY,
            &["identity", "key"],
            &[3, 5],
        ),
        (
            "raw-public-key",
            SecurityMode::RAW_PUBLIC_KEY,
            &["public-key", "private-key", "server-public-key"],
            &[3, 4, 5],
        ),
        (
            "certificate",
            SecurityMode::CERTIFICATE,
            &["certificate", "private-key", "server-certificate"],
            &[3, 4, 5],
        ),
        (
            "certificate-with-est",
            SecurityMode::CERTIFICATE_WITH_EST,
            &["server-certificate"],
            &[4],
        ),
    ];
    for (mode, code, used, resources) in modes {
        let scheme = if used.is_empty() { "coap" } else { "coaps" };
        let account = |keys: &[&str]| {
            let lines = all.iter().filter(|(key, _)| keys.contains(key));
            let lines: String = lines.map(|(key, value)| format!("{key} = {value}\n")).collect();
            format!(
                "[[server]]\nshort-server-id = 1\nuri = \"{scheme}://server.example.com\"\n\
                 [server.security]\nmode = \"{mode}\"\n{lines}"
            )
        };
        let read = accounts(&account(used));
        assert_eq!(read.servers[0].security.security_mode, Some(code));
        let present = lwm2m_runtime::configuration::PresentInstances::new(Version::V1_2);
        let values = read.number(Some(&present)).unwrap();
        let given = [3, 4, 5].map(|id| values.get(Path::resource(0, 0, id)).map(|_| id));
        assert_eq!(
            given.into_iter().flatten().collect::<Vec<_>>(),
            resources,
            "{mode}"
        );
        for (key, _) in &all {
            let more: Vec<_> = used.iter().copied().chain([*key]).collect();
            match used.contains(key) {
                true => {
                    let less: Vec<_> = used.iter().copied().filter(|used| used != key).collect();
                    let wrong = wrong_accounts(&account(&less));
                    assert_eq!(
                        wrong,
                        [format!("4:9: this security mode needs `{key}`")],
                        "{mode}"
                    );
                }
                false => {
                    let wrong = wrong_accounts(&account(&more));
                    let expected = format!("`{key}` is not used in this security mode; leave it out");
                    assert!(
                        wrong.len() == 1 && wrong[0].ends_with(&expected),
                        "{mode}: {wrong:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn an_account_at_the_bootstrap_server_is_enough() {
    let read = accounts(
        "[bootstrap-server]\nuri = \"coap://bootstrap.example.com\"\nclient-hold-off-time = 3\n\
         bootstrap-server-account-timeout = 60\nsecurity-instance = 1\n",
    );
    let account = read.bootstrap_server.as_ref().unwrap();
    assert_eq!(account.security_instance, Some(1));
    let values = read.number(None).unwrap();
    assert_eq!(values.get(Path::resource(0, 1, 1)), Some(ValueRef::Boolean(true)));
    assert_eq!(values.get(Path::resource(0, 1, 11)), Some(ValueRef::Integer(3)));
    assert_eq!(values.get(Path::resource(0, 1, 12)), Some(ValueRef::Integer(60)));
}

#[test]
fn rules_of_access_are_for_objects_instances_and_servers() {
    let server = |id| format!("[[server]]\nshort-server-id = {id}\nuri = \"coap://server.example.com\"\n");
    let text = server(1)
        + &server(2)
        + r#"
        [[access]]
        object = 3
        instance = 0
        owner = 1
        rights = { 2 = "RW", default = "R" }
        [[access]]
        object = 9
        rights = { 1 = "C", 2 = "-" }
        [[access]]
        server = 2
        owner = 2
        "#;
    let read = accounts(&text);
    let expected = [
        AccessRule::new(
            RuleTarget::Instance(3, 0),
            1,
            [(2, Rights::READ | Rights::WRITE), (0, Rights::READ)],
        ),
        AccessRule::new(
            RuleTarget::Object(9),
            BOOTSTRAP_OWNER,
            [(1, Rights::CREATE), (2, Rights::NONE)],
        ),
        AccessRule::new(RuleTarget::Server(2), 2, []),
    ];
    assert_eq!(read.rules, expected);
}

#[test]
fn values_have_the_types_of_their_resources() {
    let read = accounts(
        r#"
        [bootstrap-server]
        uri = "coap://bootstrap.example.com"
        [values]
        "/3/0/15" = "Europe/Berlin"
        "/3/0/13" = 1979-05-27T07:32:00Z
        "/3/0/11" = [0, 1]
        "/3/0/11/7" = 4
        "/6/0" = { 0 = 52, 1 = 13.5 }
        "/5/0/0" = { base64 = "AQI=" }
        "/42769/0" = { 0 = -1, 1 = 18_446_744_073_709_551_615, 2 = true, 3 = { hex = "00" }, 4 = { link = "3:0" }, 5 = ["a", "b"] }
        "#,
    );
    let at = |path: &str| {
        read.values
            .get(path.parse().unwrap())
            .map(|value| value.to_value())
    };
    assert_eq!(at("/3/0/15"), Some(Value::String("Europe/Berlin".into())));
    assert_eq!(at("/3/0/13"), Some(Value::Time(Time(296_638_320))));
    assert_eq!(at("/3/0/11/1"), Some(Value::Integer(1)));
    assert_eq!(at("/3/0/11/7"), Some(Value::Integer(4)));
    assert_eq!(at("/6/0/0"), Some(Value::Float(52.0)));
    assert_eq!(at("/6/0/1"), Some(Value::Float(13.5)));
    assert_eq!(at("/5/0/0"), Some(Value::Opaque(vec![1, 2])));
    assert_eq!(at("/42769/0/0"), Some(Value::Integer(-1)));
    assert_eq!(at("/42769/0/1"), Some(Value::Unsigned(u64::MAX)));
    assert_eq!(at("/42769/0/2"), Some(Value::Boolean(true)));
    assert_eq!(at("/42769/0/3"), Some(Value::Opaque(vec![0])));
    assert_eq!(at("/42769/0/4"), Some(Value::Objlnk(Objlnk::new(3, 0))));
    assert_eq!(at("/42769/0/5/1"), Some(Value::String("b".into())));
}
