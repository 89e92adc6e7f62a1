"""Many tips at once: which were picked, what is still asked, what became of each, and taking all of it back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.bulk import KINDS, LIMIT, Done, Pick, act_on_all, undo_all
from triage.cases import CARE_NATURES, Casework
from triage.domain.access import Viewer
from triage.domain.case import DECLINE_REASONS, ActKind
from triage.domain.errors import FieldError, InvalidInput, NotFound, StaleVersion, Unavailable
from triage.sign_in import Session, viewer_of
from triage.web.console import Console, Form
from triage.web.forms import act_on
from triage.web.gate import Gate
from triage.web.page import see_other
from triage.web.parts import Panel, Tab
from triage.web.wording import DONE

AT_ONCE = (ActKind.CLAIM, ActKind.RELEASE)
"""Acts that ask for nothing more."""

TITLES: Mapping[ActKind, tuple[str, str]] = {
    ActKind.CLAIM: ("Claim", "Claimed"),
    ActKind.RELEASE: ("Release", "Released"),
    ActKind.SNOOZE: ("Put off", "Put off"),
    ActKind.TRANSFER: ("Transfer", "Transferred"),
    ActKind.REFER: ("Refer to care", "Referred to care"),
    ActKind.DECLINE: ("Decline", "Declined"),
    ActKind.DUPLICATE: ("They are duplicates", "Called duplicates"),
}

_TIP = re.compile(r"tip_[0-9A-Z]{26}")
_ACT = re.compile(r"act_[0-9A-Z]{26}")


class BulkPages:
    """One method a page or act, as in ``Console``."""

    def __init__(self, console: Console) -> None:
        deps = console.deps
        self._console = console
        self._casework = Casework(deps.storage, deps.policy, deps.clock, deps.ids)

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Their addresses."""
        return [
            Route("/desk/queue/{desk}/bulk", gate.do(self.act), methods=["POST"]),
            Route("/desk/queue/{desk}/bulk/undo", gate.do(self.undo), methods=["POST"]),
        ]

    def panels(self) -> tuple[Panel, ...]:
        """None."""
        return ()

    def tabs(self) -> tuple[Tab, ...]:
        """None."""
        return ()

    def act(self, request: Request, session: Session, form: Form) -> Response:
        """Ask for what the act needs, or do it and say what became of each tip."""
        viewer, desk = viewer_of(session, "triage"), request.path_params["desk"]
        _check_works_at(viewer, desk)
        if form.get("act") not in KINDS:
            raise NotFound("act", form.get("act", ""))
        kind, picks = ActKind(form["act"]), _picks(form)
        if not 0 < len(picks) <= LIMIT:
            message = f"Pick at most {LIMIT} tips at once." if picks else "Pick at least one tip first."
            raise InvalidInput([FieldError("picks", "out_of_range", message)])
        if kind not in AT_ONCE and form.get("sure") != "yes":
            return self._ask(request, session, viewer, kind, picks, {}, ())
        deps, casework = self._console.deps, self._casework
        done = act_on_all(
            deps.storage,
            viewer,
            picks,
            kind,
            lambda tip, version: act_on(casework, viewer, tip, kind, {**form, "version": str(version)}),
        )
        invalid = [one.error for one in done if isinstance(one.error, InvalidInput)]
        if invalid and not any(one.act for one in done):  # nothing was done, and the form is why
            errors = dict.fromkeys(error for each in invalid for error in each.errors)
            return self._ask(request, session, viewer, kind, picks, form, tuple(errors))
        if len(done) == 1 and (act := done[0].act) is not None:
            return see_other(f"/desk/queue/{quote(desk)}?done={act.kind.value}&undo={act.id}")
        return self._result(request, session, viewer, kind, done)

    def undo(self, request: Request, session: Session, form: Form) -> Response:
        """Take back what was done, and say of which tips that is too late."""
        deps, viewer = self._console.deps, viewer_of(session, "triage")
        _check_works_at(viewer, request.path_params["desk"])
        taken = undo_all(deps.storage, deps.clock, deps.ids, viewer, _ACT.findall(form.get("acts", "")))
        back, left = [act.tip_id for _, act in taken if act], [id for id, act in taken if act is None]
        values = {"desk": request.path_params["desk"], "back": len(back), "left": len(left)}
        return self._console.show(session, "queue/undone.html", values, request)

    def _ask(
        self,
        request: Request,
        session: Session,
        viewer: Viewer,
        kind: ActKind,
        picks: Sequence[Pick],
        entered: Form,
        errors: tuple[FieldError, ...],
    ) -> Response:
        """The page that asks for what the act needs and whether the person is sure."""
        desk, desks = request.path_params["desk"], self._console.deps.policy.desks.values()
        others = [one for one in desks if one.id != desk]
        values = {
            "desk": desk,
            "act": kind.value,
            "title": TITLES[kind][0],
            "tips": self._titles(session, viewer, desk, picks),
            "picks": picks,
            "errors": errors,
            "entered": {"reason": "", "desk": "", "hours": "", "other": "", "note": "", **entered},
            "reasons": DECLINE_REASONS.items(),
            "care_desks": [one for one in others if one.nature in CARE_NATURES],
            "other_desks": [one for one in others if one.nature not in CARE_NATURES],
        }
        return self._console.show(session, "queue/bulk.html", values, request, 422 if errors else 200)

    def _result(self, request: Request, session: Session, viewer: Viewer, kind: ActKind, done: Sequence[Done]) -> Response:
        desk = request.path_params["desk"]
        titles = dict(self._titles(session, viewer, desk, [Pick(one.tip_id, 0) for one in done]))
        values = {
            "desk": desk,
            "title": TITLES[kind][1],
            "through": [(one.tip_id, titles.get(one.tip_id, one.tip_id), one.along) for one in done if one.act],
            "refused": [(one.tip_id, titles.get(one.tip_id, one.tip_id), _why(one)) for one in done if one.error],
            "acts": " ".join(dict.fromkeys(one.act.id for one in done if one.act)),
            "words": DONE[kind.value],
        }
        return self._console.show(session, "queue/bulk_done.html", values, request)

    def _titles(self, session: Session, viewer: Viewer, desk: str, picks: Sequence[Pick]) -> list[tuple[str, str]]:
        """The tips with their first words, as far as the person wants to see them."""
        console = self._console
        rows, words, now = (
            console.reading.picked(viewer, desk, [pick.tip_id for pick in picks]),
            console.words(session),
            console.deps.clock.now(),
        )
        return [(row.entry.tip_id, words.row(row, {}, now).gist) for row in rows]


