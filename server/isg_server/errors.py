"""The exceptions of this layer. Each message is one sentence that can be shown to a user as it stands."""

from __future__ import annotations


class ServerError(Exception):
    """Base of everything that this package raises on purpose."""


class TransportError(ServerError):
    """The connection to the client can't be opened, or what comes over it can't be framed any more."""


class RequestError(ServerError):
    """A request can't be answered: the message goes to the client, with LSP's RequestFailed."""
