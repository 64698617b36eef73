"""Made: the impl blocks that macros of other documents make in one, worked out when somebody asks what implements what.

Which macros can, and of what, is in the facts of the documents that define them (`marks.MAKING`). An invocation of one
among a module's items is expanded with the definition's text, invocations in that with theirs, and heads of impl blocks
are resolved in the module. What the document's own macros make is in its facts already, but for where the macro's text
has it.

Answers are kept by what the invocation says, positions as distances from it or from the definition: neither moves then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from isg_analysis.languages.rust.blocks import Block, Call, Derive, Member, Written, written
from isg_analysis.languages.rust.expansion import (
    NotUnderstood,
    Rule,
    Token,
    Tree,
    expanded,
    group_at,
    rules_of,
    token_trees,
    trees_of,
)
from isg_analysis.languages.rust.marks import MAKING, MUTABLE
from isg_analysis.languages.rust.resolver.files import MACRO, TYPE, File
from isg_analysis.languages.rust.resolver.inference import Inference
from isg_analysis.languages.rust.resolver.memo import by_document, by_ref, by_value
from isg_analysis.languages.rust.resolver.names import PRIMITIVES, Refs
from isg_analysis.languages.rust.resolver.outside import spelled_outside
from isg_analysis.languages.rust.resolver.relations import own_type
from isg_analysis.model.facts import ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.footprints import spelled, surface
from isg_analysis.resolve.making import Concern, MadeBlock, MadeMember, Spot, Texts
from isg_analysis.resolve.memo import Memo
from isg_analysis.resolve.program import Program, Ref, document_of, is_binding, symbol_ref

_OPENING = re.compile(rb"\s*!\s*([({\[])")
_DEFINED = re.compile(rb"\bmacro_rules!\s*[A-Za-z_]\w*\s*([({\[])")
_PATH = re.compile(rb"(?:(?:\$?\w+)?\s*::\s*)+\Z")
_LONGEST_PATH = 200
_MOST_NESTED = 12
_MOST_TOKENS = 60_000
"""What one invocation may expand to, all that it leads to together."""
_KINDS = (SymbolKind.METHOD, SymbolKind.CONSTANT, SymbolKind.TYPE_ALIAS)
_TYPES = (SymbolKind.CLASS, SymbolKind.ENUM, SymbolKind.UNION, SymbolKind.INTERFACE)
_BITS = 32
_OPENED = frozenset((b"(", b"[", b"{", b"<"))
_CLOSED = frozenset((b")", b"]", b"}", b">"))
_FROM_ARGUMENTS = "$"

Invoked = tuple[int, int, Ref, bytes]
"""A document, the scope of the invocation, the macro, and the arguments."""
_Near = tuple[Ref | None, int, int]
"""A place: relative to the definition of a macro, or (None) to an invocation's arguments."""


class _Block(NamedTuple):
    """As MadeBlock; no place stands for the invocation. `own`: the facts of the invocation's document have it.
    `derived`: it is a derive, at the trait.
    """

    traits: Refs
    outside: tuple[str, ...]
    subjects: Refs
    outside_subject: tuple[str, ...]
    shape: tuple[int | str, ...]
    places: tuple[_Near, ...]
    members: tuple[tuple[str, int, tuple[_Near, ...]], ...]
    own: bool
    derived: bool


class _Defined(Sequence[int]):
    """The origins of a macro's own tokens: below -1, so that they stand nowhere in the document."""

    def __init__(self, macro: Ref) -> None:
        self._macro = macro

    def __len__(self) -> int:
        return 1 << _BITS

    def __getitem__(self, at: int) -> int:  # type: ignore[override]
        return -2 - (self._macro << _BITS | at)


def _macro_of(token: Token) -> Ref | None:
    """The macro in whose text a token stands; None where that is the invocation."""
    return (-2 - token.origin) >> _BITS if token.origin < -1 else None


