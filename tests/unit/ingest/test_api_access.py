"""Who may do what: every endpoint of the table, with every kind of key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from ingest.api.day_quota import DayQuota
from ingest.api.endpoint import JSON, Endpoint, Good
from ingest.api.endpoints import ENDPOINTS
from ingest.domain.partner import ALL_SCOPES, PartnerStatus, Scope
from ingest.photos import Photos
from ingest.web.keys import KeyRegister
from ingest.web.partner_api.door import Call, Door
from ingest.web.partner_api.routes import api_routes
from tests.builders import NOON
from tests.intake import SCHOOL, TRUCKING, Client, Intake

KEYED = [endpoint for endpoint in ENDPOINTS if endpoint.keyed]
WITH_ID = [endpoint for endpoint in KEYED if "id" in endpoint.places]

BODIES = {
    "sendTip": b'{"narrative":"A van."}',
    "sendBatch": b'[{"narrative":"A van."}]',
    "addMessage": b'{"text":"More."}',
    "retractTip": b'{"reason":"duplicate"}',
}
"""What is sent where ``{}`` would be refused for itself."""


def name(endpoint: Endpoint) -> str:
    return endpoint.name


def taker(intake: Intake) -> Photos:
    deps = intake.deps
    return Photos(deps.partner_side, deps.blobs, deps.sealer, deps.pictures, deps.clock, deps.ids)


def call(client: Client, endpoint: Endpoint, headers: dict[str, str], **places: str) -> httpx.Response:
    """Call the endpoint with a body that it takes."""
    path = "/api/v1" + endpoint.path
    for place in endpoint.places:
        path = path.replace("{" + place + "}", places.get(place, "x"))
    type_ = endpoint.body.media[0] if endpoint.body else JSON
    content = BODIES.get(endpoint.name, b"{}") if endpoint.body else b""
    return client.request(endpoint.method, path, content=content, headers=headers | {"Content-Type": type_})


def test_the_table_holds_every_route_and_no_other(intake: Intake) -> None:
    routes = api_routes(intake.deps, taker(intake))
    served = {(method, route.path) for route in routes for method in (route.methods or ()) if method != "HEAD"}
    assert served == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    assert len({endpoint.name for endpoint in ENDPOINTS}) == len(ENDPOINTS)


@pytest.mark.parametrize("endpoint", KEYED, ids=name)
def test_a_key_opens_exactly_what_its_scopes_say(intake: Intake, endpoint: Endpoint) -> None:
    client = intake.client()
    for sandbox, scopes in product((False, True), ((), *((one,) for one in ALL_SCOPES))):
        answer = call(client, endpoint, intake.new_bearer(sandbox=sandbox, scopes=scopes))
        refused = answer.status_code == 403 and answer.json()["code"] == "missing_scope"
        assert refused is (endpoint.scope is not None and endpoint.scope not in scopes), scopes
        if refused:
            assert str(endpoint.scope) in answer.json()["detail"]


NOT_LET_IN = {
    "suspended": [{"status": status} for status in PartnerStatus if status is not PartnerStatus.ACTIVE],
    "agreement_over": [{"agreement_until": date(2026, 10, 31)}],
}
"""What makes a partner's keys useless, by the problem that says so."""


@pytest.mark.parametrize("code", NOT_LET_IN)
def test_a_partner_that_may_not_report_is_let_in_nowhere(intake: Intake, code: str) -> None:
    for fields in NOT_LET_IN[code]:
        intake.deps.partners.put(replace(TRUCKING, **fields))
        client = intake.client()
        told = {name(endpoint): call(client, endpoint, intake.bearer()) for endpoint in KEYED}
        assert {at: (answer.status_code, answer.json()["code"]) for at, answer in told.items()} == dict.fromkeys(told, (403, code))


def test_without_a_key_there_is_nothing(intake: Intake) -> None:
    client = intake.client()
    told = {name(endpoint): call(client, endpoint, {}) for endpoint in KEYED}
    assert {at: (answer.status_code, answer.json()["code"]) for at, answer in told.items()} == dict.fromkeys(told, (401, "no_key"))
    assert all(answer.headers["www-authenticate"].startswith("Bearer") for answer in told.values())


