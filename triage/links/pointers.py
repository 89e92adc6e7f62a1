"""Deconfliction: desks learn that another one works on the same thing, and how to reach it; nothing else.

A pointer is a keyed hash of a thing, with the case and the desk that hold it. Only open cases have pointers: referrals to care and holds
never do, so nobody learns from them who asked for help. Pointers of restricted cases and of desks of oversight are silent: whoever asks is
told nothing, whoever holds the case is. Who asks from such a place is not named to others either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from triage.domain.access import Viewer
from triage.domain.alert import Alert, AlertKind
from triage.domain.audit import AuditRow
from triage.domain.case import Case, CaseKind, CaseStatus
from triage.domain.errors import FieldError, InvalidInput, NotFound
from triage.domain.links import Pointer
from triage.domain.policy import Desk, DeskNature, Policy
from triage.links.things import KINDS, things, typed
from triage.ports import Blinder, Clock, Ids, Storage, UnitOfWork

PURPOSE_LIMIT = 200
MOST_TIPS = 200
"""Of one case, the newest, that give it its pointers."""

COUNTED = timedelta(hours=24)
MOST_COUNTED = 200

_QUIET = frozenset({DeskNature.OVERSIGHT})
_CARING = frozenset({DeskNature.CARE, DeskNature.VICTIM_SERVICES})


@dataclass(frozen=True, slots=True)
class Told:
    """A desk that holds the same thing: how to reach it, and what kinds of things the two share."""

    desk: Desk
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody who asked is told: desks elsewhere, and the cases that hold it and that the viewer may read anyway."""

    told: tuple[Told, ...]
    own: tuple[str, ...]


def renew_pointers(storage: Storage, policy: Policy, blinder: Blinder, case_ids: Sequence[str]) -> None:
    """Bring the pointers of these cases to where the cases and the policy stand now. Done again, nothing changes."""
    with storage.reading() as work:
        cases = work.cases.get_many(case_ids)
        wanted = {pointer.id: pointer for case in cases.values() for pointer in _pointers(work, policy, blinder, case)}
        kept = {pointer.id: pointer for case in cases.values() for pointer in work.pointers.beside(case.id)}
    gone = kept.keys() - wanted.keys()
    new = [pointer for id, pointer in wanted.items() if kept.get(id) != pointer]
    if not gone and not new:
        return
    with storage.writing() as work:
        for id in sorted(gone):
            work.pointers.remove(id)
        for pointer in new:
            work.pointers.put(pointer)


