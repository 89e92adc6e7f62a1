"""The OpenAPI document is true: whatever is made from it is answered as it says, and never by a failure of ours.

``API_EXAMPLES`` in the environment is how many examples are made for each operation.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi import checks
from starlette.applications import Starlette

from ingest.api.openapi import document
from ingest.domain.partner import Quotas
from ingest.throttle import Throttle
from ingest.web.routes import intake_routes
from tests.builders import example_policy
from tests.intake import TRUCKING, Client, Intake, open_intake

EXAMPLES = int(os.environ.get("API_EXAMPLES", "12"))
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
    checks.ignored_auth,
]


@pytest.fixture(scope="module")
def intake(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    folder = tmp_path_factory.mktemp("intake")
    shutil.copy(migrated, folder / "tipstream.db")
    with open_intake(folder, example_policy()) as intake:
        intake.deps.partners.put(replace(TRUCKING, photos=True, quotas=Quotas(webhooks=10**6)))
        yield intake


@pytest.fixture(scope="module")
def app(intake: Intake) -> Starlette:
    limits = replace(intake.deps.limits, api=Throttle(10**9, timedelta(days=1), intake.clock))
    return Starlette(routes=intake_routes(replace(intake.deps, limits=limits, tips_a_day=10**9)))


@schemathesis.serializer("image/heic")
def heic(_context: schemathesis.SerializationContext, value: object) -> bytes:
    """Of the kinds of pictures this is the one that cases cannot be made of; it goes out as bytes that are none."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context: schemathesis.SerializationContext, value: object) -> bytes:
    """A list goes out a line each."""
    lines = value if isinstance(value, list) else [value]
    return b"\n".join(line if isinstance(line, bytes) else json.dumps(line, default=repr).encode() for line in lines)


schema = schemathesis.openapi.from_dict(document())


@schema.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_document_names(case: schemathesis.Case, intake: Intake, app: Starlette) -> None:
    case.operation.app = case.operation.schema.app = app
    skipped = [] if must_be_refused(case) else [checks.negative_data_rejection]
    keyed = case.operation.definition.raw.get("security")
    headers = intake.bearer() if keyed else None
    case.call_and_validate(headers=headers, checks=CHECKS, excluded_checks=skipped)
    fuzzed = case.meta is None or case.meta.phase.name is not TestPhase.COVERAGE
    if fuzzed and "{id}" in case.operation.path:  # no id that is made up is one of ours
        case.path_parameters = {**(case.path_parameters or {}), "id": made(case.operation.path, intake, app)}
        case.call_and_validate(headers=headers, checks=CHECKS, excluded_checks=[checks.negative_data_rejection])


def must_be_refused(case: schemathesis.Case) -> bool:
    """Whether its body is wrong. Only that is for sure: headers that nobody knows are passed over, ours come on top of the case's, and a
    batch answers for each tip in it."""
    body = case.meta and case.meta.components.get(ParameterLocation.BODY)
    return bool(body and body.mode is GenerationMode.NEGATIVE and case.operation.path != "/tips/batch")


def made(path: str, intake: Intake, app: Starlette) -> str:
    """The id of a new thing of the kind that the address is about, so that what is answered about it is checked too."""
    kind = path.split("/")[1]
    body = {"tips": {"narrative": "A van."}, "reports": {"narrative": "A van."}, "webhooks": {"url": "https://hooks.example/t"}}[kind]
    answer = Client(app).post(f"/api/v1/{kind}", json=body, headers=intake.bearer())
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].rpartition("/")[2]
