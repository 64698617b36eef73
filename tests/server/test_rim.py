"""The parts of the rim that need no server: URIs, encodings, roots, frames."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from io import FileIO
from pathlib import Path

import pytest

from isg_analysis.model.text import PositionEncoding
from isg_server.positions import choose
from isg_server.roots import outermost
from isg_server.transport import FrameReader, Malformed, MessageQueue, decode
from isg_server.uris import to_path, to_uri


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, PositionEncoding.UTF16),
        ([], PositionEncoding.UTF16),
        (["utf-8", "utf-16"], PositionEncoding.UTF16),
        (["utf-8"], PositionEncoding.UTF8),
        (["utf-7", "utf-32", "utf-8"], PositionEncoding.UTF32),
        (["utf-7"], PositionEncoding.UTF16),
    ],
)
def test_utf_16_unless_the_client_offers_only_others(offered: list[str] | None, chosen: PositionEncoding) -> None:
    assert choose(offered) is chosen


@pytest.mark.parametrize("name", ["a b.py", "é😀.py", "100%.py", "c#d?.py", "x\udcff.py"])
def test_a_path_survives_the_way_through_its_uri(name: str) -> None:
    path = Path("/w") / name
    assert to_path(to_uri(path)) == path


@pytest.mark.parametrize(
    "uri", ["untitled:x", "git:/w/a.py", "file://host/share/a", "file:", "file:///a%00b", "http://["]
)
def test_what_is_no_local_file_has_no_path(uri: str) -> None:
    assert to_path(uri) is None


def test_dots_are_folded_away() -> None:
    assert to_path("file:///w/a/../../etc/x") == Path("/etc/x")


def test_a_folder_in_a_folder_is_no_root_of_its_own() -> None:
    folders = [Path("/w/a"), Path("/w"), Path("/v"), Path("/v"), Path("/wx")]
    assert outermost(folders) == [Path("/w"), Path("/v"), Path("/wx")]


async def read(tmp_path: Path, data: bytes) -> list[object]:
    """What a reader makes of a stream."""
    source = tmp_path / "stream"
    source.write_bytes(data)
    queue: MessageQueue = asyncio.Queue()
    with FileIO(source) as stream:
        FrameReader(stream, asyncio.get_running_loop(), queue).start()
        found: list[object] = []
        while (message := await asyncio.wait_for(queue.get(), 10)) is not None:
            found.append("malformed" if isinstance(message, Malformed) else message)
        return found


async def test_frames_are_read_in_order_whatever_stands_between(tmp_path: Path) -> None:
    good = b'content-length: 7\r\nContent-Type: x\r\n\r\n{"a":1}'
    data = good + b"\r\nContent-Length: 3\r\n\r\nnot" + good + b"Content-Length: 2\n\n[]" + b"X: y\r\n\r\n" + good
    assert await read(tmp_path, data) == [{"a": 1}, "malformed", {"a": 1}, "malformed", "malformed", {"a": 1}]


async def test_a_stream_that_ends_within_a_frame_just_ends(tmp_path: Path) -> None:
    assert await read(tmp_path, b'Content-Length: 700\r\n\r\n{"a":1}') == []


async def test_an_endless_header_ends_the_stream(tmp_path: Path) -> None:
    assert await read(tmp_path, b"x" * 200_000) == []


async def test_an_absurd_length_is_malformed(tmp_path: Path) -> None:
    assert await read(tmp_path, b"Content-Length: 99999999999999999999999\r\n\r\n") == ["malformed"]


@pytest.mark.parametrize("body", [b"", b"nul", b"\xff\xfe", b"[" * 100_000, b"12", b"[1]"])
def test_a_body_that_is_no_object_is_malformed(body: bytes) -> None:
    assert [type(message) for message in decode(body)] == [Malformed]


def test_plain_commands_pay_for_no_protocol() -> None:
    """Importing lsprotocol takes longer than most commands."""
    code = (
        "import sys, isg_server.uris, isg_server.positions, isg_server.settings, isg_server.cli;"
        "print([m for m in ('pygls', 'lsprotocol', 'cattrs') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "[]"
