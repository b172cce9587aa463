//! Rustdoc: what a definition says about an item, as Markdown that means exactly its text.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Object, Operations, Resource, Version};

/// The documentation of a struct.
pub(super) fn object(object: &Object) -> TokenStream {
    let mut text = vec![object_facts(object)];
    for part in [&object.description, &object.description2] {
        append(&mut text, &object.name, part);
    }
    lines(text)
}

/// The documentation of a resource, with its description.
pub(super) fn resource(resource: &Resource) -> TokenStream {
    let mut text = vec![resource_facts(resource)];
    append(&mut text, &resource.name, &resource.description);
    lines(text)
}

/// The documentation of a resource without its description.
pub(super) fn facts(resource: &Resource) -> TokenStream {
    lines([resource_facts(resource)])
}

/// The name or description as the documentation of a struct or field that its author owns.
pub(super) fn owned(name: &str, parts: &[&str]) -> TokenStream {
    let mut text = Vec::new();
    for part in parts {
        append(&mut text, name, part);
    }
    if text.is_empty() {
        text.push(escaped(name));
    }
    lines(text)
}

/// One doc attribute a line.
pub(super) fn lines(text: impl IntoIterator<Item = String>) -> TokenStream {
    let lines = text.into_iter().map(|line| match line.as_str() {
        "" => line,
        _ => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}

fn object_facts(object: &Object) -> String {
    let mut facts = format!(
        "{}. Object {} · version {}",
        escaped(&object.name),
        object.id,
        object.version
    );
    if object.multiple {
        facts.push_str(" · multiple");
    }
    if object.mandatory {
        facts.push_str(" · mandatory");
    }
    if object.lwm2m_version != Version::V1_0 {
        facts.push_str(&format!(" · LwM2M {}", object.lwm2m_version));
    }
    facts
}

/// `Sensor Value. Resource 5700 · R · mandatory · unit Cel · range 0..100`
fn resource_facts(resource: &Resource) -> String {
    let operations = match resource.operations {
        Operations::None => "no access",
        operations => operations.name(),
    };
    let presence = if resource.mandatory {
        "mandatory"
    } else {
        "optional"
    };
    let mut facts = format!(
        "{}. Resource {} · {operations} · {presence}",
        escaped(&resource.name),
        resource.id
    );
    if resource.multiple {
        facts.push_str(" · multiple");
    }
    for (what, text) in [("unit", &resource.units), ("range", &resource.range)] {
        if !text.is_empty() {
            facts.push_str(&format!(" · {what} "));
            escape(&mut facts, text);
        }
    }
    facts
}

/// Adds a description as a paragraph of its own, unless it only repeats the name.
fn append(text: &mut Vec<String>, name: &str, part: &str) {
    if part.trim().trim_end_matches('.') == name.trim_end_matches('.') {
        return;
    }
    let part = description(part);
    if !part.is_empty() && !text.is_empty() {
        text.push(String::new());
    }
    text.extend(part);
}

/// A description as lines of Markdown that show its lines as they are: no code, no links, no HTML, no lists.
pub fn description(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split(['\n', '\r']).map(escaped) {
        let previous = lines.last_mut().filter(|last| !last.is_empty());
        match (previous, line.is_empty()) {
            (None, true) => continue,
            // A hard line break: the lines of a description are often a list.
            (Some(previous), false) => previous.push('\\'),
            _ => {}
        }
        lines.push(line);
    }
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// A text as one line of Markdown that shows exactly its words.
pub(super) fn escaped(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    escape(&mut line, text);
    line
}

/// The same behind what is on the line already.
fn escape(line: &mut String, text: &str) {
    for (index, word) in text.split_whitespace().enumerate() {
        if index > 0 {
            line.push(' ');
        }
        escape_word(line, word);
    }
}

fn escape_word(line: &mut String, word: &str) {
    // What begins a heading, a list or a rule does so at the beginning of a line only.
    let mut leading = line.is_empty();
    let mut rest = word.chars().filter(|c| is_visible(*c)).peekable();
    while let Some(c) = rest.next() {
        let special = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' | '^' => true,
            '#' | '-' | '+' | '=' if leading => true,
            // `1.` and `1)` begin a list.
            '.' | ')' if leading => rest.peek().is_none(),
            // A bare address would become a link.
            ':' => rest.peek() == Some(&'/'),
            _ => false,
        };
        if special {
            line.push('\\');
        }
        line.push(c);
        leading &= c.is_ascii_digit();
    }
}

/// Whether a character may stand in a comment: none that a reader cannot see, none that turns the text around.
fn is_visible(c: char) -> bool {
    let hidden = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !hidden && !c.is_control()
}

/// The text that Markdown shows, where it comes from [`description`]; of other Markdown, the text with its marks.
pub fn plain_text(markdown: &str) -> String {
    let lines: Vec<_> = markdown.lines().map(|line| unescaped(line.trim())).collect();
    lines.join("\n").trim().to_owned()
}

fn unescaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('\\', None) => {}
            ('\\', Some(next)) if next.is_ascii_punctuation() => text.extend(rest.next()),
            _ => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_shown_and_not_obeyed() {
        let hostile = "    indented\n```\nfence\n```\n[link](x) <b> *a* `c` */ #![x]\n# h\n- i\n1. n\n2) m\n---\n===\nhttp://a.b/c\\n";
        assert_eq!(
            description(hostile),
            [
                "indented\\",
                "\\`\\`\\`\\",
                "fence\\",
                "\\`\\`\\`\\",
                "\\[link\\](x) \\<b\\> \\*a\\* \\`c\\` \\*/ #!\\[x\\]\\",
                "\\# h\\",
                "\\- i\\",
                "1\\. n\\",
                "2\\) m\\",
                "\\---\\",
                "\\===\\",
                "http\\://a.b/c\\\\n",
            ]
        );
    }

    #[test]
    fn blank_lines_part_paragraphs() {
        assert_eq!(description("\n\n a\n\n\n b \n c\n\n"), ["a", "", "b\\", "c"]);
        assert_eq!(description(" \n\t"), [""; 0]);
    }

    #[test]
    fn characters_that_hide_or_turn_are_left_out() {
        assert_eq!(description("a\u{202e}b\u{200b}c\u{7}d\u{2028}e"), ["abcd e"]);
    }

    #[test]
    fn plain_text_undoes_description() {
        let text = "a_b [c]\n1. d\\n\n\n\\ e\\";
        assert_eq!(plain_text(&description(text).join("\n")), text);
    }
}
