"""The OpenAPI document and the catalogue of problems hold together."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from ingest.api.endpoints import ENDPOINTS
from ingest.api.openapi import document
from ingest.api.problems import PROBLEMS, Refused, general
from ingest.schema import json_schema
from tests.intake import Intake


def references(value: Any) -> Iterator[str]:
    """Every ``$ref`` in the document."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def test_every_reference_leads_somewhere_and_every_component_is_used() -> None:
    made = document()
    named = {f"#/components/{kind}/{name}" for kind in ("schemas", "responses", "headers") for name in made["components"][kind]}
    found = set(references(made))
    assert found <= named
    unused = {name for name in named - found if "/schemas/" in name}
    assert unused == set()


def test_every_operation_says_what_it_needs() -> None:
    operations = {one["operationId"]: one for methods in document()["paths"].values() for one in methods.values()}
    assert set(operations) == {endpoint.name for endpoint in ENDPOINTS}
    for endpoint in ENDPOINTS:
        operation = operations[endpoint.name]
        assert bool(operation["security"]) is endpoint.keyed
        assert ("401" in operation["responses"]) is endpoint.keyed
        assert ("requestBody" in operation) is (endpoint.body is not None)
        if endpoint.scope:
            assert f"`{endpoint.scope}`" in operation["description"]


def test_a_tip_is_the_same_in_both_documents() -> None:
    one, other = document()["components"]["schemas"]["Submission"], json_schema()["$defs"]["Submission"]
    assert set(one["properties"]) == set(other["properties"])
    assert (one["required"], one["additionalProperties"]) == (other["required"], other["additionalProperties"]) == (["narrative"], False)


def test_times_are_times() -> None:
    assert document()["components"]["schemas"]["TipView"]["properties"]["received_at"]["format"] == "date-time"


def test_the_catalogue_of_problems_is_published(intake: Intake) -> None:
    published = intake.client().get("/api/v1/problems").json()["problems"]
    assert [entry["code"] for entry in published] == list(PROBLEMS)
    assert len({entry["type"] for entry in published}) == len(published)
    assert all(400 <= HTTPStatus(entry["status"]) < 600 for entry in published)
    assert all(entry["title"] and entry["mend"].endswith(".") for entry in published)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 409, 411, 413, 415, 418, 422, 429, 500, 502, 503])
def test_every_status_has_a_problem(status: int) -> None:
    kind = general(status)
    assert (kind.status >= 500) is (status >= 500)


def test_a_code_that_is_not_in_the_catalogue_cannot_be_raised() -> None:
    with pytest.raises(KeyError):
        Refused("made_up", "x")
