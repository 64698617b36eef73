"""Code dumps in the forms that gitingest and repomix write, and in forms that are broken."""

from __future__ import annotations

import json
import random

import pytest

from isg_analysis.errors import DocumentError
from isg_analysis.workspace.code_dumps import read_dump

# As gitingest joins its files: an empty line behind each text, another one between files.
RULE = "=" * 48
GITINGEST = f"""Directory structure:
└── shop/
    ├── a.py
    └── sub/
        └── b.rs

{RULE}
FILE: a.py
{RULE}
import os

x = 1



{RULE}
FILE: sub/b.rs
{RULE}
fn b() {{}}


"""
PLAIN_RULE = "=" * 16
LONG_RULE = "=" * 64
PLAIN = f"""This file is a merged representation of the entire codebase.

{LONG_RULE}
File Summary
{LONG_RULE}

  a. A separator line ({PLAIN_RULE})
  b. The file path (File: path/to/file)

{LONG_RULE}
Files
{LONG_RULE}

{PLAIN_RULE}
File: a.py
{PLAIN_RULE}
import os

x = 1

{PLAIN_RULE}
File: sub/b.rs
{PLAIN_RULE}
fn b() {{}}

{LONG_RULE}
Git Diffs
{LONG_RULE}
{PLAIN_RULE}
-x = 0
{PLAIN_RULE}

{LONG_RULE}
End of Codebase
{LONG_RULE}
"""
MARKDOWN = """# File Summary

  a. A header with the file path (## File: path/to/file)

# Directory Structure
````
a.py
````

# Files

## File: a.py
````python
import os

x = 1
````

## File: sub/b.rs
````rust
fn b() {}
````

# Git Diffs
## Git Diffs Working Tree
````diff
-x = 0
````
"""
XML = """This file is a merged representation.

<files>
This section contains the contents of the repository's files.

<file path="a.py">
import os

x = 1
</file>

<file path="sub/b.rs">
fn b() {}
</file>

</files>
"""
ESCAPED = (
    '<repomix><files>The files.<file path="a.py">import os\n\nx = 1</file>'
    '<file path="sub/b.rs">fn b() {}</file></files></repomix>'
)
JSON = json.dumps({"fileSummary": {}, "files": {"a.py": "import os\n\nx = 1\n", "sub/b.rs": "fn b() {}"}}, indent=2)
NUMBERED = PLAIN.replace("import os\n\nx = 1", " 1: import os\n 2: \n 3: x = 1").replace("fn b()", "1: fn b()")
WRITTEN_BY_LINE = {"gitingest": GITINGEST, "plain": PLAIN, "markdown": MARKDOWN, "xml": XML, "numbered": NUMBERED}
FORMS = {
    **WRITTEN_BY_LINE,
    "escaped": ESCAPED,
    "json": JSON,
    **{f"{name} with CRLF": dump.replace("\n", "\r\n") for name, dump in WRITTEN_BY_LINE.items()},
}


def texts(dump: str | bytes) -> dict[str, str]:
    found = read_dump(dump.encode() if isinstance(dump, str) else dump)
    assert found is not None
    return {path: section.text.decode() for path, section in found.files.items()}


def problems(dump: str) -> list[tuple[int, str]]:
    found = read_dump(dump.encode())
    assert found is not None
    return [(problem.line, problem.message) for problem in found.problems]


def ruled(*files: tuple[str, str]) -> str:
    return "".join(f"{RULE}\nFILE: {path}\n{RULE}\n{text}\n\n\n" for path, text in files)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_files_as_they_were(form: str) -> None:
    found = {path: text.replace("\r\n", "\n") for path, text in texts(FORMS[form]).items()}
    assert found == {"a.py": "import os\n\nx = 1\n", "sub/b.rs": "fn b() {}\n"}
    assert problems(FORMS[form]) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_dump_with_a_byte_order_mark(encoding: str) -> None:
    assert texts(GITINGEST.encode(encoding)) == texts(GITINGEST)


def test_the_line_of_a_file_is_that_of_its_header() -> None:
    found = read_dump(GITINGEST.encode())
    assert found is not None
    assert {path: section.line for path, section in found.files.items()} == {"a.py": 8, "sub/b.rs": 17}


