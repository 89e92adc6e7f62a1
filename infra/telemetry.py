"""Where traces go: to a collector that speaks OTLP where ``TIPSTREAM_TRACE_ENDPOINT`` is set, else nowhere.

The libraries for it are an extra, and are loaded only where they are used.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from infra.settings import Settings, SettingsError
from streams.tracing import NO_SPANS, Spans

_NEEDED = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


@contextmanager
def open_spans(settings: Settings) -> Iterator[Spans]:
    """Takes steps until the block ends, then sends what is left. Raises ``SettingsError`` for a wrong address or a missing extra."""
    if not settings.trace_endpoint:
        yield NO_SPANS
        return
    check_extra(settings)
    with import_module("infra.otel").otlp_spans(settings.trace_endpoint) as spans:
        yield spans


def check_extra(settings: Settings) -> None:
    """Raises ``SettingsError`` if traces are to be sent and cannot be: the address is none, or the extra is missing."""
    if not settings.trace_endpoint.startswith(("https://", "http://")):
        raise SettingsError("TIPSTREAM_TRACE_ENDPOINT must be an http or https address, such as http://collector:4318/v1/traces")
    if not all(map(_installed, _NEEDED)):
        raise SettingsError(
            "TIPSTREAM_TRACE_ENDPOINT is set, and the extra `telemetry` is missing. Install tipstream[telemetry], or unset it"
        )


def _installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # a package above it is missing
        return False
