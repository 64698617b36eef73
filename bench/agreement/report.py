"""Report: an Agreement as tables for people and as JSON for the record."""

from __future__ import annotations

from typing import Any

from bench.agreement.compare import Agreement, Count, Disagreement
from bench.agreement.index import Place


def record(found: Agreement) -> dict[str, Any]:
    """The figures and the counts of the classes."""
    kinds = sorted(found.recall_by_kind.keys() | found.precision_by_kind.keys())
    return {
        "documents": dict(zip(("ours", "oracle", "both"), found.documents, strict=True)),
        "references": {
            "oracle": found.recall.asked,
            "same": found.recall.right,
            "recall %": found.recall.percent,
            "asked": found.precision.asked,
            "precision %": found.precision.percent,
            "decided": found.decided.asked,
            "precision of the decided %": found.decided.percent,
        },
        "definitions": {"oracle": found.definitions.asked, "found": found.definitions.right},
        "implementations": {
            "oracle": found.implementations_found.asked,
            "ours": found.implementations_right.asked,
            "same": found.implementations_found.right,
            "recall %": found.implementations_found.percent,
            "precision %": found.implementations_right.percent,
        },
        "kinds": {
            kind: {
                "oracle": found.recall_by_kind[kind].asked,
                "recall %": found.recall_by_kind[kind].percent,
                "asked": found.precision_by_kind[kind].asked,
                "precision %": found.precision_by_kind[kind].percent,
            }
            for kind in kinds
        },
        "missing": {f"{kind}: {what}": len(rows) for (kind, what), rows in _by_size(found.missing)},
        "wrong": {f"{kind}: {what}": len(rows) for (kind, what), rows in _by_size(found.wrong)},
    }


def shown(found: Agreement, examples: int) -> str:
    """The tables; with so many examples of each class."""
    ours, oracle, both = found.documents
    lines = [f"documents: {ours} ours, {oracle} of the oracle, {both} in both", ""]
    lines.append(f"{'':16}{'of the oracle':>14}{'recall':>9}{'of ours':>10}{'precision':>11}")
    recall, precision = found.recall_by_kind, found.precision_by_kind
    for kind in sorted(recall.keys() | precision.keys(), key=lambda kind: -recall[kind].asked):
        lines.append(_row(kind, recall[kind], precision[kind]))
    lines.append(_row("references", found.recall, found.precision))
    lines.append(
        f"{'':39}{found.decided.asked:10}{_percent(found.decided):>11}  where the oracle defines what it names"
    )
    lines.append(_row("implementations", found.implementations_found, found.implementations_right))
    lines += ["", f"definitions: {found.definitions.right} of {found.definitions.asked} found"]
    for title, classes, whole in (
        ("missing or other than the oracle's", found.missing, found.recall),
        ("not confirmed by the oracle", found.wrong, found.precision),
    ):
        lines += ["", f"{title}:"]
        for (kind, what), rows in _by_size(classes):
            lines.append(f"{len(rows):7}  {100 * len(rows) / max(whole.asked, 1):5.2f} %  {kind}: {what}")
            step = max(1, len(rows) // examples) if examples else 1
            lines += [f"{'':18}{_example(row)}" for row in rows[::step][:examples]]
    if examples:
        names = ", ".join(
            f"{name or '-'} ({kind}) {count}" for (kind, name), count in found.missing_names.most_common(40)
        )
        lines += ["", f"missing most often: {names}"]
    return "\n".join(lines)


def _row(kind: str, recall: Count, precision: Count) -> str:
    return f"{kind:16}{recall.asked:14}{_percent(recall):>9}{precision.asked:10}{_percent(precision):>11}"


def _percent(count: Count) -> str:
    return "-" if count.percent is None else f"{count.percent:.2f}"


def _by_size(
    classes: dict[tuple[str, str], list[Disagreement]],
) -> list[tuple[tuple[str, str], list[Disagreement]]]:
    return sorted(classes.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _example(row: Disagreement) -> str:
    return f"{_place(row.at)}  oracle: {_place(row.oracle)}  ours: {_place(row.ours)}"


def _place(place: Place | None) -> str:
    return "-" if place is None else f"{place[0]}:{place[1] + 1}:{place[2] + 1}"
