"""Other language servers, and what companion mode leaves to them: language by language, so that nothing appears twice.

The table is what each server declared to a client that can do everything, in the version named; docs/companion.md shows
it. What is no program's doing but ours (monikers, findings) is left to nobody. Pylance can't be run outside of VS Code
and counts as answering all of the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

PeerName = Literal[
    "rust-analyzer",
    "pyright",
    "basedpyright",
    "pylance",
    "ty",
    "pyrefly",
    "zuban",
    "jedi-language-server",
    "pylsp",
]
OURS = frozenset({"moniker", "diagnostic", "code_action"})
"""Capabilities that no other server doubles: nobody has monikers, and what is found here is found by nobody else."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One server: the languages it is for (their LSP ids) and which capabilities of ours it lacks beside OURS."""

    seen: str
    """The version that was asked; empty where none could be."""
    languages: frozenset[str]
    lacks: frozenset[str]


def _python(seen: str, *lacks: str) -> Peer:
    return Peer(seen, frozenset({"python"}), frozenset(lacks))


PEERS: Mapping[PeerName, Peer] = MappingProxyType(
    {
        "rust-analyzer": Peer("0.0.330", frozenset({"rust"}), frozenset({"type_hierarchy"})),
        "pyright": _python("1.1.414", "implementation", "type_hierarchy"),
        "basedpyright": _python("1.40.1", "type_hierarchy"),
        "pylance": _python(""),
        "ty": _python("0.0.104"),
        "pyrefly": _python("1.4.1"),
        "zuban": _python("0.10.2", "call_hierarchy", "type_hierarchy"),
        "jedi-language-server": _python("0.47.0", "implementation", "call_hierarchy", "type_hierarchy"),
        "pylsp": _python(
            "1.15.0", "declaration", "implementation", "call_hierarchy", "type_hierarchy", "workspace_symbol"
        ),
    }
)
LANGUAGES = frozenset(language for peer in PEERS.values() for language in peer.languages)


def lacking(capability: str, language: str | None, active: Iterable[PeerName]) -> bool:
    """Whether none of the active peers offers this for a language; None: whether that is so for any language.

    Where no peer is known to be active, any may be. Where some are, but none for the language, nobody offers it.
    """
    if capability in OURS:
        return True
    if language is None:
        return any(lacking(capability, each, active) for each in LANGUAGES)
    counted = [PEERS[name] for name in active] or list(PEERS.values())
    return all(language not in peer.languages or capability in peer.lacks for peer in counted)
