"""The pages of care and victim-services desks: their referrals, the directory, and handing on."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.care.directory import Fit, ranked
from triage.care.hand_offs import HandOffs, Plan
from triage.care.override import Overrides
from triage.care.referrals import Referral, Referrals, ReferralsPage
from triage.cases import CARE_NATURES
from triage.domain.access import Role, Viewer
from triage.domain.care import IDENTIFIES_NOBODY, Ground, HandOffState
from triage.domain.errors import FieldError, InvalidInput
from triage.policy_files.care import care_needs
from triage.reading import TipPage
from triage.sign_in import Session, viewer_of
from triage.trends.suppression import SMALLEST
from triage.web.care import words as said
from triage.web.console import Console, Form
from triage.web.deps import Area
from triage.web.gate import Gate
from triage.web.page import see_other
from triage.web.parts import Panel, Place, Tab, Values
from triage.web.views import county_name, person_name
from triage.web.wording import STATES, moment

AREA = Area("referrals", "/desk/referrals", "Referrals", frozenset({Role.ANALYST, Role.SUPERVISOR}), CARE_NATURES)


class CarePages:
    """One method a page or act, as in ``Console``."""

    def __init__(self, console: Console) -> None:
        deps = console.deps
        self._console = console
        self._deps = deps
        self._needs = care_needs(deps.taxonomy)
        self._hand_offs = HandOffs(deps.storage, deps.policy, deps.taxonomy, deps.care, deps.clock, deps.ids)
        self._referrals = Referrals(deps.storage, deps.policy, deps.taxonomy, deps.care, deps.clock, deps.ids)
        self._overrides = Overrides(deps.storage, deps.policy, deps.taxonomy, deps.clock, deps.ids)

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Its addresses."""
        return [
            Route("/desk/referrals", gate.look(self.referrals), methods=["GET"]),
            Route("/desk/services", gate.look(self.services), methods=["GET"]),
            Route("/desk/tip/{tip}/hand-off", gate.look(self.prepare), methods=["GET"]),
            Route("/desk/tip/{tip}/hand-off", gate.do(self.offer), methods=["POST"]),
            Route("/desk/hand-off/{hand_off}", gate.do(self.answer), methods=["POST"]),
        ]

    def panels(self) -> tuple[Panel, ...]:
        """Handing on, beside what can be decided."""
        return (Panel(Place.ACTS, "care/panel.html", self._panel),)

    def tabs(self) -> tuple[Tab, ...]:
        """Nothing on a case's page."""
        return ()

    def referrals(self, request: Request, session: Session) -> Response:
        """What waits at the person's care desks, and what came of what was handed on."""
        page = self._referrals.page(viewer_of(session, "referrals"))
        values = {
            "desks": [desk.title for desk in page.desks],
            "rows": [self._row(row, page) for row in page.waiting],
            "total": page.total,
            "unanswered": [
                (said.hand_off_view(one, self._deps.care, page.names), (page.now - one.changed_at).days) for one in page.unanswered
            ],
            "follow_up_days": self._deps.care.follow_up_days,
            "numbers": page.numbers,
            "by_need": [(self._needs.get(need, need or "Not known"), count) for need, count in page.numbers.by_need.items()],
            "by_state": [(said.STATES[HandOffState(state)], count) for state, count in page.numbers.by_state.items()],
            "smallest": SMALLEST,
        }
        return self._console.show(session, "care/referrals.html", values, request)

    def services(self, request: Request, session: Session) -> Response:
        """The directory, for everybody who works cases; those that fit what was asked for first."""
        asked, deps = request.query_params, self._deps
        need, county, tongue = (asked.get(name, "") for name in ("need", "county", "language"))
        today = deps.clock.now().date()
        found = ranked(deps.care, [need] if need else list(self._needs), county, tongue, today)
        values = {
            "fits": [self._service(fit) for fit in found],
            "narrowed": bool(need or county or tongue),
            "need": need,
            "county": county,
            "language": tongue,
            "needs": list(self._needs.items()),
            "counties": [(one.key, county_name(one.name, one.state)) for one in deps.policy.counties],
            "languages": sorted({(code, said.language(code)) for one in deps.care.services for code in one.languages if code != "any"}),
        }
        return self._console.show(session, "care/services.html", values, request)

    def prepare(self, request: Request, session: Session) -> Response:
        """What may be said to a service, before it is called."""
        tip_id, asked = request.path_params["tip"], request.query_params
        service, parts = asked.get("service", ""), asked.getlist("part")
        plan = self._hand_offs.prepare(viewer_of(session, "hand-off"), tip_id, service, parts)
        found = next(fit for fit in self._ranked(plan) if fit.service.id == service)
        values = {
            "tip_id": tip_id,
            "version": plan.case.version,
            "fit": self._service(found),
            "parts": ",".join(parts),
            "say": said.what_to_say(plan, parts, self._needs),
            "mind": said.mind(plan, parts),
            "consent": said.consent(plan.allowed),
            "text_language": plan.language or "und",
        }
        return self._console.show(session, "care/hand_off.html", values, request)

    def offer(self, request: Request, session: Session, form: Form) -> Response:
        """The service was asked."""
        tip_id, version = request.path_params["tip"], form.get("version", "")
        if not (version.isascii() and version.isdigit()):
            raise InvalidInput([FieldError("version", "not_a_number", "Open the tip again, then repeat.")])
        parts = [part for part in form.get("parts", "").split(",") if part]
        viewer = viewer_of(session, "hand-off")
        self._hand_offs.offer(viewer, tip_id, int(version), form.get("service", ""), parts, form.get("note", ""))
        return see_other(f"/desk/tip/{quote(tip_id)}?done=handed#care")

    def answer(self, request: Request, session: Session, form: Form) -> Response:
        """What came of it."""
        known = set(HandOffState)
        if form.get("seen") not in known or form.get("state") not in known:
            raise InvalidInput([FieldError("state", "unknown_state", "Choose what came of it.")])
        seen, state = HandOffState(form["seen"]), HandOffState(form["state"])
        made = self._hand_offs.answer(viewer_of(session, "hand-off"), request.path_params["hand_off"], seen, state, form.get("note", ""))
        return see_other(f"/desk/tip/{quote(made.tip_id)}?done=answered#care")

    def _panel(self, page: TipPage, viewer: Viewer, _request: Request) -> Values | None:
        """Only for people of the care or victim-services desk that has the tip."""
        owner = self._deps.policy.desks.get(page.entry.desk)
        if not page.may_act or owner is None or owner.nature not in CARE_NATURES:
            return None
        plan = self._hand_offs.plan(viewer, page.tip.id)
        fits = self._ranked(plan)
        return {
            "tip_id": page.tip.id,
            "consent": said.consent(plan.allowed),
            "needs": [self._needs.get(need, need) for need in plan.needs],
            "parts": [(part.value, said.PARTS[part], part in IDENTIFIES_NOBODY) for part in plan.allowed.parts],
            "fitting": [(fit.service.id, fit.service.title, said.fit_words(fit)) for fit in fits if fit.fits],
            "others": [(fit.service.id, fit.service.title, said.fit_words(fit)) for fit in fits if not fit.fits],
            "hand_offs": [said.hand_off_view(one, self._deps.care, self._names(plan, page)) for one in plan.so_far],
            "opened": [
                (moment(one.at), one.by, said.GROUNDS[Ground(one.ground)], one.reason)
                for one in self._overrides.of_tip(viewer, page.tip.id)
            ],
        }

    def _names(self, plan: Plan, page: TipPage) -> Mapping[str, str]:
        people = {step.by for one in plan.so_far for step in one.steps} - set(page.names)
        with self._deps.storage.reading() as work:
            return {**page.names, **{id: user.display_name for id in people if (user := work.users.by_id(id))}}

    def _ranked(self, plan: Plan) -> tuple[Fit, ...]:
        return ranked(self._deps.care, plan.needs, plan.county, plan.language, self._deps.clock.now().date())

    def _service(self, fit: Fit) -> dict[str, object]:
        service = fit.service
        counties = sorted(key.partition("/")[2] for key in service.counties)
        return {
            "id": service.id,
            "title": service.title,
            "fit": said.fit_words(fit),
            "fits": fit.fits,
            "needs": [title for need, title in self._needs.items() if need in service.needs],
            "counties": ", ".join(counties) or "all counties",
            "languages": said.spoken(service),
            "phone": service.phone,
            "web": service.web,
            "hours": service.hours or "not said",
            "warm": service.takes_warm_handoff,
            "checked": service.checked.isoformat(),
            "stale": fit.stale,
        }

    def _row(self, row: Referral, page: ReferralsPage) -> dict[str, object]:
        words, entry = self._console.words(), row.entry
        newest = row.hand_offs[-1] if row.hand_offs else None
        service = self._deps.care.find(newest.service) if newest else None
        return {
            "tip": entry.tip_id,
            "needs": [self._needs.get(need, need) for need in row.needs] or [words.category(one) for one in row.case.categories],
            "county": county_name(row.case.county, row.case.state),
            "language": said.language(row.language),
            "consent": said.consent_in_short(row.allowed),
            "life_threat": entry.life_threat,
            "urgency": entry.urgency.value,
            "urgency_title": words.urgency(entry.urgency),
            "age": words.age(entry, page.now),
            "state": "Put off" if row.put_off else STATES[entry.state],
            "claimed_by": person_name(entry.claimed_by, page.names),
            "kind": row.case.kind.value,
            "hand_off": said.STATES[newest.state] if newest else "",
            "service": service.title if service else newest.service if newest else "",
        }
