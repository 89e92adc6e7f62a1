"""What every process measures: a closed set, each with its meaning, so that dashboards and alert rules can rely on the names.

Counts and durations are taken where work passes through a port (``streams.measured``); levels are looked up when somebody asks for them
(``Meter.watch``), so that the code that works knows nothing of being measured. No label holds anything from a tip.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from triage.domain.errors import Unavailable

PREFIX = "tipstream_"

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Kind(StrEnum):
    """How a metric behaves: a count only grows, a level goes up and down, durations are spread over buckets of seconds."""

    COUNT = "counter"
    LEVEL = "gauge"
    DURATION = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its name without ``tipstream_``, what it tells, which process has it, its labels."""

    name: str
    kind: Kind
    meaning: str
    process: str
    labels: tuple[str, ...] = ()


ACCEPTED = Metric("accepted_total", Kind.COUNT, "tips accepted and stored", "web")
REFUSED = Metric("refused_total", Kind.COUNT, "groups of tips that could not be stored (answered with 503)", "web")
STORE_SECONDS = Metric("store_seconds", Kind.DURATION, "storing one group of tips, commit included", "web")
RELAYED = Metric("relayed_total", Kind.COUNT, "events acknowledged by the brokers", "relay", ("topic",))
RELAY_BACKLOG = Metric("relay_backlog", Kind.LEVEL, "events in the log that are not sent yet", "relay")
RELAY_LEADS = Metric("relay_leads", Kind.LEVEL, "1 in the relay that sends, 0 in one that stands by", "relay")
HANDLED = Metric("handled_total", Kind.COUNT, "events handled", "worker", ("line",))
FAILED = Metric("failed_batches_total", Kind.COUNT, "batches that raised; what is at fault is set aside", "worker", ("line",))
HANDLE_SECONDS = Metric("handle_seconds", Kind.DURATION, "handling one batch", "worker", ("line",))
ASSESS_SECONDS = Metric("assess_seconds", Kind.DURATION, "reading one tip, averaged over its batch", "worker")
TO_QUEUE_SECONDS = Metric("to_queue_seconds", Kind.DURATION, "from acceptance until the tip was in a queue", "worker")
LAG = Metric("lag", Kind.LEVEL, "records on the topic that this worker has not acknowledged", "worker", ("topic", "partition"))
LINE_BACKLOG = Metric("line_backlog", Kind.LEVEL, "events in the log that a line has not passed, without Kafka", "worker", ("line",))
DEAD_LETTERS = Metric("dead_letters_open", Kind.LEVEL, "events that were set aside and wait for a replay", "clocks")
QUEUE_OPEN = Metric("queue_open", Kind.LEVEL, "tips that wait or are worked on", "clocks", ("desk",))
THREAT_SECONDS = Metric(
    "oldest_unclaimed_threat_seconds", Kind.LEVEL, "how long the oldest life threat waits for a person; 0 if none", "clocks"
)
UNSEALED = Metric("audit_unsealed", Kind.LEVEL, "audit rows that are not in the chain yet", "clocks")
INDEX_BEHIND = Metric("index_behind_seconds", Kind.LEVEL, "age of the oldest change that the index does not show yet; 0 if none", "clocks")

METRICS = (
    ACCEPTED, REFUSED, STORE_SECONDS, RELAYED, RELAY_BACKLOG, RELAY_LEADS, HANDLED, FAILED, HANDLE_SECONDS, ASSESS_SECONDS,
    TO_QUEUE_SECONDS, LAG, LINE_BACKLOG, DEAD_LETTERS, QUEUE_OPEN, THREAT_SECONDS, UNSEALED, INDEX_BEHIND,
)  # fmt: skip

Levels = Callable[[], Mapping[tuple[str, ...], float]]
"""Looks up a metric's levels by the values of its labels. May raise ``Unavailable``: then the metric is absent."""


class Meter:
    """The metrics of one process. Safe to use from several threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._made: dict[str, Any] = {}
        self._watched: list[tuple[Metric, Levels]] = []

    def add(self, metric: Metric, amount: float = 1, **labels: str) -> None:
        """Count."""
        self._of(metric, labels).inc(amount)

    def observe(self, metric: Metric, seconds: float, **labels: str) -> None:
        """Note a duration."""
        self._of(metric, labels).observe(seconds)

    def watch(self, metric: Metric, levels: Levels) -> None:
        """Look the metric's levels up whenever somebody asks."""
        self._watched.append((metric, levels))

    def text(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        for metric, levels in self._watched:
            made = self._make(metric)
            made.clear() if metric.labels else made.set(float("nan"))
            try:
                found = levels()
            except Unavailable:
                continue
            for values, level in found.items():
                (made.labels(*values) if values else made).set(level)
        return generate_latest(self._registry)

    def _of(self, metric: Metric, labels: Mapping[str, str]) -> Any:
        made = self._make(metric)
        return made.labels(**labels) if labels else made

    def _make(self, metric: Metric) -> Any:
        if metric.name not in self._made:
            name = PREFIX + metric.name
            if metric.kind is Kind.COUNT:
                self._made[metric.name] = Counter(name, metric.meaning, metric.labels, registry=self._registry)
            elif metric.kind is Kind.LEVEL:
                self._made[metric.name] = Gauge(name, metric.meaning, metric.labels, registry=self._registry)
            else:
                self._made[metric.name] = Histogram(name, metric.meaning, metric.labels, registry=self._registry, buckets=SECONDS)
        return self._made[metric.name]
