"""Edits at the border of what they change: what begins or ends there, or has rows elsewhere, is as in a whole text."""

from __future__ import annotations

import pytest

from incremental.resolved import differences
from incremental.test_extraction import MANY
from isg_analysis.languages.registry import pack
from isg_analysis.model.facts import Facts

NARROWED = """class A:
    def m(self, bases):
        for base in bases:
{}            if isinstance(base, B):
                base.use()
"""
CONDITIONAL = "if TYPE_CHECKING:\n{}    class A: ...\n    x: A\n"
SLOTTED = """class A:
    __slots__ = ('a', 'b')

    def m(self):
        return self.a{}

    def n(self):
        self.b
"""
DECLARED = """class A:
    __slots__ = ('a', 'b')
    a: int
{}    c: int

    def m(self): ...
"""
DOCUMENTED = """class A:
    # documented
{}    \"\"\"Doc.\"\"\"
    x: int

    def m(self):
        self.x
"""
CASES = [
    ("a quote before a doc string", '{}"""Doc."""\nx = 1\n', "", '"'),
    ("a prefix before a string", "x = 1\n{}'a'.join(x)\n", "", "f"),
    ("part of a name before a name", "x = 1\n{}x.y()\n", "", "x"),
    ("a statement that says nothing, first in a scope", NARROWED, "", "            pass\n"),
    ("the same goes", NARROWED, "            pass\n", ""),
    ("a statement, first in a scope", NARROWED, "", "            base()\n"),
    ("a definition, first under a condition", CONDITIONAL, "", "    def f(): ...\n"),
    ("nothing, first under a condition", CONDITIONAL, "", "    pass\n"),
    ("a statement that says nothing before a doc string", DOCUMENTED, "", "    pass\n"),
    ("the same in a module", '{}"""Doc."""\nx = 1\ny = 2\n', "", "pass\n"),
    ("a declaration of a name in a string that the class has rows for", DECLARED, "", "    b: str\n"),
    ("what stands before an index with a constant number", "{}pair = made()[5]\n", "", "x\ny\nz\nu\nv\n"),
    ("a method beside names in strings that the class has rows for", SLOTTED, "", ".c"),
]


@pytest.mark.parametrize(
    ("text", "old", "new"), [case[1:] for case in CASES], ids=[case[0].replace(" ", "-") for case in CASES]
)
def test_python_facts_are_those_of_the_whole_text(text: str, old: str, new: str) -> None:
    before, after = text.format(old).encode(), text.format(new).encode()
    document = pack("python").document(before)
    assert differences(document.edit(after), Facts(pack("python").extract(after))) == []
    assert differences(document.edit(before), Facts(pack("python").extract(before))) == []


RUST = [
    (
        "a semicolon between doc comments",
        "impl A {{\n    /// One.\n  {}  /// Two.\n    fn f(&self) {{}}\n}}\n",
        "",
        ";",
    ),
    (
        "an import before a macro that matches",
        "use a::{{b, {}}};\n\nmacro_rules! m {{\n    ($x:expr) => {{ match $x {{ Ok(x) => x, Err(e) => e }} }};\n}}\n",
        "c",
        "c, d::e",
    ),
]


@pytest.mark.parametrize(
    ("text", "old", "new"), [case[1:] for case in RUST], ids=[case[0].replace(" ", "-") for case in RUST]
)
def test_rust_facts_are_those_of_the_whole_text(text: str, old: str, new: str) -> None:
    before, after = text.format(old).encode(), text.format(new).encode()
    document = pack("rust").document(before)
    assert differences(document.edit(after), Facts(pack("rust").extract(after))) == []
    assert differences(document.edit(before), Facts(pack("rust").extract(before))) == []


PLACES = [
    ("python", ("return f3(self)", "return f60(self)", "return f110(self)"), "{}.more"),
    ("python", ("def f3(a", "class C60", "def f110(a"), "# more\n{}"),
    ("rust", ("f3(1)", "f60(1)", "f110(1)"), "{}.more()"),
    ("rust", ("fn f3(a", "impl C60", "fn f110(a"), "#[inline]\n{}"),
]


@pytest.mark.parametrize(("language", "places", "change"), PLACES)
def test_places_far_from_each_other_that_change_at_once_cost_what_each_costs(
    language: str, places: tuple[str, ...], change: str
) -> None:
    text = MANY[language]
    changed = text
    for place in places:
        changed = changed.replace(place, change.format(place), 1)
    document = pack(language).document(text.encode())
    before = document.lowered
    for wanted in (changed, text):
        facts = document.edit(wanted.encode())
        assert differences(facts, Facts(pack(language).extract(wanted.encode()))) == []
    assert document.lowered - before < 1500


def test_places_that_are_broken_together_go_on_from_the_last_sound_text() -> None:
    text = MANY["python"]
    broken = text.replace("return f3(self)", "return f3(self", 1).replace("def f110(a", "def g110(a", 1)
    once = pack("python").document(text.encode()).edit(broken.encode())
    document = pack("python").document(text.encode())
    for step in (broken, text.replace("f60(self)", "f60(", 1), broken):
        facts = document.edit(step.encode())
    assert differences(facts, once) == []
