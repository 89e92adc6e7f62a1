"""A record that cannot be handled, from its topic to the dead letters and, after the cause is mended, to a queue; through the commands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaProducer

from infra.app import Core
from infra.brokers import make_topics
from streams.envelope import encode
from tests.builders import a_tip, received
from tests.contract.on_postgres import dropped, made
from tests.e2e.installation import Installation, installation
from tests.e2e.product import until
from tests.services.servers import Server
from triage.domain.tip import Tip

TOPIC = "tips.received"


@pytest.fixture
def running(kafka_server: Server, postgres_server: Server, tmp_path: Path) -> Iterator[Installation]:
    kafka = {"TIPSTREAM_KAFKA_BOOTSTRAP": kafka_server.info["bootstrap"], "TIPSTREAM_KAFKA_PREFIX": f"p{uuid4().hex[:8]}."}
    database = {"TIPSTREAM_DATABASE_URL": made(tmp_path), "TIPSTREAM_KAFKA_REPLICATION": "1"}
    with installation(tmp_path / "data", **kafka, **database) as started:
        with started.core() as core:
            make_topics(core)
        yield started
    dropped(tmp_path)


@pytest.mark.slow
def test_poison_is_set_aside_with_its_place_and_handled_after_a_fix(running: Installation) -> None:
    """The tip of one event is missing, as after a restore from an older backup; another record is no event at all."""
    tip = a_tip(1)
    running.start_web()
    running.start("relay")
    running.start("worker")
    lost, broken = _sent(running, encode(received(tip), 1), b"\xff no event")
    good = running.report("A girl was crying in a white van at the fuel desk.", "good").json()["id"]
    with running.core() as core:
        until(lambda: _in_queue(core, good), 90, "the line goes on")
        until(lambda: len(_letters(running)) == 2, 60, "two dead letters")
        letters = {letter["event"]: letter for letter in _letters(running)}
        assert set(letters) == {lost, broken}
        assert [letters[lost][name] for name in ("line", "error", "tries")] == ["decide", "NotFound", 3]
        assert [letters[broken][name] for name in ("line", "error", "tries")] == ["decide", "BadEnvelope", 0]

        failed = running.run("replay")
        assert (failed.returncode, "0 done, 2 still open" in failed.stdout) == (1, True)
        _restore(core, tip)
        mended = running.run("replay")
        assert (mended.returncode, "1 done, 1 still open" in mended.stdout) == (1, True)
        assert [letter["event"] for letter in _letters(running)] == [broken]  # it keeps its first place, however often it is tried
        assert _in_queue(core, tip.id)
        assert running.run("replay", "--give-up", broken).returncode == 2  # not without a reason
        given_up = running.run("replay", "--give-up", broken, "--reason", "no event, sent by a test")
        assert (given_up.returncode, given_up.stdout, _letters(running)) == (0, "1 done, 0 still open\n", [])
        with core.storage.reading() as uow:
            decided = uow.audit.of_object(f"tip:{tip.id}", 10)
        assert [row.action for row in decided] == ["tip.decide"]


def _sent(running: Installation, *values: bytes) -> list[str]:
    """Put the values on the topic as any program could; return where each stands."""
    topic = running.settings.kafka_prefix + TOPIC
    producer = KafkaProducer(bootstrap_servers=running.settings.kafka_bootstrap, acks="all", allow_auto_create_topics=False)
    try:
        places = [producer.send(topic, value=value, key=b"poison").get(20) for value in values]
    finally:
        producer.close()
    return [f"{TOPIC}/{place.partition}/{place.offset}" for place in places]


def _letters(running: Installation) -> list[dict[str, Any]]:
    listed = running.run("dead-letters", "--json")
    assert listed.returncode == 0, listed.stderr
    rows: list[dict[str, Any]] = json.loads(listed.stdout)
    return rows


def _restore(core: Core, tip: Tip) -> None:
    with core.storage.writing() as uow:
        uow.tips.add(tip)


def _in_queue(core: Core, tip: str) -> bool:
    with core.storage.reading() as uow:
        return uow.queue.get(tip) is not None
