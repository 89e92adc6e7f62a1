"""What every process measures: a closed set, each with its meaning, so that dashboards and alert rules can rely on the names.

Counts and durations are taken where work passes through a port (``streams.measured``); levels are looked up when somebody asks for them
(``Meter.watch``), so that the code that works knows nothing of being measured. No label holds anything from a tip.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

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
HOOK_CALLS = Metric(
    "webhook_calls_total", Kind.COUNT, "messages to partners' programs: taken, refused by an answer, or failed without one", "clocks",
    ("result",),
)  # fmt: skip
HOOK_SECONDS = Metric("webhook_oldest_due_seconds", Kind.LEVEL, "how long the oldest due message to a partner waits; 0 if none", "clocks")
INDEX_BEHIND = Metric("index_behind_seconds", Kind.LEVEL, "age of the oldest change that the index does not show yet; 0 if none", "clocks")
ESCALATIONS = Metric(
    "escalations_total", Kind.COUNT, "what was done while tips waited: people told, a tip moved, one that stayed; messages sent and failed",
    "clocks", ("result",),
)  # fmt: skip

METRICS = (
    ACCEPTED, REFUSED, STORE_SECONDS, RELAYED, RELAY_BACKLOG, RELAY_LEADS, HANDLED, FAILED, HANDLE_SECONDS, ASSESS_SECONDS,
    TO_QUEUE_SECONDS, LAG, LINE_BACKLOG, DEAD_LETTERS, QUEUE_OPEN, THREAT_SECONDS, UNSEALED, HOOK_CALLS, HOOK_SECONDS,
    INDEX_BEHIND, ESCALATIONS,
)  # fmt: skip

Levels = Callable[[], Mapping[tuple[str, ...], float]]
"""Looks up a metric's levels by the values of its labels. May raise ``Unavailable``: then the metric is absent."""


class Meter:
    """The metrics of one process. Safe to use from several threads.

    ``budget_seconds`` is how long looking levels up may take in all: a store that is away must not keep the other metrics from whoever
    asks.
    """

    def __init__(self, budget_seconds: float = 5.0, now: Callable[[], float] = time.monotonic) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._lock = threading.Lock()
        self._made: dict[str, Any] = {}
        self._watched: list[tuple[Metric, Levels]] = []
        self._budget = budget_seconds
        self._now = now
        self._registry.register(_Watched(self._levels))

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
        """Everything, in the text format of Prometheus. Levels that cannot be looked up now are left out."""
        return generate_latest(self._registry)

    def _levels(self) -> Iterator[GaugeMetricFamily]:
        begun = self._now()
        for metric, levels in self._watched:
            if self._now() - begun > self._budget:
                return
            try:
                found = levels()
            except Unavailable:
                continue
            family = GaugeMetricFamily(PREFIX + metric.name, metric.meaning, labels=metric.labels)
            for values, level in found.items():
                family.add_metric(values, level)
            yield family

    def _of(self, metric: Metric, labels: Mapping[str, str]) -> Any:
        with self._lock:
            made = self._made.get(metric.name) or self._make(metric)
        return made.labels(**labels) if labels else made

    def _make(self, metric: Metric) -> Any:
        kind = Counter if metric.kind is Kind.COUNT else Histogram
        more: Mapping[str, Any] = {} if metric.kind is Kind.COUNT else {"buckets": SECONDS}
        made = self._made[metric.name] = kind(PREFIX + metric.name, metric.meaning, metric.labels, registry=self._registry, **more)
        return made


class _Watched(Collector):
    """Lets the registry ask for levels, whenever somebody asks it."""

    def __init__(self, levels: Callable[[], Iterator[GaugeMetricFamily]]) -> None:
        self._levels = levels

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The levels as they are now."""
        return self._levels()
