"""The desk's pages about surveys, for those who plan: what worries people, where, and whether it grows. Never single answers."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ingest.domain.poster import Paper, poster_for, words_in
from ingest.domain.survey import Survey
from ingest.surveys.concerns import Asked, Cells, Report, report
from ingest.surveys.surveying import is_open
from ingest.web.deps import IntakeDeps
from triage.cells import csv_file
from triage.domain.access import Role
from triage.domain.audit import AuditRow
from triage.domain.errors import NotFound
from triage.sign_in import Session
from triage.trends.suppression import SMALLEST, shown
from triage.web.console import Console
from triage.web.deps import Area
from triage.web.gate import Gate
from triage.web.page import SECURITY_HEADERS

HOME = "/desk/concerns"
READERS = frozenset({Role.ADMIN, Role.SUPERVISOR})
AREA = Area("concerns", HOME, "Concerns", READERS)
HELD = "held back"
"""What stands for a count of too few people, or for one that would give such a count away."""


class ConcernPages:
    """One method a page."""

    def __init__(self, deps: IntakeDeps, console: Console) -> None:
        self._deps = deps
        self._console = console
        self._surveys = {survey.id: survey for survey in deps.surveys}

    def routes(self) -> list[BaseRoute]:
        """The addresses."""
        look = Gate(self._console).look
        return [
            Route(HOME, look(self.list), methods=["GET"]),
            Route(HOME + "/{survey}", look(self.show), methods=["GET"]),
            Route(HOME + "/{survey}/table.csv", look(self.table), methods=["GET"]),
            Route(HOME + "/{survey}/poster", look(self.poster), methods=["GET"]),
        ]

    def list(self, request: Request, session: Session) -> Response:
        """Every survey."""
        _check_reads(session)
        today = self._deps.clock.now().date()
        with self._deps.partner_side.reading() as work:
            counts = work.surveys.counts()
            titles = {partner.slug: partner.title for partner in work.partners.all()}
        rows = [
            (survey, survey.titles[survey.languages[0]], titles.get(survey.partner, survey.partner), is_open(survey, today),
             shown(counts.get(survey.id, 0)))
            for survey in self._surveys.values()
        ]  # fmt: skip
        return self._console.show(session, "concerns.html", {"rows": rows, "smallest": SMALLEST}, request)

    def show(self, request: Request, session: Session) -> Response:
        """What was answered to a survey."""
        _check_reads(session)
        survey = self._survey(request)
        found = self._report(survey, session, "survey.read")
        values = {
            "survey": survey,
            "title": survey.titles[survey.languages[0]],
            "report": found,
            "topics": _topics(found.asked),
            "weeks": [(week, f"{week:%b} {week.day}") for week in found.weeks],
            "smallest": SMALLEST,
            "held": HELD,
            "bars": bars,
            "address": f"{self._base(request)}/r/survey/{survey.id}",
        }
        return self._console.show(session, "concern.html", values, request)

    def table(self, request: Request, session: Session) -> Response:
        """The same counts as CSV, a row for each count; safe to open in a spreadsheet."""
        _check_reads(session)
        survey = self._survey(request)
        found = self._report(survey, session, "survey.exported")
        rows: list[tuple[object, ...]] = [("survey", "through", "topic", "question", "answer", "by", "group", "people")]
        for asked in found.asked:
            for concern in asked.concerns:
                head = (survey.id, found.through, asked.question.topic, asked.words, concern.words)
                rows.append((*head, "all", "", _cell(concern.total)))
                rows += [(*head, "place", place, _cell(n)) for place, n in zip(found.places, concern.places, strict=True)]
                rows += [(*head, "week", week, _cell(n)) for week, n in zip(found.weeks, concern.weeks, strict=True)]
        headers = {**SECURITY_HEADERS, "Content-Disposition": f'attachment; filename="concerns-{survey.id}.csv"'}
        return Response(csv_file(rows), headers=headers, media_type="text/csv")

    def poster(self, request: Request, session: Session) -> Response:
        """A poster that leads to the survey, to be saved."""
        _check_reads(session)
        survey = self._survey(request)
        words = words_in(request.query_params.get("language", survey.languages[0]), self._deps.words)
        title = survey.titles.get(words.language, survey.titles[survey.languages[0]])
        sheet = poster_for(f"{self._base(request)}/r/survey/{quote(survey.id)}", title, words)
        pdf = request.query_params.get("kind") == "pdf"
        headers = {**SECURITY_HEADERS, "Content-Disposition": f'attachment; filename="survey-{survey.id}.{"pdf" if pdf else "svg"}"'}
        if pdf:
            return Response(self._deps.posters.pdf(sheet, Paper.LETTER), headers=headers, media_type="application/pdf")
        return Response(self._deps.posters.svg(sheet), headers=headers, media_type="image/svg+xml")

    def _survey(self, request: Request) -> Survey:
        wanted = request.path_params["survey"]
        if wanted not in self._surveys:
            raise NotFound("survey", wanted)
        return self._surveys[wanted]

    def _report(self, survey: Survey, session: Session, action: str) -> Report:
        """The report; that somebody looked is audited with it."""
        now, ids = self._deps.clock.now(), self._deps.ids
        with self._deps.partner_side.writing() as work:
            answers = work.surveys.of_survey(survey.id, survey.begins, min(survey.ends, now.date()))
            work.audit.append([AuditRow(ids.new("aud"), now, f"user:{session.user.id}", action, f"survey:{survey.id}", "planning")])
        return report(survey, answers, now.date())

    def _base(self, request: Request) -> str:
        return self._deps.public_url or f"{request.url.scheme}://{request.url.netloc}"


def bars(cells: Cells, height: int = 28) -> Sequence[tuple[int, int, int]]:
    """Bars for counts, as (x, y, height) in units of a drawing that is 10 wide for each; none for a count that is held back."""
    most = max((count for count in cells if count), default=0)
    return [(10 * n, height - round(height * count / most), round(height * count / most)) for n, count in enumerate(cells) if count]


def _topics(asked: Sequence[Asked]) -> list[tuple[str, list[Asked]]]:
    """The questions under their topics, in the order of the survey."""
    topics: dict[str, list[Asked]] = {}
    for one in asked:
        topics.setdefault(one.question.topic or "Other questions", []).append(one)
    return list(topics.items())


def _cell(count: int | None) -> str:
    return HELD if count is None else str(count)


def _check_reads(session: Session) -> None:
    """Raise ``NotFound`` for whoever has nothing to do with planning: the pages do not exist for them."""
    if session.user.role not in READERS:
        raise NotFound("page", "concerns")
