"""Double-entry bookkeeping in a few classes."""

from ledger.accounts import Account, Asset, Liability
from ledger.journal import Entry, Journal
from ledger.money import Currency, Money

from . import reports as reports
from .store import Store, open_store

__all__ = ["Account", "Asset", "Currency", "Entry", "Journal", "Liability", "Money", "Store", "open_store", "reports"]
