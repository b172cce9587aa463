//! What is told about wrong files: where, what, and what to do.

use super::{wrong_accounts, wrong_plans};

/// An account to which a line is added.
fn server(line: &str) -> String {
    format!("[[server]]\nshort-server-id = 1\nuri = \"coap://a.example.com\"\n{line}\n")
}

#[track_caller]
fn check(found: Vec<String>, expected: &[&str]) {
    assert_eq!(found, expected);
}

#[test]
fn text_that_is_no_toml_is_told_with_its_place() {
    let found = wrong_accounts("[[server]]\nuri = \n");
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("2:"), "{found:?}");
    assert!(found[0].contains("this is no TOML"), "{found:?}");
}

#[test]
fn unknown_keys_are_told_with_the_known_ones() {
    check(
        wrong_accounts(&server("lifetme = 1")),
        &["4:1: `lifetme` is no key of a server's account; did you mean `lifetime`?"],
    );
    check(
        wrong_accounts("[servers]\n"),
        &["1:2: `servers` is no key of a file of accounts; did you mean `server`?"],
    );
    check(
        wrong_accounts("[x]\n"),
        &["1:2: `x` is no key of a file of accounts; it has: access, bootstrap-server, server, values"],
    );
    // The defaults are looked at for each plan, and told of once.
    check(
        wrong_plans("[defaults]\npak = true\n[[plan]]\nendpoint = \"a\"\n[[plan]]\nendpoint = \"b\"\n"),
        &["2:1: `pak` is no key of a plan; did you mean `pack`?"],
    );
}

#[test]
fn missing_and_mistyped_values_are_told() {
    check(
        wrong_accounts("[[server]]\nuri = 1\n"),
        &[
            "1:1: a server's account needs `short-server-id`",
            "2:1: `uri` has to be a string, and is an integer",
        ],
    );
    check(
        wrong_accounts(&server("lifetime = \"1 day\"")),
        &["4:1: `lifetime` has to be an integer, and is a string"],
    );
    check(
        wrong_accounts(&server("mute-send = 1")),
        &["4:1: `mute-send` has to be `true` or `false`, and is an integer"],
    );
    check(
        wrong_accounts("[[server]]\nuri = \"coap://a\"\nshort-server-id = 65535\n"),
        &["3:1: `short-server-id` has to be a number of 1 to 65534"],
    );
    check(
        wrong_accounts("server = 7\n"),
        &["1:1: `server` has to be an array of tables, each below `[[..server]]`, and is an integer"],
    );
}

#[test]
fn values_outside_their_range_are_told_without_secrets() {
    let found = wrong_accounts(&server("rds-source-port = 16"));
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with("4:1: `rds-source-port` is `16`: "),
        "{found:?}"
    );
    let found = wrong_accounts(&server("sms-binding-secret-keys = { hex = \"c0ffee\" }"));
    assert!(found.len() == 1 && found[0].contains("is 3 bytes: "), "{found:?}");
    assert!(!found[0].contains("c0ffee"));
}

#[test]
fn one_short_server_id_is_for_one_account() {
    check(
        wrong_accounts(&(server("") + &server(""))),
        &["5:1: there is an account of `short-server-id = 1` already; give each its own number"],
    );
}

#[test]
fn instances_that_collide_are_told() {
    check(
        wrong_accounts(
            "[[server]]\nshort-server-id = 1\nuri = \"coap://a\"\nserver-instance = 0\n\
             [[server]]\nshort-server-id = 2\nuri = \"coap://a\"\nserver-instance = 0\n",
        ),
        &["1:1: /1/0 is there twice; use each number once"],
    );
}

#[test]
fn uris_and_security_have_to_go_together() {
    check(
        wrong_accounts("[[server]]\nshort-server-id = 1\nuri = \"example.com\"\n"),
        &["3:1: `example.com` is no URI of a server: write coap://HOST or coaps://HOST"],
    );
    check(
        wrong_accounts("[[server]]\nshort-server-id = 1\nuri = \"coaps://example.com\"\n"),
        &["3:1: coaps:// is secured: say by `security` how, or write the scheme without its s"],
    );
}

#[test]
fn bytes_have_one_form_and_no_other() {
    let key = |value: &str| {
        format!(
            "[bootstrap-server]\nuri = \"coaps://a\"\n[bootstrap-server.security]\nmode = \"pre-shared-key\"\n\
             identity = \"a\"\nkey = {value}\n"
        )
    };
    check(
        wrong_accounts(&key("\"geheim\"")),
        &["6:1: `key` has to be { hex = \"..\" }, { base64 = \"..\" } or { file = \"..\" }, and is a string"],
    );
    check(
        wrong_accounts(&key("{ hex = \"0\" }")),
        &["6:9: `key` is no hexadecimal: write two digits for each byte"],
    );
    check(
        wrong_accounts(&key("{ base64 = \"?\" }")),
        &["6:9: `key` is no base64 of the standard alphabet with its padding"],
    );
    check(
        wrong_accounts(&key("{ hex = \"00\", base64 = \"AA==\" }")),
        &["6:1: `key` needs one of `hex`, `base64` and `file`"],
    );
    check(
        wrong_accounts(&key("{ hx = \"00\" }")),
        &[
            "6:1: `key` needs one of `hex`, `base64` and `file`",
            "6:9: `hx` is no key of a value of bytes; it has: base64, file, hex",
        ],
    );
    check(
        wrong_accounts(&key("{ hex = \"\" }")),
        &["6:1: a pre-shared key has 16 to 64 bytes, and this one has 0"],
    );
}

