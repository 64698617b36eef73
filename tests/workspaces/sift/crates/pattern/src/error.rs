use std::fmt;

/// Why a pattern can't be made of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The text is empty.
    Empty,
    /// A bracket at this byte is never closed.
    Unclosed { at: usize },
    /// More alternatives than a set can hold.
    TooMany(usize),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Empty => out.write_str("the pattern is empty"),
            Error::Unclosed { at } => write!(out, "the bracket at byte {at} is never closed"),
            Self::TooMany(count) => write!(out, "{count} alternatives are too many"),
        }
    }
}

impl std::error::Error for Error {}
