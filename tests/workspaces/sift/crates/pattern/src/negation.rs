//! The lines that a pattern does not match.

use crate::{Pattern, Span};

/// Matches a whole haystack when the pattern inside matches none of it.
#[derive(Debug, Clone)]
pub struct Not<P>(pub P);

impl<P: Pattern> Pattern for Not<P> {
    type Error = P::Error;

    fn find_at(&self, haystack: &[u8], at: usize) -> Result<Option<Span>, Self::Error> {
        if at > 0 || self.0.is_match(haystack)? {
            return Ok(None);
        }
        Ok(Some(Span { start: 0, end: haystack.len() }))
    }
}

/// `pattern.negated()` for every pattern there is.
pub trait Negate: Pattern + Sized {
    fn negated(self) -> Not<Self> {
        Not(self)
    }
}

impl<P: Pattern> Negate for P {}
