"""Logs as JSON lines. Only allowed fields get through, so that no text of a tip can reach a log by accident."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType

from infra.settings import SettingsError
from streams.tracing import trace_at_hand

log = logging.getLogger(__name__)

ALLOWED = frozenset(
    {"line", "count", "error", "event", "desk", "urgency", "tip", "address", "case", "service", "code", "seconds", "status", "method",
     "route", "port", "version", "reason", "model", "trace", "held"}
)  # fmt: skip
"""The fields that a log line may carry beside time, level, logger and message. Messages are constant texts."""

OURS = ("infra", "ingest", "models", "streams", "triage")
"""The packages whose lines follow the level that is set. All others are heard from a warning on: below it, our own lines say more."""

LEVELS = ("debug", "info", "warning", "error")

FRAMES = 6
"""How many places of a traceback a line tells, the innermost first."""

_FILLED = re.compile(r"[:={'\"<\n]")
"""Behind these, a message that a library has put together may hold something of what it was given."""


class JsonLines(logging.Formatter):
    """One JSON object a line. An exception shows its type and places, never its text; so does what libraries say."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": _message(record),
        }
        if trace := trace_at_hand():
            line["trace"] = trace
        line.update({name: value for name, value in record.__dict__.items() if name in ALLOWED})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["where"] = _places(record.exc_info[2])
        elif not _is_ours(record):
            line["where"] = f"{record.filename}:{record.lineno}"
        return json.dumps(line, ensure_ascii=False, default=str)


class FloodGate(logging.Filter):
    """Holds back what libraries repeat: a client without its server says the same many times a second.

    ``burst`` lines of one place in the code pass in each ``seconds``; the first that passes after some were held back tells how many
    (``held``). Our own lines always pass.
    """

    def __init__(self, burst: int = 5, seconds: float = 60.0, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._burst = burst
        self._seconds = seconds
        self._now = now
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line passes."""
        if _is_ours(record):
            return True
        place, now = (record.name, record.pathname, record.lineno), self._now()
        with self._lock:
            begun, said = self._seen.get(place, (now, 0))
            if now - begun >= self._seconds:
                if said > self._burst:
                    record.held = said - self._burst
                begun, said = now, 0
            self._seen[place] = (begun, said + 1)
        return said < self._burst


def set_up_logging(level: str) -> None:
    """Send everything to standard error as JSON lines. Raises ``SettingsError`` for a level that is none."""
    if level.lower() not in LEVELS:
        raise SettingsError(f"TIPSTREAM_LOG_LEVEL must be one of {', '.join(LEVELS)}")
    number = logging.getLevelNamesMapping()[level.upper()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(FloodGate())
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(number)


def log_what_nobody_catches() -> None:
    """Make a log line of an exception that ends the process or a thread. Python would print its text, which may hold a tip's."""

    def told(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        log.critical("an error that nobody caught", exc_info=(kind, error or kind(), trace))

    sys.excepthook = told
    threading.excepthook = lambda args: told(args.exc_type, args.exc_value, args.exc_traceback)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OURS


def _message(record: logging.LogRecord) -> str:
    """The text as it stands in the code, without what would be filled in; of a library's the beginning, which nothing was filled into."""
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    return record.msg if _is_ours(record) or record.args else _FILLED.split(record.msg, maxsplit=1)[0].strip()


def _places(trace: TracebackType | None) -> str:
    """``file:line`` of the last calls of a traceback, the innermost first."""
    found = []
    while trace is not None:
        found.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " < ".join(found[: -FRAMES - 1 : -1])
