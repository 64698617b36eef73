"""The plugin in a real Neovim, over stdio, on a small workspace in two languages with wide characters in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from editors.remote import PLUGIN, Neovim, program
from server.conftest import FILES, write

README = (PLUGIN / "README.md").read_text(encoding="utf-8")
_, MISSING = program()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

USUAL = """
vim.lsp.config("isg", { settings = { isg = { capabilities = {} } } })
vim.lsp.enable("isg")
"""
OTHER = """
vim.lsp.config("other", {
    cmd = { "isg", "serve", "--stdio" },
    filetypes = { "python" },
    root_markers = { "Cargo.toml" },
    init_options = %s,
})
vim.lsp.enable("other")
"""
MORE = {
    "app/a.py": '"é😀"; import app.b\n',
    "app/b.py": "import app.a\n",
    "tests/test_use.py": "from app.use import again\n\n\ndef test_again():\n    assert again() == 1.0\n",
}
SHOWN_CONTEXT = 'vim.bo.filetype == "markdown" and vim.bo.buftype == "nofile"'


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("nvim") / "wörk space", FILES | MORE)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of all that run here: what the first one has indexed, the next ones open."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, workspace: Path, cache: Path) -> Iterator[Neovim]:
    """One for all the tests that only ask."""
    with Neovim(tmp_path_factory.mktemp("home"), workspace, USUAL, cache) as nvim:
        nvim.edit("app/use.py")
        nvim.attached()
        assert nvim.messages() == "", "settings with nothing in them are no wrong ones"
        yield nvim


@pytest.fixture
def nvim(running: Neovim) -> Iterator[Neovim]:
    yield running
    running.type("silent! only! | enew! | call setqflist([], 'f') | messages clear")


def listed(nvim: Neovim) -> tuple[str, list[str]]:
    nvim.until(lambda: nvim.lua('return vim.bo.buftype == "quickfix"'), "no quickfix window")
    return nvim.quickfix()


@pytest.mark.parametrize(
    ("path", "place", "found"),
    [
        ("src/lib.rs", "fn |area(&self) -> f64;", ["lib.rs:3:41"]),
        ("app/shapes.py", "def |area", ["shapes.py:4:9", "shapes.py:9:9"]),
    ],
)
def test_go_to_implementation(nvim: Neovim, path: str, place: str, found: list[str]) -> None:
    nvim.edit(path, place)
    nvim.attached()
    nvim.lua("found = nil; vim.lsp.buf.implementation({ on_list = function(list) found = list.items end })")
    shown = """
        return found and vim.tbl_map(function(item)
            return ("%s:%d:%d"):format(vim.fs.basename(item.filename), item.lnum, item.col)
        end, found)
    """
    assert nvim.until(lambda: nvim.lua(shown), "no implementations") == found


def test_blast_radius_is_a_quickfix_list_with_tests_apart(nvim: Neovim) -> None:
    nvim.edit("app/shapes.py", "def |area")
    nvim.type("IsgBlastRadius")
    assert listed(nvim) == (
        "isg: blast radius of area: 5",
        [
            "use.py:4:5  app.use.measure  calls app.shapes.Shape.area",
            "shapes.py:9:9  app.shapes.Square.area  overrides app.shapes.Shape.area",
            "use.py:8:5  app.use.again  calls app.use.measure, 2 hops",
            "Tests (2)",
            "test_use.py:1:1  tests.test_use  imports app.use.again, 3 hops",
            "test_use.py:4:5  tests.test_use.test_again  calls app.use.again, 3 hops",
        ],
    )


def test_what_may_depend_on_it_is_marked(nvim: Neovim) -> None:
    nvim.edit("app/shapes.py", "Shape):\n    def |area")
    nvim.type("IsgBlastRadius")
    _, entries = listed(nvim)
    assert entries[0] == "use.py:4:5  possible: app.use.measure  calls app.shapes.Shape.area"


def test_nothing_depends_on_it(nvim: Neovim) -> None:
    nvim.edit("tests/test_use.py", "def |test_again")
    nvim.attached()
    nvim.type("IsgBlastRadius")
    nvim.until(lambda: "isg: nothing depends on test_again" in nvim.messages(), "nothing is told")


def test_cycles_are_a_quickfix_list_of_findings_and_steps(nvim: Neovim) -> None:
    nvim.edit("app/use.py")
    nvim.type("IsgCycles")
    assert listed(nvim) == (
        "isg: cycles",
        [
            "import-cycle, 2 together; cut app.b -> app.a",
            "a.py:1:11 W Import cycle: app.a -> app.b -> app.a. Cheapest to cut: app.b imports app.a.",
            "b.py:1:1    app.b imports app.a",
            "b.py:1:1 W Import cycle: app.b -> app.a -> app.b. Cheapest to cut: app.b imports app.a.",
            "a.py:1:11    app.a imports app.b",
        ],
    )


def test_unsaved_text_is_seen(nvim: Neovim) -> None:
    nvim.edit("app/b.py")
    nvim.call("nvim_buf_set_lines", 0, 0, 1, False, ["import os"])
    nvim.type("IsgCycles")
    nvim.until(lambda: "isg: no cycles" in nvim.messages(), "nothing is told")
    nvim.lua("vim.cmd.edit({ bang = true })")


def test_a_kind_of_cycle_that_is_none_is_refused_in_the_servers_words(nvim: Neovim) -> None:
    nvim.edit("app/use.py")
    nvim.type("IsgCycles unheard-of")
    nvim.until(lambda: "'unheard-of' is no kind of finding" in nvim.messages(), "nothing is told")


def test_context_is_a_scratch_buffer(nvim: Neovim) -> None:
    nvim.edit("app/shapes.py", "def |area")
    nvim.type("vertical IsgContext 2000 1")
    nvim.until(lambda: nvim.lua(f"return {SHOWN_CONTEXT}"), "no buffer")
    assert "app.shapes.Shape.area" in "\n".join(nvim.call("nvim_buf_get_lines", 0, 0, -1, False))
    assert nvim.lua('return vim.fn.winlayout()[1] == "row" and not vim.bo.modified')


@pytest.mark.parametrize(("command", "register"), [("IsgContext k 500", "k"), ("IsgContext! 500", '"')])
def test_context_goes_into_a_register(nvim: Neovim, command: str, register: str) -> None:
    nvim.edit("app/shapes.py", "def |area")
    nvim.type(command)
    nvim.until(lambda: f"tokens in register {register}" in nvim.messages(), "nothing is told")
    assert "app.shapes.Shape.area" in nvim.lua("return vim.fn.getreg(...)", register)
    assert not nvim.lua(f"return {SHOWN_CONTEXT}")


def test_arguments_that_do_not_fit_are_told(nvim: Neovim) -> None:
    nvim.edit("app/shapes.py", "def |area")
    nvim.type("IsgContext much")
    nvim.until(lambda: "isg: :IsgContext[!] [register] [budget] [level]" in nvim.messages(), "nothing is told")
    nvim.type("messages clear")
    nvim.type("IsgContext 2000 7")
    nvim.until(lambda: "isg.llmContext" in nvim.messages(), "nothing is told")


def test_diagnostics_come_with_the_buffer(nvim: Neovim) -> None:
    nvim.edit("app/a.py")
    codes = "return vim.tbl_map(function(one) return { one.code, one.col } end, vim.diagnostic.get(0))"
    assert nvim.until(lambda: nvim.lua(codes), "no diagnostics") == [["import-cycle", 10]]


def test_status_and_reindex(nvim: Neovim) -> None:
    nvim.edit("app/use.py")
    nvim.type("IsgStatus")
    nvim.until(lambda: "up to date, 7 documents" in nvim.messages(), "no status")
    nvim.type("IsgReindex")
    nvim.until(lambda: "isg: the index is up to date" in nvim.messages(), "not indexed")


def test_statusline(nvim: Neovim) -> None:
    def told(token: str, **value: object) -> str:
        nvim.lua(
            """
            local token, value = ...
            local client = vim.lsp.get_clients({ name = "isg" })[1]
            vim.lsp.handlers["$/progress"](nil, { token = token, value = value }, { client_id = client.id })
            """,
            token,
            value,
        )
        return shown()

    def shown() -> str:
        return str(nvim.lua("""return vim.api.nvim_eval_statusline("%{v:lua.require'isg'.status()}", {}).str"""))

    nvim.edit("app/use.py")
    nvim.attached()
    assert told("a", kind="begin", title="isg: indexing space") == "isg: indexing space"
    assert told("a", kind="report", message="extract: 1 / 7 files") == "isg: extract: 1 / 7 files"
    assert told("b", kind="end") == "isg: extract: 1 / 7 files", "the end of another one"
    assert told("a", kind="end") == "isg"
    nvim.lua("vim.cmd.enew()")
    assert shown() == ""


def health(nvim: Neovim) -> str:
    nvim.type("checkhealth isg")
    nvim.until(lambda: nvim.lua('return vim.bo.filetype == "checkhealth" and vim.fn.line("$") > 1'), "no report")
    return "\n".join(nvim.call("nvim_buf_get_lines", 0, 0, -1, False))


def test_health(nvim: Neovim) -> None:
    from isg_server import __version__

    nvim.edit("app/use.py")
    told = health(nvim)
    assert f"OK isg {__version__} (" in told
    assert "up to date, 7 documents" in told
    assert "ERROR" not in told
    assert "WARNING" not in told


def test_a_cleared_index_is_made_anew(nvim: Neovim) -> None:
    nvim.edit("app/use.py")
    nvim.type("IsgClearIndex")
    nvim.until(lambda: "isg: the index is deleted" in nvim.messages(), "nothing is told")
    nvim.attached()


def test_companion_mode_leaves_nothing_twice(tmp_path: Path, workspace: Path, cache: Path) -> None:
    companion = 'vim.lsp.config("isg", { settings = { isg = { mode = "companion" } } })'
    other = OTHER % "{ capabilities = { typeHierarchy = false } }"
    with Neovim(tmp_path, workspace, USUAL + companion + other, cache) as nvim:
        nvim.edit("app/use.py")
        nvim.attached()
        nvim.served_by("other")
        offers = 'return vim.lsp.get_clients({ name = "isg" })[1]:supports_method(...)'
        assert nvim.lua(offers, "textDocument/prepareTypeHierarchy")
        assert not nvim.lua(offers, "textDocument/implementation")
        nvim.type("IsgCycles")
        assert listed(nvim)[0] == "isg: cycles", "commands always work"
        assert "nothing appears twice beside other" in health(nvim)


def test_health_names_what_two_servers_answer(tmp_path: Path, workspace: Path, cache: Path) -> None:
    other = OTHER % '{ mode = "companion", capabilities = { hover = true } }'
    with Neovim(tmp_path, workspace, USUAL + other, cache) as nvim:
        nvim.edit("app/use.py")
        nvim.attached()
        nvim.served_by("other")
        told = health(nvim)
        assert "other answers these too, so results may appear twice: hover, typeHierarchy" in told
        assert "mode = 'companion'" in told


def test_without_a_server_the_reason_is_told(tmp_path: Path, workspace: Path, cache: Path) -> None:
    init = 'vim.g.isg_path = "/nowhere/isg"\nvim.lsp.enable("isg")\n'
    with Neovim(tmp_path, workspace, init, cache) as nvim:
        nvim.type("IsgStatus")
        nvim.until(lambda: "isg: not attached to this buffer" in nvim.messages(), "nothing is told")
        told = health(nvim)
        assert "/nowhere/isg can't be run" in told
        assert "attached to no buffer" in told


def test_what_the_readme_says_for_older_versions_works(tmp_path: Path, workspace: Path, cache: Path) -> None:
    _, section = README.split("## Older Neovim")
    with Neovim(tmp_path, workspace, section.split("```lua\n")[1].split("```")[0], cache) as nvim:
        nvim.edit("app/use.py")
        nvim.attached()
        assert nvim.lua('return vim.lsp.get_clients({ name = "isg" })[1].config.root_dir') == str(workspace)


def test_the_readme_is_sound_lua_and_names_every_command(nvim: Neovim) -> None:
    for block in re.findall(r"```lua\n(.*?)```", README, re.DOTALL):
        text = block if not block.startswith("{") else f"return {block}"
        assert nvim.lua("local _, problem = loadstring(...) return problem", text) is None
    commands = [name for name in nvim.lua("return vim.tbl_keys(vim.api.nvim_get_commands({}))") if name[:3] == "Isg"]
    assert len(commands) == 6
    assert [name for name in commands if f"`:{name}" not in README] == []


def implementations(nvim: Neovim) -> list[str]:
    """Where `gri` would lead, as "path:line"."""
    nvim.lua("found = nil; vim.lsp.buf.implementation({ on_list = function(list) found = list.items end })")
    shown = """
        return found and vim.tbl_map(function(item)
            return ("%s:%d"):format(vim.fs.basename(item.filename), item.lnum)
        end, found)
    """
    found: list[str] = nvim.until(lambda: nvim.lua(shown), "no implementations")
    return found


def test_two_editors_on_one_workspace_each_see_their_own_text(tmp_path: Path) -> None:
    """Both have the same index open. What one has not saved is its own; what it saves, the other one sees."""
    workspace = write(tmp_path / "wörk space", FILES | MORE)
    disc = "\n\nclass Disc(Shape):\n    def area(self) -> float:\n        return 3.0\n"
    homes = [tmp_path / name for name in ("first", "second")]
    with (
        Neovim(homes[0], workspace, USUAL, tmp_path / "cache") as first,
        Neovim(homes[1], workspace, USUAL, tmp_path / "cache") as second,
    ):
        for nvim in (first, second):
            nvim.edit("app/shapes.py", "def |area")
            nvim.attached()
        first.call("nvim_buf_set_lines", 0, -1, -1, False, disc.splitlines())
        assert implementations(first) == ["shapes.py:4", "shapes.py:9", "shapes.py:17"]
        assert implementations(second) == ["shapes.py:4", "shapes.py:9"]

        second.edit("app/b.py")
        second.call("nvim_buf_set_lines", 0, 0, 1, False, ["import os"])
        second.type("IsgCycles")
        second.until(lambda: "isg: no cycles" in second.messages(), "nothing is told")
        first.type("IsgCycles")
        assert len(listed(first)[1]) == 5, "its b.py is that on disk"

        second.lua("vim.cmd.write()")
        first.lua("vim.cmd('cclose | edit app/a.py')")
        first.until(lambda: not first.lua("return #vim.diagnostic.get(0)"), "what the other one saved is not seen")
        first.lua("vim.cmd('buffer app/shapes.py')")
        assert first.lua("return vim.bo.modified")
        assert implementations(first) == ["shapes.py:4", "shapes.py:9", "shapes.py:17"]
