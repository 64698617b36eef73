"""The on-disk contract: which tables there are, and the form of their keys and values.

A change to anything in this file that makes stored bytes mean something else raises SCHEMA_VERSION;
an index of another version is replaced by an empty one when it is opened. Tables are stored under
their names in lower case; the numbers of `Table` are not stored.

All integers in keys and in fixed-size values are unsigned and big-endian, so that LMDB's order of
bytes is the order of numbers. `isg_storage.keys` makes and reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

SCHEMA_VERSION = 8

RESERVED = b"\0"
"""Keys of HEADER that begin so are the environment's own."""
SCHEMA_KEY = RESERVED + b"schema"
"""HEADER: SCHEMA_VERSION as u32. The first 4 bytes of the stored value are the number in every version."""
FINGERPRINT_KEY = RESERVED + b"fingerprint"
"""HEADER: the bytes given to `Environment.open`: what else the stored bytes depend on (versions, settings)."""


class Table(IntEnum):
    """A table's number indexes tuples in this package; it is not stored."""

    HEADER = 0
    DOCUMENTS = 1
    PATHS = 2
    FACTS = 3
    IDENTITIES = 4
    SYMBOL_IDS = 5
    SYMBOLS = 6
    MENTIONS = 7
    DEFINITIONS = 8
    LINKS = 9
    INCOMING = 10
    OWNED = 11
    LAYOUTS = 12
    STATISTICS = 13
    NAMES = 14
    DEPENDENCIES = 15
    OUTWARD = 16
    PLACES = 17


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one table.

    `key_size`, `value_size`: bytes, 0 where any length will do (a key has 1 to 500 bytes).
    `duplicates`: a key has a sorted set of values of `value_size` bytes each instead of one value. In the other tables
    a value is stored with a seal behind it (see `seals`).
    """

    key: str
    value: str
    key_size: int = 0
    value_size: int = 0
    duplicates: bool = False


FORMS: dict[Table, Form] = {
    Table.HEADER: Form("name", "anything; names beginning with a zero byte are the environment's"),
    Table.DOCUMENTS: Form("u32 document", "record of the document", 4),
    Table.PATHS: Form("path, or its digest where it is long (keys.path_key)", "u32 document", 0, 4),
    Table.FACTS: Form("16-byte content key", "packed facts", 16),
    Table.IDENTITIES: Form("u32 document", "symbol number of each symbol row", 4),
    Table.SYMBOL_IDS: Form("16-byte SigHash", "u32 symbol number", 16, 4),
    Table.SYMBOLS: Form("u32 symbol number", "u32 document, u32 row", 4, 8),
    Table.MENTIONS: Form("u64 hash of a name, or of one that is given another", "u32 document", 8, 4, True),
    Table.DEFINITIONS: Form("u64 hash of a name", "u32 symbol number", 8, 4, True),
    Table.LINKS: Form("u32 document", "its outgoing relations", 4),
    Table.INCOMING: Form("u32 symbol number", "u32 document, u32 source symbol, u32 kind and confidence", 4, 12, True),
    Table.OWNED: Form("u32 document", "the rows elsewhere that go when the document goes", 4),
    Table.LAYOUTS: Form("language", "its layout of the workspace"),
    Table.STATISTICS: Form("name", "figures of the last run"),
    Table.NAMES: Form("u32 document", "names and kinds of its symbols, one a line, for searching", 4),
    Table.DEPENDENCIES: Form(
        "u32 document", "u32 source row, u32 symbol number, u32 strength of each tie of a module", 4
    ),
    Table.OUTWARD: Form(
        "16-byte hash of what something outside of the workspace is called",
        "u32 document, u32 row of a symbol that implements it, u32 start, u32 length of where, u32 1 for a derive",
        16,
        20,
        True,
    ),
    Table.PLACES: Form("u32 document", "where each of its symbols stands and what holds it, for lists of symbols", 4),
}

DATA_FILE = "data.mdb"
"""LMDB's name for the file of an environment."""
MAX_KEY_SIZE = 500
"""LMDB's own limit is 511."""


def stored_name(table: Table) -> bytes:
    """The name that the table has in the LMDB file."""
    return table.name.lower().encode()
