//! Plain bytes, with and without regard to case.

use crate::{Error, Never, Pattern, Result, Span};

/// Bytes that must appear as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    needle: Vec<u8>,
}

impl Literal {
    /// Raises [`Error::Empty`] for an empty text.
    pub fn new(text: impl AsRef<[u8]>) -> Result<Literal> {
        let needle = text.as_ref().to_vec();
        if needle.is_empty() {
            return Err(Error::Empty);
        }
        Ok(Literal { needle })
    }

    /// The same bytes without regard to ASCII case.
    pub fn fold_case(self) -> CaseFolded {
        CaseFolded { needle: self.needle.to_ascii_lowercase() }
    }

    pub(crate) fn needle(&self) -> &[u8] {
        &self.needle
    }
}

impl Pattern for Literal {
    type Error = Never;

    fn find_at(&self, haystack: &[u8], at: usize) -> std::result::Result<Option<Span>, Never> {
        Ok(position(&haystack[at..], self.needle(), |a, b| a == b).map(|start| Span::new(start + at, self.needle.len())))
    }
}

/// Bytes in any case.
#[derive(Debug, Clone)]
pub struct CaseFolded {
    needle: Vec<u8>,
}

impl Pattern for CaseFolded {
    type Error = Never;

    fn find_at(&self, haystack: &[u8], at: usize) -> std::result::Result<Option<Span>, Self::Error> {
        let found = position(&haystack[at..], &self.needle, |a, b| a.to_ascii_lowercase() == b);
        Ok(found.map(|start| Span::new(start, self.needle.len()).shifted(at)))
    }

    fn is_match(&self, haystack: &[u8]) -> std::result::Result<bool, Self::Error> {
        Ok(haystack.len() >= self.needle.len() && self.find(haystack)?.is_some())
    }
}

impl std::str::FromStr for Literal {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

fn position<F>(haystack: &[u8], needle: &[u8], same: F) -> Option<usize>
where
    F: Fn(u8, u8) -> bool,
{
    haystack
        .windows(needle.len())
        .position(|window| window.iter().zip(needle).all(|(a, b)| same(*a, *b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_found_where_it_stands() {
        let pattern = Literal::new("an").unwrap();
        let spans: Vec<Span> = pattern.matches(b"banana").map(|found| found.unwrap()).collect();
        assert_eq!(spans, vec![Span::new(1, 2), Span::new(3, 2)]);
    }

    #[test]
    fn case_does_not_count_when_folded() {
        let folded = Literal::new("AN").unwrap().fold_case();
        assert!(folded.is_match(b"bAnana").unwrap());
    }
}
