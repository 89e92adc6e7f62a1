"""The addresses of the partner API, version 1, in one table: routes, the OpenAPI document, its page and the access tests come from here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ingest.api import answers, hook_answers
from ingest.api.endpoint import JSON, MERGE_PATCH, NDJSON, PICTURES, Body, Endpoint, Good, Parameter, Schema
from ingest.domain.partner import Scope
from ingest.submission import Submission

VERSION = "1.0"
"""Of the document. Only what is added raises the second number; anything else is another version, under another address."""

PREFIX = "/api/v1"

_IDEMPOTENCY = Parameter(
    "Idempotency-Key",
    "header",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "Your own key for this request, for example a UUID. The same key with the same body gets the first answer again, for 24 hours.",
)
_DRY_RUN = Parameter("dry_run", "query", {"type": "boolean"}, "`true` only checks; nothing is stored, and the answer is 200.")
_PREFER = Parameter("Prefer", "header", {"type": "string"}, "`validate-only` means the same as `dry_run=true`.")
_TAKE_BACK = "why: `sent_by_mistake`, `not_true`, `duplicate` or `withdrawn_consent`"
_REPORT: Schema = {"$ref": "#/components/schemas/Report"}
_BATCH: Schema = {"type": "array", "maxItems": 500, "items": {"$ref": "#/components/schemas/BatchTip"}}

_TIPS = (
    Endpoint(
        "sendTip",
        "POST",
        "/tips",
        "Send a tip",
        (
            Good(201, "It is stored.", answers.Accepted, headers=("Location", "Idempotent-Replayed")),
            Good(200, "Only checked, as asked: it would be taken.", answers.Checked, headers=("Preference-Applied",)),
        ),
        Scope.SUBMIT,
        body=Body((JSON,), Submission),
        parameters=(_IDEMPOTENCY, _DRY_RUN, _PREFER),
        problems=("key_reused", "quota_used"),
        detail="Answered when the tip is on disk. A tip is stored whole or not at all.",
    ),
    Endpoint(
        "sendBatch",
        "POST",
        "/tips/batch",
        "Send up to 500 tips",
        (Good(200, "What became of each, in the order of the batch.", answers.BatchAnswer),),
        Scope.SUBMIT,
        body=Body((JSON, NDJSON), _BATCH),
        parameters=(_IDEMPOTENCY, _DRY_RUN, _PREFER),
        detail=(
            "A JSON array, or one JSON object a line. Each tip stands for itself: some can be accepted and others refused, which is why "
            "the answer is 200 and says of each what it would have been answered alone. A tip's idempotency key is its own field "
            "`idempotency_key`, else the header `Idempotency-Key`, a colon and its place, else it has none."
        ),
    ),
    Endpoint(
        "listTips",
        "GET",
        "/tips",
        "List your own tips, newest first",
        (Good(200, "A page of them.", answers.TipPage, headers=("Link",)),),
        Scope.READ,
        parameters=(
            Parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}, "How many at once."),
            Parameter("cursor", "query", {"type": "string"}, "From `next` of the page before."),
            Parameter("since", "query", {"type": "string", "format": "date-time"}, "Only what was received then or later."),
            Parameter("reference", "query", {"type": "string", "minLength": 1, "maxLength": 300}, "Only with this reference of yours."),
        ),
    ),
    Endpoint(
        "getTip",
        "GET",
        "/tips/{id}",
        "Ask where a tip stands",
        (Good(200, "Where it stands.", answers.TipView),),
        Scope.READ,
        detail="Status, steps and released outcome. What was decided, and by whom, is not told.",
    ),
    Endpoint(
        "getThread",
        "GET",
        "/tips/{id}/messages",
        "Read the messages about a tip",
        (Good(200, "The thread, oldest first.", answers.Thread),),
        Scope.READ,
    ),
    Endpoint(
        "addMessage",
        "POST",
        "/tips/{id}/messages",
        "Answer the desk, or add to a tip",
        (Good(201, "It is in the thread.", answers.Thread),),
        Scope.SUBMIT,
        body=Body((JSON,), answers.MessageIn),
        detail="The same words again, with nothing in between, change nothing.",
    ),
    Endpoint(
        "retractTip",
        "POST",
        "/tips/{id}/retract",
        "Take a tip back",
        (Good(200, "The desk is told.", answers.TipView),),
        Scope.SUBMIT,
        body=Body((JSON,), answers.RetractIn),
        detail=f"Nothing is deleted; the desk decides what it means. `reason` says {_TAKE_BACK}. Again changes nothing.",
    ),
)

_REPORTS = (
    Endpoint(
        "openReport",
        "POST",
        "/reports",
        "Open a report, to be filled bit by bit",
        (Good(201, "It is open for 72 hours.", answers.ReportView, headers=("Location",)),),
        Scope.SUBMIT,
        body=Body((JSON, MERGE_PATCH), _REPORT, needed=False),
        detail=(
            "What is known already can be the body. Nobody reads a report before it is finished. If the answer is lost on its way, open "
            "another; what is not finished is forgotten."
        ),
    ),
    Endpoint(
        "getReport",
        "GET",
        "/reports/{id}",
        "See an open report",
        (Good(200, "What it holds, and what is still to mend.", answers.ReportView),),
        Scope.SUBMIT,
    ),
    Endpoint(
        "changeReport",
        "PATCH",
        "/reports/{id}",
        "Change an open report",
        (Good(200, "What it holds now.", answers.ReportView),),
        Scope.SUBMIT,
        body=Body((MERGE_PATCH, JSON), _REPORT),
        problems=("already_finished",),
        detail="A JSON merge patch (RFC 7396): named fields are replaced, null removes one, lists are replaced whole.",
    ),
    Endpoint(
        "addPicture",
        "PUT",
        "/reports/{id}/attachments/{name}",
        "Add a picture to an open report",
        (Good(200, "A clean copy of it is kept.", answers.PictureView),),
        Scope.ATTACH,
        body=Body(PICTURES, {"type": "string", "format": "binary"}),
        problems=("photos_off", "already_finished", "conflict"),
        detail="Only pixels are kept: no place, no time, no camera. Never send sexual images of minors; say that they exist and where.",
    ),
    Endpoint(
        "finishReport",
        "POST",
        "/reports/{id}/finish",
        "Make a report a tip",
        (Good(201, "It is stored as a tip.", answers.Accepted, headers=("Location", "Idempotent-Replayed")),),
        Scope.SUBMIT,
        problems=("fields_to_mend", "already_finished", "quota_used"),
        detail="The same key gets the same answer again for 72 hours.",
    ),
    Endpoint(
        "dropReport",
        "DELETE",
        "/reports/{id}",
        "Drop a report that is not finished",
        (Good(204, "It is gone, with its pictures."),),
        Scope.SUBMIT,
        parameters=(Parameter("reason", "query", {"type": "string"}, f"Says {_TAKE_BACK}; left out means `sent_by_mistake`."),),
        problems=("already_finished",),
    ),
)

_ABOUT = (
    Endpoint(
        "getMe",
        "GET",
        "/me",
        "See who you are here, and what is left of your quotas",
        (Good(200, "Partner, key and quotas.", answers.Me),),
    ),
    Endpoint(
        "getTipSchema",
        "GET",
        "/schema/tip.json",
        "The JSON schema of a tip",
        (Good(200, "The schema.", {"type": "object"}, "application/schema+json"),),
        keyed=False,
    ),
    Endpoint(
        "getOpenApi",
        "GET",
        "/openapi.json",
        "This document",
        (Good(200, "OpenAPI 3.1.", {"type": "object"}, "application/openapi+json"),),
        keyed=False,
    ),
    Endpoint(
        "getProblems",
        "GET",
        "/problems",
        "Every kind of problem, and how to mend it",
        (Good(200, "The catalogue.", answers.ProblemCatalogue),),
        keyed=False,
    ),
)

_ONE = Good(200, "As it is now.", hook_answers.WebhookView)
_NEW_SECRET = "`secret` signs what is sent (Standard Webhooks 1.0); it is shown this once."  # noqa: S105 - words of the documentation

_HOOKS = (
    Endpoint("listWebhooks", "GET", "/webhooks", "List your webhooks", (Good(200, "All.", hook_answers.WebhookList),), Scope.WEBHOOKS),
    Endpoint(
        "addWebhook",
        "POST",
        "/webhooks",
        "Be told when your tips come a step further",
        (Good(201, _NEW_SECRET, hook_answers.WebhookSecret, headers=("Location",)),),
        Scope.WEBHOOKS,
        body=Body((JSON,), hook_answers.WebhookIn),
        problems=("conflict",),
        detail="From now on each step of your tips is sent to the address, as ids and codes. A sandbox key is told of sandbox tips alone.",
    ),
    Endpoint(
        "getWebhook",
        "GET",
        "/webhooks/{id}",
        "See a webhook and its newest messages",
        (Good(200, "As it is, with up to 50 messages.", hook_answers.WebhookDetail),),
        Scope.WEBHOOKS,
    ),
    Endpoint(
        "changeWebhook",
        "PATCH",
        "/webhooks/{id}",
        "Change a webhook, or switch it off or on",
        (_ONE,),
        Scope.WEBHOOKS,
        body=Body((JSON,), hook_answers.WebhookChange),
    ),
    Endpoint("deleteWebhook", "DELETE", "/webhooks/{id}", "Delete a webhook", (Good(204, "It is gone."),), Scope.WEBHOOKS),
    Endpoint(
        "rotateSecret",
        "POST",
        "/webhooks/{id}/rotate",
        "Get a new secret",
        (Good(200, _NEW_SECRET, hook_answers.WebhookSecret),),
        Scope.WEBHOOKS,
        detail="The secret before signs too for 24 hours.",
    ),
    Endpoint(
        "testWebhook",
        "POST",
        "/webhooks/{id}/test",
        "Send a test message",
        (Good(202, "It is sent as soon as its turn comes.", hook_answers.DeliveryView),),
        Scope.WEBHOOKS,
    ),
    Endpoint(
        "replayDelivery",
        "POST",
        "/webhooks/{id}/deliveries/{delivery}/replay",
        "Send a message again",
        (Good(202, "It is sent again under the same id.", hook_answers.DeliveryView),),
        Scope.WEBHOOKS,
    ),
)
"""Webhooks."""

ENDPOINTS: tuple[Endpoint, ...] = (*_TIPS, *_REPORTS, *_HOOKS, *_ABOUT)
"""Every address, in the order of the documentation."""


def by_path(endpoints: Iterable[Endpoint]) -> Mapping[str, list[Endpoint]]:
    """The endpoints of each path, in their order."""
    found: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        found.setdefault(endpoint.path, []).append(endpoint)
    return found
