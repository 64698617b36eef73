"""Extraction of one Rust document: text in, packed facts out. Pure, and all that pool workers load of this pack."""

from __future__ import annotations

from isg_analysis.languages.rust.grammar import grammar
from isg_analysis.languages.rust.macros import Macros
from isg_analysis.model.builder import FactsBuilder


def extract(text: bytes) -> bytes:
    """Packed facts of a document; `text` is valid UTF-8. Broken code gives what can be had."""
    return Macros(grammar(), FactsBuilder(text)).run()
