use std::path::Path;

use sift::pattern::{Glob, Literal};
use sift::report::{Flow, Line, Report};
use sift::Search;
use sift_search::Memory;

/// Remembers what it is told.
#[derive(Default)]
struct Recorder {
    lines: Vec<u64>,
}

impl Report for Recorder {
    type Summary = Vec<u64>;

    fn line(&mut self, line: &Line<'_>) -> std::io::Result<Flow> {
        self.lines.push(line.number);
        Ok(Flow::Continue)
    }

    fn end(&mut self, _: &Path) -> std::io::Result<()> {
        Ok(())
    }

    fn finish(self) -> std::io::Result<Vec<u64>> {
        Ok(self.lines)
    }
}

fn texts() -> Memory {
    Memory::default().with("a.txt", "one\ntwo\nthree\n").with("b.txt", "two\n")
}

#[test]
fn lines_are_numbered_from_one() {
    let search = Search::new(Literal::new("two").unwrap());
    assert_eq!(search.run(texts(), Recorder::default()).unwrap(), vec![2, 1]);
}

#[test]
fn a_glob_takes_whole_lines() {
    let search = Search::new(Glob::new("t*").unwrap()).max_lines(1);
    let (first, second) = search.run(texts(), (Recorder::default(), Recorder::default())).unwrap();
    assert_eq!(first, second);
}
