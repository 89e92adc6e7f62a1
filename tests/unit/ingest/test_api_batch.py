"""Many tips in one request."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.domain.partner import Quotas
from ingest.throttle import Throttle
from ingest.web.partner_api.batch import MOST_TIPS
from tests.intake import TRUCKING, Client, Intake

BATCH = "/api/v1/tips/batch"


def post(client: Client, headers: dict[str, str], tips: object, **given: Any) -> httpx.Response:
    return client.post(BATCH, json=tips, headers=headers, **given)


def count(client: Client, headers: dict[str, str]) -> int:
    return len(client.get("/api/v1/tips?limit=100", headers=headers).json()["tips"])


def test_each_tip_stands_for_itself(intake: Intake) -> None:
    client, headers = intake.client(), intake.bearer()
    answer = post(
        client, headers, [{"narrative": "A"}, {"narative": "B"}, 7, {"narrative": "C", "geo": {"lat": 99, "lon": 0}}, {"narrative": "D"}]
    )
    assert answer.status_code == 200
    body = answer.json()
    assert (body["accepted"], body["refused"]) == (2, 3)
    assert [(item["index"], item["status"]) for item in body["items"]] == [(0, 201), (1, 422), (2, 422), (3, 422), (4, 201)]
    assert [error["path"] for error in body["items"][1]["problem"]["errors"]] == ["narrative", "narative"]
    assert body["items"][1]["problem"]["code"] == "fields_to_mend"
    assert body["items"][0]["id"] != body["items"][4]["id"]
    assert len(body["items"][0]["receipt_code"]) == 16
    assert count(client, headers) == 2


def test_ndjson_is_read_line_by_line(intake: Intake) -> None:
    client = intake.client()
    lines = b'{"narrative":"A"}\r\n\n{"narrative":\n{"narrative":"C"}'
    answer = client.post(BATCH, content=lines, headers=intake.bearer() | {"Content-Type": "application/x-ndjson"})
    assert [(item["status"], item.get("problem", {}).get("code")) for item in answer.json()["items"]] == [
        (201, None),
        (400, "not_readable"),
        (201, None),
    ]


def test_checking_only_stores_nothing(intake: Intake) -> None:
    client, headers = intake.client(), intake.bearer()
    answer = post(client, headers, [{"narrative": "A"}, {}], params={"dry_run": "true"})
    assert [item["status"] for item in answer.json()["items"]] == [200, 422]
    assert answer.json()["items"][0]["advice"][0]["code"] == "reason"
    assert count(client, headers) == 0


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["A", "B", "?"]), st.sampled_from([None, "k1", "k2"])), min_size=1, max_size=8), st.booleans())
def test_sent_again_a_batch_gets_the_same_and_stores_nothing_new(
    intake: Intake, wanted: list[tuple[str, str | None]], header: bool
) -> None:
    client, headers = intake.client(), intake.new_bearer()
    tips = [{"narrative": words, **({"idempotency_key": key} if key else {})} for words, key in wanted]
    keyed = headers | ({"Idempotency-Key": "batch-7"} if header else {})
    before = count(client, headers)
    first = post(client, keyed, tips).json()["items"]
    stored = count(client, headers) - before
    again = post(client, keyed, tips).json()["items"]
    taken: dict[str, str] = {}
    for (words, key), one, two in zip(wanted, first, again, strict=True):
        if words == "?":
            expected = 422
        elif key and taken.setdefault(key, words) != words:
            expected = 409
        else:
            expected = 201
        assert one["status"] == two["status"] == expected
        if expected == 201 and (key or header):
            assert (two["id"], two["receipt_code"], two["repeated"]) == (one["id"], one["receipt_code"], True)
    assert stored == len({one["id"] for one in first if "id" in one})
    unkeyed = sum(one["status"] == 201 and not key and not header for one, (_, key) in zip(first, wanted, strict=True))
    assert count(client, headers) - before == stored + unkeyed
    intake.clock.forward(hours=25)  # what the next example sends under these keys is new


@pytest.mark.parametrize("key", ["two words", "", "k" * 256])
def test_a_key_that_is_none_is_that_tips_problem(intake: Intake, key: str) -> None:
    answer = post(intake.client(), intake.bearer(), [{"narrative": "A", "idempotency_key": key}, {"narrative": "B", "idempotency_key": 1}])
    assert [item["problem"]["errors"][0]["code"] for item in answer.json()["items"]] == ["not_a_key", "wrong_type"]


@pytest.mark.parametrize(
    ("content", "type", "status"),
    [
        (b"[", "application/json", 400),
        (b'{"narrative":"A"}', "application/json", 422),
        (b"[" + b"1," * MOST_TIPS + b"1]", "application/json", 422),
        (b"[]", "text/plain", 415),
        (b" " * (4 * 1024 * 1024 + 1), "application/json", 413),
        (b"[" * 100_000, "application/json", 400),
    ],
)
def test_what_is_no_batch_is_refused_whole(intake: Intake, content: bytes, type: str, status: int) -> None:
    answer = intake.client().post(BATCH, content=content, headers=intake.bearer() | {"Content-Type": type})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_empty_batch_is_nothing(intake: Intake) -> None:
    assert post(intake.client(), intake.bearer(), []).json() == {"accepted": 0, "refused": 0, "items": []}


def test_a_tip_larger_than_one_may_be_is_refused_alone(intake: Intake) -> None:
    large = {
        "narrative": "A",
        "identifiers": ["é" * 500] * 50,
        "persons": [{"description": "é" * 5_000}] * 20,
        "vehicles": [{"description": "é" * 5_000}] * 20,
    }
    items = post(intake.client(), intake.bearer(), [large, {"narrative": "B"}]).json()["items"]
    assert [item["status"] for item in items] == [413, 201]


def test_the_day_can_end_in_the_middle(intake: Intake) -> None:
    intake.deps.partners.put(replace(TRUCKING, quotas=Quotas(tips_a_day=2)))
    client, headers = intake.client(), intake.bearer()
    items = post(client, headers, [{"narrative": "A"}, {}, {"narrative": "B"}, {"narrative": "C"}]).json()["items"]
    assert [(item["status"], item.get("problem", {}).get("code")) for item in items] == [
        (201, None),
        (422, "fields_to_mend"),
        (201, None),
        (429, "quota_used"),
    ]
    assert count(client, headers) == 2


def test_every_tip_counts_against_the_rate(intake: Intake) -> None:
    client = intake.client(limits=replace(intake.deps.limits, api=Throttle(3, timedelta(seconds=10), intake.clock)))
    assert post(client, intake.bearer(), [{"narrative": "A"}] * 3).headers["ratelimit-remaining"] == "0"
    intake.clock.forward(seconds=10)
    refused = post(client, intake.bearer(), [{"narrative": "A"}] * 4)
    assert refused.status_code == 429
    assert json.loads(refused.content)["code"] == "too_many"


def test_when_nothing_can_be_written_each_says_so(intake: Intake) -> None:
    client = intake.client()
    intake.writer.close()
    assert [item["problem"]["code"] for item in post(client, intake.bearer(), [{"narrative": "A"}] * 2).json()["items"]] == [
        "unavailable"
    ] * 2
