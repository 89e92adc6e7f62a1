"""The Grafana dashboard, made from ``streams.metrics.METRICS``, so that it shows every metric and none that is not there.

``make docs`` writes ``infra/deploy/grafana/dashboard.json``; ``make check`` fails where it differs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from streams.metrics import DEAD_LETTERS, LAG, METRICS, PREFIX, REFUSED, RELAY_BACKLOG, RELAY_LEADS, THREAT_SECONDS, UNSEALED, Kind, Metric

FILE = Path("infra") / "deploy" / "grafana" / "dashboard.json"

COLUMNS = 24
"""Of Grafana's grid."""
ROW, STAT, GRAPH = 1, 4, 8
"""Heights in that grid."""

QUANTILES = ("0.5", "0.95", "0.99")
DATASOURCE = {"type": "prometheus", "uid": "${source}"}

ADDED_UP = (LAG, RELAY_LEADS)
"""Levels of which each process has its share; all others are the same in whichever process looks them up, or ages."""

GLANCE: Mapping[Metric, float] = {THREAT_SECONDS: 120, REFUSED: 0.001, DEAD_LETTERS: 1, RELAY_BACKLOG: 1000, UNSEALED: 1000}
"""What the first row shows large, and from which value on in red."""


def dashboard() -> str:
    """The dashboard as JSON text."""
    board = {
        "uid": "tipstream",
        "title": "Tipstream",
        "tags": ["tipstream"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": [{"name": "source", "label": "Data source", "type": "datasource", "query": "prometheus"}]},
        "panels": list(_numbered(_panels())),
    }
    return json.dumps(board, indent=2) + "\n"


def expressions(metric: Metric) -> Mapping[str, str]:
    """The queries that show a metric, by legend: a rate of what is counted, the level of what goes up and down, quantiles of durations."""
    name, by, legend = PREFIX + metric.name, ", ".join(metric.labels), " ".join(f"{{{{{label}}}}}" for label in metric.labels)
    if metric.kind is Kind.DURATION:
        within = f"sum by ({', '.join(('le', *metric.labels))}) (rate({name}_bucket[$__rate_interval]))"
        return {f"{legend} {q}".strip(): f"histogram_quantile({q}, {within})" for q in QUANTILES}
    grouped = f" by ({by})" if by else ""
    if metric.kind is Kind.COUNT:
        return {legend or "per second": f"sum{grouped} (rate({name}[$__rate_interval]))"}
    return {legend or metric.name: f"{'sum' if metric in ADDED_UP else 'max'}{grouped} ({name})"}


def _panels() -> Iterator[dict[str, Any]]:
    """Panels from top to bottom, placed in the grid."""
    yield _row("At a glance", 0)
    width = COLUMNS // len(GLANCE)
    for place, (metric, red) in enumerate(GLANCE.items()):
        yield _stat(metric, red) | _at(place * width, ROW, width, STAT)
    top = ROW + STAT
    for process, metrics in groupby(METRICS, key=lambda metric: metric.process):
        yield _row(process, top)
        top += ROW
        for place, metric in enumerate(metrics):
            left = place % 2 * (COLUMNS // 2)
            yield _graph(metric) | _at(left, top + place // 2 * GRAPH, COLUMNS // 2, GRAPH)
        top += (place // 2 + 1) * GRAPH


def _numbered(panels: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return ({"id": number} | panel for number, panel in enumerate(panels, 1))


def _row(title: str, top: int) -> dict[str, Any]:
    return {"type": "row", "title": title, "collapsed": False, "panels": []} | _at(0, top, COLUMNS, ROW)


def _stat(metric: Metric, red: float) -> dict[str, Any]:
    steps = [{"color": "green", "value": None}, {"color": "red", "value": red}]
    field = {"unit": _unit(metric), "thresholds": {"mode": "absolute", "steps": steps}, "color": {"mode": "thresholds"}}
    options = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "background", "graphMode": "area"}
    return _panel("stat", metric) | {"fieldConfig": {"defaults": field, "overrides": []}, "options": options}


def _graph(metric: Metric) -> dict[str, Any]:
    field = {"unit": _unit(metric), "min": 0, "custom": {"lineWidth": 1, "fillOpacity": 10, "showPoints": "never"}}
    options = {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}
    return _panel("timeseries", metric) | {"fieldConfig": {"defaults": field, "overrides": []}, "options": options}


def _panel(kind: str, metric: Metric) -> dict[str, Any]:
    targets = [
        {"refId": chr(ord("A") + place), "expr": query, "legendFormat": legend, "datasource": DATASOURCE}
        for place, (legend, query) in enumerate(expressions(metric).items())
    ]
    title = metric.meaning.partition(";")[0].partition(" (")[0]
    return {
        "type": kind,
        "title": title[0].upper() + title[1:],
        "description": f"{PREFIX}{metric.name}: {metric.meaning}",
        "datasource": DATASOURCE,
        "targets": targets,
    }


def _unit(metric: Metric) -> str:
    return "s" if metric.name.endswith("_seconds") else "ops" if metric.kind is Kind.COUNT else "short"


def _at(left: int, top: int, width: int, height: int) -> dict[str, Any]:
    return {"gridPos": {"x": left, "y": top, "w": width, "h": height}}