def test_escapes_are_taken_back_where_the_form_has_them() -> None:
    dump = '<repomix><files><file path="a&amp;b.py">x = 1 &lt; 2</file></files></repomix>'
    assert texts(dump) == {"a&b.py": "x = 1 < 2\n"}
    assert texts('<files>\n<file path="a.py">\nx = "&lt;"\n</file>\n</files>') == {"a.py": 'x = "&lt;"\n'}


def test_fences_and_closing_tags_in_a_file_do_not_end_it() -> None:
    assert texts("## File: a.md\n```md\nso:\n```\ncode\n```\n\n## File: b.py\n```python\nx = 1\n```\n") == {
        "a.md": "so:\n```\ncode\n",
        "b.py": "x = 1\n",
    }
    assert texts('<files>\n<file path="a.xml">\n<a>\n</file>\n</a>\n</file>\n</files>') == {
        "a.xml": "<a>\n</file>\n</a>\n"
    }


def test_rules_of_another_length_are_text() -> None:
    text = f"{'=' * 20}\nFile: no.py\n{'=' * 20}\n"
    assert texts(ruled(("a.rst", text), ("b.py", "x = 1"))) == {"a.rst": text, "b.py": "x = 1\n"}


def test_numbers_are_text_unless_every_line_has_its_own() -> None:
    assert texts(ruled(("a.yml", "1: one\n3: three"))) == {"a.yml": "1: one\n3: three\n"}


