"""Partners in YAML: what is written is read back, and each mistake is told with its line."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ingest.catalogue import load_catalogues
from ingest.domain.partner import Partner, PartnerContact, PartnerStatus, Quotas
from ingest.registry.agreement import AGREEABLE
from ingest.registry.partner_check import mistakes
from ingest.registry.partner_file import as_mapping, load_partners
from tests.builders import example_files, example_policy
from triage.domain.errors import PolicyError
from triage.domain.sectors import SECTORS

PROFILES = ("short", "standard")

line = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), max_size=40).map(str.strip)
name = line.filter(bool)
day = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))
contact = st.builds(PartnerContact, name, line, st.sampled_from(["", "308-555-0142", "911"]), st.sampled_from(["", "nia@haul.example"]))
partner = st.builds(
    Partner,
    slug=st.from_regex(r"[a-z][a-z0-9-]{1,20}[a-z0-9]", fullmatch=True).filter(lambda slug: not mistakes(Partner(slug, "T", "bank"))),
    title=name,
    sector=st.sampled_from(list(SECTORS)),
    county=line,
    state=st.sampled_from(["", "NE", "TX"]),
    languages=st.sampled_from([("en", "es"), ("es", "en"), ("en",)]),
    status=st.sampled_from(PartnerStatus),
    agreement_on=day,
    trained_on=day,
    agreement_until=st.none() | st.dates(date(2030, 1, 1), date(2040, 1, 1)),
    agreed_fields=st.lists(st.sampled_from(AGREEABLE), unique=True).map(tuple),
    contacts=st.lists(contact, max_size=3).map(tuple),
    quotas=st.builds(Quotas, *[st.integers(0, 1000)] * 3),
    retention=st.sampled_from(["", *PROFILES]),
    photos=st.booleans(),
    embed_origins=st.lists(st.sampled_from(["https://haul.example", "https://a.b:8443", "http://localhost:8000"]), unique=True).map(tuple),
)


@given(st.lists(partner, max_size=3, unique_by=lambda one: one.slug))
def test_what_is_written_is_read_back(partners: list[Partner]) -> None:
    text = yaml.safe_dump([as_mapping(one) for one in partners], sort_keys=False, allow_unicode=True)
    assert [entry.partner for entry in load_partners({"partners.yaml": text}, PROFILES)] == partners


@given(st.text(max_size=200))
def test_any_text_is_partners_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(PolicyError):  # anything else is a fault of ours
        load_partners({"partners.yaml": text}, PROFILES)


def test_the_example_has_a_partner_of_every_sector() -> None:
    entries = load_partners(example_files(), example_policy().retention)
    assert {entry.partner.sector for entry in entries} == set(SECTORS)


@pytest.mark.parametrize("words", load_catalogues().values(), ids=lambda words: words.language)
def test_every_sector_has_a_hint_in_every_language(words: Any) -> None:
    assert {key.removeprefix("sector.") for key in words.texts if key.startswith("sector.")} == set(SECTORS)


SOUND = """\
- slug: prairie-haul
  title: Prairie Haul
  sector: trucking
  state: NE
  languages: [en]
  agreement_on: 2026-02-01
  agreement_until: 2028-02-01
  agreed_fields: [place, vehicles]
  contacts:
    - name: Night dispatch
      phone: 308-555-0142
    - {name: Nia, email: nia@haul.example}
  quotas:
    tips_a_day: 100
  retention: short
  photos: true
  embed_origins:
    - https://www.haul.example
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("slug: prairie-haul", "slug: code", 1, "cannot be an address"),
        ("slug: prairie-haul", "slug: Prairie", 1, "cannot be an address"),
        ("sector: trucking", "sector: trucks", 3, "did you mean 'trucking'"),
        ("state: NE", "state: Nebraska", 4, "two capital letters"),
        ("languages: [en]", "languages: [english]", 5, "language codes"),
        ("2026-02-01", "02/01/2026", 6, "2026-11-01"),
        ("agreement_until: 2028", "agreement_until: 2025", 7, "cannot come before"),
        ("vehicles]", "cars]", 8, "vehicles"),
        ("    - name: Night dispatch\n      phone", "    - phone", 10, "the key 'name' is missing"),
        ("308-555-0142", "call", 11, "phone number"),
        ("nia@haul.example", "nia at haul", 12, "name@example.com"),
        ("tips_a_day: 100", "tips_a_day: many", 14, "whole number"),
        ("tips_a_day: 100", "tips: 100", 14, "unknown key"),
        ("retention: short", "retention: ever", 15, "use one of: short, standard"),
        ("photos: true", "photos: maybe", 16, "`true` or `false`"),
        ("https://www.haul.example", "https://www.haul.example/page", 18, "only the beginning of the address"),
        ("https://www.haul.example", "https://*.haul.example", 18, "only the beginning of the address"),
        ("https://www.haul.example", '"https://haul.example; script-src *"', 18, "only the beginning of the address"),
        ("  state: NE\n", "  state: NE\n  colour: red\n", 5, "unknown key 'colour'"),
    ],
)
def test_a_mistake_names_line_and_mend(old: str, new: str, line: int, message: str) -> None:
    assert old in SOUND
    with pytest.raises(PolicyError) as refusal:
        load_partners({"partners.yaml": SOUND.replace(old, new, 1)}, PROFILES)
    assert (refusal.value.file, refusal.value.line) == ("partners.yaml", line)
    assert message in refusal.value.message


def test_a_slug_stands_once() -> None:
    with pytest.raises(PolicyError, match="stands twice"):
        load_partners({"partners.yaml": SOUND + SOUND}, PROFILES)


def test_a_retention_profile_must_be_declared() -> None:
    with pytest.raises(PolicyError, match="there is no retention profile yet"):
        load_partners({"partners.yaml": SOUND})
