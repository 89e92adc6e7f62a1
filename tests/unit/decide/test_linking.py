"""What ties tips together, and what may join them without a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON, a_tip, an_assessment, an_entity
from triage.domain.case import CaseKind
from triage.domain.decision import LinkKey, LinkKind, LinkMatch
from triage.domain.tip import Vehicle
from triage.linking import choose_case, fold_confusables, link_keys


def keys_of(*entities: Any, **tip: Any) -> set[LinkKey]:
    filled = a_tip(**tip)
    return set(link_keys(filled, an_assessment(filled, entities=entities)))


@pytest.mark.parametrize(
    ("entity", "joins"),
    [
        (an_entity("plate", "12AB34", attributes={"state": "NE"}), True),
        (an_entity("plate", "12AB34"), False),
        (an_entity("plate", "12AB34", attributes={"state": "NE", "basis": "vehicle"}), False),
        (an_entity("vin", "1M8GDM9AXKP042788", valid=True), True),
        (an_entity("vin", "1M8GDM9A1KP042788", valid=False), False),
        (an_entity("container", "CSQU3054383", valid=True), True),
        (an_entity("wallet", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", valid=True), True),
        (an_entity("handle", "snapchat:rico_77", role="suspect"), True),
        (an_entity("handle", "snapchat:rico_77"), False),
        (an_entity("phone", "+14025550143"), False),
        (an_entity("vin", "1M8GDM9AXKP042788", valid=True, role="business"), False),
    ],
)
def test_only_sure_keys_may_join(entity: Any, joins: bool) -> None:
    keys = keys_of(entity)
    assert keys
    assert any(key.joins for key in keys) is joins


def test_a_reporters_identifiers_are_no_keys() -> None:
    assert not keys_of(an_entity("phone", "+14025550143", role="reporter"), an_entity("handle", "x:me", role="reporter"))


def test_a_part_of_a_plate_is_no_key() -> None:
    assert not keys_of(an_entity("plate", "12AB", partial=True, attributes={"state": "NE"}))


def test_a_plate_from_the_form_counts_like_one_in_the_text() -> None:
    assert LinkKey(LinkKind.PLATE, "NE:12AB34", joins=True) in keys_of(vehicles=(Vehicle(plate="12-ab 34", state="ne"),))


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789- ", min_size=1, max_size=12))
def test_folding_is_stable_and_ignores_case_and_dashes(plate: str) -> None:
    folded = fold_confusables(plate)
    assert fold_confusables(folded) == folded
    assert fold_confusables(plate.lower()) == folded
    assert fold_confusables(plate.replace("O", "0").replace("B", "8").replace("-", "")) == folded


def a_match(
    tip: int, kind: LinkKind = LinkKind.VIN, joins: bool = True, desk: str = "trafficking", hours: int = 0, is_open: bool = True,
    case_kind: CaseKind = CaseKind.CASE,
) -> LinkMatch:  # fmt: skip
    return LinkMatch(LinkKey(kind, "x", joins), f"tip_{tip}", f"case_{tip}", desk, is_open, NOON - timedelta(hours=hours), 1.0, case_kind)


def test_of_two_matches_the_older_wins() -> None:
    chosen, suggested = choose_case((a_match(1, hours=1), a_match(2, hours=5)), "trafficking", CaseKind.CASE)
    assert chosen is not None
    assert chosen.tip_id == "tip_2"
    assert [match.tip_id for match in suggested] == ["tip_1"]


@pytest.mark.parametrize(
    "match",
    [
        a_match(1, joins=False),
        a_match(1, desk="cargo"),
        a_match(1, is_open=False),
        a_match(1, case_kind=CaseKind.HOLD),
        a_match(1, case_kind=CaseKind.REFERRAL),
    ],
)
def test_every_other_likeness_is_only_a_suggestion(match: LinkMatch) -> None:
    chosen, suggested = choose_case((match,), "trafficking", CaseKind.CASE)
    assert chosen is None
    assert suggested == (match,)


def test_a_referral_or_hold_joins_nothing() -> None:
    for kind in (CaseKind.REFERRAL, CaseKind.HOLD):
        assert choose_case((a_match(1),), "trafficking", kind)[0] is None
