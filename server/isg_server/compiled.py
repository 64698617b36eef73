"""Code that libraries generate while they start, kept from one start to the next (decision 005).

attrs and cattrs write Python source for every class of the protocol; compiling it takes a third of the time in which
an empty server starts. Between `begin` and `end`, `compile` remembers: the same source, with the same file name and
flags, gives an equal code object in the next process too. Where libraries stop to compile, or write other source,
nothing is found and everything works as without it.

The file is like one in `__pycache__`: for one interpreter, replaced as a whole, in a directory that nobody else can
write to. One that is damaged or foreign is not read; one that can't be written is done without.
"""

from __future__ import annotations
import __future__

import builtins
import marshal
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Any

_DIGEST = 16
_MOST_CODES = 4_000
"""Several times what one version of the libraries makes; more is not carried along."""
_MOST_BYTES = 64_000_000
_OF_THIS_PROCESS = re.compile(r"\b\d{15,}\b")
"""A hash that attrs writes into the source: it is another one in the next process."""
_FEATURES = 0
for _name in __future__.all_feature_names:
    if _name != "nested_scopes":  # its flag says today that code stands inside other code, which is not handed on
        _FEATURES |= getattr(__future__, _name).compiler_flag


def kept_in(directory: Path) -> KeptCode:
    """The code of this interpreter, in a file of that directory."""
    return KeptCode(directory / f"generated.{sys.implementation.cache_tag}-{sys.flags.optimize}")


class KeptCode:
    """The code objects of one file. `begin` comes once, `end` at least once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: dict[bytes, CodeType] = {}
        self._used: dict[bytes, CodeType] = {}
        self._new = False
        self._compile: Callable[..., Any] = builtins.compile

    def begin(self) -> None:
        """From now on `compile` remembers."""
        self._kept = _read(self._file)
        self._compile = builtins.compile
        self._install(self._compiled)

    def end(self) -> None:
        """`compile` is again what it was, and what was compiled anew is written."""
        if builtins.compile == self._compiled:
            self._install(self._compile)
        kept, used, new = self._kept, self._used, self._new
        self._kept, self._used, self._new = {}, {}, False
        if new:
            both = kept | used
            _write(self._file, both if len(both) <= _MOST_CODES else used)

    @staticmethod
    def _install(compiling: Any) -> None:
        builtins.compile = compiling

    def _compiled(
        self, source: Any, filename: Any, mode: str, flags: int = 0, dont_inherit: bool = False, **more: Any
    ) -> Any:
        if not dont_inherit:
            # What compile takes over from its caller is the caller's, not ours.
            flags |= sys._getframe(1).f_code.co_flags & _FEATURES
        if mode != "exec" or more or not isinstance(source, str) or flags & ~_FEATURES:
            return self._compile(source, filename, mode, flags, True, **more)
        key = _digest(f"{filename}\0{flags}\0{source}".encode("utf-8", "surrogatepass"))
        code = self._kept.get(key)
        if code is None:
            code = self._compile(source, filename, mode, flags, True)
            if _OF_THIS_PROCESS.search(source):
                return code
            self._new = True
        self._used[key] = code
        return code


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST).digest()


def _read(file: Path) -> dict[bytes, CodeType]:
    """What is kept; nothing unless the file is whole, of this interpreter, and only its user could have written it."""
    try:
        with open(file, "rb") as opened:
            if not _is_ours(os.fstat(opened.fileno())) or not _is_ours(os.stat(file.parent)):
                return {}
            head, raw = opened.read(len(MAGIC_NUMBER) + _DIGEST), opened.read(_MOST_BYTES)
        if head != MAGIC_NUMBER + _digest(raw):
            return {}
        kept = marshal.loads(raw)
    except (OSError, ValueError, EOFError, TypeError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _is_ours(state: os.stat_result) -> bool:
    return not hasattr(os, "geteuid") or (state.st_uid == os.geteuid() and not state.st_mode & 0o022)


def _write(file: Path, codes: dict[bytes, CodeType]) -> None:
    raw = marshal.dumps(codes)
    new = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as opened:
            opened.write(MAGIC_NUMBER + _digest(raw) + raw)
        os.replace(new, file)
    except OSError:
        with suppress(OSError):
            new.unlink()
