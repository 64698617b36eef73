"""The log: one record a line, as `key=value` pairs (logfmt), to standard error and, where it is set, to a file as well.

    time=2026-01-31T09:30:00.123Z level=info logger=isg.index pid=4711 message="indexed" root=~/code extract_ms=812.4

A value with anything but letters, digits and `-_./:~+@%,` in it stands in quotes, escaped as in JSON, so that nothing
in it can end a line or begin another pair. Times are UTC. Source text is in no record: tracebacks name files and lines
of ours and leave out the code, and what an exception says is left out unless it is a sentence made for people. Only
while the client traces verbosely is all of it told. A log that can't be written never stops the server.

Whoever has more to tell than a sentence calls `record`. Sibling: `client`, which says things to the client.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

FILE_BYTES = 5_000_000
FILES_KEPT = 2
"""Beside the one that is written."""
_PLAIN = re.compile(r"[\w\-./:~+@%,]+", re.ASCII)
_QUOTED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_FIELDS = "isg_fields"

Value = str | int | float | bool | None


class Stages:
    """How long each stage of one piece of work took, in the order in which they began. For one thread at a time."""

    def __init__(self) -> None:
        self._last = self._began = time.perf_counter()
        self._seconds: dict[str, float] = {}

    def end(self, name: str) -> None:
        """What was done since the last stage ended is this one's."""
        now = time.perf_counter()
        self._seconds[name] = self._seconds.get(name, 0.0) + now - self._last
        self._last = now

    def milliseconds(self) -> dict[str, float]:
        """ "stage_ms" -> milliseconds, and "ms": of all together."""
        each = {f"{name}_ms": round(seconds * 1e3, 3) for name, seconds in self._seconds.items()}
        return {"ms": round((time.perf_counter() - self._began) * 1e3, 3), **each}


def pairs(fields: Mapping[str, Value]) -> str:
    """`key=value`, joined; what is None is left out."""
    return " ".join(f"{key}={_shown(value)}" for key, value in fields.items() if value is not None)


def record(log: logging.Logger, level: int, message: str, **fields: Value) -> None:
    """A record with fields of its own; their names are words, joined by underscores."""
    if log.isEnabledFor(level):
        log.log(level, "%s", message, extra={_FIELDS: fields})


class LineFormatter(logging.Formatter):
    """See the module's text. `verbose`: exceptions are told as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.verbose = False

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        fields: dict[str, Value] = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": record.process,
            "message": record.getMessage(),
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            fields |= self._failure(record.exc_info[1], record.exc_info[2])
        return pairs(fields)

    def _failure(self, error: BaseException, trace: TracebackType | None) -> dict[str, Value]:
        told: dict[str, Value] = {"error": type(error).__name__}
        if self.verbose or isinstance(error, OSError) or _is_sentence(error):
            told["error_message"] = str(error)
        frames = traceback.extract_tb(trace)
        told["trace"] = " < ".join(f"{_module(frame.filename)}:{frame.lineno}" for frame in reversed(frames))
        return told


class Logs:
    """Where the log of this process goes. One of these is made by `serve`, and configured as settings come."""

    def __init__(self) -> None:
        logging.raiseExceptions = False  # a full disk, or a standard error that nobody reads any more
        self._format = LineFormatter()
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(self._format)
        logging.basicConfig(handlers=[handler], level=logging.WARNING)
        logging.getLogger("pygls").setLevel(logging.WARNING)
        # What it says of failed requests, with their text and a traceback each, `server` has said in a line.
        logging.getLogger("pygls.protocol.json_rpc").setLevel(logging.CRITICAL)
        self._file: logging.Handler | None = None
        self._path: Path | None = None

    def configure(self, level: str, file: str | None, *, verbose: bool) -> str | None:
        """Takes over settings; returns a sentence when the file can't be written."""
        logging.getLogger("isg").setLevel(level.upper())
        self._format.verbose = verbose
        path = Path(file).expanduser() if file else None
        if path == self._path:
            return None
        self.close()
        self._path = path
        return self._open(path) if path is not None else None

    def close(self) -> None:
        """Ends the file."""
        if self._file is not None:
            logging.getLogger().removeHandler(self._file)
            self._file.close()
        self._file = self._path = None

    def _open(self, path: Path) -> str | None:
        if not path.is_absolute():
            return f"isg.logFile: {path} is not absolute; no log file is written"
        from isg_server.log_file import SharedFileHandler

        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = SharedFileHandler(path, FILE_BYTES, FILES_KEPT)
        except OSError as error:
            return f"isg.logFile: {path} can't be written ({error.strerror or error}); no log file is written"
        self._file.setFormatter(self._format)
        logging.getLogger().addHandler(self._file)
        return None


@contextmanager
def timed(log: logging.Logger, message: str, **fields: Value) -> Iterator[None]:
    """Logs how long its block took, at debug level."""
    stages = Stages()
    yield
    record(log, logging.DEBUG, message, **fields, **stages.milliseconds())


def _is_sentence(error: BaseException) -> bool:
    """Whether what the exception says was written for people, by us."""
    from isg_analysis import IsgError
    from isg_server.errors import ServerError

    return isinstance(error, IsgError | ServerError)


def _module(file: str) -> str:
    """The last parts of a path, which name a module wherever it is installed."""
    return "/".join(file.replace(os.sep, "/").split("/")[-3:])


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if _PLAIN.fullmatch(text):
        return text
    return '"' + "".join(_QUOTED.get(c) or (c if c.isprintable() else f"\\u{ord(c):04x}") for c in text) + '"'
