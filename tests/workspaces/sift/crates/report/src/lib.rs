//! Where matches go.

mod count;
mod json;
mod text;

use std::path::Path;

use sift_pattern::Span;

pub use crate::count::{Count, Totals};
pub use crate::json::JsonLines;
pub use crate::text::{Style, Text};

/// A line that matched.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    pub number: u64,
    pub bytes: &'a [u8],
    pub spans: Vec<Span>,
}

/// Whether to go on with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    Continue,
    NextFile,
}

/// Receives what a search finds, file by file.
pub trait Report {
    type Summary;

    /// A file is about to be searched.
    fn begin(&mut self, path: &Path) -> std::io::Result<()> {
        let _ = path;
        Ok(())
    }

    /// A line matched.
    fn line(&mut self, line: &Line<'_>) -> std::io::Result<Flow>;

    /// The file is done.
    fn end(&mut self, path: &Path) -> std::io::Result<()>;

    /// All is done.
    fn finish(self) -> std::io::Result<Self::Summary>
    where
        Self: Sized;
}

/// Reports to two at once; goes on while either wants to.
impl<A: Report, B: Report> Report for (A, B) {
    type Summary = (A::Summary, B::Summary);

    fn begin(&mut self, path: &Path) -> std::io::Result<()> {
        self.0.begin(path)?;
        self.1.begin(path)
    }

    fn line(&mut self, line: &Line<'_>) -> std::io::Result<Flow> {
        let flows = [self.0.line(line)?, self.1.line(line)?];
        Ok(if flows.contains(&Flow::Continue) { Flow::Continue } else { Flow::NextFile })
    }

    fn end(&mut self, path: &Path) -> std::io::Result<()> {
        self.0.end(path)?;
        self.1.end(path)
    }

    fn finish(self) -> std::io::Result<Self::Summary> {
        Ok((self.0.finish()?, self.1.finish()?))
    }
}