def test_what_gitingest_writes_instead_of_a_text() -> None:
    dump = ruled(("a.py", "[Empty file]"), ("b.py", "[Binary file]")) + f"{RULE}\nSYMLINK: c.py -> a.py\n{RULE}\n\n\n\n"
    found = read_dump(dump.encode())
    assert found is not None
    assert {path: (section.text, section.missing) for path, section in found.files.items()} == {
        "a.py": (b"", False),
        "b.py": (b"[Binary file]\n", True),
    }


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("../up.py", "leads out of the dump"),
        ("a/../../up.py", "leads out of the dump"),
        ("..\\up.py", "leads out of the dump"),
        ("/etc/passwd", "is an absolute path"),
        ("\\\\server\\share.py", "is an absolute path"),
        ("C:\\up.py", "is an absolute path"),
        ("c:up.py", "is an absolute path"),
        ("", "is no path of a file"),
        (".", "is no path of a file"),
        ("sub/", "is no path of a file"),
        ("a\x1b[31m.py", "can't be written in a URI and a message alike"),
        ("a\0.py", "can't be written in a URI and a message alike"),
        ("x" * 5000, "can't be written in a URI and a message alike"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused_by_line(path: str, what: str) -> None:
    dump = ruled(("a.py", "x = 1"), (path, "y = 1"), ("b.py", "z = 1"))
    assert texts(dump) == {"a.py": "x = 1\n", "b.py": "z = 1\n"}
    ((line, message),) = problems(dump)
    assert line == 8
    assert message.endswith(f" {what}: it is left out")
    assert message.isprintable()


def test_paths_come_out_in_one_form() -> None:
    assert list(texts(ruled(("./a.py", ""), ("sub\\b.py", ""), ("sub//c.py", "")))) == ["a.py", "sub/b.py", "sub/c.py"]


def test_the_second_file_of_a_path_is_left_out() -> None:
    dump = ruled(("a.py", "x = 1"), ("./a.py", "x = 2"))
    assert texts(dump) == {"a.py": "x = 1\n"}
    assert problems(dump) == [(8, "'a.py' was there before, at line 2: it is left out")]


def test_a_header_that_lacks_a_rule_is_told_and_taken() -> None:
    dump = ruled(("a.py", "x = 1")) + f"{RULE}\nFILE: b.py\ny = 1\n\nFILE: c.py\n{RULE}\nz = 1\n"
    assert texts(dump) == {"a.py": "x = 1\n", "b.py": "y = 1\n", "c.py": "z = 1\n"}
    assert problems(dump) == [
        (8, f"no line of {len(RULE)} = below the header of 'b.py'"),
        (11, f"no line of {len(RULE)} = above the header of 'c.py'"),
    ]


def test_what_was_cut_off_is_told() -> None:
    cut = PLAIN[: PLAIN.index("fn b")] + "fn b"
    assert texts(cut)["sub/b.rs"] == "fn b\n"
    assert problems(cut) == [(cut.count("\n") + 1, "the end of the dump is missing: its last file may be cut off")]
    cut = MARKDOWN[: MARKDOWN.index("() {}")]
    assert texts(cut)["sub/b.rs"] == "fn b\n"
    assert problems(cut) == [(19, "'sub/b.rs' is not closed by a fence: it may be cut off")]
    cut = XML[: XML.index("() {}")]
    assert texts(cut)["sub/b.rs"] == "fn b\n"
    assert problems(cut) == [(12, "'sub/b.rs' is not closed: it may be cut off")]
    cut = ESCAPED[: ESCAPED.index("() {}")]
    assert texts(cut)["sub/b.rs"] == "fn b\n"
    assert [line for line, _ in problems(cut)] == [3]
    cut = JSON[: JSON.index("fn b")]
    assert texts(cut) == {"a.py": "import os\n\nx = 1\n"}
    assert [line for line, _ in problems(cut)] == [5]


def test_markdown_without_a_fence_is_told() -> None:
    dump = "## File: a.py\n```\nx = 1\n```\n\n## File: b.py\ny = 1\n```\n\n## File: c.py\n```\nz = 1\n```\n"
    assert texts(dump) == {"a.py": "x = 1\n", "c.py": "z = 1\n"}
    assert problems(dump) == [(6, "no fence below the header of 'b.py': it is left out")]


@pytest.mark.parametrize(
    "text", ["", "x = 1\n", "File: a.py\nx = 1\n", '{"files": 3', "## File: a.py\nx = 1\n", "\0\1"]
)
def test_what_is_no_dump(text: str) -> None:
    found = read_dump(text.encode())
    assert found is None or not found.files


def test_a_file_that_is_no_text_does_not_spoil_the_others() -> None:
    assert texts(ruled(("a.py", "x = 1"), ("b.bin", "\0\1")))["a.py"] == "x = 1\n"
    with pytest.raises(DocumentError):
        read_dump("x".encode("utf-16")[:3])


@pytest.mark.parametrize("form", FORMS)
def test_whatever_happens_to_a_dump_no_path_leads_out_of_it(form: str) -> None:
    drawn = random.Random(form)
    pieces = [
        b"../",
        b"/",
        b"\\",
        b"C:",
        b"\0",
        b"\n",
        b"\r",
        b"`" * 4,
        b"=" * 48,
        b"FILE: ",
        b"</file>",
        b'"',
        b"\xff",
        b"{",
        b"1: ",
    ]
    for _ in range(150):
        raw = bytearray(FORMS[form].encode())
        for _ in range(drawn.randint(1, 6)):
            at = drawn.randrange(len(raw))
            raw[at : at + drawn.choice((0, 0, 1, 20, 200))] = drawn.choice(pieces)
        found = read_dump(bytes(raw))
        for path in found.files if found is not None else ():
            parts = path.split("/")
            assert not {"", ".", ".."}.intersection(parts)
            assert path.isprintable()
            assert ":" not in parts[0][1:2]
        lines = bytes(raw).count(b"\n") + 1
        assert all(1 <= problem.line <= lines for problem in (found.problems if found is not None else ()))


@pytest.mark.parametrize(
    "line",
    [
        "## File: " + " " * 300_000 + "`x",
        "FILE:" + " " * 300_000 + "\n=",
        " " * 300_000 + "1: x",
        "=" * 300_000,
        "9" * 300_000 + ": x",
    ],
)
def test_a_line_made_to_be_slow_is_not(line: str) -> None:
    """In all the ways there are to share out its blanks, it would take hours: the run's own limit would end it."""
    dump = ruled(("a.py", line), ("b.py", "x = 1"))
    assert texts(dump)["b.py"] == "x = 1\n"
    assert texts(f"## File: a.py\n```\n{line}\n```\n\n## File: b.py\n```\nx = 1\n```\n")["b.py"] == "x = 1\n"
