"""The pages about kept searches, what they told, and what was found as a file."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from triage.domain.alert import Alert, AlertKind
from triage.domain.errors import FieldError, InvalidInput
from triage.search.export import as_csv, export
from triage.sharing.restriction import AGREE
from triage.sign_in import Session, viewer_of
from triage.web.console import Console, Form
from triage.web.deps import ConsoleDeps
from triage.web.links.words import kind_words
from triage.web.page import download, see_other
from triage.web.search_view import Asked
from triage.web.sharing.words import SEAL_WORDS
from triage.web.wording import moment

SHOWN = 100
_FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


class SavedPages:
    """One method a page or act, as in ``Console``."""

    def __init__(self, console: Console, deps: ConsoleDeps) -> None:
        self._console = console
        self._deps = deps
        self._saved = console.saved

    def alerts(self, request: Request, session: Session) -> Response:
        """What the person was told, and the searches that tell it."""
        viewer = viewer_of(session, "alerts")
        alerts = self._saved.alerts(viewer, SHOWN)
        searches = [(search, "/desk/search?" + urlencode({"q": search.text})) for search in self._saved.of(viewer)]
        new = [alert for alert in alerts if alert.seen_at is None and alert.kind is not AlertKind.WAITING]
        desk = self._console.words().desk
        values = {
            "new": [_row(alert, desk) for alert in new],
            "seen": [_row(alert, desk) for alert in alerts if alert.seen_at is not None],
            "ids": ",".join(alert.id for alert in new),
            "searches": searches,
        }
        return self._console.show(session, "alerts.html", values, request)

    def see(self, _request: Request, session: Session, form: Form) -> Response:
        """Everything that the page showed as new has been seen; what came since has not."""
        self._saved.see(viewer_of(session, "alerts"), form.get("ids", "").split(",")[:SHOWN])
        return see_other("/desk/alerts?done=seen")

    def keep(self, _request: Request, session: Session, form: Form) -> Response:
        """Keep a search."""
        asked = Asked.of(form.get("q", ""), form.get("filters", "").splitlines(), "1", "")
        self._saved.keep(viewer_of(session, "search"), form.get("name", ""), asked.text, asked.filters, asked.without)
        return see_other("/desk/alerts?done=kept")

    def remove(self, request: Request, session: Session, _form: Form) -> Response:
        """Forget a search."""
        self._saved.remove(viewer_of(session, "search"), request.path_params["search"])
        return see_other("/desk/alerts?done=removed")

    def export(self, _request: Request, session: Session, form: Form) -> Response:
        """What was found, as a file."""
        deps, kind = self._deps, form.get("form", "")
        if kind not in _FILES:
            raise InvalidInput([FieldError("form", "unknown", "Choose CSV, XLSX or PDF.")])
        asked = Asked.of(form.get("q", ""), form.get("filters", "").splitlines(), "1", form.get("purpose", ""))
        viewer = viewer_of(session, asked.purpose)
        table = export(
            deps.storage, deps.index, viewer, deps.clock, deps.ids, deps.policy.agency, asked.text, asked.filters, kind, asked.without
        )
        content = as_csv(table) if kind == "csv" else deps.tables.xlsx(table) if kind == "xlsx" else deps.tables.pdf(table)
        return download(content, f"cases.{kind}", _FILES[kind])


def _row(alert: Alert, desk: Callable[[str], str]) -> tuple[str, str, str, str]:
    """The words, when, the address to go to, and the case."""
    at, case = moment(alert.at), alert.case_id
    if alert.kind is AlertKind.SEAL:
        return SEAL_WORDS[alert.about], at, f"/desk/sealed?case={case}" if alert.about == AGREE else f"/desk/case/{case}?tab=shares", case
    if alert.kind is AlertKind.GIVEN:
        page = {"tip": f"/desk/tip/{alert.tip_id}", "task": f"/desk/case/{case}?tab=tasks"}.get(alert.about, f"/desk/case/{case}")
        return f"Somebody gave you a {alert.about}", at, page, case
    asking, _, shared = alert.about.partition(":")
    words = {
        AlertKind.SAVED_SEARCH: f"A new tip for “{alert.about}”",
        AlertKind.POINTER: f"{desk(asking)} works on something that shares a {kind_words(shared)} with a case of yours",
        AlertKind.OVERRIDE: "Somebody from outside opened a referral of your desk; who and why stands on its page",
    }
    return words.get(alert.kind, "The sender of a tip that you hold has added something"), at, f"/desk/tip/{alert.tip_id}", case
