"""The pages about who is on call and how long tips waited."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.domain.access import Role
from triage.domain.assessment import Urgency
from triage.domain.duty import MOVES, Duty, Rota, Step
from triage.domain.errors import FieldError, InvalidInput, NotFound
from triage.domain.policy import Desk
from triage.escalation.ageing import Ageing, AgeingReports, Sum, TipAge, Verdict
from triage.escalation.ageing_file import ageing_file
from triage.sign_in import Session, viewer_of
from triage.web.console import Console
from triage.web.deps import Area
from triage.web.escalation.alert_news import AlertNews
from triage.web.gate import Gate
from triage.web.page import download
from triage.web.parts import Panel, Tab
from triage.web.wording import moment, spell

ON_CALL = Area("on-call", "/desk/on-call", "On call", frozenset({Role.ANALYST, Role.SUPERVISOR}))
AGEING = Area("ageing", "/desk/ageing", "Ageing", frozenset({Role.SUPERVISOR}))

AHEAD = timedelta(days=7)
"""How much of a rota the page shows."""
PERIOD = timedelta(days=30)
SHOWN = 200
"""Missed targets that the page lists; the file has all."""
GROUPS = {"on_call": "who is on call", "desk": "everybody at the desk", "supervisors": "its supervisors"}
WAYS = {"browser": "in this console", "email": "by e-mail", "pager": "by pager", "webhook": "by the desk's webhook"}


class EscalationPages:
    """One method a page, as in ``Console``."""

    def __init__(self, console: Console) -> None:
        self._console = console
        deps = console.deps
        self._plan, self._policy, self._clock = deps.duty, deps.policy, deps.clock
        self._reports = AgeingReports(deps.storage, deps.chain, deps.policy, deps.clock, deps.ids) if deps.chain else None

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Its addresses."""
        return [
            Route("/desk/on-call", gate.look(self.on_call), methods=["GET"]),
            Route("/desk/ageing", gate.look(self.ageing), methods=["GET"]),
            Route("/desk/ageing.csv", gate.look(self.file), methods=["GET"]),
            Route("/desk/alerts/news", AlertNews(gate, self._console).stream, methods=["GET"]),
        ]

    def panels(self) -> tuple[Panel, ...]:
        """Nothing."""
        return ()

    def tabs(self) -> tuple[Tab, ...]:
        """Nothing."""
        return ()

    def on_call(self, request: Request, session: Session) -> Response:
        """Who is on call at the person's desks, now and next, and who is told while a tip waits."""
        viewer, now = viewer_of(session, "on call"), self._clock.now()
        desks = self._console.reading.desks(viewer)
        if not desks:
            raise NotFound("page", "on-call")
        with self._console.deps.storage.reading() as work:
            names = {user.name.casefold(): user.display_name for user in work.users.all() if user.active}
        values = {
            "desks": [(desk, self._rota(self._plan.rotas.get(desk.id), names, now), self._steps(desk)) for desk in desks],
            "told": [way for way, address in (("e-mail", session.user.email), ("pager", session.user.pager)) if address],
        }
        return self._console.show(session, "escalation/on_call.html", values, request)

    def ageing(self, request: Request, session: Session) -> Response:
        """How long tips waited at a desk."""
        viewer = viewer_of(session, "ageing")
        desks = self._console.reading.desks(viewer) if viewer.role is Role.SUPERVISOR else ()
        if not desks:
            raise NotFound("page", "ageing")
        problem, report = "", None
        desk, since, until = request.query_params.get("desk", desks[0].id), *self._period(request)
        try:
            report = self._report(session, desk, since, until)
        except InvalidInput as error:
            problem = error.errors[0].message
        values = {
            "desks": desks,
            "desk": desk,
            "since": since.isoformat() if since else "",
            "until": until.isoformat() if until else "",
            "problem": problem,
            "report": report,
            "sums": [self._sum(one) for one in report.sums] if report else [],
            "missed": [self._missed(tip) for tip in report.tips if tip.verdict is Verdict.MISSED][:SHOWN] if report else [],
            "file": "/desk/ageing.csv?" + urlencode({"desk": desk, "from": since or "", "to": until or ""}),
            "shown": SHOWN,
        }
        return self._console.show(session, "escalation/ageing.html", values, request, 422 if problem else 200)

    def file(self, request: Request, session: Session) -> Response:
        """The same as CSV, with every tip and the audit rows behind each time."""
        report = self._report(session, request.query_params.get("desk", ""), *self._period(request))
        return download(ageing_file(report), "ageing.csv", "text/csv; charset=utf-8")

    def _report(self, session: Session, desk: str, since: date | None, until: date | None) -> Ageing:
        if self._reports is None:
            raise NotFound("page", "ageing")
        if since is None or until is None:
            raise InvalidInput([FieldError("from", "no_day", "Write both days, such as 2026-11-01.")])
        start, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (since, until))
        return self._reports.report(viewer_of(session, "ageing"), desk, start, end + timedelta(days=1))

    def _period(self, request: Request) -> tuple[date | None, date | None]:
        """The first and the last day that are asked for; None for what is no day."""
        today = self._clock.now().date()
        return _day(request.query_params.get("from"), today - PERIOD), _day(request.query_params.get("to"), today)

    def _rota(self, rota: Rota | None, names: dict[str, str], now: datetime) -> dict[str, object] | None:
        if rota is None:
            return None
        duties = [(_people(duty, names), *_times(duty, rota.zone)) for duty in rota.duties(now, now + AHEAD)]
        return {"now": duties[0], "next": duties[1:], "zone": rota.zone}

    def _steps(self, desk: Desk) -> list[tuple[str, list[str]]]:
        levels = [(level, self._plan.steps(level, desk.id)) for level in Urgency]
        title = self._console.words().urgency
        return [
            (f"{level} {title(level)}", [self._step(step) for step in steps if self._happens(step, desk)])
            for level, steps in levels
            if steps
        ]

    def _happens(self, step: Step, desk: Desk) -> bool:
        """Whether a step can be taken at this desk: no tip moves to where it is, or away from those who help or oversee."""
        return not step.reroute or (step.reroute != desk.id and desk.nature in MOVES)

    def _step(self, step: Step) -> str:
        when = f"After {spell(step.after)}" if step.after else "At once"
        if step.reroute:
            return f"{when}: it goes to {self._console.words().desk(step.reroute)}, if nobody works on its case"
        told = [GROUPS.get(group) or self._named(group) for group in step.tell]
        return f"{when}: {', '.join(told)} – {', '.join(WAYS[way] for way in step.by)}"

    def _named(self, group: str) -> str:
        kind, _, name = group.partition(":")
        return f"everybody at {self._console.words().desk(name)} who may read it" if kind == "desk" else name

    def _sum(self, one: Sum) -> dict[str, object]:
        counted = one.kept + one.missed
        return {
            "level": f"{one.level} {self._console.words().urgency(one.level)}" if one.level else "All",
            "tips": one.tips,
            "kept": one.kept,
            "missed": one.missed,
            "share": f"{one.kept / counted:.0%}" if counted else "–",
            "times": [_spoken(minutes) for minutes in (one.to_route, one.to_read, one.to_act)],
        }

    def _missed(self, tip: TipAge) -> dict[str, object]:
        acted = tip.marks.acted
        return {
            "tip": tip.tip_id,
            "level": tip.level.value,
            "due": moment(tip.due),
            "acted": moment(acted.at) if acted else "nobody has",
            "late": spell(-tip.by),
        }


def _day(given: str | None, default: date) -> date | None:
    try:
        return date.fromisoformat(given) if given else default
    except ValueError:
        return None


def _people(duty: Duty, names: dict[str, str]) -> str:
    return ", ".join(names.get(name.casefold(), name) for name in duty.people)


def _times(duty: Duty, zone: str) -> tuple[str, str]:
    start, end = (at.astimezone(ZoneInfo(zone)) for at in (duty.start, duty.end))
    return f"{start:%a %Y-%m-%d %H:%M}", f"{end:%a %Y-%m-%d %H:%M}"


def _spoken(minutes: float | None) -> str:
    if minutes is None:
        return "–"
    return "less than a minute" if minutes < 1 else spell(timedelta(minutes=minutes))
