//! What can be said and should not be.

use super::{doubtful_plans, plans, wrong_plans};

const KEY: &str = "8a6ff26e07d5bc4a19e3d6f0b7c25e91";
const OTHER: &str = "17c2b90a5e4f86d3f0a1b2c3d4e5f607";

fn plan(whom: &str, account: &str, key: &str) -> String {
    let (header, table) = match account {
        "server" => ("[[plan.server]]\nshort-server-id = 1", "plan.server"),
        _ => ("[plan.bootstrap-server]", "plan.bootstrap-server"),
    };
    format!(
        "[[plan]]\n{whom}\n{header}\nuri = \"coaps://a.example.com\"\n[{table}.security]\nmode = \"pre-shared-key\"\n\
         identity = \"a\"\nkey = {{ hex = \"{key}\" }}\n"
    )
}

// proves: BOOT-89
#[test]
fn a_key_to_the_bootstrap_server_is_one_devices_own_and_stays() {
    let one = plan("endpoint = \"a\"", "bootstrap-server", KEY);
    plans(&one);
    let many = wrong_plans(&plan("pattern = \"a*\"", "bootstrap-server", KEY));
    assert!(
        many.len() == 1 && many[0].contains("each device's own"),
        "{many:?}"
    );

    plans(&(one.clone() + &plan("endpoint = \"b\"", "bootstrap-server", OTHER)));
    let shared = wrong_plans(&(one.clone() + &plan("endpoint = \"b\"", "bootstrap-server", KEY)));
    assert!(
        shared.len() == 1 && shared[0].contains("the same key"),
        "{shared:?}"
    );
    let shared = wrong_plans(&(one.clone() + &plan("endpoint = \"b\"", "server", KEY)));
    assert!(
        shared.len() == 1 && shared[0].contains("the same key"),
        "{shared:?}"
    );

    let guessable = doubtful_plans(&plan("endpoint = \"a\"", "bootstrap-server", &"00".repeat(16)));
    assert!(
        guessable.len() == 1 && guessable[0].contains("easy to guess"),
        "{guessable:?}"
    );
    let short = doubtful_plans(&plan("endpoint = \"a\"", "bootstrap-server", &KEY[..16]));
    assert!(
        short.len() == 1 && short[0].contains("16 bytes or more"),
        "{short:?}"
    );

    let header = "[plan.bootstrap-server]\n";
    let passing = one.replace(
        header,
        &format!("{header}bootstrap-server-account-timeout = 60\n"),
    );
    let passing = doubtful_plans(&passing);
    assert!(
        passing.len() == 1 && passing[0].contains("can stay for ever"),
        "{passing:?}"
    );
}

#[test]
fn a_servers_key_that_many_have_is_told() {
    let many = doubtful_plans(&plan("pattern = \"a*\"", "server", KEY));
    assert!(many.len() == 1 && many[0].contains("same key"), "{many:?}");
    let one = plan("endpoint = \"a\"", "server", KEY);
    let two = doubtful_plans(&(one + &plan("endpoint = \"b\"", "server", KEY)));
    assert!(two.len() == 1 && two[0].contains("same key"), "{two:?}");
}

// proves: BOOT-88
#[test]
fn a_bootstrap_on_failure_without_a_server_that_blocks_is_told() {
    let plan = |lines: &str| {
        format!(
            "[[plan]]\nendpoint = \"a\"\n[[plan.server]]\nshort-server-id = 1\nuri = \"coap://a\"\n{lines}"
        )
    };
    let found = doubtful_plans(&plan("bootstrap-on-registration-failure = true\n"));
    assert!(
        found.len() == 1 && found[0].contains("`registration-failure-block = true`"),
        "{found:?}"
    );
    plans(&plan(
        "bootstrap-on-registration-failure = true\nregistration-failure-block = true\n",
    ));
    plans(&plan(
        "bootstrap-on-registration-failure = true\n\
         [[plan.server]]\nshort-server-id = 2\nuri = \"coap://b\"\nregistration-failure-block = true\n",
    ));
    plans(&plan("bootstrap-on-registration-failure = false\n"));
    plans(&plan(""));
}

