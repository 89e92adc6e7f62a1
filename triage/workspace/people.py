"""Who can be given a case or a task of it, and that they are told."""

from __future__ import annotations

from triage.case_turn import CaseTurn
from triage.domain.access import User, Viewer
from triage.domain.alert import Alert, AlertKind
from triage.domain.case import Case
from triage.domain.work import CaseAct
from triage.ports import UnitOfWork
from triage.workspace.checks import invalid


def colleagues(work: UnitOfWork, case: Case) -> list[User]:
    """The people who work at the desk that owns the case and may read it, by name."""
    return [user for user in work.users.all() if case.desk in (viewer := Viewer.of(user)).desks and viewer.reads(case.readers)]


def check_colleague(work: UnitOfWork, case: Case, path: str, user: str) -> None:
    """Raise ``InvalidInput`` unless ``user`` is one of the colleagues; nobody at all is fine."""
    if user and all(user != each.id for each in colleagues(work, case)):
        raise invalid(path, "no_colleague", "Choose somebody who works at the desk of this case and may read it.")


def tell(now: CaseTurn, user: str, act: CaseAct, what: str) -> None:
    """Alert somebody who was given ``what`` (``case`` or ``task``) by somebody else."""
    if user and user != now.viewer.user:
        tip = now.case.tips[-1] if now.case.tips else ""
        now.work.alerts.add([Alert(now.new_id("alr"), user, AlertKind.GIVEN, now.now, now.case.id, tip, what, act.id)])
