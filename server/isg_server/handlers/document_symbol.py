"""textDocument/documentSymbol: what is in this document?"""

from __future__ import annotations

from lsprotocol import types

from isg_analysis import queries
from isg_server import convert, outline, shapes
from isg_server.asking import Asking

METHOD = types.TEXT_DOCUMENT_DOCUMENT_SYMBOL
CAPABILITY = "document_symbol"
ACROSS = False


def answer(asking: Asking, params: types.DocumentSymbolParams) -> shapes.DocumentSymbols:
    """The outline: a tree where the client takes trees, else a list."""
    target = asking.document(params.text_document.uri)
    if target is None:
        return None
    nodes = queries.outline(target.view, target.document)
    encoding = asking.features.encoding
    if asking.features.hierarchical_symbols:
        return outline.document_symbols(nodes, encoding)
    return convert.flat_symbols(target.home, nodes, encoding)
