"""Which cases have become one."""

from __future__ import annotations

from triage.domain.links import Merge
from triage.ports import UnitOfWork


def merges_into(work: UnitOfWork, case_id: str) -> list[Merge]:
    """The merges that hold: what was merged into the case and not parted again, oldest first."""
    return [merge for merge in work.merges.of(case_id) if merge.undone_at is None]


def case_ids(work: UnitOfWork, case_id: str) -> tuple[str, ...]:
    """The case and those merged into it, and into these: what was kept under their ids (acts, tasks, files, shares) belongs to it now."""
    found, waiting = [case_id], [case_id]
    while waiting:
        more = [merge.merged for merge in merges_into(work, waiting.pop()) if merge.merged not in found]
        found += more
        waiting += more
    return tuple(found)
