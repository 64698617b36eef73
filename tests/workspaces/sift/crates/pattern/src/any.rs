//! Alternatives: the leftmost match of several patterns.

use crate::{Error, Pattern, Result, Span};

/// Several patterns of one error type; matches where the first of them does.
pub struct Any<E> {
    alternatives: Vec<Box<dyn Pattern<Error = E> + Send + Sync>>,
}

impl<E: std::fmt::Display> Pattern for Any<E> {
    type Error = E;

    fn find_at(&self, haystack: &[u8], at: usize) -> std::result::Result<Option<Span>, E> {
        let mut best: Option<Span> = None;
        for alternative in &self.alternatives {
            if let Some(span) = alternative.find_at(haystack, at)? {
                best = match best {
                    Some(known) if known <= span => Some(known),
                    _ => Some(span),
                };
            }
        }
        Ok(best)
    }
}

/// Collects alternatives.
#[derive(Default)]
pub struct AnyBuilder<E> {
    alternatives: Vec<Box<dyn Pattern<Error = E> + Send + Sync>>,
    limit: Option<usize>,
}

impl<E> AnyBuilder<E>
where
    E: std::fmt::Display,
{
    const DEFAULT_LIMIT: usize = 1_000;

    pub fn new() -> Self {
        AnyBuilder { alternatives: Vec::new(), limit: None }
    }

    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    pub fn push<P>(mut self, pattern: P) -> Self
    where
        P: Pattern<Error = E> + Send + Sync + 'static,
    {
        self.alternatives.push(Box::new(pattern));
        self
    }

    pub fn build(self) -> Result<Any<E>> {
        let limit = self.limit.unwrap_or(Self::DEFAULT_LIMIT);
        match self.alternatives.len() {
            0 => Err(Error::Empty),
            count if count > limit => Err(Error::TooMany(count)),
            _ => Ok(Any { alternatives: self.alternatives }),
        }
    }
}