def _check_works_at(viewer: Viewer, desk: str) -> None:
    """Raise ``NotFound`` for a queue that is none of the viewer's, as its page does."""
    if desk not in viewer.desks:
        raise NotFound("queue", desk)


def _picks(form: Form) -> list[Pick]:
    """What was ticked: tips one by one (``pick:<tip>`` with its version), and whole folds (``fold:...`` with ``<tip>=<version>`` each)."""
    given = [(name.removeprefix("pick:"), value) for name, value in form.items() if name.startswith("pick:")]
    folds = [part.partition("=") for name, value in form.items() if name.startswith("fold:") for part in value.split()]
    pairs = [*given, *((tip, version) for tip, _, version in folds)]
    return [
        Pick(tip, int(version))
        for tip, version in dict(pairs).items()
        if _TIP.fullmatch(tip) and version.isascii() and version.isdigit() and len(version) < 10
    ]


def _why(done: Done) -> str:
    if isinstance(done.error, StaleVersion):
        return "Somebody changed it meanwhile. Look at it as it is now."
    if isinstance(done.error, Unavailable):
        return "The store could not be reached; it was not tried."
    text = str(done.error).partition(": ")[2] if isinstance(done.error, InvalidInput) else str(done.error)
    return text[:1].upper() + text[1:]
