"""Entries and the journal that keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

from ledger.money import Money

if TYPE_CHECKING:
    from ledger.accounts import Account


class Listener(Protocol):
    """Hears of every entry. Anything with this method will do."""

    def entered(self, entry: Entry) -> None: ...


class Unbalanced(ValueError):
    """An entry whose sides are not equal."""


@dataclass
class Entry:
    """One transaction: what goes where."""

    on: date
    text: str
    lines: list[tuple[Account, Money]] = field(default_factory=list)

    def debit(self, account: Account, money: Money) -> Entry:
        """Add a line; returns the entry, for chains."""
        self.lines.append((account, money))
        return self

    def credit(self, account: Account, money: Money) -> Entry:
        """The other side."""
        return self.debit(account, -money)

    @property
    def balanced(self) -> bool:
        """Whether both sides are equal."""
        return sum((money for _, money in self.lines), Money.zero()) == Money.zero()


class Journal:
    """Entries in the order in which they were made."""

    def __init__(self, listeners: Iterable[Listener] = ()) -> None:
        self._entries: list[Entry] = []
        self._listeners = list(listeners)

    def enter(self, entry: Entry) -> None:
        """Post an entry to its accounts. Raises Unbalanced."""
        if not entry.balanced:
            raise Unbalanced(entry.text)
        for account, money in entry.lines:
            account.post(money)
        self._entries.append(entry)
        for listener in self._listeners:
            listener.entered(entry)

    def where(self, wanted: Callable[[Entry], bool]) -> list[Entry]:
        """The entries that are wanted."""
        return [entry for entry in self._entries if wanted(entry)]

    def __iter__(self):
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
