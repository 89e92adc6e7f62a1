"""The pages about ties, and what they add to the pages of a tip and of a case."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.domain.access import Role, Viewer
from triage.domain.errors import FieldError, InvalidInput, NotFound
from triage.domain.links import Verdict
from triage.links.answers import Answering, Compared
from triage.links.candidates import Candidate
from triage.links.merging import Merging
from triage.links.pointers import PURPOSE_LIMIT, Answer, Deconfliction, Told
from triage.links.things import KINDS
from triage.reading import CasePage, TipPage
from triage.sign_in import Session, viewer_of
from triage.web.console import Console, Form
from triage.web.deps import Area
from triage.web.gate import Gate
from triage.web.links.compare_view import rows_of, texts_of
from triage.web.links.words import DONE, STRENGTHS, THINGS, VERDICTS, kind_words, reason_words
from triage.web.page import see_other
from triage.web.parts import Panel, Place, Tab
from triage.web.views import Words, person_name
from triage.web.wording import STATUSES, moment
from triage.wellness import kinds_of

AREA = Area("deconflict", "/desk/deconflict", "Deconflict", frozenset({Role.ANALYST, Role.SUPERVISOR}))

SHOWN = 5
"""Ties that the page of a tip lists; the others follow where two tips are compared."""


class LinkPages:
    """One method a page or act, as in ``Console``."""

    def __init__(self, console: Console) -> None:
        deps = console.deps
        self._console = console
        self._answering = Answering(deps.storage, deps.policy, deps.clock, deps.ids)
        self._merging = Merging(deps.storage, deps.policy, deps.clock, deps.ids)
        self._asking = Deconfliction(deps.storage, deps.policy, deps.blinder, deps.clock, deps.ids) if deps.blinder else None

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Its addresses."""
        compare, deconflict = "/desk/compare/{one}/{two}", "/desk/deconflict"
        return [
            Route("/desk/compare", gate.look(self.find), methods=["GET"]),
            Route(compare, gate.look(self.compare), methods=["GET"]),
            Route(compare, gate.do(self.answer), methods=["POST"]),
            Route("/desk/case/{case}/merge", gate.do(self.merge), methods=["POST"]),
            Route("/desk/case/{case}/unmerge", gate.do(self.unmerge), methods=["POST"]),
            Route(deconflict, gate.look(self.deconflict), methods=["GET"]),
            Route(deconflict, gate.do(self.ask), methods=["POST"]),
        ]

    def panels(self) -> tuple[Panel, ...]:
        """Beside a tip: what could belong to it, and who else works on it."""
        return (Panel(Place.SIDE, "links/ties.html", self._ties),)

    def tabs(self) -> tuple[Tab, ...]:
        """Of a case: what was merged into it."""
        return (Tab("merged", "Merged", "links/merged.html", self._merged, lambda page, _viewer: self._merging.count(page.case.id)),)

    def find(self, request: Request, _session: Session) -> Response:
        """From the two ids of a form to the page that compares them."""
        one, two = (request.query_params.get(name, "").strip() for name in ("one", "two"))
        if not one or not two:
            raise InvalidInput([FieldError("two", "required", "Write the other tip's id.")])
        return see_other(f"/desk/compare/{quote(one, safe='')}/{quote(two, safe='')}")

    def compare(self, request: Request, session: Session) -> Response:
        """Two tips side by side."""
        return self._compare(request, session, (), {}, 200)

    def answer(self, request: Request, session: Session, form: Form) -> Response:
        """The same, unsure or different; then the next pair, or the question whether the two cases become one."""
        one, two, given = request.path_params["one"], request.path_params["two"], form.get("verdict", "")
        if given not in set(Verdict):
            raise InvalidInput([FieldError("verdict", "unknown", "Say whether they are the same, different, or that you are not sure.")])
        viewer = viewer_of(session, "comparing")
        try:
            self._answering.answer(viewer, one, two, Verdict(given), form.get("note", ""))
        except InvalidInput as error:
            return self._compare(request, session, error.errors, form, 422)
        compared = self._answering.pair(viewer, one, two)
        if given == Verdict.SAME and not compared.apart:
            return see_other(f"/desk/compare/{quote(one)}/{quote(two)}?done=same")
        if compared.next:
            return see_other(f"/desk/compare/{quote(one)}/{quote(compared.next)}?done={given}")
        return see_other(f"/desk/tip/{quote(one)}?done=tie-last#similar")

    def merge(self, request: Request, session: Session, form: Form) -> Response:
        """Two cases become one."""
        into, merged, versions = request.path_params["case"], form.get("merged", ""), (form.get("version"), form.get("merged_version"))
        self._merging.merge(viewer_of(session, "comparing"), into, _number(versions[0]), merged, _number(versions[1]), form.get("note", ""))
        return see_other(f"/desk/case/{quote(into)}?tab=merged&done=case-merge")

    def unmerge(self, _request: Request, session: Session, form: Form) -> Response:
        """Two cases are parted."""
        versions = (form.get("version"), form.get("merged_version"))
        viewer, merge = viewer_of(session, "comparing"), form.get("merge", "")
        parted = self._merging.unmerge(viewer, merge, _number(versions[0]), _number(versions[1]), form.get("note", ""))
        return see_other(f"/desk/case/{quote(parted.into)}?tab=merged&done=case-unmerge")

    def deconflict(self, request: Request, session: Session) -> Response:
        """Ask who else works on something."""
        return self._deconflict(request, session, {}, (), None, 200)

    def ask(self, request: Request, session: Session, form: Form) -> Response:
        """Who does."""
        if self._asking is None:
            raise NotFound("page", "deconflict")
        viewer = viewer_of(session, form.get("purpose", "").strip())
        desk = form.get("desk", "") or next(iter(viewer.desks), "")
        try:
            answer = self._asking.ask(viewer, desk, form.get("kind", ""), form.get("thing", ""))
        except InvalidInput as error:
            return self._deconflict(request, session, form, error.errors, None, 422)
        return self._deconflict(request, session, form, (), answer, 200)

    def _compare(self, request: Request, session: Session, errors: tuple[FieldError, ...], form: Form, status: int) -> Response:
        unveiled = request.query_params.get("show") == "1"
        viewer = viewer_of(session, "unveiled" if unveiled else "comparing")
        compared = self._answering.compare(viewer, request.path_params["one"], request.path_params["two"])
        words = self._console.words(None if unveiled else session)
        both = tuple(zip((compared.one, compared.two), compared.entries, strict=True))
        veil = next((found for read, entry in both if (found := words.veil(read.assessment, entry.life_threat))), None)
        if veil is None:
            for read, _ in both:
                self._console.wellness.saw(viewer, read.tip.id, kinds_of(read.assessment))
        around = [other.tip.id for other in compared.around]
        two = compared.two.tip.id
        done = DONE.get(request.query_params.get("done", ""), "")
        values = {
            "compared": compared,
            "one": self._side(compared, 0, words),
            "two": self._side(compared, 1, words),
            "rows": rows_of(compared, words),
            "texts": None if veil else texts_of(compared.one.tip.text, compared.two.tip.text),
            "veil": veil.words if veil else "",
            "reasons": [reason_words(reason) for reason in compared.reasons],
            "number": around.index(two) + 1 if two in around else 0,
            "total": len(around),
            "verdict": VERDICTS[compared.verdict.verdict] if compared.verdict else "",
            "verdict_at": moment(compared.verdict.at) if compared.verdict else "",
            "offers": bool(compared.verdict and compared.verdict.verdict is Verdict.SAME and not compared.apart),
            "errors": errors,
            "entered": {"note": "", **form},
            **({"done": done} if done and status == 200 else {}),
        }
        return self._console.show(session, "links/compare.html", values, request, status)

    def _side(self, compared: Compared, which: int, words: Words) -> dict[str, object]:
        read, case = (compared.one, compared.two)[which], compared.cases[which]
        return {
            "tip": read.tip.id,
            "gist": words.gist(read.tip.narrative, case.categories),
            "case": case.id,
            "version": case.version,
            "tips": len(case.tips),
            "desk": words.desk(case.desk),
            "status": STATUSES[case.status],
        }

    def _ties(self, page: TipPage, viewer: Viewer, _request: Request) -> Mapping[str, object]:
        words = self._console.words(viewer)
        others = [other for other in page.similar if not other.same_case]
        asked = [other for other in others if other.asks]
        return {
            "tip": page.tip.id,
            "ties": [_tie(other, words) for other in asked[:SHOWN]],
            "more": len(asked) - SHOWN if len(asked) > SHOWN else 0,
            "first": asked[0].tip.id if asked else "",
            "together": [_tie(other, words) for other in page.similar if other.same_case],
            "answered": [
                (_tie(other, words), VERDICTS[other.verdict.verdict], person_name(other.verdict.by, page.names), moment(other.verdict.at))
                for other in others
                if other.verdict and not other.asks
            ],
            "told": [_told(one) for one in self._asking.of_tip(viewer, page.tip.id)] if self._asking else [],
            "quiet": bool(page.case.restricted_to) or (self._asking is not None and self._asking.is_quiet(page.case.desk)),
        }

    def _merged(self, page: CasePage, viewer: Viewer, _request: Request) -> Mapping[str, object]:
        (merges, names), may_act = self._merging.history(page.case.id), page.case.desk in viewer.desks
        rows = [
            {
                "id": merge.id,
                "case": merge.merged,
                "version": version,
                "tips": merge.tips,
                "by": person_name(merge.by, names),
                "at": moment(merge.at),
                "undone_by": person_name(merge.undone_by, names),
                "undone_at": moment(merge.undone_at) if merge.undone_at else "",
            }
            for merge, version in merges
        ]
        return {"rows": rows, "may_act": may_act}

    def _deconflict(
        self, request: Request, session: Session, form: Form, errors: tuple[FieldError, ...], answer: Answer | None, status: int
    ) -> Response:
        viewer = viewer_of(session, "deconflict")
        desks = self._console.reading.desks(viewer)
        if self._asking is None or not desks:
            raise NotFound("page", "deconflict")
        values = {
            "desks": desks,
            "quiet": [desk.title for desk in desks if self._asking.is_quiet(desk.id)],
            "kinds": [(kind, THINGS[kind]) for kind in KINDS],
            "longest": PURPOSE_LIMIT,
            "entered": {"kind": "", "thing": "", "purpose": "", "desk": "", **form},
            "errors": errors,
            "answer": answer,
            "told": [_told(one) for one in answer.told] if answer else [],
            "count": self._asking.asked_by(viewer),
        }
        return self._console.show(session, "links/deconflict.html", values, request, status)


def _tie(other: Candidate, words: Words) -> dict[str, object]:
    return {
        "tip": other.tip.id,
        "gist": words.gist(other.tip.narrative, other.case.categories),
        "arrived": moment(other.tip.received_at),
        "desk": words.desk(other.case.desk),
        "status": STATUSES[other.case.status],
        "strength": STRENGTHS[other.strength],
        "reasons": [(reason_words(reason), other.verdict is not None and reason.kind in other.new) for reason in other.reasons],
    }


def _told(one: Told) -> dict[str, str]:
    return {
        "desk": one.desk.title,
        "agency": one.desk.agency,
        "contact": one.desk.contact,
        "shares": " and ".join(f"a {kind_words(kind)}" for kind in one.kinds),
    }


def _number(given: str | None) -> int:
    if not given or not (given.isascii() and given.isdigit() and len(given) < 10):
        raise InvalidInput([FieldError("version", "missing", "Open the page again, then repeat.")])
    return int(given)
