"""Preparation: the extraction of a text that an editor has just opened, made before its first edit needs it.

Extracting a text as a whole, with what it takes to go on from there, costs up to some tenths of a second, while an edit
should cost a few thousandths. So it is done beside the questions, by a thread that lets them pass. An edit that comes
before it is finished takes what there is of it: that thread hurries then, and the edit waits for the rest only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from isg_analysis.languages.pack import LanguagePack, OpenDocument

Courtesy = Callable[[Callable[[], bool]], Callable[[], bool]]
"""Makes what is asked after each small step: it waits while questions are worked on, but not while what it was made
with says that somebody waits for the result; and says whether to give up.
"""


class Preparation:
    """Of one text. `run` belongs to the thread that makes it, everything else to whoever holds the text."""

    def __init__(self, language: LanguagePack, text: bytes) -> None:
        self._language, self._text = language, text
        self._lock = threading.Lock()
        self._begun = self._hurried = self._dropped = False
        self._ended = threading.Event()
        self._made: OpenDocument | None = None
        self.problem: Exception | None = None
        """Why there is no result."""

    @property
    def done(self) -> bool:
        """Whether there is a result to take."""
        return self._made is not None

    def run(self, courtesy: Courtesy) -> None:
        """Make it, unless nobody needs it any more."""
        if not self._begin():
            return
        makes_room = courtesy(lambda: self._hurried)
        try:
            made = self._language.document(self._text, lambda: makes_room() or self._dropped)
            with self._lock:
                self._made = None if self._dropped else made
        except Exception as problem:  # given up, or a defect of a pack: whoever needs it can do without
            self.problem = problem
        finally:
            self._ended.set()

    def take(self) -> OpenDocument | None:
        """The result, once it is there; None where there is none. What was not begun by now never will be."""
        if self._begin():
            return None
        self._hurried = True
        self._ended.wait()
        made, self._made = self._made, None
        return made

    def drop(self) -> None:
        """Nobody needs it any more."""
        if self._begin():
            self._ended.set()
        with self._lock:
            self._dropped, self._made = True, None

    def _begin(self) -> bool:
        """Whether this is the first who wants to do something about it."""
        with self._lock:
            first, self._begun = not self._begun, True
            return first
