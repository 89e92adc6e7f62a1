"""Who is on call, and who is told when a tip waits for longer than it should. Loaded by ``triage.policy_files.escalation``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from triage.domain.assessment import Urgency
from triage.domain.hours import day_at, moment_at
from triage.domain.policy import DeskNature

MOVES = frozenset({DeskNature.ENFORCEMENT, DeskNature.INTAKE})
"""The natures of desks between which a tip may move without a person: never from or to those who help, or who oversee."""

_DAY = timedelta(days=1)


class Way(StrEnum):
    """How people are told."""

    BROWSER = "browser"
    EMAIL = "email"
    PAGER = "pager"
    WEBHOOK = "webhook"  # one message for the desk, not one a person


@dataclass(frozen=True, slots=True)
class Shift:
    """People who are on call on these days of the week (0 is Monday), from minute to minute of the day.

    A shift whose ``end`` is not after its ``start`` goes on into the next day.
    """

    days: frozenset[int]
    start: int
    end: int
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """People who stand in for everybody else from ``start`` on and before ``end``."""

    start: datetime
    end: datetime
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """A stretch of time in which the same people are on call, by user name; nobody in a gap."""

    start: datetime
    end: datetime
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rota:
    """A desk's pattern of the week in its time zone, and who stands in when."""

    zone: str
    shifts: tuple[Shift, ...]
    covers: tuple[Cover, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Everybody that it names."""
        teams = [*(shift.people for shift in self.shifts), *(cover.people for cover in self.covers)]
        return frozenset(name for people in teams for name in people)

    def on_call(self, moment: datetime) -> tuple[str, ...]:
        """Who is on call at this moment, each once."""
        covers = [cover.people for cover in self.covers if cover.start <= moment < cover.end]
        today = day_at(self.zone, moment)
        of_week = (duty.people for day in (today - _DAY, today) for duty in self._on(day) if duty.start <= moment < duty.end)
        return tuple(dict.fromkeys(name for people in covers or of_week for name in people))

    def duties(self, start: datetime, end: datetime) -> list[Duty]:
        """Everything from ``start`` to ``end``, gaps too, in order and without a break."""
        edges = {edge for cover in self.covers for edge in (cover.start, cover.end)}
        day, last = day_at(self.zone, start) - _DAY, day_at(self.zone, end)
        while day <= last:
            edges.update(edge for duty in self._on(day) for edge in (duty.start, duty.end))
            day += _DAY
        found: list[Duty] = []
        moments = [start, *sorted(edge for edge in edges if start < edge < end), end]
        for begin, until in pairwise(moments):
            people = self.on_call(begin)
            if found and found[-1].people == people:
                found[-1] = Duty(found[-1].start, until, people)
            else:
                found.append(Duty(begin, until, people))
        return found

    def _on(self, day: date) -> Iterator[Duty]:
        """The shifts that begin on this day."""
        for shift in self.shifts:
            if day.weekday() in shift.days:
                ends = day if shift.end > shift.start else day + _DAY
                yield Duty(moment_at(self.zone, day, shift.start), moment_at(self.zone, ends, shift.end), shift.people)


@dataclass(frozen=True, slots=True)
class Step:
    """What happens when a tip has waited for ``after``: people are told, or the tip goes to another desk (``reroute``).

    ``tell`` are ``on_call``, ``desk``, ``supervisors``, ``desk:<id>`` and ``person:<user name>``.
    """

    after: timedelta
    tell: tuple[str, ...] = ()
    by: tuple[Way, ...] = ()
    reroute: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """The steps for tips of these levels at these desks; no desks are all of them."""

    levels: frozenset[Urgency]
    steps: tuple[Step, ...]
    desks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DutyPlan:
    """The rotas by desk, and the chains, of which the first that fits a tip counts. Nothing of either: nobody is called."""

    rotas: Mapping[str, Rota] = field(default_factory=dict)
    chains: tuple[Chain, ...] = ()

    def steps(self, level: Urgency, desk: str) -> tuple[Step, ...]:
        """What happens while a tip of this level waits at this desk."""
        fits = (chain.steps for chain in self.chains if level in chain.levels and (not chain.desks or desk in chain.desks))
        return next(fits, ())

    def on_call(self, desk: str, moment: datetime) -> tuple[str, ...]:
        """Who is on call at the desk; nobody where it has no rota."""
        return self.rotas[desk].on_call(moment) if desk in self.rotas else ()

    def gaps(self, start: datetime, end: datetime) -> list[tuple[str, Duty]]:
        """The stretches of time in which nobody is on call at a desk that has a rota."""
        return [(desk, duty) for desk, rota in self.rotas.items() for duty in rota.duties(start, end) if not duty.people]
