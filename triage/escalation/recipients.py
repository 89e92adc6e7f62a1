"""Whom a step of a chain reaches: never somebody who may not read the tip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from triage.domain.access import Role, User, Viewer
from triage.domain.case import Case
from triage.domain.duty import DutyPlan


def recipients(users: Iterable[User], plan: DutyPlan, tell: Sequence[str], desk: str, case: Case, now: datetime) -> list[User]:
    """The people, each once. Where nobody is on call who may read the tip, everybody at the desk is."""
    readers = [user for user in users if Viewer.of(user).reads(case.readers)]
    found: dict[str, User] = {}
    for group in tell:
        reached = [user for user in readers if _member(group, plan, desk, now)(user)]
        if group == "on_call" and not reached:
            reached = [user for user in readers if desk in user.desks]
        found.update({user.id: user for user in reached})
    return list(found.values())


def _member(group: str, plan: DutyPlan, desk: str, now: datetime) -> Callable[[User], bool]:
    kind, _, name = group.partition(":")
    if kind == "on_call":
        on_call = frozenset(one.casefold() for one in plan.on_call(desk, now))
        return lambda user: user.name.casefold() in on_call
    if kind == "supervisors":
        return lambda user: user.role is Role.SUPERVISOR and desk in user.desks
    if kind == "person":
        return lambda user: user.name.casefold() == name.casefold()
    return lambda user: (name or desk) in user.desks
