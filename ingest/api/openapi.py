"""The OpenAPI document (3.1) of the partner API, made from the table of endpoints and the wire types: it cannot say anything else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ingest.api.answers import Problem
from ingest.api.endpoint import Endpoint, Parameter, Schema
from ingest.api.endpoints import ENDPOINTS, PREFIX, VERSION, by_path
from ingest.api.problems import PROBLEMS
from ingest.submission import Submission

_REF = "#/components/schemas/{name}"
_TEXT: Schema = {"type": "string"}
_HEADERS: Mapping[str, tuple[Schema, str]] = {
    "Location": (_TEXT, "The address of what was made."),
    "Link": (_TEXT, "The next page, with `rel=next` (RFC 8288)."),
    "Idempotent-Replayed": (_TEXT, "`true` on the first answer, given again."),
    "Preference-Applied": (_TEXT, "The preference that was followed (RFC 7240)."),
    "Retry-After": ({"type": "integer", "minimum": 1}, "Seconds to wait."),
    "WWW-Authenticate": (_TEXT, "How to send a key."),
    "RateLimit-Limit": ({"type": "integer"}, "Requests a window."),
    "RateLimit-Remaining": ({"type": "integer"}, "Requests that are left in this window."),
    "RateLimit-Reset": ({"type": "integer"}, "Seconds until the next window."),
    "RateLimit-Policy": (_TEXT, 'Every limit: `"key";q=30000;w=10` are requests a window of seconds, `"day"` are tips a day.'),
    "RateLimit": (_TEXT, "What is left of each, `r`, and for how many seconds, `t`."),
}
_RATE = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy", "RateLimit")


def document(endpoints: Sequence[Endpoint] = ENDPOINTS) -> dict[str, Any]:
    """The document as plain values."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tipstream partner API",
            "version": VERSION,
            "description": (
                "Send tips, and learn what became of them. Errors are problems (RFC 9457) with a stable `code`. Within version 1 only "
                "additions are made: pass over fields and codes that you do not know."
            ),
        },
        "servers": [{"url": PREFIX}],
        "paths": {
            path: {endpoint.method.lower(): _operation(endpoint) for endpoint in found} for path, found in by_path(endpoints).items()
        },
        "components": {
            "schemas": _schemas(endpoints),
            "responses": {code: _problem(code) for code in sorted({code for one in endpoints for code in one.all_problems})},
            "headers": {name: {"schema": schema, "description": meaning} for name, (schema, meaning) in _HEADERS.items()},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "`ts_live_...`, or `ts_test_...` for the sandbox."}
            },
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    scope = f" Needs a key with the scope `{endpoint.scope}`." if endpoint.scope else ""
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": (endpoint.detail + scope).strip() or endpoint.summary,
        "tags": [endpoint.path.split("/")[1].removesuffix(".json")],
        "security": [{"key": []}] if endpoint.keyed else [],
        "responses": _answers(endpoint),
    }
    parameters = [*map(_in_path, endpoint.places), *map(_parameter, endpoint.parameters)]
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body:
        content = {media: {"schema": _schema(endpoint.body.of)} for media in endpoint.body.media}
        operation["requestBody"] = {"required": endpoint.body.needed, "content": content}
    if endpoint.deprecated_at:
        operation["deprecated"] = True
    return operation


def _answers(endpoint: Endpoint) -> dict[str, Any]:
    """Good answers, then one for each status of its problems. Problems that share a status are named together."""
    found: dict[str, Any] = {}
    for good in endpoint.good:
        answer: dict[str, Any] = {"description": good.meaning}
        if good.of is not None:
            answer["content"] = {good.media: {"schema": _schema(good.of)}}
        names = [*good.headers, *(_RATE if endpoint.keyed else ())]
        if names:
            answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
        found[str(good.status)] = answer
    by_status: dict[int, list[str]] = {}
    for code in endpoint.all_problems:
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    for status, codes in sorted(by_status.items()):
        if len(codes) == 1:
            found[str(status)] = {"$ref": f"#/components/responses/{codes[0]}"}
        else:
            told = "; ".join(f"`{code}`: {PROBLEMS[code].title}" for code in codes)
            found[str(status)] = {**_problem(codes[0]), "description": told}
    return found


def _problem(code: str) -> dict[str, Any]:
    kind = PROBLEMS[code]
    answer: dict[str, Any] = {
        "description": f"`{code}`: {kind.title}. {kind.mend}",
        "content": {"application/problem+json": {"schema": {"$ref": _REF.format(name="Problem")}}},
    }
    names = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}.get(kind.status, [])
    if names:
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    return answer


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {"name": parameter.name, "in": parameter.place, "description": parameter.meaning, "schema": parameter.schema}


def _schema(of: type | Schema) -> Schema:
    return {"$ref": _REF.format(name=of.__name__)} if isinstance(of, type) else of


def _schemas(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """Every wire type that is named, and two that are made of a tip: one of a batch, with its own idempotency key, and one that is open."""
    bodies = [one.body.of for one in endpoints if one.body]
    named = [*bodies, *(good.of for one in endpoints for good in one.good), Submission, Problem]
    types = list(dict.fromkeys(of for of in named if isinstance(of, type)))
    _, components = msgspec.json.schema_components(types, ref_template=_REF)
    tip = components["Submission"]
    key: Schema = {
        "anyOf": [{"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}, {"type": "null"}],
        "description": "Your own key for this tip; the same again with the same words gets the first answer.",
    }
    batch = {**tip, "title": "BatchTip", "properties": {**tip["properties"], "idempotency_key": key}}
    said = "What is known of a tip so far: every field may be missing, and null removes it."
    report = {**_loosened(tip), "title": "Report", "description": said}
    report["properties"]["geo"] = {"anyOf": [_loosened(components["GeoIn"]), {"type": "null"}]}
    return {name: _plain(schema) for name, schema in sorted({**components, "BatchTip": batch, "Report": report}.items())}


def _loosened(schema: Schema) -> dict[str, Any]:
    """The schema of an object with nothing required in it."""
    loose: dict[str, Any] = {name: value for name, value in schema.items() if name != "required"}
    loose["properties"] = {
        name: {"anyOf": [{key: limit for key, limit in value.items() if key != "minLength"}, {"type": "null"}]}
        if name in schema.get("required", ())
        else value
        for name, value in schema["properties"].items()
    }
    return loose


def _plain(schema: Any, name: str = "") -> Any:
    """Without the marks of reStructuredText that stand in our docstrings."""
    if isinstance(schema, dict):
        return {key: _plain(value, key) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    return re.sub("``([^`]+)``", r"`\1`", schema) if name == "description" else schema
