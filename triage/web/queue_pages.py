"""The page of a desk's queue, the views that people keep of it, and the preview of a tip beside a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.domain.assessment import Band, Urgency
from triage.domain.case import Notice
from triage.domain.errors import NotFound
from triage.queue_views import FIELDS, MOST, VALUE_LIMIT, Filters, QueueViews, chooser, in_blind_sample
from triage.reading import LOOKED, QueuePage, QueueRow
from triage.sign_in import Session, viewer_of
from triage.web.console import Console, Form
from triage.web.gate import Gate
from triage.web.highlight import evidence_of, segments
from triage.web.page import see_other
from triage.web.parts import Panel, Tab
from triage.web.views import RowView, Words, folded, person_name
from triage.web.wording import BANDS, moment
from triage.wellness import kinds_of

SIZE = 50
"""Tips on one page of a queue."""

HELD = (("waiting", "Waiting"), ("mine", "Claimed by me"), ("others", "Claimed by others"))
SINGLE = (("late", "Past their target"), ("threat", "Threats to life"), ("minor", "Somebody under 18 possible"))
TYPED = ("county", "partner", "language")
"""Fields that are typed, with commas between the values; the others are ticked."""


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the queue and what stands around it. ``blind``: it is shown without what was read in it."""

    row: RowView
    version: int
    blind: bool
    looking: tuple[str, ...]
    ties: int

    @property
    def tip(self) -> str:
        """The tip, as ``folded`` asks for it."""
        return self.row.tip

    @property
    def campaign(self) -> str:
        """What ties it to others alike, as ``folded`` asks for it."""
        return self.row.campaign


