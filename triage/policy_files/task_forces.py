"""Task forces across agencies: the optional file ``task_forces.yaml`` of the policy folder, part of its version as routing follows it.

Every error is a ``PolicyError`` that names the line and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from triage.domain.policy import Corridor, Desk, DeskNature, TaskForce
from triage.policy_files.located_yaml import Located, load_located
from triage.taxonomy.taxonomy import Taxonomy

FILE = "task_forces.yaml"


def load_task_forces(
    files: Mapping[str, str], taxonomy: Taxonomy, desks: Mapping[str, Desk], counties: Collection[str], state: str
) -> tuple[TaskForce, ...]:
    """What the file says; none where there is no file. ``counties`` are the known ``ST/County`` names, ``state`` is the policy's own."""
    if FILE not in files:
        return ()
    reader = _Reader(taxonomy, desks, counties, state)
    found: dict[str, TaskForce] = {}
    for row in load_located(FILE, files[FILE]).items():
        one = reader.task_force(row)
        if one.id in found:
            raise row.error(f"two task forces have the id {one.id!r}; give each its own")
        found[one.id] = one
    return tuple(found.values())


class _Reader:
    def __init__(self, taxonomy: Taxonomy, desks: Mapping[str, Desk], counties: Collection[str], state: str) -> None:
        self._taxonomy = taxonomy
        self._desks = [desk.id for desk in desks.values() if desk.nature is not DeskNature.BUREAU]
        self._counties = counties
        self._state = state

    def task_force(self, row: Located) -> TaskForce:
        keys = row.mapping(
            ("id", "title", "lead", "members", "categories", "counties", "corridors"),
            required=("id", "title", "lead", "members", "categories"),
        )
        id, lead = keys["id"].text(), keys["lead"].one_of(self._desks)
        if not re.fullmatch(r"[a-z][a-z0-9-]{1,30}", id):
            raise keys["id"].error("a task force's id is 2 to 31 lower-case letters, digits and dashes; write for example `east-corridor`")
        members = tuple(dict.fromkeys(member.one_of(self._desks) for member in keys["members"].items()))
        if lead not in members or len(members) < 2:
            raise keys["members"].error("name at least two desks, the lead among them: `members: [trafficking, child]`")
        if "counties" not in keys and "corridors" not in keys:
            raise row.error("say where it works: `counties: [NE/Douglas]`, `corridors: [{road: I-80, from: 390, to: 456}]`, or both")
        return TaskForce(
            id=id,
            title=keys["title"].text(),
            lead=lead,
            members=members,
            categories=self._taxonomy.named(keys["categories"].names(self._taxonomy.names)),
            counties=keys["counties"].names(self._counties) if "counties" in keys else frozenset(),
            corridors=tuple(map(self._corridor, keys["corridors"].items())) if "corridors" in keys else (),
        )

    def _corridor(self, row: Located) -> Corridor:
        keys = row.mapping(("road", "state", "from", "to"), required=("road",))
        road, state = keys["road"].text(), keys["state"].text() if "state" in keys else self._state
        if not re.fullmatch(r"[A-Z]{1,3}-\d{1,4}", road):
            raise keys["road"].error("write a road as `I-80`, `US-30` or `SR-2`")
        if ("from" in keys) != ("to" in keys):
            raise row.error("give both `from` and `to` as miles, or neither for the whole road in the state")
        if "from" not in keys:
            return Corridor(road, state)
        if keys["from"].number() >= keys["to"].number():
            raise keys["to"].error("`to` must be a higher mile than `from`")
        return Corridor(road, state, keys["from"].number(), keys["to"].number())
