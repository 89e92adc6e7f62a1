"""The levels that the clocks tell: what waits, for how long, and what was set aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from infra.app import Core, open_core
from infra.clocks_app import open_letters_in_log, watch_levels
from infra.prepare import prepare
from infra.settings import Settings
from streams.ports import DeadLetter, Logged
from tests.builders import NOON, StillClock, a_tip, received
from tests.contract.samples import a_case, an_audit_row, an_entry
from triage.domain.case import EntryState
from triage.domain.events import Event, EventType

CHANGED = Event("evt_9", EventType.CASE_CHANGED, "case_1", NOON, "tip_1", {"case": "case_1"})


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    settings = Settings(data=tmp_path / "data")
    prepare(settings)
    with open_core(settings) as opened:
        opened.chain.seal(100)  # what preparing wrote down about the partners
        yield replace(opened, clock=StillClock(NOON + timedelta(minutes=10)))


def levels(core: Core) -> dict[str, float]:
    """The levels by metric, with the desk where there is one."""
    families = text_string_to_metric_families(core.meter.text().decode())
    return {
        each.name.removeprefix("tipstream_") + each.labels.get("desk", ""): each.value for family in families for each in family.samples
    }


def watched(core: Core) -> dict[str, float]:
    watch_levels(core, lambda: open_letters_in_log(core))
    return levels(core)


def test_an_idle_product_tells_zero_for_every_desk(core: Core) -> None:
    found = watched(core)
    assert {name for name in found if name.startswith("queue_open")} == {f"queue_open{desk}" for desk in core.policy.desks}
    assert set(found.values()) == {0.0}
    assert {"dead_letters_open", "oldest_unclaimed_threat_seconds", "audit_unsealed", "index_behind_seconds"} < set(found)


def test_what_waits_is_told(core: Core) -> None:
    tips = [a_tip(number) for number in (1, 2, 3)]
    with core.storage.writing() as uow:
        for tip in tips:
            uow.tips.add(tip)
        uow.cases.add(a_case(tips=tuple(tip.id for tip in tips)))
        uow.queue.put(an_entry(tips[0].id, entered_at=NOON, life_threat=True))
        uow.queue.put(
            an_entry(tips[1].id, entered_at=NOON - timedelta(hours=1), life_threat=True, state=EntryState.CLAIMED, claimed_by="usr_1")
        )
        uow.queue.put(an_entry(tips[2].id, entered_at=NOON - timedelta(hours=2)))
        uow.audit.append([an_audit_row("aud_1")])
        uow.events.append([CHANGED])
    core.letters.add(DeadLetter("dead_1", "decide", Logged(1, received(tips[0])), "KeyError", 3, NOON))
    found = watched(core)
    assert found["queue_opentrafficking"] == 3
    assert found["oldest_unclaimed_threat_seconds"] == 600  # neither the claimed one nor the one that is no threat
    assert found["audit_unsealed"] == 1
    assert found["dead_letters_open"] == 1
    assert found["index_behind_seconds"] > 0


def test_levels_follow_what_happens(core: Core) -> None:
    with core.storage.writing() as uow:
        uow.audit.append([an_audit_row("aud_1")])
        uow.events.append([CHANGED])
    assert watched(core)["audit_unsealed"] == 1
    core.chain.seal(10)
    core.events.commit("index", core.events.end())
    found = levels(core)
    assert (found["audit_unsealed"], found["index_behind_seconds"]) == (0, 0)


def test_on_kafka_the_age_of_the_index_is_told_by_the_lag_alone(core: Core) -> None:
    on_kafka = replace(core, settings=replace(core.settings, kafka_bootstrap="127.0.0.1:1"))
    assert "index_behind_seconds" not in watched(on_kafka)


def test_a_clock_that_was_set_back_tells_no_negative_time(core: Core) -> None:
    with core.storage.writing() as uow:
        uow.tips.add(a_tip())
        uow.cases.add(a_case(tips=(a_tip().id,)))
        uow.queue.put(an_entry(a_tip().id, entered_at=NOON + timedelta(days=1), life_threat=True))
    assert watched(core)["oldest_unclaimed_threat_seconds"] == 0
