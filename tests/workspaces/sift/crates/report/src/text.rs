use std::io::{self, Write};
use std::path::Path;

use crate::{Flow, Line, Report};

/// How lines are written.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub numbers: bool,
    pub color: bool,
}

impl Style {
    pub const PLAIN: Style = Style { numbers: false, color: false };
    const START: &'static str = "\x1b[1;31m";
    const RESET: &'static str = "\x1b[0m";
}

impl Default for Style {
    fn default() -> Self {
        Style { numbers: true, ..Style::PLAIN }
    }
}

/// Lines for people.
pub struct Text<W: Write> {
    out: W,
    style: Style,
    headed: bool,
    path: String,
}

impl<W: Write> Text<W> {
    pub fn new(out: W) -> Self {
        Self::with_style(out, Style::default())
    }

    pub fn with_style(out: W, style: Style) -> Self {
        Text { out, style, headed: false, path: String::new() }
    }

    fn heading(&mut self) -> io::Result<()> {
        if !self.headed {
            writeln!(self.out, "{}", self.path)?;
            self.headed = true;
        }
        Ok(())
    }

    fn painted(&mut self, line: &Line<'_>) -> io::Result<()> {
        let mut at = 0;
        for span in &line.spans {
            self.out.write_all(&line.bytes[at..span.start])?;
            write!(self.out, "{}", Style::START)?;
            self.out.write_all(&line.bytes[span.start..span.end])?;
            write!(self.out, "{}", Style::RESET)?;
            at = span.end;
        }
        self.out.write_all(&line.bytes[at..])
    }
}

impl<W: Write> Report for Text<W> {
    type Summary = W;

    fn begin(&mut self, path: &Path) -> io::Result<()> {
        self.headed = false;
        self.path = path.display().to_string();
        Ok(())
    }

    fn line(&mut self, line: &Line<'_>) -> io::Result<Flow> {
        self.heading()?;
        if self.style.numbers {
            write!(self.out, "{}:", line.number)?;
        }
        if self.style.color {
            self.painted(line)?;
        } else {
            self.out.write_all(line.bytes)?;
        }
        self.out.write_all(b"\n")?;
        Ok(Flow::Continue)
    }

    fn end(&mut self, _: &Path) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(self) -> io::Result<W> {
        Ok(self.out)
    }
}
