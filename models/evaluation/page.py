"""The evaluation as one page of HTML that needs nothing else: no script, no other host, readable on paper and by ear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from models.evaluation.charts import Charts, Span
from models.evaluation.goals import HEADLINE, SUITES

_SLICE_FIGURES = (
    "macro_ap", "macro_f1", "labels_exact", "trafficking_precision", "trafficking_recall", "urgency_exact", "p0_recall", "p0_false",
    "indicators_f1", "ece",
)  # fmt: skip
_MOST_CONFUSED = 40


def page(result: Mapping[str, Any]) -> str:
    """The page for what ``models.evaluation.report.report`` measured."""
    environment = Environment(
        loader=PackageLoader("models.evaluation"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["figure"] = _figure
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    return environment.get_template("evaluation.html").render(
        result=result,
        headline=HEADLINE,
        suites=SUITES,
        slice_figures={name: HEADLINE[name].title for name in _SLICE_FIGURES},
        charts=Charts(),
        spans=_spans(result),
        confused={kind: _most(rows) for kind, rows in result["confusion"].items()},
    )


def _spans(result: Mapping[str, Any]) -> list[Span]:
    rows = [
        Span(
            HEADLINE[name].title, row["value"], row["low"], row["high"], row["low_writers"], row["high_writers"], HEADLINE[name].goal
        )
        for name, row in result["headline"].items()
    ]  # fmt: skip
    return rows + [Span(SUITES[name].title, row["value"], goal=SUITES[name].goal) for name, row in result["suites"].items()]


def _most(rows: Mapping[str, Mapping[str, int]]) -> list[tuple[str, str, int]]:
    """The most frequent pairs (true label, label that was put), most frequent first."""
    cells = [(true, put, number) for true, row in rows.items() for put, number in row.items()]
    return sorted(cells, key=lambda cell: -cell[2])[:_MOST_CONFUSED]


def _figure(value: object) -> str:
    """A number as people read it: shares with three places, counts as they are, nothing for None."""
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
