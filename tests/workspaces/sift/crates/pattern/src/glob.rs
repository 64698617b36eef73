//! Shell globs: `*`, `?` and `[a-z]`, over the whole haystack.

use super::error::{Error, Result};
use crate::{Never, Pattern, Span};

/// One step of a glob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    Byte(u8),
    AnyByte,
    Star,
    Class { ranges: Vec<(u8, u8)>, negated: bool },
}

impl Token {
    fn accepts(&self, byte: u8) -> bool {
        match self {
            Token::Byte(expected) => *expected == byte,
            Token::AnyByte | Token::Star => true,
            Token::Class { ranges, negated } => {
                ranges.iter().any(|&(low, high)| low <= byte && byte <= high) != *negated
            }
        }
    }
}

/// A glob that must match all of a haystack.
#[derive(Debug, Clone)]
pub struct Glob {
    tokens: Vec<Token>,
    pub source: String,
}

impl Glob {
    pub const WILDCARDS: &'static [u8] = b"*?[";

    /// Parses a glob.
    pub fn new(source: &str) -> Result<Glob> {
        let mut parser = Parser { bytes: source.as_bytes(), at: 0 };
        let mut tokens = Vec::new();
        while let Some(token) = parser.token()? {
            tokens.push(token);
        }
        Ok(Self { tokens, source: source.to_owned() })
    }

    /// Whether a text has anything special in it.
    pub fn is_glob(text: &str) -> bool {
        text.bytes().any(|byte| Self::WILDCARDS.contains(&byte))
    }
}

struct Parser<'s> {
    bytes: &'s [u8],
    at: usize,
}

impl Parser<'_> {
    fn token(&mut self) -> Result<Option<Token>> {
        let Some(byte) = self.next() else { return Ok(None) };
        Ok(Some(match byte {
            b'*' => Token::Star,
            b'?' => Token::AnyByte,
            b'[' => self.class()?,
            other => Token::Byte(other),
        }))
    }

    fn class(&mut self) -> Result<Token> {
        let opened = self.at - 1;
        let negated = self.bytes.get(self.at) == Some(&b'!');
        if negated {
            self.at += 1;
        }
        let mut ranges = vec![];
        loop {
            let low = self.next().ok_or(Error::Unclosed { at: opened })?;
            if low == b']' && !ranges.is_empty() {
                return Ok(Token::Class { ranges, negated });
            }
            let high = if self.bytes.get(self.at) == Some(&b'-') {
                self.at += 1;
                self.next().ok_or(Error::Unclosed { at: opened })?
            } else {
                low
            };
            ranges.push((low, high));
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }
}

impl Pattern for Glob {
    type Error = Never;

    fn find_at(&self, haystack: &[u8], at: usize) -> std::result::Result<Option<Span>, Never> {
        let whole = at == 0 && accepts(&self.tokens, haystack);
        Ok(whole.then(|| Span { start: 0, end: haystack.len() }))
    }
}

fn accepts(tokens: &[Token], text: &[u8]) -> bool {
    match tokens.split_first() {
        None => text.is_empty(),
        Some((Token::Star, rest)) => (0..=text.len()).any(|skipped| accepts(rest, &text[skipped..])),
        Some((token, rest)) => match text.split_first() {
            Some((byte, others)) => token.accepts(*byte) && accepts(rest, others),
            None => false,
        },
    }
}
