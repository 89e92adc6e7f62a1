"""A tip that nobody takes up goes to another desk: as a person would transfer it, by the same rules and more."""

from __future__ import annotations

from triage.cases import Casework
from triage.desk_turn import Turn
from triage.domain.access import Role, Viewer
from triage.domain.case import Act, CaseStatus, EntryState, Notice
from triage.domain.duty import MOVES
from triage.domain.errors import InvalidInput
from triage.domain.events import Event, EventType
from triage.domain.policy import Policy

CLOCKS = Viewer("system:clocks", "clocks", Role.SUPERVISOR, frozenset(), "escalation")
"""Who acts when time does."""

REASON = "Nobody at the desk has taken it up in time"


def reroute(now: Turn, casework: Casework, policy: Policy, desk: str) -> str:
    """Move the case of the turn's tip to ``desk`` and tell the desk that it leaves, which reads along; or say by a code why it stays.

    It stays where it is restricted, where anybody works on it, where it was moved by itself before, and apart from care and oversight.
    """
    if why := _why_not(now, policy, desk):
        return why
    left = now.entry.desk
    try:
        act = casework.hand_on(now, desk, REASON, reads_along=(left,))
    except InvalidInput as error:
        return error.errors[0].code
    _tell_left(now, act, left)
    return ""


def _why_not(now: Turn, policy: Policy, desk: str) -> str:
    entry, case = now.entry, now.case
    natures = [policy.desks[one].nature for one in (entry.desk, desk) if one in policy.desks]
    siblings = [now.work.queue.get(tip) for tip in case.tips]
    if case.restricted_to:
        return "restricted"
    if desk == entry.desk:
        return "same_desk"
    if len(natures) != 2 or not MOVES.issuperset(natures):
        return "apart"
    if case.owner or case.status is not CaseStatus.NEW or any(one is not None and one.state is EntryState.CLAIMED for one in siblings):
        return "in_hand"
    if any(act.by == CLOCKS.user for act in now.work.acts.of_tip(entry.tip_id)):
        return "moved_before"
    return ""


def _tell_left(now: Turn, act: Act, left: str) -> None:
    notice = Notice(now.new_id("ntc"), act.tip_id, act.case_id, left, "escalation", f"{REASON}; it went to {act.target}", now.now)
    now.work.notices.add(notice)
    payload = {"tip": notice.tip_id, "case": notice.case_id, "desk": left, "rule": notice.rule}
    now.work.events.append([Event(now.new_id("evt"), EventType.NOTICE_SENT, left, now.now, act.tip_id, payload)])
