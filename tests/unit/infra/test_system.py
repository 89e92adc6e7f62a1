"""Time and identifiers from the machine."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta

from infra.system import SystemClock, SystemIds
from tests.builders import NOON, StillClock

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_the_clock_tells_the_time_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


def test_an_id_is_its_prefix_time_and_randomness() -> None:
    clock = StillClock(datetime(2026, 11, 1, 12, 0, 0, 123999, tzinfo=UTC))
    name, _, rest = SystemIds(clock, lambda bits: (1 << bits) - 2).new("tip").partition("_")
    assert name == "tip"
    assert re.fullmatch(f"[{CROCKFORD}]{{26}}", rest)
    value = 0
    for character in rest:
        value = value * 32 + CROCKFORD.index(character)
    assert value & ((1 << 80) - 1) == (1 << 80) - 2
    assert value >> 80 == 1793534400123


def test_ids_grow_within_a_millisecond_and_when_the_clock_is_set_back() -> None:
    clock = StillClock(NOON)
    draws = iter([5, 3, 4, (1 << 80) - 1, 0, 7])
    ids = SystemIds(clock, lambda _bits: next(draws))
    made = [ids.new("tip") for _ in range(5)]
    clock.forward(seconds=-10)
    made.append(ids.new("tip"))
    assert made == sorted(set(made))


def test_ids_grow_with_time() -> None:
    clock = StillClock(NOON)
    ids = SystemIds(clock)
    earlier = ids.new("tip")
    clock.forward(milliseconds=1)
    assert earlier < ids.new("tip")
    assert SystemIds(clock).new("tip") != SystemIds(clock).new("tip")


def test_ids_of_several_threads_are_all_different() -> None:
    ids = SystemIds(StillClock(NOON), lambda _bits: 0)
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend(ids.new("evt") for _ in range(200))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 800
