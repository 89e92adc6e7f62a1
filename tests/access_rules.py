"""Who may do what, reckoned from the domain: what the access matrix expects of an address for a person and a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ingest.domain.partner import Scope, Staff
from tests.builders import example_policy
from triage.domain.access import Role, User, Viewer
from triage.domain.case import Case
from triage.domain.policy import DeskNature
from triage.domain.tip import Tip
from triage.web.deps import Area

POLICY = example_policy()
WORKERS = frozenset({Role.ANALYST, Role.SUPERVISOR})
HELPERS = frozenset({DeskNature.CARE, DeskNature.VICTIM_SERVICES})
NEIGHBOUR = "trafficking"
"""The desk of the tip that records are compared with."""
POLICE = frozenset({DeskNature.ENFORCEMENT, DeskNature.INTAKE})


class Answer(StrEnum):
    """What somebody meets. What is impossible for other reasons than access (an old version, a missing field) is ``ALLOWED`` here."""

    ALLOWED = "allowed"
    NOT_FOUND = "does not exist"
    NOT_ALLOWED = "not allowed"
    SIGN_IN = "sign in first"
    NO_KEY = "no key"


@dataclass(frozen=True)
class Person:
    """Somebody who asks: of the console, of a partner, a partner's program, or nobody. ``headers`` prove it."""

    name: str
    user: User | None = None
    staff: Staff | None = None
    partner: str = ""
    scopes: frozenset[Scope] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    token: str = ""

    @property
    def viewer(self) -> Viewer | None:
        """The viewer of the console that the person is, if any."""
        return Viewer.of(self.user) if self.user and self.user.active else None


@dataclass(frozen=True)
class Record:
    """A tip in its case. ``names`` are the values for the names in braces of an address; ``secret`` stands nowhere but in the tip.

    ``shared_to`` is the desk that may read it by a share for information; empty where there is none.
    """

    name: str
    tip: Tip
    case: Case
    names: Mapping[str, str]
    secret: str
    shared_to: str = ""


Rule = Callable[[Person, Record], Answer]


def everybody(_person: Person, _record: Record) -> Answer:
    """Open to the world."""
    return Answer.ALLOWED


def in_console(rule: Callable[[Viewer, Record], Answer], otherwise: Answer = Answer.SIGN_IN) -> Rule:
    """A rule for whoever has signed in to the console."""
    return lambda person, record: rule(person.viewer, record) if person.viewer else otherwise


def _of(role: bool, refusal: Answer = Answer.NOT_FOUND) -> Answer:
    return Answer.ALLOWED if role else refusal


def signed_in() -> Rule:
    """Any account of the console."""
    return in_console(lambda _viewer, _record: Answer.ALLOWED)


def has_a_page(areas: Iterable[Area]) -> Rule:
    """Whoever works at a desk or leads some area; the others are told that there is no work for them."""
    roles = frozenset(role for area in areas for role in area.roles)
    return in_console(lambda viewer, _record: _of(bool(viewer.desks) or viewer.role in roles, Answer.NOT_ALLOWED))


def of_role(*roles: Role, refusal: Answer = Answer.NOT_FOUND, desks: bool = False) -> Rule:
    """Accounts of these roles; ``desks``: that work at some desk."""
    return in_console(lambda viewer, _record: _of(viewer.role in roles and (bool(viewer.desks) or not desks), refusal))


def no_page(answer: Answer) -> Answer:
    """Where a page is not even spoken of to those who may not."""
    return Answer.ALLOWED if answer is Answer.ALLOWED else Answer.NOT_FOUND


def member(viewer: Viewer, force: str) -> Answer:
    """Whoever works at a member desk of the task force."""
    return _of(any(one.id == force and not viewer.desks.isdisjoint(one.members) for one in POLICY.task_forces))


def may_override(viewer: Viewer) -> Answer:
    """Supervisors of enforcement and intake."""
    there = any(POLICY.desks[desk].nature in POLICE for desk in viewer.desks)
    return _of(viewer.role is Role.SUPERVISOR and there, Answer.NOT_ALLOWED)


def changes(readers: frozenset[Role], writers: frozenset[Role]) -> Rule:
    """``writers`` may; who only reads is told so; for everybody else there is no such page."""

    def rule(viewer: Viewer, _record: Record) -> Answer:
        return _of(viewer.role in writers, Answer.NOT_ALLOWED if viewer.role in readers else Answer.NOT_FOUND)

    return in_console(rule)


def works(refusal: Answer = Answer.NOT_FOUND) -> Rule:
    """Whoever works cases at some desk."""
    return in_console(lambda viewer, _record: _of(bool(viewer.desks), refusal))


def has_desk(viewer: Viewer, record: Record) -> Answer:
    """Whoever works at the desk that the address names: the record's own."""
    return _of(record.case.desk in viewer.desks)


def supervises(viewer: Viewer, record: Record) -> Answer:
    """Supervisors of the desk that the address names: the record's own."""
    return _of(viewer.role is Role.SUPERVISOR and record.case.desk in viewer.desks)


