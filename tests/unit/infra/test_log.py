"""Log lines carry allowed fields and nothing of a tip."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.log import ALLOWED, FloodGate, JsonLines, set_up_logging
from infra.settings import SettingsError
from streams.tracing import about

SECRET = "she hides in room 212"


def record_of(
    message: object, name: str = "streams.worker", args: tuple[object, ...] = (), line: int = 1, **extra: object
) -> logging.LogRecord:
    record = logging.LogRecord(name, logging.WARNING, __file__, line, message, args, None)
    record.__dict__.update(extra)
    return record


def line_of(record: logging.LogRecord) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(JsonLines().format(record))
    return loaded


def raised() -> BaseException:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        return error


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """Levels and handlers of this process are put back."""
    root, names = logging.getLogger(), ("infra", "ingest", "models", "streams", "triage")
    handlers, level, levels = list(root.handlers), root.level, [logging.getLogger(name).level for name in names]
    yield
    root.handlers[:], root.level = handlers, level
    for name, each in zip(names, levels, strict=True):
        logging.getLogger(name).setLevel(each)


def test_allowed_fields_get_through_and_others_do_not() -> None:
    line = line_of(record_of("set aside", tip="tip_1", narrative=SECRET))
    assert line["tip"] == "tip_1"
    assert SECRET not in json.dumps(line)


@given(st.dictionaries(st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1), st.just(SECRET)))
def test_no_other_field_gets_through_whatever_its_name(fields: dict[str, str]) -> None:
    unknown = {name: value for name, value in fields.items() if name not in ALLOWED}
    record = record_of("set aside")
    record.__dict__.update({name: value for name, value in unknown.items() if name not in record.__dict__})
    assert SECRET not in JsonLines().format(record)


def test_an_exception_shows_its_kind_and_place_but_not_its_text() -> None:
    error = raised()
    line = line_of(record_of("a line failed", exc_info=(type(error), error, error.__traceback__)))
    assert line["error"] == "ValueError"
    assert str(line["where"]).startswith("test_log.py:")
    assert SECRET not in json.dumps(line)


def test_an_exception_shows_the_last_calls_the_innermost_first() -> None:
    def fail(depth: int) -> None:
        if depth == 0:
            raise KeyError(SECRET)
        fail(depth - 1)

    with pytest.raises(KeyError) as caught:
        fail(9)
    places = str(line_of(record_of("failed", exc_info=(KeyError, caught.value, caught.tb)))["where"]).split(" < ")
    assert len(places) == 6
    assert places[0] != places[1] == places[2]


@pytest.mark.parametrize(
    ("message", "args", "shown"),
    [
        (f"Error in recovery: {SECRET}", (), "Error in recovery"),
        (f"bad value '{SECRET}'", (), "bad value"),
        (f"bad value={SECRET}", (), "bad value"),
        (f"Task exception was never retrieved\nfuture: {SECRET}", (), "Task exception was never retrieved"),
        ("cannot connect to %s", (SECRET,), "cannot connect to %s"),
        (ValueError(SECRET), (), "ValueError"),
    ],
)
def test_of_what_a_library_says_only_what_is_constant_is_shown(message: object, args: tuple[object, ...], shown: str) -> None:
    line = line_of(record_of(message, "aiokafka.conn", args, line=7))
    assert (line["message"], line["where"]) == (shown, "test_log.py:7")
    assert SECRET not in json.dumps(line)


def test_our_own_messages_are_whole_and_arguments_are_never_filled_in() -> None:
    assert line_of(record_of("no model: tips are read by rules alone"))["message"] == "no model: tips are read by rules alone"
    assert SECRET not in JsonLines().format(record_of("a tip said %s", args=(SECRET,)))


def test_a_line_carries_the_trace_at_hand() -> None:
    with about("trc_1"):
        assert line_of(record_of("alert"))["trace"] == "trc_1"
    assert "trace" not in line_of(record_of("alert"))


def test_libraries_are_heard_from_a_warning_on_and_we_from_the_level_that_is_set(
    logging_as_it_was: None, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logging("debug")
    for name in ("httpcore.http11", "aiokafka", "a.library.of.tomorrow", "streams.worker", "infra.web"):
        logging.getLogger(name).debug("quietly")
    logging.getLogger("aiokafka").warning("loudly")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["from"], line["message"]) for line in lines] == [
        ("streams.worker", "quietly"), ("infra.web", "quietly"), ("aiokafka", "loudly"),
    ]  # fmt: skip


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="TIPSTREAM_LOG_LEVEL must be one of debug, info, warning, error"):
        set_up_logging("loud")


class Gate:
    """A flood gate under a clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._gate = FloodGate(burst=2, seconds=60, now=lambda: self.seconds)

    def passes(self, name: str = "aiokafka", line: int = 1, message: str = "no broker") -> tuple[bool, int]:
        record = record_of(message, name, line=line)
        return self._gate.filter(record), getattr(record, "held", 0)


def test_a_flood_is_held_back_and_counted() -> None:
    gate = Gate()
    assert [gate.passes(message=f"no broker {number}") for number in range(5)] == [(True, 0), (True, 0), (False, 0), (False, 0), (False, 0)]
    gate.seconds = 59.9
    assert gate.passes() == (False, 0)
    gate.seconds = 60
    assert gate.passes() == (True, 4)
    assert gate.passes() == (True, 0)
    assert gate.passes() == (False, 0)
    gate.seconds = 500
    assert gate.passes() == (True, 1)


def test_other_places_and_our_own_lines_are_not_held_back() -> None:
    gate = Gate()
    assert not [gate.passes() for _ in range(3)][-1][0]
    assert gate.passes(line=2) == (True, 0)
    assert gate.passes("kafka") == (True, 0)
    assert all(gate.passes("infra.notify") == (True, 0) for _ in range(10))


@pytest.mark.parametrize("way", ["raise ValueError(secret)", "threading.Thread(target=int, args=(secret,)).start()"])
def test_an_error_that_nobody_catches_is_a_log_line_without_its_text(way: str) -> None:
    code = f"""
import threading
from infra.log import log_what_nobody_catches, set_up_logging
set_up_logging("info")
log_what_nobody_catches()
secret = {SECRET!r}
{way}
"""
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    line = json.loads(ended.stderr)
    assert (line["level"], line["error"], line["message"]) == ("critical", "ValueError", "an error that nobody caught")
    assert SECRET not in ended.stderr
