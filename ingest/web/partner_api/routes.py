"""The routes of the partner API: each endpoint of the table with what answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingest.api.day_quota import DayQuota
from ingest.api.endpoint import Endpoint
from ingest.api.endpoints import ENDPOINTS
from ingest.api.lifecycle import Reports
from ingest.api.openapi import document
from ingest.photos import Photos
from ingest.schema import json_schema
from ingest.web.deps import IntakeDeps
from ingest.web.keys import KeyRegister
from ingest.web.partner_api.about import About, problem_catalogue
from ingest.web.partner_api.batch import Batch
from ingest.web.partner_api.door import Door, Entry, Handler
from ingest.web.partner_api.reports import ReportCalls
from ingest.web.partner_api.tips import Tips
from ingest.web.partner_api.webhooks import WebhookCalls


def api_routes(deps: IntakeDeps, photos: Photos, endpoints: Sequence[Endpoint] = ENDPOINTS) -> list[Route]:
    """A route for every path, below ``/api/v1``. Raises ``KeyError`` for one that nothing answers."""
    quota = DayQuota(deps.partner_side, deps.clock, deps.tips_a_day)
    door = Door(deps, KeyRegister(deps.partners, deps.clock), quota)
    handlers, contents = _handlers(deps, quota, photos), _contents()
    entries: dict[str, dict[str, Entry]] = {}
    for endpoint in endpoints:
        keyed = endpoint.keyed
        entry = door.keyed(endpoint, handlers[endpoint.name]) if keyed else door.open(endpoint, contents[endpoint.name])
        entries.setdefault(endpoint.path, {})[endpoint.method] = entry
    return [_route(path, by_method) for path, by_method in entries.items()]


def _route(path: str, by_method: Mapping[str, Entry]) -> Route:
    """One route a path, so that a method that it does not take is told all that it does."""

    async def enter(request: Request) -> Response:
        return await by_method["GET" if request.method == "HEAD" else request.method](request)

    return Route(path, enter, methods=list(by_method))


def _handlers(deps: IntakeDeps, quota: DayQuota, photos: Photos) -> Mapping[str, Handler]:
    catalogues = deps.words
    lifecycle = Reports(deps.partner_side, deps.sealer, deps.clock, deps.ids)
    tips = Tips(deps, quota, lifecycle, catalogues)
    reports = ReportCalls(deps, lifecycle, photos, tips, catalogues)
    hooks = WebhookCalls(deps)
    return {
        "sendTip": tips.send,
        "sendBatch": Batch(deps, quota, catalogues).send,
        "listTips": tips.list_own,
        "getTip": tips.show,
        "getThread": tips.thread,
        "addMessage": tips.write,
        "retractTip": tips.retract,
        "openReport": reports.open,
        "getReport": reports.show,
        "changeReport": reports.change,
        "addPicture": reports.add_picture,
        "finishReport": reports.finish,
        "dropReport": reports.drop,
        "listWebhooks": hooks.list_own,
        "addWebhook": hooks.add,
        "getWebhook": hooks.show,
        "changeWebhook": hooks.change,
        "deleteWebhook": hooks.remove,
        "rotateSecret": hooks.rotate,
        "testWebhook": hooks.test,
        "replayDelivery": hooks.replay,
        "getMe": About(deps, quota).me,
    }


def _contents() -> Mapping[str, bytes]:
    """What everybody gets alike."""
    return {
        "getTipSchema": msgspec.json.encode(json_schema()),
        "getOpenApi": msgspec.json.encode(document()),
        "getProblems": problem_catalogue(),
    }
