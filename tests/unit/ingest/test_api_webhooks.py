"""Webhooks over the API: the secret once, the address without its secrets, and what cannot be called refused in words."""

from __future__ import annotations

import json

import pytest

from ingest.domain.partner import Scope
from tests.intake import SCHOOL, Client, Intake
from triage.domain.sender import Progress

URL = "https://hooks.example.org/in?token=hush"
HOOKS = "/api/v1/webhooks"


@pytest.fixture
def client(intake: Intake) -> Client:
    return intake.client()


def add(client: Client, intake: Intake, **given: object) -> dict[str, object]:
    answer = client.post(HOOKS, json={"url": URL, **given}, headers=intake.bearer())
    assert answer.status_code == 201
    made: dict[str, object] = answer.json()
    assert answer.headers["location"] == f"{HOOKS}/{made['webhook']['id']}"  # type: ignore[index]
    return made


def id_of(made: dict[str, object]) -> str:
    return str(made["webhook"]["id"])  # type: ignore[index]


def test_a_new_one_shows_its_secret_once_and_its_address_without_secrets(client: Client, intake: Intake) -> None:
    made = add(client, intake)
    assert str(made["secret"]).startswith("whsec_")
    listed = client.get(HOOKS, headers=intake.bearer())
    assert listed.json()["items"] == [made["webhook"]]
    detail = client.get(f"{HOOKS}/{id_of(made)}", headers=intake.bearer())
    for answer in (listed, detail):
        assert "whsec_" not in answer.text
        assert "hush" not in answer.text
    assert listed.json()["items"][0]["url"] == "https://hooks.example.org/in"
    assert listed.json()["items"][0]["steps"] == [step.value for step in Progress]


def test_more_than_the_quota_is_a_conflict_that_says_so(client: Client, intake: Intake) -> None:
    for _ in range(3):
        add(client, intake)
    answer = client.post(HOOKS, json={"url": URL}, headers=intake.bearer())
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert "3 webhooks" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"url": "http://hooks.example.org/"}, "url", "not_https"),
        ({"url": "https://u:p@hooks.example.org/"}, "url", "with_password"),
        ({"url": "https://hooks.example.org/\r\nx: y"}, "url", "not_an_address"),
        ({"url": ""}, "url", "not_accepted"),
        ({"url": 7}, "url", "not_accepted"),
        ({"url": URL, "steps": ["eaten"]}, "steps[0]", "not_accepted"),
        ({"url": URL, "secret": "mine"}, "", "not_accepted"),
        ({}, "", "not_accepted"),
        ([], "", "not_accepted"),
    ],
)
def test_what_does_not_fit_is_refused_and_never_repeated(client: Client, intake: Intake, body: object, path: str, code: str) -> None:
    answer = client.post(HOOKS, json=body, headers=intake.bearer())
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["path"], error["code"]) == (path, code)
    assert "eaten" not in answer.text
    assert client.get(HOOKS, headers=intake.bearer()).json() == {"items": []}


def test_it_is_changed_switched_off_tested_replayed_rotated_and_deleted(client: Client, intake: Intake) -> None:
    made = add(client, intake, steps=["closed"])
    one, headers = f"{HOOKS}/{id_of(made)}", intake.bearer()
    changed = client.request("PATCH", one, json={"steps": ["outcome", "read"], "enabled": False}, headers=headers).json()
    assert (changed["steps"], changed["enabled"]) == (["read", "outcome"], False)
    assert client.request("PATCH", one, json={"enabled": True}, headers=headers).json()["enabled"]
    tested = client.post(f"{one}/test", headers=headers)
    assert (tested.status_code, tested.json()["tip"], tested.json()["state"]) == (202, None, "waiting")
    again = client.post(f"{one}/deliveries/{tested.json()['id']}/replay", headers=headers)
    assert (again.status_code, again.json()["id"]) == (202, tested.json()["id"])
    assert [item["id"] for item in client.get(one, headers=headers).json()["deliveries"]] == [tested.json()["id"]]
    rotated = client.post(f"{one}/rotate", headers=headers).json()
    assert rotated["secret"] != made["secret"]
    assert rotated["webhook"]["old_secret_until"] == "2026-11-02T12:00:00Z"
    assert client.request("DELETE", one, headers=headers).status_code == 204
    assert client.get(one, headers=headers).status_code == 404


def test_a_sandbox_key_sees_its_own_alone(client: Client, intake: Intake) -> None:
    made = add(client, intake)
    sandbox = intake.new_bearer(sandbox=True, scopes=(Scope.WEBHOOKS,))
    assert client.get(HOOKS, headers=sandbox).json() == {"items": []}
    mine = client.post(HOOKS, json={"url": URL}, headers=sandbox).json()["webhook"]
    assert mine["sandbox"] is True
    assert client.get(f"{HOOKS}/{mine['id']}", headers=intake.bearer()).status_code == 404
    assert client.get(f"{HOOKS}/{id_of(made)}", headers=sandbox).status_code == 404
    assert client.get(HOOKS, headers=intake.bearer(SCHOOL.slug)).json() == {"items": []}


def test_another_partners_delivery_cannot_be_replayed(client: Client, intake: Intake) -> None:
    made = add(client, intake)
    delivery = client.post(f"{HOOKS}/{id_of(made)}/test", headers=intake.bearer()).json()["id"]
    own = client.post(HOOKS, json={"url": URL}, headers=intake.bearer(SCHOOL.slug)).json()["webhook"]["id"]
    for id in (own, id_of(made)):
        answer = client.post(f"{HOOKS}/{id}/deliveries/{delivery}/replay", headers=intake.bearer(SCHOOL.slug))
        assert answer.status_code == 404


def test_a_body_that_is_too_large_or_encoded_is_refused(client: Client, intake: Intake) -> None:
    large = json.dumps({"url": URL, "steps": ["read"] * 5_000})
    headers = intake.bearer() | {"Content-Type": "application/json"}
    assert client.post(HOOKS, content=large, headers=headers).status_code == 413
    assert client.post(HOOKS, content=b"x", headers=headers | {"Content-Encoding": "gzip"}).status_code == 415
