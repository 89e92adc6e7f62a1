"""The desk's pages of bulletins and training cards: written, looked at again, published, withdrawn, and who has read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ingest.domain.bulletin import Bulletin, BulletinKind
from ingest.domain.partner import Partner
from ingest.portal.outreach import TEXT_LIMIT, TITLE_LIMIT, WRITERS, Outreach, Wording
from ingest.web.deps import IntakeDeps
from triage.domain.errors import FieldError, InvalidInput
from triage.domain.sectors import SECTORS
from triage.reply_check import risks
from triage.sign_in import Session, viewer_of
from triage.web.console import Console, Form
from triage.web.deps import Area
from triage.web.gate import Gate
from triage.web.page import see_other
from triage.web.thread_view import marked

HOME = "/desk/bulletins"
AREA = Area("bulletins", HOME, "Bulletins", WRITERS)
KINDS: Mapping[BulletinKind, str] = {BulletinKind.BULLETIN: "Bulletin", BulletinKind.TRAINING: "Training card"}
_DONE = {"published": "Published. Partners can read it now.", "withdrawn": "Withdrawn. Partners do not see it any more."}


class BulletinDesk:
    """One method a page or act."""

    def __init__(self, deps: IntakeDeps, console: Console) -> None:
        self._console = console
        self._outreach = Outreach(deps.partner_side, deps.clock, deps.ids)

    def routes(self) -> list[BaseRoute]:
        """The addresses."""
        gate = Gate(self._console)
        look, do = gate.look, gate.do
        return [
            Route(HOME, look(self.index), methods=["GET"]),
            Route(HOME + "/new", look(self.new), methods=["GET"]),
            Route(HOME + "/new", do(self.publish), methods=["POST"]),
            Route(HOME + "/{bulletin}", look(self.one), methods=["GET"]),
            Route(HOME + "/{bulletin}/withdraw", do(self.withdraw), methods=["POST"]),
        ]

    def index(self, request: Request, session: Session) -> Response:
        """Every bulletin, newest first."""
        rows = self._outreach.all(viewer_of(session, "bulletins"))
        return self._show(session, "bulletins.html", {"rows": rows}, request)

    def new(self, request: Request, session: Session) -> Response:
        """The form to write one."""
        return self._form(request, session, {}, (), 200)

    def publish(self, request: Request, session: Session, form: Form) -> Response:
        """Show what was written as partners will see it, with what to look at again; publish it once that was seen."""
        wording, viewer = _wording(form), viewer_of(session, "bulletins")
        if form.get("go") == "change":
            return self._form(request, session, form, (), 200)
        try:
            self._outreach.check(viewer, wording)
        except InvalidInput as error:
            return self._form(request, session, form, error.errors, 422)
        found = bool(risks(f"{wording.title}\n{wording.text}"))
        if form.get("go") == "publish" and (form.get("looked") or not found):
            bulletin = self._outreach.publish(viewer, wording)
            return see_other(f"{HOME}/{bulletin.id}?done=published")
        return self._preview(request, session, form, wording, found)

    def one(self, request: Request, session: Session) -> Response:
        """A bulletin, and who has read it."""
        bulletin, reach = self._outreach.look(viewer_of(session, "bulletins"), request.path_params["bulletin"])
        people = sum(len(one.people) for one in reach)
        read = sum(len({receipt.staff for receipt in one.receipts} & {person.id for person in one.people}) for one in reach)
        values = {"bulletin": bulletin, "reach": reach, "people": people, "read": read, "to": self._named(session, bulletin)}
        return self._show(session, "bulletin.html", values, request)

    def withdraw(self, request: Request, session: Session, _form: Form) -> Response:
        """Take it back."""
        bulletin_id = request.path_params["bulletin"]
        self._outreach.withdraw(viewer_of(session, "bulletins"), bulletin_id)
        return see_other(f"{HOME}/{bulletin_id}?done=withdrawn")

    def _form(self, request: Request, session: Session, form: Form, errors: tuple[FieldError, ...], status: int) -> Response:
        partners, wording = self._outreach.partners(viewer_of(session, "bulletins")), _wording(form)
        values = {
            "form": defaultdict(str, form),
            "errors": errors,
            "said": defaultdict(str, {error.path: error.message for error in errors}),
            "groups": _by_sector(partners),
            "open": {*wording.sectors, *(partner.sector for partner in partners if partner.slug in wording.partners)},
            "limits": {"title": TITLE_LIMIT, "text": TEXT_LIMIT},
        }
        return self._show(session, "bulletin_new.html", values, request, status)

    def _preview(self, request: Request, session: Session, form: Form, wording: Wording, found: bool) -> Response:
        asked, title, text = form.get("go") == "publish", wording.title.strip(), wording.text.strip()
        values = {
            "form": {name: value for name, value in form.items() if name not in ("token", "go", "looked")},
            "wording": wording,
            "title": marked(title, risks(title)),
            "text": marked(text, risks(text)),
            "found": found,
            "unseen": asked,
            "to": self._named(session, wording),
        }
        return self._show(session, "bulletin_preview.html", values, request, 422 if asked else 200)

    def _named(self, session: Session, to: Wording | Bulletin) -> list[str]:
        """Whom it goes to, in words; empty for everybody."""
        titles = {partner.slug: partner.title for partner in self._outreach.partners(viewer_of(session, "bulletins"))}
        if isinstance(to, Wording) and to.everybody:
            return []
        sectors = [f"all of: {SECTORS.get(sector, sector)}" for sector in to.sectors]
        return [*sectors, *(titles.get(slug, slug) for slug in to.partners)]

    def _show(self, session: Session, template: str, values: Mapping[str, object], request: Request, status: int = 200) -> Response:
        done = _DONE.get(request.query_params.get("done", ""), "") if status == 200 else ""
        return self._console.show(session, template, {"kinds": KINDS, "done": done, **values}, request, status)


def _wording(form: Form) -> Wording:
    def ticked(prefix: str) -> tuple[str, ...]:
        return tuple(name.removeprefix(prefix) for name in form if name.startswith(prefix))

    everybody = form.get("to") == "everybody"
    return Wording(form.get("kind", ""), form.get("title", ""), form.get("text", ""), everybody, ticked("partner."), ticked("sector."))


def _by_sector(partners: list[Partner]) -> list[tuple[str, str, list[Partner]]]:
    """The partners by sector: its key, its title, and its partners."""
    ordered = sorted(partners, key=lambda partner: (SECTORS.get(partner.sector, partner.sector), partner.title))
    return [(sector, SECTORS.get(sector, sector), list(those)) for sector, those in groupby(ordered, key=lambda partner: partner.sector)]
