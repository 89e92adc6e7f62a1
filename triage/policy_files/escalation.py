"""Who is on call and who is told when a tip waits: the optional file ``escalation.yaml`` of the policy folder.

Every error is a ``PolicyError`` that names the line and what to write instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from triage.domain.assessment import Urgency
from triage.domain.duty import MOVES, Chain, Cover, DutyPlan, Rota, Shift, Step, Way
from triage.domain.hours import moment_at
from triage.domain.policy import Desk
from triage.policy_files.hours import day, days, duration, minute_of_day, zone
from triage.policy_files.located_yaml import Located, load_located

FILE = "escalation.yaml"
GROUPS = ("on_call", "desk", "supervisors")
AT_ONCE = "at once"


def load_escalation(files: Mapping[str, str], desks: Mapping[str, Desk]) -> DutyPlan:
    """What the file says; nothing where there is none."""
    if FILE not in files:
        return DutyPlan()
    keys = load_located(FILE, files[FILE]).mapping(("rotas", "chains"))
    rotas: dict[str, Rota] = {}
    for row in keys["rotas"].items() if "rotas" in keys else []:
        desk, rota = _rota(row, desks)
        if desk in rotas:
            raise row.error(f"the desk {desk!r} has two rotas; make them one")
        rotas[desk] = rota
    chains = tuple(_chain(row, desks) for row in keys["chains"].items()) if "chains" in keys else ()
    return DutyPlan(MappingProxyType(rotas), chains)


def _rota(row: Located, desks: Mapping[str, Desk]) -> tuple[str, Rota]:
    keys = row.mapping(("desk", "zone", "week", "covers"), required=("desk", "zone", "week"))
    place = zone(keys["zone"])
    shifts = tuple(map(_shift, keys["week"].items()))
    covers = tuple(_cover(one, place) for one in keys["covers"].items()) if "covers" in keys else ()
    return keys["desk"].one_of(desks), Rota(place, shifts, covers)


def _shift(row: Located) -> Shift:
    keys = row.mapping(("days", "from", "to", "people"), required=("days", "from", "to", "people"))
    start, end = minute_of_day(keys["from"]), minute_of_day(keys["to"])
    if start == 24 * 60:
        raise keys["from"].error('a shift cannot begin at the end of a day; write `"00:00"` of the next day')
    return Shift(days(keys["days"]), start, end, _people(keys["people"]))


def _cover(row: Located, place: str) -> Cover:
    keys = row.mapping(("from", "to", "people"), required=("from", "to", "people"))
    start, end = _moment(keys["from"], place), _moment(keys["to"], place)
    if start >= end:
        raise keys["to"].error("this ends before it begins; put the later time under `to`")
    return Cover(start, end, _people(keys["people"]))


def _moment(value: Located, place: str) -> datetime:
    date, _, time = value.text().partition(" ")
    return moment_at(place, day(value, date), minute_of_day(value, time.strip() or "00:00"))


def _people(value: Located) -> tuple[str, ...]:
    names = [value.text()] if value.is_text else [one.text() for one in value.items()]
    if not names:
        raise value.error("name at least one person by the name with which that person signs in")
    return tuple(dict.fromkeys(names))


def _chain(row: Located, desks: Mapping[str, Desk]) -> Chain:
    keys = row.mapping(("levels", "desks", "steps"), required=("levels", "steps"))
    levels = frozenset(map(Urgency, keys["levels"].names([str(level) for level in Urgency])))
    of = keys["desks"].names(desks) if "desks" in keys else frozenset[str]()
    steps = tuple(_step(one, desks) for one in keys["steps"].items())
    if list(steps) != sorted(steps, key=lambda step: step.after):
        raise keys["steps"].error("a step may not come before the one above it; put them in the order of `after`")
    return Chain(levels, steps, of)


def _step(row: Located, desks: Mapping[str, Desk]) -> Step:
    keys = row.mapping(("after", "tell", "by", "reroute"), required=("after",))
    after = timedelta() if keys["after"].text() == AT_ONCE else duration(keys["after"])
    if "reroute" in keys:
        if "tell" in keys or "by" in keys:
            raise row.error("a step tells people or moves the tip; write two steps, one for each")
        target = keys["reroute"].one_of(desks)
        if desks[target].nature not in MOVES:
            raise keys["reroute"].error("only a person sends a tip to care, victim services or oversight; name another desk")
        return Step(after, reroute=target)
    if "tell" not in keys or "by" not in keys:
        raise row.error("say who is told and how: `tell: [on_call], by: [browser]`; or where the tip goes: `reroute: intake`")
    known = [*GROUPS, *(f"desk:{desk}" for desk in desks)]
    tell = [keys["tell"]] if keys["tell"].is_text else keys["tell"].items()
    told = [one.text() if one.text().startswith("person:") else one.one_of(known) for one in tell]
    by = keys["by"].names([str(way) for way in Way])
    return Step(after, tuple(dict.fromkeys(told)), tuple(way for way in Way if way in by))
