"""The outline of a document as JSON: asked for after every keystroke, also where there are thousands of symbols.

What is told of a symbol beside its place is the same from one keystroke to the next, and is written once. Longer ways
over `shapes` take more than twice the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from isg_analysis.model.signature import decode, text_of
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.model.text import PositionEncoding
from isg_server.convert import symbol_kind
from isg_server.positions import kind_name

if TYPE_CHECKING:
    from isg_analysis.queries import OutlineNode

_KEPT = 4096
"""Of so many symbols it is kept what is told of them."""
_encoder = msgspec.json.Encoder()


def document_symbols(nodes: Sequence[OutlineNode], encoding: PositionEncoding) -> msgspec.Raw:
    """The outline of one document as a list of DocumentSymbol, each node with all below it."""
    if not nodes:
        return msgspec.Raw(b"[]")
    return msgspec.Raw(_Outline(nodes, encoding).json().encode())


class _Outline:
    """Symbols of one document, made of its columns: hits would look everything up once for each property."""

    def __init__(self, nodes: Sequence[OutlineNode], encoding: PositionEncoding) -> None:
        view, document, self._nodes = nodes[0].view, nodes[0].document, nodes
        facts = view.glance(document)
        symbols, index, strings = facts.symbols, view.line_index(document), facts.strings
        offsets, texts = facts.packed_texts
        raw, ends = bytes(texts), list(offsets)
        self._kinds, self._called = bytes(symbols.kind), [strings[name] for name in symbols.name]
        self._signatures = [raw[ends[at] : ends[at + 1]] if at >= 0 else b"" for at in symbols.signature]
        # LSP wants the whole to contain the name, whatever is stored.
        wholes = zip(map(min, symbols.start, symbols.name_start), map(max, symbols.end, symbols.name_end), strict=True)
        self._wholes = index.spans(list(wholes), encoding)
        self._names = index.spans(list(zip(symbols.name_start, symbols.name_end, strict=True)), encoding)

    def json(self) -> str:
        """All of it."""
        return f"[{','.join(map(self._symbol, self._nodes))}]"

    def _symbol(self, node: OutlineNode) -> str:
        row = node.row
        before, behind = _told(self._kinds[row], self._called[row], self._signatures[row])
        line, column, last, end = self._wholes[row]
        name_line, name_column, name_last, name_end = self._names[row]
        return (
            f'{before}"range":{{"start":{{"line":{line},"character":{column}}},'
            f'"end":{{"line":{last},"character":{end}}}}},'
            f'"selectionRange":{{"start":{{"line":{name_line},"character":{name_column}}},'
            f'"end":{{"line":{name_last},"character":{name_end}}}}},'
            f'"children":[{",".join(map(self._symbol, node.children)) if node.children else ""}]{behind}'
        )


@lru_cache(_KEPT)
def _told(number: int, name: str, signature: bytes) -> tuple[str, str]:
    """What is written of a symbol before and behind its places. LSP wants a name that is not empty."""
    kind = SymbolKind(number)
    shown = decode(signature).self_type if kind is SymbolKind.IMPLEMENTATION else name
    text = text_of(signature)
    detail = f',"detail":{_json(text)}' if text else ""
    return f'{{"name":{_json(shown or f"<{kind_name(kind)}>")},"kind":{int(symbol_kind(kind))},', f"{detail}}}"


def _json(text: str) -> str:
    return _encoder.encode(text).decode()
