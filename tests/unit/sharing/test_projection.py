"""A projection never shows more than what was chosen, and never anything that tells who the sender is."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON, a_tip, an_assessment, an_entity
from triage.domain.assessment import READ_LIMIT, Assertion, Band, Entity, Finding, Urgency
from triage.domain.attachment import Attachment
from triage.domain.case import QueueEntry
from triage.domain.decision import Jurisdiction, JurisdictionBasis
from triage.domain.share import SharePart
from triage.domain.tip import Consent, Geo, Place, Tip, Vehicle
from triage.sharing.projection import SharedTip, Source, project

STORY = "Call me at 402-555-0143, I am Dana Reyes. A man in a red truck, plate NE 22-B471, waits for girls."
TIP = a_tip(
    narrative=STORY,
    place=Place(name="Flying J", address="9010 Exit Road", road="I-80", exit="432", county="Sarpy", state="NE"),
    geo=Geo(41.12345, -96.54321),
    vehicles=(Vehicle(plate="22-B471", state="NE"),),
    identifiers=("@night_rider",),
    partner_role="fuel desk clerk",
    partner_reference="REF-9",
    has_contact=True,
    consent=Consent(police=True),
)


def of_text(type: str, raw: str, role: str) -> Entity:
    return an_entity(type, f"value of {raw}", raw, TIP.text.index(raw), role=role)


READING = an_assessment(
    TIP,
    ["sex_trafficking"],
    entities=[
        of_text("phone", "402-555-0143", "reporter"),
        of_text("person", "Dana Reyes", "reporter"),
        of_text("plate", "22-B471", "suspect"),
        of_text("handle", "@night_rider", "suspect"),
        of_text("truck_stop", "Flying J", "unknown"),
        of_text("address", "9010 Exit Road", "reporter"),
    ],
    findings=[Finding("ad_shared_phone_many_people", 0, 4, Assertion.HEARSAY, "rule:x", "1")],
)
ENTRY = QueueEntry(TIP.id, "case_1", "trafficking", Urgency.P1, False, Band.LIKELY, NOON, NOON)
PICTURES = (Attachment("att_1", TIP.id, NOON, "a" * 64, "image/jpeg", 9, 8, 6),)
SOURCE = Source(TIP, READING, ENTRY, Jurisdiction("Sarpy", "NE", JurisdictionBasis.FIELD), PICTURES)

MARKS: dict[SharePart, tuple[str, ...]] = {
    SharePart.TEXT: ("red truck", "402-555", "waits for girls"),
    SharePart.FINDINGS: ("ad_shared_phone", "hearsay"),
    SharePart.ENTITIES: ("value of 22-B471", "value of @night_rider"),
    SharePart.PLACE: ("Flying J", "Sarpy", "I-80", "432", "value of Flying J"),
    SharePart.LEVEL: ("P1", "likely", "sex_trafficking"),
    SharePart.PICTURES: ("att_1",),
}
"""What shows that a part is there."""

NEVER = ("402-555-0143", "Dana Reyes", "9010 Exit Road", "prairie-haul", "fuel desk", "REF-9", "41.12", "96.54", "api", TIP.id)


def shown(*parts: SharePart, source: Source = SOURCE) -> SharedTip:
    return project(source, parts, 1, NOON)


@given(st.sets(st.sampled_from(list(SharePart))))
def test_no_part_is_there_that_was_not_chosen(parts: set[SharePart]) -> None:
    seen = repr(shown(*parts))
    for part, marks in MARKS.items():
        if part not in parts:
            assert not [mark for mark in marks if mark in seen], f"{part} was not chosen"
    assert not [mark for mark in NEVER if mark in seen]


def test_every_part_is_there_that_was_chosen() -> None:
    seen = shown(*SharePart)
    assert seen.text == TIP.text.replace("402-555-0143", "[phone]").replace("Dana Reyes", "[name]").replace("9010 Exit Road", "[address]")
    assert seen.findings == (("ad_shared_phone_many_people", Assertion.HEARSAY),)
    assert [thing.value for thing in seen.entities or ()] == ["value of 22-B471", "value of @night_rider", "value of Flying J"]
    assert seen.place is not None
    assert (seen.place.county, seen.place.words) == ("Sarpy", "Flying J, [address], I-80, 432, Sarpy, NE")
    assert seen.level is not None
    assert (seen.level.urgency, seen.level.band, seen.level.categories) == (Urgency.P1, Band.LIKELY, ("sex_trafficking",))
    assert seen.pictures == ("att_1",)


@given(st.text(max_size=60), st.text(min_size=1, max_size=20), st.text(max_size=60), st.sets(st.sampled_from(list(SharePart))))
def test_no_word_of_the_senders_identity_ever_leaves(before: str, secret: str, after: str, parts: set[SharePart]) -> None:
    secret = f"\u241f{secret}\u241f"
    tip = a_tip(narrative=f"{before}{secret}{after}", place=Place(name=f"at {secret}"))
    spots = [tip.text.index(secret), tip.text.rindex(secret)]
    reading = an_assessment(tip, entities=[an_entity("person", secret, secret, at, role="reporter") for at in spots])
    seen = shown(*parts, source=Source(tip, reading, ENTRY, None, ()))
    for part in (seen.text, seen.place.words if seen.place else "", *(thing.value for thing in seen.entities or ())):
        assert "\u241f" not in (part or "")


def test_a_detail_that_reaches_from_the_story_into_the_place_is_hidden_in_both() -> None:
    tip: Tip = a_tip(narrative="I am Dana", place=Place(name="Reyes Diner"))
    name = an_entity("person", "Dana Reyes", "Dana\nWhere: Reyes", 5, role="reporter")
    source = Source(tip, an_assessment(tip, entities=[name]), ENTRY, None, ())
    assert shown(SharePart.TEXT, source=source).text == "I am [name]"
    assert "Reyes" not in repr(shown(*SharePart, source=source))


def test_text_that_nobody_has_read_is_cut() -> None:
    tip = a_tip(narrative="x" * (READ_LIMIT + 5))
    seen = shown(SharePart.TEXT, source=Source(tip, an_assessment(tip), ENTRY, None, ()))
    assert (len(seen.text or ""), seen.cut) == (READ_LIMIT, True)


def test_pictures_that_came_later_or_are_destroyed_are_left_out() -> None:
    later = Attachment("att_2", TIP.id, NOON + timedelta(minutes=1), "a" * 64, "image/jpeg", 9, 8, 6)
    gone = Attachment("att_3", TIP.id, NOON, "a" * 64, "image/jpeg", 9, 8, 6, destroyed_at=NOON)
    source = Source(TIP, READING, ENTRY, None, (*PICTURES, later, gone))
    assert shown(SharePart.PICTURES, source=source).pictures == ("att_1",)
