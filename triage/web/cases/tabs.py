"""What the tabs of a case's page show."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request

from triage.domain.access import Viewer
from triage.domain.case import Message
from triage.domain.work import TaskState
from triage.geo.geography import Geography
from triage.reading import CasePage
from triage.web.cases.case_view import is_late
from triage.web.cases.timeline import TITLES, Happening, Kind
from triage.web.cases.words import TASK_STATES, THINGS
from triage.web.highlight import search_for
from triage.web.shading import shading
from triage.web.views import Words, county_name, person_name
from triage.web.wording import entity_title, moment
from triage.workspace.dossier import Dossier
from triage.workspace.graph import HEIGHT, NODE, Graph, Node, graph
from triage.workspace.spots import Spots
from triage.workspace.things import Thing, ThingKind, of_kind, things

SHOWN = 100
"""Lines on one page of a timeline."""
LABEL = 36
"""Characters of a label in the graph."""


def timeline_values(happened: list[Happening], request: Request) -> dict[str, object]:
    """A page of the timeline, narrowed to a kind, in the order that was asked for; the newest first by default."""
    query = request.query_params
    kind = query.get("kind", "") if query.get("kind", "") in set(Kind) else ""
    oldest_first = query.get("order", "") == "oldest"
    wanted = [one for one in happened if not kind or one.kind == kind]
    wanted = wanted if oldest_first else wanted[::-1]
    given = query.get("page", "1")
    number = int(given) if given.isascii() and given.isdigit() and 0 < len(given) < 6 else 1
    pages = max(1, -(-len(wanted) // SHOWN))
    number = min(max(number, 1), pages)
    kinds = [(each.value, title, sum(one.kind is each for one in happened)) for each, title in TITLES.items()]
    return {
        "rows": [(moment(one.at), one) for one in wanted[(number - 1) * SHOWN : number * SHOWN]],
        "kinds": [each for each in kinds if each[2]],
        "kind": kind,
        "oldest_first": oldest_first,
        "total": len(wanted),
        "number": number,
        "pages": pages,
        "address": lambda **other: "?" + urlencode({k: v for k, v in {**_asked(kind, oldest_first), **other}.items() if v}),
    }


def _asked(kind: str, oldest_first: bool) -> dict[str, str]:
    return {"kind": kind, "order": "oldest" if oldest_first else ""}


def things_values(page: CasePage, kind: ThingKind, words: Words) -> dict[str, object]:
    """One of the lists of what the tips name."""
    found = of_kind(_things(page), kind)
    rows = [(thing, entity_title(thing.type), "/desk/search?" + urlencode({"q": search_for(thing.type, thing.value)})) for thing in found]
    return {"title": THINGS[kind], "rows": rows, "texts": {row.tip.id: words.first_words(row) for row in page.rows}}


def tasks_values(page: CasePage, known: Dossier, viewer: Viewer) -> dict[str, object]:
    """The tasks: open ones by their day, then those that have ended."""
    rows = [
        {
            "task": task,
            "state": TASK_STATES[task.state],
            "open": task.state is TaskState.OPEN,
            "assignee": person_name(task.assignee, known.names),
            "due": task.due_at.date().isoformat() if task.due_at else "",
            "late": task.state is TaskState.OPEN and is_late(task.due_at, page.now),
            "ended": f"{person_name(task.ended_by, known.names)}, {moment(task.ended_at)}" if task.ended_at else "",
        }
        for task in sorted(
            known.tasks, key=lambda task: (task.state is not TaskState.OPEN, task.due_at is None, task.due_at or page.now, task.id)
        )
    ]
    return {"rows": rows, "colleagues": known.colleagues, "me": viewer.user}


def messages_values(page: CasePage, known: Dossier, words: Words) -> dict[str, object]:
    """The threads, each with its tip: the one that was written in last first."""
    threads: dict[str, list[Message]] = {}
    for message in known.messages:
        threads.setdefault(message.tip_id, []).append(message)
    texts = {row.tip.id: words.first_words(row) for row in page.rows}
    newest_first = sorted(threads.items(), key=lambda pair: pair[1][-1].at, reverse=True)
    return {
        "threads": [
            (
                tip,
                texts.get(tip, tip),
                [("The sender" if m.from_source else person_name(m.by, known.names), moment(m.at), m.text) for m in thread],
            )
            for tip, thread in newest_first
        ]
    }


def graph_values(page: CasePage, words: Words) -> dict[str, object]:
    """The graph and the same as a table."""
    drawn = graph([row.tip.id for row in page.rows], _things(page))
    texts = {row.tip.id: words.first_words(row) for row in page.rows}
    return {
        "graph": drawn,
        "boxes": [_box(node, texts) for node in drawn.nodes],
        "node": NODE,
        "height": HEIGHT,
        "rows": [(texts[edge.tip_id], edge.tip_id, *_named(drawn, edge.thing_id)) for edge in drawn.edges],
    }


def _box(node: Node, texts: Mapping[str, str]) -> tuple[Node, str, str, str, str]:
    """A node with its class, its label, its whole name and where it leads."""
    thing = node.thing
    if thing is None:
        name = f"Tip: {texts[node.key]}"
        return node, "tip", _short(name), name, f"/desk/tip/{node.key}"
    name = f"{entity_title(thing.type)}: {thing.value}"
    return node, thing.kind.value, _short(name), name, "/desk/search?" + urlencode({"q": search_for(thing.type, thing.value)})


def _named(drawn: Graph, thing_id: str) -> tuple[str, str, str]:
    """The kind, type and value of a thing of the graph."""
    thing: Thing = next(node.thing for node in drawn.nodes if node.thing is not None and node.thing.id == thing_id)
    return THINGS[thing.kind], entity_title(thing.type), thing.value


def _short(name: str) -> str:
    return name if len(name) <= LABEL else name[: LABEL - 1].rstrip() + "…"


def map_values(page: CasePage, found: Spots, geography: Geography, words: Words) -> dict[str, object]:
    """The counties and points on a map, and the same as tables."""
    drawn = geography.map_of(found.states)
    texts = {row.tip.id: words.first_words(row) for row in page.rows}
    points = [(spot, drawn.place(spot.lat, spot.lon), texts.get(spot.tip_id, "")) for spot in found.points]
    return {
        "map": shading(drawn, found.counties, _county) if drawn.counties else None,
        "points": [(spot, place, text) for spot, place, text in points if place],
        "beyond": [(spot, text) for spot, place, text in points if not place],
        "counties": [(_county(key), count) for key, count in found.counties.items()],
        "nowhere": found.nowhere,
        "exact": all(spot.exact for spot in found.points),
    }


def _county(key: str) -> str:
    state, _, name = key.partition("/")
    return county_name(name, state)


def tips_values(page: CasePage, known: Dossier, words: Words) -> dict[str, object]:
    """The tips as rows, with the newest grade of each."""
    grades = {tip: f"{grade.source.value}{grade.content.value}" for tip, grade in known.grades.items()}
    return {"rows": [(words.row(row, page.names, page.now), grades.get(row.tip.id, "")) for row in page.rows], "earlier": page.earlier}


def _things(page: CasePage) -> tuple[Thing, ...]:
    return things((row.tip, row.assessment) for row in page.rows)
