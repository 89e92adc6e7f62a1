"""The metrics are a closed set in the text format of Prometheus, and hold nothing of a tip."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from streams import metrics
from streams.metrics import METRICS, Kind, Meter, Metric
from triage.domain.errors import Unavailable

LABELS = frozenset({"topic", "partition", "line", "desk", "result"})
"""What a label may tell: names that we or the policy give, and numbers of Kafka."""


def samples(meter: Meter) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """What somebody who asks gets, as Prometheus reads it."""
    families = text_string_to_metric_families(meter.text().decode())
    return {(each.name, frozenset(each.labels.items())): each.value for family in families for each in family.samples}


def test_counts_and_durations_are_told() -> None:
    meter = Meter()
    meter.add(metrics.ACCEPTED)
    meter.add(metrics.ACCEPTED, 4)
    meter.observe(metrics.HANDLE_SECONDS, 0.02, line="decide")
    found = samples(meter)
    decide = frozenset({("line", "decide")})
    assert found["tipstream_accepted_total", frozenset()] == 5
    assert found["tipstream_handle_seconds_sum", decide] == 0.02
    assert found["tipstream_handle_seconds_bucket", decide | {("le", "0.025")}] == 1
    assert found["tipstream_handle_seconds_bucket", decide | {("le", "0.01")}] == 0


def test_levels_are_looked_up_when_somebody_asks() -> None:
    meter, levels = Meter(), {("scope",): 3.0, ("cargo",): 0.0}
    meter.watch(metrics.QUEUE_OPEN, lambda: levels)
    assert samples(meter)["tipstream_queue_open", frozenset({("desk", "scope")})] == 3
    del levels["scope",]
    levels["cargo",] = 7
    assert samples(meter) == {("tipstream_queue_open", frozenset({("desk", "cargo")})): 7}


def test_levels_vanish_while_their_store_is_away_and_others_stay() -> None:
    meter, away = Meter(), [False]

    def unsealed() -> Mapping[tuple[str, ...], float]:
        if away[0]:
            raise Unavailable("the database is away")
        return {(): 2}

    meter.watch(metrics.UNSEALED, unsealed)
    meter.watch(metrics.RELAY_LEADS, lambda: {(): 1})
    assert samples(meter)["tipstream_audit_unsealed", frozenset()] == 2
    away[0] = True
    assert samples(meter) == {("tipstream_relay_leads", frozenset()): 1}
    away[0] = False
    assert samples(meter)["tipstream_audit_unsealed", frozenset()] == 2


def test_a_store_that_does_not_answer_does_not_keep_the_counts_back() -> None:
    seconds = [0.0]

    def slow() -> Mapping[tuple[str, ...], float]:
        seconds[0] += 6
        raise Unavailable("the database is away")

    meter, asked = Meter(budget_seconds=5, now=lambda: seconds[0]), []
    meter.add(metrics.ACCEPTED)
    meter.watch(metrics.UNSEALED, slow)
    meter.watch(metrics.THREAT_SECONDS, lambda: asked.append(1) or {(): 1.0})
    assert samples(meter)["tipstream_accepted_total", frozenset()] == 1
    assert not asked


def test_a_process_tells_only_what_it_measured() -> None:
    assert Meter().text() == b""


@pytest.fixture
def threads_in_turns() -> Iterator[None]:
    """Threads take turns so often that what is not locked goes wrong."""
    seconds = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(seconds)


@pytest.mark.usefixtures("threads_in_turns")
def test_several_threads_may_begin_to_measure_at_once() -> None:
    for _ in range(50):
        meter, failed = Meter(), []
        start = threading.Barrier(4)

        def count(meter: Meter = meter, start: threading.Barrier = start, failed: list[Exception] = failed) -> None:
            start.wait()
            try:
                meter.add(metrics.HANDLED, line="decide")
                meter.observe(metrics.HANDLE_SECONDS, 0.1, line="decide")
            except ValueError as error:  # what the library raises for a metric that is there already
                failed.append(error)

        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed
        assert samples(meter)["tipstream_handled_total", frozenset({("line", "decide")})] == 4


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_is_named_as_is_usual_and_has_only_known_labels(metric: Metric) -> None:
    assert set(metric.labels) <= LABELS
    assert metric.name.endswith("_total") == (metric.kind is Kind.COUNT)
    assert metric.name.endswith("_seconds") or metric.kind is not Kind.DURATION
    assert metric.meaning
    assert metric.process in ("web", "relay", "worker", "clocks")


def test_the_table_names_no_metric_twice() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    declared = [value for value in vars(metrics).values() if isinstance(value, Metric)]
    assert set(declared) == set(METRICS)


@given(st.sampled_from([metric for metric in METRICS if metric.kind is not Kind.LEVEL]), st.text(min_size=1, max_size=20))
def test_a_label_that_the_table_does_not_have_is_refused(metric: Metric, text: str) -> None:
    with pytest.raises(ValueError):
        Meter().add(metric, **dict.fromkeys([*metric.labels, "narrative"], text))
