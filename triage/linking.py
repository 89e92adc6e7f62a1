"""What ties a tip to earlier ones, and which of them it may join without a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triage.domain.assessment import Assessment, Entity
from triage.domain.case import CaseKind
from triage.domain.decision import LinkKey, LinkKind, LinkMatch
from triage.domain.tip import Tip
from triage.plain import LOOK_ALIKES

SIMILAR_AT = 0.6
"""Estimated Jaccard likeness from which two texts are shown as similar."""

ALIKE_AT = 0.8
"""Estimated Jaccard likeness from which two texts are taken for one text with small changes."""

_CHECKED = {"vin": LinkKind.VIN, "container": LinkKind.CONTAINER, "wallet": LinkKind.WALLET}
_PLAIN = {"phone": LinkKind.PHONE, "email": LinkKind.EMAIL, "usdot": LinkKind.USDOT, "trailer": LinkKind.TRAILER}


def fold_confusables(plate: str) -> str:
    """A plate as people misread it: look-alike characters made one, only A-Z and 0-9 kept."""
    return "".join(c for c in plate.upper() if c.isascii() and c.isalnum()).translate(LOOK_ALIKES)


def link_keys(tip: Tip, assessment: Assessment) -> tuple[LinkKey, ...]:
    """Every key of the tip, sorted, each once.

    A reporter's own identifiers are never keys. A key ``joins`` only if it is a full plate with its state, a VIN, container or
    wallet whose check digits hold, or a suspect's handle; a business's identifiers never join.
    """
    keys: dict[tuple[LinkKind, str], bool] = {}
    found = [key for entity in assessment.entities if entity.role != "reporter" for key in _keys_of(entity)]
    found += [key for vehicle in tip.vehicles if vehicle.plate for key in _plate_keys(vehicle.plate, vehicle.state, "?" in vehicle.plate)]
    for key in found:
        keys[key.kind, key.value] = keys.get((key.kind, key.value), False) or key.joins
    return tuple(sorted(LinkKey(kind, value, joins) for (kind, value), joins in keys.items()))


def _keys_of(entity: Entity) -> Iterator[LinkKey]:
    business = entity.role == "business"
    if entity.type == "plate":
        named = entity.attributes.get("basis", "cue") in ("cue", "state")  # not merely something plate-like beside a vehicle
        yield from _plate_keys(entity.value, entity.attributes.get("state", "") if named else "", entity.partial)
    elif entity.type in _CHECKED and not entity.partial:
        yield LinkKey(_CHECKED[entity.type], entity.value, joins=entity.valid is True and not business)
    elif entity.type == "handle":
        yield LinkKey(LinkKind.HANDLE, entity.value, joins=entity.role == "suspect")
    elif entity.type in _PLAIN and not entity.partial:
        yield LinkKey(_PLAIN[entity.type], entity.value)


def _plate_keys(plate: str, state: str, partial: bool) -> Iterator[LinkKey]:
    """The exact plate with its state, which may join, and the folded plate alone, which is only a suggestion."""
    exact = "".join(c for c in plate.upper() if c.isascii() and c.isalnum())
    if partial or len(exact) < 5:
        return
    if state:
        yield LinkKey(LinkKind.PLATE, f"{state.upper()}:{exact}", joins=True)
    yield LinkKey(LinkKind.PLATE, fold_confusables(exact))


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """The estimated Jaccard likeness of two texts: the share of equal values of their fingerprints (Broder 1997)."""
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def alike(matches: tuple[LinkMatch, ...]) -> tuple[LinkMatch, ...]:
    """The matches with nearly the same words, the oldest first."""
    found = {match.tip_id: match for match in matches if match.key.kind is LinkKind.TEXT and match.similarity >= ALIKE_AT}
    return tuple(sorted(found.values(), key=lambda match: (match.at, match.tip_id)))


def choose_case(matches: tuple[LinkMatch, ...], desk: str, kind: CaseKind) -> tuple[LinkMatch | None, tuple[LinkMatch, ...]]:
    """The match whose case the tip joins, and the matches left as suggestions.

    It joins only by a key that may join, a case proper that is open at the same desk; of several the oldest match wins.
    Referrals and holds are never joined by a machine, and neither is what a helping desk has (``conclude`` asks as for a referral there).
    """
    may_join = [
        m for m in matches if m.key.joins and m.case_open and m.desk == desk and m.case_kind is CaseKind.CASE and kind is CaseKind.CASE
    ]
    chosen = min(may_join, key=lambda m: (m.at, m.tip_id), default=None)
    seen: dict[str, LinkMatch] = {}
    for match in matches:
        if chosen is None or match.case_id != chosen.case_id:
            seen.setdefault(match.tip_id, match)
    return chosen, tuple(seen.values())
