"""isg_storage: bytes under keys, in LMDB. It does not know what a symbol is.

This is all of its public face; `isg_storage.keys` makes keys and `isg_storage.inspection` describes an index.
"""

from isg_storage.environment import Environment, remove
from isg_storage.errors import (
    BusyError,
    ClosedError,
    DamagedError,
    ForkedError,
    FullError,
    MissingError,
    OutgrownError,
    ReadOnlyError,
    StorageError,
)
from isg_storage.reader import Reader
from isg_storage.tables import SCHEMA_VERSION, Table
from isg_storage.writer import Writer

__all__ = [
    "SCHEMA_VERSION",
    "BusyError",
    "ClosedError",
    "DamagedError",
    "Environment",
    "ForkedError",
    "FullError",
    "MissingError",
    "OutgrownError",
    "ReadOnlyError",
    "Reader",
    "StorageError",
    "Table",
    "Writer",
    "remove",
]
