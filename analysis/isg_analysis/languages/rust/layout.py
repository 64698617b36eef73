"""Layout: what the workspace's Cargo.toml files say about packages, targets and dependencies.

The result is made of JSON-like values:

    {"packages": [{"name", "version", "edition", "root", "source", "library", "crate", "macros", "twin",
                   "targets": [paths of crate roots, the library first], "dependencies": {extern name: package root}}],
     "ties": [dependencies on each other, see `ties`],
     "clashes": [paths of mod.rs files beside a file of the same module name], "errors": ["path: what is wrong"]}

Every manifest with a [package] is a package, member of the workspace or not. Nothing outside the given manifests and
document paths is looked at; what Cargo would fetch is not known here.
"""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from isg_analysis.languages.rust.ties import found_ties

Table = dict[str, Any]
_DEPENDENCIES = ("dependencies", "dev-dependencies", "build-dependencies", "dev_dependencies", "build_dependencies")
_FOLDERS = (("bin", "src/bin", "autobins"), ("test", "tests", "autotests"), ("example", "examples", "autoexamples"),
            ("bench", "benches", "autobenches"))  # fmt: skip


def layout(manifests: Mapping[str, bytes], documents: Sequence[str]) -> Table:
    """The layout of a workspace: see the module's description."""
    errors: list[str] = []
    tables: dict[str, Table] = {}
    for path in sorted(manifests):
        try:
            tables[posixpath.dirname(path)] = tomllib.loads(manifests[path].decode())
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as problem:
            errors.append(f"{path}: {problem}")
    paths = set(documents)
    packages = [_package(root, table, tables, paths) for root, table in tables.items() if _is_table(table, "package")]
    roots = {package["root"]: package for package in packages}
    names = [(package["name"], package["version"]) for package in packages]
    ties: list[tuple[str, str, str, str]] = []
    for package in packages:
        package["twin"] = names.count((package["name"], package["version"])) > 1
        found = list(_dependencies(package["root"], tables, roots))
        package["dependencies"] = dict(sorted((extern, target) for extern, target, _, _ in found))
        ties += [(package["root"], target, kind, key) for _, target, kind, key in found if target != package["root"]]
    clashes = [p for p in documents if p.endswith("/mod.rs") and f"{p[: -len('/mod.rs')]}.rs" in paths]
    return {"packages": packages, "ties": found_ties(ties, manifests), "clashes": clashes, "errors": errors}


def package_of(layout: Table, path: str) -> Table | None:
    """The package a document belongs to: the one with the longest root that is a folder of the path."""
    best: Table | None = None
    for package in layout["packages"]:
        root: str = package["root"]
        inside = not root or path.startswith(f"{root}/")
        if inside and (best is None or len(root) > len(best["root"])):
            best = package
    return best


def _is_table(table: Table, name: str) -> bool:
    return isinstance(table.get(name), dict)


def _table(table: Table, *names: str) -> Table:
    for name in names:
        found = table.get(name)
        if not isinstance(found, dict):
            return {}
        table = found
    return table


def _text(value: Any, default: str) -> str:
    return value if isinstance(value, str) else default


def _join(root: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(root, path))


def _package(root: str, table: Table, tables: Mapping[str, Table], documents: set[str]) -> Table:
    own = _table(table, "package")
    inherited = _table(_workspace(root, tables)[1], "package")

    def value(key: str, default: str) -> str:
        written = own.get(key)
        if isinstance(written, dict) and written.get("workspace") is True:
            written = inherited.get(key)
        return _text(written, default)

    name = value("name", posixpath.basename(root) or "unnamed")
    lib = _table(table, "lib")
    library = _join(root, _text(lib.get("path"), "src/lib.rs"))
    has_library = library in documents
    targets = [library] if has_library else []
    targets += [path for path in _targets(root, name, table, documents) if path != library]
    build = own.get("build")
    script = _join(root, _text(build, "build.rs"))
    if build is not False and script in documents:
        targets.append(script)
    source = posixpath.dirname(targets[0]) if targets else _join(root, "src")
    return {
        "name": name, "version": value("version", "0.0.0"), "edition": value("edition", "2015"), "root": root,
        "source": source, "library": library if has_library else "",
        "crate": _text(lib.get("name"), name).replace("-", "_"),
        "macros": bool(lib.get("proc-macro") or lib.get("proc_macro")), "targets": list(dict.fromkeys(targets)),
        "dependencies": {},
    }  # fmt: skip


