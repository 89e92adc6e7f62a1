"""The four words that a sender may see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.status import PublicStatus, public_status
from tests.builders import NOON
from triage.domain.assessment import Band, Urgency
from triage.domain.case import Case, CaseKind, CaseStatus, EntryState, QueueEntry

ENTRY = QueueEntry("tip_1", "case_1", "trafficking", Urgency.P1, life_threat=False, band=Band.LIKELY, entered_at=NOON, due_at=NOON)
CASE = Case(
    "case_1",
    CaseKind.CASE,
    "trafficking",
    (),
    CaseStatus.NEW,
    Urgency.P1,
    life_threat=False,
    band=Band.LIKELY,
    categories=(),
    county="",
    state="",
    opened_at=NOON,
    updated_at=NOON,
    due_at=NOON,
    tips=("tip_1",),
)


@pytest.mark.parametrize(
    ("entry", "case", "word"),
    [
        (None, None, PublicStatus.RECEIVED),
        (EntryState.WAITING, CaseStatus.NEW, PublicStatus.RECEIVED),
        (EntryState.WAITING, CaseStatus.ACTIVE, PublicStatus.RECEIVED),
        (EntryState.CLAIMED, CaseStatus.NEW, PublicStatus.READ),
        (EntryState.DONE, CaseStatus.ACTIVE, PublicStatus.WITH_TEAM),
        (EntryState.DONE, CaseStatus.CLOSED, PublicStatus.CLOSED),
        (EntryState.WAITING, CaseStatus.CLOSED, PublicStatus.CLOSED),
    ],
)
def test_says_where_it_stands(entry: EntryState | None, case: CaseStatus | None, word: PublicStatus) -> None:
    assert public_status(entry and replace(ENTRY, state=entry), case and replace(CASE, status=case)) is word


@pytest.mark.parametrize("kind", CaseKind)
@pytest.mark.parametrize("outcome", ["", "arrest", "unfounded"])
def test_neither_kind_nor_outcome_nor_desk_shows(kind: CaseKind, outcome: str) -> None:
    closed = replace(CASE, status=CaseStatus.CLOSED, kind=kind, outcome=outcome, desk="oversight")
    assert public_status(replace(ENTRY, state=EntryState.DONE), closed) is PublicStatus.CLOSED
