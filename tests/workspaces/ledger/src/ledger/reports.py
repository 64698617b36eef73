"""Journals as text."""

from ledger.journal import Entry as _Entry, Journal


def register(journal: Journal, *, width: int = 30) -> str:
    """One line per entry."""
    return "\n".join(_line(entry, width) for entry in journal)


def _line(entry: _Entry, width: int) -> str:
    accounts = ", ".join(account.path for account, _ in entry.lines)
    return f"{entry.on:%Y-%m-%d} {entry.text:<{width}.{width}} {accounts}"


class Totals:
    """Counts what passes; a listener without saying so."""

    def __init__(self) -> None:
        self.entries = 0

    def entered(self, entry: _Entry) -> None:
        self.entries += 1
        self.last = entry