def reads(viewer: Viewer, record: Record) -> Answer:
    """Whoever may read the case: people of its desks, or those that a restricted case names."""
    restricted = record.case.restricted_to
    known = {record.case.desk, *record.case.also, *record.case.joint}
    return _of(bool(viewer.desks) and (viewer.user in restricted if restricted else bool(viewer.desks & known)))


def decides(viewer: Viewer, record: Record) -> Answer:
    """Readers who work at the owning desk; the others are told that it is not theirs to decide."""
    answer = reads(viewer, record)
    return answer if answer is not Answer.ALLOWED else _of(record.case.desk in viewer.desks, Answer.NOT_ALLOWED)


def reaches_sender(viewer: Viewer, record: Record) -> Answer:
    """Readers at a desk that knows of it by a rule, and that the sender agreed to, or that needs no consent: intake and oversight."""
    answer = reads(viewer, record)
    consent = record.tip.consent
    agreed = {DeskNature.INTAKE, DeskNature.OVERSIGHT} | ({DeskNature.ENFORCEMENT} if consent.police else set[DeskNature]())
    agreed |= HELPERS if consent.support else frozenset[DeskNature]()
    mine = viewer.desks & {record.case.desk, *record.case.also}
    return answer if answer is not Answer.ALLOWED else _of(any(POLICY.desks[desk].nature in agreed for desk in mine), Answer.NOT_ALLOWED)


def cares(viewer: Viewer, record: Record) -> Answer:
    """People of the owning desk where that is one of care or for victims; others who read it are told that it is not theirs."""
    answer = decides(viewer, record)
    return answer if answer is not Answer.ALLOWED else _of(POLICY.desks[record.case.desk].nature in HELPERS, Answer.NOT_ALLOWED)


def restricts(viewer: Viewer, record: Record) -> Answer:
    """Supervisors of the owning desk among those who may read it; a case that nobody has taken over has no other who may."""
    answer = decides(viewer, record)
    return answer if answer is not Answer.ALLOWED else _of(viewer.role is Role.SUPERVISOR, Answer.NOT_ALLOWED)


def opens_up(viewer: Viewer, record: Record) -> Answer:
    """As ``restricts`` for a restricted case; for one that is not, there is nothing to open for anybody who decides."""
    return restricts(viewer, record) if record.case.restricted_to else decides(viewer, record)


def breaks_seal(viewer: Viewer, record: Record) -> Answer:
    """Supervisors of the desk that owns a restricted case who are not among those whom it names."""
    outside = viewer.role is Role.SUPERVISOR and record.case.desk in viewer.desks and viewer.user not in record.case.restricted_to
    return _of(outside and bool(record.case.restricted_to))


def receives(viewer: Viewer, record: Record) -> Answer:
    """People of the desk that the record is shared with."""
    return _of(record.shared_to in viewer.desks)


def recalls(viewer: Viewer, record: Record) -> Answer:
    """Those who decide about what is shared."""
    return decides(viewer, record) if record.shared_to else Answer.NOT_FOUND


def overrides(viewer: Viewer, record: Record) -> Answer:
    """Supervisors of enforcement and intake, and only a care desk's record that is not restricted."""
    answer = may_override(viewer)
    kept = POLICY.desks[record.case.desk].nature in HELPERS and not record.case.restricted_to
    return answer if answer is not Answer.ALLOWED else _of(kept)


def with_another(rule: Callable[[Viewer, Record], Answer], desk: str) -> Callable[[Viewer, Record], Answer]:
    """A rule about the record together with another one that is open to the people of one desk alone."""
    return lambda viewer, record: rule(viewer, record) if desk in viewer.desks else Answer.NOT_FOUND


def at_desks_of(natures: frozenset[DeskNature], refusal: Answer = Answer.NOT_FOUND) -> Rule:
    """Whoever works at a desk of one of these natures."""
    return in_console(lambda viewer, _record: _of(any(POLICY.desks[desk].nature in natures for desk in viewer.desks), refusal))


def keyed(scope: Scope | None, own: bool = False) -> Rule:
    """Programs with a key that has the scope; ``own``: the address names something of the partner that the record's tip came from."""

    def rule(person: Person, record: Record) -> Answer:
        if not person.partner or person.staff:
            return Answer.NO_KEY
        if scope not in (None, *person.scopes):
            return Answer.NOT_ALLOWED
        return _of(not own or person.partner == record.tip.partner)

    return rule


def in_portal(managers: bool = False, own: bool = False) -> Rule:
    """Staff of partners; ``managers`` only; ``own``: of the partner that the record's tip came from."""

    def rule(person: Person, record: Record) -> Answer:
        if person.staff is None:
            return Answer.SIGN_IN
        if managers and not person.staff.manager:
            return Answer.NOT_ALLOWED
        return _of(not own or person.staff.partner == record.tip.partner)

    return rule
