"""The memos of the Rust resolver: who owns an answer, and what it rests on at least. See `resolve.memo`."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from isg_analysis.resolve.footprints import depth, surface
from isg_analysis.resolve.memo import SHARED, Answers, Memo
from isg_analysis.resolve.program import Ref

Answer = TypeVar("Answer")
Key = TypeVar("Key", bound=Hashable)


def by_ref(answers: Answers, unknown: Answer, find: Callable[[Ref], Answer]) -> Memo[Ref, Answer]:
    """Answers about symbols."""
    return Memo(answers, lambda _: unknown, find, _document_of, surface)


def by_document(answers: Answers, unknown: Answer, find: Callable[[int], Answer]) -> Memo[int, Answer]:
    """Answers about documents."""
    return Memo(answers, lambda _: unknown, find, _itself, surface)


def by_node(
    answers: Answers, unknown: Answer, find: Callable[[tuple[int, int]], Answer], deep: bool = False
) -> Memo[tuple[int, int], Answer]:
    """Answers about (document, node). `deep`: of nodes in bodies."""
    return Memo(answers, lambda _: unknown, find, _first, depth if deep else surface)


def by_place(
    answers: Answers, unknown: Answer, find: Callable[[tuple[int, int, int]], Answer]
) -> Memo[tuple[int, int, int], Answer]:
    """Answers about (document, node, namespace)."""
    return Memo(answers, lambda _: unknown, find, _first, surface)


def by_module(
    answers: Answers, unknown: Answer, find: Callable[[tuple[Ref, str, int]], Answer]
) -> Memo[tuple[Ref, str, int], Answer]:
    """Answers about (module, name, namespace)."""
    return Memo(answers, lambda _: unknown, find, lambda key: key[0] >> 24, surface)


def by_value(answers: Answers, unknown: Answer, find: Callable[[Key], Answer]) -> Memo[Key, Answer]:
    """Answers that are about no document's rows alone."""
    return Memo(answers, lambda _: unknown, find, _nobody, surface)


def _document_of(ref: Ref) -> int:
    return ref >> 24


def _itself(document: int) -> int:
    return document


def _first(key: tuple[int, ...]) -> int:
    return key[0]


def _nobody(key: object) -> int:
    del key
    return SHARED
