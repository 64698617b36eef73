"""From a file to UTF-8 text, or to a reason."""

from __future__ import annotations

import codecs
import contextlib
import os
import random
from pathlib import Path

import pytest

from isg_analysis.errors import DocumentError
from isg_analysis.workspace import reading
from isg_analysis.workspace.discovery import decode, load_document, read_document

LIMIT = 10_000


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", b""),
        (b"x = 1\r\n", b"x = 1\r\n"),
        ("ü €".encode(), "ü €".encode()),
        (codecs.BOM_UTF8 + b"x", b"x"),
        ("ü\U0001f600".encode("utf-16"), "ü\U0001f600".encode()),
        (codecs.BOM_UTF16_BE + "ü".encode("utf-16-be"), "ü".encode()),
        ("ü".encode("utf-32"), "ü".encode()),
        (b"# -*- coding: latin-1 -*-\n# \xfc", "# -*- coding: latin-1 -*-\n# ü".encode()),
        (b"#!/bin/x\n# vim: fileencoding=koi8-r\n# \xc1", "#!/bin/x\n# vim: fileencoding=koi8-r\n# \u0430".encode()),
        (b"# coding: cp1252\n# \x80", "# coding: cp1252\n# €".encode()),
    ],
)
def test_texts(raw: bytes, text: bytes) -> None:
    assert decode(raw) == (text, "")


def test_an_undeclared_encoding_is_remarked_on() -> None:
    text, remark = decode(b"# na\xefve\nx = 1\n")
    assert text == "# naïve\nx = 1\n".encode()
    assert "not UTF-8" in remark


@pytest.mark.parametrize("name", ["rot13", "zip", "hex", "unicode_escape", "idna", "nonsense", "utf-7", "utf-16"])
def test_encodings_that_are_none_are_not_used(name: str) -> None:
    assert "not UTF-8" in decode(b"# coding: " + name.encode() + b"\n\xff").remark


@pytest.mark.parametrize(
    "raw",
    [
        b"\x7fELF\0\0",
        b"text\0text",
        "a\0b".encode("utf-16"),
        codecs.BOM_UTF16_LE + b"\x00\xd8",
        codecs.BOM_UTF16_LE + b"x",
        b"\x89PNG\r\n\x1a\n\x01\xff",
        random.Random(1).randbytes(5000),
        b"# coding: cp1252\n\x81",
    ],
)
def test_what_is_not_text(raw: bytes) -> None:
    with pytest.raises(DocumentError):
        decode(raw)


def test_random_bytes_are_text_or_a_reason() -> None:
    chance = random.Random(2)
    for size in range(300):
        with contextlib.suppress(DocumentError):
            decode(chance.randbytes(size)).text.decode()


def test_reading(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(codecs.BOM_UTF8 + b"x = 1")
    assert read_document(tmp_path / "a.py", LIMIT) == b"x = 1"
    assert load_document(tmp_path / "a.py", LIMIT).remark == ""
    (tmp_path / "full.py").write_bytes(b"x" * LIMIT)
    assert len(read_document(tmp_path / "full.py", LIMIT)) == LIMIT


def test_reasons(tmp_path: Path) -> None:
    with (tmp_path / "large.py").open("wb") as file:
        file.truncate(50_000_000)
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "directory.py").mkdir()
    (tmp_path / "link.py").symlink_to("large.py")
    (tmp_path / "loop.py").symlink_to("loop.py")
    for name, reason in {
        "large.py": "larger than 10000 bytes",
        "pipe.py": "not a regular file",
        "directory.py": "not a regular file|cannot be read",
        "link.py": "cannot be read",
        "loop.py": "cannot be read",
        "missing.py": "cannot be read: No such file",
        "null\0.py": "cannot be read",
    }.items():
        with pytest.raises(DocumentError, match=reason):
            read_document(tmp_path / name, LIMIT)


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_bytes(b"x" * (LIMIT + 1))
    real = os.fstat

    def before(descriptor: int) -> os.stat_result:
        fields = list(real(descriptor))
        fields[6] = 5
        return os.stat_result(fields)

    monkeypatch.setattr(os, "fstat", before)
    with pytest.raises(DocumentError, match="larger"):
        read_document(tmp_path / "a.py", LIMIT)


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.py").write_bytes(b"")
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(DocumentError, match="Permission denied"):
        read_document(tmp_path / "a.py", LIMIT)


def test_a_file_emptied_a_moment_ago_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"")
    monkeypatch.setattr(reading.time, "sleep", lambda _: path.write_bytes(b"x = 1"))
    assert read_document(path, LIMIT) == b"x = 1", "an editor that writes in place had emptied it"


def test_a_file_that_stays_empty_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"")
    pauses: list[float] = []
    monkeypatch.setattr(reading.time, "sleep", pauses.append)
    monkeypatch.setattr(reading.time, "time", path.stat().st_mtime.__float__)
    assert read_document(path, LIMIT) == b""
    assert 0 < sum(pauses) < 0.1
    os.utime(path, (0, 0))
    pauses.clear()
    assert read_document(path, LIMIT) == b""
    assert not pauses, "written long ago"