// proves: BOOT-86
#[test]
fn resources_about_tls_have_values_that_the_server_takes() {
    let plan = |lines: &str| {
        plan("endpoint = \"a\"", "server", KEY).replace(
            "[plan.server.security]",
            &format!("{lines}[plan.server.security]"),
        )
    };
    plans(&plan(
        "signature-algorithms-supported-by-server = [0x0403, 0x0804]\n\
         signature-algorithms-to-use-by-client = [0x0804]\n\
         tls-extensions-supported-by-server = 0b111\ntls-extensions-to-use-by-client = 0b101\n\
         groups-to-use-by-client = [23]\n",
    ));
    let refused = wrong_plans(&plan(
        "signature-algorithms-supported-by-server = [0x0403]\n\
         signature-algorithms-to-use-by-client = [0x0403, 0x0804]\n\
         tls-extensions-supported-by-server = 0b111\ntls-extensions-to-use-by-client = 0b1001\n",
    ));
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(
        refused
            .iter()
            .all(|problem| problem.contains("the server would refuse"))
    );
    assert!(refused[0].contains("2052"), "{refused:?}");

    for line in [
        "dtls-tls-ciphersuite = [0xC0A8]",
        "groups-to-use-by-client = [23]",
        "signature-algorithms-supported-by-server = [0x0403]",
        "signature-algorithms-to-use-by-client = [0x0403]",
        "signature-algorithm-certs-supported-by-server = [0x0403]",
        "tls-1-3-features-to-use-by-client = 1",
        "tls-extensions-supported-by-server = 1",
        "tls-extensions-to-use-by-client = 1",
    ] {
        let text = format!(
            "[[plan]]\nendpoint = \"a\"\n[[plan.server]]\nshort-server-id = 1\nuri = \"coap://a\"\n{line}\n"
        );
        let found = wrong_plans(&text);
        assert!(
            found.len() == 1 && found[0].contains("no use for resources about TLS"),
            "{line}: {found:?}"
        );
    }
}

#[test]
fn plans_that_reach_nobody_are_told() {
    assert_eq!(
        doubtful_plans(""),
        ["1:1: there is no `[[plan]]`: nobody is bootstrapped"]
    );
    let account = "[[plan.server]]\nshort-server-id = 1\nuri = \"coap://a\"\n";
    let found = doubtful_plans(&format!(
        "[[plan]]\npattern = \"*\"\n{account}[[plan]]\npattern = \"a*\"\n{account}"
    ));
    assert_eq!(
        found,
        ["6:1: an earlier plan for the pattern `*` leaves nothing to this one"]
    );
    let found = doubtful_plans("[[plan]]\npattern = \"*\"\n");
    assert_eq!(
        found,
        ["1:1: there is no account here: neither `server` nor `bootstrap-server`"]
    );
}

#[test]
fn rights_that_mean_nothing_are_told() {
    let plan = "[[plan]]\nendpoint = \"a\"\n[[plan.server]]\nshort-server-id = 1\nuri = \"coap://a\"\n[[plan.access]]\n";
    let found = doubtful_plans(&format!(
        "{plan}object = 3\ninstance = 0\nowner = 2\nrights = {{ 1 = \"C\", 3 = \"R\" }}\n"
    ));
    assert_eq!(
        found,
        [
            "9:1: the owner is server 2, which has no account here",
            "10:12: for an instance only `R`, `W`, `E` and `D` means something",
            "10:21: server 3 has rights and no account here",
        ]
    );
    let found = doubtful_plans(&format!("{plan}object = 3\nrights = {{ 1 = \"R\" }}\n"));
    assert_eq!(found, ["8:12: for an object itself only `C` means something"]);
}

#[test]
fn security_for_a_uri_that_has_none_is_told() {
    let text = plan("endpoint = \"a\"", "server", KEY).replace("coaps://", "coap://");
    let found = doubtful_plans(&text);
    assert!(
        found.len() == 1 && found[0].contains("write the scheme with an s"),
        "{found:?}"
    );
}
