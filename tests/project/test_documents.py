"""Documents say what is there: every setting, every command, links that lead somewhere, a script that runs."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from isg_server import __version__, settings
from isg_server.cli import entry
from isg_server.commands import COMMANDS
from project.tree import ROOT, files, files_of, shown

README = (ROOT / "README.md").read_text("utf-8")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)
# A home directory or a scratch directory of some machine; documentation may say /path/to.
_MACHINE = re.compile(rb"(?<![\w./-])/(?:home|Users|work|root)/[\w.-]+|(?<![\w./-])/tmp/lab")


def test_readme_has_the_table_of_settings(pytestconfig: pytest.Config) -> None:
    """`pytest --update-specs` puts it there."""
    head, begin, rest = README.partition("<!-- settings -->\n")
    _, end, tail = rest.partition("<!-- end of settings -->")
    wanted = f"{head}{begin}{settings.markdown_table()}\n{end}{tail}"
    if pytestconfig.getoption("update_specs"):
        (ROOT / "README.md").write_text(wanted, "utf-8")
    else:
        assert wanted == README


def test_readme_names_every_command_and_option() -> None:
    said = [*_command_line(entry.make_parser(), "isg"), *COMMANDS]
    missing = [what for what in said if what not in README]
    assert missing == []


def test_changelog_has_an_entry_for_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    heads = re.findall(r"^## (\S+)", changelog, re.MULTILINE)
    assert heads
    assert heads[0] in {"Unreleased", __version__}


def test_the_script_of_the_library_page_runs(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "library.md").read_text("utf-8")
    script = tmp_path / "script.py"
    script.write_text(page.split("```python\n")[1].split("```")[0], "utf-8")
    workspace = ROOT / "tests" / "workspaces" / "sift"
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(script), str(workspace), "Filter"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=True,
    )
    lines = (workspace / "crates" / "walk" / "src" / "filter.rs").read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines, 1) if line.startswith("impl Filter for MaxSize"))
    assert f"crates/walk/src/filter.rs:{at}:17 " in done.stdout


def test_no_link_between_documents_is_broken() -> None:
    broken = [
        f"{shown(path)}: {target}"
        for path in files_of(".md", outside=("tests/specs/",))
        for target in _links(path)
        if not (path.parent / target).resolve().exists()
    ]
    assert broken == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    own = Path(__file__)
    named = [
        f"{shown(path)}: {found.decode()}"
        for path in files()
        if path != own
        for found in _MACHINE.findall(path.read_bytes())
    ]
    assert named == []


def _links(path: Path) -> Iterator[str]:
    """Relative targets, without their anchors."""
    for first, second in _LINK.findall(_FENCE.sub("", path.read_text("utf-8"))):
        target = (first or second).partition("#")[0]
        if target and "://" not in target and not target.startswith("mailto:"):
            yield target


def _command_line(parser: argparse.ArgumentParser, name: str) -> Iterator[str]:
    """`isg index`, `--jobs` ...: every command and every option that is not hidden."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command, below in action.choices.items():
                yield f"{name} {command}"
                yield from _command_line(below, f"{name} {command}")
        elif action.option_strings and action.help is not argparse.SUPPRESS and action.dest != "help":
            yield action.option_strings[-1]
        elif action.choices:
            yield from action.choices
