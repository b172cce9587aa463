use std::{fmt::Write as _, ops::Range};

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Severity};
use crate::printable::Printable;

/// Whether a report is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Style {
    /// No escape sequences.
    #[default]
    Plain,
    /// ANSI escape sequences, for terminals.
    Coloured,
}

/// A diagnostic for people: the place, the source line with the trouble underlined, and what to do.
///
/// `bytes` are those the diagnostic was made from. Of a long line only the part around the trouble is shown.
pub fn render(diagnostic: &Diagnostic, file: &str, bytes: &[u8], style: Style) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Repaired => Level::NOTE.with_name(Some("repaired")),
    };
    let code = diagnostic.code.to_string();
    let title = level.primary_title(diagnostic.message.as_str()).id(code.as_str());
    // A file's name comes from outside, just as its text does.
    let file = Printable(file).to_string();
    let window = Window::around(&diagnostic.span, bytes);
    let snippet = Snippet::source(window.text.as_str())
        .line_start(diagnostic.line)
        .annotation(AnnotationKind::Primary.span(window.span));
    let group = if window.is_cut {
        // The column in the window is not the column in the line.
        let origin = Origin::path(file).line(diagnostic.line);
        title
            .element(origin.char_column(diagnostic.column))
            .element(snippet)
    } else {
        title.element(snippet.path(file))
    };
    let group = group.element(Level::HELP.message(diagnostic.help.as_ref()));
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    renderer.render(&[group])
}

/// The part of a line that is shown.
struct Window {
    text: String,
    /// The trouble within `text`.
    span: Range<usize>,
    /// Whether the line starts before the window.
    is_cut: bool,
}

impl Window {
    /// Shown before the trouble, and from its start on, in bytes. What fits is fitted to the width by the renderer.
    const BEFORE: usize = 400;
    const AFTER: usize = 200;

    fn around(span: &Range<usize>, bytes: &[u8]) -> Self {
        let start = span.start.min(bytes.len());
        let (before, after) = bytes.split_at_checked(start).unwrap_or((bytes, &[]));
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |lf| lf + 1);
        let line_end = after
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'))
            .map_or(bytes.len(), |end| start + end);
        let from = on_boundary(bytes, line_start.max(start.saturating_sub(Self::BEFORE)));
        let to = on_boundary(bytes, line_end.min(start + Self::AFTER));
        let shown = |range: Range<usize>| printable(bytes.get(range).unwrap_or_default());
        let mut text = String::new();
        if from > line_start {
            text.push('…');
        }
        text.push_str(shown(from..start).trim_start_matches('\u{FEFF}'));
        let trouble = text.len();
        text.push_str(&shown(start..span.end.clamp(start, to)));
        let end = text.len();
        text.push_str(&shown(span.end.clamp(start, to)..to));
        if to < line_end {
            text.push('…');
        }
        Self {
            text,
            span: trouble..end,
            is_cut: from > line_start,
        }
    }
}

/// The renderer replaces the control characters of ASCII; terminals obey those behind it too.
fn printable(bytes: &[u8]) -> String {
    let is_control = |c: char| matches!(c, '\u{80}'..='\u{9f}');
    String::from_utf8_lossy(bytes).replace(is_control, "\u{fffd}")
}

/// The start of the character that `offset` lies in.
fn on_boundary(bytes: &[u8], offset: usize) -> usize {
    let is_continuation = |offset: &usize| matches!(bytes.get(*offset), Some(0x80..=0xBF));
    // A character of UTF-8 has at most three continuation bytes.
    (offset.saturating_sub(3)..=offset)
        .rev()
        .find(|offset| !is_continuation(offset))
        .unwrap_or(offset)
}

/// A diagnostic for machines: one JSON object on one line.
///
/// `file`, `line`, `column`, `end_line`, `end_column`, `code`, `severity` (`error`, `warning`, `repaired`), `message`,
/// `help`. Lines and columns count from 1, columns in characters; the end is behind the last character.
pub fn json(diagnostic: &Diagnostic, file: &str) -> String {
    let mut line = String::from("{\"file\":");
    string(&mut line, file);
    // Writing to a String cannot fail.
    let _ = write!(
        line,
        ",\"line\":{},\"column\":{},\"end_line\":{},\"end_column\":{},\"code\":\"{}\",\"severity\":\"{}\",\"message\":",
        diagnostic.line,
        diagnostic.column,
        diagnostic.end_line,
        diagnostic.end_column,
        diagnostic.code,
        diagnostic.severity,
    );
    string(&mut line, &diagnostic.message);
    line.push_str(",\"help\":");
    string(&mut line, &diagnostic.help);
    line.push('}');
    line
}

fn string(line: &mut String, text: &str) {
    line.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => line.extend(['\\', c]),
            c if c < ' ' => {
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            }
            c => line.push(c),
        }
    }
    line.push('"');
}
