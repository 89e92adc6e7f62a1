"""Logs as JSON lines. Only allowed fields get through, so that no text of a tip can reach a log by accident."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

ALLOWED = frozenset(
    {"line", "count", "error", "event", "desk", "urgency", "tip", "address", "case", "service", "code", "seconds", "status", "method",
     "route", "port", "version", "reason", "model"}
)  # fmt: skip
"""The fields that a log line may carry beside time, level, logger and message. Messages are constant texts."""


class JsonLines(logging.Formatter):
    """One JSON object a line. An exception shows its type and place, never its text."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.msg.partition("\n")[0] if isinstance(record.msg, str) else type(record.msg).__name__,
        }
        line.update({name: value for name, value in record.__dict__.items() if name in ALLOWED})
        if record.exc_info and record.exc_info[1] is not None:
            trace = record.exc_info[2]
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            line["error"] = type(record.exc_info[1]).__name__
            line["where"] = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up_logging(level: str) -> None:
    """Send everything to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for chatty in (
        "httpx",
        "uvicorn.error",
        "alembic",
        "kafka",
        "aiokafka",
        "faust",
        "mode",
        "elastic_transport",
    ):  # what they tell below a warning, our own lines say better
        logging.getLogger(chatty).setLevel("WARNING")
