use sift_pattern::not::Negate;
use sift_pattern::{literals, Any, Error, Never, Pattern, Span};

/// Matches the first byte that is a digit.
struct FirstDigit;

impl Pattern for FirstDigit {
    type Error = Never;

    fn find_at(&self, haystack: &[u8], at: usize) -> Result<Option<Span>, Never> {
        Ok(haystack[at..].iter().position(u8::is_ascii_digit).map(|start| Span::new(at + start, 1)))
    }
}

fn vowels() -> Result<Any<Never>, Error> {
    literals!["a", "e", "i", "o", "u"]
}

#[test]
fn the_leftmost_alternative_wins() -> Result<(), Error> {
    let any = vowels()?;
    assert_eq!(any.find(b"xxoxa").unwrap(), Some(Span::new(2, 1)));
    Ok(())
}

#[test]
fn negation_takes_the_whole_line() {
    let letters_only = FirstDigit.negated();
    assert!(letters_only.is_match(b"abc").unwrap());
    assert!(!letters_only.is_match(b"ab1").unwrap());
}
