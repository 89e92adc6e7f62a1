"""The relay: everything in order, marked only when it is there, by one at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Event as Signal

import pytest

from infra.storage.database import Database
from streams.ports import Leader, Publisher, Record
from streams.records import Records
from streams.relay import READER, Relay
from streams.worker import Limits
from tests.builders import an_entity
from tests.world import World
from triage.domain.assessment import Urgency
from triage.domain.errors import Unavailable

LIMITS = Limits(batch=3, poll_seconds=0, backoff_seconds=0)


class Shelf(Publisher):
    """Keeps what it was given, unless it is told to fail; ``meanwhile`` happens while it sends."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.fails = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def publish(self, records: Sequence[Record]) -> None:
        self.meanwhile()
        if self.fails:
            self.fails -= 1
            raise Unavailable("away")
        self.records += records


class Chosen(Leader):
    def __init__(self) -> None:
        self.chosen = True

    def leads(self) -> bool:
        return self.chosen

    def release(self) -> None:
        self.chosen = False


class Setting:
    def __init__(self, database: Database) -> None:
        self.world = World(database)
        self.shelf = Shelf()
        self.leader = Chosen()
        self.stop = Signal()
        self.relay = Relay(self.world.log, Records(self.world.storage), self.shelf, self.leader, LIMITS, self.stop)

    def send_all(self) -> None:
        while self.relay.run_once():
            pass

    def sent(self) -> list[int]:
        return [json.loads(record.value)["position"] for record in self.shelf.records]


@pytest.fixture
def setting(database: Database) -> Setting:
    return Setting(database)


def test_sends_everything_once_in_order(setting: Setting) -> None:
    setting.world.arrive(urgency=Urgency.P1)
    setting.world.arrive()
    setting.send_all()
    assert setting.sent() == list(range(1, setting.world.log.end() + 1))
    assert setting.relay.backlog() == 0


def test_what_was_not_taken_is_sent_again(setting: Setting) -> None:
    setting.world.arrive()
    setting.shelf.fails = 1
    with pytest.raises(Unavailable):
        setting.relay.run_once()
    assert setting.relay.backlog() == setting.world.log.end()
    setting.send_all()
    assert setting.sent() == list(range(1, setting.world.log.end() + 1))


def test_a_standby_sends_nothing(setting: Setting) -> None:
    setting.world.arrive()
    setting.leader.chosen = False
    assert setting.relay.run_once() == 0
    assert setting.shelf.records == []


def test_steps_back_when_another_took_over_while_it_sent(setting: Setting) -> None:
    setting.world.arrive()
    setting.world.arrive()
    setting.shelf.meanwhile = lambda: setting.world.log.commit(READER, setting.world.log.end())
    setting.relay.run_once()
    assert not setting.leader.chosen
    assert setting.relay.backlog() == 0


def test_gives_the_role_up_at_the_end(setting: Setting) -> None:
    setting.stop.set()
    setting.relay.run()
    assert not setting.leader.chosen


def the_queue_record(setting: Setting) -> dict[str, object]:
    setting.send_all()
    found = [json.loads(record.value) for record in setting.shelf.records if record.topic.startswith("queues.")]
    entered: dict[str, object] = next(value for value in found if value["type"] == "queue.entered")
    return entered


def test_a_desk_gets_a_copy_that_does_not_tell_who_wrote(setting: Setting) -> None:
    text = "This is Dana Quill, call me at 402 555 0142. The girl at the stop was scared."
    said = {"person": "Dana Quill", "phone": "402 555 0142"}
    mine = [an_entity(kind, raw, start=text.index(raw), role="reporter") for kind, raw in said.items()]
    setting.world.arrive(narrative=text, read={"entities": mine})
    details = the_queue_record(setting)["details"]
    assert isinstance(details, dict)
    assert details["text"] == "This is [name], call me at [phone]. The girl at the stop was scared."
    everything = b"".join(record.key + record.value for record in setting.shelf.records)
    assert b"Quill" not in everything
    assert b"0142" not in everything


def test_a_desk_that_may_no_longer_read_the_case_gets_ids_alone(setting: Setting) -> None:
    tip = setting.world.arrive(narrative="Nobody else needs to know this")
    case = setting.world.case(tip)
    other = next(desk for desk in setting.world.policy.desks if desk != case.desk)
    with setting.world.storage.writing() as work:
        work.cases.update(replace(case, desk=other, also=(), version=case.version + 1))
    record = the_queue_record(setting)
    assert record["details"] is None
    assert "Nobody" not in json.dumps(record)
