"""Every setting of the server: one schema, what each means, and how a wrong value is told.

Four sources, a later one overriding an earlier one key by key: `initializationOptions`; the client's
`workspace/configuration`, section `isg`; the project file (`isg.toml`, `.isg.toml`, or `[tool.isg]` in
`pyproject.toml`, the first that exists); the environment (`ISG_LOG_LEVEL` for `isg.logLevel`). A project file comes
with the code, so it may set only what says which files belong to the project: nothing that names a place outside of
it or changes the editor.

A value that does not fit is left out with one message and the default stays: settings never stop the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from isg_server.peers import PeerName, lacking

PROJECT_FILES = ("isg.toml", ".isg.toml", "pyproject.toml")

Seconds = Annotated[float, Meta(gt=0)]
Switch = bool | None


class Capabilities(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Which requests are offered; null leaves it to `mode`. Read once, when the client connects."""

    implementation: Annotated[Switch, Meta(description="Offer go to implementation.")] = None
    references: Annotated[Switch, Meta(description="Offer references.")] = None
    definition: Annotated[Switch, Meta(description="Offer go to definition.")] = None
    declaration: Annotated[Switch, Meta(description="Offer go to declaration.")] = None
    type_definition: Annotated[Switch, Meta(description="Offer go to type definition.")] = None
    document_symbol: Annotated[Switch, Meta(description="Offer the outline of a document.")] = None
    workspace_symbol: Annotated[Switch, Meta(description="Offer the search for symbols.")] = None
    hover: Annotated[Switch, Meta(description="Offer hover.")] = None
    document_highlight: Annotated[Switch, Meta(description="Offer highlights of a symbol in its document.")] = None
    moniker: Annotated[Switch, Meta(description="Offer symbol ids as monikers.")] = None
    call_hierarchy: Annotated[Switch, Meta(description="Offer the call hierarchy.")] = None
    diagnostic: Annotated[Switch, Meta(description="Offer findings as diagnostics.")] = None
    type_hierarchy: Annotated[Switch, Meta(description="Offer the type hierarchy.")] = None
    code_action: Annotated[Switch, Meta(description="Offer quick fixes for findings.")] = None


