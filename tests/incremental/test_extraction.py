"""Extraction of a document that is being edited: always what the whole text gives, at the cost of what changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from incremental.expected import Expected
from incremental.extraction_sources import PIECES, SOURCES
from incremental.resolved import differences
from isg_analysis.languages.pack import OpenDocument
from isg_analysis.languages.registry import pack
from isg_analysis.model.facts import Facts
from isg_analysis.model.symbol import SymbolFlag, SymbolKind
from isg_analysis.workspace.overlay import UnsavedText

PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
"""Explaining failures traces every line, which makes extraction ten times as slow."""
ROOT = Path(__file__).parents[2]
Step = tuple[int, int, int, int]
"""(what to do, where in thousandths of the text, how much to take away, which piece to put in)"""
STEPS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 1000), st.integers(0, 40), st.integers(0, 60)), min_size=1, max_size=14
)


def edited(text: str, original: str, language: str, step: Step) -> str:
    """The text after one step."""
    kind, where, size, which = step
    piece = PIECES[language][which % len(PIECES[language])]
    at = where * len(text) // 1000
    line = text.rfind("\n", 0, at) + 1
    end = (text.find("\n", at) + 1) or len(text)
    match kind:
        case 0:
            return text[:at] + piece + text[at:]
        case 1:
            return text[:line] + piece + text[line:]
        case 2:
            return text[:at] + text[at + size :]
        case 3:
            return text[:line] + text[end:]
        case 4:
            return text[: end - 1] + piece + text[end - 1 :]
        case _:
            return original


def assert_as_whole(document: OpenDocument, language: str, text: str) -> None:
    """The document's facts are those of the text."""
    assert differences(document.facts, Facts(pack(language).extract(text.encode()))) == []


def run(language: str, original: str, steps: list[Step]) -> None:
    """Edit step by step; compare after each."""
    text = original
    document, expected = pack(language).document(text.encode()), Expected(language, text)
    assert_as_whole(document, language, text)
    for step in steps:
        text = edited(text, original, language, step)
        document.edit(text.encode())
        expected.take(text)
        assert differences(document.facts, expected.facts()) == []


@pytest.mark.filterwarnings("ignore:The recursion limit")
@settings(max_examples=60, derandomize=True, deadline=None, phases=PHASES)
@given(STEPS)
@example([(4, 700, 0, 7), (4, 700, 0, 0), (5, 0, 0, 0)])
@example([(0, 231, 0, 1), (3, 222, 0, 0)])
def test_python_facts_are_those_of_the_whole_text_after_any_edits(steps: list[Step]) -> None:
    run("python", SOURCES["python"], steps)


@pytest.mark.filterwarnings("ignore:The recursion limit")
@settings(max_examples=60, derandomize=True, deadline=None, phases=PHASES)
@given(STEPS)
@example([(1, 0, 0, 12), (0, 0, 0, 1), (3, 0, 0, 0)])
def test_rust_facts_are_those_of_the_whole_text_after_any_edits(steps: list[Step]) -> None:
    run("rust", SOURCES["rust"], steps)


@pytest.mark.filterwarnings("ignore:The recursion limit")
@settings(max_examples=8, derandomize=True, deadline=None, phases=PHASES)
@given(STEPS)
def test_a_long_document_of_this_repository_too(steps: list[Step]) -> None:
    path = ROOT / "analysis/isg_analysis/languages/python/statements.py"
    run("python", path.read_text("utf-8"), steps)