@pytest.mark.parametrize("endpoint", WITH_ID, ids=name)
def test_what_is_anothers_does_not_exist(intake: Intake, endpoint: Endpoint) -> None:
    """The same answer for a thing of another partner, one on the other side of the sandbox, and one that is nowhere."""
    for slug in (TRUCKING.slug, SCHOOL.slug):
        intake.deps.partners.put(replace(TRUCKING if slug == TRUCKING.slug else SCHOOL, photos=True))
    client, owner = intake.client(), intake.bearer()
    tip = client.post("/api/v1/tips", json={"narrative": "A van."}, headers=owner).json()["id"]
    report = client.post("/api/v1/reports", json={"narrative": "A van."}, headers=owner).json()["id"]
    own = report if endpoint.path.startswith("/reports") else tip
    others = [intake.bearer(SCHOOL.slug), intake.new_bearer(sandbox=True), intake.new_bearer(SCHOOL.slug, sandbox=True)]
    answers = [call(client, endpoint, headers, id=own) for headers in others]
    answers += [call(client, endpoint, owner, id=id) for id in ("tip_" + "0" * 26, "rep_" + "0" * 26, "%00", "x" * 500, "'", tip + " ")]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "not_found")}
    assert len({answer.content for answer in answers}) == 1
    with intake.deps.storage.reading() as work:
        assert not work.messages.of_tip(tip)
        assert work.senders.get(tip).retracted_at is None


@pytest.mark.parametrize("endpoint", [endpoint for endpoint in ENDPOINTS if not endpoint.keyed], ids=name)
def test_what_is_for_everybody_needs_no_key(intake: Intake, endpoint: Endpoint) -> None:
    answer = call(intake.client(), endpoint, {})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert "ratelimit-limit" not in answer.headers


def test_a_method_that_is_not_taken_is_told_all_that_are(intake: Intake) -> None:
    client = intake.client()
    for path in {endpoint.path for endpoint in ENDPOINTS}:
        answer = client.request("TRACE", "/api/v1" + path.replace("{id}", "x").replace("{name}", "x"))
        methods = {endpoint.method for endpoint in ENDPOINTS if endpoint.path == path}
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert set(answer.headers["allow"].split(", ")) == methods | ({"HEAD"} if "GET" in methods else set())


def test_what_breaks_is_a_problem_too_and_says_nothing_of_itself(intake: Intake, caplog: pytest.LogCaptureFixture) -> None:
    async def breaks(_: Call) -> Response:
        raise RuntimeError("a white van")

    answer = _one(intake, Endpoint("x", "GET", "/x", "", (Good(200, ""),)), breaks).get("/x", headers=intake.bearer())
    assert (answer.status_code, answer.json()["code"]) == (500, "our_fault")
    assert "white van" not in answer.text
    assert answer.headers["ratelimit-limit"] == "30000"
    assert [record.message for record in caplog.records if record.name == "ingest.web.problem"] == ["an error that nobody caught"]


def test_an_endpoint_that_goes_says_when(intake: Intake) -> None:
    async def works(_: Call) -> Response:
        return Response(b"{}", headers={"Link": '</next>; rel="next"'})

    goes = Endpoint(
        "old",
        "GET",
        "/old",
        "",
        (Good(200, ""),),
        deprecated_at=NOON,
        sunset_at=datetime(2027, 5, 1, tzinfo=UTC),
        instead="https://a.example/new",
    )
    client = _one(intake, goes, works)
    answer = client.get("/old", headers=intake.bearer())
    assert answer.headers["deprecation"] == f"@{int(NOON.timestamp())}"
    assert answer.headers["sunset"] == "Sat, 01 May 2027 00:00:00 GMT"
    assert '<https://a.example/new>; rel="deprecation"' in answer.headers["link"]
    assert 'rel="next"' in answer.headers["link"]
    assert "deprecation" not in intake.client().get("/api/v1/me", headers=intake.bearer()).headers


def test_a_revoked_scope_takes_seconds(intake: Intake) -> None:
    client, partners = intake.client(), intake.deps.partners
    assert client.get("/api/v1/tips", headers=intake.bearer()).status_code == 200
    partners.put_key(replace(partners.keys(TRUCKING.slug)[0], scopes=(Scope.SUBMIT,)))
    intake.clock.forward(seconds=timedelta(seconds=10).total_seconds())
    assert client.get("/api/v1/tips", headers=intake.bearer()).status_code == 403


def _one(intake: Intake, endpoint: Endpoint, handler: object) -> Client:
    """An application of this one endpoint."""
    deps = intake.deps
    door = Door(deps, KeyRegister(deps.partners, deps.clock), DayQuota(deps.partner_side, deps.clock, 10))
    return Client(Starlette(routes=[Mount("/", routes=[Route(endpoint.path, door.keyed(endpoint, handler))])]))  # type: ignore[arg-type]