class Indexing(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """When the index is brought up to date."""

    on_start: Annotated[bool, Meta(description="Bring the index up to date as soon as a workspace opens.")] = True


class CodeLenses(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What is shown above symbols. Whether any is offered is decided when the client connects."""

    references: Annotated[bool, Meta(description="Show above types and functions how often they are referred to.")] = (
        False
    )
    implementations: Annotated[bool, Meta(description="Show above what is implemented or overridden how often.")] = (
        False
    )
    cycles: Annotated[bool, Meta(description="Show on top of a module how many are tied into an import cycle.")] = False


Severity = Literal["default", "error", "warning", "information", "hint", "off"]


class Diagnosing(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What is looked for, and how bad it is."""

    import_cycle: Annotated[Severity, Meta(description="Imports that tie modules together when they are run.")] = (
        "default"
    )
    deferred_import_cycle: Annotated[
        Severity, Meta(description="Imports inside functions that close a cycle; a hint by default.")
    ] = "default"
    type_only_import_cycle: Annotated[
        Severity, Meta(description="Imports for type checkers that close a cycle; off by default.")
    ] = "default"
    package_cycle: Annotated[Severity, Meta(description="Packages that depend on each other.")] = "default"
    dev_package_cycle: Annotated[
        Severity, Meta(description="Packages whose tests depend on what depends on them; off by default.")
    ] = "default"
    inheritance_cycle: Annotated[Severity, Meta(description="Types that extend themselves.")] = "default"
    call_cycle: Annotated[Severity, Meta(description="Functions that call each other; off by default.")] = "default"
    type_cycle: Annotated[Severity, Meta(description="Types that are made of each other; off by default.")] = "default"
    baseline: Annotated[
        str | None, Meta(description="A file as `isg check --update-baseline` writes it: what it lists is not shown.")
    ] = None


class Settings(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The settings in force; every field has a default."""

    include: Annotated[
        tuple[str, ...], Meta(description="Patterns of paths to index though ignored or excluded (gitignore syntax).")
    ] = ()
    exclude: Annotated[
        tuple[str, ...], Meta(description="Patterns of paths to leave out beside the built-in ones (gitignore syntax).")
    ] = ()
    max_file_size: Annotated[int, Meta(ge=1, description="Larger files are not indexed, in bytes.")] = 2_000_000
    nested_repositories: Annotated[bool, Meta(description="Index repositories that lie inside the workspace too.")] = (
        False
    )
    jobs: Annotated[int, Meta(ge=0, le=256, description="Worker processes for indexing; 0: one per core.")] = 0
    cache_directory: Annotated[
        str | None, Meta(description="Where indexes are kept; null: the user's cache directory.")
    ] = None
    mode: Annotated[
        Literal["full", "companion"],
        Meta(description="companion: offer only what other language servers lack, so that nothing appears twice."),
    ] = "full"
    peers: Annotated[
        tuple[PeerName, ...],
        Meta(description="The other language servers that are active, for companion mode; empty: any may be."),
    ] = ()
    capabilities: Capabilities = Capabilities()
    index: Indexing = Indexing()
    diagnostics: Diagnosing = Diagnosing()
    code_lens: CodeLenses = CodeLenses()
    possible_matches: Annotated[
        bool, Meta(description="Where nothing certain is known, answer with what a name may mean.")
    ] = False
    request_timeout: Annotated[Seconds, Meta(description="A request that takes longer is given up, in seconds.")] = 10.0
    log_level: Annotated[
        Literal["error", "warning", "info", "debug"], Meta(description="What goes to standard error and the log file.")
    ] = "warning"
    log_file: Annotated[
        str | None, Meta(description="A file that gets the log as well; two older ones are kept, of 5 MB each.")
    ] = None


PROJECT_KEYS = frozenset({"include", "exclude", "maxFileSize", "nestedRepositories", "diagnostics"})
EDITOR_KEYS = frozenset({"path", "args", "interpreter", "importStrategy", "trace"})
"""Settings of the editor extensions, which share our section: no business of the server."""
_EMPTY: list[Any] = []
"""What Neovim sends for an object with nothing in it: Lua can't tell the two apart."""


def offered(settings: Settings, capability: str, language: str | None = None) -> bool:
    """Whether a capability (a field name of Capabilities, or "code_lens": any lens) is switched on, by itself or by the
    mode: for documents of a language, or, without one, for any.
    """
    if capability == "code_lens":
        return any(msgspec.structs.astuple(settings.code_lens))
    switch: Switch = getattr(settings.capabilities, capability)
    if switch is not None:
        return switch
    return settings.mode == "full" or lacking(capability, language, settings.peers)


def merge(*sources: Mapping[str, Any] | list[Any] | None) -> tuple[Settings, list[str]]:
    """The settings that these sources give, later ones first, and one message for each value left out.

    A null leaves a key as it is: editors send it for what the user did not set.
    """
    messages: list[str] = []
    values: dict[str, Any] = {}
    for source in sources:
        if source is None or source == _EMPTY:
            continue
        if not isinstance(source, Mapping):
            messages.append(f"isg: settings must be an object, not {_show(source)}; they are left out")
            continue
        _take(Settings, source, values, "isg", messages)
    return msgspec.convert(values, Settings), messages


def project_settings(root: Path) -> tuple[dict[str, Any], list[str]]:
    """What the project file of a root sets, and one message for each problem with it. Reads at most three files."""
    for name in PROJECT_FILES:
        try:
            text = _project_file(root, name)
        except (OSError, UnicodeDecodeError) as error:
            return {}, [f"{name}: can't be read ({error}); its settings are left out"]
        if text is None:
            continue
        import tomllib

        try:
            table: Any = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            return {}, [f"{name}: can't be read ({error}); its settings are left out"]
        if name == "pyproject.toml":
            tool = table.get("tool")
            table = tool.get("isg") if isinstance(tool, dict) else None
            if table is None:
                continue
        if not isinstance(table, dict):
            return {}, [f"{name}: tool.isg must be a table, not {_show(table)}; it is left out"]
        allowed = {key: value for key, value in table.items() if key in PROJECT_KEYS}
        refused = sorted(set(table) - PROJECT_KEYS)
        return allowed, [
            f"{name}: {key} can't be set by a project file, only {', '.join(sorted(PROJECT_KEYS))}; it is left out"
            for key in refused
        ]
    return {}, []


def _project_file(root: Path, name: str) -> str | None:
    """A file of a folder, or of a code dump; None where it is not there."""
    try:
        return (root / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        from isg_analysis.errors import DocumentError
        from isg_analysis.workspace.source import source_of  # no folder needs it to be opened

        try:
            return source_of(root).raw(name).decode()
        except DocumentError:
            return None


def environment_settings(environment: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """What environment variables set, and one message for each value that can't be read. A setting that is no string
    is written as JSON; an empty variable sets nothing.
    """
    values: dict[str, Any] = {}
    messages: list[str] = []
    for key, annotation, _, _ in rows():
        name = variable_of(key)
        text = environment.get(name, "")
        if not text:
            continue
        try:
            value = text if _is_text(annotation) else msgspec.json.decode(text)
        except msgspec.DecodeError:
            messages.append(f"{name}: {_show(text)} is not allowed, it must be {_allowed(annotation)}; it is left out")
            continue
        *outer, last = key.split(".")[1:]
        into = values
        for each in outer:
            into = into.setdefault(each, {})
        into[last] = value
    return values, messages


def variable_of(key: str) -> str:
    """The environment variable of a setting: "isg.codeLens.cycles" is ISG_CODE_LENS_CYCLES."""
    return re.sub(r"[A-Z]", lambda found: "_" + found[0], key).replace(".", "_").upper()


def markdown_table() -> str:
    """Every setting with what is allowed, its default and its meaning, as the README shows it."""
    lines = ["| setting | allowed | default | meaning |", "|---|---|---|---|"]
    for key, annotation, default, meaning in rows():
        lines.append(f"| `{key}` | {_allowed(annotation)} | `{_show(default)}` | {meaning} |")
    return "\n".join(lines)


def _take(
    schema: type[msgspec.Struct], source: Mapping[str, Any], into: dict[str, Any], prefix: str, messages: list[str]
) -> None:
    """Copies into `into` what fits the schema."""
    hints = get_type_hints(schema, include_extras=True)
    known = {field.encode_name: field for field in msgspec.structs.fields(schema)}
    for key, value in source.items():
        if value is None or (schema is Settings and key in EDITOR_KEYS):
            continue
        field = known.get(key)
        if field is None:
            messages.append(f"{prefix}.{key}: there is no such setting; it is left out")
            continue
        annotation = hints[field.name]
        if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
            if isinstance(value, Mapping):
                _take(annotation, value, into.setdefault(key, {}), f"{prefix}.{key}", messages)
            elif value != _EMPTY:
                messages.append(f"{prefix}.{key}: {_show(value)} is not an object; it is left out")
            continue
        try:
            msgspec.convert(value, annotation)
        except msgspec.ValidationError:
            messages.append(
                f"{prefix}.{key}: {_show(value)} is not allowed, it must be {_allowed(annotation)};"
                f" {_show(into.get(key, field.default))} is used"
            )
            continue
        into[key] = value


def rows(schema: type[msgspec.Struct] = Settings, prefix: str = "isg") -> Iterator[tuple[str, Any, Any, str]]:
    """Every setting: its key, its type, its default and its meaning."""
    hints = get_type_hints(schema, include_extras=True)
    for field in msgspec.structs.fields(schema):
        annotation, key = hints[field.name], f"{prefix}.{field.encode_name}"
        if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
            yield from rows(annotation, key)
        else:
            meaning = next((m.description for m in _metas(annotation) if m.description), "")
            yield key, annotation, field.default, meaning


def _metas(annotation: Any) -> list[Meta]:
    return [extra for extra in getattr(annotation, "__metadata__", ()) if isinstance(extra, Meta)]


def _is_text(annotation: Any) -> bool:
    """Whether a setting's values are strings (or null)."""
    if get_origin(annotation) is Annotated:
        return _is_text(get_args(annotation)[0])
    if get_origin(annotation) is tuple:
        return False
    return get_origin(annotation) is Literal or str in (annotation, *get_args(annotation))


def _allowed(annotation: Any) -> str:
    """What a type takes, in words."""
    if get_origin(annotation) is Annotated:
        bounds = [text for meta in _metas(annotation) for text in _bounds(meta)]
        return " ".join([_allowed(get_args(annotation)[0]), *([" and ".join(bounds)] if bounds else [])])
    if get_origin(annotation) is Literal:
        return " or ".join(f'"{choice}"' for choice in get_args(annotation))
    if get_origin(annotation) is tuple:
        kind = get_args(annotation)[0]
        return "a list of strings" if kind is str else f"a list of {_allowed(kind)}"
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}
    if annotation in names:
        return names[annotation]
    return ", ".join(names[part] for part in get_args(annotation) if part is not type(None)) + " or null"


def _bounds(meta: Meta) -> list[str]:
    words = ((meta.ge, "of at least"), (meta.gt, "above"), (meta.le, "at most"))
    return [f"{word} {bound}" for bound, word in words if bound is not None]


def _show(value: Any) -> str:
    """The value as JSON, cut where it is long."""
    text = msgspec.json.encode(value, enc_hook=str).decode("utf-8", "replace")
    return text if len(text) <= 80 else text[:77] + "..."
