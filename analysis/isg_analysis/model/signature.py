"""The parsed parts of a signature, for hover, context and exports. Not used for resolution: nodes are."""

from __future__ import annotations

import msgspec


class Parameter(msgspec.Struct, frozen=True, array_like=True):
    """`kind`: "" | "self" | "*" | "**" | "keyword" | "positional"."""

    name: str
    type: str = ""
    default: str = ""
    kind: str = ""


class TypeParameter(msgspec.Struct, frozen=True, array_like=True):
    """One generic parameter. `kind`: "type" | "lifetime" | "const" | "paramspec" | "typevartuple"."""

    name: str
    bounds: tuple[str, ...] = ()
    default: str = ""
    kind: str = "type"


class Predicate(msgspec.Struct, frozen=True, array_like=True):
    """One where-clause predicate: `subject: bound + bound`."""

    subject: str
    bounds: tuple[str, ...]


class Signature(msgspec.Struct, frozen=True, array_like=True):
    """A symbol's interface as it is written, white space normalised, bodies and comments left out.

    `modifiers` in source order: visibility ("pub", "pub(crate)"), "async", "unsafe", "const", 'extern "C"'.
    For an impl block `trait` and `self_type` hold its two sides; `bases` are superclasses and supertraits.
    """

    text: str
    parameters: tuple[Parameter, ...] = ()
    returns: str = ""
    generics: tuple[TypeParameter, ...] = ()
    where: tuple[Predicate, ...] = ()
    modifiers: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    trait: str = ""
    self_type: str = ""


class _Written(msgspec.Struct, frozen=True, array_like=True):
    """The first part of a Signature."""

    text: str


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Signature)
_written = msgspec.msgpack.Decoder(_Written)


def encode(signature: Signature) -> bytes:
    """The stored form."""
    return _encoder.encode(signature)


def decode(data: bytes) -> Signature:
    """The inverse of `encode`; an empty signature for b""."""
    return _decoder.decode(data) if data else Signature("")


def text_of(data: bytes) -> str:
    """The text of a stored signature: what `decode` says, without its other parts."""
    return _written.decode(data).text if data else ""
