"""Limits that count in memory."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ingest.throttle import Throttle
from tests.builders import StillClock
from triage.domain.errors import TooMany


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def throttle(clock: StillClock) -> Throttle:
    return Throttle(2, timedelta(seconds=60), clock)


def test_takes_as_many_as_it_says_and_tells_how_long_to_wait(throttle: Throttle, clock: StillClock) -> None:
    throttle.spend("a")
    clock.forward(seconds=20.5)
    throttle.spend("a")
    with pytest.raises(TooMany) as refusal:
        throttle.spend("a")
    assert refusal.value.retry_after == 40


def test_keeps_keys_apart(throttle: Throttle) -> None:
    throttle.spend("a", 2)
    throttle.spend("b", 2)
    with pytest.raises(TooMany):
        throttle.spend("a")


def test_forgets_with_the_window(throttle: Throttle, clock: StillClock) -> None:
    throttle.spend("a", 2)
    clock.forward(seconds=60)
    throttle.spend("a", 2)


def test_a_refund_gives_one_try_back_and_never_more(throttle: Throttle) -> None:
    throttle.refund("a")
    throttle.spend("a", 2)
    throttle.refund("a")
    throttle.spend("a")
    with pytest.raises(TooMany):
        throttle.spend("a")


def test_a_refused_try_costs_nothing(throttle: Throttle) -> None:
    throttle.spend("a")
    with pytest.raises(TooMany):
        throttle.spend("a", 2)
    throttle.spend("a")
