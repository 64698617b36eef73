"""Hierarchies stop where they are told to, and say so; ids lead back to symbols."""

from __future__ import annotations

import pytest

from isg_analysis import queries
from isg_analysis.queries import Limits
from isg_analysis.resolve.memory import MemoryProgram
from isg_analysis.resolve.program import symbol_ref

CALLERS = "".join(f"def f{number}(): one(); one()\n" for number in range(20))
PROGRAM = MemoryProgram(
    {
        "main.py": f"def one(): ...\n{CALLERS}",
        "more.py": "from main import one, f1\none()\none()\nf1()\n",
        "kinds.py": "class A: ...\n" + "".join(f"class B{number}(A): ...\n" for number in range(20)),
    }
)
KINDS, MAIN, MORE = 1, 2, 3
STOPPED = Limits(stopped=lambda: True)


def test_callers_stop_between_documents() -> None:
    one = symbol_ref(MAIN, 1)
    assert not queries.callers(PROGRAM, one).truncated
    assert len(queries.callers(PROGRAM, one).calls) == 21
    cut = queries.callers(PROGRAM, one, limits=Limits(results=5))
    assert (len(cut.calls), cut.truncated) == (20, True)
    assert queries.callers(PROGRAM, one, limits=STOPPED) == queries.CallAnswer((), truncated=True)


def test_callees_stop_between_calls() -> None:
    module = symbol_ref(MORE, 0)
    assert [len(calls.places) for calls in queries.callees(PROGRAM, module).calls] == [2, 1]
    cut = queries.callees(PROGRAM, module, limits=Limits(results=2))
    assert ([len(calls.places) for calls in cut.calls], cut.truncated) == ([2], True)
    assert queries.callees(PROGRAM, module, limits=STOPPED) == queries.CallAnswer((), truncated=True)


def test_types_stop_between_types() -> None:
    base = symbol_ref(KINDS, 1)
    assert len(queries.subtypes(PROGRAM, base).kin) == 20
    cut = queries.subtypes(PROGRAM, base, Limits(results=5))
    assert (len(cut.kin), cut.truncated) == (5, True)
    assert queries.supertypes(PROGRAM, symbol_ref(KINDS, 2), STOPPED) == queries.KinAnswer((), truncated=True)


@pytest.mark.parametrize("row", [0, 1, 5])
def test_an_id_leads_back_to_its_symbol(row: int) -> None:
    ref = symbol_ref(MAIN, row)
    assert queries.identified(PROGRAM, MAIN, queries.hit(PROGRAM, ref).symbol_id) == ref


def test_an_unknown_id_leads_nowhere() -> None:
    assert queries.identified(PROGRAM, MAIN, "isg python . . main/gone().") is None
    assert queries.identified(PROGRAM, MORE, queries.hit(PROGRAM, symbol_ref(MAIN, 1)).symbol_id) is None
