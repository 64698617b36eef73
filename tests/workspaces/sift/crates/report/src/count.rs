use std::collections::BTreeMap;
use std::io;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};

use super::{Flow, Line, Report};

/// How much was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub lines: u64,
    pub matches: u64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Totals) {
        self.lines += other.lines;
        self.matches += other.matches;
    }
}

/// Counts, and writes nothing.
#[derive(Default)]
pub struct Count {
    current: Totals,
    files: BTreeMap<PathBuf, Totals>,
}

impl Count {
    pub fn total(&self) -> Totals {
        let mut sum = Totals::default();
        for totals in self.files.values() {
            sum += *totals;
        }
        sum
    }
}

impl Report for Count {
    type Summary = BTreeMap<PathBuf, Totals>;

    fn line(&mut self, line: &Line<'_>) -> io::Result<Flow> {
        self.current += Totals { lines: 1, matches: line.spans.len() as u64 };
        Ok(Flow::Continue)
    }

    fn end(&mut self, path: &Path) -> io::Result<()> {
        let counted = std::mem::take(&mut self.current);
        self.files.insert(path.to_owned(), counted);
        Ok(())
    }

    fn finish(self) -> io::Result<Self::Summary> {
        Ok(self.files)
    }
}
