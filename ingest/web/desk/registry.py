"""The desk's pages about the register of partners. Administrators change it, supervisors read it, nobody else knows of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ingest.domain.partner import ApiKey, Partner, PartnerStatus, Staff
from ingest.domain.poster import Paper, frame_snippet, link_snippet, poster_of, words_in
from ingest.registry.partner_check import MOST_CONTACTS
from ingest.registry.partner_marks import marks
from ingest.registry.registry import OVERLAP, steps_from
from ingest.web.deps import IntakeDeps
from ingest.web.desk import partner_form as forms
from ingest.web.desk.partner_words import DONE, FIELDS, MARKS, SCOPES, STATUSES, happened, key_view
from triage.domain.access import Role
from triage.domain.audit import AuditRow
from triage.domain.errors import FieldError, InvalidInput, NotAllowed, NotFound
from triage.domain.sectors import SECTORS
from triage.sign_in import Session
from triage.web.console import Console, Form
from triage.web.deps import Area
from triage.web.gate import Gate
from triage.web.page import SECURITY_HEADERS, see_other

HOME = "/desk/partners"
READERS = frozenset({Role.ADMIN, Role.SUPERVISOR})
AREA = Area("partners", HOME, "Partners", READERS)
TRAIL = 50
"""Rows of the audit log on a partner's page."""

SPARE_CONTACTS = 3
"""Empty rows in the form of the contacts."""


@dataclass(frozen=True, slots=True)
class _Known:
    """All that the page of a partner shows."""

    partner: Partner
    keys: list[ApiKey]
    people: list[Staff]
    rows: list[AuditRow]
    names: Mapping[str, str]


