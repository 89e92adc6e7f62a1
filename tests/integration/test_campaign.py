"""A campaign: the same words from many are marked and folded, never lowered or dropped, and raise their alerts once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.storage.database import Database
from tests.builders import NOON, a_tip, an_assessment, example_files, example_policy, received, taxonomy
from tests.world import PARTNER, World
from triage.decide import conclude, decide
from triage.domain.assessment import Urgency
from triage.domain.case import QueueEntry
from triage.domain.decision import LinkKey, LinkKind, LinkMatch
from triage.domain.errors import PolicyError
from triage.domain.events import EventType
from triage.domain.tip import Answer
from triage.explain import explain
from triage.linking import ALIKE_AT, alike
from triage.policy_files.policy import load_policy

PRINT = tuple(range(128))
OTHER = tuple(range(64)) + tuple(range(1000, 1064))
"""Half of its values are the same: similar, and not the same words."""

POLICY = example_policy()
FROM = POLICY.campaign_from


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def flood(world: World, count: int, **given: object) -> list[str]:
    return [world.arrive(urgency=Urgency.P1, read={"fingerprint": PRINT}, **given) for _ in range(count)]  # type: ignore[arg-type]


def entries(world: World, tips: list[str]) -> list[QueueEntry]:
    return [world.entry(tip) for tip in tips]


def alerts(world: World) -> int:
    return len(world.log.read("test", [EventType.ALERT_RAISED], 1_000))


def test_from_so_many_on_they_are_marked_and_know_one_another(world: World) -> None:
    found = entries(world, flood(world, FROM + 5))
    assert [entry.alike for entry in found] == [0] * FROM + [FROM + n for n in range(5)]
    assert {entry.campaign for entry in found[FROM:]} == {found[0].tip_id}
    assert {entry.campaign for entry in found[:FROM]} == {""}


def test_none_is_lowered_or_dropped(world: World) -> None:
    found = entries(world, flood(world, FROM + 3))
    assert {(entry.urgency, entry.desk, entry.due_at) for entry in found} == {(Urgency.P1, "trafficking", found[0].due_at)}
    with world.storage.reading() as work:
        assert work.queue.counts()["trafficking"][0] == FROM + 3


def test_alerts_are_raised_by_the_first_alone_and_by_every_threat_to_life(world: World) -> None:
    flood(world, FROM + 10)
    assert alerts(world) == FROM
    flood(world, 2, life_threat=Answer.YES)
    assert alerts(world) == FROM + 2


def test_words_that_are_only_similar_make_no_campaign(world: World) -> None:
    for _ in range(FROM + 3):
        world.arrive(read={"fingerprint": OTHER})
    assert world.entry(world.arrive(read={"fingerprint": PRINT})).campaign == ""


def test_a_decision_about_one_of_a_campaign_replays(world: World) -> None:
    tip = flood(world, FROM + 1)[-1]
    with world.storage.reading() as work:
        explanation = explain(work, taxonomy(), tip)
    assert (explanation.record.alike, explanation.record.campaign) == (FROM, True)
    assert explanation.differences == ()


def test_a_record_from_before_there_was_a_count_replays(world: World) -> None:
    tip = flood(world, FROM + 1)[-1]
    with world.storage.reading() as work:
        record = work.decisions.get_many([tip])[tip]
        stored, reading = work.tips.get(tip), work.assessments.get_many([tip])[tip]
    assert stored is not None
    from triage.explain import replay

    old = replace(record, alike=None, campaign=False)
    assert replay(load_policy(example_files(), taxonomy()), stored, reading, old) == ()
    assert replay(load_policy(example_files(), taxonomy()), stored, reading, replace(record, campaign=False)) == ("campaign differs",)


def test_a_second_delivery_changes_nothing(world: World) -> None:
    tip_id = flood(world, FROM + 1)[-1]
    before = world.log.end()
    with world.storage.writing() as work:
        tip = work.tips.get(tip_id)
        assert tip is not None
        decide(work, POLICY, world.clock, world.ids, received(tip), tip, an_assessment(tip), PARTNER)
    assert world.log.end() == before


@given(st.integers(0, 60), st.sampled_from(list(Urgency)), st.sampled_from([None, *Answer]))
def test_no_number_of_them_changes_where_a_tip_goes_or_how_urgent_it_is(count: int, urgency: Urgency, threat: Answer | None) -> None:
    tip = a_tip(1, life_threat=threat)
    reading = an_assessment(tip, urgency=urgency)
    matches = tuple(a_match(number) for number in range(count))
    alone, among = (conclude(POLICY, tip, reading, PARTNER, found) for found in ((), matches))
    assert (among.routing, among.urgency, among.life_threat, among.due_at) == (
        alone.routing,
        alone.urgency,
        alone.life_threat,
        alone.due_at,
    )
    assert (among.alike, among.campaign) == (count, count >= FROM)


def a_match(number: int, likeness: float = 1.0, kind: LinkKind = LinkKind.TEXT) -> LinkMatch:
    return LinkMatch(LinkKey(kind, ""), f"tip_{number}", f"case_{number}", "trafficking", True, NOON, likeness)


def test_only_nearly_the_same_words_count_and_each_tip_once() -> None:
    matches = (a_match(1), a_match(1), a_match(2, ALIKE_AT), a_match(3, ALIKE_AT - 0.01), a_match(4, kind=LinkKind.PLATE))
    assert [match.tip_id for match in alike(matches)] == ["tip_1", "tip_2"]


@pytest.mark.parametrize("value", ["1", "51", "2.5", "many", "-3"])
def test_a_policy_cannot_ask_for_what_cannot_be_counted(value: str) -> None:
    files = example_files()
    files["policy.yaml"] = files["policy.yaml"].replace("campaign_from: 20", f"campaign_from: {value}")
    with pytest.raises(PolicyError, match=r"policy.yaml:\d+"):
        load_policy(files, taxonomy())
