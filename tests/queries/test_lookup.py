"""What people type to mean a symbol, and what it finds."""

from __future__ import annotations

import pytest

from isg_analysis.queries import hit, lookup
from isg_analysis.resolve.memory import MemoryProgram
from isg_analysis.resolve.program import symbol_ref

FILES = {
    "Cargo.toml": '[package]\nname = "text-span"\nversion = "1.0.0"\nedition = "2021"\n',
    "src/lib.rs": (
        "pub mod options;\npub mod shapes;\npub use options::Other as Another;\npub struct Span<T> { at: T }\n"
        "impl<T> Span<T> { pub fn shifted(self) -> Self { self } }\n"
        "impl<'a, T> Clone for &'a Span<T> { fn duplicate(&self) -> Self { self } }\n"
    ),
    "src/options.rs": "pub struct Form;\npub struct Other;\n",
    "pkg/__init__.py": "from pkg.forms import Form as PublicForm\nfrom pkg.more import *\n",
    "pkg/more.py": "class Extra: ...\n",
    "src/shapes.rs": (
        "pub trait Shape { fn area(&self) -> u8; fn named(&self) -> bool { true } }\n"
        "pub struct Square;\nimpl Shape for Square { fn area(&self) -> u8 { 1 } }\n"
    ),
    "pkg/letters.py": (
        "from pkg.forms import Form\n"
        "class Letter(Form):\n    def save(self): ...\n"
        "class Invitation(Letter):\n    def send(self): ...\n"
    ),
    "pkg/forms.py": "class Form:\n    def save(self): ...\n    def clean(self): ...\n",
}


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("Form", ["pkg/forms.py Form", "src/options.rs Form"]),
        ("pkg.forms.Form", ["pkg/forms.py Form"]),
        ("forms.Form.save", ["pkg/forms.py save"]),
        ("Form::save", ["pkg/forms.py save"]),
        ("options::Form", ["src/options.rs Form"]),
        ("text_span::options::Form", ["src/options.rs Form"]),
        ("crate::options::Form", ["src/options.rs Form"]),
        ("Span::shifted", ["src/lib.rs shifted"]),
        ("Span::duplicate", ["src/lib.rs duplicate"]),
        ("Span", ["src/lib.rs Span"]),
        ("pkg.PublicForm", ["pkg/forms.py Form"]),
        ("pkg.PublicForm.clean", ["pkg/forms.py clean"]),
        ("text_span::Another", ["src/options.rs Other"]),
        ("pkg.Extra", ["pkg/more.py Extra"]),
        ("pkg.forms", ["pkg/forms.py forms"]),
        ("options", ["src/options.rs options"]),
        ("Letter.save", ["pkg/letters.py save"]),
        ("Invitation.save", ["pkg/letters.py save"]),
        ("Invitation.clean", ["pkg/forms.py clean"]),
        ("pkg.letters.Invitation.clean", ["pkg/forms.py clean"]),
        ("Square::named", ["src/shapes.rs named"]),
    ],
)
def test_a_name_finds(target: str, found: list[str]) -> None:
    view = MemoryProgram(FILES)
    hits = [hit(view, ref) for ref in lookup(view, target).refs]
    assert [f"{hit.path} {hit.name}" for hit in hits] == found


def test_a_symbol_id_finds_its_symbol() -> None:
    view = MemoryProgram(FILES)
    for target in ("pkg.forms.Form.save", "options::Form", "Span::shifted", "pkg.forms"):
        refs = lookup(view, target).refs
        assert lookup(view, hit(view, refs[0]).symbol_id).refs == refs


def test_an_unknown_name_gives_near_ones() -> None:
    assert lookup(MemoryProgram(FILES), "Frm").near == ("Form",)
    assert lookup(MemoryProgram(FILES), "Frm").refs == ()


def test_a_type_without_such_a_member_above_has_none() -> None:
    assert lookup(MemoryProgram(FILES), "Invitation.shifted").refs == ()
    assert lookup(MemoryProgram({"a.py": "class A(B): ...\nclass B(A): ...\n"}), "A.x").refs == ()


def test_the_nameless_root_of_a_package_has_an_id_too() -> None:
    view = MemoryProgram(FILES)
    root = view.document("src/lib.rs")
    assert root is not None
    assert hit(view, symbol_ref(root, 0)).symbol_id == "rust cargo text-span 1.0.0 crate/"
    assert lookup(view, "rust cargo text-span 1.0.0 crate/").refs == (symbol_ref(root, 0),)
