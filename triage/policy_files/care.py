"""The directory of services that help: the optional file ``care_services.yaml`` of the policy folder.

Every error is a ``PolicyError`` that names the line and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from triage.domain.care import ANY_LANGUAGE, VICTIMS, CareDirectory, Service
from triage.domain.policy import Policy
from triage.policy_files.located_yaml import Located, load_located
from triage.taxonomy.taxonomy import Nature, Taxonomy

FILE = "care_services.yaml"
LONGEST_FOLLOW_UP = 60
"""Days."""
_KEYS = ("id", "title", "needs", "languages", "checked", "counties", "phone", "web", "hours", "takes_warm_handoff")
_REQUIRED = ("id", "title", "needs", "languages", "checked")


def care_needs(taxonomy: Taxonomy) -> dict[str, str]:
    """What a service can help with, by id with its title: the care categories, and help for victims."""
    care = {category.id: category.title for category in taxonomy.categories.values() if category.nature is Nature.CARE}
    return {**care, VICTIMS: "Help for victims"}


def load_care(files: Mapping[str, str], policy: Policy, taxonomy: Taxonomy) -> CareDirectory:
    """What the file says; an empty directory where there is none."""
    if FILE not in files:
        return CareDirectory()
    keys = load_located(FILE, files[FILE]).mapping(("follow_up_days", "services"), required=("services",))
    needs, counties = care_needs(taxonomy), [county.key for county in policy.counties]
    found: dict[str, Service] = {}
    for row in keys["services"].items():
        service = _service(row, needs, counties)
        if service.id in found:
            raise row.error(f"two services have the id {service.id!r}; give each its own")
        found[service.id] = service
    days = _days(keys["follow_up_days"]) if "follow_up_days" in keys else CareDirectory().follow_up_days
    return CareDirectory(tuple(found.values()), days)


def _service(row: Located, needs: Collection[str], counties: Collection[str]) -> Service:
    keys = row.mapping(_KEYS, required=_REQUIRED)
    id = keys["id"].text()
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,40}", id):
        raise keys["id"].error("the id of a service is 2 to 41 lower-case letters, digits and dashes; write for example `warm-beds`")
    if not ("phone" in keys or "web" in keys):
        raise row.error("say how the service is reached: add `phone: ...` or `web: ...`")
    given = {name: keys[name].text() for name in ("phone", "web", "hours") if name in keys}
    helps_with = keys["needs"].names(needs)
    if not helps_with:
        raise keys["needs"].error(f"say what it helps with, one or more of {', '.join(needs)}")
    return Service(
        id=id,
        title=keys["title"].text(),
        needs=helps_with,
        languages=_languages(keys["languages"]),
        checked=_day(keys["checked"]),
        counties=keys["counties"].names(counties) if "counties" in keys else frozenset(),
        takes_warm_handoff="takes_warm_handoff" in keys and keys["takes_warm_handoff"].flag(),
        **given,
    )


def _languages(value: Located) -> tuple[str, ...]:
    found = tuple(sorted(value.names()))
    if not found or not all(name == ANY_LANGUAGE or re.fullmatch(r"[a-z]{2,3}", name) for name in found):
        raise value.error("name languages by their codes, `[en, es]`, or write `[any]` where an interpreter can always be had")
    return found


def _day(value: Located) -> date:
    try:
        return date.fromisoformat(value.text())
    except ValueError:
        raise value.error("say on which day somebody last called this service: `checked: 2026-11-01`") from None


def _days(value: Located) -> int:
    number = value.number()
    if number != int(number) or not 1 <= number <= LONGEST_FOLLOW_UP:
        raise value.error(f"`follow_up_days` is a whole number from 1 to {LONGEST_FOLLOW_UP}")
    return int(number)
