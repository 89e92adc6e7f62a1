"""Alerts and dashboard: they ask for metrics that exist, and the runbook says what to do about each alert."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml

from infra.deploy.dashboard import COLUMNS, FILE, dashboard
from infra.docs import ROOT, anchors, main
from infra.settings import Settings
from streams.metrics import METRICS, PREFIX, Kind, Metric

ALERTS = ROOT / "infra" / "deploy" / "prometheus" / "alerts.yaml"
PAGE = "docs/how-to/runbook.md"
BY_NAME = {PREFIX + metric.name: metric for metric in METRICS}
_SERIES = re.compile(rf"\b({PREFIX}\w+)(?:\{{([^}}]*)\}})?")
_BY = re.compile(r"\bby \(([^)]*)\)")

Rule = dict[str, Any]


def rules() -> list[Rule]:
    return [rule for group in yaml.safe_load(ALERTS.read_text("utf8"))["groups"] for rule in group["rules"]]


def metric_of(series: str) -> Metric | None:
    """The metric that a series belongs to: those of durations are asked for by their buckets."""
    metric = BY_NAME.get(series.removesuffix("_bucket"))
    return metric if metric and (metric.kind is Kind.DURATION) == series.endswith("_bucket") else None


def query_problems(query: str) -> Iterator[str]:
    """Series and labels of a query that no process has, and counts that are not turned into a rate."""
    asked = {label for found in _BY.findall(query) for label in found.split(", ")} - {"le", "process"}
    known: set[str] = set()
    for series, matchers in _SERIES.findall(query):
        metric = metric_of(series)
        if metric is None:
            yield f"there is no series {series}"
            continue
        known |= set(metric.labels)
        asked |= set(re.findall(r"(\w+)=", matchers))
        if metric.kind is not Kind.LEVEL and not re.search(rf"(?:rate|increase)\({series}\b", query):
            yield f"{series} only grows; ask for its rate"
    yield from (f"no metric of the query has the label {label}" for label in sorted(asked - known))


def rule_problems(found: list[Rule], page: str) -> Iterator[str]:
    """What must hold for every alert."""
    for name, times in Counter(rule["alert"] for rule in found).items():
        if times > 1:
            yield f"{name}: is there twice"
    headings = anchors(page)
    for rule in found:
        name, labels, notes = rule["alert"], rule["labels"], rule["annotations"]
        if not re.fullmatch(r"Tipstream([A-Z][a-z]+)+", name):
            yield f"{name}: is no name"
        if labels["severity"] not in ("critical", "warning"):
            yield f"{name}: nobody knows who is called"
        if not re.fullmatch(r"\d+m", rule.get("for", "")):
            yield f"{name}: fires at the first blink"
        if not notes["summary"].endswith(".") or PREFIX in notes["summary"]:
            yield f"{name}: is not said in words"
        address, _, anchor = notes["runbook"].partition("#")
        if address != PAGE or anchor not in headings:
            yield f"{name}: the runbook has no {anchor}"
        yield from (f"{name}: {problem}" for problem in query_problems(rule["expr"]) if not rule["expr"].startswith(("up{", "absent(up{")))


def test_the_alerts_are_sound() -> None:
    assert list(rule_problems(rules(), (ROOT / PAGE).read_text("utf8"))) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda r: r.update(alert="TipstreamNoWeb"), "TipstreamNoWeb: is there twice"),
        (lambda r: r.update(alert="intake-refusing"), "intake-refusing: is no name"),
        (lambda r: r["labels"].update(severity="bad"), "TipstreamIntakeRefusing: nobody knows who is called"),
        (lambda r: r.pop("for"), "TipstreamIntakeRefusing: fires at the first blink"),
        (lambda r: r["annotations"].update(summary="tipstream_refused_total > 0"), "TipstreamIntakeRefusing: is not said in words"),
        (lambda r: r["annotations"].update(runbook=f"{PAGE}#gone"), "TipstreamIntakeRefusing: the runbook has no gone"),
        (lambda r: r.update(expr="tipstream_refusals_total > 0"), "TipstreamIntakeRefusing: there is no series tipstream_refusals_total"),
        (
            lambda r: r.update(expr="rate(tipstream_store_seconds[5m]) > 0"),
            "TipstreamIntakeRefusing: there is no series tipstream_store_seconds",
        ),
        (lambda r: r.update(expr="tipstream_refused_total > 0"), "TipstreamIntakeRefusing: tipstream_refused_total only grows"),
        (
            lambda r: r.update(expr='sum by (topik) (tipstream_lag{tpoic="x"}) > 0'),
            "TipstreamIntakeRefusing: no metric of the query has the label topik",
        ),
    ],
)
def test_an_unsound_alert_is_found(change: Callable[[Rule], object], problem: str) -> None:
    found = deepcopy(rules())
    change(next(rule for rule in found if rule["alert"] == "TipstreamIntakeRefusing"))
    assert [each for each in rule_problems(found, (ROOT / PAGE).read_text("utf8")) if each.startswith(problem)]


def test_the_alert_on_dead_letters_comes_before_the_line_stops() -> None:
    (rule,) = (rule for rule in rules() if rule["alert"] == "TipstreamDeadLettersNearLimit")
    limit = Settings().dead_letter_limit
    assert int(rule["expr"].rpartition(" ")[2]) < limit
    assert f"at {limit} the workers stop" in rule["annotations"]["summary"]


def panels() -> list[dict[str, Any]]:
    return json.loads(dashboard())["panels"]


def test_the_dashboard_shows_every_metric() -> None:
    shown = {target["expr"] for panel in panels() for target in panel.get("targets", [])}
    assert {metric.name for query in shown for series, _ in _SERIES.findall(query) if (metric := metric_of(series))} == {
        m.name for m in METRICS
    }
    assert [problem for query in shown for problem in query_problems(query)] == []


def test_no_panel_lies_on_another() -> None:
    cells = Counter(
        (x, y)
        for panel in panels()
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    )
    assert max(cells.values()) == 1
    assert max(x for x, _ in cells) < COLUMNS


def test_a_dashboard_that_differs_fails_the_check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("infra.docs.problems", lambda *_: [])
    assert main(["--check"]) == 0
    monkeypatch.setattr("infra.docs.dashboard", lambda: "{}\n")
    assert main(["--check"]) == 1
    assert capsys.readouterr().err == f"{FILE}: it differs from the metrics; run `make docs`\n"
