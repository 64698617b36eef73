"""A resolver that follows edits says what a new one says, and works out again only what an edit can have changed."""

from __future__ import annotations

import re
import sys
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incremental.resolving import FILES, Following
from isg_analysis import Workspace

sys.setrecursionlimit(12_000)  # as resolvers do; hypothesis minds when it happens inside of a test
SOURCES = [path for path in FILES if path.endswith((".rs", ".py"))]
WORD = re.compile(r"[A-Za-z_]\w*")
WORDS = sorted({word for path in SOURCES for word in WORD.findall(FILES[path])})
PIECES = ["(", ")", "{", "}", ":", ".", "\n", "    ", '"', "#", "//", "x", ",", "<", "pub "]


def edited(random: Random, text: str) -> str:
    """The text after one random edit."""
    lines = text.split("\n")
    line = random.randrange(len(lines))
    match random.randrange(6):
        case 0:
            del lines[line]
        case 1:
            lines.insert(line, random.choice(lines))
        case 2:
            lines[line] += "  "
        case 3:
            at = random.randrange(len(text) + 1)
            return text[:at] + random.choice(PIECES) + text[at:]
        case _:
            found = list(WORD.finditer(text))
            if found:
                word = random.choice(found)
                return text[: word.start()] + random.choice(WORDS) + text[word.end() :]
    return "\n".join(lines)


@settings(max_examples=40, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(1, 8))
def test_after_any_edits_the_answers_are_those_of_a_new_resolver(seed: int, steps: int) -> None:
    random = Random(seed)
    following = Following()
    for _ in range(steps):
        asked = list(following.questions())
        random.shuffle(asked)
        for document, occurrence in islice(asked, 60):
            following.answer(document, occurrence)
        path = random.choice(SOURCES)
        text = FILES[path] if random.random() < 0.15 else edited(random, following.files[path])
        following.edit(path, text)
        assert following.differences() == []


@pytest.mark.parametrize("seed", range(3))
def test_answers_do_not_depend_on_the_order_of_questions(seed: int) -> None:
    files = FILES | {
        "zoo/ring.py": "def a():\n    return b() or c()\n\n\ndef b():\n    return a() or Dog('')\n\n\n"
        "def c():\n    return b()\n\n\nfrom zoo.dogs import Dog\na().bark()\nb().bark()\nc().bark()\n",
        "zoo/odd.py": "class A(B): ...\n\n\nclass B(A):\n    x = 1\n\n\nA.x\nB.x\n",
    }
    following = Following(files)
    asked = list(following.questions())
    Random(seed).shuffle(asked)
    for document, occurrence in asked:
        following.answer(document, occurrence)
    assert following.differences() == []


QUESTIONS = [("src/lib.rs", "area"), ("zoo/pens.py", "loudest")]
BODY_EDITS = [
    ("src/circle.rs", "let inner = self", "let other = 1;\n        let inner = self"),
    ("zoo/dogs.py", "return super().speak()", "loud = super().speak()\n        return loud"),
]


@pytest.mark.parametrize(("path", "old", "new"), BODY_EDITS, ids=["rust", "python"])
@pytest.mark.parametrize(("asked", "name"), QUESTIONS, ids=["rust", "python"])
def test_a_body_edit_leaves_other_documents_answers(asked: str, name: str, path: str, old: str, new: str) -> None:
    following = Following()
    first = following.worked_out(asked, name)
    following.replace(path, old, new)
    again = following.worked_out(asked, name)
    assert again == 0 or (path.endswith(".rs") and again < first / 20)  # the edited document's own: a written type


@pytest.mark.parametrize(("path", "name"), QUESTIONS, ids=["rust", "python"])
def test_a_comment_leaves_all_answers(path: str, name: str) -> None:
    following = Following()
    following.worked_out(path, name)
    comment = "// more\n" if path.endswith(".rs") else "# more\n"
    following.edit(path, comment + following.files[path])
    assert following.worked_out(path, name) == 0


@pytest.mark.parametrize(
    ("path", "name", "old", "new"),
    [
        ("src/lib.rs", "area", "let mut sum = 0.0;", "let mut sum = 0.0;\n    let other = sum;"),
        ("zoo/pens.py", "loudest", "best = first()", "best = first()\n        other = best"),
    ],
    ids=["rust", "python"],
)
def test_a_body_edit_costs_the_documents_own_answers_only(path: str, name: str, old: str, new: str) -> None:
    following = Following()
    first = following.worked_out(path, name)
    following.replace(path, old, new)
    assert 0 < following.worked_out(path, name) < first


def test_an_interface_edit_leaves_those_who_never_looked() -> None:
    following = Following()
    following.worked_out("zoo/dogs.py", "bark")
    following.replace("zoo/pens.py", "class Pen(", "class Cage(")
    assert following.worked_out("zoo/dogs.py", "bark") == 0


def test_an_interface_edit_reaches_those_who_looked() -> None:
    following = Following()
    following.worked_out("zoo/pens.py", "loudest")
    following.replace("zoo/dogs.py", "def first() -> Dog", "def first() -> Animal")
    assert following.differences() == []


def asked_through(workspace: Workspace, path: str, name: str) -> int:
    """How many answers the workspace's resolver works out to say what the last occurrence of a name means."""
    with workspace.snapshot() as snapshot:
        document = snapshot.document(path)
        assert document is not None
        facts = snapshot.facts(document)
        names = [facts.strings[number] for number in facts.occurrences.name]
        resolver: Any = snapshot.resolver(document)
        before = resolver.answers.worked_out
        assert resolver.resolve(document, len(names) - 1 - names[::-1].index(name)).targets
        return int(resolver.answers.worked_out) - before


def test_a_workspace_hands_its_resolvers_on_through_edits_and_saves(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=1)
        first = asked_through(workspace, "zoo/pens.py", "bark")
        unsaved = FILES["zoo/dogs.py"].replace("return super().speak()", "loud = super().speak()\n        return loud")
        workspace.open_document("zoo/dogs.py", unsaved.encode())
        assert asked_through(workspace, "zoo/pens.py", "bark") < first / 4  # the edited document's own
        (root / "zoo/dogs.py").write_text(unsaved)
        workspace.index(jobs=1)
        assert asked_through(workspace, "zoo/pens.py", "bark") == 0
        (root / "zoo/cats.py").write_text("from zoo.base import Animal\n")
        workspace.index(jobs=1)
        assert asked_through(workspace, "zoo/pens.py", "bark") == first  # a new module can change what any path means
