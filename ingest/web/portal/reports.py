"""The portal's pages about the partner's own reports."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from ingest.api.cursors import Cursors
from ingest.api.lifecycle import Reports
from ingest.portal.portal import Listed, PartnerReports, Wanted
from ingest.web.deps import IntakeDeps
from ingest.web.portal.colleague import Colleague
from ingest.web.portal.frame import Form, Portal, see_other
from triage.cells import csv_file
from triage.domain.errors import InvalidInput

IN_FILE = 1_000
"""The newest reports that a downloaded file holds."""


class ReportPages:
    """Lists, one report, its thread."""

    def __init__(self, deps: IntakeDeps, portal: Portal) -> None:
        self._portal = portal
        self._reports = PartnerReports(deps.partner_side, deps.storage, deps.sealer, deps.clock, deps.ids)
        self._lifecycle = Reports(deps.partner_side, deps.sealer, deps.clock, deps.ids)
        self._cursors = Cursors(deps.sealer)

    def list(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/reports``: those that are wanted, newest first."""
        wanted, slug = _wanted(request), colleague.partner.slug
        of, cursor = ("portal", slug, wanted.value), request.query_params.get("after", "")
        listed = self._reports.page(slug, self._cursors.read(of, cursor) if cursor else None, wanted)
        after = self._cursors.give(of, *listed.after) if listed.after else ""
        values = {
            "rows": listed.rows,
            "wanted": wanted.value,
            "choices": [one.value for one in Wanted],
            "after": after,
            "begun": not cursor,
        }
        return self._portal.show(request, colleague, "reports.html", values)

    def file(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/reports.csv``: the newest of those that are wanted, as a file that no spreadsheet program takes for formulas."""
        listed = self._reports.page(colleague.partner.slug, None, _wanted(request), IN_FILE)
        headers = {"Content-Disposition": f'attachment; filename="reports-{colleague.partner.slug}.csv"'}
        return Response(_csv(listed), media_type="text/csv; charset=utf-8", headers=headers)

    def messages(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/messages``: reports that the agency and the partner write about, open questions first."""
        return self._portal.show(request, colleague, "messages.html", {"rows": self._reports.written_about(colleague.partner.slug)})

    def one(self, request: Request, colleague: Colleague) -> Response:
        """``GET /p/reports/<tip>``: where it stands, what came of it, its thread."""
        return self._one(request, colleague, "", {}, 200)

    def answer(self, request: Request, colleague: Colleague, form: Form) -> Response:
        """``POST /p/reports/<tip>/answer``: adds to the thread."""
        tip_id, text = request.path_params["tip"], form.get("text", "")
        try:
            self._reports.answer(colleague.partner.slug, tip_id, text, colleague.actor)
        except InvalidInput as error:
            words = self._portal.words(colleague.language)
            return self._one(request, colleague, text, {one.path: words(f"errors.{one.code}") for one in error.errors}, 422)
        return see_other(f"/p/reports/{tip_id}?done=answered#thread")

    def retract(self, request: Request, colleague: Colleague, form: Form) -> Response:
        """``POST /p/reports/<tip>/retract``: tells the desk that the partner takes it back."""
        tip_id = request.path_params["tip"]
        try:
            self._lifecycle.retract(tip_id, colleague.partner.slug, form.get("reason", ""), colleague.actor)
        except InvalidInput:
            words = self._portal.words(colleague.language)
            return self._one(request, colleague, "", {"reason": words("portal.report.retract.choose")}, 422)
        return see_other(f"/p/reports/{tip_id}?done=retracted")

    def _one(self, request: Request, colleague: Colleague, text: str, errors: Mapping[str, str], status: int) -> Response:
        standing, visit = self._reports.look(colleague.partner.slug, request.path_params["tip"], colleague.actor)
        values = {"standing": standing, "visit": visit, "text": text, "errors": errors}
        return self._portal.show(request, colleague, "report.html", values, status)


def _wanted(request: Request) -> Wanted:
    given = request.query_params.get("show", "")
    return Wanted(given) if given in set(Wanted) else Wanted.ALL


def _csv(listed: Listed) -> bytes:
    """The heads as CSV: codes as the API gives them."""
    rows = [("id", "received_at", "channel", "role", "reference", "status", "outcome", "question_waits", "retracted")]
    for row in listed.rows:
        head, outcome = row.head, row.outcome.value if row.outcome else ""
        waits, retracted = ("yes" if flag else "no" for flag in (row.waits, row.retracted))
        told = (row.status.value, outcome, waits, retracted)
        rows.append((head.id, head.received_at.isoformat(), head.channel, head.role, head.reference, *told))
    return csv_file(rows)