class Deconfliction:
    """Asking who else works on the same thing. Both sides of every answer are written down."""

    def __init__(self, storage: Storage, policy: Policy, blinder: Blinder, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._policy = policy
        self._blinder = blinder
        self._clock = clock
        self._ids = ids

    def of_tip(self, viewer: Viewer, tip_id: str) -> tuple[Told, ...]:
        """Who else works on something that is in the tip. Asked for people of the owning desk, about cases alone."""
        with self._storage.reading() as work:
            tip, case = work.tips.get(tip_id), work.cases.of_tip(tip_id)
            assessment = work.assessments.get_many([tip_id]).get(tip_id)
            if tip is None or case is None:
                raise NotFound("tip", tip_id)
            viewer.check_reads("tip", tip_id, case.readers)
            if assessment is None or case.kind is not CaseKind.CASE or case.desk not in viewer.desks:
                return ()
            found = _elsewhere(work, self._policy, viewer, self._digests(things(tip, assessment)), case.id)
            holders = {id: _holders(work, holding) for id, (holding, _) in found.items()}
        told = self._told(found)
        if found:
            asked = [self._row(viewer.actor, "deconfliction.asked", f"tip:{tip_id}", {"desks": str(len(told))}, viewer.purpose)]
            self._write_down(case.desk, bool(case.restricted_to) or self.is_quiet(case.desk), found, holders, asked)
        return told

    def ask(self, viewer: Viewer, desk: str, kind: str, text: str) -> Answer:
        """Who holds this thing. The viewer says for which desk and, as ``viewer.purpose``, why. Raises ``InvalidInput``."""
        errors = []
        if desk not in viewer.desks:
            errors.append(FieldError("desk", "not_yours", "Choose one of your desks."))
        if kind not in KINDS:
            errors.append(FieldError("kind", "unknown", "Choose what it is."))
        if not viewer.purpose.strip() or len(viewer.purpose) > PURPOSE_LIMIT:
            errors.append(FieldError("purpose", "required", f"Write why you ask, in at most {PURPOSE_LIMIT} characters."))
        value = typed(kind, text) if kind in KINDS else ""
        if kind in KINDS and not value:
            errors.append(
                FieldError("thing", "not_whole", "Write the whole of it: parts cannot be asked about. An address begins with its number.")
            )
        if errors:
            raise InvalidInput(errors)
        digest = self._blinder.digest(kind, value)
        with self._storage.reading() as work:
            holding = [work.cases.get(pointer.case_id) for pointer in work.pointers.of(digest)]
            own = tuple(case.id for case in holding if case is not None and viewer.reads(case.readers))
            found = _elsewhere(work, self._policy, viewer, {digest: kind}, "")
            holders = {id: _holders(work, case) for id, (case, _) in found.items()}
        told = self._told(found)
        detail = {"desk": desk, "kind": kind, "digest": digest, "desks": str(len(told)), "own": str(len(own))}
        asked = self._row(viewer.actor, "deconfliction.asked", f"desk:{desk}", detail, viewer.purpose)
        self._write_down(desk, self.is_quiet(desk), found, holders, [asked])
        return Answer(told, own)

    def asked_by(self, viewer: Viewer) -> int:
        """How often the viewer has asked within ``COUNTED``, as far as the newest ``MOST_COUNTED`` questions of each desk tell."""
        since, actor = self._clock.now() - COUNTED, viewer.actor
        with self._storage.reading() as work:
            rows = [row for desk in sorted(viewer.desks) for row in work.audit.of_object(f"desk:{desk}", MOST_COUNTED)]
        return sum(row.action == "deconfliction.asked" and row.actor == actor and row.at >= since for row in rows)

    def is_quiet(self, desk: str) -> bool:
        """Whether the desk is never named to others when it asks."""
        return _nature(self._policy, desk) in _QUIET | _CARING

    def _digests(self, found: Iterable[tuple[str, str]]) -> dict[str, str]:
        """The kind of each thing, by its digest."""
        return {self._blinder.digest(kind, value): kind for kind, value in sorted(found)}

    def _told(self, found: Mapping[str, tuple[Case, Sequence[Pointer]]]) -> tuple[Told, ...]:
        """What may be said of it: by desk the kinds of things, nothing of silent pointers."""
        kinds: dict[str, list[str]] = {}
        for case, pointers in found.values():
            for pointer in pointers:
                if not pointer.silent and not _is_silent(self._policy, case) and case.desk in self._policy.desks:
                    kinds.setdefault(case.desk, []).append(pointer.kind)
        return tuple(Told(self._policy.desks[desk], tuple(sorted(set(shared)))) for desk, shared in sorted(kinds.items()))

    def _write_down(
        self,
        asking: str,
        quiet: bool,
        found: Mapping[str, tuple[Case, Sequence[Pointer]]],
        holders: Mapping[str, tuple[str, ...]],
        rows: list[AuditRow],
    ) -> None:
        """Both sides, and whoever holds the other case: told once for each desk that asks and thing that is shared."""
        alerts, now = [], self._clock.now()
        named = {} if quiet else {"desk": asking}
        for case, pointers in found.values():
            kinds = sorted({pointer.kind for pointer in pointers})
            rows.append(self._row("system:deconfliction", "deconfliction.named", f"case:{case.id}", {**named, "kinds": " ".join(kinds)}))
            alerts += [
                Alert(
                    self._ids.new("alr"), person, AlertKind.POINTER, now, case.id, case.tips[-1],
                    f"{asking}:{pointer.kind}", f"{asking}:{pointer.digest}",
                )
                for pointer in pointers for person in holders[case.id] if not quiet
            ]  # fmt: skip
        with self._storage.writing() as work:
            work.audit.append(rows)
            work.alerts.add(alerts)

    def _row(self, actor: str, action: str, object: str, detail: Mapping[str, str], purpose: str = "") -> AuditRow:
        return AuditRow(self._ids.new("aud"), self._clock.now(), actor, action, object, purpose, detail)


def _points(policy: Policy, case: Case) -> bool:
    """Whether others may learn that the case holds something, or its holders that others ask."""
    return (
        case.kind is CaseKind.CASE
        and case.status is not CaseStatus.CLOSED
        and bool(case.tips)
        and _nature(policy, case.desk) not in _CARING
    )


def _is_silent(policy: Policy, case: Case) -> bool:
    return bool(case.restricted_to) or _nature(policy, case.desk) in _QUIET


def _nature(policy: Policy, desk: str) -> DeskNature | None:
    return policy.desks[desk].nature if desk in policy.desks else None


def _pointers(work: UnitOfWork, policy: Policy, blinder: Blinder, case: Case) -> list[Pointer]:
    """What the case should have now."""
    if not _points(policy, case):
        return []
    month, silent = case.opened_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0), _is_silent(policy, case)
    ids = case.tips[-MOST_TIPS:]
    tips, readings = work.tips.get_many(ids), work.assessments.get_many(ids)
    found = frozenset().union(*(things(tips[id], readings[id]) for id in ids if id in tips and id in readings))
    return [Pointer(blinder.digest(kind, value), kind, case.id, case.desk, month, silent) for kind, value in sorted(found)]


def _elsewhere(
    work: UnitOfWork, policy: Policy, viewer: Viewer, kinds: Mapping[str, str], own_case: str
) -> dict[str, tuple[Case, list[Pointer]]]:
    """The cases that hold one of these things and that the viewer may not read, with what they hold of them.

    How a case stands now counts, not how it stood when its pointers were written.
    """
    pointers = [pointer for of_one in work.pointers.of_many(list(kinds)).values() for pointer in of_one if pointer.case_id != own_case]
    cases = work.cases.get_many(sorted({pointer.case_id for pointer in pointers}))
    found: dict[str, tuple[Case, list[Pointer]]] = {}
    for pointer in pointers:
        case = cases.get(pointer.case_id)
        if case is not None and _points(policy, case) and not viewer.reads(case.readers):
            found.setdefault(case.id, (case, []))[1].append(pointer)
    return found


def _holders(work: UnitOfWork, case: Case) -> tuple[str, ...]:
    """Who owns the case, and who has claimed one of its newest tips."""
    claimed = [entry.claimed_by for tip in case.tips[-MOST_TIPS:] if (entry := work.queue.get(tip)) is not None]
    people = dict.fromkeys(person for person in (case.owner, *claimed) if person)
    return tuple(person for person in people if not case.restricted_to or person in case.restricted_to)
