"""The server floor: a pygls server that knows nothing. What it takes to answer is what any pygls server takes."""

from __future__ import annotations

import logging

from lsprotocol import types
from pygls.lsp.server import LanguageServer

logging.getLogger("pygls").setLevel(logging.WARNING)
server = LanguageServer("empty", "1")


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
def references(parameters: types.ReferenceParams) -> list[types.Location]:
    """No references, at once."""
    return []


if __name__ == "__main__":
    server.start_io()
