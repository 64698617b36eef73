"""Every query file compiles against the grammar that is installed, and every label has its handler."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from tree_sitter import Language, Query

from isg_analysis.languages import registry
from project.tree import ROOT, files_of

LANGUAGES = ROOT / "analysis" / "isg_analysis" / "languages"


@pytest.mark.parametrize("path", files_of(".scm"), ids=lambda path: path.relative_to(LANGUAGES).as_posix())
def test_a_query_file_fits_its_grammar(path: Path) -> None:
    language = path.relative_to(LANGUAGES).parts[0]
    grammar = Language(import_module(f"tree_sitter_{language}").language())
    assert Query(grammar, path.read_text("utf-8")).pattern_count > 0


@pytest.mark.parametrize("language", registry.NAMES)
def test_a_pack_takes_an_empty_text_and_a_broken_one(language: str) -> None:
    pack = registry.pack(language)
    assert pack.extract(b"")
    assert pack.extract(b"((( {{{ \xef\xbf\xbd class fn")


@pytest.mark.parametrize("language", registry.NAMES)
def test_a_pack_says_what_it_does_not_model(language: str) -> None:
    assert "not modelled" in (LANGUAGES / language / "README.md").read_text("utf-8").lower()
