use std::io::{self, Write};
use std::path::Path;

use crate::{Flow, Line, Report};

/// One JSON object per matching line, for programs.
pub struct JsonLines<W> {
    out: W,
    path: String,
    written: usize,
    limit: Option<usize>,
}

impl<W> JsonLines<W> {
    pub fn new(out: W) -> Self {
        JsonLines { out, path: String::new(), written: 0, limit: None }
    }

    /// No more than so many lines of each file.
    pub fn limit(self, limit: usize) -> Self {
        Self { limit: Some(limit), ..self }
    }
}

impl<W: Write> Report for JsonLines<W> {
    type Summary = usize;

    fn begin(&mut self, path: &Path) -> io::Result<()> {
        self.path = escaped(&path.to_string_lossy());
        self.written = 0;
        Ok(())
    }

    fn line(&mut self, line: &Line<'_>) -> io::Result<Flow> {
        let text = escaped(&String::from_utf8_lossy(line.bytes));
        writeln!(self.out, r#"{{"path":"{}","line":{},"text":"{text}"}}"#, self.path, line.number)?;
        self.written += 1;
        match self.limit {
            Some(limit) if self.written >= limit => Ok(Flow::NextFile),
            _ => Ok(Flow::Continue),
        }
    }

    fn end(&mut self, _path: &Path) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(self) -> io::Result<usize> {
        Ok(self.written)
    }
}

fn escaped(text: &str) -> String {
    text.chars().flat_map(char::escape_default).collect()
}
