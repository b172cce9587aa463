//! Keys, certificates and other bytes: as text, in hexadecimal, in base64, or from a file beside this one.

use std::{
    format,
    fs::File,
    io::{self, Read},
    path::Path,
    string::String,
    vec::Vec,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use toml::de::DeValue;

use super::{
    problem::{Context, quoted},
    table::{Entry, Table},
};

/// What bytes may be, besides `{ hex = ".." }`, `{ base64 = ".." }` and `{ file = ".." }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text stands for its bytes.
    Text,
    /// Nothing else.
    Public,
    /// Nothing else, and nobody should read them.
    Secret,
}

/// The longest file of a key or certificate.
const MAX_BYTES: u64 = 64 * 1024;

pub(super) fn bytes(context: &mut Context<'_>, entry: &Entry<'_>, kind: Kind) -> Option<Vec<u8>> {
    match (entry.value, kind) {
        (DeValue::String(text), Kind::Text) => return Some(text.as_bytes().to_vec()),
        (DeValue::Table(_), _) => {}
        _ => {
            let forms = "{ hex = \"..\" }, { base64 = \"..\" } or { file = \"..\" }";
            let text = if kind == Kind::Text { "a string, " } else { "" };
            entry.mismatch(context, &format!("{text}{forms}"));
            return None;
        }
    }
    let mut table = Table::of("a value of bytes", context, entry)?;
    let found = ["hex", "base64", "file"].map(|form| table.take(form));
    table.finish(context);
    let mut given = found.into_iter().flatten();
    let (Some(form), None) = (given.next(), given.next()) else {
        context.error(
            &entry.at,
            format!("{} needs one of `hex`, `base64` and `file`", quoted(&entry.key)),
        );
        return None;
    };
    let text = form.string(context)?;
    let (bytes, wrong) = match form.key.as_str() {
        "hex" => (hex(text), "is no hexadecimal: write two digits for each byte"),
        "base64" => (
            STANDARD.decode(text.trim()).ok(),
            "is no base64 of the standard alphabet with its padding",
        ),
        _ => return file(context, &form, text, kind),
    };
    if kind == Kind::Secret {
        context.secret.get_or_insert(form.at.start);
    }
    if bytes.is_none() {
        context.error(&form.at, format!("{} {wrong}", quoted(&entry.key)));
    }
    bytes
}

/// Two digits for each byte, with blanks or colons between bytes where there are some.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text
        .chars()
        .filter(|digit| !matches!(digit, ' ' | ':' | '\n' | '\r' | '\t'));
    let digits: Vec<u32> = digits.map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    });
    pairs.collect()
}

fn file(context: &mut Context<'_>, form: &Entry<'_>, name: &str, kind: Kind) -> Option<Vec<u8>> {
    let path = context.directory.join(name);
    let (content, open) = match read(&path, MAX_BYTES) {
        Ok(content) => content,
        Err(error) => {
            let path = path.display();
            let message = match error.kind() {
                io::ErrorKind::NotFound => {
                    format!("there is no file {path}; paths are relative to the directory of this file")
                }
                _ => format!("cannot read {path}: {error}"),
            };
            context.error(&form.at, message);
            return None;
        }
    };
    if open && kind == Kind::Secret {
        let message = format!("others may read the key in {0}; `chmod o= {0}`", path.display());
        context.warn(&form.at, message);
    }
    let read = match content.starts_with(b"-----BEGIN ") {
        true => pem(&content),
        false => Some(content),
    };
    if read.is_none() {
        let message = format!("{} is no PEM: its base64 cannot be read", path.display());
        context.error(&form.at, message);
    }
    read
}

/// The bytes of a file, and whether everybody on this host may read them.
///
/// # Errors
///
/// What the system says, or that it is longer than it may be.
pub(super) fn read(path: &Path, most: u64) -> io::Result<(Vec<u8>, bool)> {
    let file = File::open(path)?;
    let open = readable_by_others(&file)?;
    let mut content = Vec::new();
    file.take(most + 1).read_to_end(&mut content)?;
    match u64::try_from(content.len()) {
        Ok(length) if length <= most => Ok((content, open)),
        _ => Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it is longer than {most} bytes"),
        )),
    }
}

#[cfg(unix)]
fn readable_by_others(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    Ok(file.metadata()?.mode() & 0o004 != 0)
}

/// Who may read a file is not known.
#[cfg(not(unix))]
fn readable_by_others(_: &File) -> io::Result<bool> {
    Ok(false)
}

/// What the first block of a PEM file holds (RFC 7468).
fn pem(content: &[u8]) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(content).ok()?;
    let lines = text.lines().skip(1).map(str::trim);
    let body: String = lines.take_while(|line| !line.starts_with("-----END ")).collect();
    STANDARD.decode(body).ok().filter(|bytes| !bytes.is_empty())
}
