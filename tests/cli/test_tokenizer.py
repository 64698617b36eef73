"""`isg context --tokenizer`: a real tokenizer where there is one, the estimate elsewhere, and never over budget."""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from isg_analysis import Workspace
from isg_analysis.context import Request, Tokenizer, TooSmallError, context, count_tokens
from isg_server.vocabularies import NotAtHand, VocabularyError, chosen, tokenizer


class Encoding:
    """Stands for tiktoken's: a token is a byte that the vocabulary has, or two of them."""

    def __init__(self, name: str, mergeable_ranks: dict[bytes, int], **_: Any) -> None:
        self.name, self._ranks = name, mergeable_ranks

    def encode(self, text: str, disallowed_special: tuple[str, ...]) -> list[int]:
        assert disallowed_special == ()
        raw, out = text.encode(), []
        while raw:
            size = 2 if raw[:2] in self._ranks else 1
            out.append(self._ranks.get(raw[:size], 0))
            raw = raw[size:]
        return out


def install(monkeypatch: pytest.MonkeyPatch, get_encoding: Callable[[str], Encoding] | None = None) -> None:
    """Put something like tiktoken where it is imported from."""
    package, loading, public = ModuleType("tiktoken"), ModuleType("tiktoken.load"), ModuleType("openai_public")
    extension = ModuleType("tiktoken_ext")

    def fetch(_: str) -> bytes:
        raise AssertionError("a download")

    def constructor() -> dict[str, Any]:
        return {
            "name": "o200k_base",
            "mergeable_ranks": vars(public)["load_tiktoken_bpe"]("https://", expected_hash=""),
        }

    vars(loading)["read_file"] = fetch
    vars(public).update(load_tiktoken_bpe=fetch, ENCODING_CONSTRUCTORS={"o200k_base": constructor})
    vars(extension)["openai_public"] = public
    vars(package).update(Encoding=Encoding, load=loading)
    vars(package)["get_encoding"] = get_encoding or (lambda name: loading.read_file(f"https://{name}"))
    for name, module in {"tiktoken": package, "tiktoken.load": loading, "tiktoken_ext": extension}.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(sys.modules, "tiktoken_ext.openai_public", public)


def without(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    for package in packages:
        monkeypatch.setitem(sys.modules, package, None)


@pytest.fixture
def vocabulary(tmp_path: Path) -> Path:
    path = tmp_path / "o200k_base.tiktoken"
    pairs = (b"cl", b"as", b"de", b"f ", b"  ")
    path.write_bytes(b"".join(base64.b64encode(pair) + f" {rank}\n".encode() for rank, pair in enumerate(pairs)))
    return path


def test_a_file_of_tiktokens(vocabulary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    assert tokenizer(str(vocabulary)).count("class def ") == 6


def test_a_name_whose_vocabulary_was_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, lambda name: Encoding(name, {}))
    assert tokenizer("cl100k_base").count("abc") == 3


def test_nothing_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    with pytest.raises(NotAtHand, match="tiktoken has not kept its vocabulary on this machine"):
        tokenizer("o200k_base")


def test_without_the_package(vocabulary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "tiktoken", "tokenizers")
    (tmp_path / "tokenizer.json").write_text("{}")
    for wanted in ("o200k_base", str(vocabulary)):
        with pytest.raises(NotAtHand, match="the package tiktoken is not installed"):
            tokenizer(wanted)
    with pytest.raises(NotAtHand, match="the package tokenizers is not installed"):
        tokenizer(str(tmp_path / "tokenizer.json"))


def test_what_is_no_vocabulary(vocabulary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    for wanted in ("claude", "other.tiktoken", ""):
        with pytest.raises(VocabularyError, match="expected cl100k_base or o200k_base"):
            tokenizer(wanted)
    vocabulary.write_text("not base64 at all\n")
    with pytest.raises(VocabularyError, match="not a vocabulary"):
        tokenizer(str(vocabulary))


def test_the_last_one_is_kept_until_its_file_changes(vocabulary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    first, note = chosen(str(vocabulary))
    assert not note
    assert chosen(str(vocabulary))[0] is first
    os.utime(vocabulary, ns=(1, 1))
    assert chosen(str(vocabulary))[0] is not first
    vocabulary.unlink()
    with pytest.raises(VocabularyError, match="No such file"):
        chosen(str(vocabulary))


def test_the_estimate_is_used_and_told_where_there_is_none(
    workspace: Path, isg_here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "tiktoken")
    estimated = isg_here("context", "Square", "--budget", "400")
    done = isg_here("context", "Square", "--budget", "400", "--tokenizer", "o200k_base")
    assert (done.code, done.out) == (0, estimated.out)
    assert "isg: o200k_base: the package tiktoken is not installed; tokens are estimated" in done.err
    assert isg_here("context", "Square", "--tokenizer", "nowhere/o200k_base.tiktoken").code == 0


def test_a_missing_file_is_refused(workspace: Path, isg_here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    done = isg_here("context", "Square", "--tokenizer", "nowhere/o200k_base.tiktoken")
    assert (done.code, done.out) == (2, "")
    assert "No such file" in done.err


def test_the_command_counts_by_it(workspace: Path, vocabulary: Path, isg_here: Any, monkeypatch: Any) -> None:
    install(monkeypatch)
    counted = tokenizer(str(vocabulary)).count
    command = ["context", "Square", "--format", "json", "--budget", "900", "--tokenizer", str(vocabulary)]
    done = isg_here(*command)
    assert json.loads(done.out)["tokens"] == counted(done.out) <= 900


@pytest.mark.parametrize(
    "count",
    [
        len,
        lambda text: len(text.encode()) // 4,
        lambda text: len(text.split()),
        lambda text: len(text) + 50 * text.count("\n\n"),  # the whole costs more than its parts
        lambda text: max(0, len(text) // 3 - 40),  # and less
    ],
)
@pytest.mark.parametrize("format", ["markdown", "json"])
def test_the_budget_is_kept_whatever_counts(
    workspace: Path, cache: Path, count: Callable[[str], int], format: str
) -> None:
    with Workspace.open(workspace, cache=cache) as opened:
        opened.index(jobs=1)
        with opened.snapshot() as view:
            refs = tuple(view.definitions("Shape", "python"))
            for budget in range(100, 3000, 150):
                try:
                    made = context(view, Request(refs, budget, format=format, tokenizer=Tokenizer(count)))
                except TooSmallError:
                    continue
                assert count(made.text) == made.tokens <= budget
            usual = context(view, Request(refs, 1000, format=format))
            assert usual.tokens == count_tokens(usual.text)
