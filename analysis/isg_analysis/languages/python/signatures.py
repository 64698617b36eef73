"""Signatures as text and parts, and doc strings, cut out of the source. Pure functions of bytes and nodes."""

from __future__ import annotations

import re

from tree_sitter import Node

from isg_analysis.languages.python.parts import DefinitionParts
from isg_analysis.model.signature import Parameter, Signature, TypeParameter

_SHOWN_VALUE = 80
_HASH = ord("#")
_COMMENT = re.compile(rb"#[^\n]*")
_QUOTED = re.compile(rb"^[A-Za-z]{0,2}(\"\"\"|'''|\"|')")


def normalised(raw: bytes) -> str:
    """The text on one line, without comments; strings that hold a `#` keep it when no line ends in between."""
    if b"\n" not in raw:
        return raw.decode("utf-8", "replace")
    if b"#" in raw:
        raw = b"\n".join(_without_comment(line) for line in raw.split(b"\n"))
    text = " ".join(raw.decode("utf-8", "replace").split())
    return text.replace("( ", "(").replace(" )", ")").replace(",)", ")")


def _without_comment(line: bytes) -> bytes:
    if b'"' in line or b"'" in line:
        return line
    return _COMMENT.sub(b"", line)


def field_signature(text: bytes, name: str, types: list[Node], values: list[Node]) -> Signature:
    """`name: type = value`, the value only where it is short and on one line."""
    declared = normalised(text[types[0].start_byte : types[0].end_byte]) if types else ""
    shown = f"{name}: {declared}" if declared else name
    if values and values[0].end_byte - values[0].start_byte <= _SHOWN_VALUE:
        value = text[values[0].start_byte : values[0].end_byte]
        if b"\n" not in value:
            shown = f"{shown} = {value.decode('utf-8', 'replace')}"
    return Signature(shown, returns=declared)


def class_signature(
    text: bytes, parts: DefinitionParts, decorators: tuple[str, ...], generics: tuple[TypeParameter, ...]
) -> Signature:
    """`class Name[T](Base, metaclass=M)`."""
    last = parts.listed or parts.generics or parts.name
    shown = normalised(b"class " + text[parts.name.start_byte : last.end_byte])
    written = tuple(
        normalised(text[base.start_byte : base.end_byte])
        for base in (parts.listed.named_children if parts.listed else ())
        if text[base.start_byte] != _HASH
    )
    return Signature(shown, generics=generics, decorators=decorators, bases=written)


def function_signature(
    text: bytes,
    parts: DefinitionParts,
    is_async: bool,
    decorators: tuple[str, ...],
    parameters: tuple[Parameter, ...],
    generics: tuple[TypeParameter, ...],
) -> Signature:
    """`async def name[T](a: int, *, b=1) -> str`."""
    returns = parts.returns
    last = returns or parts.listed or parts.name
    word = b"async def " if is_async else b"def "
    return Signature(
        normalised(word + text[parts.name.start_byte : last.end_byte]),
        parameters=parameters,
        returns=normalised(text[last.start_byte : last.end_byte]) if returns else "",
        generics=generics,
        modifiers=("async",) if is_async else (),
        decorators=decorators,
    )


def doc_string(raw: bytes) -> bytes:
    """The contents of a string literal as documentation: quotes and common indentation taken away."""
    opening = _QUOTED.match(raw)
    if opening is None or b"f" in raw[: opening.start(1)].lower() or b"b" in raw[: opening.start(1)].lower():
        return b""
    quote = opening.group(1)
    body = raw[opening.end() : -len(quote)] if raw.endswith(quote) else raw[opening.end() :]
    if b"\n" not in body:
        return body.strip()
    first, *rest = body.expandtabs().split(b"\n")
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return b"\n".join([first.strip(), *(line[margin:].rstrip() for line in rest)]).strip()
