"""The page about the partner API, made from its OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ingest.api.openapi import document
from ingest.api.problems import PROBLEMS

Table = tuple[Sequence[str], Sequence[Sequence[str]]]


def parts() -> Iterator[str | Table]:
    """The page bit by bit: paragraphs and headings in Markdown, and tables as head and rows."""
    spec = document()
    yield (
        "Addresses are below `/api/v1`. Keys go as `Authorization: Bearer ts_live_...`. How to use it: "
        "[Send tips by API](../how-to/send-tips-by-api.md). The same as OpenAPI 3.1 is at `/api/v1/openapi.json`, without a key."
    )
    operations = [(method, path, one) for path, methods in spec["paths"].items() for method, one in methods.items()]
    yield ("method", "address", "what it does"), [(method.upper(), f"`{path}`", one["summary"]) for method, path, one in operations]
    for method, path, operation in operations:
        yield f"## {method.upper()} {path}"
        yield f"{operation['summary']}. {_further(operation)}".strip()
        if "parameters" in operation:
            yield ("takes", "in", "type", "what it is"), [_parameter(one) for one in operation["parameters"]]
        yield ("answer", "body", "means"), list(_answers(operation["responses"], spec))
    yield "## Bodies"
    for name, schema in spec["components"]["schemas"].items():
        yield f"### {name}"
        yield schema.get("description", "")
        if "enum" in schema:
            yield "One of " + ", ".join(f"`{value}`" for value in schema["enum"]) + "."
        if schema.get("properties"):
            needed = schema.get("required", [])
            rows = [(f"`{field}`", _type(of), "yes" if field in needed else "") for field, of in schema["properties"].items()]
            yield ("field", "type", "always there"), rows
    yield "## Problems"
    yield ("code", "status", "means", "do"), [(f"`{one.code}`", str(one.status), one.title, one.mend) for one in PROBLEMS.values()]


def _further(operation: Mapping[str, Any]) -> str:
    bodies = operation.get("requestBody", {}).get("content", {})
    taken = " Takes " + " or ".join(f"`{media}`: {_type(of['schema'])}" for media, of in bodies.items()) + "." if bodies else ""
    said = operation["description"] if operation["description"] != operation["summary"] else ""
    return f"{said}{taken}".strip()


def _parameter(parameter: Mapping[str, Any]) -> tuple[str, ...]:
    return f"`{parameter['name']}`", parameter["in"], _type(parameter["schema"]), parameter.get("description", "")


def _answers(responses: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for status, answer in responses.items():
        if "$ref" in answer:
            answer = spec["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        bodies = [_type(of["schema"]) for of in answer.get("content", {}).values()]
        yield status, " or ".join(bodies), answer["description"]


def _type(schema: Mapping[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return _or(schema["anyOf"])
    if schema.get("type") == "array":
        most = f" (at most {schema['maxItems']})" if "maxItems" in schema else ""
        return f"list of {_type(schema['items'])}{most}"
    words = {"string": "text", "object": "object", "null": "null", "boolean": "true or false", "integer": "whole number"}
    limits = f" up to {schema['maxLength']:,} characters" if "maxLength" in schema else ""
    limits += f", {schema['minimum']} to {schema['maximum']}" if {"minimum", "maximum"} <= set(schema) else ""
    kind = {"date-time": "time", "date": "date", "binary": "bytes"}.get(schema.get("format", ""))
    return (kind or words.get(schema.get("type", ""), "number")) + limits


def _or(options: Iterable[Mapping[str, Any]]) -> str:
    return " or ".join(_type(option) for option in options)
