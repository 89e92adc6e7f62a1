"""Look-alikes and their true twins: one changed fact decides whether life is at risk now.

``data/look_alikes.jsonl`` holds pairs of short texts, written for this suite and not taken from the corpus: ``calm`` must never be P0,
``live`` must be free to be P0 or P1. The rules were written with the half "development" in view. The half "held_out" was written before
them and only counted, so its shares tell what the rules do on texts they were not written for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.assertion import AssertionReader
from models.flags import FlagReader
from models.indicators.detect import IndicatorReader
from models.sentences import passage
from models.urgency import UrgencyReader, level
from triage.domain.assessment import Urgency

_FILE = Path(__file__).parent / "data" / "look_alikes.jsonl"


@dataclass(frozen=True, slots=True)
class Pair:
    id: str
    half: str
    lang: str
    calm: str
    live: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The level of the rules alone, and the most urgent level that a model's vote may have."""

    rules: Urgency
    limit: Urgency


def pairs(half: str) -> list[Pair]:
    rows = [json.loads(line) for line in _FILE.read_text("utf8").splitlines()]
    return [Pair(row["id"], row["half"], row["lang"], row["calm"], row["live"]) for row in rows if row["half"] == half]


@pytest.fixture(scope="module")
def reader(assertions: AssertionReader, indicators: IndicatorReader, urgency: UrgencyReader, flags: FlagReader) -> Reader:
    return Reader(assertions, indicators, urgency, flags)


@dataclass(frozen=True, slots=True)
class Reader:
    assertions: AssertionReader
    indicators: IndicatorReader
    urgency: UrgencyReader
    flags: FlagReader

    def read(self, text: str, language: str) -> Verdict:
        cut = passage(text)
        view = self.assertions.view(cut)
        findings = self.indicators.read(cut, view=view)
        flags = self.flags.rule_flags(cut, findings, view=view)
        votes = self.urgency.rule_votes(cut, findings, (), flags, language, view=view)
        return Verdict(level(votes), self.urgency.limit(cut, flags, view=view)[0])


def verdicts(reader: Reader, half: str, *, live: bool) -> Iterator[Verdict]:
    for pair in pairs(half):
        yield reader.read(pair.live if live else pair.calm, pair.lang)


@pytest.mark.parametrize("pair", pairs("development"), ids=lambda pair: pair.id)
def test_no_rule_is_taken_in_by_a_look_alike(reader: Reader, pair: Pair) -> None:
    assert not reader.read(pair.calm, pair.lang).rules.at_least(Urgency.P1)


@pytest.mark.parametrize("pair", pairs("development"), ids=lambda pair: pair.id)
def test_nothing_holds_back_its_true_twin(reader: Reader, pair: Pair) -> None:
    assert reader.read(pair.live, pair.lang).limit is Urgency.P0


def test_both_halves_are_large_and_in_two_languages() -> None:
    for half in ("development", "held_out"):
        assert len(pairs(half)) >= 58
        assert {pair.lang for pair in pairs(half)} == {"en", "es"}


@pytest.mark.parametrize(("half", "least"), [("development", 0.94), ("held_out", 0.72)])
def test_most_look_alikes_hold_a_models_p0_back(reader: Reader, half: str, least: float) -> None:
    held = [verdict.limit is not Urgency.P0 for verdict in verdicts(reader, half, live=False)]
    assert sum(held) / len(held) >= least


def test_look_alikes_that_no_rule_was_written_for_are_seldom_urgent(reader: Reader) -> None:
    read = [verdict.rules for verdict in verdicts(reader, "held_out", live=False)]
    assert sum(found is Urgency.P0 for found in read) <= 1
    assert sum(found.at_least(Urgency.P1) for found in read) <= 5


@pytest.mark.parametrize(("half", "urgent", "free"), [("development", 0.72, 1.0), ("held_out", 0.60, 0.96)])
def test_true_twins_are_found_by_rules_and_seldom_held_back(reader: Reader, half: str, urgent: float, free: float) -> None:
    read = list(verdicts(reader, half, live=True))
    assert sum(verdict.rules.at_least(Urgency.P1) for verdict in read) / len(read) >= urgent
    assert sum(verdict.limit is Urgency.P0 for verdict in read) / len(read) >= free
