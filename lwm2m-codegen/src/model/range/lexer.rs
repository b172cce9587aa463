use std::{iter::Peekable, str::CharIndices};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// With its sign, its decimals and its exponent.
    Number(&'t str),
    Word(&'t str),
    /// How many, at most 4.
    Dots(u8),
    /// Also a dash.
    Hyphen,
    Comma,
    Semicolon,
    /// Also an equals sign.
    Colon,
    Open,
    Close,
    Other,
}

impl Token<'_> {
    /// Whether it makes two numbers an interval.
    pub(super) fn is_interval(self) -> bool {
        match self {
            Self::Dots(count) => (2..=3).contains(&count),
            Self::Word(word) => word.eq_ignore_ascii_case("to"),
            Self::Hyphen => true,
            _ => false,
        }
    }
}

/// The tokens of a range text.
pub(super) struct Lexer<'t> {
    text: &'t str,
    chars: Peekable<CharIndices<'t>>,
    after_number: bool,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            chars: text.char_indices().peekable(),
            after_number: false,
        }
    }

    fn skip_while(&mut self, mut belongs: impl FnMut(char) -> bool) -> usize {
        while self.chars.next_if(|(_, c)| belongs(*c)).is_some() {}
        self.chars.peek().map_or(self.text.len(), |(at, _)| *at)
    }

    /// What follows the next character.
    fn second(&self) -> Option<char> {
        let mut ahead = self.chars.clone();
        ahead.next()?;
        ahead.next().map(|(_, c)| c)
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn number(&mut self, start: usize) -> Token<'t> {
        let mut end = self.skip_while(|c| c.is_ascii_digit());
        let next = self.chars.peek().map(|(_, c)| *c);
        if next == Some('.') && self.second().is_some_and(|c| c.is_ascii_digit()) {
            self.chars.next();
            end = self.skip_while(|c| c.is_ascii_digit());
        }
        if matches!(self.chars.peek(), Some((_, 'e' | 'E'))) {
            let mut ahead = self.chars.clone();
            ahead.next();
            ahead.next_if(|(_, c)| matches!(c, '+' | '-'));
            if ahead.peek().is_some_and(|(_, c)| c.is_ascii_digit()) {
                self.chars = ahead;
                end = self.skip_while(|c| c.is_ascii_digit());
            }
        }
        Token::Number(self.slice(start, end))
    }
}

impl<'t> Iterator for Lexer<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        self.skip_while(char::is_whitespace);
        let (start, first) = self.chars.next()?;
        let before_digit = self.chars.peek().is_some_and(|(_, c)| c.is_ascii_digit());
        let token = match first {
            '0'..='9' => self.number(start),
            '+' | '-' if before_digit && !self.after_number => self.number(start),
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => Token::Hyphen,
            '.' => {
                let mut count = 1_u8;
                self.skip_while(|c| {
                    let dot = c == '.' && count < 4;
                    count += u8::from(dot);
                    dot
                });
                Token::Dots(count)
            }
            '\u{2026}' => Token::Dots(3),
            ',' => Token::Comma,
            ';' => Token::Semicolon,
            ':' | '=' => Token::Colon,
            '[' => Token::Open,
            ']' => Token::Close,
            c if c.is_alphabetic() => {
                let end = self.skip_while(|c| c.is_alphanumeric() || c == '_');
                Token::Word(self.slice(start, end))
            }
            _ => Token::Other,
        };
        self.after_number = matches!(token, Token::Number(_));
        Some(token)
    }
}