class Made(Inference):
    """See Making."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._texts: Texts = _no_text
        self._macro_rules: Memo[Ref, tuple[Rule, ...]] = by_ref(self.answers, (), self._find_rules)
        self._made_blocks: Memo[Invoked, tuple[_Block, ...]] = Memo(
            self.answers, lambda _: (), self._find_blocks, lambda key: key[0], surface
        )
        self._concerns: Memo[int, frozenset[Concern]] = by_document(self.answers, frozenset(), self._find_concerns)
        self._lacking = False
        self._invoking: Memo[str, frozenset[int]] = by_value(self.answers, frozenset(), self._find_invoking)

    def made_near(self, name: str) -> Sequence[int]:
        """See Making."""
        found = self._invoking(name)
        if not name:  # all of them
            return sorted(found, key=self.program.path)
        outer = self._invoking(_FROM_ARGUMENTS)
        if outer:
            found |= outer.intersection(self.program.documents_naming(name))
        return sorted(found, key=self.program.path)

    def _find_invoking(self, name: str) -> frozenset[int]:
        """The documents that may invoke a macro whose text makes impl blocks of a name: by its own name, by that of one
        whose text invokes it, or by handing it to another.
        """
        macros: set[Ref] = set()
        out: set[int] = set()
        names = [name]
        for each in names:
            wanted = f"{MAKING} {each}".rstrip()
            self.answers.footprints.note(spelled(wanted))
            for document in self.program.documents_naming(wanted):
                fresh = [macro for macro, what in self._makers_in(document) if each in what and macro not in macros]
                macros.update(fresh)
                names += [f"{self.files.name(macro)}!" for macro in fresh]
        for each in {self.files.name(macro) for macro in macros}:
            self.answers.footprints.note(spelled(each))
            out.update(self.program.documents_naming(each))
        return frozenset(out)

    def _makers_in(self, document: int) -> Iterator[tuple[Ref, set[str]]]:
        file = self.files[document]
        at = file.kinds.find(SymbolKind.MACRO)
        while at >= 0:
            bases = file.items(file.symbols.bases[at])
            if bases:
                yield (
                    symbol_ref(document, at),
                    {file.name(file.facts.nodes.a[base])[len(MAKING) + 1 :] for base in bases},
                )
            at = file.kinds.find(SymbolKind.MACRO, at + 1)

    def made(self, document: int, what: Concern, texts: Texts) -> tuple[MadeBlock, ...] | None:
        """See Making. Texts are read only where such a block is found, or was not looked for yet."""
        self.answers.shrink()
        self._texts, self._lacking = texts, False
        out: list[MadeBlock] = []
        if what in self._concerns(document):
            for blocks, invocation, begin in self._expanded(document):
                out += [self._placed(block, invocation, begin) for block in blocks if what in _concerns(block)]
        self._texts = _no_text
        return None if self._lacking else tuple(out)

    def _find_concerns(self, document: int) -> frozenset[Concern]:
        """What the impl blocks made in a document are of and for. No answer of a text that moved is another one: names
        in invocations are in the document's facts, those in macros' texts are shown by their digests.
        """
        return frozenset(
            what for blocks, *_ in self._expanded(document) for block in blocks for what in _concerns(block)
        )

    def _expanded(self, document: int) -> Iterator[tuple[tuple[_Block, ...], Spot, int]]:
        """(blocks, the invocation, where its arguments begin)."""
        text = self._text(document)
        if text is None:
            return
        file = self.files[document]
        for occurrence, macro in self._invocations(file):
            start = file.occurrences.start[occurrence]
            end = start + file.occurrences.length[occurrence]
            opening = _OPENING.match(text, end)
            closing = _closing(text, opening.start(1)) if opening is not None else -1
            if opening is None or closing < 0:
                continue
            before = _PATH.search(text, max(start - _LONGEST_PATH, 0), start)
            begin = opening.end()
            invocation = Spot(document, before.start() + _blank(before.group()) if before else start, end)
            scope = file.occurrences.scope[occurrence]
            yield self._made_blocks((document, scope, macro, text[begin:closing])), invocation, begin

    def _text(self, document: int) -> bytes | None:
        text = self._texts(document)
        if text is None:
            self._lacking = True
            self.answers.cut_short()
        return text

    def _invocations(self, file: File) -> Iterator[tuple[int, Ref]]:
        """The occurrences that invoke a macro which makes impl blocks, among a module's items."""
        rows, scopes = file.occurrences, file.facts.scopes.kind
        for at, role in enumerate(rows.role):
            if role == Role.MACRO and rows.length[at] and scopes[rows.scope[at]] == ScopeKind.MODULE:
                for macro in self.resolve_macro(file.document, at):
                    if self._makes(macro):
                        yield at, macro

    def resolve_macro(self, document: int, occurrence: int) -> Refs:
        """The macros of the workspace that an occurrence can mean."""
        node = self.files[document].occurrences.node[occurrence]
        return self.named(document, node, MACRO) if node >= 0 else ()

    def _makes(self, macro: Ref) -> bool:
        file, row = self.files.of(macro)
        return (
            macro >= 0
            and not is_binding(macro)
            and file.kinds[row] == SymbolKind.MACRO
            and file.symbols.bases[row] >= 0
        )

    def _find_rules(self, macro: Ref) -> tuple[Rule, ...]:
        file, row = self.files.of(macro)
        text = self._text(file.document)
        if text is None:
            return ()
        own = text[file.symbols.start[row] : file.symbols.end[row]]
        opening = _DEFINED.search(own)
        if opening is None:
            return ()
        try:
            trees = token_trees(own, opening.start(1), len(own), _Defined(macro))
        except NotUnderstood:
            return ()
        first = trees[0] if trees else None
        return rules_of(first.inner) if first is not None and not isinstance(first, Token) else ()

    def _find_blocks(self, key: Invoked) -> tuple[_Block, ...]:
        document, scope, macro, arguments = key
        try:
            trees = token_trees(arguments, 0, len(arguments), None)
        except NotUnderstood:
            return ()
        out: list[_Block] = []
        file = self.files[document]
        queue: list[tuple[Ref, tuple[Tree, ...], int, bool]] = [(macro, trees, 0, False)]
        spent = 0
        for macro, trees, nested, foreign in queue:
            foreign = foreign or document_of(macro) != document
            tokens = expanded(self._macro_rules(macro), trees) or []
            spent += len(tokens)
            if spent > _MOST_TOKENS:
                break
            for each in _items(tokens):
                if not isinstance(each, Call):
                    out.append(self._resolved(file, scope, each, own=not foreign))
                elif nested < _MOST_NESTED:
                    queue += [
                        (inner, each.arguments, nested + 1, foreign)
                        for inner in self._called(file, scope, each)
                        if self._makes(inner)
                    ]
        return tuple(dict.fromkeys(out))

    def _called(self, file: File, scope: int, call: Call) -> Refs:
        found = self._spelled(file, scope, call.path, MACRO)
        defined = _macro_of(call.path[0])
        if any(ref >= 0 for ref in found) or defined is None or len(call.path) > 1:
            return found
        other, row = self.files.of(defined)
        module = self.modules.module_of(other.document, max(other.parents[row], 0))
        return self.textual_macro(other.document, module, call.path[0].text.decode())

    def _spelled(self, file: File, scope: int, path: Sequence[Token], namespace: int) -> Refs:
        """What a path means, seen from a scope of a document; `crate` in a macro's text is the macro's."""
        names = [token.text.decode("utf-8", "replace").removeprefix("r#") for token in path]
        module = self.modules.module_of(file.document, file.facts.scopes.symbol[scope])
        defined = _macro_of(path[0])
        if names[0] == "crate":
            refs: Refs = (
                symbol_ref(self.modules.crate(file.document if defined is None else document_of(defined)), 0),
            )
        elif names[0] in ("self", "super"):
            above = module if names[0] == "self" else self.modules.parent(module)
            refs = (above,) if above is not None else ()
        else:
            wanted = TYPE if len(names) > 1 else namespace
            refs = self.lexical(file, scope, file.symbols.end[0], names[0], wanted)
        for number, name in enumerate(names[1:], 2):
            wanted = namespace if number == len(names) else TYPE
            modules = [ref for ref in refs if not is_binding(ref) and self.files.kind(ref) == SymbolKind.MODULE]
            refs = tuple(found for ref in modules for found in self.in_module(ref, name, wanted))
        return tuple(dict.fromkeys(ref for ref in refs if not is_binding(ref)))

    def _resolved(self, file: File, scope: int, block: Block | Derive, *, own: bool) -> _Block:
        subject, derived = block.subject, isinstance(block, Derive)
        traits, outside = self._meant(file, scope, block.trait, derived=derived)
        plain = bool(subject.segments) and subject.tokens[0] is subject.segments[0]
        subjects, outside_subject = self._meant(file, scope, subject if plain else None)
        types = tuple(dict.fromkeys(own_type(self, ref) for ref in subjects))
        return _Block(
            tuple(ref for ref in traits if self.files.kind(ref) == SymbolKind.INTERFACE),
            outside,
            tuple(ref for ref in types if self.files.kind(ref) in _TYPES),
            outside_subject,
            _shape(subject.tokens),
            _places(block.trait.tokens if isinstance(block, Derive) else subject.tokens),
            () if isinstance(block, Derive) else tuple(_member(each) for each in block.members),
            own,
            derived,
        )

    def _meant(
        self, file: File, scope: int, path: Written | None, *, derived: bool = False
    ) -> tuple[Refs, tuple[str, ...]]:
        """What a path means in the workspace, or what it is called outside of it."""
        if path is None or not path.segments:
            return (), ()
        refs = self._spelled(file, scope, path.segments, TYPE)
        inside = tuple(ref for ref in refs if ref >= 0)
        if inside:
            return inside, ()
        module = self.modules.module_of(file.document, file.facts.scopes.symbol[scope])
        names = tuple(token.text.decode("utf-8", "replace") for token in path.segments)
        return (), spelled_outside(self, module, names, refs, derived=derived)

    def _placed(self, block: _Block, invocation: Spot, begin: int) -> MadeBlock:
        """With places as they are now. `begin`: where the arguments do."""

        def spots(places: tuple[_Near, ...]) -> tuple[Spot, ...]:
            in_text = tuple(self._in_text(macro, one, two) for macro, one, two in places if macro is not None)
            if block.own:
                return in_text
            inside = [
                Spot(invocation.document, begin + one, begin + two) for macro, one, two in places if macro is None
            ]
            return tuple(inside) or (in_text if block.derived else (invocation, *in_text))

        members = tuple(MadeMember(name, kind, spots(places)) for name, kind, places in block.members)
        return MadeBlock(*block[:4], spots(block.places), members)

    def _in_text(self, macro: Ref, start: int, end: int) -> Spot:
        file, row = self.files.of(macro)
        begin = file.symbols.start[row]
        return Spot(file.document, begin + start, begin + end)


