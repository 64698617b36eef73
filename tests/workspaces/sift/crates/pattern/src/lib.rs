//! Patterns: what can be looked for in a line of bytes.
//!
//! Everything here is generic over [`Pattern`]; nothing knows about files or output.

mod any;
mod error;
mod glob;
mod literal;
#[macro_use]
mod macros;
#[path = "negation.rs"]
pub mod not;

pub use self::any::{Any, AnyBuilder};
pub use crate::error::{Error, Result};
pub use glob::*;
pub use literal::{CaseFolded, Literal};

/// A half-open range of bytes in a haystack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// An empty span at `at`.
    pub const fn empty(at: usize) -> Span {
        Span { start: at, end: at }
    }

    /// A span of `length` bytes from `start` on.
    pub fn new(start: usize, length: usize) -> Self {
        Self { start, end: start + length }
    }

    pub fn len(&self) -> usize {
        self.end - self.start
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The span moved by `offset` bytes.
    pub fn shifted(self, offset: usize) -> Span {
        Span { start: self.start + offset, end: self.end + offset }
    }
}

impl std::ops::Index<Span> for [u8] {
    type Output = [u8];

    fn index(&self, span: Span) -> &[u8] {
        &self[span.start..span.end]
    }
}

/// Something that can be looked for.
///
/// Implementors give `find_at`; the rest follows from it.
pub trait Pattern {
    /// What goes wrong while searching; [`Never`] for patterns that can't fail.
    type Error: std::fmt::Display;

    /// The first match at or after `at`.
    fn find_at(&self, haystack: &[u8], at: usize) -> std::result::Result<Option<Span>, Self::Error>;

    /// The first match from the start.
    fn find(&self, haystack: &[u8]) -> std::result::Result<Option<Span>, Self::Error> {
        self.find_at(haystack, 0)
    }

    /// Whether there is a match at all. Cheaper than `find` where an implementor knows a short cut.
    fn is_match(&self, haystack: &[u8]) -> std::result::Result<bool, Self::Error> {
        Ok(self.find(haystack)?.is_some())
    }

    /// Every match that overlaps no earlier one.
    fn matches<'p, 'h>(&'p self, haystack: &'h [u8]) -> Matches<'p, 'h, Self>
    where
        Self: Sized,
    {
        Matches { pattern: self, haystack, at: 0 }
    }
}

/// A pattern behind a reference is a pattern.
impl<'a, P: Pattern + ?Sized> Pattern for &'a P {
    type Error = P::Error;

    fn find_at(&self, haystack: &[u8], at: usize) -> std::result::Result<Option<Span>, P::Error> {
        (**self).find_at(haystack, at)
    }

    fn is_match(&self, haystack: &[u8]) -> std::result::Result<bool, P::Error> {
        (**self).is_match(haystack)
    }
}

impl<P> Pattern for Box<P>
where
    P: Pattern + ?Sized,
{
    type Error = P::Error;

    fn find_at(&self, haystack: &[u8], at: usize) -> std::result::Result<Option<Span>, Self::Error> {
        self.as_ref().find_at(haystack, at)
    }
}

/// The error of patterns that can't fail.
#[derive(Debug, Clone, Copy)]
pub enum Never {}

impl std::fmt::Display for Never {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

/// Iterator over the matches of a pattern; see [`Pattern::matches`].
pub struct Matches<'p, 'h, P> {
    pattern: &'p P,
    haystack: &'h [u8],
    at: usize,
}

impl<'p, 'h, P: Pattern> Iterator for Matches<'p, 'h, P> {
    type Item = std::result::Result<Span, P::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at > self.haystack.len() {
            return None;
        }
        match self.pattern.find_at(self.haystack, self.at) {
            Ok(Some(span)) => {
                self.at = if span.is_empty() { span.end + 1 } else { span.end };
                Some(Ok(span))
            }
            Ok(None) => None,
            Err(error) => {
                self.at = self.haystack.len() + 1;
                Some(Err(error))
            }
        }
    }
}
