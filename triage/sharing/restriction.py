"""Cases that only named people may know of: restricting one, opening it up, and the way in when nobody who is named is left.

Restricting only narrows: whoever is named must be able to read the case already. Two supervisors who were not named can get in together:
one asks with a reason, another one agrees, and everybody who is named is told both times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from triage.case_turn import CaseTurn, case_turn
from triage.domain.access import Role, User, Viewer
from triage.domain.alert import Alert, AlertKind
from triage.domain.case import Case
from triage.domain.errors import Conflict, NotAllowed, NotFound, invalid
from triage.domain.work import CaseAct, CaseActKind
from triage.ports import Clock, Ids, Storage, UnitOfWork
from triage.sharing.shares import ended

ASKED_FOR = timedelta(days=3)
"""For how long a request to get in can be agreed to."""

WHY_LEAST, WHY_MOST = 20, 1000
"""Characters of the reason for getting in."""

ASKED, AGREE, ENTERED = "asked", "agree", "entered"
"""What an alert is about: somebody asked, one is asked to agree, somebody got in."""

_SETTLES = frozenset({CaseActKind.RESTRICT, CaseActKind.OPEN_UP, CaseActKind.BREAK_SEAL})


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who can be named, and whether that person is named now."""

    user: User
    named: bool


class Restriction:
    """The acts. Only people of the owning desk do any of them."""

    def __init__(self, storage: Storage, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._clock = clock
        self._ids = ids

    def choices(self, viewer: Viewer, case: Case) -> list[Choice]:
        """Who can be named, by name: active people who work cases at one of its desks. Nobody unless the viewer may restrict it."""
        if not may_restrict(viewer, case):
            return []
        with self._storage.reading() as work:
            return [Choice(user, user.id in case.restricted_to) for user in _people(work, case)]

    def restrict(self, viewer: Viewer, case_id: str, version: int, people: Sequence[str], why: str) -> Case:
        """Let only these people (ids) and the viewer know of the case from now on; every share of it ends.

        A supervisor of the owning desk may, and the case's owner; once restricted, a supervisor who is named. At least two people, one of
        them a supervisor of the owning desk. Raises ``InvalidInput`` with what is to be mended, ``NotAllowed``.
        """
        why = _reason(why)
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, version) as now:
            if not may_restrict(viewer, now.case):
                raise NotAllowed("a supervisor of the desk or the owner of the case restricts it. Ask one of them.")
            known = {user.id: user for user in _people(now.work, now.case)}
            named = sorted({*people, viewer.user})
            if any(user not in known for user in named):
                raise invalid("people", "unknown", "Choose among the people who can read the case now.")
            if len(named) < 2 or not any(_leads(known[user], now.case.desk) for user in named):
                raise invalid("people", "too_few", "Name at least two people, one of them a supervisor of the desk.")
            for share in now.work.shares.of(case_id):
                if share.lives(now.now):
                    ended(now, share, "The case was restricted")
            before = str(len(now.case.restricted_to)) if now.case.restricted_to else ""
            saved = now.save(replace(now.case, restricted_to=tuple(named), joint=()))
            now.record(CaseActKind.RESTRICT, note=why, target=str(len(named)), before=before)
            return saved

    def open_up(self, viewer: Viewer, case_id: str, version: int, why: str) -> Case:
        """Let everybody at its desks read it again. A supervisor who is named does it. ``Conflict`` if it is not restricted."""
        why = _reason(why)
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, version) as now:
            if not now.case.restricted_to:
                raise Conflict("the case is not restricted.")
            if viewer.role is not Role.SUPERVISOR:
                raise NotAllowed("a supervisor among the named people opens the case up. Ask one of them.")
            before = str(len(now.case.restricted_to))
            saved = now.save(replace(now.case, restricted_to=()))
            now.record(CaseActKind.OPEN_UP, note=why, before=before)
            return saved

    def ask(self, viewer: Viewer, case_id: str, why: str) -> CaseAct:
        """Ask to get into a restricted case of one's desk without being named. The named people and the other supervisors are told.

        For supervisors of the owning desk; to anybody else, and for a case that is not restricted, there is no such case (``NotFound``).
        """
        if not WHY_LEAST <= len(why.strip()) <= WHY_MOST:
            words = f"Write why nobody who is named can do it, in {WHY_LEAST} to {WHY_MOST} characters."
            raise invalid("why", "required", words)
        with self._storage.writing() as work:
            now = self._at_the_seal(work, viewer, case_id)
            if pending(work, now.case, self._clock) is not None:
                raise Conflict("somebody has asked already. Another supervisor of the desk must agree.")
            act = now.record(CaseActKind.ASK_SEAL, note=why.strip())
            others = [user.id for user in work.users.all() if _leads(user, now.case.desk)]
            self._alert(now, now.case.restricted_to, act, ASKED)
            self._alert(now, [user for user in others if user not in now.case.restricted_to], act, AGREE)
            return act

    def agree(self, viewer: Viewer, case_id: str) -> Case:
        """Agree to what another supervisor asked: both are named from now on, beside those who were. Nobody agrees to one's own request."""
        with self._storage.writing() as work:
            now = self._at_the_seal(work, viewer, case_id, named_too=True)
            asked = pending(work, now.case, self._clock)
            if asked is None:
                raise NotFound("request", case_id)
            if asked.by == viewer.user:
                raise NotAllowed("another supervisor of the desk must agree, not you yourself.")
            asker = work.users.by_id(asked.by)
            if asker is None or not _leads(asker, now.case.desk):
                raise Conflict("whoever asked does not lead at this desk any more, so there is nothing to agree to.")
            before = now.case.restricted_to
            saved = now.save(replace(now.case, restricted_to=tuple(sorted({*before, asked.by, viewer.user}))))
            act = now.record(CaseActKind.BREAK_SEAL, note=asked.note, target=asked.by, before=str(len(before)))
            self._alert(now, before, act, ENTERED)
            return saved

    def asked(self, viewer: Viewer, case_id: str) -> CaseAct | None:
        """The request that waits, for supervisors of the owning desk; None if there is none. Raises ``NotFound`` as ``ask``."""
        with self._storage.reading() as work:
            return pending(work, self._at_the_seal(work, viewer, case_id, named_too=True).case, self._clock)

    def _at_the_seal(self, work: UnitOfWork, viewer: Viewer, case_id: str, named_too: bool = False) -> CaseTurn:
        case = work.cases.get(case_id)
        outside = case is not None and viewer.role is Role.SUPERVISOR and case.desk in viewer.desks and bool(case.restricted_to)
        if case is None or not outside or (viewer.user in case.restricted_to and not named_too):
            raise NotFound("restricted case", case_id)
        return CaseTurn(work, viewer, case, self._clock.now(), self._ids)

    def _alert(self, now: CaseTurn, people: Iterable[str], act: CaseAct, about: str) -> None:
        tip = now.case.tips[0] if now.case.tips else ""
        told = dict.fromkeys(user for user in people if user != now.viewer.user)
        alerts = [Alert(now.new_id("alr"), user, AlertKind.SEAL, now.now, now.case.id, tip, about, act.id) for user in told]
        now.work.alerts.add(alerts)


