"""Ways to look at a desk's queue: what a person wants to see of it now, and the ways that the person keeps under a name.

A view never hides a threat to life, and the page says how many open tips it leaves out. Whatever bands it asks for, the blind sample
stays: tips that read as unlikely and are looked at all the same, so that what the reading misses can be counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from triage.domain.access import Viewer
from triage.domain.assessment import Band
from triage.domain.audit import AuditRow
from triage.domain.case import EntryState, QueueEntry
from triage.domain.desk_view import DeskView
from triage.domain.errors import NotFound, invalid
from triage.domain.tip import Answer
from triage.ports import Clock, Ids, Storage
from triage.reading import QueueRow

MOST = 12
"""Views that one person keeps of one desk: they stand as tabs."""
NAME_LIMIT = 40
VALUE_LIMIT = 40
"""The most values of one field."""
ONE_IN = 20
"""One unlikely tip in so many is in the blind sample."""

MINOR_FLAG = "minor_involved"

Filters = Mapping[str, tuple[str, ...]]
"""By field the values of which a tip has one; a field without values asks for nothing."""

_Reads = Callable[[QueueRow, Viewer, datetime], Iterable[str]]


def _held(row: QueueRow, viewer: Viewer, _now: datetime) -> tuple[str]:
    if row.entry.state is EntryState.WAITING:
        return ("waiting",)
    return ("mine",) if row.entry.claimed_by == viewer.user else ("others",)


FIELDS: Mapping[str, _Reads] = {
    "category": lambda row, _viewer, _now: row.assessment.labels if row.assessment else row.case.categories,
    "level": lambda row, _viewer, _now: [row.entry.urgency.value],
    "band": lambda row, _viewer, _now: [row.entry.band.value],
    "county": lambda row, _viewer, _now: [row.case.county],
    "partner": lambda row, _viewer, _now: [row.tip.partner],
    "language": lambda row, _viewer, _now: [row.assessment.language if row.assessment else row.tip.language],
    "held": _held,
    "late": lambda row, _viewer, now: ["yes"] if row.entry.due_at <= now else [],
    "threat": lambda row, _viewer, _now: ["yes"] if row.entry.life_threat else [],
    "minor": lambda row, _viewer, _now: ["yes"] if _minor(row) else [],
}
"""What can be asked of a tip in a queue, and where it stands."""


def in_blind_sample(entry: QueueEntry) -> bool:
    """Whether the tip reads as unlikely but is to be looked at as if nobody knew: always the same tips, one in ``ONE_IN``."""
    if entry.band is not Band.UNLIKELY or entry.life_threat:
        return False
    return int.from_bytes(hashlib.sha256(f"blind sample {entry.tip_id}".encode()).digest()[:8]) % ONE_IN == 0


def chooser(filters: Filters, viewer: Viewer) -> Callable[[QueueRow, datetime], bool] | None:
    """Whether a row is wanted; None where everything is."""
    asked = {field: frozenset(map(str.casefold, values)) for field, values in filters.items() if values and field in FIELDS}
    if not asked:
        return None

    def wanted(row: QueueRow, now: datetime) -> bool:
        if row.entry.life_threat:
            return True
        return all(
            (field == "band" and in_blind_sample(row.entry)) or not values.isdisjoint(map(str.casefold, FIELDS[field](row, viewer, now)))
            for field, values in asked.items()
        )

    return wanted


class QueueViews:
    """What a person does with views of a desk where the person works. ``NotFound`` for other desks, and for other people's views."""

    def __init__(self, storage: Storage, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._clock = clock
        self._ids = ids

    def of(self, viewer: Viewer, desk: str) -> list[DeskView]:
        """The person's views of the desk, oldest first."""
        with self._storage.reading() as work:
            return [view for view in work.views.of(viewer.user) if view.desk == desk]

    def keep(self, viewer: Viewer, desk: str, name: str, filters: Filters) -> DeskView:
        """Keep a view under a name; one with the same name is replaced. Raises ``InvalidInput``."""
        if desk not in viewer.desks:
            raise NotFound("queue", desk)
        name, asked = _name(name), {field: values[:VALUE_LIMIT] for field, values in filters.items() if values and field in FIELDS}
        if not asked:
            raise invalid("name", "empty", "Choose what the view shows first: a view of everything is there already.")
        with self._storage.writing() as work:
            work.hold([f"views:{viewer.user}"])
            own = [view for view in work.views.of(viewer.user) if view.desk == desk]
            same = next((view for view in own if view.name == name), None)
            if same is None and len(own) >= MOST:
                raise invalid("name", "too_many", f"You keep {MOST} views of this desk already; remove one first.")
            now = self._clock.now()
            view = replace(same, filters=asked) if same else DeskView(self._ids.new("viw"), viewer.user, desk, name, asked, now)
            work.views.put(view)
            work.audit.append([self._row(viewer, "view.keep", view)])
        return view

    def rename(self, viewer: Viewer, view_id: str, name: str) -> DeskView:
        """Give a view another name."""
        with self._storage.writing() as work:
            view = replace(self._own(viewer, work.views.get(view_id), view_id), name=_name(name))
            work.views.put(view)
            work.audit.append([self._row(viewer, "view.keep", view)])
        return view

    def remove(self, viewer: Viewer, view_id: str) -> DeskView:
        """Forget a view."""
        with self._storage.writing() as work:
            view = self._own(viewer, work.views.get(view_id), view_id)
            work.views.remove(view_id)
            work.audit.append([self._row(viewer, "view.forget", view)])
        return view

    def _row(self, viewer: Viewer, action: str, view: DeskView) -> AuditRow:
        return AuditRow(self._ids.new("aud"), self._clock.now(), f"user:{viewer.user}", action, f"desk:{view.desk}", viewer.purpose)

    def _own(self, viewer: Viewer, view: DeskView | None, view_id: str) -> DeskView:
        if view is None or view.user != viewer.user or view.desk not in viewer.desks:
            raise NotFound("view", view_id)
        return view


def _minor(row: QueueRow) -> bool:
    return row.tip.minor_possible is Answer.YES or (row.assessment is not None and MINOR_FLAG in row.assessment.flags)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_LIMIT:
        raise invalid("name", "not_a_name", f"Give the view a name of at most {NAME_LIMIT} characters.")
    return name
