"""Who may use each address of the product. An address without a line here fails the access matrix: say who may use it.

``form`` is what is sent: enough that nothing but access stands in the way of those who may not, with an old version, so that those who may
change nothing either. Names in braces come from the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ingest.api.endpoints import ENDPOINTS
from ingest.web.desk import bulletins, concerns, registry
from ingest.web.desk.routes import AREAS as PARTNER_AREAS
from tests.access_rules import (
    HELPERS,
    NEIGHBOUR,
    Answer,
    Rule,
    at_desks_of,
    breaks_seal,
    cares,
    changes,
    decides,
    everybody,
    has_a_page,
    has_desk,
    in_console,
    in_portal,
    keyed,
    may_override,
    member,
    no_page,
    of_role,
    opens_up,
    overrides,
    reaches_sender,
    reads,
    recalls,
    receives,
    restricts,
    signed_in,
    supervises,
    with_another,
    works,
)
from triage.domain.access import Role
from triage.domain.case import ActKind
from triage.web import map_pages, trend_pages

OLD = {"version": "0"}


@dataclass(frozen=True)
class Line:
    """One address with its method. ``fill`` gives further values for names in braces, each with fields that go with it.

    ``harmless`` is what those who may send instead, so that what there is stays for the next. ``streams``: it has no end.
    ``shows``: it shows a text, once and on record, to somebody who may not read it otherwise.
    """

    rule: Rule
    form: Mapping[str, str] = field(default_factory=dict)
    fill: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    query: str = ""
    harmless: Mapping[str, str] = field(default_factory=dict)
    streams: bool = False
    shows: bool = False


nothing = in_console(lambda _viewer, _record: Answer.NOT_FOUND)
"""There is no such thing for anybody: what the address names belongs to somebody else, or is turned off."""

ACTS: Mapping[str, Mapping[str, str]] = {
    ActKind.CLAIM: {},
    ActKind.ASSIGN: {"person": "usr_colleague"},
    ActKind.RELEASE: {},
    ActKind.ACCEPT: {},
    ActKind.DECLINE: {"reason": "unfounded", "note": "as seen"},
    ActKind.DUPLICATE: {"other": "{tip}"},
    ActKind.REFER: {"desk": "care"},
    ActKind.TRANSFER: {"desk": "violent", "reason": "theirs"},
    ActKind.OPEN_CASE: {"reason": "it is one"},
    ActKind.SET_URGENCY: {"level": "P0", "reason": "as seen"},
    ActKind.SNOOZE: {"hours": "4", "reason": "waits"},
}
"""Every act on a tip that a form can ask for."""

CASE_ACTS: Mapping[str, Mapping[str, str]] = {
    "assign": {},
    "follow": {},
    "plan": {"summary": "So far."},
    "note": {"text": "Seen."},
    "close": {"truth": "unfounded", "useful": "no", "note": "as seen"},
    "go-on": {"note": "more to do"},
    "reopen": {"note": "again"},
    "task": {"title": "Call the site"},
}
"""Every act on a case that a form can ask for."""

AREAS = (trend_pages.AREA, *PARTNER_AREAS)
SUPERVISES = of_role(Role.SUPERVISOR)
REGISTERS = changes(registry.READERS, frozenset({Role.ADMIN}))
WRITES = of_role(*bulletins.WRITERS, refusal=Answer.NOT_ALLOWED)

DESK: Mapping[str, Line] = {
    "GET /desk": Line(has_a_page(AREAS)),
    "GET /desk/sign-in": Line(everybody),
    "POST /desk/sign-in": Line(everybody),
    "GET /desk/static/{name}": Line(everybody),
    "GET /desk/queue/{desk}": Line(in_console(has_desk)),
    "GET /desk/queue/{desk}/handover": Line(in_console(has_desk)),
    "GET /desk/queue/{desk}/news": Line(in_console(has_desk, Answer.NO_KEY), query="since=2026-11-01T12:00:00%2B00:00", streams=True),
    "GET /desk/tip/{tip}": Line(in_console(reads)),
    "GET /desk/tip/{tip}/pictures": Line(in_console(reads)),
    "GET /desk/tip/{tip}/picture/{picture}": Line(in_console(reads)),
    "POST /desk/tip/{tip}/{act}": Line(in_console(decides), OLD, {"act": {kind.replace("_", "-"): ACTS[kind] for kind in ACTS}}),
    "POST /desk/tip/{tip}/message": Line(in_console(decides), {"text": "Which door?"}),
    "POST /desk/tip/{tip}/outcome": Line(in_console(decides), {"useful": "yes"}),
    "POST /desk/tip/{tip}/contact": Line(in_console(reaches_sender), {"purpose": "call back"}),
    "POST /desk/tip/{tip}/picture/{picture}/destroy": Line(
        in_console(decides), {"reason": "not_related"}, harmless={"reason": "none of these"}
    ),
    "POST /desk/undo/{act}": Line(nothing),
    "POST /desk/undo/message/{message}": Line(nothing),
    "GET /desk/search": Line(signed_in(), query="q=behind"),
    "POST /desk/search/export": Line(signed_in(), {"q": "behind", "form": "csv", "purpose": "report"}),
    "POST /desk/searches": Line(signed_in(), {"q": "", "name": "Nothing"}),
    "POST /desk/searches/{search}/remove": Line(nothing),
    "GET /desk/alerts": Line(signed_in()),
    "POST /desk/alerts/seen": Line(signed_in()),
    "GET /desk/keys": Line(signed_in()),
    "POST /desk/sign-out": Line(everybody),
}
"""Queues, tips, search. Signing out stands last: lines are tried in this order, and whoever has signed out is nobody."""

SHARED = {
    "version": "{version}",
    "to": "child",
    "mode": "info",
    "until": "2026-11-20",
    "why": "they work beside us",
    "part_level": "1",
    "{tip}": "1",
}
TOLD = "a reason of more than twenty characters"

PARTS: Mapping[str, Line] = {
    "GET /desk/case/{case}/restrict": Line(in_console(lambda viewer, record: no_page(restricts(viewer, record)))),
    "POST /desk/case/{case}/restrict": Line(in_console(restricts), {"version": "{version}", "why": TOLD}),
    "POST /desk/case/{case}/open-up": Line(in_console(opens_up), {"version": "{version}", "why": TOLD}, harmless=OLD),
    "GET /desk/tip/{tip}/hand-off": Line(in_console(cares), query="service=none&part=need"),
    "POST /desk/tip/{tip}/hand-off": Line(in_console(cares), {"version": "{version}", "service": "none", "parts": "need"}),
    "POST /desk/hand-off/{hand_off}": Line(in_console(cares), {"seen": "offered", "state": "accepted"}),
    "GET /desk/case/{case}/share": Line(in_console(decides)),
    "POST /desk/case/{case}/share/preview": Line(in_console(decides), SHARED),
    "POST /desk/case/{case}/share": Line(in_console(decides), SHARED, harmless=OLD),
    "GET /desk/shared": Line(works()),
    "GET /desk/shared/{share}": Line(in_console(receives)),
    "GET /desk/shared/{share}/picture/{picture}": Line(in_console(receives)),
    "POST /desk/shared/{share}/export": Line(nothing, {"form": "json", "purpose": "to send"}),
    "POST /desk/shared/{share}/pass-on": Line(nothing, {"answer": "sent", "words": "1"}),
    "POST /desk/shared/{share}/recall": Line(in_console(recalls)),
    "GET /desk/sealed": Line(of_role(Role.SUPERVISOR, desks=True)),
    "POST /desk/sealed/ask": Line(in_console(breaks_seal), {"case": "{case}", "why": TOLD}, harmless={"why": ""}),
    "POST /desk/sealed/agree": Line(nothing, {"case": "{case}"}),
    "GET /desk/task-forces": Line(works()),
    "GET /desk/task-force/{force}": Line(in_console(lambda viewer, _record: member(viewer, "east-corridor"))),
    "GET /desk/cases": Line(works()),
    "GET /desk/tasks": Line(works()),
    "GET /desk/case/{case}": Line(in_console(reads)),
    "POST /desk/case/{case}/report": Line(in_console(reads), {"purpose": "hand over"}, harmless={"purpose": ""}),
    "POST /desk/case/{case}/work/{act}": Line(in_console(decides), OLD, {"act": CASE_ACTS}),
    "POST /desk/case/{case}/task/{task}/{act}": Line(in_console(decides), {"state": "done"}, {"act": {"give": {}, "end": {}}}),
    "POST /desk/case/{case}/merge": Line(in_console(decides), {**OLD, "merged_version": "0", "merged": "{neighbour_case}"}),
    "POST /desk/case/{case}/unmerge": Line(nothing, {**OLD, "merged_version": "0"}),
    "GET /desk/compare": Line(signed_in()),
    "GET /desk/compare/{one}/{two}": Line(in_console(with_another(reads, NEIGHBOUR))),
    "POST /desk/compare/{one}/{two}": Line(in_console(with_another(reads, NEIGHBOUR)), {"verdict": "unsure"}),
    "GET /desk/deconflict": Line(works()),
    "POST /desk/deconflict": Line(works(), {"kind": "plate", "thing": "NE 8JXK417", "purpose": "stop"}),
    "GET /desk/referrals": Line(at_desks_of(HELPERS)),
    "GET /desk/services": Line(signed_in()),
    "GET /desk/override": Line(in_console(lambda viewer, _record: may_override(viewer))),
    "POST /desk/override": Line(in_console(overrides), {"record": "{tip}", "ground": "danger_to_life", "reason": TOLD}, shows=True),
    "GET /desk/wellbeing": Line(signed_in()),
    "POST /desk/wellbeing": Line(signed_in()),
    "POST /desk/wellbeing/break": Line(signed_in()),
    "POST /desk/tip/{tip}/translation": Line(nothing),
    "POST /desk/tip/{tip}/grade": Line(in_console(decides), {"source": "B", "content": "2"}, harmless={"source": ""}),
    "POST /desk/tip/{tip}/wrong": Line(in_console(reads), {"mark": "1"}),
    "GET /desk/tip/{tip}/preview": Line(in_console(reads)),
    "POST /desk/queue/{desk}/bulk": Line(in_console(has_desk), {"act": "claim", "pick:{tip}": "0"}),
    "POST /desk/queue/{desk}/bulk/undo": Line(in_console(has_desk)),
    "POST /desk/queue/{desk}/views": Line(in_console(has_desk), {"name": "Mine"}, harmless={"name": ""}),
    "POST /desk/view/{view}": Line(nothing, {"name": "Other"}),
    "POST /desk/view/{view}/remove": Line(nothing),
    "GET /desk/search/written": Line(signed_in()),
    "GET /desk/on-call": Line(works()),
    "GET /desk/ageing": Line(of_role(Role.SUPERVISOR, desks=True)),
    "GET /desk/ageing.csv": Line(in_console(supervises), query="desk={desk}&from=2026-11-01&to=2026-11-02"),
    "GET /desk/alerts/news": Line(in_console(lambda _viewer, _record: Answer.ALLOWED, Answer.NO_KEY), streams=True),
    "GET /desk/map": Line(of_role(*map_pages.AREA.roles)),
    "GET /desk/trends": Line(SUPERVISES),
    "POST /desk/trends/file": Line(SUPERVISES, {"form": "csv", "purpose": "report"}),
    "GET /desk/trends/bulletin": Line(SUPERVISES),
}
"""Cases, shares, care, ties, wellness, trends. Restricting comes first: it names the version of the case as it was made."""

REGISTER: Mapping[str, Line] = {
    "GET /desk/partners": Line(of_role(*registry.READERS)),
    "GET /desk/partners/new": Line(REGISTERS),
    "POST /desk/partners/new": Line(REGISTERS),
    "GET /desk/partners/{slug}": Line(of_role(*registry.READERS)),
    "POST /desk/partners/{slug}": Line(REGISTERS),
    "POST /desk/partners/{slug}/contacts": Line(REGISTERS),
    "POST /desk/partners/{slug}/status/{step}": Line(REGISTERS),
    "POST /desk/partners/{slug}/keys": Line(REGISTERS),
    "POST /desk/partners/{slug}/keys/{key}/rotate": Line(REGISTERS),
    "POST /desk/partners/{slug}/keys/{key}/revoke": Line(REGISTERS),
    "POST /desk/partners/{slug}/staff": Line(REGISTERS),
    "POST /desk/partners/{slug}/staff/{staff}/password": Line(REGISTERS),
    "POST /desk/partners/{slug}/staff/{staff}/deactivate": Line(REGISTERS),
    "GET /desk/partners/{slug}/poster": Line(of_role(*registry.READERS)),
    "GET /desk/concerns": Line(of_role(*concerns.READERS)),
    "GET /desk/concerns/{survey}": Line(of_role(*concerns.READERS)),
    "GET /desk/concerns/{survey}/table.csv": Line(of_role(*concerns.READERS)),
    "GET /desk/concerns/{survey}/poster": Line(of_role(*concerns.READERS)),
    "GET /desk/bulletins": Line(WRITES),
    "GET /desk/bulletins/new": Line(WRITES),
    "POST /desk/bulletins/new": Line(WRITES),
    "GET /desk/bulletins/{bulletin}": Line(WRITES),
    "POST /desk/bulletins/{bulletin}/withdraw": Line(WRITES),
}
"""The desk's pages about partners."""

