"""Log lines carry allowed fields and nothing of a tip."""

from __future__ import annotations

import json
import logging
import sys

from infra.log import JsonLines

SECRET = "she hides in room 212"


def line_of(message: str, **extra: object) -> dict[str, object]:
    record = logging.LogRecord("tipstream.test", logging.WARNING, __file__, 1, message, (), None)
    record.__dict__.update(extra)
    loaded: dict[str, object] = json.loads(JsonLines().format(record))
    return loaded


def test_allowed_fields_get_through_and_others_do_not() -> None:
    line = line_of("set aside", tip="tip_1", narrative=SECRET)
    assert line["tip"] == "tip_1"
    assert SECRET not in json.dumps(line)


def test_an_exception_shows_its_kind_and_place_but_not_its_text() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        record = logging.LogRecord("tipstream.test", logging.ERROR, __file__, 1, "a line failed", (), sys.exc_info())
    line = json.loads(JsonLines().format(record))
    assert line["error"] == "ValueError"
    assert line["where"].startswith("test_log.py:")
    assert SECRET not in json.dumps(line)
