"""What a resolver sees of the workspace, and what it answers.

A Program is an immutable view of many documents' facts. A Resolver, one per language pack, joins
them: it says what an occurrence means. Resolvers keep memos; when a document is edited, a resolver's
successor takes over all of them that the edit can't have changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from isg_analysis.model.facts import Facts
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind

Ref = int
"""A symbol or a binding of some document: document << 24 | index << 1 | (1 for a binding)."""


def symbol_ref(document: int, symbol: int) -> Ref:
    """The Ref of a symbol row."""
    return document << 24 | symbol << 1


def binding_ref(document: int, binding: int) -> Ref:
    """The Ref of a binding row: a local, a parameter; never an import."""
    return document << 24 | binding << 1 | 1


def document_of(ref: Ref) -> int:
    """The document a Ref lies in."""
    return ref >> 24


def row_of(ref: Ref) -> int:
    """The symbol or binding row of a Ref."""
    return (ref & 0xFFFFFF) >> 1


def is_binding(ref: Ref) -> bool:
    """Whether the Ref is a binding's."""
    return bool(ref & 1)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an occurrence means: `targets` are distinct and in a stable order.

    CERTAIN with several targets: all are meant (alternatives under cfg or try, a union's members).
    POSSIBLE: one or more of these, the type is not known. UNRESOLVED: no targets; `external` says the name
    is known to come from outside the workspace.
    """

    targets: tuple[Ref, ...] = ()
    confidence: Confidence = Confidence.UNRESOLVED
    external: bool = False


UNRESOLVED = Resolution()
EXTERNAL = Resolution(external=True)


@dataclass(frozen=True, slots=True)
class DeclaredRelation:
    """One resolved edge that `source`'s document declares: EXTENDS, IMPLEMENTS, OVERRIDES."""

    source: Ref
    kind: RelationKind
    target: Ref
    confidence: Confidence = Confidence.CERTAIN


@dataclass(frozen=True, slots=True)
class ModuleDependency:
    """An import by which one module of the workspace depends on another.

    `statement`: its row in the document's imports. `source` and `target`: symbols of modules, never the same.
    `strength`: a Strength, when it happens. `name`: what it takes from the target, "" where that is the module itself
    or all it has.
    """

    statement: int
    source: Ref
    target: Ref
    strength: int
    name: str = ""


class Program(Protocol):
    """An immutable view of the workspace's facts. Documents are small integers; paths are root-relative, POSIX."""

    @property
    def steady(self) -> bool:
        """Whether no resolver of it will have a successor: they need not know what their answers rest on."""

    def facts(self, document: int) -> Facts:
        """The document's facts."""

    def path(self, document: int) -> str:
        """The document's path."""

    def document(self, path: str) -> int | None:
        """The document at a path, or None."""

    def documents(self, language: str) -> Sequence[int]:
        """Every document of a language, ordered by path."""

    def documents_naming(self, name: str) -> Sequence[int]:
        """The documents in which an occurrence or definition has this name; may hold a few too many."""

    def definitions(self, name: str, language: str) -> Sequence[Ref]:
        """Every symbol with this name, in a stable order."""

    def described(self, language: str, text: bytes) -> Facts:
        """The facts of a text that a language pack brings along to describe what is outside of the workspace."""

    def layout(self, language: str) -> Any:
        """What the language pack's `layout` made of the workspace's manifests."""


class Resolver(Protocol):
    """Meaning of names in one language. Pure: same Program, same answers, in any order of questions, whether it is a
    new one or the successor of another.
    """

    def resolve(self, document: int, occurrence: int) -> Resolution:
        """What the occurrence means. A definition means itself; an import means what it finally names."""

    def type_definition(self, document: int, occurrence: int) -> tuple[Ref, ...]:
        """The types of the value the occurrence stands for, as symbols; empty if unknown."""

    def relations(self, document: int) -> list[DeclaredRelation]:
        """What the document's symbols extend, implement and override."""

    def dependencies(self, document: int) -> list[ModuleDependency]:
        """Which modules its imports make the document's modules depend on, as the language counts it, in source order.

        What is decidably never imported is left out.
        """

    def successor(self, program: Program, changed: Mapping[int, tuple[Facts, Facts]]) -> Resolver:
        """A resolver for a Program that differs in the facts of some documents, given as (before, after), only.

        Paths, layout and all other facts of its language must be the same. This one is spent: not to be asked again.
        """

    def end(self) -> None:
        """It will not be asked any more: hold nothing that holds it, so that all goes at once."""
