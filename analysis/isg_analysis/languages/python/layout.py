"""Layout: which directories are source roots, and what the distributions in the workspace are called.

A layout is JSON-like:
    {"projects": [{"directory", "name", "version", "roots": [...]}, ...],  innermost directories first
     "roots": [...],                                                       source roots, configured ones first
     "stubs": [...],                                                       .pyi files that stand beside their .py
     "errors": [...]}                                                      manifests that could not be read

Reads what hatch, setuptools, poetry, flit, pdm, uv, maturin and scikit-build write into pyproject.toml, what pytest
and type checkers are told there, and setup.cfg; a setup.py is never run: it marks a project, and
`package_dir={"": "src"}` is recognised in its text. A project that configures nothing has `src/` for a root if there
is one, and its own directory.
"""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from isg_analysis.model.symbol import SymbolPrefix, escape

_SEPARATORS = re.compile(r"[:,;]\s*")
_PACKAGE_DIR = re.compile(rb"""package_dir\s*=\s*\{\s*["']["']\s*:\s*["']([^"']+)["']""")
_FIND_WHERE = re.compile(rb"""find(?:_namespace)?_packages\(\s*(?:where\s*=\s*)?["']([^"']+)["']""")
_SETUP_NAME = re.compile(rb"""\bname\s*=\s*["']([^"']+)["']""")
_SETUP_VERSION = re.compile(rb"""\bversion\s*=\s*["']([^"']+)["']""")


def read_layout(manifests: Mapping[str, bytes], documents: Sequence[str]) -> dict[str, Any]:
    """See LanguagePack.layout."""
    errors: list[str] = []
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(manifests):
        directory, _, file_name = path.rpartition("/")
        try:
            read = _READERS[file_name](manifests[path]) if file_name in _READERS else None
        except (tomllib.TOMLDecodeError, configparser.Error, UnicodeDecodeError) as problem:
            errors.append(f"{path}: {problem}")
            continue
        if read is None:
            continue
        project = found.setdefault(directory, {"directory": directory, "name": "", "version": "", "where": []})
        project["name"] = project["name"] or read[0]
        project["version"] = project["version"] or read[1]
        project["where"] += read[2]
    directories = _directories(documents)
    projects = [
        {
            "directory": one["directory"],
            "name": one["name"],
            "version": one["version"],
            "roots": _project_roots(one["directory"], one["where"], directories),
        }
        for one in found.values()
    ]
    projects.sort(key=lambda one: (-one["directory"].count("/") - bool(one["directory"]), one["directory"]))
    configured = [root for one in projects for root in one["roots"]]
    roots = list(dict.fromkeys([*configured, *_implicit_roots(documents), ""]))
    paths = set(documents)
    stubs = [path for path in documents if path.endswith(".pyi") and path[:-1] in paths]
    return {"projects": projects, "roots": roots, "stubs": stubs, "errors": errors}


def symbol_prefix(layout: Any, path: str) -> SymbolPrefix:
    """See LanguagePack.prefix."""
    name = version = ""
    root = ""
    for project in layout["projects"]:
        if _within(path, project["directory"]):
            name, version = project["name"], project["version"]
            inside = [one for one in project["roots"] if _within(path, one)]
            root = max(inside, key=len, default=project["directory"])
            break
    relative = path[len(root) + 1 :] if root else path
    *packages, last = relative.split("/")
    stem = last.rsplit(".", 1)[0]
    parts = packages if stem == "__init__" else [*packages, stem]
    if path in layout["stubs"]:
        parts = [*packages, last]
    module = "".join(f"{escape(part)}/" for part in parts) or "__init__/"
    return SymbolPrefix("isg", "python", name, version, module)


def _within(path: str, directory: str) -> bool:
    return not directory or path.startswith(directory + "/")


def _join(directory: str, relative: str) -> str:
    parts = [part for part in relative.split("/") if part not in ("", ".")]
    if ".." in parts:
        return directory
    return "/".join([*([directory] if directory else []), *parts])


def _directories(documents: Sequence[str]) -> set[str]:
    out: set[str] = set()
    for path in documents:
        directory = path.rpartition("/")[0]
        while directory and directory not in out:
            out.add(directory)
            directory = directory.rpartition("/")[0]
    return out


def _project_roots(directory: str, where: list[str], directories: set[str]) -> list[str]:
    roots = [_join(directory, one) for one in where]
    source = _join(directory, "src")
    if source in directories:
        roots.append(source)
    return list(dict.fromkeys([*roots, directory]))


def _implicit_roots(documents: Sequence[str]) -> list[str]:
    """The outermost directories that are not packages but hold one: where a script beside them imports from."""
    packages = {
        path.rpartition("/")[0] for path in documents if path.rpartition("/")[2] in ("__init__.py", "__init__.pyi")
    }
    roots = set()
    for package in packages:
        outer = package
        while outer in packages and outer:
            outer = outer.rpartition("/")[0]
        roots.add(outer)
    return sorted(roots, key=lambda root: (root.count("/") + bool(root), root))


