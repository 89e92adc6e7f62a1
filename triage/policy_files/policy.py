"""Reads a policy: ``policy.yaml``, ``desks.yaml``, ``routing.yaml``, ``jurisdictions.yaml``, and ``task_forces.yaml`` where there is one.

Every error is a ``PolicyError`` that names file, line and what to write instead.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType

from triage.domain.assessment import Band, Urgency
from triage.domain.case import CaseKind
from triage.domain.hours import Calendar
from triage.domain.policy import MOST_ALIKE, Condition, County, Desk, DeskNature, Hotline, Policy, RoadSegment, Rule
from triage.domain.sectors import SECTORS
from triage.plain import plain
from triage.policy_files.hours import calendar, duration
from triage.policy_files.located_yaml import Located, load_file
from triage.policy_files.task_forces import FILE as TASK_FORCES
from triage.policy_files.task_forces import load_task_forces
from triage.taxonomy.taxonomy import FLAGS, Taxonomy

POLICY_FILES = ("policy.yaml", "desks.yaml", "routing.yaml", "jurisdictions.yaml")
OPTIONAL_FILES = (TASK_FORCES,)
"""Files that decisions follow too where they are there; without them the version is that of the four alone."""
PROFILES = ("le_agency", "fusion_center", "ngo_hotline", "school", "hospital")

COUNTS = ("always", "business")
"""How a target is counted: round the clock, or in the working time of the desk."""

_CONDITION_KEYS = (
    "labels_any", "labels_only", "urgency", "band", "flags_any", "flags_none", "sectors", "partners", "counties", "states",
    "life_threat", "consent_police",
)  # fmt: skip


def version_of(files: Mapping[str, str]) -> str:
    """The version of a policy: a hash over the files that decisions follow."""
    followed = (*POLICY_FILES, *(name for name in OPTIONAL_FILES if name in files))
    return hashlib.sha256("\0".join(f"{name}\0{files.get(name, '')}" for name in followed).encode()).hexdigest()[:16]


def load_policy(files: Mapping[str, str], taxonomy: Taxonomy) -> Policy:
    """The policy that these files (name -> text) say."""
    main = load_file(files, "policy.yaml").mapping(
        ("profile", "agency", "state", "clocks", "calendars", "linking", "exit_site", "hotlines", "retention"),
        required=("profile", "agency", "state", "clocks", "hotlines"),
    )
    state = main["state"].text()
    calendars = _calendars(main["calendars"]) if "calendars" in main else {}
    desks = {desk.id: desk for desk in (_desk(row, calendars) for row in load_file(files, "desks.yaml").items())}
    counties, roads = _jurisdictions(load_file(files, "jurisdictions.yaml"), state)
    reader = _RuleReader(taxonomy, desks, {county.key for county in counties})
    routing = load_file(files, "routing.yaml").mapping(("rules", "notify"), required=("rules",))
    rules = tuple(map(reader.rule, routing["rules"].items()))
    if not rules or rules[-1].when != Condition():
        raise routing["rules"].error("the last rule must catch everything; end with a rule that has no `when`")
    notify = tuple(map(reader.rule, routing["notify"].items())) if "notify" in routing else ()
    _check_unique(routing, rules, notify)
    clocks, business = _clocks(main["clocks"])
    linking = main["linking"].mapping(("join_window", "similar_window", "campaign_from")) if "linking" in main else {}
    return Policy(
        version=version_of(files),
        profile=main["profile"].one_of(PROFILES),
        agency=main["agency"].text(),
        state=state,
        desks=MappingProxyType(desks),
        rules=rules,
        notify=notify,
        clocks=clocks,
        counties=counties,
        roads=roads,
        hotlines=tuple(map(_hotline, main["hotlines"].items())),
        link_window=duration(linking["join_window"]) if "join_window" in linking else timedelta(days=30),
        similar_window=duration(linking["similar_window"]) if "similar_window" in linking else timedelta(days=14),
        campaign_from=_campaign_from(linking["campaign_from"]) if "campaign_from" in linking else 20,
        exit_site=main["exit_site"].text() if "exit_site" in main else "https://www.weather.gov/",
        retention=_retention(main["retention"]) if "retention" in main else MappingProxyType({}),
        business=business,
        task_forces=load_task_forces(files, taxonomy, desks, {county.key for county in counties}, state),
    )


def _calendars(rows: Located) -> Mapping[str, Calendar]:
    found: dict[str, Calendar] = {}
    for row in rows.items():
        one = calendar(row)
        if one.id in found:
            raise row.error(f"two calendars have the id {one.id!r}; give each its own")
        found[one.id] = one
    return found


def _desk(row: Located, calendars: Mapping[str, Calendar]) -> Desk:
    keys = row.mapping(("id", "title", "nature", "agency", "calendar", "contact"), required=("id", "title", "nature"))
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,30}", keys["id"].text()):
        raise keys["id"].error("a desk's id is 2 to 31 lower-case letters, digits and dashes; write for example `victim-services`")
    if "calendar" in keys and not calendars:
        raise keys["calendar"].error("there are no calendars; write them in policy.yaml under `calendars:`, or leave this key out")
    return Desk(
        id=keys["id"].text(),
        title=keys["title"].text(),
        nature=keys["nature"].choice(DeskNature),
        agency=keys["agency"].text() if "agency" in keys else "",
        calendar=calendars[keys["calendar"].one_of(calendars)] if "calendar" in keys else None,
        contact=keys["contact"].text() if "contact" in keys else "",
    )


def _campaign_from(value: Located) -> int:
    number = value.number()
    if number != int(number) or not 2 <= number <= MOST_ALIKE:
        raise value.error(f"`campaign_from` is a whole number from 2 to {MOST_ALIKE}: from how many tips with the same words on")
    return int(number)


def _clocks(row: Located) -> tuple[Mapping[Urgency, timedelta], frozenset[Urgency]]:
    """The targets by level, and the levels whose targets count working time alone."""
    levels = [str(level) for level in Urgency]
    clocks: dict[Urgency, timedelta] = {}
    business: list[Urgency] = []
    for name, value in row.mapping(levels, required=levels).items():
        level = Urgency(name)
        keys = {} if value.is_text else value.mapping(("within", "count"), required=("within",))
        clocks[level] = duration(keys.get("within", value))
        if "count" in keys and keys["count"].one_of(COUNTS) == "business":
            if level.at_least(Urgency.P1):
                raise keys["count"].error(f"{level} cannot wait for business hours; count it round the clock: `{level}: 30 minutes`")
            business.append(level)
    ordered = [(clocks[level], level in business) for level in Urgency]
    for (first, counted), (second, counted_too) in pairwise(ordered):
        if first > second or counted > counted_too:
            words = "a more urgent level may not wait longer than a less urgent one; put the targets in order from P0 to P4"
            raise row.error(f"{words}, and count business hours from one level on down")
    return MappingProxyType(clocks), frozenset(business)


def _retention(row: Located) -> Mapping[str, timedelta]:
    profiles: dict[str, timedelta] = {}
    for name, value in row.pairs():
        if not re.fullmatch(r"[a-z][a-z-]{1,30}", name):
            raise value.error("the name of a retention profile is 2 to 31 lower-case letters and dashes; write for example `standard`")
        if name in profiles:
            raise value.error(f"the retention profile {name!r} stands twice; keep one")
        profiles[name] = duration(value)
    return MappingProxyType(profiles)


def _hotline(row: Located) -> Hotline:
    keys = row.mapping(("id", "title", "number", "text", "checked"), required=("id", "title", "number", "checked"))
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", keys["checked"].text()):
        raise keys["checked"].error("say on which day somebody last called this number: `checked: 2026-11-01`")
    return Hotline(
        keys["id"].text(),
        keys["title"].text(),
        keys["number"].text(),
        keys["text"].text() if "text" in keys else "",
        keys["checked"].text(),
    )


def _jurisdictions(root: Located, state: str) -> tuple[tuple[County, ...], tuple[RoadSegment, ...]]:
    keys = root.mapping(("counties", "roads"), required=("counties",))
    counties = []
    for row in keys["counties"].items():
        part = row.mapping(("name", "state", "towns", "places"), required=("name",))
        named = [name for key in ("towns", "places") if key in part for name in part[key].names()]
        names = tuple(sorted({plain(name) for name in (*named, f"{part['name'].text()} county")}))
        counties.append(County(part["name"].text(), part["state"].text() if "state" in part else state, names))
    known = {county.name for county in counties}
    roads = []
    for row in keys["roads"].items() if "roads" in keys else []:
        part = row.mapping(("road", "state", "from", "to", "county"), required=("road", "from", "to", "county"))
        if part["from"].number() >= part["to"].number():
            raise part["to"].error("`to` must be a higher mile than `from`")
        own = part["state"].text() if "state" in part else state
        roads.append(RoadSegment(part["road"].text(), own, part["from"].number(), part["to"].number(), part["county"].one_of(known)))
    return tuple(counties), tuple(roads)


class _RuleReader:
    def __init__(self, taxonomy: Taxonomy, desks: Mapping[str, Desk], counties: Collection[str]) -> None:
        self._taxonomy = taxonomy
        self._desks = desks
        self._counties = counties

    def rule(self, row: Located) -> Rule:
        keys = row.mapping(("id", "when", "desk", "kind", "reason"), required=("id", "desk", "reason"))
        when = self._condition(keys["when"]) if "when" in keys else Condition()
        kind = keys["kind"].choice(CaseKind) if "kind" in keys else CaseKind.CASE
        desk = keys["desk"].one_of(self._desks)
        if self._desks[desk].nature is DeskNature.BUREAU:
            raise keys["desk"].error("a bureau desk is sent nothing by itself: desks share with the agencies that it speaks for")
        return Rule(keys["id"].text(), when, desk, keys["reason"].text(), kind, row.file, row.line)

    def _condition(self, row: Located) -> Condition:
        keys = row.mapping(_CONDITION_KEYS)
        if not keys:
            raise row.error("`when` holds nothing; leave it out in a rule that always matches")
        return Condition(
            labels_any=self._labels(keys.get("labels_any")),
            labels_only=self._labels(keys.get("labels_only")),
            urgency=keys["urgency"].choice(Urgency) if "urgency" in keys else None,
            band=keys["band"].choice(Band) if "band" in keys else None,
            flags_any=keys["flags_any"].names(FLAGS) if "flags_any" in keys else frozenset(),
            flags_none=keys["flags_none"].names(FLAGS) if "flags_none" in keys else frozenset(),
            sectors=keys["sectors"].names(SECTORS) if "sectors" in keys else frozenset(),
            partners=keys["partners"].names() if "partners" in keys else frozenset(),
            counties=keys["counties"].names(self._counties) if "counties" in keys else frozenset(),
            states=keys["states"].names() if "states" in keys else frozenset(),
            life_threat=keys["life_threat"].flag() if "life_threat" in keys else None,
            consent_police=keys["consent_police"].flag() if "consent_police" in keys else None,
        )

    def _labels(self, value: Located | None) -> frozenset[str]:
        """Category ids; ``nature:care`` stands for all categories of that nature."""
        if value is None:
            return frozenset()
        return self._taxonomy.named(value.names(self._taxonomy.names))


def _check_unique(routing: Mapping[str, Located], rules: tuple[Rule, ...], notify: tuple[Rule, ...]) -> None:
    seen: set[str] = set()
    for rule in (*rules, *notify):
        if rule.id in seen:
            raise routing["rules"].error(f"two rules have the id {rule.id!r}; give each its own")
        seen.add(rule.id)
    for rule in rules[:-1]:
        if rule.when == Condition():
            raise routing["rules"].error(f"the rule {rule.id!r} catches everything, so those after it never match; move it to the end")
