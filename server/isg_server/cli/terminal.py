"""Streams, exit codes and refusals that all commands share."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

EXIT_DONE = 0
EXIT_FOUND = 1  # a command that looks for problems has found some
EXIT_USAGE = 2  # a wrong argument, configuration or file
EXIT_DEFECT = 101
EXIT_INTERRUPTED = 130  # as a shell reports a program that SIGINT ended

JSON_VERSION = 1
"""The version of every JSON document the commands print. Keys may be added without raising it."""


class Refusal(Exception):
    """What was asked can't be done as asked. `message` is one sentence for the user.

    `near`: names close to one that is not known; `candidates`: results among which the user has to choose,
    in the form results have in JSON; `listing`: the same as lines of text.
    """

    def __init__(
        self,
        message: str,
        *,
        near: Sequence[str] = (),
        candidates: Sequence[Mapping[str, Any]] = (),
        listing: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.near = tuple(near)
        self.candidates = tuple(candidates)
        self.listing = tuple(listing)


class Interrupted(Exception):
    """The user pressed Ctrl-C and the work stopped at a point where everything stored is whole."""


def prepare_streams() -> None:
    """Make both streams UTF-8 wherever they lead, and unable to fail on a character.

    A stream that was closed before the program started leads nowhere from now on, so that its
    descriptor is not given to a file that is opened later.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - open until the end
        if reconfigure := getattr(getattr(sys, name), "reconfigure", None):
            reconfigure(encoding="utf-8", errors="backslashreplace")


def say(message: str) -> None:
    """A message for the user, on standard error."""
    _write(sys.stderr, f"isg: {message}")


def print_line(line: str) -> None:
    """One line of a result, on standard output."""
    _write(sys.stdout, line)


def print_json(document: Mapping[str, Any]) -> None:
    """A result for programs, on standard output; `version` is put in front."""
    json.dump({"version": JSON_VERSION, **document}, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def print_refusal(refusal: Refusal, *, as_json: bool) -> None:
    """The refusal on standard error and, if JSON was asked for, on standard output too."""
    say(refusal.message)
    for line in refusal.listing:
        _write(sys.stderr, f"  {line}")
    if refusal.near:
        _write(sys.stderr, f"  did you mean: {', '.join(refusal.near)}")
    if as_json:
        error = {"message": refusal.message, "near": refusal.near, "candidates": refusal.candidates}
        print_json({"error": error})


def printable(text: str) -> str:
    """The text with control characters escaped: names of files and symbols come from others."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _write(stream: TextIO, line: str) -> None:
    stream.write(f"{printable(line)}\n")


def abandon_stdout() -> None:
    """Let nothing more be written to a standard output whose reader has gone, not even at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
