"""Asking: one question, one view of each root it touches, one answer.

An Asking lives as long as its question, in the line's thread. Handlers get it and nothing else: it finds the place a
position means, applies the settings that bear on answers, and turns hits into what this client can take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from lsprotocol import types

from isg_analysis import Snapshot, queries
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.text import Position
from isg_analysis.queries import Answer, Hit, Limits
from isg_analysis.resolve.program import Ref
from isg_analysis.resolve.view import View, line_index
from isg_server import convert, shapes
from isg_server.baseline import within
from isg_server.client import ClientFeatures
from isg_server.documents import OpenDocument
from isg_server.lone import LonePlace
from isg_server.parts import Parts
from isg_server.roots import Root
from isg_server.session import Session
from isg_server.settings import CodeLenses, offered
from isg_server.tasks import Patience
from isg_server.uris import to_path


@dataclass(frozen=True, slots=True)
class Target:
    """A document in a view: a root's snapshot, or the document alone."""

    home: convert.Home
    view: View
    document: int


@dataclass(frozen=True, slots=True)
class Place(Target):
    """A byte offset in a document."""

    offset: int


class Asking:
    """A context manager: snapshots, and with them all hits, are valid inside."""

    def __init__(self, session: Session, patience: Patience, parts: Parts | None = None) -> None:
        self._session = session
        self._open = ExitStack()
        self._parts = parts
        self.features: ClientFeatures = session.client.features
        self.patience = patience
        self.limits = Limits(stopped=patience.ended)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)  # snapshots want to know of it

    def snapshots(self) -> Iterator[tuple[Root, Snapshot]]:
        """Every root with a snapshot of it."""
        for root in self._session.roots:
            yield root, self._open.enter_context(self._snapshot(root))

    def document(self, uri: str) -> Target | None:
        """The document of a URI; None for what is neither indexed nor open."""
        path_of_uri = to_path(uri)
        route = self._session.roots.route(path_of_uri)
        if route is None:
            return self._lone(self._session.documents.get(path_of_uri))
        root, path = route
        snapshot = self._open.enter_context(self._snapshot(root))
        document = snapshot.document(path)
        return None if document is None else Target(root, snapshot, document)

    def place(self, uri: str, position: types.Position) -> Place | None:
        """The place that a client's position means."""
        target = self.document(uri)
        if target is None:
            return None
        facts = target.view.glance(target.document)
        at = Position(position.line, position.character)
        offset = line_index(facts).offset(at, self.features.encoding, facts.symbols.end[0])
        return Place(target.home, target.view, target.document, offset)

    def latest(self, uri: str) -> tuple[Target | None, int | None]:
        """The document of a URI as the client has it, and its version of it; none where it changed meanwhile."""
        open_now = self._session.documents.get(to_path(uri))
        version = open_now.version if open_now is not None else None  # before its text, which may change now
        target = self.document(uri)
        if target is None or (open_now is not None and target.view.text(target.document) != open_now.text):
            return None, None
        return target, version

    def has_baseline(self, uri: str) -> bool:
        """Whether findings in a document can be added to a baseline."""
        route = self._session.roots.route(to_path(uri))
        return route is not None and within(route[0].path, route[0].settings.diagnostics.baseline) is not None

    def key_of_finding(self, uri: str, shown: types.Diagnostic) -> str:
        """The key of a finding that the client shows; "" where nothing of the sort was told."""
        route = self._session.roots.route(to_path(uri))
        known = self._session.diagnoser.known(*route) if route is not None else ()
        keys = (one.data["key"] for one in known if (one.code, one.message) == (shown.code, shown.message) and one.data)
        return next(keys, "")

    def symbol(self, item: types.CallHierarchyItem | types.TypeHierarchyItem) -> tuple[Target, Ref] | None:
        """The symbol that an item of a hierarchy was made of, wherever it stands by now; None when it is gone."""
        return self.identified(item.uri, _symbol_id(item.data))

    def identified(self, uri: str, name: str) -> tuple[Target, Ref] | None:
        """The symbol of an id, in a document where it stood; None when it is gone."""
        target = self.document(uri)
        ref = queries.identified(target.view, target.document, name) if target is not None and name else None
        return None if target is None or ref is None else (target, ref)

    def _snapshot(self, root: Root) -> Snapshot:
        snapshot = root.workspace.snapshot()
        snapshot.stopped = self.patience.given_up
        return snapshot

    def _lone(self, document: OpenDocument | None) -> Target | None:
        if document is None:
            return None
        self._open.enter_context(self._session.lone.lock)
        view = self._session.lone.view(document)
        number = view.document(document.path.name)
        return None if number is None else Target(LonePlace(document.uri), view, number)

    @property
    def possible(self) -> bool:
        """Whether the user wants matches that are not certain."""
        return self._session.settings.possible_matches

    def offers(self, capability: str, language: str) -> bool:
        """Whether the user wants this from us for documents of a language."""
        return offered(self._session.settings, capability, language)

    @property
    def lenses(self) -> CodeLenses:
        """What the user wants to see above symbols."""
        return self._session.settings.code_lens

    def meant(self, place: Place) -> tuple[Ref, ...]:
        """The symbols or locals that stand at a place: the certain ones, and possible ones only where wanted."""
        found = queries.meant(place.view, place.document, place.offset)
        return tuple(dict.fromkeys(hit.ref for hit in self.wanted(found)))

    def wanted(self, answer: Answer) -> tuple[Hit, ...]:
        """The hits to show: the certain ones; where there are none, the possible ones if the user wants them."""
        certain = tuple(hit for hit in answer.hits if hit.confidence == Confidence.CERTAIN)
        return certain or (answer.hits if self.possible else ())

    def streaming(self, method: str, home: convert.Home) -> Limits:
        """The limits of the query that answers this method: its hits go out meanwhile where the client takes parts."""
        if self._parts is None:
            return self.limits
        return self._parts.limits(self.limits, lambda hits: self._places(method, home, hits))

    def targets(
        self, method: str, home: convert.Home, answer: Answer
    ) -> list[shapes.Location] | list[shapes.LocationLink]:
        """Hits as links where the client takes links for this method, else as locations; without what went out in
        parts. A note in the client's log where the answer was cut short.
        """
        self.note(answer)
        hits = self.wanted(answer)
        return self._places(method, home, hits if self._parts is None else self._parts.rest(hits))

    def _places(
        self, method: str, home: convert.Home, hits: Sequence[Hit]
    ) -> list[shapes.Location] | list[shapes.LocationLink]:
        if method in self.features.links:
            return convert.links(home, hits, self.features.encoding)
        return convert.locations(home, hits, self.features.encoding)

    def note(self, answer: Answer) -> None:
        """Tells that an answer was cut short."""
        if answer.truncated and not self.patience.given_up():
            why = ": the time for it was over (isg.requestTimeout)" if self.patience.ended() else ""
            text = f"the answer was cut short at {len(answer.hits)} results, there may be more{why}"
            self._session.client.tell(types.MessageType.Info, text)


def _symbol_id(data: Any) -> str:
    """What `convert` put into an item's data; "" where a client gives back something else."""
    found = data.get("symbol") if isinstance(data, dict) else getattr(data, "symbol", None)
    return found if isinstance(found, str) else ""
