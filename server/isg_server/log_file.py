"""The log file: kept small by renaming, shared by the servers of several editors. Sibling: `logs`, what is in it."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path


class SharedFileHandler(RotatingFileHandler):
    """Goes on in the new file when another process has renamed this one: records carry their process's id."""

    def __init__(self, path: Path, size: int, kept: int) -> None:
        """Raises OSError where the file can't be opened."""
        super().__init__(path, maxBytes=size, backupCount=kept, encoding="utf-8", errors="backslashreplace")

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a record, to the file that has the name now."""
        if self.stream is not None and self._was_renamed(self.stream.fileno()):
            self.stream.close()
            self.stream = self._open()
        super().emit(record)

    def _was_renamed(self, descriptor: int) -> bool:
        try:
            return not os.path.samestat(os.stat(self.baseFilename), os.fstat(descriptor))
        except FileNotFoundError:
            return True
