"""Globs that lead to each other are worked out together: what that costs grows with how many there are, no faster."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from incremental.resolving import Following
from isg_analysis.languages.rust.resolver.files import TYPE
from isg_analysis.languages.rust.resolver.resolver import RustResolver
from isg_analysis.resolve.memory import MemoryProgram
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref

SMALL, LARGE = 20, 40
ROOT = "src/lib.rs"
CARGO = '[package]\nname = "rings"\nversion = "0.1.0"\nedition = "2021"\n'


def resolver_of(modules: dict[str, str]) -> RustResolver:
    files = {f"src/{name}.rs": text for name, text in modules.items()}
    root = "".join(f"pub mod {name};\n" for name in modules)
    program = MemoryProgram({"Cargo.toml": CARGO, ROOT: root, **files})
    number = program.document(ROOT)
    assert number is not None
    resolver: Any = program.resolver(number)
    assert isinstance(resolver, RustResolver)
    return resolver


def found(resolver: RustResolver, module: str, name: str) -> list[str]:
    """The paths of the files in which a module's name is defined."""
    return [
        resolver.program.path(document_of(ref)) for ref in resolver.in_module(module_ref(resolver, module), name, TYPE)
    ]


def module_ref(resolver: RustResolver, module: str) -> Ref:
    number = resolver.program.document(f"src/{module}.rs")
    assert number is not None
    return symbol_ref(number, 0)


def ring(count: int) -> dict[str, str]:
    """Each module takes in the next one, by a path that needs no glob."""
    modules = {f"m{at}": f"pub use crate::m{(at + 1) % count}::*;\n" for at in range(count)}
    modules[f"m{count // 2}"] += "pub struct Pearl;\n"
    return modules


def known_by_globs(count: int) -> dict[str, str]:
    """Each module takes in the next two, whose names come from the root, by a glob as well."""
    modules = {
        f"m{at}": f"use m{(at + 1) % count}::*;\nuse m{(at + 2) % count}::*;\npub use super::*;\n"
        for at in range(count)
    }
    modules["m0"] += "pub use shell::*;\npub mod shell { pub struct Pearl; }\n"
    return modules


def known_by_nobody(count: int) -> dict[str, str]:
    """One module takes in many that are not there, as while a workspace is being indexed; each may come from each."""
    return {
        "m0": "".join(f"use lost{at}::*;\n" for at in range(count)) + "pub struct Pearl;\n",
        "m1": "use crate::m0::*;\n",
    }


@pytest.mark.parametrize("shape", [ring, known_by_globs, known_by_nobody])
def test_work_grows_with_the_globs(shape: Any) -> None:
    worked_out = []
    for count in (SMALL, LARGE):
        resolver = resolver_of(shape(count))
        assert found(resolver, "m0", "Pearl" if shape is not known_by_nobody else "Shell") == (
            [f"src/m{count // 2}.rs"] if shape is ring else ["src/m0.rs"] if shape is known_by_globs else []
        )
        assert not resolver.answers.given_up
        worked_out.append(resolver.answers.worked_out)
    assert worked_out[1] < 2.5 * worked_out[0]


def test_each_of_them_is_settled_by_one_question() -> None:
    resolver = resolver_of(known_by_globs(LARGE))
    found(resolver, "m0", "Pearl")
    before = resolver.answers.worked_out
    for at in range(LARGE):
        assert found(resolver, f"m{at}", "m3") == ["src/m3.rs"]
    assert resolver.answers.worked_out - before <= LARGE


def test_paths_that_go_round_in_circles_come_to_an_end() -> None:
    """`deep` is in `a` only as long as `b` has no `deep` of its own, which it has only if `a` has one."""
    modules = {
        "a": "pub use crate::b::*;\npub mod deep { pub use crate::c::b as deep; }\nuse deep::*;\n",
        "b": "pub use crate::a::deep::*;\nuse deep::*;\n",
        "c": "pub mod b { pub use crate::b::*; pub struct Pearl; }\n",
    }
    resolver = resolver_of(modules)
    assert found(resolver, "c", "Pearl") == []
    assert row_of(resolver.in_module(module_ref(resolver, "a"), "deep", TYPE)[0]) > 0
    assert resolver.answers.nested == 0


PATHS = ("a", "b", "c", "in_a", "in_b", "crate::a", "crate::b", "self::in_a", "super", "crate", "lost", "std")
LEAVES = ("*", "*", "*", "*", "Ant", "Bee", "in_a")
INSIDE = ("", "pub use super::*;", "pub use b::*;", "use crate::*; pub struct Bee;", "pub struct Ant;", "struct Bee;")
OUTSIDE = ("", "pub struct Ant;\n", "struct Bee;\n", "pub enum Bee { Ant, Cat }\n", "fn f(_: Ant, _: Bee) {}\n")


def drawn(random: Random) -> str:
    """A module of globs, some of which lead to each other."""
    lines = [
        f"{random.choice(('', 'pub ', 'pub(crate) '))}use {random.choice(PATHS)}::{random.choice(LEAVES)};\n"
        for _ in range(random.randint(1, 4))
    ]
    lines += [f"pub mod {name} {{ {random.choice(INSIDE)} }}\n" for name in ("in_a", "in_b") if random.random() < 0.4]
    return "".join(lines) + random.choice(OUTSIDE) + random.choice(OUTSIDE)


@pytest.mark.parametrize("seed", range(12))
def test_after_edits_globs_lead_where_they_lead_for_a_new_resolver(seed: int) -> None:
    random = Random(seed)
    modules = {f"src/{name}.rs": drawn(random) for name in "abc"}
    following = Following({"Cargo.toml": CARGO, ROOT: "pub mod a;\npub mod b;\nmod c;\n", **modules})
    for _ in range(6):
        questions = list(following.questions())
        for document, occurrence in random.sample(questions, len(questions)):
            following.answer(document, occurrence)
        following.edit(random.choice(sorted(modules)), drawn(random))
        assert following.differences() == []
