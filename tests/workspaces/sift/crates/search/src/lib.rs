//! The search: any [`Pattern`] over any source of files into any [`Report`].

pub mod source;

use std::fmt;
use std::io;

use output::{Flow, Line, Report};
use sift_pattern::Pattern;

pub use self::source::{Files, Memory, Source};

/// Why a search stopped.
#[derive(Debug)]
pub enum Failure<E> {
    Pattern(E),
    Io(io::Error),
}

impl<E: fmt::Display> fmt::Display for Failure<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Pattern(error) => write!(out, "the pattern failed: {error}"),
            Failure::Io(error) => error.fmt(out),
        }
    }
}

impl<E> From<io::Error> for Failure<E> {
    fn from(error: io::Error) -> Self {
        Failure::Io(error)
    }
}

/// What to do with a file that looks binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Binary {
    #[default]
    Skip,
    Search,
}

/// A search that is set up; `run` may be called more than once.
#[derive(Debug, Clone)]
pub struct Search<P> {
    pattern: P,
    binary: Binary,
    max_lines: Option<u64>,
}

impl<P: Pattern> Search<P> {
    pub fn new(pattern: P) -> Search<P> {
        Search { pattern, binary: Binary::default(), max_lines: None }
    }

    pub fn binary(mut self, binary: Binary) -> Self {
        self.binary = binary;
        self
    }

    pub fn max_lines(mut self, lines: u64) -> Self {
        self.max_lines = Some(lines);
        self
    }

    /// Searches everything a source has and returns the report's summary.
    pub fn run<S, R>(&self, source: S, mut report: R) -> Result<R::Summary, Failure<P::Error>>
    where
        S: Source,
        R: Report,
    {
        for document in source.documents() {
            let (path, bytes) = document?;
            if self.binary == Binary::Skip && looks_binary(&bytes) {
                continue;
            }
            report.begin(&path)?;
            self.document(&bytes, &mut report)?;
            report.end(&path)?;
        }
        Ok(report.finish()?)
    }

    fn document<R: Report>(&self, bytes: &[u8], report: &mut R) -> Result<(), Failure<P::Error>> {
        let mut found = 0;
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let spans = self.pattern.matches(line).collect::<Result<Vec<_>, _>>().map_err(Failure::Pattern)?;
            if spans.is_empty() {
                continue;
            }
            found += 1;
            let line = Line { number: index as u64 + 1, bytes: line, spans };
            if report.line(&line)? == Flow::NextFile || self.max_lines.is_some_and(|most| found >= most) {
                break;
            }
        }
        Ok(())
    }
}

fn looks_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(1024).any(|byte| *byte == 0)
}
