"""The exceptions of isg_analysis. All that this root raises on purpose is an IsgError."""

from __future__ import annotations


class IsgError(Exception):
    """Base of every error meant for the user: its text is one clear sentence."""


class WorkspaceError(IsgError):
    """The workspace can't be opened: a missing path, neither a directory nor a code dump, an unusable cache."""


class StoppedError(IsgError):
    """Nobody waits for the answer any more: what was being worked out is dropped."""


class DocumentError(IsgError):
    """A document can't be used: unreadable, binary, too large, not text."""
