"""Telling somebody that they were given a case or a task of it."""

from __future__ import annotations

from triage.case_turn import CaseTurn
from triage.domain.alert import Alert, AlertKind
from triage.domain.work import CaseAct


def tell(now: CaseTurn, user: str, act: CaseAct, what: str) -> None:
    """Alert somebody who was given ``what`` (``case`` or ``task``) by somebody else."""
    if user and user != now.viewer.user:
        tip = now.case.tips[-1] if now.case.tips else ""
        now.work.alerts.add([Alert(now.new_id("alr"), user, AlertKind.GIVEN, now.now, now.case.id, tip, what, act.id)])
