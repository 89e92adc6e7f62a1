"""Search: one box, a form that writes into it, and what was found with the ways to narrow it."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.domain.assessment import Band, Urgency
from triage.domain.case import CaseKind, CaseStatus
from triage.domain.query import MAX_WITHIN, Field
from triage.search.query_writer import Wanted, written
from triage.search.searching import search
from triage.sign_in import Session, viewer_of
from triage.web.console import Console
from triage.web.gate import Gate
from triage.web.page import see_other
from triage.web.parts import Panel, Tab
from triage.web.search_view import TEXT_LIMIT, Asked, search_values
from triage.web.views import Words
from triage.web.wording import BANDS, KINDS, STATUSES

LONGEST = 200
"""Characters of one field of the form."""
TYPED = (Field.PLATE, Field.PHONE, Field.HANDLE)
CHOSEN = (Field.KIND, Field.STATUS, Field.DESK, Field.URGENCY, Field.BAND, Field.CATEGORY)


class SearchPages:
    """One method a page, as in ``Console``."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Their addresses."""
        return [
            Route("/desk/search", gate.look(self.show), methods=["GET"]),
            Route("/desk/search/written", gate.look(self.write), methods=["GET"]),
        ]

    def panels(self) -> tuple[Panel, ...]:
        """None."""
        return ()

    def tabs(self) -> tuple[Tab, ...]:
        """None."""
        return ()

    def show(self, request: Request, session: Session) -> Response:
        """Search, once something was asked."""
        query, deps, results = request.query_params, self._console.deps, None
        asked = Asked.of(query.get("q", ""), query.getlist("f"), query.get("page", "1"), query.get("purpose", "").strip())
        if "q" in query or asked.parts:
            viewer = viewer_of(session, asked.purpose or "search")
            results = search(
                deps.storage, deps.index, viewer, deps.clock, deps.ids, asked.text, asked.filters, asked.page, without=asked.without
            )
        words = self._console.words(session)
        values = {**search_values(asked, results, words), "choices": self._choices(words), "furthest": MAX_WITHIN}
        return self._console.show(session, "search.html", values, request)

    def write(self, request: Request, _session: Session) -> Response:
        """The form, as the line that it writes into the box: on to that search."""
        given = request.query_params

        def field(name: str) -> str:
            return given.get(name, "")[:LONGEST]

        within = field("within")
        wanted = Wanted(
            every=field("every"),
            phrase=field("phrase"),
            some=field("some"),
            none=field("none"),
            near=field("near"),
            within=int(within) if within.isascii() and within.isdigit() and len(within) < 3 else 5,
            spelled=field("spelled"),
            begins=field("begins"),
            place=field("place"),
            since=field("since"),
            until=field("until"),
            fields={
                **{name: [field(name)] for name in TYPED if field(name)},
                **{name: given.getlist(name)[:20] for name in CHOSEN if any(given.getlist(name))},
            },
        )
        query = {"q": written(wanted)[:TEXT_LIMIT], **({"purpose": field("purpose")} if field("purpose").strip() else {})}
        return see_other("/desk/search?" + urlencode(query))

    def _choices(self, words: Words) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """The fields of the form that are chosen: name, title, and values with their titles."""
        deps = self._console.deps
        return [
            (Field.KIND, "Kind", [(kind.value, KINDS[kind]) for kind in CaseKind]),
            (Field.STATUS, "Status", [(status.value, STATUSES[status]) for status in CaseStatus]),
            (Field.DESK, "Desk", [(desk.id, desk.title) for desk in deps.policy.desks.values()]),
            (Field.URGENCY, "Urgency", [(level.value, f"{level.value} {words.urgency(level)}") for level in Urgency]),
            (Field.BAND, "Band", [(band.value, BANDS[band]) for band in Band]),
            (Field.CATEGORY, "Concern", [(id, category.title) for id, category in deps.taxonomy.categories.items()]),
        ]
