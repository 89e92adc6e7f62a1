"""Traces: the steps of one tip come together from all processes, hold nothing of it, and cost nothing where nobody collects them."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from infra.settings import Settings, SettingsError
from infra.telemetry import open_spans
from streams.tracing import ACCEPT, HANDLE, NO_SPANS, QUEUE, RELAY, Step
from tests.collector import collector

TRACE = "trc_01M8HM97RDY3VHXYHN7B23VZYQ"
STEPS = (
    Step(ACCEPT, TRACE, 1_000, 2_000, event="evt_1"),
    Step(RELAY, TRACE, 3_000, 4_000, event="evt_1", topic="tips.received"),
    Step(HANDLE, TRACE, 5_000, 6_000, event="evt_1", line="decide"),
    Step(QUEUE, TRACE, 1_000, 6_000, event="evt_1"),
)


def test_without_an_address_nothing_is_collected_and_nothing_loaded() -> None:
    with open_spans(Settings()) as spans:
        assert spans is NO_SPANS
        spans.add(STEPS[0])
    code = "import infra.app, infra.web, sys; print([name for name in sys.modules if name.startswith('opentelemetry')])"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize("endpoint", ["collector:4318", "grpc://collector:4317"])
def test_an_address_that_is_none_is_refused(endpoint: str) -> None:
    with (
        pytest.raises(SettingsError, match="TIPSTREAM_TRACE_ENDPOINT must be an http or https address"),
        open_spans(Settings(trace_endpoint=endpoint)),
    ):
        pass


@pytest.mark.parametrize("missing", ["a_library_of_tomorrow", "a_library.of.tomorrow"])
def test_an_address_without_the_libraries_is_refused(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setattr("infra.telemetry._NEEDED", (missing,))
    with (
        pytest.raises(SettingsError, match=r"Install tipstream\[telemetry\], or unset it"),
        open_spans(Settings(trace_endpoint="http://collector:4318")),
    ):
        pass


class TestWithTheExtra:
    """With the extra ``telemetry`` installed."""

    @pytest.fixture
    def otel(self) -> Any:
        pytest.importorskip("opentelemetry.sdk", reason="the extra telemetry is not installed: pip install -e .[telemetry]")
        from infra import otel

        return otel

    def spans_of(self, otel: Any, *processes: tuple[Step, ...]) -> list[Any]:
        """What a collector gets from processes of which each adds some of the steps."""
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

        collected: list[Any] = []
        for steps in processes:
            exporter = InMemorySpanExporter()
            spans = otel.OtelSpans(SimpleSpanProcessor(exporter))
            for step in steps:
                spans.add(step)
            collected += exporter.get_finished_spans()
            spans.close()
        return collected

    def test_the_steps_of_all_processes_are_one_trace_under_its_acceptance(self, otel: Any) -> None:
        accept, relay, handle, queue = self.spans_of(otel, STEPS[:1], STEPS[1:2], STEPS[2:])
        assert [span.name for span in (accept, relay, handle, queue)] == ["accept", "relay", "handle decide", "queue"]
        assert {span.context.trace_id for span in (accept, relay, handle, queue)} == {otel.trace_number(TRACE)}
        assert accept.parent is None
        assert {span.parent.span_id for span in (relay, handle, queue)} == {accept.context.span_id}
        assert len({span.context.span_id for span in (accept, relay, handle, queue)}) == 4

    def test_a_span_has_the_times_of_its_step(self, otel: Any) -> None:
        assert [(span.start_time, span.end_time) for span in self.spans_of(otel, STEPS)] == [(step.begun, step.ended) for step in STEPS]

    def test_attributes_are_a_closed_set(self, otel: Any) -> None:
        accept, relay, handle, _ = self.spans_of(otel, STEPS)
        assert dict(accept.attributes) == {"event": "evt_1", "trace": TRACE}
        assert dict(relay.attributes) == {"event": "evt_1", "trace": TRACE, "topic": "tips.received"}
        assert dict(handle.attributes) == {"event": "evt_1", "trace": TRACE, "line": "decide"}
        assert dict(accept.resource.attributes) == {"service.name": "tipstream"}

    def test_a_step_that_failed_is_marked(self, otel: Any) -> None:
        good, bad = self.spans_of(otel, (Step(HANDLE, TRACE, 1, 2), Step(HANDLE, TRACE, 1, 2, failed=True)))
        assert (good.status.status_code.name, bad.status.status_code.name) == ("UNSET", "ERROR")

    def test_traces_of_different_tips_are_apart(self, otel: Any) -> None:
        one, other = self.spans_of(otel, (Step(ACCEPT, "trc_1", 1, 2), Step(ACCEPT, "trc_2", 1, 2)))
        assert one.context.trace_id != other.context.trace_id
        assert one.context.span_id != other.context.span_id

    def test_threads_do_not_take_each_others_numbers(self, otel: Any) -> None:
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

        exporter = InMemorySpanExporter()
        spans = otel.OtelSpans(SimpleSpanProcessor(exporter))

        start = threading.Barrier(4)

        def work(thread: int) -> None:
            start.wait()
            for number in range(2000):
                spans.add(Step(ACCEPT, f"{thread}-{number}", 1, 2))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        seconds = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)  # threads take turns so often that what they share goes wrong
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(seconds)
        found = exporter.get_finished_spans()
        spans.close()
        assert len(found) == 8000
        assert all(span.context.trace_id == otel.trace_number(span.attributes["trace"]) for span in found)

    def test_steps_are_sent_to_the_collector_at_the_latest_when_the_process_ends(self, otel: Any) -> None:
        with collector() as (address, bodies):
            with open_spans(Settings(trace_endpoint=f"{address}/v1/traces")) as spans:
                for step in STEPS:
                    spans.add(step)
            sent = b"".join(bodies)
        assert otel.trace_number(TRACE).to_bytes(16) in sent
        assert all(word in sent for word in (b"accept", b"relay", b"handle decide", b"queue", TRACE.encode()))

    def test_a_collector_that_is_away_costs_traces_and_little_time(self, otel: Any, caplog: pytest.LogCaptureFixture) -> None:
        begun = time.monotonic()
        with open_spans(Settings(trace_endpoint="http://127.0.0.1:1/v1/traces")) as spans:
            for step in STEPS:
                spans.add(step)
            assert time.monotonic() - begun < 5
        assert time.monotonic() - begun < 30
