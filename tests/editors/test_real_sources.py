"""Real files of ripgrep and flask in a real Neovim: what `vim.lsp` is told, held against what the sources say.

What is expected is read from the sources by other means: Python's own parser, or patterns that a reader of the pinned
version can follow. Where the sources can't be had, the tests are skipped and name the reason.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from editors import registries
from editors.remote import Neovim, program

_, MISSING = program()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)
INIT = 'vim.lsp.enable("isg")'


def _opened(factory: pytest.TempPathFactory, obtain: Callable[[Path], Path]) -> Iterator[Neovim]:
    try:
        sources = obtain(factory.mktemp("sources"))
    except registries.Unobtainable as problem:
        pytest.skip(str(problem))
    with Neovim(factory.mktemp("home"), sources, INIT, factory.mktemp("cache")) as nvim:
        yield nvim


@pytest.fixture(scope="module")
def ripgrep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neovim]:
    yield from _opened(tmp_path_factory, registries.ripgrep)


@pytest.fixture(scope="module")
def flask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neovim]:
    yield from _opened(tmp_path_factory, registries.flask)


def at(nvim: Neovim, path: str, place: str) -> None:
    """The cursor is at a place of an attached buffer."""
    nvim.edit(path, place)
    nvim.attached()


def asked(nvim: Neovim, question: str) -> list[dict[str, object]]:
    """What a function of `vim.lsp.buf` lists: `on_list` stands for its last argument."""
    nvim.lua(f"found = nil; local on_list = {{ on_list = function(list) found = list.items end }}; {question}")
    nvim.until(lambda: nvim.lua("return found ~= nil"), f"{question}: no answer")
    found: list[dict[str, object]] = nvim.lua("""
        return vim.tbl_map(function(item)
            local name = item.filename or vim.api.nvim_buf_get_name(item.bufnr)
            return { path = vim.fs.relpath(vim.uv.cwd(), name), line = item.lnum, text = item.text }
        end, found)
    """)
    return found


def places(nvim: Neovim, question: str) -> list[str]:
    """The same as "path:line", in order."""
    return sorted(f"{item['path']}:{item['line']}" for item in asked(nvim, f"vim.lsp.buf.{question}"))


def lines(nvim: Neovim, suffix: str, pattern: str) -> list[str]:
    """Where the files with a suffix have a line like that, outside of what is commented out, as "path:line"."""
    found = []
    for path in nvim.workspace.rglob(f"*{suffix}"):
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
            if re.search(pattern, re.sub(r'//.*|"(\\.|[^"])*"', "", line)):
                found.append(f"{path.relative_to(nvim.workspace)}:{number}")
    return sorted(found)


def test_a_traits_implementations_are_in_all_its_crates(ripgrep: Neovim) -> None:
    at(ripgrep, "crates/matcher/src/lib.rs", "pub trait |Matcher {")
    expected = lines(ripgrep, ".rs", r"^impl\b.*\bMatcher for ")
    assert len(expected) == 5
    assert places(ripgrep, "implementation(on_list)") == expected


def test_a_methods_implementations_are_those_of_its_trait(ripgrep: Neovim) -> None:
    """`find_at` is required, so every implementation of the trait has it; no other trait has a method called so."""
    at(ripgrep, "crates/matcher/src/lib.rs", "    fn |find_at(")
    in_impls = [place for place in lines(ripgrep, ".rs", r"^    fn find_at\b") if "impl" in _block(ripgrep, place)]
    assert len(in_impls) == 5
    assert set(in_impls) <= set(places(ripgrep, "implementation(on_list)"))


def _block(nvim: Neovim, place: str) -> str:
    """The line that opens the block at the margin around a place."""
    path, number = place.rsplit(":", 1)
    before = (nvim.workspace / path).read_text("utf-8").split("\n")[: int(number)]
    return next(line for line in reversed(before) if re.match(r"\S.*\{$", line))


def test_a_types_references_are_every_mention_of_its_only_name(ripgrep: Neovim) -> None:
    at(ripgrep, "crates/matcher/src/lib.rs", "pub struct |NoCaptures(")
    expected = lines(ripgrep, ".rs", r"\bNoCaptures\b")
    assert {place.split("/")[1] for place in expected} == {"matcher", "searcher"}
    assert sorted(set(places(ripgrep, "references(nil, on_list)"))) == expected


def test_a_method_on_a_type_parameter_leads_to_its_bound(ripgrep: Neovim) -> None:
    """In another crate: `self.matcher` is an `M: Matcher`."""
    at(ripgrep, "crates/searcher/src/searcher/core.rs", "self.matcher.|find_candidate_line(")
    (expected,) = [
        place for place in lines(ripgrep, ".rs", r"fn find_candidate_line\b") if "pub trait" in _block(ripgrep, place)
    ]
    assert places(ripgrep, "definition(on_list)") == [expected]


def test_the_outline_of_a_rust_file_has_its_top_level(ripgrep: Neovim) -> None:
    at(ripgrep, "crates/regex/src/matcher.rs", "pub struct |RegexMatcher {")
    structs = lines(ripgrep, "regex/src/matcher.rs", r"^pub struct ")
    associated = lines(ripgrep, "regex/src/matcher.rs", r"^    type \w+ =")
    assert (len(structs), len(associated)) == (3, 2)
    outline = asked(ripgrep, "vim.lsp.buf.document_symbol(on_list)")
    types = ("[Struct]", "[Class]")
    told = {f"{one['path']}:{one['line']}" for one in outline if str(one["text"]).startswith(types)}
    assert {*structs} <= told <= {*structs, *associated}


def test_a_symbol_is_found_by_its_name(ripgrep: Neovim) -> None:
    at(ripgrep, "crates/regex/src/matcher.rs", "pub struct |RegexMatcher {")
    first = asked(ripgrep, 'vim.lsp.buf.workspace_symbol("RegexMatcherBuilder", on_list)')[0]
    assert [f"{first['path']}:{first['line']}"] == lines(ripgrep, ".rs", r"^pub struct RegexMatcherBuilder\b")


def test_modules_that_use_each_other_are_told(ripgrep: Neovim) -> None:
    """`walk` uses `dir`, and `dir` uses `walk`: with names of each, not only in tests."""
    at(ripgrep, "crates/ignore/src/walk.rs", "    |dir::{Ignore, IgnoreBuilder},")
    (forth,) = lines(ripgrep, "ignore/src/walk.rs", r"^    dir::\{Ignore, IgnoreBuilder\},")
    (back,) = lines(ripgrep, "ignore/src/dir.rs", r"^    walk::DirEntry,")
    assert (forth, "import-cycle", [back]) in diagnostics(ripgrep)


def diagnostics(nvim: Neovim) -> list[tuple[str, str, list[str]]]:
    """Of the buffer: where, which, and the places of the other steps."""
    nvim.until(lambda: nvim.lua("return #vim.diagnostic.get(0) > 0"), "no diagnostics")
    told = nvim.lua("""
        local function place(name, line) return vim.fs.relpath(vim.uv.cwd(), name) .. ":" .. line end
        return vim.tbl_map(function(one)
            local related = one.user_data.lsp.relatedInformation or {}
            return {
                place(vim.api.nvim_buf_get_name(0), one.lnum + 1),
                one.code,
                vim.tbl_map(function(step)
                    return place(vim.uri_to_fname(step.location.uri), step.location.range.start.line + 1)
                end, related),
            }
        end, vim.diagnostic.get(0))
    """)
    return [(where, code, steps) for where, code, steps in told]


def test_a_classs_implementations_are_its_subclasses(flask: Neovim) -> None:
    at(flask, "src/flask/sessions.py", "class |SessionInterface:")
    (own,) = lines(flask, "flask/sessions.py", r"^class SessionInterface:")  # which can be instantiated, too
    subclasses = _subclasses(flask, "SessionInterface")
    assert len(subclasses) == 4
    assert places(flask, "implementation(on_list)") == sorted([own, *subclasses])


def _subclasses(nvim: Neovim, name: str) -> list[str]:
    """Where classes are that have this one as a base, or one of those, by Python's own parser."""
    classes = {
        f"{path.relative_to(nvim.workspace)}:{node.lineno}": node
        for path in nvim.workspace.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    wanted: set[str] = {name}
    while True:
        bases = {place: {ast.unparse(base).rpartition(".")[2] for base in one.bases} for place, one in classes.items()}
        found = {place for place, names in bases.items() if names & wanted}
        more = wanted | {classes[place].name for place in found}
        if more == wanted:
            return sorted(found)
        wanted = more


def test_an_overridden_methods_implementations(flask: Neovim) -> None:
    at(flask, "src/flask/json/provider.py", "def |dumps(self, obj: t.Any, **kwargs: t.Any) -> str:")
    overrides = [
        f"{path.relative_to(flask.workspace)}:{method.lineno}"
        for path in flask.workspace.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and any("JSONProvider" in ast.unparse(base) for base in node.bases)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name == "dumps"
    ]
    assert overrides
    assert set(overrides) <= set(places(flask, "implementation(on_list)"))


def test_a_classs_references_are_every_mention_of_its_only_name(flask: Neovim) -> None:
    """Names as Python's tokenizer sees them: no comments, no text."""
    at(flask, "src/flask/cli.py", "class |ScriptInfo:")
    expected = set()
    for path in flask.workspace.rglob("*.py"):
        with path.open("rb") as file:
            names = [one for one in tokenize.tokenize(file.readline) if one.type == tokenize.NAME]
        expected |= {
            f"{path.relative_to(flask.workspace)}:{one.start[0]}" for one in names if one.string == "ScriptInfo"
        }
    assert len(expected) > 15
    assert set(places(flask, "references(nil, on_list)")) == expected


def test_a_method_on_an_annotated_global_leads_to_its_class(flask: Neovim) -> None:
    """`current_app: Flask = LocalProxy(...)`, in a module of its own."""
    at(flask, "src/flask/views.py", "current_app.|ensure_sync(")
    (expected,) = lines(flask, "flask/app.py", r"^    def ensure_sync\(")
    assert places(flask, "definition(on_list)") == [expected]


def test_the_outline_of_a_python_file_is_that_of_its_syntax_tree(flask: Neovim) -> None:
    at(flask, "src/flask/views.py", "class |View:")
    tree = ast.parse((flask.workspace / "src/flask/views.py").read_text("utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    methods = [node for one in classes for node in one.body if isinstance(node, ast.FunctionDef)]
    outline = asked(flask, "vim.lsp.buf.document_symbol(on_list)")
    for kind, nodes in (("Class", classes), ("Method", methods)):
        told = {one["line"] for one in outline if str(one["text"]).startswith(f"[{kind}]")}
        assert told == {node.lineno for node in nodes}


def test_modules_that_import_each_other_are_told(flask: Neovim) -> None:
    at(flask, "examples/javascript/js_example/views.py", "from . import |app")
    (forth,) = lines(flask, "js_example/views.py", r"^from \. import app")
    (back,) = lines(flask, "js_example/__init__.py", r"^from js_example import views")
    assert diagnostics(flask) == [(forth, "import-cycle", [back])]


def test_imports_inside_functions_that_close_a_cycle_are_hints(flask: Neovim) -> None:
    """`flask` imports `app`, which imports `cli`, which imports `flask`, but only when it is called."""
    at(flask, "src/flask/cli.py", "class |ScriptInfo:")
    inside = lines(flask, "src/flask/cli.py", r"^    from \. import Flask")
    assert len(inside) == 2
    told = diagnostics(flask)
    assert {where for where, code, _ in told if code == "deferred-import-cycle"} == {*inside}
    severities = flask.lua("return vim.tbl_map(function(one) return one.severity end, vim.diagnostic.get(0))")
    assert {*severities} == {flask.lua("return vim.diagnostic.severity.HINT")}
