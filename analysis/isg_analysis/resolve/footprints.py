"""Footprints: what an answer rests on, so that an edit takes back exactly the answers it may change.

What is read to give an answer is written down as *tokens*: what a document shows to others (`surface`), anything in
it (`depth`), which symbols have a name (`defined`), which documents have a name in them (`spelled`). A Footprint is a
set of tokens, shared by all answers that rest on the same. An edit marks those bad that hold one of its tokens: no
answer is searched or copied then, and one with a bad footprint is worked out again when it is next asked for.

Bounded: a footprint of many tokens is kept as "any surface", "any depth", "any spelling", and so are all when there are
too many different ones.
"""

from __future__ import annotations

from collections.abc import Collection

Token = int | str

ANY_SURFACE: Token = -1
ANY_DEPTH: Token = -2
ANY_SPELLING: Token = "~"
_MOST_TOKENS = 24
_MOST_DEPTHS = 4
_MOST_FOOTPRINTS = 4096
_MOST_JOINED = 64


def surface(document: int) -> Token:
    """What a document shows to others: its symbols, and what their declarations and its imports say."""
    return document << 1


def depth(document: int) -> Token:
    """Anything in a document."""
    return document << 1 | 1


def defined(name: str) -> Token:
    """The symbols that have a name."""
    return f"={name}"


def spelled(name: str) -> Token:
    """The documents that have a name in them."""
    return f"~{name}"


class Footprint:
    """An immutable set of tokens; `good` until one of them changes."""

    __slots__ = ("good", "joined", "tokens")

    def __init__(self, tokens: frozenset[Token]) -> None:
        self.tokens = tokens
        self.good = True
        self.joined: dict[Footprint, Footprint] = {}


class Footprints:
    """The footprints in use, each set once. `top`: of the answer being worked out; `idle` where there is none."""

    def __init__(self) -> None:
        self._shared: dict[frozenset[Token], Footprint] = {}
        self._single: dict[Token, Footprint] = {}
        self._holding: dict[Token, list[Footprint]] = {}
        self._gone = 0
        self.nothing = Footprint(frozenset())
        self.idle = Footprint(frozenset())
        self.top = self.idle

    def of(self, token: Token) -> Footprint:
        """The footprint of one token."""
        found = self._single.get(token)
        if found is None or not found.good:
            if len(self._single) > _MOST_FOOTPRINTS:
                self._single.clear()
            found = self._single[token] = self._footprint(frozenset((token,)))
        return found

    def note(self, token: Token) -> None:
        """The answer being worked out rests on this."""
        if token not in self.top.tokens:
            self.add(self.of(token))

    def add(self, other: Footprint) -> None:
        """The answer being worked out rests on all that another one rests on."""
        if self.top is self.idle:
            return
        joined = self.top.joined
        found = joined.get(other)
        if found is None or not found.good:
            if len(joined) > _MOST_JOINED:
                joined.clear()
            found = joined[other] = self._footprint(self.top.tokens | other.tokens)
        self.top = found

    def changed(self, tokens: Collection[Token]) -> None:
        """Mark bad what rests on any of the tokens. Not while an answer is being worked out."""
        for token in {*tokens, *map(_any, tokens)}:
            self._single.pop(token, None)
            for footprint in self._holding.pop(token, ()):
                if footprint.good:
                    footprint.good = False
                    footprint.joined.clear()  # answers may go on holding it, and would hold those as well
                    del self._shared[footprint.tokens]
                    self._gone += 1
        if self._gone > len(self._shared) + _MOST_JOINED:
            self._tidy()

    def _tidy(self) -> None:
        """Let go of the bad ones."""
        self._holding.clear()
        for footprint in (*self._shared.values(), self.nothing):
            footprint.joined.clear()
            self._hold(footprint)
        self._gone = 0

    def _hold(self, footprint: Footprint) -> None:
        for token in footprint.tokens:
            self._holding.setdefault(token, []).append(footprint)

    def _footprint(self, tokens: frozenset[Token]) -> Footprint:
        found = self._shared.get(tokens)
        if found is None and (len(tokens) > _MOST_TOKENS or len(self._shared) > _MOST_FOOTPRINTS):
            tokens = _coarse(tokens)
            found = self._shared.get(tokens)
        if found is None:
            found = self._shared[tokens] = Footprint(tokens)
            self._hold(found)
        return found


class NoFootprints(Footprints):
    """Where nothing is ever edited: writes down nothing. All answers rest on the same, which never changes."""

    def __init__(self) -> None:
        super().__init__()
        self.nothing = self.idle = self.top = Footprint(_Everything())

    def of(self, token: Token) -> Footprint:
        """See Footprints."""
        return self.idle

    def note(self, token: Token) -> None:
        """See Footprints."""

    def add(self, other: Footprint) -> None:
        """See Footprints."""

    def changed(self, tokens: Collection[Token]) -> None:
        """See Footprints."""
        raise AssertionError("what these answers rest on was not written down")


class _Everything(frozenset[Token]):
    """What holds every token: nobody needs to note one."""

    def __contains__(self, token: object) -> bool:
        return True


def _any(token: Token) -> Token:
    if isinstance(token, str):
        return ANY_SPELLING if token.startswith("~") else ANY_SURFACE
    if token < 0:
        return token
    return ANY_DEPTH if token & 1 else ANY_SURFACE


def _coarse(tokens: frozenset[Token]) -> frozenset[Token]:
    """The same or more in few tokens. A handful of depths is kept: the rest changes less often."""
    depths = {token for token in tokens if _any(token) == ANY_DEPTH}
    rest = {_any(token) for token in tokens - depths}
    return frozenset(rest | (depths if len(depths) <= _MOST_DEPTHS else {ANY_DEPTH}))
