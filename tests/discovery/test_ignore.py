"""Ignore files mean what they mean to git, whatever is in them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discovery.conftest import Tree
from isg_analysis.workspace.ignore import Patterns

NAMES = ["a", "b", "ab", "a.py", "b.py", "x1.py", "[a].py", "a b", "-", "!a"]
DIRECTORIES = ["a", "b", "ab", "x1", "a b"]
PIECES = [
    *"ab*?/!\\[]-^# .1x",
    *(
        "**",
        "**/",
        "/**",
        "/**/",
        "*.py",
        "a/",
        "/a",
        "[ab]",
        "[!a]",
        "[a-b]",
        "[[:alpha:]]",
        "[[:digit:]]",
        "\\!",
        "\\ ",
    ),
    *("[]a]", "[a", "\\", "***", "a b", "x1", ".py"),
]

pattern = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)
ignore_file = st.lists(st.tuples(st.sampled_from(["", "", "!"]), pattern).map("".join), max_size=5)


@pytest.fixture(scope="module")
def paths() -> list[str]:
    above = ["", *(f"{one}/" for one in DIRECTORIES), *(f"{one}/{two}/" for one in "ab" for two in DIRECTORIES)]
    places = [directory + name for directory, name in itertools.product(above, NAMES)]
    directories = {directory.rstrip("/") for directory in above}
    return [place for place in places if place not in directories]


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(top=ignore_file, inner=ignore_file, exclude=ignore_file)
def test_random_ignore_files_agree_with_git(
    tree: Tree,
    git: Callable[..., str],
    paths: list[str],
    top: list[str],
    inner: list[str],
    exclude: list[str],
) -> None:
    if not (tree.root / ".git").exists():
        git("init", "-q")
        tree.write(*paths)
    tree.text(".gitignore", "\n".join(top))
    tree.text("a/.gitignore", "\n".join(inner) + "\r\n")
    tree.text(".git/info/exclude", "\n".join(exclude))
    listed = git("ls-files", "-o", "--exclude-standard", "-z").split("\0")
    expected = sorted(path for path in listed if path.endswith(".py"))
    assert tree.documents() == expected, (top, inner, exclude)


@pytest.mark.parametrize(
    ("lines", "path", "answer"),
    [
        (["x"], "x", True),
        (["x"], "deep/x/", True),
        (["x"], "x/below", None),
        (["/x"], "deep/x", None),
        (["x/"], "x", None),
        (["x/"], "x/", True),
        (["*.py", "!a.py"], "a.py", False),
        (["!a.py", "*.py"], "a.py", True),
        (["a/**"], "a/", None),
        (["a/**"], "a/b/c", True),
        (["**/b"], "b", True),
        (["a/**/b"], "a/b", True),
        (["a/**/b"], "a/x/y/b", True),
        (["a**b"], "axxb", True),
        (["/a**"], "ab/c", True),
        (["/?a**"], "xab/c", None),
        (["/a**/x/**"], "ax/", None),
        (["/a**/x/**"], "ab/x/y", True),
        (["a/x**b"], "a/x/b", None),
        (["[", "a\\", "!", "/", "#x", "", "   "], "[", None),
        (["x  "], "x", True),
        (["x\\ "], "x ", True),
        (["x\\\\ "], "x\\", True),
        (["[^a]"], "/", None),
        (["a[/]b"], "a/b", None),
        (["\\*"], "*", True),
        (["\\*"], "x", None),
        (["\u00fc?"], "\u00fc\u20ac", True),
        (["(a|b)+$"], "(a|b)+$", True),
        (["x\ny"], "x\ny", True),
    ],
)
def test_patterns(lines: list[str], path: str, answer: bool | None) -> None:
    assert Patterns(lines).ignores(path) is answer


def test_hostile_patterns_end_soon() -> None:
    started = time.monotonic()
    patterns = Patterns(["a*" * 14 + "b", "**/" * 15 + "b", "*" * 5000, "x" * 5000, "[" * 3000, "(" * 3000])
    patterns.ignores("a" * 60)
    patterns.ignores("a/" * 2000 + "c")
    many = Patterns(f"**/x{number}*/" for number in range(100_000))
    assert many.ignores("x3999/")
    assert not many.ignores("y/")
    assert time.monotonic() - started < 5