def _targets(root: str, name: str, table: Table, documents: set[str]) -> Iterator[str]:
    """Crate roots of binaries, tests, examples and benches: the explicit ones, then those found by place."""
    own = _table(table, "package")
    for kind, folder, automatic in _FOLDERS:
        listed = table.get(kind)
        for target in listed if isinstance(listed, list) else []:
            if isinstance(target, dict):
                yield from _explicit(root, name, folder, target, documents)
        if own.get(automatic) is not False:
            yield from _discovered(root, folder, documents)
    main = _join(root, "src/main.rs")
    if main in documents and own.get("autobins") is not False:
        yield main


def _explicit(root: str, name: str, folder: str, target: Table, documents: set[str]) -> Iterator[str]:
    own = _text(target.get("name"), name)
    if isinstance(target.get("path"), str):
        guesses = [target["path"]]
    else:
        guesses = [f"{folder}/{own}.rs", f"{folder}/{own}/main.rs"]
        guesses += ["src/main.rs"] if folder == "src/bin" and own == name else []
    yield from (path for guess in guesses if (path := _join(root, guess)) in documents)


def _discovered(root: str, folder: str, documents: set[str]) -> Iterator[str]:
    start = _join(root, folder) + "/"
    for path in sorted(path for path in documents if path.startswith(start)):
        rest = path[len(start) :]
        if "/" not in rest or (rest.endswith("/main.rs") and rest.count("/") == 1):
            yield path


def _workspace(root: str, tables: Mapping[str, Table]) -> tuple[str, Table]:
    """(folder, [workspace] table) of the nearest manifest at or above a package that has one."""
    folder = root
    while True:
        found = _table(tables.get(folder, {}), "workspace")
        if found:
            return folder, found
        if not folder:
            return "", {}
        folder = posixpath.dirname(folder)


def _dependencies(
    root: str, tables: Mapping[str, Table], packages: Mapping[str, Table]
) -> Iterator[tuple[str, str, str, str]]:
    """(extern name, root of the package of this workspace that it means, name of the table, key in it)."""
    table = tables[root]
    home, workspace = _workspace(root, tables)
    patched = _patches(home, tables)
    groups = [table, *(each for each in _table(table, "target").values() if isinstance(each, dict))]
    for group in groups:
        for key in _DEPENDENCIES:
            for name, written in _table(group, key).items():
                base, spec = root, written if isinstance(written, dict) else {}
                if spec.get("workspace") is True:
                    shared = _table(workspace, "dependencies").get(name)
                    base, spec = home, shared if isinstance(shared, dict) else {}
                package = _text(spec.get("package"), name)
                found = _join(base, spec["path"]) if isinstance(spec.get("path"), str) else patched.get(package)
                found = "" if found == "." else found
                if found is not None and found in packages:
                    extern = name.replace("-", "_") if package != name else packages[found]["crate"]
                    yield extern, found, key, name


def _patches(home: str, tables: Mapping[str, Table]) -> dict[str, str]:
    """package name -> folder, from the [patch] tables of the workspace's manifest."""
    out: dict[str, str] = {}
    for source in _table(tables.get(home, {}), "patch").values():
        for name, spec in source.items() if isinstance(source, dict) else ():
            if isinstance(spec, dict) and isinstance(spec.get("path"), str):
                out[_text(spec.get("package"), name)] = _join(home, spec["path"])
    return out
