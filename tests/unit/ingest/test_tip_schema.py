"""From bytes to a submission: everything, or a list of all that must be mended."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.schema import from_value, json_schema, parse
from ingest.submission import Submission
from tests.builders import NOON
from triage.domain.errors import FieldError, InvalidInput
from triage.domain.tip import Answer, Channel, Consent, Contact, Geo, Person, PersonRole, Place, SourceBasis, Vehicle, WhenBucket

EVERYTHING: dict[str, Any] = {
    "narrative": "A girl cried in a white van.\nDoor said “Ruiz & Söhne” 🚐",
    "lang": "en",
    "life_threat": "not_sure",
    "place": {
        "name": "Big Springs",
        "road": "I-80 west",
        "exit": "107",
        "address": "1 Plaza",
        "town": "Ogallala",
        "county": "Keith",
        "state": "NE",
    },
    "geo": {"lat": 41.1, "lon": -101.7, "accuracy_m": 30},
    "when_bucket": "last_24_hours",
    "when_text": "Tuesday about 2",
    "persons": [{"role": "may_need_help", "description": "red coat"}, {"description": "tall"}],
    "minor_possible": "yes",
    "vehicles": [{"plate": "abc 123", "state": "NE", "description": "white van", "company": "Ruiz"}],
    "identifiers": ["@handle", "308-555-0101"],
    "source_basis": "saw",
    "partner": {"role": "dispatcher", "reference": "R-7"},
    "contact": {
        "name": "Ann",
        "phone": "308-555-0102",
        "email": "ann@example.com",
        "safe_times": "noon",
        "leave_message": True,
        "language": "es",
    },
    "consent": {"police": True},
    "channel": "sms",
}


def codes(body: bytes) -> dict[str, str]:
    """Path and code of every error."""
    with pytest.raises(InvalidInput) as refusal:
        parse(body)
    return {e.path: e.code for e in refusal.value.errors}


def outcome(body: bytes, walked: bool = False) -> Submission | tuple[FieldError, ...]:
    """The submission, or the errors; by the walk alone if ``walked``."""
    try:
        return from_value(msgspec.json.decode(body)) if walked else parse(body)
    except InvalidInput as refusal:
        return refusal.errors


def body(**fields: Any) -> bytes:
    return json.dumps({"narrative": "A van.", **fields}).encode()


def test_keeps_every_field_exactly() -> None:
    submission = parse(json.dumps(EVERYTHING).encode())
    tip = submission.to_tip("tip_1", NOON, "prairie-haul")
    assert (tip.id, tip.received_at, tip.partner, tip.channel) == ("tip_1", NOON, "prairie-haul", Channel.SMS)
    assert tip.narrative == EVERYTHING["narrative"]
    assert tip.life_threat is Answer.NOT_SURE
    assert tip.place == Place("Big Springs", "I-80 west", "107", "1 Plaza", "Ogallala", "Keith", "NE")
    assert tip.geo == Geo(41.1, -101.7, 30.0)
    assert (tip.when_bucket, tip.when_text) == (WhenBucket.LAST_24_HOURS, "Tuesday about 2")
    assert tip.persons == (Person(PersonRole.MAY_NEED_HELP, "red coat"), Person(PersonRole.OTHER, "tall"))
    assert tip.minor_possible is Answer.YES
    assert tip.vehicles == (Vehicle("abc 123", "NE", "white van", "Ruiz"),)
    assert tip.identifiers == ("@handle", "308-555-0101")
    assert tip.source_basis is SourceBasis.SAW
    assert (tip.partner_role, tip.partner_reference, tip.language) == ("dispatcher", "R-7", "en")
    assert tip.has_contact
    assert tip.consent == Consent(police=True, support=False)
    assert submission.to_contact() == Contact("Ann", "308-555-0102", "ann@example.com", "noon", leave_message=True, language="es")


def test_needs_only_a_narrative_and_defaults_to_the_most_private() -> None:
    tip = parse(b'{"narrative":"A van."}').to_tip("tip_1", NOON, "p")
    assert (tip.channel, tip.life_threat, tip.consent, tip.has_contact) == (Channel.API, None, Consent(), False)


def test_null_means_left_out() -> None:
    nothing = dict.fromkeys(name for name in Submission.__struct_fields__ if name != "narrative")
    assert parse(body(**nothing)) == parse(body())


@pytest.mark.parametrize(("sent", "stored"), [(True, Answer.YES), (False, Answer.NO), ("yes", Answer.YES), ("not_sure", Answer.NOT_SURE)])
def test_takes_danger_as_true_false_or_a_word(sent: object, stored: Answer) -> None:
    assert parse(body(life_threat=sent)).to_tip("tip_1", NOON, "p").life_threat is stored


def test_blank_contact_details_are_none() -> None:
    assert parse(body(contact={"name": "", "leave_message": True})).to_contact() is None
    assert parse(body(contact={"name": "Ann"})).to_contact() == Contact(name="Ann")


@pytest.mark.parametrize(
    ("sent", "path", "code"),
    [
        ({"narrative": 7}, "narrative", "wrong_type"),
        ({"narrative": ""}, "narrative", "empty"),
        ({"narrative": " \n… "}, "narrative", "no_words"),
        ({"narrative": "a" * 20_001}, "narrative", "too_long"),
        ({"narrative": "a\x00b"}, "narrative", "control_character"),
        ({"narrative": "a\x7fb"}, "narrative", "control_character"),
        ({"life_threat": "maybe"}, "life_threat", "not_a_choice"),
        ({"life_threat": 1}, "life_threat", "not_a_choice"),
        ({"place": "Ogallala"}, "place", "wrong_type"),
        ({"place": {"town": "a" * 301}}, "place.town", "too_long"),
        ({"geo": {"lat": 91, "lon": 0}}, "geo.lat", "out_of_range"),
        ({"geo": {"lat": "41", "lon": 0}}, "geo.lat", "wrong_type"),
        ({"geo": {"lat": 1}}, "geo.lon", "required"),
        ({"when_bucket": "yesterday"}, "when_bucket", "not_a_choice"),
        ({"persons": [{}] * 21}, "persons", "too_many"),
        ({"persons": {}}, "persons", "wrong_type"),
        ({"vehicles": [{}, {"plate": 5}]}, "vehicles[1].plate", "wrong_type"),
        ({"vehicles": [{}] * 21}, "vehicles", "too_many"),
        ({"identifiers": ["a"] * 51}, "identifiers", "too_many"),
        ({"identifiers": ["a", "b" * 501]}, "identifiers[1]", "too_long"),
        ({"consent": {"police": "yes"}}, "consent.police", "wrong_type"),
        ({"contact": {"email": "ann"}}, "contact.email", "not_an_email"),
        ({"channel": "fax"}, "channel", "not_a_choice"),
        ({"race": "x"}, "race", "unknown_field"),
        ({"308 555 0101": "x"}, "?", "unknown_field"),
    ],
)
def test_names_what_is_wrong_and_where(sent: dict[str, Any], path: str, code: str) -> None:
    assert codes(body(**sent)) == {path: code}


def test_lists_all_errors_at_once_and_suggests_the_field_that_was_meant() -> None:
    sent = b'{"narative":"x","geo":{"lat":100},"vehicles":[{"plate":3}]}'
    with pytest.raises(InvalidInput) as refusal:
        parse(sent)
    errors = {e.path: e for e in refusal.value.errors}
    assert set(errors) == {"narrative", "narative", "geo.lat", "geo.lon", "vehicles[0].plate"}
    assert errors["narative"].message == "There is no such field. Did you mean `narrative`?"


def test_a_body_full_of_errors_has_a_bounded_list() -> None:
    assert len(codes(body(vehicles=[{"plate": n} for n in range(100)]))) == 50


@pytest.mark.parametrize(
    "sent", [b"", b"{", b"\xff\xfe", b'"\xff"', b'{"narrative":"\\ud800"}', b"[" * 200_000, b"narrative=x", b'{"a":1e999}']
)
def test_says_when_it_is_not_json(sent: bytes) -> None:
    assert codes(sent) == {"": "not_json"}


@pytest.mark.parametrize("sent", [b"[]", b'"x"', b"1", b"null", b"true"])
def test_says_when_it_is_no_object(sent: bytes) -> None:
    assert codes(sent) == {"": "wrong_type"}


@given(st.binary(max_size=200))
@example(b'{"narrative":"x"}')
def test_any_bytes_give_a_submission_or_a_list_of_errors(sent: bytes) -> None:
    read = outcome(sent)
    assert read.narrative if isinstance(read, Submission) else read


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(-1e300, 1e300) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "plate", "lat", "email", "x"]), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*EVERYTHING, "other"]), JSON, max_size=6), st.booleans())
def test_both_ways_through_agree(sent: dict[str, Any], with_narrative: bool) -> None:
    """What the walk finds nothing wrong with, the fast way takes, and the other way round; both find the same errors."""
    sent = {**EVERYTHING, **sent} if with_narrative else sent
    raw = json.dumps(sent).encode()
    assert outcome(raw) == outcome(raw, walked=True)


@given(st.lists(st.sampled_from([name for name in EVERYTHING if name != "narrative"]), min_size=1, unique=True), st.integers(0, 2))
def test_no_error_repeats_a_value(names: list[str], shape: int) -> None:
    secret = ["ZQJXV 308", ["ZQJXV 308"], {"ZQJXV 308": "ZQJXV 308"}][shape]
    errors = outcome(json.dumps({**dict.fromkeys(names, secret), "narrative": 1}).encode())
    assert isinstance(errors, tuple)
    assert "ZQJXV" not in str(InvalidInput(errors)) + repr(errors)


@given(st.text(min_size=1, max_size=50).filter(lambda text: any(map(str.isalnum, text))))
def test_text_comes_through_unchanged_or_not_at_all(text: str) -> None:
    read = outcome(json.dumps({"narrative": text}, ensure_ascii=False).encode("utf8", "surrogatepass"))
    if isinstance(read, Submission):
        assert read.narrative == text
    else:
        assert read[0].code in ("control_character", "not_json")


def test_canonical_json_is_the_same_for_the_same_meaning() -> None:
    assert (
        parse(b'{ "geo":{"lon":2,"lat":1}, "narrative":"\\u0041" }').canonical()
        == parse(b'{"narrative":"A","lang":null,"geo":{"lat":1.0,"lon":2.0}}').canonical()
    )
    assert parse(body()).canonical() != parse(body(lang="en")).canonical()


def test_the_published_schema_names_every_field_and_no_other() -> None:
    schema = json_schema()
    tip = schema["$defs"]["Submission"]
    assert set(tip["properties"]) == set(EVERYTHING)
    assert tip["required"] == ["narrative"]
    assert tip["additionalProperties"] is False
