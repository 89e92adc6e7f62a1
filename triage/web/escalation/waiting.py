"""How an alert about a tip that waits is called on pages and in notifications."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.domain.alert import Alert, AlertKind
from triage.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert that stands until somebody does something with the tip."""

    id: str
    tip: str
    words: str

    @property
    def address(self) -> str:
        """The tip's page."""
        return f"/desk/tip/{self.tip}"


def waiting_of(alerts: Iterable[Alert], policy: Policy) -> list[Waiting]:
    """Those of the alerts that stand."""
    return [Waiting(one.id, one.tip_id, _words(one, policy)) for one in alerts if one.kind is AlertKind.WAITING]


def _words(alert: Alert, policy: Policy) -> str:
    level, _, desk = alert.about.partition(" ")
    return f"{level} waits at {policy.desks[desk].title if desk in policy.desks else desk}"
