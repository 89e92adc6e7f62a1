"""The same act on several tips at once. Each tip has a transaction of its own: with it, everything happens or nothing.

What needs a person's eye is not done in bulk: tips that are marked as a threat to life, or that read as likely, are not declined so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from triage.domain.access import Viewer
from triage.domain.assessment import Band
from triage.domain.case import Act, ActKind
from triage.domain.errors import Conflict, FieldError, InvalidInput, NotAllowed, NotFound, TipstreamError, Unavailable
from triage.ports import Clock, Ids, Storage
from triage.undoing import undo

LIMIT = 100
"""Tips at once."""

KINDS = (
    ActKind.CLAIM,
    ActKind.RELEASE,
    ActKind.SNOOZE,
    ActKind.TRANSFER,
    ActKind.REFER,
    ActKind.DECLINE,
    ActKind.DUPLICATE,
)
"""What can be done in bulk."""

_REFUSED = (InvalidInput, NotFound, NotAllowed, Conflict)


@dataclass(frozen=True, slots=True)
class Pick:
    """A tip that was picked, with the version of its case that the person saw."""

    tip_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one tip: the act, or why there is none. ``along``: it went with the case of one before it, by that one's act."""

    tip_id: str
    act: Act | None
    error: TipstreamError | None = None
    along: bool = False


def act_on_all(storage: Storage, viewer: Viewer, picks: Sequence[Pick], kind: ActKind, act: Callable[[str, int], Act]) -> tuple[Done, ...]:
    """Do ``act`` (tip, version) with each tip, in this order, and say what became of each. Raises ``InvalidInput`` for too many.

    A version that an earlier act of this same call left counts as the one that the person saw. When the store is out of reach, the tips
    that are left are not tried.
    """
    if not 0 < len(picks) <= LIMIT:
        raise InvalidInput([_too_many(len(picks))])
    done: list[Done] = []
    left: dict[str, tuple[int, int]] = {}  # by case the version before our first act on it, and the one that our last act left
    gone: dict[str, Act] = {}  # by case the act that took it elsewhere as a whole
    for pick in {pick.tip_id: pick for pick in picks}.values():
        try:
            done.append(_one(storage, viewer, pick, kind, act, left, gone))
        except _REFUSED as error:
            done.append(Done(pick.tip_id, None, error))
        except Unavailable as error:
            done += [Done(other.tip_id, None, error) for other in picks if other.tip_id not in {one.tip_id for one in done}]
            break
    return tuple(done)


def undo_all(storage: Storage, clock: Clock, ids: Ids, viewer: Viewer, act_ids: Sequence[str]) -> tuple[tuple[str, Act | None], ...]:
    """Take acts back, the last first, each by itself; by the id of each the act that took it back, or None where it could not be."""
    if len(act_ids) > LIMIT:
        raise InvalidInput([_too_many(len(act_ids))])
    taken: list[tuple[str, Act | None]] = []
    asked_at, waiting = clock.now(), list(dict.fromkeys(act_ids))
    with storage.reading() as work:
        changed = {id: {one.id for one in note.cases} if (note := work.undo.get(id)) else set[str]() for id in waiting}
    while waiting:
        act_id = waiting.pop()
        earlier = [id for id in waiting if not changed[id].isdisjoint(changed[act_id])]
        try:
            taken.append((act_id, undo(storage, clock, ids, viewer, act_id, earlier, asked_at)))
        except _REFUSED:
            taken.append((act_id, None))
    return tuple(taken)


def _one(
    storage: Storage,
    viewer: Viewer,
    pick: Pick,
    kind: ActKind,
    act: Callable[[str, int], Act],
    left: dict[str, tuple[int, int]],
    gone: dict[str, Act],
) -> Done:
    with storage.reading() as work:
        case, entry = work.cases.of_tip(pick.tip_id), work.queue.get(pick.tip_id)
    if case is None or entry is None:
        raise NotFound("tip", pick.tip_id)
    viewer.check_reads("tip", pick.tip_id, case.readers)
    if case.id in gone:
        return Done(pick.tip_id, gone[case.id], along=True)
    if kind is ActKind.DECLINE and (entry.life_threat or entry.band is Band.LIKELY):
        raise Conflict("it is marked as a threat to life or reads as likely: open it, and decline it by itself.")
    seen, now = left.get(case.id, (pick.version, pick.version))
    made = act(pick.tip_id, now if pick.version == seen else pick.version)
    with storage.reading() as work:
        before = work.undo.get(made.id)
    for changed in before.cases if before else ():
        first = left.get(changed.id, (changed.case.version if changed.case else 0, 0))[0]
        left[changed.id] = (first, changed.version_after)
    if kind is ActKind.TRANSFER:
        gone[case.id] = made
    return Done(pick.tip_id, made)


def _too_many(count: int) -> FieldError:
    message = f"Pick at most {LIMIT} tips at once." if count else "Pick at least one tip first."
    return FieldError("picks", "too_many" if count else "none", message)
