"""Where journals are kept."""

from ._base import Store
from .files import FileStore
from .memory import MemoryStore

try:
    from .database import DatabaseStore
except ImportError:
    DatabaseStore = None


def open_store(place: str) -> Store:
    """A store by its place: empty for one in memory."""
    if not place:
        return MemoryStore()
    return FileStore(place)
