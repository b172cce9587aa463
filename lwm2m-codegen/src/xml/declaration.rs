use super::{Code, character, report::Report, text::excerpt, token::Token};

/// Checks `<?xml version=".." encoding=".." standalone=".."?>` (XML 1.0 section 2.8).
///
/// `is_ascii` tells whether the file has nothing but ASCII in it: then the encodings that extend ASCII say the same.
pub(super) fn check(token: &Token<'_>, is_ascii: bool, report: &mut Report) {
    let inner = token.raw.strip_prefix("<?xml").unwrap_or_default();
    let inner = inner.strip_suffix("?>").unwrap_or_default();
    let Some(declared) = Declared::read(inner) else {
        report.error(
            Code::Declaration,
            token.span(),
            "this XML declaration is malformed",
        );
        return;
    };
    let version_is_known = declared
        .version
        .strip_prefix("1.")
        .is_some_and(|minor| minor.bytes().all(|b| b.is_ascii_digit()));
    if !version_is_known {
        let message = format!("XML version `{}` is not 1.0", excerpt(declared.version));
        report.error(Code::Declaration, token.span(), message);
    }
    if let Some(encoding) = declared.encoding {
        let is_read = is_utf8(encoding) || (is_ascii && extends_ascii(encoding));
        if !is_read {
            let message = format!("the file declares the encoding `{}`", excerpt(encoding));
            report.error(Code::Encoding, token.span(), message);
        }
    }
    if declared
        .standalone
        .is_some_and(|answer| !matches!(answer, "yes" | "no"))
    {
        report.error(
            Code::Declaration,
            token.span(),
            "standalone is neither `yes` nor `no`",
        );
    }
}

fn is_utf8(encoding: &str) -> bool {
    ["UTF-8", "UTF8"]
        .iter()
        .any(|name| encoding.eq_ignore_ascii_case(name))
}

/// The encodings in which editors of the West save ASCII without knowing it.
fn extends_ascii(encoding: &str) -> bool {
    let encoding = encoding.to_ascii_lowercase();
    let families = ["iso-8859-", "windows-125", "latin"];
    matches!(encoding.as_str(), "us-ascii" | "ascii")
        || families.iter().any(|family| {
            encoding
                .strip_prefix(family)
                .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
        })
}

struct Declared<'a> {
    version: &'a str,
    encoding: Option<&'a str>,
    standalone: Option<&'a str>,
}

impl<'a> Declared<'a> {
    /// The pseudo attributes, in their fixed order.
    fn read(inner: &'a str) -> Option<Self> {
        let (version, rest) = pseudo_attribute(inner, "version")?;
        let (encoding, rest) = optional(rest, "encoding");
        let (standalone, rest) = optional(rest, "standalone");
        let is_complete = rest.trim_matches(character::is_blank).is_empty();
        is_complete.then_some(Self {
            version,
            encoding,
            standalone,
        })
    }
}

fn optional<'a>(text: &'a str, name: &str) -> (Option<&'a str>, &'a str) {
    match pseudo_attribute(text, name) {
        Some((value, rest)) => (Some(value), rest),
        None => (None, text),
    }
}

/// The value of ` name = "value"`, and what follows.
fn pseudo_attribute<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let trimmed = text.trim_start_matches(character::is_blank);
    if trimmed.len() == text.len() {
        return None;
    }
    let rest = trimmed
        .strip_prefix(name)?
        .trim_start_matches(character::is_blank);
    let rest = rest.strip_prefix('=')?.trim_start_matches(character::is_blank);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest.strip_prefix(quote)?.split_once(quote)
}
