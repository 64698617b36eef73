"""Amounts of money."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import total_ordering
from typing import Self


class Currency(enum.Enum):
    """What money is counted in, with how many decimals."""

    EUR = 2
    USD = 2
    JPY = 0

    @property
    def unit(self) -> int:
        """How many of the smallest pieces make one."""
        return 10**self.value


class CurrencyMismatch(TypeError):
    """Two currencies where there must be one."""

    def __init__(self, left: Currency, right: Currency) -> None:
        super().__init__(f"{left.name} and {right.name} can't be added")
        self.left, self.right = left, right


@total_ordering
@dataclass(frozen=True)
class Money:
    """An amount in the smallest pieces of its currency."""

    amount: int
    currency: Currency = Currency.EUR

    @classmethod
    def parse(cls, text: str) -> Self:
        """`12.50 EUR`."""
        number, _, name = text.partition(" ")
        currency = Currency[name] if name else Currency.EUR
        return cls(round(float(number) * currency.unit), currency)

    @staticmethod
    def zero(currency: Currency = Currency.EUR) -> Money:
        """Nothing of it."""
        return Money(0, currency)

    def __add__(self, other: Money) -> Money:
        self._check(other)
        return Money(self.amount + other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + (-other)

    def __lt__(self, other: Money) -> bool:
        self._check(other)
        return self.amount < other.amount

    def __str__(self) -> str:
        return f"{self.amount / self.currency.unit:.{self.currency.value}f} {self.currency.name}"

    def _check(self, other: Money) -> None:
        if self.currency is not other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
