//! The command as a user runs it.

#![expect(clippy::unwrap_used, reason = "a test stops where its set-up fails")]

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

fn transcode(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_transcode"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

#[track_caller]
fn written(arguments: &[&str], input: &str) -> String {
    let output = transcode(arguments, input.as_bytes());
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn refused(arguments: &[&str], input: &str) -> String {
    let output = transcode(arguments, input.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty(), "nothing is written beside an error");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn one_value_is_said_in_every_format() {
    let records = written(&["--from", "tlv", "--path", "/3/0/9", "--hex"], "c1 09 64\n");
    assert_eq!(
        records,
        "[\n  {\"path\":\"/3/0/9\",\"type\":\"integer\",\"value\":100}\n]\n"
    );
    let cases = [
        ("text", "100"),
        ("cbor", "1864\n"),
        ("senml-json", "[{\"bn\":\"/3/0/9\",\"v\":100}]"),
        ("senml-cbor", "81a221662f332f302f39021864\n"),
        ("tlv", "c10964\n"),
        ("json", "{\"bn\":\"/3/0/9\",\"e\":[{\"v\":100}]}"),
        ("lwm2m-cbor", "a1830300091864\n"),
    ];
    for (format, payload) in cases {
        let arguments = [
            "--from",
            "json-records",
            "--to",
            format,
            "--path",
            "/3/0/9",
            "--hex",
        ];
        assert_eq!(written(&arguments, &records), payload, "{format}");
        assert_eq!(
            written(&["--from", format, "--path", "/3/0/9", "--hex"], payload),
            records,
            "{format}"
        );
    }
}

#[test]
fn names_come_from_the_registry() {
    let output = written(
        &["--from", "11542", "--path", "/3303/0", "--annotate", "--base64"],
        "5BZEQbMzMw==",
    );
    assert_eq!(
        output,
        "[\n  {\"path\":\"/3303/0/5700\",\"type\":\"float\",\"value\":22.399999618530273,\
         \"object\":\"Temperature\",\"resource\":\"Sensor Value\"}\n]\n"
    );
    let battery = written(&["--from", "text", "--path", "/3/0/20", "--annotate"], "1\n");
    assert!(battery.contains("\"label\":\"Charging\""), "{battery}");
}

#[test]
fn an_error_points_at_the_byte() {
    let error = refused(
        &["--from", "tlv", "--path", "/3/0", "--hex"],
        "c10964 c8 00 14 4f70656e",
    );
    assert_eq!(
        error,
        "error: byte 3: the payload ends too early\n  \
         00000000  c1 09 64 c8 00 14 4f 70 65 6e\n                     ^^\n"
    );
    let error = refused(
        &["--from", "senml-json", "--path", "/3/0"],
        "[{\"bn\":\"/3/0/\",\"n\":\"9\",\"v\":1e9999}]",
    );
    assert_eq!(
        error,
        "error: byte 27: /3/0/9: the value is not of the resource's type Integer\n  \
         [{\"bn\":\"/3/0/\",\"n\":\"9\",\"v\":1e9999}]\n                             \
         ^\n"
    );
}

#[test]
fn types_are_supplied_and_overridden() {
    let unknown = ["--from", "tlv", "--path", "/42800/0", "--hex"];
    assert!(written(&unknown, "c1012a").contains("\"opaque\",\"value\":\"2a\""));
    let supplied = [&unknown[..], &["--type", "/42800/0/1=integer"]].concat();
    assert!(written(&supplied, "c1012a").contains("\"integer\",\"value\":42"));
    let overridden = [
        "--from",
        "cbor",
        "--path",
        "/3/0/13",
        "--hex",
        "--type",
        "/3/0/13=integer",
    ];
    assert!(written(&overridden, "01").contains("\"integer\",\"value\":1"));
    assert!(written(&overridden[..5], "01").contains("\"time\",\"value\":1"));
}

#[test]
fn path_lists_and_patches_keep_their_meaning() {
    let list = [
        "--from",
        "senml-json",
        "--to",
        "senml-etch-cbor",
        "--composite",
        "--hex",
        "--base-name",
        "omitted",
    ];
    assert_eq!(
        written(&list, "[{\"n\":\"/3/0/0\"},{\"n\":\"/1\"}]"),
        "82a100662f332f302f30a100622f31\n"
    );
    let removal = written(
        &["--from", "senml-etch-cbor", "--hex"],
        "81a200692f31362f302f302f3102f6",
    );
    assert!(
        removal.contains("\"path\":\"/16/0/0/1\",\"type\":\"none\",\"value\":null"),
        "{removal}"
    );
    let created = written(&["--from", "tlv", "--path", "/42", "--hex"], "c70031323334353637");
    assert!(created.contains("\"path\":\"/42/65535/0\""), "{created}");
}

#[test]
fn prefixes_and_times_survive() {
    let payload = "[{\"bn\":\"/d01/3303/0/5700\",\"bt\":1700000000,\"v\":22.5},{\"t\":-60,\"v\":21}]";
    let records = written(&["--from", "senml-json", "--path", "/d01/3303/0"], payload);
    assert!(
        records.contains(
            "{\"path\":\"/d01/3303/0/5700\",\"type\":\"float\",\"value\":22.5,\"time\":1700000000}"
        )
    );
    assert!(
        records.contains("\"value\":21.0,\"time\":1699999940"),
        "{records}"
    );
    let arguments = [
        "--from",
        "json-records",
        "--to",
        "senml-cbor",
        "--path",
        "/d01/3303/0",
    ];
    let output = transcode(&arguments, records.as_bytes());
    let again = transcode(&["--from", "senml-cbor", "--path", "/3303/0"], &output.stdout);
    assert_eq!(String::from_utf8(again.stdout).unwrap(), records);
}

#[test]
fn links_are_shown_as_json() {
    let links = written(&["--from", "link"], "</>;ct=\"110 112\",</3/0>,</1>;ver=1.1;x\n");
    let links: serde_json::Value = serde_json::from_str(&links).unwrap();
    let expected = serde_json::json!([
        { "uri": "/", "params": [["ct", "110 112"]] },
        { "uri": "/3/0", "params": [] },
        { "uri": "/1", "params": [["ver", "1.1"], ["x", null]] },
    ]);
    assert_eq!(links, expected);
    assert!(refused(&["--from", "link"], "</1>,").contains("byte"));
    assert!(refused(&["--from", "link", "--to", "tlv"], "</1>").contains("json-records"));
}

#[test]
fn wrong_arguments_are_told_apart_from_wrong_payloads() {
    for arguments in [
        &["--from", "yaml"][..],
        &["--from", "tlv", "--path", "3/0"],
        &["--from", "tlv", "--hex", "--base64"],
        &["--from", "tlv", "--type", "/3=integer"],
        &["--from", "tlv", "--type", "/3/0/9=int"],
        &[],
    ] {
        assert_eq!(transcode(arguments, b"").status.code(), Some(2), "{arguments:?}");
    }
    assert!(refused(&["--from", "tlv", "--path", "/3/0", "--hex"], "c1096").contains("a byte is two"));
    assert!(
        refused(&["--from", "tlv", "--path", "/3/0", "--hex"], "xyz").contains("not a hexadecimal digit")
    );
    assert!(
        refused(
            &["--from", "json-records", "--to", "tlv"],
            "[{\"path\":\"/3/0/9\"}]"
        )
        .contains("record 1")
    );
    let several = "[{\"path\":\"/3/0/9\",\"type\":\"integer\",\"value\":1},\
                    {\"path\":\"/3/0/10\",\"type\":\"integer\",\"value\":1}]";
    assert!(refused(&["--from", "json-records", "--to", "text"], several).contains("cannot be written"));
}
