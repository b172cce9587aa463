//! Files, and the files that they name.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
};

use lwm2m_runtime::{
    configuration::BootstrapConfiguration,
    configuration_file::{ConfigurationFile, ConfigurationFileError},
};

/// A directory that is gone after the test.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("lwm2m-{}-{name}", process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        allow(&path, 0o600);
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(unix)]
fn allow(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn allow(_: &Path, _: u32) {}

const ACCOUNT: &str = "[[server]]\nshort-server-id = 1\nuri = \"coaps://a.example.com\"\n[server.security]\n";

fn secret(configuration: &BootstrapConfiguration) -> &[u8] {
    configuration.servers[0].security.secret_key.as_deref().unwrap()
}

#[test]
fn keys_come_from_files_beside_it() {
    let directory = Directory::new("keys");
    let key: Vec<u8> = (100..116).collect();
    directory.write("sensor.key", &key);
    let psk =
        format!("{ACCOUNT}mode = \"pre-shared-key\"\nidentity = \"a\"\nkey = {{ file = \"sensor.key\" }}\n");
    let path = directory.write("device.toml", &psk);
    let read = ConfigurationFile::open(&path).unwrap().accounts().unwrap();
    assert_eq!(read.warnings, []);
    assert_eq!(secret(&read.value), key);

    let text = ConfigurationFile::new(psk).in_directory(&directory.0);
    assert_eq!(secret(&text.accounts().unwrap().value), key);
}

#[test]
fn a_key_file_of_digits_is_told() {
    let directory = Directory::new("digits");
    directory.write("sensor.key", "8a6ff26e07d5bc4a19e3d6f0b7c25e91\n");
    let psk =
        format!("{ACCOUNT}mode = \"pre-shared-key\"\nidentity = \"a\"\nkey = {{ file = \"sensor.key\" }}\n");
    let file = ConfigurationFile::new(psk).in_directory(&directory.0);
    let found = file.accounts().unwrap().warnings;
    assert!(
        found.len() == 1 && found[0].message.contains("hexadecimal digits"),
        "{found:?}"
    );
}

#[test]
fn a_file_is_shown_without_its_secrets() {
    let shown = format!("{:?}", ConfigurationFile::new("key = \"geheim\""));
    assert!(
        shown.contains("ConfigurationFile") && !shown.contains("geheim"),
        "{shown}"
    );
}

#[test]
fn certificates_come_from_der_and_pem() {
    let directory = Directory::new("pem");
    directory.write("own.der", [0x30, 0x01]);
    directory.write(
        "own.pem",
        "-----BEGIN PRIVATE KEY-----\nMAAA\nMAAB\n-----END PRIVATE KEY-----\n",
    );
    directory.write(
        "broken.pem",
        "-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----\n",
    );
    let account = |key: &str| {
        format!(
            "{ACCOUNT}mode = \"certificate\"\ncertificate = {{ file = \"own.der\" }}\n\
             private-key = {{ file = \"{key}\" }}\nserver-certificate = {{ hex = \"3000\" }}\n"
        )
    };
    let read = |key: &str| {
        ConfigurationFile::new(account(key))
            .in_directory(&directory.0)
            .accounts()
    };
    let checked = read("own.pem").unwrap();
    assert_eq!(checked.warnings, []);
    assert_eq!(secret(&checked.value), [0x30, 0, 0, 0x30, 0, 1]);
    let own = checked.value.servers[0]
        .security
        .public_key_or_identity
        .as_deref();
    assert_eq!(own, Some(&[0x30, 0x01][..]));

    let broken = read("broken.pem").unwrap_err().to_string();
    assert!(
        broken.starts_with("7:17: ") && broken.contains("is no PEM"),
        "{broken}"
    );
    let missing = read("missing.pem").unwrap_err().to_string();
    assert!(
        missing.contains("there is no file") && missing.contains("relative"),
        "{missing}"
    );
}

#[cfg(unix)]
#[test]
fn keys_that_others_may_read_are_told() {
    let directory = Directory::new("modes");
    let key = directory.write("sensor.key", (100..116).collect::<Vec<u8>>());
    let with =
        |key: &str| format!("{ACCOUNT}mode = \"pre-shared-key\"\nidentity = \"a\"\nkey = {{ {key} }}\n");
    let warnings = |path: &Path| {
        let checked = ConfigurationFile::open(path).unwrap().accounts().unwrap();
        checked
            .warnings
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let inside = directory.write("inside.toml", with("hex = \"8a6ff26e07d5bc4a19e3d6f0b7c25e91\""));
    let beside = directory.write("beside.toml", with("file = \"sensor.key\""));
    assert_eq!((warnings(&inside).len(), warnings(&beside).len()), (0, 0));

    allow(&inside, 0o644);
    allow(&beside, 0o644);
    let found = warnings(&inside);
    assert!(
        found.len() == 1 && found[0].starts_with("7:9: others may read"),
        "{found:?}"
    );
    assert_eq!(warnings(&beside).len(), 0, "the key is elsewhere");
    allow(&key, 0o604);
    let found = warnings(&beside);
    assert!(found.len() == 1 && found[0].contains("chmod o= "), "{found:?}");
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let directory = Directory::new("unreadable");
    let missing = directory.0.join("missing.toml");
    match ConfigurationFile::open(&missing) {
        Err(error @ ConfigurationFileError::Read { .. }) => {
            assert!(error.to_string().contains("missing.toml"), "{error}");
            assert!(error.problems().is_empty());
        }
        other => panic!("{other:?}"),
    }
    let path = directory.write("latin.toml", [b'a', 0xE9]);
    assert!(matches!(
        ConfigurationFile::open(path),
        Err(ConfigurationFileError::Read { .. })
    ));
    let wrong = directory.write("wrong.toml", "a = 1\nb = 2\n");
    let error = ConfigurationFile::open(&wrong).unwrap().accounts().unwrap_err();
    let lines: Vec<_> = error.to_string().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2);
    let prefix = format!("{}:2:1: `b` ", wrong.display());
    assert!(lines[1].starts_with(&prefix), "{lines:?}");
}

#[cfg(unix)]
#[test]
fn a_file_without_end_is_refused() {
    let error = ConfigurationFile::open("/dev/zero").unwrap_err();
    assert!(
        matches!(error, ConfigurationFileError::TooLong { .. }),
        "{error:?}"
    );
}
