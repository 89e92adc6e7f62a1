"""Everything that an evaluation says, as plain values for JSON, and its short form for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from models.evaluation import details
from models.evaluation.fairness import suite
from models.evaluation.goals import HEADLINE, SUITES, WATCHED
from models.evaluation.intervals import RESAMPLES, estimates, first_files, slices
from models.evaluation.measures import headline
from models.evaluation.ratchet import suite_figures
from models.evaluation.readings import Handwritten, Variants
from models.evaluation.reads import Read
from triage.taxonomy.taxonomy import Taxonomy


def report(
    reads: Sequence[Read], variants: Variants, handwritten: Handwritten, taxonomy: Taxonomy, resamples: int = RESAMPLES
) -> dict[str, Any]:
    """All figures over readings by models that had seen nothing of a tip's writer."""
    measures = headline(reads, taxonomy)
    return {
        "tips": len(reads),
        "writers": len({tip.group for tip, _ in reads}),
        "headline": {name: asdict(estimate) for name, estimate in estimates(measures, reads, resamples).items()},
        "suites": suite_figures(variants, handwritten),
        "first_32_files": first_files(measures, reads),
        "slices": slices(measures, reads),
        "categories": details.categories(reads, taxonomy),
        "trafficking": details.trafficking_curve(reads),
        "confusion": details.confusion(reads),
        "levels": details.levels(reads),
        "reliability": details.reliability(reads, taxonomy),
        "flags": details.flags(reads),
        "indicators_by_facet": details.indicators_by_facet(reads, taxonomy),
        "entities": details.entities(reads),
        "fairness": suite(reads, variants, handwritten, taxonomy),
        "errors": details.errors(reads),
    }


def table(result: Mapping[str, Any]) -> str:
    """The short tables that people read first."""
    return "\n".join(_table(result)) + "\n"


def _table(result: Mapping[str, Any]) -> Iterator[str]:
    first = result["first_32_files"]
    yield f"{result['tips']} tips of {result['writers']} writers, {result['split']}"
    yield ""
    yield f"{'':58} {'value':>6}  {'95 % interval':15} {'other writers':15} {'first 32':>8} {'goal':>6}"
    for name, row in result["headline"].items():
        title, goal = HEADLINE[name].title, HEADLINE[name].goal
        by_tip, by_writer = _between(row["low"], row["high"]), _between(row["low_writers"], row["high_writers"])
        yield f"{title:58} {_number(row['value'])}  {by_tip:15} {by_writer:15} {_number(first.get(name)):>8} {_number(goal)}"
    for name, row in result["suites"].items():
        yield f"{SUITES[name].title:58} {_number(row['value'])}  {'n = ' + str(row['n']):40} {_number(SUITES[name].goal)}"
    yield from ("", f"{'category':32} {'n':>5} {'AP':>6} {'P':>6} {'R':>6} {'F1':>6}")
    for name, row in result["categories"].items():
        yield f"{name:32} {row['n']:5} {' '.join(_number(row[figure]) for figure in ('ap', 'precision', 'recall', 'f1'))}"
    yield from ("", f"{'entity':32} {'n':>5} {'P':>6} {'R':>6}")
    for name, row in result["entities"].items():
        yield f"{name:32} {row['n']:5} {_number(row['precision'])} {_number(row['recall'])}"
    yield from ("", "fairness suite")
    for test in result["fairness"]:
        yield f"{test['id']:4} {test['title']:36} {_met(test['met']):12} {test['goal']}"


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Two evaluations side by side: every watched figure, by how much it is better, and whether the intervals are apart."""
    lines = [f"{'':58} {'before':>6} {'after':>6} {'better by':>10}"]
    for name, figure in WATCHED.items():
        old, new = _row(before, name), _row(after, name)
        if old is None or new is None or old.get("value") is None or new.get("value") is None:
            continue
        gain = figure.gain(old["value"], new["value"])
        lines.append(f"{figure.title:58} {_number(old['value'])} {_number(new['value'])} {gain:+10.4f}{_apart(old, new)}")
    return "\n".join(lines) + "\n"


def _row(result: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    row: Mapping[str, Any] | None = result["headline"].get(name) or result["suites"].get(name)
    return row


def _apart(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if None in (old.get("low"), old.get("high"), new.get("low"), new.get("high")):
        return ""
    return "  apart" if old["high"] < new["low"] or new["high"] < old["low"] else "  within chance"


def _met(met: bool | None) -> str:
    return "not measured" if met is None else "met" if met else "below goal"


def _between(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:.3f} to {high:.3f}"


def _number(value: float | None) -> str:
    return f"{'':6}" if value is None else f"{value:6.3f}"