def _concerns(block: _Block) -> tuple[Concern, ...]:
    return (*block.traits, *block.subjects, block.outside, block.outside_subject, block.shape)


def _items(tokens: Sequence[Token]) -> Iterator[Block | Derive | Call]:
    try:
        return written(trees_of(tokens))
    except NotUnderstood:
        return iter(())


def _shape(tokens: Sequence[Token]) -> tuple[int | str, ...]:
    """See Making: of a type without a name."""
    first, words = tokens[0].text, [token.text for token in tokens]
    if first in (b"&", b"&&"):
        lifetime = len(words) > 1 and words[1].startswith(b"'")
        return int(Op.REF), MUTABLE if words[1 + lifetime : 2 + lifetime] == [b"mut"] else -1
    if first in (b"*", b"["):
        return int(Op.POINTER if first == b"*" else Op.SLICE), -1
    if first == b"(" and words[-1] == b")":
        depth, count = 0, int(words[-2] not in (b"(", b","))
        for word in words[1:-1]:
            depth += (word in _OPENED) - (word in _CLOSED)
            count += word == b"," and not depth
        return int(Op.TUPLE), count
    name = first.decode("utf-8", "replace")
    return (int(Op.LITERAL), name) if len(words) == 1 and name in PRIMITIVES else ()


def _member(member: Member) -> tuple[str, int, tuple[_Near, ...]]:
    return member.name.text.decode().removeprefix("r#"), _KINDS[member.kind], _places((member.name,))


def _places(tokens: Sequence[Token]) -> tuple[_Near, ...]:
    """Where tokens stand side by side in the invocation or in a macro's text; nothing where they come from both."""
    origins = [token.origin for token in tokens]
    first, last = origins[0], origins[-1]
    if min(origins) >= 0 and last >= first:
        return ((None, first, last + len(tokens[-1].text)),)
    macros = {_macro_of(token) for token in tokens}
    if len(macros) != 1 or None in macros or -1 in origins:
        return ()
    (macro,) = macros
    one, two = ((-2 - origin) & (1 << _BITS) - 1 for origin in (first, last))
    return ((macro, one, two + len(tokens[-1].text)),)


def _closing(text: bytes, opening: int) -> int:
    """Where the brackets close that open at an offset; -1 where they do not."""
    try:
        return group_at(text, opening).closing.place
    except NotUnderstood:
        return -1


def _blank(text: bytes) -> int:
    return len(text) - len(text.lstrip())


def _no_text(document: int) -> None:
    del document
