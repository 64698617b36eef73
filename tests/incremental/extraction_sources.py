"""Two documents with much of what makes extraction depend on its surroundings, and pieces of text to edit them with."""

from __future__ import annotations

PYTHON = '''"""Orders."""
from __future__ import annotations

import os, re as regex
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from shop import Customer

    def only_here(customer: "Customer") -> None: ...

__all__ = ["Order", "total"]
LIMIT: int = 10
counter = 0


def total(orders, *, rate=LIMIT):
    """Sums up."""
    global counter
    counter = counter + 1
    # how much
    return sum(order.price * rate for order in orders if order)


class Order[T](Base, metaclass=Meta):
    """An order."""

    state = None
    state = "new"

    def __init__(self, customer: Customer, lines=None):
        self.customer = customer
        self.lines: list[T] = lines or []
        if (first := next(iter(self.lines), None)) is not None:
            self.first = first

    @property
    def price(self) -> float:
        def rounded(value):
            nonlocal_name = value
            return round(nonlocal_name, 2)

        return rounded(self.lines[0].price)

    @price.setter
    def price(self, value):
        assert isinstance(value, float)
        self._price = value

    def each(self):
        for line in self.lines:
            yield line
        match self.state:
            case Done(at=when) | Failed(when):
                return when

    label = property(lambda self: f"{self.customer} für 10 €")


async def ship(order: "Order[int]"):
    async with order.open() as box, other:
        await box.send(cast("Box", order))
    try:
        import fast as speed
    except ImportError:
        speed = None
    return speed


def outer():
    seen = 0

    class Local:
        def note(self):
            nonlocal seen
            seen = 1

    return Local
'''

RUST = """//! Orders.
use std::{fmt::{self, Display as Show}, collections::*};
mod lines;

/// How many.
pub const LIMIT: usize = 10;

#[derive(Debug, Clone)]
pub struct Order<T: Clone = u8> {
    /// Who.
    pub customer: String,
    lines: Vec<T>,
}

pub enum State { New, Done { at: u64 }, Failed(String, u8) }

pub trait Priced: Send {
    type Unit;
    fn price(&self) -> Self::Unit;
    /// Twice.
    fn double(&self) -> u8 where Self: Sized { helper(2) }
}

impl<T: Clone> Priced for Order<T> {
    type Unit = f64;
    fn price(&self) -> f64 {
        // what it is
        let rounded = |value: f64| value.round();
        let text = format!("{} für {rounded:?} €", self.customer);
        fn inner() -> u8 { 1 }
        match self.lines.first() {
            Some(line) if inner() > 0 => rounded(f64::from(text.len() as u8)),
            Some(_) | None => 0.0,
        }
    }
}

impl Order<u8> {
    pub async fn ship(&self, at: u64) -> Result<State, fmt::Error> {
        let boxed = tokio::select! {
            done = self.send() => done?,
            _ = sleep(at) => return Err(fmt::Error),
        };
        if let State::Done { at, .. } = boxed { drop(at) }
        assert!(matches!(boxed, State::New | State::Done { .. } if at > 1));
        Ok(State::Failed(String::new(), vec![1, 2, 3].len() as u8))
    }
}

cfg_rt! {
    pub fn helper(n: u8) -> u8 { n * LIMIT as u8 }
    use self::lines::Line;
}

macro_rules! twice { ($e:expr) => { $e + $e } }

#[cfg(test)]
mod tests {
    //! Tests.
    use super::*;

    #[test]
    fn ships() { let _ = twice!(helper(1)); }
}
"""

SOURCES = {"python": PYTHON, "rust": RUST}

_ANYWHERE = [
    "",
    "x",
    "name",
    ".",
    "(",
    ")",
    "()",
    "[",
    "{",
    "}",
    ":",
    ",",
    " ",
    "\n",
    "\n\n",
    '"',
    "'",
    "é",
    "😀",
    "# ",
    "=",
    "\r\n",
]
PIECES = {
    "python": [
        *_ANYWHERE, "\n    ", "\n        ", "    y = call(1)\n", "        self.extra = y\n", "'''", "\\\n", "async ",
        "@wraps\n", "def added(a, b: int = 3) -> str:\n    return a\n\n\n",
        "class Added(Order):\n    def m(self):\n        return 1\n\n\n", "import sys\n", "        from a import b\n",
        "    global counter\n", "        nonlocal seen\n", "LIMIT = 3\n", "return ", "yield x", "lambda x: x",
        "if a:\n", "        if isinstance(a, B):\n            pass\n", "def ", "pass", "(w := 3)", "[i for i in x]",
        "    # a comment\n", "# a comment\n", '"""Doc."""\n', "label: str\n",
    ],
    "rust": [
        *_ANYWHERE, "let y = call(1);\n", "/// doc\n", "//! inner\n", "// plain\n", "/*", "*/", "#[cfg(test)]\n", ";",
        "::", "'a", "fn added<T: Clone>(a: T) -> T { a }\n", "impl Added for Order { fn m(&self) { self.x } }\n",
        "impl Order { }\n", "use a::b::{c, d as e};\n", "mod m { fn q() {} }\n", "macro_rules! mm { () => {} }\n",
        "vec![1, f(3)]", "pub ", 'println!("{x}", y)', "matches!(x, A | B if c)", "tokio::select! { a = b() => c, }\n",
        "cfg_rt! { fn inner() { g() } }\n", "struct S { a: u8 }\n", "enum E { A, B(u8) }\n", "const C: u8 = 1;\n",
        "match x { A => 1, B(y) => y }", "|x| x + 1", 'r#"', "unsafe ", "fn ", "helper",
    ],
}  # fmt: skip
