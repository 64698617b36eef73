"""The checker is checked: whatever row of a sound index goes, or turns into another, it is found."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from isg_analysis import Workspace
from isg_analysis.workspace.checking import Finding, check, check_index
from isg_analysis.workspace.indexing import SECONDS_KEY, WHOLE_KEY
from isg_analysis.workspace.records import decode_document, encode_document
from isg_storage import Environment, Table, Writer
from isg_storage.seals import nothing_seen
from isg_storage.tables import FORMS
from workspace.small import FILES, write

_ROWS = 60
"""How many rows of each table are tried."""
REPLACED = {"zoo/base.py": FILES["zoo/base.py"] + "\n\nclass Cat(Animal): ...\n"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """The stored small workspace, with something in every table."""
    place = tmp_path_factory.mktemp("checked")
    write(place / "project", FILES)
    with Workspace.open(place / "project", cache=place / "cache") as workspace:
        workspace.index(jobs=1)
        write(place / "project", REPLACED)
        workspace.index(jobs=1)
        yield workspace._environment


def rows_of(writer: Writer, table: Table) -> list[tuple[bytes, bytes]]:
    """Some rows of a table that can't be missing without harm."""
    rows = [row for row in writer.items(table) if not harmless(writer, table, row[0])]
    return random.Random(7).sample(rows, min(_ROWS, len(rows)))


def harmless(writer: Writer, table: Table, key: bytes) -> bool:
    """Rows that may go at any time: facts that no document uses, links, what is said of the last run."""
    if table is Table.FACTS:
        return all(decode_document(raw).key != key for _, raw in writer.items(Table.DOCUMENTS))
    return key in (SECONDS_KEY, WHOLE_KEY)


def undone(environment: Environment) -> Writer:
    """A writer whose changes nobody will see."""
    return environment.write()


def test_a_sound_index_has_no_findings(environment: Environment) -> None:
    with environment.read() as reader:
        assert list(check(reader)) == []
        assert [table for table in Table if not reader.count(table)] == []
    assert check_index(environment.directory) == []


@pytest.mark.parametrize("table", Table, ids=lambda table: table.name.lower())
def test_a_row_that_goes_is_found(environment: Environment, table: Table) -> None:
    with environment.read() as reader:
        rows = rows_of(reader, table)  # type: ignore[arg-type]
    for key, value in rows:
        writer = undone(environment)
        if FORMS[table].duplicates:
            writer.remove_value(table, key, value)
        else:
            writer.delete(table, key)
        findings = list(check(writer))
        writer.close()
        if table is Table.LINKS:  # not linked yet: then nothing may lead back
            findings = [found for found in findings if found.table != "INCOMING"] or findings
        assert findings, (table, key)


@pytest.mark.parametrize("table", Table, ids=lambda table: table.name.lower())
def test_a_row_that_turns_into_another_is_found(environment: Environment, table: Table) -> None:
    """One bit of the stored value is another one; of a posting, that row goes and another one comes."""
    choices = random.Random(11)
    with environment.read() as reader:
        rows = rows_of(reader, table)  # type: ignore[arg-type]
    for key, value in rows:
        writer = undone(environment)
        at, bit = choices.randrange(len(value)), 1 << choices.randrange(8)
        if FORMS[table].duplicates:
            writer.remove_value(table, key, value)
            writer.put(table, key, flipped(value, at, bit))
        else:  # past the writer, which would seal it
            stored = bytes(writer._stored(table, key) or b"")
            writer._transaction.put(key, flipped(stored, at, bit), db=writer._databases[table])
            writer._seen = nothing_seen()
        findings = list(check(writer))
        writer.close()
        assert findings, (table, key, at, bit)


def flipped(value: bytes, at: int, bit: int) -> bytes:
    return value[:at] + bytes([value[at] ^ bit]) + value[at + 1 :]


def findings_after(environment: Environment, change: str) -> list[Finding]:
    writer = undone(environment)
    CHANGES[change](writer)
    found = list(check(writer))
    writer.close()
    return found


def forget_facts(writer: Writer) -> None:
    _, raw = next(writer.items(Table.DOCUMENTS))
    writer.delete(Table.FACTS, decode_document(raw).key)


def leave_a_posting(writer: Writer) -> None:
    writer.put(Table.MENTIONS, b"somename", bytes([0, 0, 0, 99]))


def leave_an_edge(writer: Writer) -> None:
    sid, _ = next(writer.items(Table.SYMBOLS))
    writer.put(Table.INCOMING, sid, bytes([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1]))


def swap_two_documents(writer: Writer) -> None:
    (first, one), (second, two), *_ = writer.items(Table.DOCUMENTS)
    writer.put(Table.DOCUMENTS, first, two)
    writer.put(Table.DOCUMENTS, second, one)


def use_other_facts(writer: Writer) -> None:
    import msgspec

    (_, raw), (key, other), *_ = writer.items(Table.DOCUMENTS)
    record = msgspec.structs.replace(decode_document(other), key=decode_document(raw).key)
    writer.put(Table.DOCUMENTS, key, encode_document(record))


def rename_a_package(writer: Writer) -> None:
    raw = writer.get(Table.LAYOUTS, b"rust") or b""
    writer.put(Table.LAYOUTS, b"rust", raw.replace(b"shapes", b"sheets"))


CHANGES = {
    "facts forgotten": forget_facts,
    "a posting of a document that is gone": leave_a_posting,
    "an edge that no link says": leave_an_edge,
    "two documents swapped": swap_two_documents,
    "another document's facts": use_other_facts,
    "a layout that gives other names": rename_a_package,
}


@pytest.mark.parametrize("change", CHANGES, ids=[name.replace(" ", "-") for name in CHANGES])
def test_what_does_not_fit_together_is_found(environment: Environment, change: str) -> None:
    assert findings_after(environment, change)


def test_a_finding_says_in_words_what_is_expected(environment: Environment) -> None:
    (found,) = findings_after(environment, "an edge that no link says")
    assert (found.table, found.expected) == ("INCOMING", "no such row: no document owns it")
    (found,) = findings_after(environment, "a posting of a document that is gone")
    assert found == Finding("MENTIONS", b"somename".hex(), "no such row: no document owns it")


def test_what_is_no_index_is_a_finding(tmp_path: Path, environment: Environment) -> None:
    (found,) = check_index(tmp_path / "nowhere")
    assert "no index" in found.expected
    copy = tmp_path / "generation-00000001"
    copy.mkdir()
    (data,) = environment.directory.glob("*/data.mdb")
    (copy / "data.mdb").write_bytes(data.read_bytes()[:20_000])
    (found,) = check_index(tmp_path)
    assert "files that can be read" in found.expected
