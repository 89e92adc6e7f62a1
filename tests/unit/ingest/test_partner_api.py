"""The partner API over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.throttle import Throttle
from ingest.web.deps import Limits
from tests.intake import SCHOOL, SUSPENDED, TRUCKING, Intake

VAN = {"narrative": "A white van.", "partner": {"role": "driver", "reference": "R-7"}}


def limits_with_api(intake: Intake, limit: int) -> Limits:
    return replace(intake.deps.limits, api=Throttle(limit, timedelta(minutes=1), intake.clock))


def test_a_tip_is_created_and_its_status_can_be_asked(intake: Intake) -> None:
    client = intake.client()
    answer = client.post("/api/v1/tips", json=VAN, headers=intake.bearer())
    assert answer.status_code == 201
    assert set(answer.json()) == {"id", "receipt_code", "status_url"}
    assert len(answer.json()["receipt_code"]) == 16
    assert answer.json()["status_url"] == "http://tips.test" + answer.headers["location"]
    status = client.get(answer.headers["location"], headers=intake.bearer())
    assert status.status_code == 200
    assert status.json() == {
        "id": answer.json()["id"],
        "status": "received",
        "received_at": "2026-11-01T12:00:00Z",
        "channel": "api",
        "partner": {"role": "driver", "reference": "R-7"},
        "steps": [{"step": "received", "at": "2026-11-01T12:00:00Z"}],
        "outcome": None,
        "unread_messages": 0,
        "retracted": None,
    }


def test_the_public_address_can_be_set(intake: Intake) -> None:
    answer = intake.client(public_url="https://tips.example").post("/api/v1/tips", json=VAN, headers=intake.bearer())
    assert answer.json()["status_url"].startswith("https://tips.example/api/v1/tips/tip_")


def test_a_repeated_key_gets_the_first_answer_however_the_body_is_written(intake: Intake) -> None:
    client, headers = intake.client(), {**intake.bearer(), "Idempotency-Key": "k-1", "Content-Type": "application/json"}
    first = client.post("/api/v1/tips", content=b'{"narrative":"A","lang":"en"}', headers=headers)
    again = client.post("/api/v1/tips", content=b'{ "lang": "en", "narrative": "\\u0041" }', headers=headers)
    assert again.status_code == first.status_code == 201
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    other = client.post("/api/v1/tips", content=b'{"narrative":"B"}', headers=headers)
    assert other.status_code == 409
    assert other.json()["type"] == "urn:tipstream:problem:key-reused"
    assert other.json()["code"] == "key_reused"


@pytest.mark.parametrize("key", ["", "two words", "k" * 256, "schlüssel"])
def test_a_key_that_is_none_is_refused(intake: Intake, key: str) -> None:
    headers = [*intake.bearer().items(), ("Idempotency-Key", key.encode())]
    answer = intake.client().post("/api/v1/tips", json=VAN, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "Idempotency-Key"


def test_bad_input_lists_what_to_mend_and_stores_nothing(intake: Intake) -> None:
    answer = intake.client().post("/api/v1/tips", json={"narative": "x", "geo": {"lat": 99, "lon": 0}}, headers=intake.bearer())
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {(e["path"], e["code"]) for e in answer.json()["errors"]} == {
        ("narrative", "required"),
        ("narative", "unknown_field"),
        ("geo.lat", "out_of_range"),
    }
    with intake.deps.storage.reading() as work:
        assert not work.tips.get_many([f"tip_{number:026d}" for number in range(10)])


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Bearer ts_live_wrong", "Basic abc"])
def test_without_a_key_that_works_it_is_401(intake: Intake, authorization: str) -> None:
    answer = intake.client().post("/api/v1/tips", json=VAN, headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["status"] == 401


def test_a_revoked_key_stops_working_within_seconds(intake: Intake) -> None:
    client, partners = intake.client(), intake.deps.partners
    assert client.post("/api/v1/tips", json=VAN, headers=intake.bearer()).status_code == 201
    partners.put_key(replace(partners.keys(TRUCKING.slug)[0], revoked=True))
    intake.clock.forward(seconds=10)
    assert client.post("/api/v1/tips", json=VAN, headers=intake.bearer()).status_code == 401


def test_a_suspended_partner_is_refused(intake: Intake) -> None:
    assert intake.client().post("/api/v1/tips", json=VAN, headers=intake.bearer(SUSPENDED.slug)).status_code == 403


def test_anothers_tip_does_not_exist(intake: Intake) -> None:
    client = intake.client()
    address = client.post("/api/v1/tips", json=VAN, headers=intake.bearer()).headers["location"]
    assert client.get(address, headers=intake.bearer(SCHOOL.slug)).status_code == 404
    assert client.get("/api/v1/tips/tip_0", headers=intake.bearer()).status_code == 404
    assert client.get(address).status_code == 401


@pytest.mark.parametrize(
    ("content", "type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"narrative=x", "application/x-www-form-urlencoded", 415),
        (b'{"narrative":"x"}', "application/json; charset=utf-8", 201),
        (b'{"narrative":"x"}', "application/vnd.tip+json", 201),
        (b" " * (256 * 1024 + 1), "application/json", 413),
    ],
)
def test_answers_what_cannot_be_read_with_the_right_status(intake: Intake, content: bytes, type: str, status: int) -> None:
    answer = intake.client().post("/api/v1/tips", content=content, headers={**intake.bearer(), "Content-Type": type})
    assert answer.status_code == status
    assert status == 201 or answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("PUT", "/api/v1/tips", 405), ("DELETE", "/api/v1/tips/x", 405), ("GET", "/api/v1/x", 404)]
)
def test_unknown_addresses_and_methods_are_problems_too(intake: Intake, method: str, path: str, status: int) -> None:
    answer = intake.client().request(method, path)
    assert answer.status_code == status
    assert answer.json()["status"] == status


def test_too_many_with_one_key_are_told_when_to_come_back(intake: Intake) -> None:
    client = intake.client(limits=limits_with_api(intake, 1))
    assert client.post("/api/v1/tips", json=VAN, headers=intake.bearer()).status_code == 201
    answer = client.post("/api/v1/tips", json=VAN, headers=intake.bearer())
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert client.post("/api/v1/tips", json=VAN, headers=intake.bearer(SCHOOL.slug)).status_code == 201


def test_when_nothing_can_be_written_it_is_503_and_not_ready(intake: Intake) -> None:
    client = intake.client()
    assert client.get("/health/ready").status_code == 200
    intake.writer.close()
    answer = client.post("/api/v1/tips", json=VAN, headers=intake.bearer())
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200


def test_the_schema_is_public(intake: Intake) -> None:
    answer = intake.client().get("/api/v1/schema/tip.json")
    assert answer.json()["$id"] == "/api/v1/schema/tip.json"


@pytest.mark.parametrize(
    "path", ["/api/v1/tips/x", "/api/v1/schema/tip.json", "/health/live", "/r/prairie-haul", "/r/code", "/r/exit", "/r/nothing"]
)
def test_every_answer_carries_the_security_headers(intake: Intake, path: str) -> None:
    headers = intake.client().get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers
    assert path.endswith(".json") or headers["cache-control"] == "no-store"


def test_a_body_without_a_declared_length_is_cut_off_at_the_limit(intake: Intake) -> None:
    given: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        for number in range(1_000):
            given.append(number)
            yield b" " * 64 * 1024

    answer = intake.client().post("/api/v1/tips", content=endless(), headers={**intake.bearer(), "Content-Type": "application/json"})
    assert answer.status_code == 413
    assert len(given) <= 6
