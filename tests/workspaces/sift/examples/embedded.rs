//! Searches two texts held in memory and prints how much was found.

use sift::pattern::not::Negate;
use sift::pattern::Literal;
use sift::report::Count;
use sift::Search;
use sift_search::{Memory, Source};

fn texts() -> impl Source {
    Memory::default().with("poem", "a rose\nis a rose").with("list", "milk\nbread")
}

fn main() {
    let roses = Literal::new("rose").expect("the text is not empty");
    let found = Search::new(&roses).run(texts(), Count::default()).expect("nothing can fail in memory");
    let others = Search::new(roses.negated()).run(texts(), Count::default()).expect("nothing can fail in memory");
    for (path, totals) in found.iter().chain(&others) {
        println!("{}: {} lines", path.display(), totals.lines);
    }
}
