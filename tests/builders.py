"""Small builders of domain values for tests: say what matters, get sound values for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from triage.domain.assessment import Assessment, Band, CategoryReading, Entity, Finding, Urgency, UrgencyVote
from triage.domain.events import Event, EventType
from triage.domain.policy import Policy
from triage.domain.tip import Channel, Tip
from triage.policy_files.policy import load_policy
from triage.ports import Clock, Ids
from triage.taxonomy.taxonomy import Taxonomy, load_taxonomy

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


class StillClock(Clock):
    """A clock that moves only when a test says so."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


class CountedIds(Ids):
    """Identifiers that sort by their number."""

    def __init__(self, after: int = 0) -> None:
        self._number = after

    def new(self, prefix: str) -> str:
        self._number += 1
        return f"{prefix}_{self._number:026d}"


def a_tip(number: int = 1, **given: Any) -> Tip:
    """A tip of the trucking partner, received at noon."""
    sound: dict[str, Any] = {
        "id": f"tip_{number:026d}",
        "received_at": NOON,
        "partner": "prairie-haul",
        "channel": Channel.API,
        "narrative": "A white van has stood behind the fuel desk since noon.",
    }
    return Tip(**{**sound, **given})


def an_assessment(
    tip: Tip,
    labels: Mapping[str, float] | Iterable[str] = ("sex_trafficking",),
    urgency: Urgency = Urgency.P2,
    flags: Iterable[str] = (),
    entities: Iterable[Entity] = (),
    findings: Iterable[Finding] = (),
    fingerprint: tuple[int, ...] = (),
    band: Band = Band.LIKELY,
    language: str = "en",
) -> Assessment:
    """What was read in the tip: these labels, all in ``band``."""
    held = dict(labels) if isinstance(labels, Mapping) else dict.fromkeys(labels, 0.9)
    categories = tuple(
        CategoryReading(name, held.get(name, 0.01), name in held, band if name in held else Band.UNLIKELY) for name in taxonomy().categories
    )
    votes = (UrgencyVote(urgency, "rule:test", "as the test says"),)
    return Assessment(
        tip.id, language, 0.99, categories, urgency, votes, tuple(flags), tuple(findings), tuple(entities), fingerprint, "test-model"
    )


def an_entity(type: str, value: str, raw: str = "", start: int = 0, **given: Any) -> Entity:
    """An entity at ``start`` whose raw text is the value unless given."""
    raw = raw or value
    return Entity(type, start, start + len(raw), raw, value, **given)


def received(tip: Tip, number: int = 1) -> Event:
    """The event that follows the tip's acceptance."""
    return Event(f"evt_{number:026d}", EventType.TIP_RECEIVED, tip.id, NOON, "trace-1", {"tip": tip.id, "partner": tip.partner})


@cache
def taxonomy() -> Taxonomy:
    """The product's taxonomy."""
    return load_taxonomy()


def example_files() -> dict[str, str]:
    """The example policy's files by name."""
    folder = files("infra") / "example" / "policy"
    return {path.name: path.read_text("utf8") for path in folder.iterdir() if path.name.endswith(".yaml")}


def example_policy() -> Policy:
    """The example policy."""
    return load_policy(example_files(), taxonomy())
