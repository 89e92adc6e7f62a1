"""From records to what the templates show: plain values, already in words, in the order of the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from triage.domain.assessment import Assertion, Assessment, Urgency
from triage.domain.audit import AuditRow
from triage.domain.case import Act, ActKind, QueueEntry
from triage.domain.desk_view import Preferences
from triage.domain.policy import Policy
from triage.reading import QueueRow
from triage.taxonomy.taxonomy import Taxonomy
from triage.web.wording import ACTS, BANDS, STATES, Age, age, gist, indicator_title, look, moment, outcome, plain
from triage.wellness import Veil, kinds_of_labels, veil_of, veil_over

CHIPS = 4
"""How many kinds of indicators a row names before it only counts them."""


@dataclass(frozen=True, slots=True)
class RowView:
    """One tip in a list."""

    tip: str
    case: str
    life_threat: bool
    urgency: str
    urgency_title: str
    flags: tuple[str, ...]
    age: Age
    arrived: str
    partner: str
    county: str
    gist: str
    chips: tuple[tuple[str, int], ...]
    more_chips: int
    band: str
    band_title: str
    categories: tuple[str, ...]
    state: str
    claimed_by: str
    others: int
    campaign: str = ""
    alike: int = 0
    put_away: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: when, who, what, and the words that go with it."""

    at: str
    who: str
    what: str
    detail: tuple[str, ...] = ()


class Words:
    """Names things for one request: desks, people, partners, categories."""

    def __init__(self, policy: Policy, taxonomy: Taxonomy, partners: Mapping[str, str], preferences: Preferences | None = None) -> None:
        """``preferences`` are those of the person who reads: hard texts come under a veil where the person chose so."""
        self._preferences = preferences
        self._policy = policy
        self._taxonomy = taxonomy
        self._partners = partners

    def desk(self, desk: str) -> str:
        """A desk's title."""
        return self._policy.desks[desk].title if desk in self._policy.desks else plain(desk)

    def partner(self, slug: str) -> str:
        """A partner's name."""
        return self._partners.get(slug) or plain(slug.replace("-", "_"))

    def category(self, category: str) -> str:
        """A category's title."""
        return self._taxonomy.categories[category].title if category in self._taxonomy.categories else plain(category)

    def urgency(self, level: Urgency) -> str:
        """A level's title."""
        return self._taxonomy.urgency_titles[level]

    def age(self, entry: QueueEntry, now: datetime) -> Age:
        """How long the tip waits against its target, counted from where the clock of its level began."""
        return age(self._policy.began(entry.urgency, entry.desk, entry.due_at), entry.due_at, now)

    def veil(self, reading: Assessment | None, life_threat: bool) -> Veil | None:
        """The veil over a tip's text for whoever reads; None where it is shown at once."""
        return veil_of(self._preferences, reading, life_threat)

    def first_words(self, row: QueueRow) -> str:
        """The first words of a tip's text, or what stands on the veil over it."""
        veil = self.veil(row.assessment, row.entry.life_threat)
        return veil.title if veil else gist(row.tip.narrative)

    def gist(self, text: str, labels: Iterable[str]) -> str:
        """The first words of a text with these categories, or what stands on the veil over it."""
        veil = veil_over(self._preferences, kinds_of_labels(labels))
        return veil.title if veil else gist(text)

    def row(self, row: QueueRow, names: Mapping[str, str], now: datetime) -> RowView:
        """A tip in a list."""
        entry, reading = row.entry, row.assessment
        found = Counter(f.indicator for f in reading.findings if f.assertion is Assertion.PRESENT) if reading else Counter[str]()
        chips = tuple((indicator_title(indicator), count) for indicator, count in found.most_common())
        veil = self.veil(reading, entry.life_threat)
        return RowView(
            tip=entry.tip_id,
            case=entry.case_id,
            life_threat=entry.life_threat,
            urgency=entry.urgency.value,
            urgency_title=self.urgency(entry.urgency),
            flags=tuple(plain(flag) for flag in reading.flags) if reading else (),
            age=self.age(entry, now),
            arrived=moment(row.tip.received_at),
            partner=self.partner(row.tip.partner),
            county=county_name(row.case.county, row.case.state),
            gist=veil.title if veil else gist(row.tip.narrative),
            chips=chips[:CHIPS],
            more_chips=max(0, len(chips) - CHIPS),
            band=entry.band.value,
            band_title=BANDS[entry.band],
            categories=tuple(self.category(label) for label in (reading.labels if reading else row.case.categories)),
            state=STATES[entry.state],
            claimed_by=person_name(entry.claimed_by, names),
            others=len(row.case.tips) - 1,
            campaign=entry.campaign,
            alike=entry.alike + 1 if entry.campaign else 0,
            put_away=veil is not None and veil.put_away,
        )

    def act(self, act: Act, names: Mapping[str, str]) -> Line:
        """What somebody did."""
        target = act.target or act.before
        if act.kind in (ActKind.REFER, ActKind.TRANSFER):
            target = self.desk(target)
        elif act.kind is ActKind.ASSIGN:
            target = person_name(target, names)
        shows_target = act.kind in (
            ActKind.ASSIGN,
            ActKind.DUPLICATE,
            ActKind.REFER,
            ActKind.TRANSFER,
            ActKind.OPEN_CASE,
            ActKind.SET_URGENCY,
            ActKind.SNOOZE,
        )
        what = f"{ACTS[act.kind]} {target}" if shows_target else ACTS[act.kind]
        was = f"was {act.before}" if act.kind is ActKind.SET_URGENCY else ""
        reason = outcome(f"declined:{act.reason}") if act.kind in (ActKind.DECLINE, ActKind.PROPOSE) else act.reason
        return Line(moment(act.at), person_name(act.by, names), what, tuple(text for text in (was, reason, act.note) if text))

    def looked(self, row: AuditRow, names: Mapping[str, str]) -> Line:
        """What an audit row tells: who looked or acted, and what for."""
        kind, _, id = row.actor.partition(":")
        who = {"user": person_name(id, names), "partner": self.partner(id), "system": f"Tipstream ({id})"}.get(
            kind, "Somebody without an account"
        )
        return Line(moment(row.at), who, look(row.action) + (f" ({row.purpose})" if row.purpose else ""))


class Foldable(Protocol):
    """A row that says which tip it shows, and which campaign that is part of, if of any."""

    @property
    def tip(self) -> str:
        """The tip."""

    @property
    def campaign(self) -> str:
        """The campaign; empty if there is none."""


F = TypeVar("F", bound=Foldable)


def folded(rows: Sequence[F]) -> list[tuple[F, tuple[F, ...]]]:
    """The rows in their order, each with those of the same campaign that stand further down, so that a flood takes one place."""
    groups: dict[str, list[F]] = {}
    for row in rows:
        groups.setdefault(row.campaign or row.tip, []).append(row)
    return [(first, tuple(rest)) for first, *rest in groups.values()]


def county_name(county: str, state: str) -> str:
    """Where it belongs, in words."""
    return ", ".join(part for part in (county, state) if part) or "County not known"


def person_name(user: str, names: Mapping[str, str]) -> str:
    """How a person is called; the id where the account is gone, nothing where there is nobody. What time did, a process of ours did."""
    return f"Tipstream ({user.removeprefix('system:')})" if user.startswith("system:") else names.get(user, user)
