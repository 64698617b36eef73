"""Accounts: where money is."""

import abc
from collections.abc import Iterator
from typing import ClassVar

from .money import Money


class Account(abc.ABC):
    """An account with a name, in a tree of accounts."""

    sign: ClassVar[int] = 1

    def __init__(self, name: str, parent: "Account | None" = None) -> None:
        self.name = name
        self.parent = parent
        self.children: list[Account] = []
        self.balance = Money.zero()
        if parent is not None:
            parent.adopt(self)

    @property
    def path(self) -> str:
        """The name with those of the parents before it."""
        return f"{self.parent.path}:{self.name}" if self.parent else self.name

    def adopt(self, child: "Account") -> None:
        """Make it a child of this one."""
        self.children.append(child)

    @abc.abstractmethod
    def post(self, money: Money) -> None:
        """Take an amount over."""

    def total(self) -> Money:
        """The balance with those of the children."""
        return sum((child.total() for child in self.children), self.balance)

    def walk(self) -> Iterator["Account"]:
        """This account and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


class Asset(Account):
    """Grows on the debit side."""

    def post(self, money: Money) -> None:
        self.balance = self.balance + money


class Liability(Account):
    """Grows on the credit side."""

    sign = -1

    def post(self, money: Money) -> None:
        self.balance = self.balance - money


class Capped(Liability):
    """Refuses to grow beyond a limit."""

    def __init__(self, name: str, limit: Money, parent: Account | None = None) -> None:
        super().__init__(name, parent)
        self.limit = limit

    def post(self, money: Money) -> None:
        super().post(money)
        if self.total() > self.limit:
            raise OverflowError(f"{self.path} is above {self.limit}")