def _read_pyproject(raw: bytes) -> tuple[str, str, list[str]]:
    data = tomllib.loads(raw.decode())
    project, tool = _table(data, "project"), _table(data, "tool")
    poetry, flit = _table(tool, "poetry"), _table(_table(tool, "flit"), "module")
    name = _text(project, "name") or _text(poetry, "name") or _text(flit, "name")
    version = _text(project, "version") or _text(poetry, "version")
    return name, version, [*_setuptools(tool), *_hatch(tool), *_others(tool)]


def _setuptools(tool: dict[str, Any]) -> list[str]:
    setuptools = _table(tool, "setuptools")
    where = _table(_table(setuptools, "packages"), "find").get("where", [])
    mapped = _table(setuptools, "package-dir")
    return [*_texts(where), *[_parent(name, path) for name, path in mapped.items() if isinstance(path, str)]]


def _parent(package: str, path: str) -> str:
    """The root that puts `package` at `path`: "src" for {"": "src"} and for {"a": "src/a"}."""
    return path if not package else path.rpartition("/")[0]


def _hatch(tool: dict[str, Any]) -> list[str]:
    targets = _table(_table(_table(tool, "hatch"), "build"), "targets")
    out = []
    for target in targets.values():
        if isinstance(target, dict):
            out += [path.rpartition("/")[0] for path in _texts(target.get("packages", []))]
            out += _texts(target.get("dev-mode-dirs", []))
            out += _texts(list(target.get("sources", [])))
    return out


def _others(tool: dict[str, Any]) -> list[str]:
    out = []
    for package in _table(tool, "poetry").get("packages", []):
        if isinstance(package, dict):
            out += _texts([package.get("from", "")])
    out += _texts([_table(_table(tool, "pdm"), "build").get("package-dir", "")])
    out += _texts([_table(_table(tool, "uv"), "build-backend").get("module-root", "")])
    out += _texts([_table(tool, "maturin").get("python-source", "")])
    scikit = _table(_table(tool, "scikit-build"), "wheel").get("packages", [])
    out += [path.rpartition("/")[0] for path in _texts(scikit if isinstance(scikit, list) else [])]
    return [one for one in (*out, *_told_to_checkers(tool)) if one]


def _told_to_checkers(tool: dict[str, Any]) -> list[str]:
    """Where test runners and type checkers are told to look for modules."""
    pythonpath = _table(_table(tool, "pytest"), "ini_options").get("pythonpath", [])
    mypy_path = _table(tool, "mypy").get("mypy_path", [])
    out = _texts(pythonpath.split() if isinstance(pythonpath, str) else pythonpath)
    out += _texts(_SEPARATORS.split(mypy_path) if isinstance(mypy_path, str) else mypy_path)
    for checker in ("pyright", "basedpyright"):
        out += _texts(_table(tool, checker).get("extraPaths", []))
    out += _texts(_table(_table(tool, "ty"), "environment").get("root", []))
    out += _texts(_table(tool, "pyrefly").get("search-path", []))
    return [one for one in out if "$" not in one and not one.startswith(("/", "~"))]


def _read_setup_cfg(raw: bytes) -> tuple[str, str, list[str]] | None:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(raw.decode())
    if not parser.has_section("metadata") and not parser.has_section("options"):
        return None
    mapped = parser.get("options", "package_dir", fallback="")
    where = [part.split("=")[1].strip() for part in mapped.splitlines() if part.strip().startswith("=")]
    where += [parser.get("options.packages.find", "where", fallback="")]
    name = parser.get("metadata", "name", fallback="")
    version = parser.get("metadata", "version", fallback="")
    return name, "" if ":" in version else version, [one for one in where if one]


def _read_setup_py(raw: bytes) -> tuple[str, str, list[str]] | None:
    if b"setup(" not in raw:
        return None
    name, version = _SETUP_NAME.search(raw), _SETUP_VERSION.search(raw)
    where = [match.group(1).decode("utf-8", "replace") for match in _PACKAGE_DIR.finditer(raw)]
    where += [match.group(1).decode("utf-8", "replace") for match in _FIND_WHERE.finditer(raw)]
    return _matched(name), _matched(version), where


_READERS = {"pyproject.toml": _read_pyproject, "setup.cfg": _read_setup_cfg, "setup.py": _read_setup_py}


def _matched(match: re.Match[bytes] | None) -> str:
    return match.group(1).decode("utf-8", "replace") if match else ""


def _table(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    return [one for one in ([value] if isinstance(value, str) else value) if isinstance(one, str)]