MANAGERS = in_portal(managers=True)
PORTAL: Mapping[str, Line] = {
    "GET /p": Line(everybody),
    "GET /p/sign-in": Line(everybody),
    "POST /p/sign-in": Line(everybody),
    "GET /p/static/portal.css": Line(everybody),
    "GET /p/report": Line(in_portal()),
    "POST /p/report": Line(in_portal()),
    "GET /p/reports": Line(in_portal()),
    "GET /p/reports.csv": Line(in_portal()),
    "GET /p/reports/{tip}": Line(in_portal(own=True)),
    "POST /p/reports/{tip}/answer": Line(in_portal(own=True)),
    "POST /p/reports/{tip}/retract": Line(in_portal(own=True)),
    "GET /p/import": Line(in_portal()),
    "POST /p/import": Line(in_portal()),
    "GET /p/import/{run}": Line(in_portal(own=True)),
    "POST /p/import/{run}/columns": Line(in_portal(own=True)),
    "POST /p/import/{run}/start": Line(in_portal(own=True)),
    "POST /p/import/{run}/drop": Line(in_portal(own=True)),
    "GET /p/import/{run}/report.csv": Line(in_portal(own=True)),
    "GET /p/messages": Line(in_portal()),
    "GET /p/numbers": Line(in_portal()),
    "GET /p/bulletins": Line(in_portal()),
    "GET /p/bulletins/{bulletin}": Line(in_portal(own=True)),
    "GET /p/keys": Line(MANAGERS),
    "POST /p/keys/{key}/rotate": Line(in_portal(managers=True, own=True)),
    "GET /p/webhooks": Line(MANAGERS),
    "POST /p/webhooks": Line(MANAGERS),
    "GET /p/webhooks/{webhook}": Line(in_portal(managers=True, own=True)),
    "POST /p/webhooks/{webhook}/{act}": Line(in_portal(managers=True, own=True), fill={"act": {"rotate": {}}}),
    "POST /p/webhooks/{webhook}/replay/{delivery}": Line(in_portal(managers=True, own=True)),
    "POST /p/sign-out": Line(everybody),
}
"""The partners' own pages."""


