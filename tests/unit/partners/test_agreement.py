"""What an agreement lets a partner send."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.partner import Partner
from ingest.registry.agreement import AGREEABLE, ALWAYS_AGREED, may_send, outside_agreement
from ingest.submission import Submission

VALUES: dict[str, Any] = {
    "place": {"name": "Pump 4"},
    "geo": {"lat": 41.1, "lon": -101.7},
    "when_bucket": "now",
    "when_text": "noon",
    "persons": [{"description": "a girl"}],
    "minor_possible": "yes",
    "vehicles": [{"plate": "ABC"}],
    "identifiers": ["@someone"],
    "source_basis": "saw",
    "partner": {"role": "driver"},
    "contact": {"phone": "308-555-0142"},
}
ALWAYS: dict[str, Any] = {"lang": "en", "life_threat": True, "consent": {"police": True}, "channel": "api"}

fields = st.sets(st.sampled_from(AGREEABLE))


def test_the_table_knows_every_field() -> None:
    assert set(VALUES) == set(AGREEABLE)
    assert {"narrative", *ALWAYS} == ALWAYS_AGREED


@given(agreed=fields, sent=fields)
def test_what_is_not_agreed_is_named_and_nothing_else(agreed: set[str], sent: set[str]) -> None:
    partner = Partner("oak-school", "Oak School", "school", agreed_fields=tuple(agreed))
    values = {"narrative": "A van.", **ALWAYS, **{name: VALUES[name] for name in sent}}
    errors = outside_agreement(partner, msgspec.convert(values, Submission))
    assert {error.path for error in errors} == (sent - agreed if agreed else set())
    assert {error.code for error in errors} <= {"not_agreed"}
    assert all(may_send(partner, name) == (not agreed or name in agreed) for name in AGREEABLE)
    assert all(may_send(partner, name) for name in ALWAYS_AGREED)