_PYTHON = """def f{n}(a, b=1):
    x = a.call(b)
    return x


class C{n}(Base):
    def m(self):
        return f{n}(self)

    def n(self):
        self.kept = 1


"""
_RUST = """fn f{n}(a: u8) -> u8 {{
    let x = a.call(1);
    x
}}

impl C{n} {{
    /// Doc {n}.
    fn m(&self) -> u8 {{
        f{n}(1)
    }}

    fn n(&self) {{}}
}}

"""
MANY = {
    "python": "".join(_PYTHON.format(n=n) for n in range(120)),
    "rust": "//! Many.\n\n" + "".join(_RUST.format(n=n) for n in range(120)),
}
NONE, UNIT, CLASS, WHOLE = 0, 120, 250, 10_000
COSTS = [
    ("python", "a body", "return f60(self)", "return f60(self).more", UNIT),
    ("python", "a new line at a body's end", "return f60(self)\n", "return f60(self)\n        more\n", UNIT),
    ("python", "a parameter", "def f60(a, b=1)", "def f60(a, b=1, c: int = 2)", UNIT),
    ("python", "a decorator", "def f60(a, b=1)", "@wraps\ndef f60(a, b=1)", UNIT),
    ("python", "blanks between definitions", "\n\n\nclass C60", "\n\n\n\nclass C60", NONE),
    ("python", "a comment between definitions", "\n\n\nclass C60", "\n\n# sixty\nclass C60", NONE),
    ("python", "a use behind a function", "\n\n\nclass C60", "\n\n\nf59(1)\nclass C60", CLASS),
    ("python", "a new function", "\n\n\nclass C60", "\n\n\ndef new(): ...\nclass C60", CLASS),
    ("python", "a new name for what nobody mentions", "class C60", "class D60", CLASS),
    ("python", "a new name for what others mention", "def f60", "def g60", UNIT),
    ("python", "an attribute of the instance", "return f60(self)", "self.more = f60(self)", CLASS),
    ("python", "a variable of the module", "\n\n\nclass C60", "\n\n\nv = 1\nclass C60", UNIT),
    ("python", "a statement of the module", "\n\n\nclass C60", "\n\n\nf59(f60)\nclass C60", UNIT),
    ("python", "the first line", "def f0(", "import f\n\n\ndef f0(", UNIT),
    ("python", "a doc string of the module", "def f0(", '"""Many."""\n\n\ndef f0(', UNIT),
    ("python", "an import of a name that is bound", "\n\n\nclass C60", "\n\n\nfrom m import f9\nclass C60", WHOLE),
    ("rust", "a body", "f60(1)", "f60(1).more()", UNIT),
    ("rust", "a macro in a body", "f60(1)", 'println!("{}", vec![f60(1)])', UNIT),
    ("rust", "a doc comment", "/// Doc 60.", "/// More.", UNIT),
    ("rust", "an attribute", "/// Doc 60.", "/// Doc 60.\n    #[cfg(x)]", UNIT),
    ("rust", "a comment between items", "impl C60", "// sixty\nimpl C60", NONE),
    ("rust", "a new function", "impl C60", "fn new() {}\nimpl C60", CLASS),
    ("rust", "an impl of something else", "impl C60 {", "impl C61 {", CLASS),
    ("rust", "the first line, before a doc comment of the module", "//! Many.", "fn new() {}\n//! Many.", UNIT),
    ("rust", "an import", "impl C60", "use a::b;\nimpl C60", UNIT),
    ("rust", "an import of a name that is bound", "impl C60", "use a::f9;\nimpl C60", WHOLE),
]


@pytest.mark.parametrize(
    ("language", "old", "new", "most"),
    [(language, old, new, most) for language, _, old, new, most in COSTS],
    ids=[f"{language}-{name.replace(' ', '-')}" for language, name, *_ in COSTS],
)
def test_an_edit_lowers_no_more_than_it_must(language: str, old: str, new: str, most: int) -> None:
    """`most`: bytes; for WHOLE no less than the whole text will do."""
    text = MANY[language]
    changed = text.replace(old, new, 1)
    assert changed != text
    document = pack(language).document(text.encode())
    before = document.lowered
    document.edit(changed.encode())
    cost = document.lowered - before
    assert_as_whole(document, language, changed)
    assert cost <= most if most < WHOLE else cost >= len(changed.encode())
    document.edit(text.encode())
    assert_as_whole(document, language, text)


@pytest.mark.parametrize("language", ["python", "rust"])
def test_what_breaks_a_document_and_mends_it_again_goes_back_to_the_unit(language: str) -> None:
    text = MANY[language]
    broken = text.replace("a.call(", "a.call((", 1)
    mended = text.replace("a.call(", "a.call()(", 1)
    document = pack(language).document(text.encode())
    document.edit(broken.encode())
    assert_as_whole(document, language, broken)
    before = document.lowered
    document.edit(mended.encode())
    assert_as_whole(document, language, mended)
    assert document.lowered - before <= UNIT