BODIES: Mapping[str, Mapping[str, str]] = {"/tips/{id}/messages": {"text": "It has left."}, "/tips/{id}/retract": {"reason": "not_true"}}
"""What is sent to the API, as JSON, beside ``{}``."""


def _api() -> Iterable[tuple[str, Line]]:
    """The API says itself who may call; what an address names belongs to one partner."""
    for endpoint in sorted(ENDPOINTS, key=lambda endpoint: endpoint.method == "DELETE"):  # what is gone cannot be asked for
        rule = keyed(endpoint.scope, own="{" in endpoint.path) if endpoint.keyed else everybody
        yield f"{endpoint.method} /api/v1{endpoint.path}", Line(rule, BODIES.get(endpoint.path, {}))


PUBLIC: Iterable[str] = (
    "GET /",
    "GET /r/static/{name}",
    "GET /r/exit",
    "POST /r/exit",
    "GET /r/code",
    "POST /r/code",
    "GET /r/code/{change}",
    "POST /r/code/add",
    "POST /r/code/contact",
    "POST /r/code/consent",
    "POST /r/code/withdraw",
    "POST /r/code/messages",
    "GET /r/photo",
    "POST /r/photo",
    "GET /r/photo/add",
    "POST /r/photo/add",
    "GET /r/survey/{survey}",
    "GET /r/survey/{survey}/sent",
    "POST /r/survey/{survey}/sent",
    "GET /r/{slug}",
    "POST /r/{slug}",
    "GET /r/{slug}/sent",
    "POST /r/{slug}/sent",
    "GET /health/live",
    "GET /health/ready",
)
"""Open to the world: what they show is what the asker has entered, or what a receipt code opens."""

TABLE: Mapping[str, Line] = {**{address: Line(everybody) for address in PUBLIC}, **PORTAL, **dict(_api()), **REGISTER, **PARTS, **DESK}
