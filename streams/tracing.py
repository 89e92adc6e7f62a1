"""The way of one tip through the processes: steps for whoever collects traces, and the trace at hand for log lines.

A step holds its name, the trace, times and attributes of a closed set; nothing of a tip is among them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

ACCEPT = "accept"
RELAY = "relay"
HANDLE = "handle"
QUEUE = "queue"
"""The steps, in order: a tip is stored, its event is sent to a topic, a line handles the event, the tip is in a queue."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trace. ``begun`` and ``ended`` are in nanoseconds of Unix time; ``event`` is an id; ``line`` and ``topic`` are ours."""

    name: str
    trace: str
    begun: int
    ended: int
    event: str = ""
    line: str = ""
    topic: str = ""
    failed: bool = False


class Spans(ABC):
    """Takes the steps of all traces. Never raises and never waits: a collector that is away costs traces, not tips."""

    @abstractmethod
    def add(self, step: Step) -> None:
        """Take one step."""


class NoSpans(Spans):
    """For an installation that collects no traces."""

    def add(self, step: Step) -> None:
        """Forget it."""


NO_SPANS = NoSpans()


_AT_HAND: ContextVar[str] = ContextVar("trace", default="")


def trace_at_hand() -> str:
    """The trace of the event that this thread or task works on; empty if it is none, or several at once."""
    return _AT_HAND.get()


@contextmanager
def about(trace: str) -> Iterator[None]:
    """Log lines within the block carry this trace."""
    token = _AT_HAND.set(trace)
    try:
        yield
    finally:
        _AT_HAND.reset(token)
