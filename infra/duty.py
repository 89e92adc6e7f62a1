"""What is wrong with who is on call: times without anybody, and people whom nobody could reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from triage.domain.access import User, Viewer
from triage.domain.duty import Duty, DutyPlan, Way

AHEAD = timedelta(days=14)
"""How far ahead gaps are looked for: every week of the pattern, and the covers that come next."""


def gaps_ahead(plan: DutyPlan, now: datetime) -> list[tuple[str, Duty]]:
    """The stretches within ``AHEAD`` in which nobody is on call at a desk that has a rota."""
    return plan.gaps(now, now + AHEAD)


def spoken(plan: DutyPlan, desk: str, gap: Duty) -> str:
    """A stretch of time in the desk's own zone: ``from Fri 2026-12-18 20:00 to Mon 2026-12-21 08:00 (America/Chicago)``."""
    zone = plan.rotas[desk].zone
    start, end = (moment.astimezone(ZoneInfo(zone)) for moment in (gap.start, gap.end))
    return f"from {start:%a %Y-%m-%d %H:%M} to {end:%a %Y-%m-%d %H:%M} ({zone})"


def faults(plan: DutyPlan, users: Iterable[User]) -> Iterator[str]:
    """People whom the plan names and who could not be told, in words with a mend."""
    known = {user.name.casefold(): user for user in users}
    ways = {way for chain in plan.chains for step in chain.steps for way in step.by}
    named = {name for chain in plan.chains for step in chain.steps for name in step.tell if name.startswith("person:")}
    for name in sorted(name.removeprefix("person:") for name in named):
        if name.casefold() not in known:
            yield f"a chain names {name}, who has no account. Add it with `tipstream user`, or mend escalation.yaml"
    for desk, rota in plan.rotas.items():
        for name in sorted(rota.names):
            user = known.get(name.casefold())
            if user is None:
                yield f"{name} is on call at {desk} and has no account. Add it with `tipstream user`, or mend escalation.yaml"
            elif desk not in Viewer.of(user).desks:
                yield f"{name} is on call at {desk} and does not work there, so is never told. Add the desk with `tipstream user`"
            elif Way.EMAIL in ways and not user.email:
                yield f"{name} is on call at {desk} and has no e-mail address. Add one: tipstream user {name} --email ..."
