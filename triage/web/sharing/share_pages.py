"""Sharing a case: the form, the preview, what came of it, and what the receiver reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.domain.access import Role, Viewer
from triage.domain.errors import FieldError, InvalidInput
from triage.domain.share import AgencyKind, PassedOn, Share, ShareMode, SharePart
from triage.reading import CasePage
from triage.sharing.shares import Received, Sharing
from triage.sharing.wishes import MOST_DAYS, USUAL_DAYS, WHY_LIMIT, Receiver, Wish
from triage.sign_in import Session, viewer_of
from triage.web.console import Console, Form
from triage.web.deps import Area
from triage.web.gate import Gate
from triage.web.page import download, see_other
from triage.web.sender_pages import PICTURE_HEADERS
from triage.web.sharing.words import AGENCIES, DONE, MODES, PARTS, PASSED, as_json, receiver_title, seen_values, state_of, version_in
from triage.web.views import person_name
from triage.web.wording import moment
from triage.wellness import Veil, veil_over

AREA = Area("shared", "/desk/shared", "Shared with us", frozenset({Role.ANALYST, Role.SUPERVISOR}))


class SharePages:
    """One method a page or act, as in ``Console``."""

    def __init__(self, console: Console, sharing: Sharing) -> None:
        self._console = console
        self._deps = console.deps
        self._sharing = sharing

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Their addresses."""
        look, do = gate.look, gate.do
        return [
            Route("/desk/case/{case}/share", look(self.form), methods=["GET"]),
            Route("/desk/case/{case}/share/preview", do(self.preview), methods=["POST"]),
            Route("/desk/case/{case}/share", do(self.share), methods=["POST"]),
            Route("/desk/shared", look(self.received), methods=["GET"]),
            Route("/desk/shared/{share}", look(self.shared), methods=["GET"]),
            Route("/desk/shared/{share}/picture/{picture}", look(self.picture), methods=["GET"]),
            Route("/desk/shared/{share}/export", do(self.export), methods=["POST"]),
            Route("/desk/shared/{share}/pass-on", do(self.pass_on), methods=["POST"]),
            Route("/desk/shared/{share}/recall", do(self.recall), methods=["POST"]),
        ]

    def tab(self, page: CasePage, viewer: Viewer, _request: Request) -> Mapping[str, object]:
        """What the tab of a case shows of its shares."""
        shares, words, now = self._sharing.of_case(viewer, page.case), self._console.words(), page.now
        return {
            "may_share": page.case.desk in viewer.desks,
            "desk": words.desk(page.case.desk),
            "shares": [
                {
                    "id": share.id,
                    "to": self._title(share),
                    "mode": MODES[share.mode][0],
                    "tips": len([tip for tip in share.tips if tip in page.case.tips]),
                    "parts": ", ".join(PARTS[part][0].lower() for part in share.parts),
                    "why": share.why,
                    "by": person_name(share.by, page.names),
                    "at": moment(share.at),
                    "state": state_of(share, share.lives(now)),
                    "lives": share.lives(now) and share.desk == page.case.desk,
                    "passed": _passed(share) if self._is_outside(share) else "",
                }
                for share in shares
            ],
        }

    def living(self, page: CasePage, viewer: Viewer) -> int | None:
        """How many shares of the case can be read now; None where that is not the viewer's to know."""
        if page.case.desk not in viewer.desks:
            return None
        return sum(share.lives(page.now) for share in self._sharing.of_case(viewer, page.case))

    def form(self, request: Request, session: Session) -> Response:
        """What shall be shared with whom."""
        viewer = viewer_of(session, "share")
        page = self._console.reading.case(viewer, request.path_params["case"])
        viewer.check_works_at(page.case.desk)
        until = page.now.date() + timedelta(days=USUAL_DAYS)
        chosen = {"until": until.isoformat(), "mode": ShareMode.INFO.value, "version": str(page.case.version)}
        chosen |= {f"part_{part}": "1" for part in SharePart if part is not SharePart.PICTURES}
        chosen |= dict.fromkeys(page.case.tips[-1:], "1")
        return self._form(request, session, page, chosen, ())

    def preview(self, request: Request, session: Session, form: Form) -> Response:
        """Exactly what they will see."""
        viewer, case_id = viewer_of(session, "share"), request.path_params["case"]
        if form.get("change"):
            return self._form(request, session, self._console.reading.case(viewer, case_id), form, ())
        try:
            wish, receiver, projection = self._sharing.preview(viewer, case_id, version_in(form), _wish(form))
        except InvalidInput as error:
            return self._form(request, session, self._console.reading.case(viewer, case_id), form, error.errors)
        values = {
            "case_id": case_id,
            "to": receiver_title(receiver),
            "via": self._via(receiver),
            "joint": wish.mode is ShareMode.JOINT,
            "seen": seen_values(projection, self._console.words()),
            "hidden": [(name, value) for name, value in form.items() if name not in ("token", "change")],
        }
        return self._console.show(session, "sharing/preview.html", values, request)

    def share(self, request: Request, session: Session, form: Form) -> Response:
        """Share what was previewed."""
        viewer, case_id = viewer_of(session, "share"), request.path_params["case"]
        try:
            self._sharing.share(viewer, case_id, version_in(form), _wish(form))
        except InvalidInput as error:
            return self._form(request, session, self._console.reading.case(viewer, case_id), form, error.errors)
        return see_other(f"/desk/case/{quote(case_id)}?tab=shares&done=shared")

    def recall(self, request: Request, session: Session, _form: Form) -> Response:
        """Take a share back."""
        share = self._sharing.recall(viewer_of(session, "share"), request.path_params["share"])
        return see_other(f"/desk/case/{quote(share.case_id)}?tab=shares&done=recalled")

    def received(self, request: Request, session: Session) -> Response:
        """What others let the viewer's desks read."""
        words = self._console.words()
        rows = [
            {
                "id": share.id,
                "from": words.desk(share.desk),
                "to": receiver_title(receiver),
                "mode": MODES[share.mode][0],
                "why": share.why,
                "at": moment(share.at),
                "until": state_of(share, lives=True),
                "passed": _passed(share) if receiver.outside else "",
            }
            for share, receiver in self._sharing.received(viewer_of(session, "shared"))
        ]
        return self._console.show(session, "sharing/received.html", {"rows": rows}, request)

    def shared(self, request: Request, session: Session) -> Response:
        """A share, as its receiver may read it."""
        purpose = "unveiled" if request.query_params.get("text") == "1" else "shared"
        found = self._sharing.read(viewer_of(session, purpose), request.path_params["share"])
        return self._shared(request, session, found, ())

    def picture(self, request: Request, session: Session) -> Response:
        """The bytes of one shared picture."""
        params = request.path_params
        picture, content = self._sharing.picture(viewer_of(session, "shared pictures"), params["share"], params["picture"])
        return Response(content, media_type=picture.media_type, headers=PICTURE_HEADERS)

    def export(self, request: Request, session: Session, form: Form) -> Response:
        """A share for an agency outside, as a file or as a page to print."""
        viewer, id, kind = viewer_of(session, form.get("purpose", "")[:200]), request.path_params["share"], form.get("form", "")
        try:
            found = self._sharing.export(viewer, id, kind)
        except InvalidInput as error:
            return self._shared(request, session, self._sharing.read(viewer_of(session, "shared"), id), error.errors)
        mark = f"taken out by {viewer.name} on {moment(self._deps.clock.now())} for: {viewer.purpose.strip()}"
        if kind == "json":
            content = {"mark": mark, "agency": self._deps.policy.agency} | as_json(found.share, found.projection, self._console.words())
            return download(json.dumps(content, ensure_ascii=False, indent=1), f"{found.share.id}.json", "application/json")
        values = {
            "share": found.share,
            "to": receiver_title(found.receiver),
            "agency": self._deps.policy.agency,
            "mark": mark,
            "seen": seen_values(found.projection, self._console.words()),
        }
        return self._console.show(session, "sharing/print.html", values, request)

    def pass_on(self, request: Request, session: Session, form: Form) -> Response:
        """What became of a share for an agency outside."""
        viewer, id = viewer_of(session, "shared"), request.path_params["share"]
        try:
            self._sharing.pass_on(viewer, id, form.get("answer") == PassedOn.SENT.value, form.get("words", ""))
        except InvalidInput as error:
            return self._shared(request, session, self._sharing.read(viewer, id), error.errors)
        return see_other(f"/desk/shared/{quote(id)}?done=passed")

    def _form(
        self, request: Request, session: Session, page: CasePage, entered: Mapping[str, str], errors: Sequence[FieldError]
    ) -> Response:
        case, receivers = page.case, self._sharing.receivers.all(page.case.desk)
        desks = [one for one in receivers if one.outside is None]
        groups = [("Desks of other agencies and ours", desks)]
        for kind in AgencyKind:
            groups.append((AGENCIES[kind], [one for one in receivers if one.outside is not None and one.outside.kind is kind]))
        today, words = page.now.date(), self._console.words(session)
        values = {
            "case": case,
            "groups": [(title, [(one.id, receiver_title(one)) for one in some]) for title, some in groups if some],
            "modes": [(mode.value, *MODES[mode]) for mode in ShareMode],
            "parts": [(part.value, *PARTS[part]) for part in SharePart],
            "tips": [(row.tip.id, moment(row.tip.received_at), words.first_words(row)) for row in reversed(page.rows)],
            "earliest": today.isoformat(),
            "latest": (today + timedelta(days=MOST_DAYS)).isoformat(),
            "most_days": MOST_DAYS,
            "why_limit": WHY_LIMIT,
            "entered": {"to": "", "why": "", "until": "", "mode": "", "version": str(case.version), **entered},
            "errors": errors,
        }
        return self._console.show(session, "sharing/share.html", values, request, 422 if errors else 200)

    def _shared(self, request: Request, session: Session, found: Received, errors: Sequence[FieldError]) -> Response:
        share, outside = found.share, found.receiver.outside
        veil = self._veil(request, session, found)
        pictures = [picture for tip in found.projection.tips for picture in tip.pictures or ()]
        wanted = request.query_params.get("show", "")
        values = {
            "share": share,
            "to": receiver_title(found.receiver),
            "case_id": found.case_id,
            "shared_at": moment(share.at),
            "veil": veil.words if veil else "",
            "unveiled": "text=1&" if request.query_params.get("text") == "1" else "",
            "seen": seen_values(found.projection, self._console.words()),
            "pictures": [(number, picture, picture == wanted) for number, picture in enumerate(pictures, 1)],
            "colour": request.query_params.get("colour", "") == "1",
            "outside": outside,
            "passed": _passed(share) if outside else "",
            "waits": share.passed is PassedOn.WAITING,
            "errors": errors,
            "done": "" if errors else DONE.get(request.query_params.get("done", ""), ""),
        }
        return self._console.show(session, "sharing/shared.html", values, request, 422 if errors else 200)

    def _veil(self, request: Request, session: Session, found: Received) -> Veil | None:
        """The veil over what is shared, for somebody who chose to be asked before hard texts; without one, what is seen counts."""
        viewer, wellness = viewer_of(session, "shared"), self._console.wellness
        kinds = tuple(dict.fromkeys(kind for tip in found.hard.values() for kind in tip))
        threat = any(tip.level is not None and tip.level.life_threat for tip in found.projection.tips)
        veil = None if request.query_params.get("text") == "1" else veil_over(wellness.of(viewer), kinds, threat)
        for tip, hard in found.hard.items() if veil is None else ():
            wellness.saw(viewer, tip, hard)
        return veil

    def _title(self, share: Share) -> str:
        receiver = self._sharing.receivers.get(share.to, share.desk)
        return receiver_title(receiver) if receiver else share.to

    def _is_outside(self, share: Share) -> bool:
        receiver = self._sharing.receivers.get(share.to, share.desk)
        return receiver is not None and receiver.outside is not None

    def _via(self, receiver: Receiver) -> str:
        return self._console.words().desk(receiver.desk) if receiver.outside else ""


def _passed(share: Share) -> str:
    words = PASSED[share.passed]
    return f"{words} {moment(share.passed_at)}: {share.reference}" if share.passed_at else words


def _wish(form: Form) -> Wish:
    """What was chosen. Raises ``InvalidInput`` for what no form of ours sends; what people can get wrong is checked by the use case."""
    mode = form.get("mode", "")
    if mode not in set(ShareMode):
        raise InvalidInput([FieldError("mode", "required", "Choose how they may read it.")])
    try:
        until = date.fromisoformat(form.get("until", "").strip())
    except ValueError:
        raise InvalidInput([FieldError("until", "not_a_day", "Write the last day as year-month-day: 2026-12-31.")]) from None
    return Wish(
        to=form.get("to", ""),
        mode=ShareMode(mode),
        tips=tuple(name for name in form if name.startswith("tip_")),
        parts=tuple(part for part in SharePart if form.get(f"part_{part}")),
        why=form.get("why", ""),
        until=until,
    )
