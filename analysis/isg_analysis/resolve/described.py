"""Descriptions: texts of a language pack, not of the workspace, such as the signatures of a standard library."""

from __future__ import annotations

from functools import cache

from isg_analysis.languages.registry import pack


@cache
def extracted(language: str, text: bytes) -> bytes:
    """The packed facts of a description; extracted once per process."""
    return pack(language).extract(text)
