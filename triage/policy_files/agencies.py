"""Agencies outside, which have no desk here: the optional file ``agencies.yaml`` of the policy folder.

Every error is a ``PolicyError`` that names the line and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from triage.domain.policy import DeskNature, Policy
from triage.domain.share import AgencyKind, OutsideAgency
from triage.policy_files.located_yaml import Located, load_located

FILE = "agencies.yaml"


def load_agencies(files: Mapping[str, str], policy: Policy) -> Mapping[str, OutsideAgency]:
    """The agencies by id, in the order of the file; none where there is no file."""
    found: dict[str, OutsideAgency] = {}
    if FILE in files:
        for row in load_located(FILE, files[FILE]).items():
            one = _agency(row, policy)
            if one.id in found:
                raise row.error(f"two agencies have the id {one.id!r}; give each its own")
            found[one.id] = one
    return MappingProxyType(found)


def _agency(row: Located, policy: Policy) -> OutsideAgency:
    keys = row.mapping(("id", "title", "kind", "via", "contact"), required=("id", "title", "kind"))
    id, kind = keys["id"].text(), keys["kind"].choice(AgencyKind)
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,30}", id):
        raise keys["id"].error("an agency's id is 2 to 31 lower-case letters, digits and dashes; write for example `iowa-dps`")
    if id in policy.desks:
        raise keys["id"].error(f"{id!r} is the id of a desk already; give the agency another one")
    bureaus = [desk.id for desk in policy.desks.values() if desk.nature is DeskNature.BUREAU]
    if "via" in keys and not bureaus:
        raise keys["via"].error("no desk of desks.yaml has `nature: bureau`; add one, or leave `via` out")
    if kind is AgencyKind.FOREIGN and "via" not in keys:
        raise row.error("a foreign agency is reached through a bureau alone: name its desk, `via: ...`")
    return OutsideAgency(
        id=id,
        title=keys["title"].text(),
        kind=kind,
        via=keys["via"].one_of(bureaus) if "via" in keys else "",
        contact=keys["contact"].text() if "contact" in keys else "",
    )
