"""Context for language models: what is chosen, within the budget, the same bytes always."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from isg_analysis import queries
from isg_analysis.context import Request, TooSmallError, context, count_tokens
from isg_analysis.context.slices import Form, Section
from isg_analysis.resolve.memory import MemoryProgram

FILES = {
    "shop/__init__.py": "",
    "shop/price.py": '''class Price:
    """What something costs."""

    amount: int

    def taxed(self) -> "Price":
        """With the tax on it."""
        return rounded(self)


def rounded(price: Price) -> Price:
    return price
''',
    "shop/basket.py": """from shop.price import Price


class Basket:
    prices: list[Price]

    def total(self) -> Price:
        for price in self.prices:
            last = price.taxed()
        return last

    def clear(self) -> None:
        self.prices = []


class Gift(Basket):
    def total(self) -> Price:
        return super().total()
""",
    "tests/test_basket.py": """from shop.basket import Basket


def test_total() -> None:
    assert Basket().total()
""",
}
HASHED = """
import sys
sys.path[:0] = {path!r}
from context.test_context import told
sys.stdout.write(told(2, 400, "markdown") + told(1, 400, "json"))
"""


def asked(name: str, **request: object) -> Request:
    view = program()
    return Request(tuple(queries.lookup(view, name).refs), **request)  # type: ignore[arg-type]


def program() -> MemoryProgram:
    return MemoryProgram(FILES)


def told(level: int, budget: int, form: str, name: str = "Basket.total") -> str:
    return context(program(), asked(name, level=level, budget=budget, format=form)).text


def sections(name: str, **request: object) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for one in context(program(), asked(name, **request)).slices:
        out.setdefault(one.section.value, []).append(one.label)
    return out


def test_each_neighbour_stands_where_it_belongs() -> None:
    found = sections("Basket.total", hops=1)
    assert found["target"] == ["shop.basket.Basket.total"]
    assert found["dependencies"] == ["shop.price.Price.taxed", "shop.basket.Basket", "shop.price.Price"]
    assert found["implementations"] == ["shop.basket.Gift.total"]
    assert found["tests"] == ["tests.test_basket.test_total"]
    assert found["siblings"] == ["shop.basket.Basket.clear"]


def test_a_class_stands_for_all_that_is_in_it() -> None:
    found = sections("Basket", hops=1)
    assert found["dependencies"] == ["shop.price.Price"], "its body shows what is called"
    assert found["implementations"] == ["shop.basket.Gift"], "its body shows what overrides"


def test_the_target_is_shown_whole() -> None:
    text = told(2, 4_000, "markdown")
    assert "def total(self) -> Price:\n    for price in self.prices:" in text
    assert "- `shop/basket.py:7` method `shop.basket.Basket.total`\n" in text
    assert "Import cycles: none." in text
    assert "2 symbols in 2 files depend on it, 1 of them tests" in text


@pytest.mark.parametrize(
    ("level", "forms"),
    [
        (0, {"Price": Form.EDGE, "rounded": Form.EDGE}),
        (1, {"Price": Form.OUTLINE, "rounded": Form.SIGNATURE}),
        (2, {"Price": Form.OUTLINE, "rounded": Form.SIGNATURE, "taxed": Form.BODY}),
    ],
)
def test_levels_say_how_much_is_told_of_neighbours(level: int, forms: dict[str, Form]) -> None:
    """`Price` is shown in outline where its method is shown beside it; `rounded` is not near enough for its body."""
    made = context(program(), asked("Basket.total", level=level))
    found = {one.label.rsplit(".")[-1]: one.form for one in made.slices}
    assert {name: found[name] for name in forms} == forms


def test_only_the_sections_asked_for() -> None:
    assert sections("Basket.total", include=frozenset({Section.TESTS})).keys() == {"target", "tests"}


@pytest.mark.parametrize("form", ["markdown", "json"])
def test_the_budget_is_never_exceeded(form: str) -> None:
    sizes = []
    for budget in range(120, 1_400, 40):
        text = told(2, budget, form)
        assert count_tokens(text) <= budget
        sizes.append(len(text))
    assert sizes[0] < sizes[-1]


def test_a_budget_too_small_for_the_names_is_refused() -> None:
    with pytest.raises(TooSmallError, match="5 tokens"):
        told(2, 5, "markdown")


def test_json_has_what_the_schema_says() -> None:
    document = json.loads(told(1, 2_000, "json"))
    assert document["version"] == 1
    assert document["tokens"] <= document["budget"] == 2_000
    target, *items = document["items"]
    assert (target["section"], target["path"], target["line"], target["form"]) == (
        "target",
        "shop/basket.py",
        7,
        "body",
    )
    assert {item["confidence"] for item in items} == {"certain"}
    test = next(item for item in items if item["section"] == "tests")
    assert (test["relation"], test["hops"]) == ("calls it", 1)


def test_every_process_tells_the_same_bytes() -> None:
    script = HASHED.format(path=[path for path in sys.path if path])
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}, timeout=60
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1


@pytest.mark.parametrize(
    ("text", "least"),
    [("", 0), ("word", 1), ("getattr_or_default(value)", 6), ("0xDEADBEEFCAFE", 4), ("é😀漢字", 5), ("\n\n    ", 1)],
)
def test_tokens_are_not_counted_short(text: str, least: int) -> None:
    """`least`: what the tokenizers of common models make of it."""
    assert count_tokens(text) >= least
