"""The table of topics holds every event, in a place that its readers can know before."""

from __future__ import annotations

from collections import Counter

from streams.topics import TOPICS, named, of_desk, topic_of
from tests.builders import NOON, example_policy
from triage.domain.events import Event, EventType


def test_every_type_goes_to_exactly_one_topic() -> None:
    assert Counter(type for topic in TOPICS for type in topic.types) == Counter(EventType)


def test_every_event_of_an_installation_goes_to_a_topic_that_is_made() -> None:
    made = named(example_policy().desks)
    for type in EventType:
        for desk in example_policy().desks:
            assert topic_of(Event("e", type, "k", NOON, "t", {"desk": desk})) in made


def test_each_desk_has_a_topic_of_its_own() -> None:
    desks = list(example_policy().desks)
    assert len({of_desk(desk) for desk in desks}) == len(desks)


def test_dead_letters_never_go_away_by_themselves() -> None:
    assert named([])["dead-letters"].configs["retention.ms"] == "-1"
