"""Vocabularies: a real tokenizer for counting, where its package and its vocabulary are on this machine.

Nothing is ever downloaded: tiktoken would, and is kept from it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from isg_analysis.context.tokens import ESTIMATE, Tokenizer
from isg_server.errors import ServerError

NAMES = ("cl100k_base", "o200k_base")
"""Vocabularies that tiktoken knows by name."""


class VocabularyError(ServerError):
    """A file that is no vocabulary."""


class NotAtHand(ServerError):
    """The package or the vocabulary is not there. The message says what is missing."""


def tokenizer(wanted: str) -> Tokenizer:
    """The tokenizer of a name, of a `name.tiktoken` or of a Hugging Face `tokenizer.json`.

    Raises NotAtHand where it is not on this machine, VocabularyError for a file of another form.
    """
    path = Path(wanted).expanduser()
    try:
        if wanted in NAMES:
            return _by_name(wanted)
        if path.suffix == ".json":
            return _of_hugging_face(path)
        if path.suffix == ".tiktoken" and path.stem in NAMES:
            return _of_tiktoken(path)
    except ImportError as missing:
        raise NotAtHand(f"{wanted}: the package {missing.name} is not installed") from missing
    raise VocabularyError(
        f"{wanted}: expected {' or '.join(NAMES)}, a .tiktoken file of one of these names, or a tokenizer.json"
    )


def chosen(wanted: str | None) -> tuple[Tokenizer, str]:
    """The tokenizer that was asked for, and ""; the estimate where it is not on this machine, and why it is not.

    The last one is kept. Raises VocabularyError for what is none.
    """
    if wanted is None:
        return ESTIMATE, ""
    try:
        return _kept(wanted, _changed(wanted)), ""
    except NotAtHand as problem:
        return ESTIMATE, f"{problem}; tokens are estimated, on the safe side"
    except OSError as problem:
        raise VocabularyError(f"{wanted}: {problem.strerror or problem}") from problem


def _changed(wanted: str) -> int:
    """When a vocabulary's file was; 0 where there is none."""
    with suppress(OSError):
        return Path(wanted).expanduser().stat().st_mtime_ns
    return 0


@lru_cache(maxsize=1)
def _kept(wanted: str, changed: int) -> Tokenizer:
    """`changed`: when the file was."""
    del changed
    return tokenizer(wanted)


def _by_name(name: str) -> Tokenizer:
    with _offline():
        import tiktoken

        try:
            return _counting(tiktoken.get_encoding(name))
        except _NetworkError:
            raise NotAtHand(f"{name}: tiktoken has not kept its vocabulary on this machine") from None


def _of_tiktoken(path: Path) -> Tokenizer:
    import tiktoken
    from tiktoken_ext import openai_public

    with _replaced(openai_public, "load_tiktoken_bpe", lambda *_, **__: _ranks(path)):
        parts = openai_public.ENCODING_CONSTRUCTORS[path.stem]()
    return _counting(tiktoken.Encoding(**parts))


def _ranks(path: Path) -> dict[bytes, int]:
    ranks: dict[bytes, int] = {}
    try:
        for line in path.read_bytes().splitlines():
            token, rank = line.split()
            ranks[base64.b64decode(token, validate=True)] = int(rank)
    except ValueError as problem:
        raise VocabularyError(f"{path}: not a vocabulary: {problem}") from problem
    return ranks


def _counting(encoding: Any) -> Tokenizer:
    return Tokenizer(lambda text: len(encoding.encode(text, disallowed_special=())))


def _of_hugging_face(path: Path) -> Tokenizer:
    import tokenizers

    try:
        made = tokenizers.Tokenizer.from_str(path.read_text("utf-8"))
    except OSError:
        raise
    except Exception as problem:  # the package raises Exception itself
        raise VocabularyError(f"{path}: not a tokenizer.json: {problem}") from problem
    return Tokenizer(lambda text: len(made.encode(text).ids))


class _NetworkError(Exception):
    """Something was about to be downloaded."""


@contextmanager
def _offline() -> Iterator[None]:
    from tiktoken import load

    def refuse(_: str) -> bytes:
        raise _NetworkError

    with _replaced(load, "read_file", refuse):
        yield


@contextmanager
def _replaced(module: Any, name: str, function: Callable[..., Any]) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, function)
    try:
        yield
    finally:
        setattr(module, name, before)