def may_restrict(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer may restrict the case, or name other people once it is restricted."""
    if case.desk not in viewer.desks or not viewer.reads(case.readers):
        return False
    if case.restricted_to:
        return viewer.role is Role.SUPERVISOR
    return viewer.role is Role.SUPERVISOR or case.owner == viewer.user


def pending(work: UnitOfWork, case: Case, clock: Clock) -> CaseAct | None:
    """The request to get in that waits for a second person, unless it is too old or the restriction was settled anew since."""
    acts = [act for act in work.case_acts.of(case.id) if act.kind is CaseActKind.ASK_SEAL or act.kind in _SETTLES]
    last = acts[-1] if acts else None
    waits = last is not None and last.kind is CaseActKind.ASK_SEAL and clock.now() - last.at <= ASKED_FOR
    return last if waits else None


def _people(work: UnitOfWork, case: Case) -> list[User]:
    """Active people who read the case by a desk of theirs: the only ones who can be named."""
    return [user for user in work.users.all() if not Viewer.of(user).desks.isdisjoint(case.desks_by_rule)]


def _leads(user: User, desk: str) -> bool:
    return user.role is Role.SUPERVISOR and desk in Viewer.of(user).desks


def _reason(why: str) -> str:
    if not why.strip() or len(why) > WHY_MOST:
        raise invalid("why", "required", f"Write why, in at most {WHY_MOST} characters.")
    return why.strip()
