"""Which files of a directory are documents, which are manifests, and what is left out with which reason."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from discovery.conftest import Tree
from isg_analysis.errors import WorkspaceError
from isg_analysis.workspace.discovery import DiscoveryRules, changed, discover


def test_languages_by_extension_name_and_interpreter(tree: Tree) -> None:
    tree.write("a.py", "b.pyi", "c.rs", "SConstruct", "notes.txt", "noextension", ".py", "d.PY", "deep/er/e.py")
    for name, line in {
        "env": "#!/usr/bin/env python3\n",
        "versioned": "#!/opt/bin/python3.12 -O\r\n",
        "split": "#!/usr/bin/env -S python -u\n",
        "shell": "#!/bin/sh\npython\n",
        "binary": "\x7fELF\x00",
        "notexecutable": "#!/usr/bin/python\n",
    }.items():
        tree.text(f"bin/{name}", line)
        if name != "notexecutable":
            (tree.root / "bin" / name).chmod(0o755)
    found = {file.path: file.language for file in tree.discover().documents}
    assert found == {
        "SConstruct": "snake",
        "a.py": "snake",
        "b.pyi": "snake",
        "bin/env": "snake",
        "bin/split": "snake",
        "bin/versioned": "snake",
        "c.rs": "crab",
        "deep/er/e.py": "snake",
    }
    assert list(found) == sorted(found)


def test_size_and_time_tell_of_changes(tree: Tree) -> None:
    tree.text("a.py", "x = 1\n")
    tree.write("b.py", "c.py")
    os.utime(tree.root / "a.py", ns=(5, 1234567))
    (file, *others) = tree.discover().documents
    assert (file.size, file.mtime_ns) == (6, 1234567)
    known = {file.path: (file.size, file.mtime_ns), "b.py": (0, 1), "gone.py": (0, 0)}
    assert changed([file, *others], known) == (others, ["gone.py"])


def test_manifests_for_each_language_that_wants_them(tree: Tree) -> None:
    tree.write("Cargo.toml", "pyproject.toml", "sub/setup.py", "node_modules/x/Cargo.toml", "Cargo.lock")
    found = tree.discover()
    assert [(file.path, file.language) for file in found.manifests] == [
        ("Cargo.toml", "crab"),
        ("pyproject.toml", "crab"),
        ("pyproject.toml", "snake"),
        ("sub/setup.py", "snake"),
    ]
    assert [file.path for file in found.documents] == ["sub/setup.py"]


def test_nobody_s_source_is_left_out(tree: Tree) -> None:
    tree.write(
        "a.py", "build/kept.py", "dist/kept.py", "env/kept.py", "target/kept.py", "vendor/kept.py", ".ci/kept.py"
    )
    for directory in [
        ".git",
        ".venv",
        "node_modules",
        "lib/site-packages",
        "__pycache__",
        ".tox",
        ".mypy_cache",
        ".eggs",
    ]:
        tree.write(f"{directory}/x.py", f"{directory}/deep/x.py")
    tree.write("my-env/pyvenv.cfg", "my-env/bin/x.py", "crate/Cargo.toml", "crate/target/x.rs", "crate/src/lib.rs")
    tree.write("cache/CACHEDIR.TAG", "cache/x.py", "go/vendor/modules.txt", "go/vendor/x.py")
    tree.write("third_party/crates/x/.cargo-checksum.json", "third_party/crates/x/lib.rs", "third_party/kept.py")
    kept = [path for path in tree.documents() if path not in ("a.py", "crate/src/lib.rs")]
    assert [path.rpartition("/")[2] for path in kept] == ["kept.py"] * 7
    assert len(tree.documents(default_excludes=False)) == 28


def test_version_control_is_never_entered_even_without_default_excludes(tree: Tree) -> None:
    tree.write(".git/hooks/x.py", "a.py")
    assert tree.documents(default_excludes=False) == ["a.py"]


def test_marks_at_the_root_do_not_empty_the_workspace(tree: Tree) -> None:
    tree.write("pyvenv.cfg", "CACHEDIR.TAG", ".git/config", "a.py")
    assert tree.documents() == ["a.py"]


def test_nested_repositories_are_entered_only_when_asked_for(tree: Tree) -> None:
    tree.text(".gitignore", "*.pyi\n")
    tree.write("a.py", "a.pyi", "nested/.git/config", "nested/b.py", "nested/b.pyi", "module/c.py", "module/.git")
    assert tree.documents() == ["a.py"]
    assert tree.skipped() == {"nested/": "a nested repository", "module/": "a nested repository"}
    # The rules of the repository around it do not reach into another one.
    assert tree.documents(nested_repositories=True) == ["a.py", "module/c.py", "nested/b.py", "nested/b.pyi"]


def test_ignore_files(tree: Tree) -> None:
    tree.text(".gitignore", "*.rs\n/build\n!keep.rs\nlogs/\n")
    tree.text("sub/.gitignore", "!*.rs\nx.py\n")
    tree.text(".ignore", "!build\nsecret.py\n")
    tree.text(".git/info/exclude", "private.py\n")
    tree.write("a.rs", "keep.rs", "build/b.py", "sub/build/b.py", "logs/l.py", "sub/logs.py", "private.py", "secret.py")
    tree.write("sub/a.rs", "sub/x.py", "sub/secret.py", "x.py")
    assert tree.documents() == ["build/b.py", "keep.rs", "sub/a.rs", "sub/build/b.py", "sub/logs.py", "x.py"]
    assert len(tree.documents(ignore_files=False)) == 12


def test_excludes_and_includes_of_the_user(tree: Tree) -> None:
    tree.text(".gitignore", "generated/\n*.pyi\n")
    tree.write("a.py", "generated/a.py", "generated/deep/b.py", "node_modules/ours/c.py", "node_modules/theirs/d.py")
    tree.write("x.pyi", "sub/x.pyi", "sub/y.pyi", "sub/z.py", "node_modules/ours/node_modules/e.py")
    assert tree.documents(exclude=("sub/",)) == ["a.py"]
    assert tree.documents(include=("generated/",)) == ["a.py", "generated/a.py", "generated/deep/b.py", "sub/z.py"]
    assert tree.documents(include=("generated/deep/*.py",)) == ["a.py", "generated/deep/b.py", "sub/z.py"]
    assert tree.documents(include=("node_modules/ours/",)) == ["a.py", "node_modules/ours/c.py", "sub/z.py"]
    assert tree.documents(include=("x.pyi",), exclude=("/x.pyi", "*.py")) == ["sub/x.pyi"]


def test_a_size_limit(tree: Tree) -> None:
    tree.text("small.py", "x" * 100)
    tree.text("large.py", "x" * 101)
    tree.write("generated.py", "notes.txt")
    with (tree.root / "generated.py").open("wb") as file:
        file.truncate(50_000_000)
    assert tree.documents(size_limit=100) == ["small.py"]
    assert tree.skipped() == {"generated.py": "larger than 2000000 bytes"}


def test_links_are_never_followed(tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "o.py").write_text("")
    tree.write("real/a.py")
    for name, target in {
        "out": "../outside",
        "out.py": "../outside/o.py",
        "again": "real",
        "again.py": "real/a.py",
        "dangling.py": "nowhere.py",
        "loop.py": "loop.py",
        "real/up": "..",
        "picture.png": "../outside/o.py",
    }.items():
        (tree.root / name).symlink_to(target)
    assert tree.documents() == ["real/a.py"]
    assert tree.skipped() == {
        "dangling.py": "a link to nothing, or to itself",
        "loop.py": "a link to nothing, or to itself",
        "out": "a link out of the workspace",
        "out.py": "a link out of the workspace",
    }


def test_a_root_that_is_a_link(tree: Tree, tmp_path: Path) -> None:
    tree.write("a.py")
    (tmp_path / "link").symlink_to(tree.root)
    assert [file.path for file in discover(tmp_path / "link", ()).documents] == []
    assert Tree(tmp_path / "link").documents() == ["a.py"]


def test_ignore_files_that_are_links_or_no_files_are_not_read(tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "rules").write_text("*\n")
    tree.write("a.py", "sub/b.py", "pipe/c.py")
    (tree.root / ".gitignore").symlink_to(tmp_path / "rules")
    (tree.root / "sub" / ".gitignore").mkdir()
    os.mkfifo(tree.root / "pipe" / ".gitignore")
    assert tree.documents() == ["a.py", "pipe/c.py", "sub/b.py"]


def test_a_repository_s_own_excludes_are_not_read_through_a_link(tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "info").mkdir()
    (tmp_path / "info" / "exclude").write_text("*\n")
    tree.write("a.py", ".git/config")
    (tree.root / ".git" / "info").symlink_to(tmp_path / "info")
    assert tree.documents() == ["a.py"]


def test_what_is_no_file_is_passed_over(tree: Tree) -> None:
    os.mkfifo(tree.root / "pipe.py")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(tree.root / "s.py"))
    tree.write("dir.py/a.py")
    assert tree.documents() == ["dir.py/a.py"]
    assert tree.skipped() == {}


def test_strange_names(tree: Tree) -> None:
    tree.write("fine ü €.py", "with\nnewline.py", "tab\tdir/a.py", "escape\x1b[31m.py", "#!%.py", "-rf.py")
    with open(os.fsencode(tree.root) + b"/undecodable\xff.py", "wb"):
        pass
    assert tree.documents() == ["#!%.py", "-rf.py", "fine ü €.py"]
    skipped = tree.skipped()
    assert set(skipped) == {"with\\nnewline.py", "tab\\tdir/", "escape\\x1b[31m.py", "undecodable\\udcff.py"}
    assert all(path.isprintable() and path.encode() for path in skipped)


def test_unreadable_directories_and_files_are_reported(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.write("a.py", "locked/b.py", "gone/c.py")
    scan = os.scandir

    def refuse(path: Any) -> Any:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        if str(path).endswith("gone"):
            raise FileNotFoundError(2, "No such file or directory")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert tree.documents() == ["a.py"]
    assert tree.skipped() == {"locked/": "cannot be read: Permission denied"}


def test_only_some_paths(tree: Tree) -> None:
    tree.text(".gitignore", "*.pyi\n")
    tree.write("a.py", "b.py", "sub/c.py", "sub/d.pyi", "sub/deep/e.py", "subway/f.py", "node_modules/g.py")

    def only(*paths: str) -> list[str]:
        return [file.path for file in tree.discover(only=paths).documents]

    assert only("a.py", "gone.py", "sub/d.pyi", "node_modules/g.py") == ["a.py"]
    assert only("sub") == only("sub/") == ["sub/c.py", "sub/deep/e.py"]
    assert only("sub/deep/e.py", "b.py") == ["b.py", "sub/deep/e.py"]
    assert only() == []


def test_it_stops_when_told_to(tree: Tree) -> None:
    tree.write(*(f"{number}/a.py" for number in range(20)))
    asked = iter([False] * 5 + [True] * 100)
    assert len(tree.discover(cancelled=lambda: next(asked)).documents) == 4


def test_an_empty_workspace_and_none_at_all(tree: Tree, tmp_path: Path) -> None:
    found = tree.discover()
    assert (found.documents, found.manifests, found.skipped) == ([], [], [])
    tree.write("file")
    for missing in (tmp_path / "missing", tree.root / "file", Path("null\0byte")):
        with pytest.raises(WorkspaceError, match="cannot read"):
            discover(missing, (), DiscoveryRules())


def test_deep_nesting(tree: Tree) -> None:
    path = "/".join(["d"] * 200)
    tree.write(f"{path}/a.py")
    assert tree.documents() == [f"{path}/a.py"]


def test_the_same_as_git_lists(tree: Tree, git: Callable[..., str]) -> None:
    git("init", "-q")
    tree.text(".gitignore", "a*\n!ab.py\n/d/**/x.py\nfoo/*\n!foo/bar/\n[[:digit:]]*.py\n\\!odd.py\nspace.py\\ \n")
    tree.text("d/.gitignore", "!x.py\n!/e/\n")
    tree.write("a.py", "ab.py", "b.py", "d/x.py", "d/e/x.py", "foo/q.py", "foo/bar/q.py", "foo/bar/a/q.py", "1.py")
    tree.write("!odd.py", "d/1.py", "d/e/f/x.py")
    listed = git("ls-files", "-o", "--exclude-standard", "-z").split("\0")
    assert tree.documents() == sorted(path for path in listed if path.endswith(".py"))
