"""Traces by OpenTelemetry. Loaded only where ``infra.telemetry`` finds the extra."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags, set_span_in_context

from streams.tracing import ACCEPT, Spans, Step

_SECONDS = 5
"""How long one attempt to send may take, and the last one at the end."""


def trace_number(trace: str) -> int:
    """The 128-bit number of a trace: by it the steps of all processes come together, though none hands a context to another."""
    return int.from_bytes(hashlib.sha256(trace.encode()).digest()[:16])


def root_number(trace: str) -> int:
    """The 64-bit number of the first step of a trace, under which the others stand."""
    return int.from_bytes(hashlib.sha256(trace.encode()).digest()[16:24])


class OtelSpans(Spans):
    """Hands steps to a span processor. ``accept`` is the root of its trace; every other step is a child of it."""

    def __init__(self, processor: SpanProcessor) -> None:
        self._ids = _Ids()
        self._provider = TracerProvider(ALWAYS_ON, Resource({"service.name": "tipstream"}), shutdown_on_exit=False, id_generator=self._ids)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("tipstream")

    def add(self, step: Step) -> None:
        """Make the span of a step that is over."""
        number, root = trace_number(step.trace), root_number(step.trace)
        if step.name == ACCEPT:
            self._ids.next_root(number, root)
            parent = Context()
        else:
            parent = set_span_in_context(NonRecordingSpan(SpanContext(number, root, True, TraceFlags(TraceFlags.SAMPLED))), Context())
        told = {"event": step.event, "line": step.line, "topic": step.topic, "trace": step.trace}
        name = f"{step.name} {step.line}".rstrip()
        span = self._tracer.start_span(name, parent, attributes={key: value for key, value in told.items() if value}, start_time=step.begun)
        if step.failed:
            span.set_status(Status(StatusCode.ERROR))
        span.end(step.ended)

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


class _Ids(RandomIdGenerator):
    """Random numbers, but for the root of a trace those that follow from the trace."""

    def __init__(self) -> None:
        self._next = threading.local()

    def next_root(self, trace: int, span: int) -> None:
        """The next numbers that this thread asks for."""
        self._next.trace, self._next.span = trace, span

    def generate_trace_id(self) -> int:
        return self._next.__dict__.pop("trace", None) or super().generate_trace_id()

    def generate_span_id(self) -> int:
        return self._next.__dict__.pop("span", None) or super().generate_span_id()


@contextmanager
def otlp_spans(endpoint: str) -> Iterator[OtelSpans]:
    """Spans that go to ``endpoint`` by OTLP over HTTP, in batches, from a thread of their own."""
    spans = OtelSpans(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, timeout=_SECONDS)))
    try:
        yield spans
    finally:
        spans.close()