BREAKS = [
    ("python", "a bracket in a body", "return f60(self)", "return f60((self)", False),
    ("python", "a string", "return f60(self)", "return f60('self)", False),
    ("python", "a doc string", "return f60(self)", '"""return f60(self)', False),
    ("python", "a class's header", "class C60(Base):", "class C60(Base:", False),
    ("python", "a method's header", "class C60(Base):\n    def m(self):", "class C60(Base):\n    def m(self:", True),
    ("python", "a new function", "class C60", "def new(\nclass C60", False),
    ("python", "a new method", "class C60(Base):\n", "class C60(Base):\n    def new(\n", False),
    ("rust", "a bracket in a body", "f60(1)", "f60((1)", False),
    ("rust", "a brace", "f60(1)\n    }\n", "f60(1)\n    \n", False),
    ("rust", "an impl's header", "impl C60 {", "impl C60 ", False),
    ("rust", "a new function", "impl C60", "fn new(\nimpl C60", False),
    ("rust", "a comment", "f60(1)", "/* f60(1)", False),
]


@pytest.mark.parametrize(
    ("language", "old", "new", "stale"),
    [(language, old, new, stale) for language, _, old, new, stale in BREAKS],
    ids=[f"{language}-{name.replace(' ', '-')}" for language, name, *_ in BREAKS],
)
def test_what_breaks_one_definition_leaves_the_others_and_costs_no_more(
    language: str, old: str, new: str, stale: bool
) -> None:
    """`stale`: the symbols that the text still holds can't be had from it, and are kept."""
    text = MANY[language]
    document = pack(language).document(text.encode())
    before, cost = document.facts, document.lowered
    broken = text.replace(old, new, 1)
    document.edit(broken.encode())
    facts = document.facts
    assert not (set(names_of(before)) - {"m"}) - set(names_of(facts))
    marked = [row for row, flags in enumerate(facts.symbols.flags) if flags & SymbolFlag.STALE]
    assert bool(marked) == stale
    assert document.lowered - cost <= CLASS
    for row in range(1, len(facts.symbols.kind)):
        start, end = facts.symbols.name_start[row], facts.symbols.name_end[row]
        assert (
            facts.symbols.kind[row] == SymbolKind.IMPLEMENTATION
            or broken.encode()[start:end].decode() == names_of(facts)[row]
        )
    document.edit(text.encode())
    assert_as_whole(document, language, text)
    assert document.lowered - cost <= CLASS


def names_of(facts: Facts) -> list[str]:
    """The names of the symbols, by row."""
    return [facts.strings[name] for name in facts.symbols.name]


def test_what_an_edit_of_broken_text_touches_means_nothing_while_it_is_stale() -> None:
    text = "class A(first, second):\n    def m(self): ...\n"
    document = pack("python").document(text.encode())
    facts = document.edit(text.replace("second)", "sec(ond").encode())
    named = [facts.strings[name] for name in facts.occurrences.name]
    assert "first" in named
    assert "second" not in named
    assert facts.symbols.flags[1] & SymbolFlag.STALE


def test_names_that_were_typed_and_deleted_again_are_forgotten_in_time() -> None:
    text = "def f():\n    return {}\n"
    document = pack("python").document(text.format("a").encode())
    for n in range(2500):
        document.edit(text.format(f"name{n}").encode())
    assert len(document.facts.strings) < 1200


def test_an_unsaved_text_goes_on_from_the_one_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[OpenDocument] = []
    document = pack("python").document

    def recorded(text: bytes) -> OpenDocument:
        opened.append(document(text))
        return opened[-1]

    monkeypatch.setattr(pack("python"), "document", recorded)
    text = MANY["python"]
    texts = [text, text.replace("f60(self)", "f60(se)"), text.replace("f60(self)", "f60(self, 1)")]
    unsaved = UnsavedText("many.py", "python", texts[0].encode(), b"")
    unsaved.facts()
    for after in texts[1:]:
        unsaved = UnsavedText("many.py", "python", after.encode(), b"", unsaved)
    assert differences(unsaved.facts(), Facts(pack("python").extract(texts[2].encode()))) == []
    assert len(opened) == 1
    assert opened[0].lowered <= len(text.encode()) + UNIT


def test_a_defect_in_going_on_costs_a_whole_extraction_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    unsaved = UnsavedText("many.py", "python", b"x = 1\n", b"")
    unsaved.facts()

    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("isg_analysis.languages.incremental.difference", fails)
    after = UnsavedText("many.py", "python", b"x = 2\n", b"", unsaved)
    assert differences(after.facts(), Facts(pack("python").extract(b"x = 2\n"))) == []
