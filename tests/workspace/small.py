"""A small workspace in two languages, and what the tests of the workspace do with one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from isg_analysis import Workspace
from isg_analysis.workspace.checking import check
from isg_analysis.workspace.dump import dump

FILES = {
    "Cargo.toml": '[package]\nname = "shapes"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "pub mod circle;\n\npub trait Shape {\n    fn area(&self) -> f64;\n}\n",
    "src/circle.rs": (
        "use crate::Shape;\n\npub struct Circle {\n    pub radius: f64,\n}\n\n"
        "impl Shape for Circle {\n    fn area(&self) -> f64 {\n        self.radius\n    }\n}\n\n"
        "#[derive(Clone)]\npub struct Square;\n\nimpl Drop for Circle {\n    fn drop(&mut self) {}\n}\n"
    ),
    "pyproject.toml": '[project]\nname = "zoo"\nversion = "1.0"\n',
    "zoo/__init__.py": "from zoo.base import Animal as Animal\n",
    "zoo/base.py": "class Animal:\n    def speak(self) -> str:\n        return ''\n",
    "zoo/dogs.py": (
        "from zoo import Animal\n\n\nclass Dog(Animal):\n    def speak(self) -> str:\n        return 'wuff'\n\n\n"
        "def call(dog: Dog) -> str:\n    return dog.speak()\n"
    ),
}


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write the files below the root."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def dumped(workspace: Workspace) -> str:
    """The canonical text of the workspace's graph, of which all that is stored must fit together."""
    with workspace._environment.read() as reader:
        assert list(check(reader)) == []
    with workspace.snapshot() as snapshot:
        return "\n".join(dump(snapshot))
