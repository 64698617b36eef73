use std::io;
use std::process::ExitCode;

use sift::options::Form;
use sift::pattern::{Never, Pattern};
use sift::report::{Count, JsonLines, Report, Text};
use sift::{Failure, Options, Search, WalkBuilder};
use sift_search::Files;
use sift_walk::filter::{MaxSize, Visible};
use sift_walk::FilterExt;

const LARGEST: u64 = 50 * 1024 * 1024;

fn search<P, R>(options: &Options, pattern: P, make: impl Fn() -> R) -> Result<(), Failure<P::Error>>
where
    P: Pattern,
    R: Report,
{
    let search = Search::new(pattern);
    for root in &options.roots {
        let mut walk = WalkBuilder::new(root);
        walk.filter(Visible.and(MaxSize(LARGEST)));
        search.run(Files(walk.build()), make())?;
    }
    Ok(())
}

fn run<P: Pattern<Error = Never>>(options: &Options, pattern: P) -> Result<(), Failure<Never>> {
    match options.form {
        Form::Text => search(options, &pattern, || Text::new(io::stdout())),
        Form::Json => search(options, &pattern, || JsonLines::new(io::stdout().lock())),
        Form::Count => search(options, pattern, Count::default),
    }
}

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("sift: {error}");
            return ExitCode::from(2);
        }
    };
    let pattern = options.pattern.clone();
    let outcome = if options.ignore_case { run(&options, pattern.fold_case()) } else { run(&options, pattern) };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sift: {error}");
            ExitCode::FAILURE
        }
    }
}
