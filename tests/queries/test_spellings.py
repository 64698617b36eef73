"""Under which names something may be spelled."""

from __future__ import annotations

import pytest

from isg_analysis.queries.spellings import spellings
from isg_analysis.resolve.memory import MemoryProgram

PYTHON = {
    "shapes.py": "class Shape: ...\nclass Other: ...\n",
    "public.py": "from shapes import Shape as Form, Other\n",
    "user.py": "from public import Form as Figure\nimport shapes as s\n\nFigure()\n",
    "stranger.py": "from elsewhere import Shape as Unrelated\n",
    "local.py": "class Box:\n    def put(self, what):\n        place = what\n        return place\n",
    "early.py": "from not_there import Wanted as Renamed\n\nRenamed()\n",
}
RUST = {
    "Cargo.toml": '[package]\nname = "k"\nversion = "0.1.0"\n',
    "src/lib.rs": "mod shapes;\npub use shapes::Shape as Form;\nuse crate::Form as Figure;\nfn f(x: Figure) {}\n",
    "src/shapes.rs": "pub struct Shape;\n",
}


@pytest.mark.parametrize(
    ("files", "path", "place", "names"),
    [
        (PYTHON, "shapes.py", "class |Shape", {"Shape", "Form", "Figure"}),
        (PYTHON, "user.py", "|Figure()", {"Shape", "Form", "Figure"}),
        (PYTHON, "shapes.py", "class |Other", {"Other"}),
        (PYTHON, "local.py", "return |place", set()),
        (PYTHON, "local.py", "put(|self", set()),
        (PYTHON, "local.py", "self, |what", {"put", "Box"}),
        (PYTHON, "early.py", "|Renamed()", {"Renamed", "Wanted"}),
        (PYTHON, "early.py", "import |Wanted", {"Wanted"}),
        (PYTHON, "shapes.py", "cl|ass Shape", set()),
        (RUST, "src/shapes.rs", "struct |Shape", {"Shape", "Form", "Figure"}),
        (RUST, "src/lib.rs", "x: |Figure", {"Shape", "Form", "Figure"}),
    ],
)
def test_spellings(files: dict[str, str], path: str, place: str, names: set[str]) -> None:
    program = MemoryProgram(files)
    document = program.document(path)
    assert document is not None
    offset = files[path].index(place.replace("|", "")) + place.index("|")
    assert spellings(program, document, offset, mentions=True) == names
    if path == "local.py":
        assert spellings(program, document, offset, mentions=False) == set()