class QueuePages:
    """One method a page or act, as in ``Console``."""

    def __init__(self, console: Console) -> None:
        deps = console.deps
        self._console = console
        self._views = QueueViews(deps.storage, deps.clock, deps.ids)

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """Their addresses."""
        return [
            Route("/desk/queue/{desk}", gate.look(self.show), methods=["GET"]),
            Route("/desk/queue/{desk}/views", gate.do(self.keep), methods=["POST"]),
            Route("/desk/view/{view}", gate.do(self.rename), methods=["POST"]),
            Route("/desk/view/{view}/remove", gate.do(self.remove), methods=["POST"]),
            Route("/desk/tip/{tip}/preview", gate.look(self.preview), methods=["GET"]),
        ]

    def panels(self) -> tuple[Panel, ...]:
        """None."""
        return ()

    def tabs(self) -> tuple[Tab, ...]:
        """None."""
        return ()

    def show(self, request: Request, session: Session) -> Response:
        """A desk's queue."""
        viewer, desk = viewer_of(session, "queue"), request.path_params["desk"]
        views, chosen = self._views.of(viewer, desk), request.query_params.get("view", "")
        view = next((one for one in views if one.id == chosen), None)
        if chosen and view is None:
            raise NotFound("view", chosen)
        filters = view.filters if view else _filters(request)
        number = _page_number(request)
        page = self._console.reading.queue(viewer, desk, (number - 1) * SIZE, SIZE, chooser(filters, viewer))
        words = self._console.words(session)
        every = [_item(row, page, words) for row in page.rows]
        items = [item for item in every if not item.row.put_away]
        asked = {"view": view.id} if view else {field: values for field, values in filters.items() if values}
        here = f"/desk/queue/{quote(desk)}"
        values = {
            "page": page,
            "lane": [_item(row, page, words) for row in page.lane],
            "rows": items,
            "groups": folded(items),
            "put_away": [item for item in every if item.row.put_away],
            "put_off": [
                (words.row(row, page.names, page.now), moment(until)) for row in page.put_off if (until := row.entry.snoozed_until)
            ],
            "shown_at": page.now.isoformat(),
            "notices": [(_address(notice), notice.reason, moment(notice.at)) for notice in page.notices],
            "number": number,
            "pages": max(1, -(-page.total // SIZE)),
            "paged": f"{here}?{urlencode({**asked, 'page': ''}, doseq=True)}",
            "views": views,
            "view": view,
            "most": MOST,
            "filters": filters,
            "filtered": any(filters.values()),
            "choices": self._choices(page, words),
            "looked": LOOKED,
            "query": urlencode(dict(filters), doseq=True),
        }
        return self._console.show(session, "queue.html", values, request)

    def keep(self, request: Request, session: Session, form: Form) -> Response:
        """Keep what the page shows as a view."""
        asked = parse_qs(form.get("filters", ""), max_num_fields=len(FIELDS) * VALUE_LIMIT)
        filters = {field: tuple(values) for field, values in asked.items()}
        view = self._views.keep(viewer_of(session, "queue"), request.path_params["desk"], form.get("name", ""), filters)
        return see_other(f"/desk/queue/{quote(view.desk)}?view={view.id}")

    def rename(self, request: Request, session: Session, form: Form) -> Response:
        """Give a view another name."""
        view = self._views.rename(viewer_of(session, "queue"), request.path_params["view"], form.get("name", ""))
        return see_other(f"/desk/queue/{quote(view.desk)}?view={view.id}")

    def remove(self, request: Request, session: Session, _form: Form) -> Response:
        """Forget a view."""
        view = self._views.remove(viewer_of(session, "queue"), request.path_params["view"])
        return see_other(f"/desk/queue/{quote(view.desk)}")

    def preview(self, request: Request, session: Session) -> Response:
        """A tip as it stands beside a list: a look like any other, with "preview" as its purpose."""
        viewer, console = viewer_of(session, "preview"), self._console
        page = console.reading.tip(viewer, request.path_params["tip"])
        words, blind = console.words(session), in_blind_sample(page.entry)
        veil = words.veil(page.assessment, page.entry.life_threat)
        if veil is None:
            console.wellness.saw(viewer, page.tip.id, kinds_of(page.assessment))
        evidence = () if blind or page.assessment is None else evidence_of(page.assessment, console.deps.taxonomy)
        values = {
            "row": words.row(QueueRow(page.entry, page.tip, page.case, page.assessment), page.names, page.now),
            "segments": () if veil else segments(page.tip.text, evidence),
            "language": (page.assessment.language if page.assessment else page.tip.language) or "und",
            "blind": blind,
            "veil": veil.words if veil else "",
            "desk": words.desk(page.entry.desk),
        }
        return console.pages.show("queue/preview.html", values)

    def _choices(self, page: QueuePage, words: Words) -> dict[str, list[tuple[str, str]]]:
        """What can be ticked, and what is offered for typing: of the latter what stands on the page."""
        rows = (*page.lane, *page.rows)
        languages = sorted({row.assessment.language for row in rows if row.assessment and row.assessment.language})
        return {
            "level": [(level.value, f"{level.value} {words.urgency(level)}") for level in Urgency],
            "band": [(band.value, BANDS[band]) for band in Band],
            "held": list(HELD),
            "category": [(id, category.title) for id, category in self._console.deps.taxonomy.categories.items()],
            "county": [(county, county) for county in sorted({row.case.county for row in rows if row.case.county})],
            "partner": [(slug, words.partner(slug)) for slug in sorted({row.tip.partner for row in rows})],
            "language": [(language, language) for language in languages],
        }


def _item(row: QueueRow, page: QueuePage, words: Words) -> Item:
    tip = row.entry.tip_id
    return Item(
        row=words.row(row, page.names, page.now),
        version=row.case.version,
        blind=in_blind_sample(row.entry),
        looking=tuple(sorted(person_name(user, page.names) for user in page.looking.get(tip, ()))),
        ties=page.ties.get(tip, 0),
    )


def _filters(request: Request) -> Filters:
    """What the address asks for: a field's values are repeated, or typed with commas between."""
    found: dict[str, tuple[str, ...]] = {}
    for field in FIELDS:
        given: Sequence[str] = request.query_params.getlist(field)
        values = [part for value in given for part in (value.split(",") if field in TYPED else [value])]
        found[field] = tuple(dict.fromkeys(value.strip()[:80] for value in values if value.strip()))[:VALUE_LIMIT]
    return {field: values for field, values in found.items() if values}


def _page_number(request: Request) -> int:
    given = request.query_params.get("page", "1")
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 7 else 1


def _address(notice: Notice) -> str:
    """Where a notice leads: to the tip, or to what is shared of its case."""
    if not notice.share:
        return f"/desk/tip/{quote(notice.tip_id)}"
    return f"/desk/shared/{quote(notice.share)}"
