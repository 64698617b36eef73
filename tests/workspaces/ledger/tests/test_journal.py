from datetime import date

import ledger
from ledger.accounts import Capped
from ledger.journal import Listener
from ledger.reports import Totals


class Recorder:
    def __init__(self) -> None:
        self.heard: list[ledger.Entry] = []

    def entered(self, entry: ledger.Entry) -> None:
        self.heard.append(entry)


def entry(text: str, amount: str) -> ledger.Entry:
    money = ledger.Money.parse(amount)
    bank, loan = ledger.Asset("bank"), Capped("loan", ledger.Money.parse("1000"))
    return ledger.Entry(date(2024, 5, 1), text).debit(bank, money).credit(loan, money)


def test_listeners_hear_of_entries() -> None:
    recorder, totals = Recorder(), Totals()
    listeners: list[Listener] = [recorder, totals]
    journal = ledger.Journal(listeners)
    journal.enter(entry("a loan", "100 EUR"))
    assert [heard.text for heard in recorder.heard] == ["a loan"]
    assert totals.entries == len(journal) == 1


def test_a_store_in_memory_keeps_journals() -> None:
    with ledger.open_store("") as store:
        store.load("2024").enter(entry("a loan", "100 EUR"))
        assert len(store.load("2024")) == 1
