//! A line of the console as words.

use lwm2m_runtime::model::{ParsePathError, Path};

/// The words of a line: separated by blanks, unless quotes hold them together. In quotes a backslash makes the next
/// character ordinary.
pub(crate) fn split(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' if quoted => {
                let next = characters.next().ok_or("a backslash ends the line")?;
                word.get_or_insert_default().push(next);
            }
            blank if blank.is_whitespace() && !quoted => words.extend(word.take()),
            // A comment.
            '#' if word.is_none() && !quoted => break,
            other => word.get_or_insert_default().push(other),
        }
    }
    if quoted {
        return Err("a quote is not closed");
    }
    words.extend(word);
    Ok(words)
}

/// Takes the last `name=value` out of the words.
pub(crate) fn option(words: &mut Vec<String>, name: &str) -> Option<String> {
    let found = words
        .iter()
        .rposition(|word| word.split_once('=').is_some_and(|(left, _)| left == name))?;
    let word = words.remove(found);
    word.split_once('=').map(|(_, value)| value.to_owned())
}

/// A path as a word.
pub(crate) fn path(text: &str) -> Result<Path, String> {
    text.parse()
        .map_err(|error: ParsePathError| format!("{text:?} is no path, as /3/0/9 is: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_a_word_together() {
        assert_eq!(
            split(r#" write dev  /3/0/15 "Europe \"x\"" # not this"#).unwrap(),
            ["write", "dev", "/3/0/15", "Europe \"x\""]
        );
        assert_eq!(split(r#"a="b c"d """#).unwrap(), ["a=b cd", ""]);
        assert!(split("# nothing").unwrap().is_empty());
        assert!(split("open \"quote").is_err());
    }
}
