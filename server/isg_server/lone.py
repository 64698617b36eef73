"""Open documents outside of every root: each is answered from its own text alone.

Nothing is stored and no other file is read.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from isg_analysis.resolve.memory import MemoryProgram
from isg_server.documents import OpenDocument


@dataclass(frozen=True, slots=True)
class LonePlace:
    """Where the hits of a lone document lie: in itself."""

    address: str

    def uri(self, path: str) -> str:
        """The document's URI, as the client spells it."""
        del path
        return self.address


class LoneDocuments:
    """The views of lone documents; one is made anew when its text has changed."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        """Held while a view is used: two questions may be worked on at a time."""
        self._views: dict[Path, tuple[bytes, MemoryProgram]] = {}

    def view(self, document: OpenDocument) -> MemoryProgram:
        """A view of this document and nothing else; its path in it is its file name."""
        text = document.text
        known = self._views.get(document.path)
        if known is None or known[0] is not text:
            known = text, MemoryProgram({document.path.name: text.decode("utf-8", "replace")})
            self._views[document.path] = known
        return known[1]

    def forget(self, path: Path) -> None:
        """Lets go of a closed document."""
        self._views.pop(path, None)
