"""Reads partners from ``partners.yaml``: the same partners that the console manages, in a file that can be reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ingest.partner import RESERVED_SLUGS, SLUG, Partner, PartnerStatus
from triage.located_yaml import Located, load_file
from triage.policy_file import SECTORS

_KEYS = ("slug", "title", "sector", "county", "state", "languages", "status", "agreement_on", "trained_on")


def load_partners(files: Mapping[str, str]) -> tuple[Partner, ...]:
    """The partners of the policy folder. Raises ``PolicyError`` with file, line and what to write instead."""
    partners: dict[str, Partner] = {}
    for row in load_file(files, "partners.yaml").items():
        partner = _partner(row)
        if partner.slug in partners:
            raise row.error(f"the slug {partner.slug!r} stands twice; give each partner its own")
        partners[partner.slug] = partner
    return tuple(partners.values())


def _partner(row: Located) -> Partner:
    keys = row.mapping(_KEYS, required=("slug", "title", "sector"))
    slug = keys["slug"].text()
    if not SLUG.match(slug) or slug in RESERVED_SLUGS:
        raise keys["slug"].error(
            f"{slug!r} cannot be an address; use 3 to 40 lower-case letters, digits and dashes, with a letter, "
            f"but none of {', '.join(sorted(RESERVED_SLUGS))}"
        )
    return Partner(
        slug=slug,
        title=keys["title"].text(),
        sector=keys["sector"].one_of(SECTORS),
        county=keys["county"].text() if "county" in keys else "",
        state=keys["state"].text() if "state" in keys else "",
        languages=tuple(sorted(keys["languages"].names())) if "languages" in keys else ("en", "es"),
        status=keys["status"].choice(PartnerStatus) if "status" in keys else PartnerStatus.ACTIVE,
        agreement_on=_day(keys.get("agreement_on")),
        trained_on=_day(keys.get("trained_on")),
    )


def _day(value: Located | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value.text())
    except ValueError:
        raise value.error("expected a day; write for example `2026-11-01`") from None