#[test]
fn a_plan_is_for_an_endpoint_or_a_pattern() {
    let needs = "a plan needs `endpoint` with a name, or `pattern` with `*` and `?`";
    let account = "[[plan.server]]\nshort-server-id = 1\nuri = \"coap://a\"\n";
    check(
        wrong_plans(&format!("[[plan]]\n{account}")),
        &[&format!("1:1: {needs}")],
    );
    let both = format!("[[plan]]\nendpoint = \"a\"\npattern = \"b\"\n{account}");
    check(wrong_plans(&both), &[&format!("1:1: {needs}")]);
    let twice = format!("[[plan]]\nendpoint = \"a\"\n{account}");
    check(
        wrong_plans(&(twice.clone() + &twice)),
        &["6:1: there is a plan for `a` already"],
    );
    check(
        wrong_plans(&format!("[[plan]]\nendpoint = \"\"\n{account}")),
        &["2:1: `endpoint` has 1 to 252 bytes, and no control characters"],
    );
    check(
        wrong_plans("[defaults]\nendpoint = \"a\"\n"),
        &["2:1: defaults are for every plan; `endpoint` belongs into a `[[plan]]`"],
    );
}

#[test]
fn steps_and_words_are_told_with_what_there_is() {
    let plan = |line: &str| {
        format!(
            "[[plan]]\nendpoint = \"a\"\n{line}\n[[plan.server]]\nshort-server-id = 1\nuri = \"coap://a\"\n"
        )
    };
    for step in [
        "wipe",
        "write",
        "prune /1",
        "read /3",
        "delete /1/0/1",
        "discover /1/0",
        "write / now",
        "",
    ] {
        let found = wrong_plans(&plan(&format!("steps = [\"prune\", \"{step}\"]")));
        let expected = format!("3:19: `{step}` is no step: there are `prune`, ");
        assert!(found.len() == 1 && found[0].starts_with(&expected), "{found:?}");
    }
    check(
        wrong_plans(&plan("format = \"xml\"")),
        &["3:1: `format` is `xml`, and has to be `tlv`, `json`, `senml-json`, `senml-cbor`, `lwm2m-cbor`"],
    );
}

#[test]
fn rules_of_access_say_what_for_and_which() {
    let rule = |lines: &str| server("") + &format!("[[access]]\n{lines}\n");
    let target = "5:1: a rule of access needs `object` and `instance`, or `object` alone for who may create, or \
                  `server` with a Short Server ID for the instance of that server's account";
    check(wrong_accounts(&rule("instance = 0")), &[target]);
    check(wrong_accounts(&rule("server = 1\nobject = 3")), &[target]);
    check(
        wrong_accounts(&rule("server = 2")),
        &["5:1: the rule is for server 2, which has no account here"],
    );
    check(
        wrong_accounts(&rule("server = 1\nrights = { 1 = \"X\", all = \"R\" }")),
        &[
            "7:12: `X` are no rights: use the letters `R`, `W`, `E`, `D` and `C`, or `-` for none",
            "7:21: `all` is neither a Short Server ID nor `default`",
        ],
    );
    check(
        wrong_accounts(&(rule("server = 1") + "[[access]]\nserver = 1\n")),
        &["7:1: there is a rule for the same already; put all rights into one"],
    );
}

#[test]
fn values_say_where() {
    let values = |line: &str| server("") + &format!("[values]\n{line}\n");
    check(
        wrong_accounts(&values("\"/3\" = 1")),
        &["6:1: `/3` is no instance or resource: use a path such as \"/3/0\" or \"/3/0/15\""],
    );
    let found = wrong_accounts(&values("\"3/0/15\" = 1"));
    assert!(
        found.len() == 1 && found[0].starts_with("6:1: `3/0/15`: "),
        "{found:?}"
    );
    check(
        wrong_accounts(&values("\"/3/0/15\" = 1")),
        &["6:1: `/3/0/15` has to be a string, and is an integer"],
    );
    check(
        wrong_accounts(&values("\"/3/0\" = { name = 1 }")),
        &["6:12: `name` is no identifier of a resource: use 0 to 65534"],
    );
}

#[test]
fn long_and_strange_texts_are_quoted_in_part() {
    let key = "k".repeat(1000);
    let found = wrong_accounts(&format!("{key} = 1\n\"a\\u001bb\" = 2\n"));
    assert_eq!(found.len(), 2);
    assert!(found[0].len() < 200 && found[0].contains("kkk..`"), "{found:?}");
    assert!(found[1].contains("`a\\u{1b}b`"), "{found:?}");
    let many: String = (0..1000).map(|index| format!("k{index} = 1\n")).collect();
    assert_eq!(wrong_accounts(&many).len(), 100);
}