class RegistryPages:
    """One method a page or act."""

    def __init__(self, deps: IntakeDeps, console: Console) -> None:
        self._deps = deps
        self._console = console
        self._registry = deps.registry()

    def routes(self) -> list[BaseRoute]:
        """The addresses."""
        gate = Gate(self._console)
        look, do, one = gate.look, gate.do, HOME + "/{slug}"
        return [
            Route(HOME, look(self.list), methods=["GET"]),
            Route(HOME + "/new", look(self.new), methods=["GET"]),
            Route(HOME + "/new", do(self.add), methods=["POST"]),
            Route(one, look(self.show), methods=["GET"]),
            Route(one, do(self.change), methods=["POST"]),
            Route(one + "/contacts", do(self.contacts), methods=["POST"]),
            Route(one + "/status/{step}", do(self.step), methods=["POST"]),
            Route(one + "/keys", do(self.issue), methods=["POST"]),
            Route(one + "/keys/{key}/rotate", do(self.rotate), methods=["POST"]),
            Route(one + "/keys/{key}/revoke", do(self.revoke), methods=["POST"]),
            Route(one + "/staff", do(self.hire), methods=["POST"]),
            Route(one + "/staff/{staff}/password", do(self.password), methods=["POST"]),
            Route(one + "/staff/{staff}/deactivate", do(self.deactivate), methods=["POST"]),
            Route(one + "/poster", look(self.poster), methods=["GET"]),
        ]

    def list(self, request: Request, session: Session) -> Response:
        """Every partner, or those of a sector, status or mark."""
        _check_reads(session)
        asked = {name: request.query_params.get(name, "") for name in ("sector", "status", "mark")}
        now = self._deps.clock.now()
        with self._deps.partner_side.reading() as work:
            partners, keys = work.partners.all(), work.partners.all_keys()
        by_partner: dict[str, list[ApiKey]] = {}
        for key in keys:
            by_partner.setdefault(key.partner, []).append(key)
        rows = [(partner, tuple(marks(partner, by_partner.get(partner.slug, ()), now))) for partner in partners]
        rows = [
            (partner, own)
            for partner, own in rows
            if asked["sector"] in ("", partner.sector)
            and asked["status"] in ("", partner.status)
            and (not asked["mark"] or asked["mark"] in own)
        ]
        values = {"rows": rows, "asked": asked, "total": len(partners), "sectors": SECTORS, "statuses": STATUSES, "marks": MARKS}
        return self._console.show(session, "partners.html", {**values, "may_change": _may_change(session)}, request)

    def new(self, request: Request, session: Session) -> Response:
        """The form for a new partner."""
        _check_changes(session)
        return self._new(request, session, {"languages": "en, es", "state": self._deps.policy.state}, ())

    def add(self, request: Request, session: Session, form: Form) -> Response:
        """Add it; one that is not complete comes back with what to mend."""
        _check_changes(session)
        slug = form.get("slug", "").strip()
        try:
            status = PartnerStatus.PENDING if form.get("pending") else PartnerStatus.ACTIVE
            self._registry.add(_actor(session), Partner(slug, status=status, **forms.read(form)))  # type: ignore[arg-type]  # see there
        except InvalidInput as error:
            return self._new(request, session, form, error.errors, 422)
        return _page(slug, "added")

    def show(self, request: Request, session: Session) -> Response:
        """A partner."""
        _check_reads(session)
        return self._show(request, session)

    def change(self, request: Request, session: Session, form: Form) -> Response:
        """Change what the form says."""
        return self._act(request, session, form, "profile", lambda slug: self._registry.change(_actor(session), slug, **forms.read(form)))

    def contacts(self, request: Request, session: Session, form: Form) -> Response:
        """Change the contacts."""

        def act(slug: str) -> object:
            return self._registry.change(_actor(session), slug, contacts=forms.read_contacts(form))

        return self._act(request, session, form, "contacts", act)

    def step(self, request: Request, session: Session, form: Form) -> Response:
        """Suspend, resume or end."""
        step, reason = request.path_params["step"], form.get("reason", "")
        return self._act(
            request, session, form, f"status-{step}", lambda slug: self._registry.step(_actor(session), slug, step, reason), step
        )

    def issue(self, request: Request, session: Session, form: Form) -> Response:
        """Issue a key and show it, this once."""

        def act(slug: str) -> Response:
            made = self._registry.issue(_actor(session), slug, forms.read_order(form))
            return self._secret(request, session, "A new key", made.token)

        return self._act(request, session, form, "key", act)

    def rotate(self, request: Request, session: Session, form: Form) -> Response:
        """Rotate a key and show the new one, this once."""
        key_id = request.path_params["key"]

        def act(slug: str) -> Response:
            made = self._registry.rotate(_actor(session), slug, key_id, forms.read_overlap(form))
            return self._secret(request, session, "The key that takes over", made.token)

        return self._act(request, session, form, f"rotate-{key_id}", act)

    def revoke(self, request: Request, session: Session, form: Form) -> Response:
        """End a key."""
        key_id = request.path_params["key"]
        return self._act(request, session, form, "key", lambda slug: self._registry.revoke(_actor(session), slug, key_id), "revoked")

    def hire(self, request: Request, session: Session, form: Form) -> Response:
        """Make an account and show its password, this once."""

        def act(slug: str) -> Response:
            name, display_name = form.get("name", ""), form.get("display_name", "")
            made = self._registry.add_staff(_actor(session), slug, name, display_name, bool(form.get("manager")))
            return self._secret(request, session, f"The password of {made.staff.name}", made.password)

        return self._act(request, session, form, "staff", act)

    def password(self, request: Request, session: Session, form: Form) -> Response:
        """Give an account a new password and show it, this once."""

        def act(slug: str) -> Response:
            made = self._registry.new_password(_actor(session), slug, request.path_params["staff"])
            return self._secret(request, session, f"The new password of {made.staff.name}", made.password)

        return self._act(request, session, form, "staff", act)

    def deactivate(self, request: Request, session: Session, form: Form) -> Response:
        """Keep somebody out."""
        staff_id = request.path_params["staff"]
        return self._act(
            request, session, form, "staff", lambda slug: self._registry.deactivate(_actor(session), slug, staff_id), "deactivated"
        )

    def poster(self, request: Request, session: Session) -> Response:
        """The poster of a partner's form, to be saved."""
        _check_reads(session)
        partner = self._known(request.path_params["slug"]).partner
        kind, asked = request.query_params.get("kind", "svg"), request.query_params.get("paper", "letter")
        paper = Paper(asked) if asked in set(Paper) else Paper.LETTER
        sheet = poster_of(partner, self._base(request), words_in(request.query_params.get("language", ""), self._deps.words))
        name = f"{partner.slug}-{sheet.language}" + (f"-{paper}.pdf" if kind == "pdf" else ".svg")
        headers = {**SECURITY_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        if kind == "pdf":
            return Response(self._deps.posters.pdf(sheet, paper), headers=headers, media_type="application/pdf")
        return Response(self._deps.posters.svg(sheet), headers=headers, media_type="image/svg+xml")

    def _act(
        self, request: Request, session: Session, form: Form, about: str, act: Callable[[str], object], done: str = "saved"
    ) -> Response:
        """Do something with the partner of the address: the answer of ``act``, or its page; with what to mend where that is needed."""
        _check_changes(session)
        slug = request.path_params["slug"]
        try:
            answer = act(slug)
        except InvalidInput as error:
            return self._show(request, session, about, form, error.errors, 422)
        return answer if isinstance(answer, Response) else _page(slug, done)

    def _show(
        self,
        request: Request,
        session: Session,
        about: str = "",
        entered: Form | None = None,
        errors: tuple[FieldError, ...] = (),
        status: int = 200,
    ) -> Response:
        """The page of a partner; ``about`` names the form whose ``entered`` values and ``errors`` it shows."""
        known, now, base = self._known(request.path_params["slug"]), self._deps.clock.now(), self._base(request)
        partner = known.partner
        words = words_in(partner.languages[0], self._deps.words)
        values = {
            "partner": partner,
            "form": _Blanks(entered if about == "profile" and entered else forms.shown(partner)),
            "contacts": _Blanks(entered if about == "contacts" and entered else forms.shown_contacts(partner)),
            "contact_rows": range(min(MOST_CONTACTS, len(partner.contacts) + SPARE_CONTACTS)),
            "contact_fields": forms.CONTACT,
            "entered": _Blanks(entered or {}),
            "nothing": _Blanks({}),
            "about": about,
            "errors": errors,
            "said": _said(errors),
            "status_title": STATUSES[partner.status],
            "sector_title": SECTORS.get(partner.sector, partner.sector),
            "marks": [MARKS[mark] for mark in marks(partner, known.keys, now)],
            "keys": [key_view(key, now) for key in known.keys],
            "people": known.people,
            "trail": [happened(row, known.names) for row in reversed(known.rows)],
            "agreed": [FIELDS[name] for name in FIELDS if name in partner.agreed_fields],
            "steps": steps_from(partner.status),
            "address": f"{base}/r/{partner.slug}",
            "link_snippet": link_snippet(partner, base, words),
            "frame_snippet": frame_snippet(partner, base, words) if partner.embed_origins else "",
            "overlap": OVERLAP.days,
            "scopes": SCOPES,
            "may_change": _may_change(session),
            **self._choices(),
        }
        done = DONE.get(request.query_params.get("done", ""), "") if status == 200 else ""
        return self._console.show(session, "partner.html", {**values, "done": done}, request, status)

    def _new(self, request: Request, session: Session, entered: Form, errors: tuple[FieldError, ...], status: int = 200) -> Response:
        values = {"form": _Blanks(entered), "errors": errors, "said": _said(errors), "about": "profile", **self._choices()}
        return self._console.show(session, "partner_new.html", values, request, status)

    def _choices(self) -> dict[str, object]:
        return {
            "sectors": SECTORS,
            "fields": FIELDS,
            "profiles": sorted(self._deps.policy.retention),
        }

    def _secret(self, request: Request, session: Session, title: str, secret: str) -> Response:
        values = {"title": title, "secret": secret, "slug": request.path_params["slug"]}
        return self._console.show(session, "partner_secret.html", values, request)

    def _known(self, slug: str) -> _Known:
        with self._deps.partner_side.reading() as work:
            partner = work.partners.get(slug)
            if partner is None:
                raise NotFound("partner", slug)
            rows = work.audit.of_object(f"partner:{slug}", TRAIL)
            users = {row.actor: work.users.by_id(row.actor.removeprefix("user:")) for row in rows if row.actor.startswith("user:")}
            names = {actor: user.display_name for actor, user in users.items() if user}
            return _Known(partner, work.partners.keys(slug), work.staff.of_partner(slug), rows, names)

    def _base(self, request: Request) -> str:
        return self._deps.public_url or f"{request.url.scheme}://{request.url.netloc}"


class _Blanks(dict[str, str]):
    """Values, and nothing for every other name: templates ask for fields that a form left out."""

    def __missing__(self, name: str) -> str:
        return ""


def _said(errors: Iterable[FieldError]) -> Mapping[str, str]:
    return _Blanks({error.path: error.message for error in errors})


def _page(slug: str, done: str) -> Response:
    return see_other(f"{HOME}/{quote(slug)}?done={done}")


def _actor(session: Session) -> str:
    return f"user:{session.user.id}"


def _may_change(session: Session) -> bool:
    return session.user.role is Role.ADMIN


def _check_reads(session: Session) -> None:
    """Raise ``NotFound`` for whoever has nothing to do with partners: the pages do not exist for them."""
    if session.user.role not in READERS:
        raise NotFound("page", "partners")


def _check_changes(session: Session) -> None:
    _check_reads(session)
    if not _may_change(session):
        raise NotAllowed("only administrators change the register of partners. Ask one of them.")
