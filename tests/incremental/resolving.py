"""A small program in two languages, and a resolver that follows its edits beside a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from isg_analysis.languages.registry import NAMES, pack
from isg_analysis.resolve.memory import MemoryProgram

FILES = {
    "Cargo.toml": '[package]\nname = "shapes"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": (
        "#[macro_use]\nmod macros;\npub mod shape;\nmod circle;\npub use circle::Circle as Round;\nuse shape::Shape;\n"
        "pub fn total(all: &[Round]) -> f64 {\n    let mut sum = 0.0;\n    for one in all {\n"
        "        sum += one.shifted(1.0).area();\n    }\n    sum\n}\n"
    ),
    "src/macros.rs": "macro_rules! twice {\n    ($e:expr) => { $e + $e };\n}\n",
    "src/shape.rs": (
        "pub trait Shape: Named {\n    type Unit;\n    fn area(&self) -> f64;\n"
        "    fn doubled(&self) -> f64 { twice!(self.area()) }\n}\n\n"
        "pub trait Named {\n    fn name(&self) -> String;\n}\n\n"
        "impl<T: Shape> Named for Vec<T> {\n    fn name(&self) -> String { self[0].name() }\n}\n"
    ),
    "src/circle.rs": (
        "use crate::shape::{Named, Shape};\n\n#[derive(Clone)]\npub struct Circle {\n    pub radius: f64,\n"
        "    inner: Option<Box<Circle>>,\n}\n\nimpl Circle {\n    pub fn shifted(&self, by: f64) -> Circle {\n"
        "        let inner = self.inner.clone();\n        Circle { radius: self.radius + by, inner }\n    }\n}\n\n"
        "impl Named for Circle {\n    fn name(&self) -> String { String::new() }\n}\n\n"
        "impl Shape for Circle {\n    type Unit = u8;\n    fn area(&self) -> f64 {\n        self.radius * self.radius\n"
        "    }\n}\n"
    ),
    "pyproject.toml": '[project]\nname = "zoo"\nversion = "1.0"\n',
    "zoo/__init__.py": "from zoo.base import *\nfrom .dogs import Dog as Hound\n",
    "zoo/base.py": (
        "from __future__ import annotations\n\nclass Animal:\n    def __init__(self, name: str) -> None:\n"
        "        self.name = name\n        self.friend: Animal | None = None\n\n    def speak(self) -> str:\n"
        "        return self.name\n\n    def partner(self):\n        return self.friend or self\n\n\n"
        "def made(kind):\n    found = kind('x')\n    return found\n"
    ),
    "zoo/dogs.py": (
        "from zoo.base import Animal, made\n\n\nclass Dog(Animal):\n    def speak(self) -> str:\n"
        "        return super().speak()\n\n    def bark(self, times: int = 1) -> Dog:\n        return self\n\n\n"
        "def first() -> Dog:\n    return Dog('rex').bark(times=2)\n"
    ),
    "zoo/pens.py": (
        "import zoo\nfrom zoo import Hound, made\nfrom zoo.dogs import first\n\n\nclass Pen(list[Hound]):\n"
        "    def loudest(self):\n        best = first()\n        for one in self:\n            if one.speak():\n"
        "                best = one.bark()\n        return best\n\n\n"
        "def tour(pen: Pen):\n    pen.loudest().bark().speak()\n"
        "    zoo.dogs.first().partner().speak()\n    made(Pen).loudest()\n"
    ),
}


class Following:
    """A program under edits, with the resolvers that follow them."""

    def __init__(self, files: Mapping[str, str] = FILES) -> None:
        self.files = dict(files)
        self.program = MemoryProgram(self.files)
        self.resolvers: dict[str, Any] = {name: pack(name).resolver(self.program) for name in NAMES}

    def edit(self, path: str, text: str) -> None:
        """Give one document another text."""
        before, self.files = self.program, self.files | {path: text}
        self.program = MemoryProgram(self.files)
        number = self.program.document(path)
        assert number is not None
        language = self.program.language(number)
        changed = {number: (before.facts(number), self.program.facts(number))}
        for name, resolver in self.resolvers.items():
            self.resolvers[name] = resolver.successor(self.program, changed if name == language else {})

    def replace(self, path: str, old: str, new: str) -> None:
        """Put one piece of text in the place of another."""
        assert old in self.files[path]
        self.edit(path, self.files[path].replace(old, new, 1))

    def questions(self) -> Iterator[tuple[int, int]]:
        """(document, occurrence) for all there are."""
        for name in NAMES:
            for document in self.program.documents(name):
                yield from ((document, at) for at in range(len(self.program.facts(document).occurrences.start)))

    def answer(self, document: int, occurrence: int) -> object:
        """What the following resolver says."""
        return _answer(self.resolvers[self.program.language(document)], document, occurrence)

    def fresh(self) -> dict[str, Any]:
        """New resolvers of the program as it is."""
        return {name: pack(name).resolver(self.program) for name in NAMES}

    def differences(self) -> list[str]:
        """Where the following resolvers and new ones do not say the same."""
        fresh = self.fresh()
        out = []
        for document, at in self.questions():
            wanted = _answer(fresh[self.program.language(document)], document, at)
            found = self.answer(document, at)
            if found != wanted:
                out.append(f"{self.program.path(document)} {self.name(document, at)}: {found}, not {wanted}")
        for name in NAMES:
            for document in self.program.documents(name):
                if self.resolvers[name].relations(document) != fresh[name].relations(document):
                    out.append(f"{self.program.path(document)}: relations")
        return out

    def name(self, document: int, occurrence: int) -> str:
        """The name at an occurrence."""
        facts = self.program.facts(document)
        return facts.strings[facts.occurrences.name[occurrence]]

    def worked_out(self, path: str, name: str) -> int:
        """How many answers are worked out to say what the last occurrence of a name in a document means."""
        document = self.program.document(path)
        assert document is not None
        names = [self.name(document, at) for at in range(len(self.program.facts(document).occurrences.start))]
        at = len(names) - 1 - names[::-1].index(name)
        resolver = self.resolvers[self.program.language(document)]
        before: int = resolver.answers.worked_out
        assert resolver.resolve(document, at).targets
        return int(resolver.answers.worked_out) - before


def _answer(resolver: Any, document: int, occurrence: int) -> object:
    return resolver.resolve(document, occurrence), resolver.type_definition(document, occurrence)
