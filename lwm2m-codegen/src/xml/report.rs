use std::{borrow::Cow, cmp::Reverse, ops::Range};

use super::{Code, Diagnostic, Severity};

/// Collects the problems of a file: keeps the first of each severity, counts all.
pub(super) struct Report {
    limit: usize,
    kept: Vec<Finding>,
    errors: usize,
    warnings: usize,
    repairs: usize,
}

/// A diagnostic before its lines and columns are known.
struct Finding {
    code: Code,
    severity: Severity,
    span: Range<usize>,
    message: String,
    help: Cow<'static, str>,
}

impl Report {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            kept: Vec::new(),
            errors: 0,
            warnings: 0,
            repairs: 0,
        }
    }

    pub(super) fn error(&mut self, code: Code, span: Range<usize>, message: impl Into<String>) {
        self.add(code, Severity::Error, span, message, code.help());
    }

    pub(super) fn warning(&mut self, code: Code, span: Range<usize>, message: impl Into<String>) {
        self.add(code, Severity::Warning, span, message, code.help());
    }

    /// An error that ends the reading: told however many there were before.
    pub(super) fn fatal(&mut self, code: Code, span: Range<usize>, message: impl Into<String>) {
        self.kept.push(Finding {
            code,
            severity: Severity::Error,
            span,
            message: message.into(),
            help: code.help().into(),
        });
    }

    pub(super) fn add(
        &mut self,
        code: Code,
        severity: Severity,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<Cow<'static, str>>,
    ) {
        let count = match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Repaired => &mut self.repairs,
        };
        *count += 1;
        if *count <= self.limit {
            self.kept.push(Finding {
                code,
                severity,
                span,
                message: message.into(),
                help: help.into(),
            });
        }
    }

    /// The kept diagnostics in file order, and one that counts the others.
    pub(super) fn finish(mut self, bytes: &[u8]) -> Vec<Diagnostic> {
        self.summarise(bytes.len());
        self.kept
            .sort_by_key(|finding| (finding.span.start, Reverse(finding.span.end)));
        let mut cursor = Cursor::new(bytes);
        self.kept
            .into_iter()
            .map(|finding| {
                cursor.advance(finding.span.start);
                let mut end = cursor.clone();
                end.advance(finding.span.end);
                Diagnostic {
                    code: finding.code,
                    severity: finding.severity,
                    span: finding.span,
                    line: cursor.line,
                    column: cursor.column,
                    end_line: end.line,
                    end_column: end.column,
                    message: finding.message,
                    help: finding.help,
                }
            })
            .collect()
    }

    fn summarise(&mut self, end: usize) {
        let counts = [
            (Severity::Error, self.errors, "errors"),
            (Severity::Warning, self.warnings, "warnings"),
            (Severity::Repaired, self.repairs, "repairs"),
        ];
        let hidden: Vec<_> = counts
            .into_iter()
            .filter_map(|(severity, count, noun)| {
                let hidden = count.checked_sub(self.limit).filter(|hidden| *hidden > 0)?;
                Some((severity, format!("{hidden} {noun}")))
            })
            .collect();
        if let Some((severity, _)) = hidden.first() {
            let list: Vec<_> = hidden.iter().map(|(_, text)| text.as_str()).collect();
            self.kept.push(Finding {
                code: Code::Suppressed,
                severity: *severity,
                span: end..end,
                message: format!("{} more are not shown", list.join(", ")),
                help: Code::Suppressed.help().into(),
            });
        }
    }
}

/// A place in the file as line and column; it only moves forward, so that placing all diagnostics costs one pass.
#[derive(Clone)]
struct Cursor<'a> {
    bytes: &'a [u8],
    offset: usize,
    line: usize,
    column: usize,
}

impl<'a> Cursor<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
        let offset = if bytes.starts_with(BYTE_ORDER_MARK) {
            BYTE_ORDER_MARK.len()
        } else {
            0
        };
        Self {
            bytes,
            offset,
            line: 1,
            column: 1,
        }
    }

    fn advance(&mut self, to: usize) {
        let passed = self.bytes.get(self.offset..to).unwrap_or_default();
        self.offset = self.offset.max(to.min(self.bytes.len()));
        for byte in passed {
            match byte {
                b'\n' => {
                    self.line += 1;
                    self.column = 1;
                }
                // Continuation bytes of UTF-8 belong to the character that has been counted.
                0x80..=0xBF => {}
                _ => self.column += 1,
            }
        }
    }
}
