"""Reads a policy from its files: ``policy.yaml``, ``desks.yaml``, ``routing.yaml``, ``jurisdictions.yaml``.

Every error is a ``PolicyError`` that names file, line and what to write instead.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from types import MappingProxyType

from triage.domain.assessment import Band, Urgency
from triage.domain.case import CaseKind
from triage.domain.policy import MOST_ALIKE, Condition, County, Desk, DeskNature, Hotline, Policy, RoadSegment, Rule
from triage.domain.sectors import SECTORS
from triage.located_yaml import Located, load_file
from triage.plain import plain
from triage.taxonomy.taxonomy import FLAGS, Nature, Taxonomy

POLICY_FILES = ("policy.yaml", "desks.yaml", "routing.yaml", "jurisdictions.yaml")
PROFILES = ("le_agency", "fusion_center", "ngo_hotline", "school", "hospital")

_UNITS = {"minute": 1, "hour": 60, "day": 24 * 60}
_CONDITION_KEYS = (
    "labels_any", "labels_only", "urgency", "band", "flags_any", "flags_none", "sectors", "partners", "counties", "states",
    "life_threat", "consent_police",
)  # fmt: skip


def load_policy(files: Mapping[str, str], taxonomy: Taxonomy) -> Policy:
    """The policy that these files (name -> text) say. Its version is a hash over the four files."""
    digest = hashlib.sha256("\0".join(f"{name}\0{files.get(name, '')}" for name in POLICY_FILES).encode()).hexdigest()
    main = load_file(files, "policy.yaml").mapping(
        ("profile", "agency", "state", "clocks", "linking", "exit_site", "hotlines", "retention"),
        required=("profile", "agency", "state", "clocks", "hotlines"),
    )
    state = main["state"].text()
    desks = {desk.id: desk for desk in map(_desk, load_file(files, "desks.yaml").items())}
    counties, roads = _jurisdictions(load_file(files, "jurisdictions.yaml"), state)
    reader = _RuleReader(taxonomy, desks, {county.key for county in counties})
    routing = load_file(files, "routing.yaml").mapping(("rules", "notify"), required=("rules",))
    rules = tuple(map(reader.rule, routing["rules"].items()))
    if not rules or rules[-1].when != Condition():
        raise routing["rules"].error("the last rule must catch everything; end with a rule that has no `when`")
    notify = tuple(map(reader.rule, routing["notify"].items())) if "notify" in routing else ()
    _check_unique(routing, rules, notify)
    linking = main["linking"].mapping(("join_window", "similar_window", "campaign_from")) if "linking" in main else {}
    return Policy(
        version=digest[:16],
        profile=main["profile"].one_of(PROFILES),
        agency=main["agency"].text(),
        state=state,
        desks=MappingProxyType(desks),
        rules=rules,
        notify=notify,
        clocks=_clocks(main["clocks"]),
        counties=counties,
        roads=roads,
        hotlines=tuple(map(_hotline, main["hotlines"].items())),
        link_window=_duration(linking["join_window"]) if "join_window" in linking else timedelta(days=30),
        similar_window=_duration(linking["similar_window"]) if "similar_window" in linking else timedelta(days=14),
        campaign_from=_campaign_from(linking["campaign_from"]) if "campaign_from" in linking else 20,
        exit_site=main["exit_site"].text() if "exit_site" in main else "https://www.weather.gov/",
        retention=_retention(main["retention"]) if "retention" in main else MappingProxyType({}),
    )


def _desk(row: Located) -> Desk:
    keys = row.mapping(("id", "title", "nature", "agency"), required=("id", "title", "nature"))
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,30}", keys["id"].text()):
        raise keys["id"].error("a desk's id is 2 to 31 lower-case letters, digits and dashes; write for example `victim-services`")
    return Desk(
        keys["id"].text(), keys["title"].text(), keys["nature"].choice(DeskNature), keys["agency"].text() if "agency" in keys else ""
    )


def _duration(value: Located) -> timedelta:
    match = re.fullmatch(r"(\d+) (minute|hour|day)s?", value.text())
    if not match or int(match[1]) == 0:
        raise value.error(f"{value.text()!r} is no duration; write for example `2 minutes`, `1 hour` or `7 days`")
    return timedelta(minutes=int(match[1]) * _UNITS[match[2]])


def _campaign_from(value: Located) -> int:
    number = value.number()
    if number != int(number) or not 2 <= number <= MOST_ALIKE:
        raise value.error(f"`campaign_from` is a whole number from 2 to {MOST_ALIKE}: from how many tips with the same words on")
    return int(number)


def _clocks(row: Located) -> Mapping[Urgency, timedelta]:
    levels = [str(level) for level in Urgency]
    clocks = {Urgency(level): _duration(value) for level, value in row.mapping(levels, required=levels).items()}
    ordered = [clocks[level] for level in Urgency]
    if ordered != sorted(ordered):
        raise row.error("a more urgent level may not wait longer than a less urgent one; put the targets in order from P0 to P4")
    return MappingProxyType(clocks)


def _retention(row: Located) -> Mapping[str, timedelta]:
    profiles: dict[str, timedelta] = {}
    for name, value in row.pairs():
        if not re.fullmatch(r"[a-z][a-z-]{1,30}", name):
            raise value.error("the name of a retention profile is 2 to 31 lower-case letters and dashes; write for example `standard`")
        if name in profiles:
            raise value.error(f"the retention profile {name!r} stands twice; keep one")
        profiles[name] = _duration(value)
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
        return Rule(keys["id"].text(), when, keys["desk"].one_of(self._desks), keys["reason"].text(), kind, row.file, row.line)

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
        natures = {f"nature:{nature}": nature for nature in Nature}
        found: set[str] = set()
        for name in value.names([*self._taxonomy.categories, *natures]):
            members = [c.id for c in self._taxonomy.categories.values() if name in natures and c.nature is natures[name]]
            found.update(members or [name])
        return frozenset(found)


def _check_unique(routing: Mapping[str, Located], rules: tuple[Rule, ...], notify: tuple[Rule, ...]) -> None:
    seen: set[str] = set()
    for rule in (*rules, *notify):
        if rule.id in seen:
            raise routing["rules"].error(f"two rules have the id {rule.id!r}; give each its own")
        seen.add(rule.id)
    for rule in rules[:-1]:
        if rule.when == Condition():
            raise routing["rules"].error(f"the rule {rule.id!r} catches everything, so those after it never match; move it to the end")
