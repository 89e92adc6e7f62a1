"""The page on which a supervisor opens a referral once, against the rule and with a reason."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.care.override import SHORTEST_REASON, OverrideLook, Overrides
from triage.domain.access import Role
from triage.domain.care import Ground
from triage.domain.errors import FieldError, InvalidInput, NotAllowed
from triage.domain.policy import DeskNature
from triage.policy_files.care import care_needs
from triage.sign_in import Session, viewer_of
from triage.web.care.words import GROUNDS, language, place
from triage.web.console import Console, Form
from triage.web.deps import Area
from triage.web.gate import Gate
from triage.web.parts import Panel, Tab
from triage.web.views import county_name
from triage.web.wording import moment

AREA = Area(
    "override", "/desk/override", "Open a referral", frozenset({Role.SUPERVISOR}), frozenset({DeskNature.ENFORCEMENT, DeskNature.INTAKE})
)


class OverridePages:
    """One method a page or act, as in ``Console``."""

    def __init__(self, console: Console) -> None:
        deps = console.deps
        self._console = console
        self._deps = deps
        self._overrides = Overrides(deps.storage, deps.policy, deps.taxonomy, deps.clock, deps.ids)

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Its addresses."""
        return [
            Route("/desk/override", gate.look(self.form), methods=["GET"]),
            Route("/desk/override", gate.do(self.open), methods=["POST"]),
        ]

    def panels(self) -> tuple[Panel, ...]:
        """Nothing on a tip's page."""
        return ()

    def tabs(self) -> tuple[Tab, ...]:
        """Nothing on a case's page."""
        return ()

    def form(self, request: Request, session: Session) -> Response:
        """What is asked before anything is shown."""
        if not self._overrides.may_ask(viewer_of(session, "")):
            raise NotAllowed("only supervisors of enforcement desks and of intake can open a referral, and only for a reason.")
        return self._form(request, session, {"record": request.query_params.get("record", "")}, ())

    def open(self, request: Request, session: Session, form: Form) -> Response:
        """The look, in the answer itself: its page has no address of its own, so that it cannot be opened again."""
        if form.get("ground") not in set(Ground):
            return self._form(request, session, form, (FieldError("ground", "required", "Choose the ground."),))
        viewer, ground = viewer_of(session, ""), Ground(form["ground"])
        try:
            look = self._overrides.open(viewer, form.get("record", ""), ground, form.get("reason", ""), form.get("reference", ""))
        except InvalidInput as error:
            return self._form(request, session, form, error.errors)
        return self._console.show(session, "care/override_look.html", self._shown(look), request)

    def _form(self, request: Request, session: Session, entered: Form, errors: tuple[FieldError, ...]) -> Response:
        values = {
            "entered": {name: entered.get(name, "") for name in ("record", "ground", "reason", "reference")},
            "grounds": [(ground.value, words) for ground, words in GROUNDS.items()],
            "shortest": SHORTEST_REASON,
            "errors": errors,
        }
        return self._console.show(session, "care/override.html", values, request, 422 if errors else 200)

    def _shown(self, look: OverrideLook) -> dict[str, object]:
        words, needs = self._console.words(), care_needs(self._deps.taxonomy)
        desk = self._deps.policy.desks[look.desk]
        return {
            "facts": [
                ("Tip", look.tip_id),
                ("Need", ", ".join(needs.get(need, need) for need in look.needs) or "not known"),
                ("Where", county_name(look.county, look.state)),
                ("Where exactly", place(look.place) if look.place else ""),
                ("Level", f"{look.urgency.value} {words.urgency(look.urgency)}" + (", a threat to life" if look.life_threat else "")),
                ("Came", moment(look.received_at)),
                ("Language", language(look.language)),
                ("Held by", desk.title + (f", {desk.agency}" if desk.agency else "") + (f", {desk.contact}" if desk.contact else "")),
            ],
            "text": look.text,
            "text_language": look.language or "und",
        }
