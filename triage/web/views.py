"""From records to what the templates show: plain values, already in words, in the order of the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.assessment import Assertion, Urgency
from triage.domain.audit import AuditRow
from triage.domain.case import Act, ActKind, QueueEntry
from triage.domain.decision import LinkKind, LinkMatch
from triage.domain.policy import Policy
from triage.reading import QueueRow
from triage.taxonomy.taxonomy import Taxonomy
from triage.web.wording import ACTS, BANDS, STATES, Age, age, gist, indicator_title, look, moment, outcome, plain

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


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: when, who, what, and the words that go with it."""

    at: str
    who: str
    what: str
    detail: tuple[str, ...] = ()


class Words:
    """Names things for one request: desks, people, partners, categories."""

    def __init__(self, policy: Policy, taxonomy: Taxonomy, partners: Mapping[str, str]) -> None:
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
        return age(entry.due_at - self._policy.clocks.get(entry.urgency, timedelta()), entry.due_at, now)

    def row(self, row: QueueRow, names: Mapping[str, str], now: datetime) -> RowView:
        """A tip in a list."""
        entry, reading = row.entry, row.assessment
        found = Counter(f.indicator for f in reading.findings if f.assertion is Assertion.PRESENT) if reading else Counter[str]()
        chips = tuple((indicator_title(indicator), count) for indicator, count in found.most_common())
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
            gist=gist(row.tip.narrative),
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
        )

    def act(self, act: Act, names: Mapping[str, str]) -> Line:
        """What somebody did."""
        target = {ActKind.REFER: self.desk, ActKind.TRANSFER: self.desk}.get(act.kind, str)(act.target or act.before)
        shows_target = act.kind in (
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

    def share(self, match: LinkMatch) -> str:
        """What another tip has in common."""
        if match.key.kind is LinkKind.TEXT:
            return f"nearly the same words ({match.similarity:.0%})"
        return f"the same {plain(match.key.kind.value).lower()} {match.key.value}"


def folded(rows: Sequence[RowView]) -> list[tuple[RowView, tuple[RowView, ...]]]:
    """The rows in their order, each with those of the same campaign that stand further down, so that a flood takes one place."""
    groups: dict[str, list[RowView]] = {}
    for row in rows:
        groups.setdefault(row.campaign or row.tip, []).append(row)
    return [(first, tuple(rest)) for first, *rest in groups.values()]


def county_name(county: str, state: str) -> str:
    """Where it belongs, in words."""
    return ", ".join(part for part in (county, state) if part) or "County not known"


def person_name(user: str, names: Mapping[str, str]) -> str:
    """How a person is called; the id where the account is gone, nothing where there is nobody."""
    return names.get(user, user)
