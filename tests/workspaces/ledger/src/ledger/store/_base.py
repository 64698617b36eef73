from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from ..journal import Journal

S = TypeVar("S", bound="Store")


class Store(ABC):
    """Loads and saves journals; a context manager."""

    def __enter__(self: S) -> S:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    @abstractmethod
    def load(self, name: str) -> Journal: ...

    @abstractmethod
    def save(self, name: str, journal: Journal) -> None: ...

    def close(self) -> None:
        """Let go of what is open."""


class Cached(Generic[S]):
    """Keeps what a store has loaded."""

    def __init__(self, store: S) -> None:
        self.store = store
        self._journals: dict[str, Journal] = {}

    def load(self, name: str) -> Journal:
        if name not in self._journals:
            self._journals[name] = self.store.load(name)
        return self._journals[name]
