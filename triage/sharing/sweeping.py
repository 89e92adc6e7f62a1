"""What happens to shares by time: a desk that read along by one that gives no right any more reads the case no longer."""

from __future__ import annotations

from dataclasses import replace

from triage.domain.audit import AuditRow
from triage.domain.case import Case
from triage.domain.events import Event, EventType
from triage.domain.policy import Policy
from triage.domain.share import ShareMode
from triage.domain.work import CaseAct, CaseActKind
from triage.ports import Clock, Ids, Storage, UnitOfWork
from triage.sharing.shares import holds
from triage.sharing.wishes import Receivers

_ACTOR = "system:clocks"


def sweep(storage: Storage, policy: Policy, clock: Clock, ids: Ids) -> int:
    """Let every joint share end that is over, or that the rules do not allow any more; return how many cases were changed."""
    with storage.reading() as work:
        joint = [share for desk in policy.desks for share in work.shares.beside(desk) if share.mode is ShareMode.JOINT]
        cases = work.cases.get_many(sorted({share.case_id for share in joint}))
    changed = 0
    for case_id in [case.id for case in cases.values() if case.joint]:
        with storage.writing() as work:
            case = work.cases.get(case_id)
            changed += case is not None and _swept(work, policy, clock, ids, case)
    return changed


def _swept(work: UnitOfWork, policy: Policy, clock: Clock, ids: Ids, case: Case) -> bool:
    at, receivers = clock.now(), Receivers(policy, {})
    kept: set[str] = set()
    for share in work.shares.of(case.id):
        receiver = receivers.get(share.to, share.desk)
        if share.mode is ShareMode.JOINT and receiver is not None and holds(work, policy, share, case, receiver, at):
            kept.add(share.to)
    over = [desk for desk in case.joint if desk not in kept]
    if not over:
        return False
    joint = tuple(desk for desk in case.joint if desk in kept)
    work.cases.update(replace(case, joint=joint, version=case.version + 1, updated_at=at))
    payload = {"case": case.id, "version": str(case.version + 1)}
    work.events.append([Event(ids.new("evt"), EventType.CASE_CHANGED, case.id, at, case.tips[0] if case.tips else case.id, payload)])
    for desk in over:
        act = CaseAct(ids.new("cac"), case.id, CaseActKind.RECALL, _ACTOR, at, "The share has ended", desk)
        work.case_acts.put(act)
        detail = {"act": act.id, "desk": case.desk, "target": desk}
        work.audit.append([AuditRow(ids.new("aud"), at, _ACTOR, f"case.{act.kind}", f"case:{case.id}", detail=detail)])
    return True
