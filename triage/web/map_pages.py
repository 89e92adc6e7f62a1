"""The map of open tips, with the same in a table beside it."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from triage.domain.access import Role
from triage.domain.errors import NotFound
from triage.domain.trend import TipPin
from triage.sign_in import Session, viewer_of
from triage.trends.tip_map import USUAL, WEEKS, Asked, tip_map
from triage.web.console import Console
from triage.web.deps import Area
from triage.web.gate import Gate
from triage.web.parts import Panel, Tab
from triage.web.shading import shading
from triage.web.trend_view import county_title
from triage.web.views import Words
from triage.web.wording import moment

AREA = Area("map", "/desk/map", "Map", frozenset({Role.ANALYST, Role.SUPERVISOR}))
SHOWN = 200
"""Tips that the list beside the map names, the newest."""


class MapPages:
    """The map."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def routes(self, gate: Gate) -> list[BaseRoute]:
        """The address."""
        return [Route(AREA.address, gate.look(self.show), methods=["GET"])]

    def panels(self) -> tuple[Panel, ...]:
        """Nothing on a tip's page."""
        return ()

    def tabs(self) -> tuple[Tab, ...]:
        """Nothing on a case's page."""
        return ()

    def show(self, request: Request, session: Session) -> Response:
        """Open tips by county, dots, and the list that selects them."""
        viewer, deps, words = viewer_of(session, "map"), self._console.deps, self._console.words()
        if viewer.role not in AREA.roles:
            raise NotFound("page", "map")
        asked = self._asked(request)
        found = tip_map(deps.storage, deps.clock, deps.ids, viewer, deps.policy, deps.geography, asked)
        at = request.query_params.get("at", "")
        pins = {pin.tip_id: pin for pin in found.pins}
        dots = [(dot, _told(pins[dot.tip_id], words), dot.tip_id == at) for dot in found.dots]
        with_dot = {dot.tip_id for dot in found.dots}
        values = {
            "found": found,
            "asked": asked,
            "map": shading(found.drawn, dict(found.counts), county_title),
            "dots": sorted(dots, key=lambda one: one[2]),  # the selected one is drawn over the others
            "coarse": any(dot.coarse for dot in found.dots),
            "counties": [(key, county_title(key), count, _link(asked, county=key)) for key, count in found.counts.items()],
            "rows": [
                (
                    pin,
                    _told(pin, words),
                    _link(asked, county=asked.county, at=pin.tip_id) if pin.tip_id in with_dot else "",
                    pin.tip_id == at,
                )
                for pin in found.pins[:SHOWN]
            ],
            "chosen": [(pin, _told(pin, words)) for pin in found.pins if pin.tip_id == at and at in with_dot],
            "more": max(0, len(found.pins) - SHOWN),
            "categories": [(category, words.category(category)) for category in sorted({*found.categories, asked.category} - {""})],
            "weeks": WEEKS,
            "county": county_title(asked.county) if asked.county else "",
            "everywhere": _link(asked),
        }
        return self._console.show(session, "map/page.html", values, request)

    def _asked(self, request: Request) -> Asked:
        """What was asked for; what nothing is called counts as not asked."""
        query, deps = request.query_params, self._console.deps
        weeks, category, county = (query.get(name, "") for name in ("weeks", "category", "county"))
        return Asked(
            weeks={str(number): number for number in WEEKS}.get(weeks, USUAL),
            category=category if category in deps.taxonomy.categories else "",
            county=county if county in deps.geography.keys(county.partition("/")[0]) else "",
        )


def _link(asked: Asked, **further: str) -> str:
    given = {"weeks": str(asked.weeks), "category": asked.category, **further}
    return f"{AREA.address}?" + urlencode({name: value for name, value in given.items() if value})


def _told(pin: TipPin, words: Words) -> str:
    """A tip in a line, without anything that was written in it."""
    about = ", ".join(map(words.category, pin.categories)) or "Nothing in particular"
    threat = "Life threat. " if pin.life_threat else ""
    return f"{threat}{pin.urgency.value}: {about}, {county_title(pin.place)}, {moment(pin.received_at)}"
