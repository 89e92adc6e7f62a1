"""What protects the people who read: veils, counts that are one's own, and a word when a break is due."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON, a_tip, an_assessment, taxonomy
from tests.unit.triage.test_correspondence import add_picture
from tests.world import World, a_viewer
from triage.domain.access import Viewer
from triage.domain.assessment import Assertion, Finding
from triage.domain.desk_view import Preferences
from triage.domain.errors import InvalidInput
from triage.pictures import Pictures
from triage.wellness import (
    BREAKS,
    BY_CATEGORY,
    BY_FLAG,
    BY_INDICATOR,
    KINDS,
    MAY_BE_PUT_AWAY,
    Wellness,
    kinds_of,
    kinds_of_labels,
    veil_of,
    veil_over,
)

ANA, BO = a_viewer("trafficking"), a_viewer("trafficking", user="usr_bo")


@pytest.fixture
def wellness(world: World) -> Wellness:
    return Wellness(world.storage, world.clock, world.ids)


def finding(indicator: str, assertion: Assertion) -> Finding:
    return Finding(indicator, 0, 5, assertion, "rule:x", "1")


def test_the_table_names_what_there_is() -> None:
    known = taxonomy()
    assert set(BY_INDICATOR) <= set(known.indicators)
    assert set(BY_CATEGORY) <= set(known.categories)
    assert {*BY_INDICATOR.values(), *BY_CATEGORY.values(), *BY_FLAG.values()} == set(KINDS)
    assert set(MAY_BE_PUT_AWAY) <= set(KINDS)


@pytest.mark.parametrize("assertion", list(Assertion))
def test_what_is_denied_or_made_up_is_not_hard(assertion: Assertion) -> None:
    hard = assertion not in (Assertion.NEGATED, Assertion.FICTION, Assertion.HYPOTHETICAL)
    reading = an_assessment(a_tip(), ["cargo_theft"], findings=[finding("viol_sexual_assault", assertion)])
    assert kinds_of(reading) == (("sexual_violence",) if hard else ())


def test_kinds_come_from_labels_findings_and_flags_in_one_order() -> None:
    reading = an_assessment(
        a_tip(), ["mental_health_crisis"], flags=["csam_possible"], findings=[finding("viol_assault_shooting", Assertion.PRESENT)]
    )
    assert kinds_of(reading) == ("child_sexual", "self_harm", "violence")
    assert kinds_of(None) == ()
    assert kinds_of_labels(["cargo_theft", "child_sexual_exploitation"]) == ("child_sexual",)


@given(st.sets(st.sampled_from(list(KINDS))), st.booleans(), st.lists(st.sampled_from(list(KINDS)), unique=True), st.booleans())
def test_a_life_threat_is_veiled_at_most_and_nothing_unasked(veiled: set[str], away: bool, kinds: list[str], threat: bool) -> None:
    own = Preferences("usr_ana", NOON, veiled=tuple(veiled), put_away=("child_sexual",) if away else ())
    veil = veil_over(own, kinds, threat)
    chosen = veiled | ({"child_sexual"} if away else set())
    assert (veil is not None) == bool(chosen & set(kinds))
    if veil is not None:
        assert set(veil.kinds) == chosen & set(kinds)
        assert veil.put_away == (away and "child_sexual" in kinds and not threat)
        assert all(KINDS[kind] in veil.words for kind in veil.kinds)
    assert veil_over(None, kinds, threat) is None
    assert veil_over(Preferences("usr_bo", NOON), kinds, threat) is None


def test_preferences_are_ones_own(world: World, wellness: Wellness) -> None:
    wellness.set(ANA, ["violence", "self_harm"], ["child_sexual"], 10)
    kept = wellness.of(ANA)
    assert (kept.veiled, kept.put_away, kept.break_after) == (("self_harm", "violence"), ("child_sexual",), 10)
    assert wellness.of(BO).veiled == ()
    reading = an_assessment(a_tip(), ["mental_health_crisis"])
    assert veil_of(kept, reading) is not None
    assert veil_of(wellness.of(BO), reading) is None
    assert [row.action for row in world.audit("person:usr_ana")] == ["wellbeing.set"]
    assert dict(world.audit("person:usr_ana")[0].detail) == {}  # what somebody cannot bear to read is nobody's business


@pytest.mark.parametrize(
    ("veiled", "away", "after"), [(["gore"], [], 10), ([], ["violence"], 10), ([], [], 11), ([], [], -1), ([], ["child_sexual", "x"], 10)]
)
def test_what_cannot_be_chosen_is_refused(wellness: Wellness, veiled: list[str], away: list[str], after: int) -> None:
    with pytest.raises(InvalidInput):
        wellness.set(ANA, veiled, away, after)


def test_counts_are_of_different_tips_and_ones_own(world: World, wellness: Wellness) -> None:
    for tip in ("tip_1", "tip_1", "tip_2"):
        wellness.saw(ANA, tip, ["violence"])
    wellness.saw(ANA, "tip_3", [])
    wellness.saw(BO, "tip_4", ["violence"])
    found = wellness.exposure(ANA)
    assert (found.tips_today, found.tips_week, found.since_break) == (2, 2, 2)
    assert wellness.exposure(BO).tips_today == 1
    world.clock.forward(hours=13)  # after midnight, and after a shift
    found = wellness.exposure(ANA)
    assert (found.tips_today, found.tips_week, found.since_break) == (0, 2, 0)
    world.clock.forward(days=7)
    assert wellness.exposure(ANA).tips_week == 0


def test_a_picture_counts_once_it_was_looked_at(world: World, wellness: Wellness) -> None:
    tip = world.arrive()
    picture = add_picture(world, tip)
    pictures = Pictures(world.storage, world.vault, world.clock, world.ids)
    pictures.of_tip(ANA, tip)
    assert wellness.exposure(ANA).pictures_today == 0
    pictures.show(ANA, tip, picture.id)
    pictures.show(ANA, tip, picture.id)
    assert (wellness.exposure(ANA).pictures_today, wellness.exposure(ANA).tips_today) == (1, 0)
    assert wellness.exposure(BO).pictures_week == 0


def test_a_break_is_due_after_so_many_and_asked_for_calmly(world: World, wellness: Wellness) -> None:
    def due(viewer: Viewer = ANA) -> int:
        return wellness.due(viewer)

    wellness.set(ANA, [], [], BREAKS[1])
    for number in range(BREAKS[1] - 1):
        wellness.saw(ANA, f"tip_{number}", ["violence"])
    wellness.saw(ANA, "tip_0", ["violence"])
    assert due() == 0
    wellness.saw(ANA, "tip_last", ["self_harm"])
    assert due() == BREAKS[1]
    assert due(BO) == 0
    wellness.later(ANA)
    assert due() == 0
    world.clock.forward(minutes=30)
    assert due() == BREAKS[1]
    wellness.take_break(ANA)
    assert due() == 0
    world.clock.forward(minutes=1)
    for number in range(BREAKS[1]):
        wellness.saw(ANA, f"tip_{number}", ["violence"])
    assert due() == BREAKS[1]
    wellness.set(ANA, [], [], 0)
    assert due() == 0
    wellness.set(ANA, [], [], BREAKS[1])
    assert due() == BREAKS[1]
    world.clock.forward(hours=12)
    assert due() == 0  # there was a night between
