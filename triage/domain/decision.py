"""The decision record: everything that brought a tip to its desk, kept so that it can be replayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.assessment import Band, Urgency
from triage.domain.case import CaseKind


class LinkKind(StrEnum):
    """What two tips can share."""

    PLATE = "plate"
    VIN = "vin"
    CONTAINER = "container"
    WALLET = "wallet"
    HANDLE = "handle"
    PHONE = "phone"
    EMAIL = "email"
    USDOT = "usdot"
    TRAILER = "trailer"
    TEXT = "text"  # near-duplicate wording
    ADDRESS = "address"
    SITE = "site"  # a named place
    VEHICLE = "vehicle"  # as described, with where and when
    PARTIAL_PLATE = "partial_plate"


@dataclass(frozen=True, slots=True, order=True)
class LinkKey:
    """Something that can tie a tip to another.

    ``joins`` says whether it is sure enough to join a case without a person: a full plate with state, a VIN, a container, a
    wallet, or a suspect's handle; never an identifier of a reporter or a business.
    """

    kind: LinkKind
    value: str
    joins: bool = False


@dataclass(frozen=True, slots=True)
class LinkMatch:
    """An earlier tip that shares ``key``. ``similarity`` is the estimated Jaccard likeness for text, else 1."""

    key: LinkKey
    tip_id: str
    case_id: str
    desk: str
    case_open: bool
    at: datetime
    similarity: float = 1.0
    case_kind: CaseKind = CaseKind.CASE


class JurisdictionBasis(StrEnum):
    """What told the county."""

    FIELD = "field"
    TEXT = "text"
    PARTNER = "partner"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Where it belongs; empty names where nothing told. ``detail`` says what was matched, without quoting free text."""

    county: str
    state: str
    basis: JurisdictionBasis
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """What a decision needs to know about the sender's organisation, as it stood then."""

    slug: str
    sector: str
    county: str
    state: str


@dataclass(frozen=True, slots=True)
class RoutingStep:
    """One rule that was looked at, whether it matched, and why or why not."""

    rule: str
    matched: bool
    why: str


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a tip goes: the first matching rule, and every also-notify rule that matched."""

    desk: str
    kind: CaseKind
    rule: str
    reason: str
    steps: tuple[RoutingStep, ...]
    notify: tuple[tuple[str, str, str], ...]  # desk, rule, reason


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One per tip, never changed. With the tip, the assessment, the policy of ``policy_version``, ``partner`` and ``matches``
    it can be computed again: same inputs, same answer.

    ``tip_digest`` and ``assessment_digest`` are SHA-256 over their canonical JSON. ``joined`` says whether the tip joined a
    case that was there; ``suggested`` are the matches that only a person may act on. ``alike`` counts the earlier tips with nearly the same
    words, up to as many as are looked at; ``campaign`` says that they are so many that somebody may have asked for them. None in records
    from before there was such a count.
    """

    tip_id: str
    event_id: str
    decided_at: datetime
    tip_digest: str
    assessment_digest: str
    model: str
    policy_version: str
    partner: PartnerFacts
    keys: tuple[LinkKey, ...]
    matches: tuple[LinkMatch, ...]
    jurisdiction: Jurisdiction
    routing: Routing
    urgency: Urgency
    life_threat: bool
    band: Band
    due_at: datetime
    case_id: str
    joined: bool
    join_reason: str
    suggested: tuple[LinkMatch, ...]
    alike: int | None = None
    campaign: bool = False
