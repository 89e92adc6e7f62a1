"""A report that a program fills bit by bit."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ingest.api.merge_patch import merged
from tests.builders import NOON
from tests.intake import SCHOOL, TRUCKING, Client, Intake

REPORTS = "/api/v1/reports"


def picture(shade: int = 0) -> bytes:
    """A small JPEG."""
    to = BytesIO()
    Image.new("RGB", (8, 8), (shade, 0, 0)).save(to, "JPEG")
    return to.getvalue()


def opened(client: Client, headers: dict[str, str], **value: Any) -> str:
    """The address of a new report."""
    answer = client.post(REPORTS, json=value, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


@pytest.fixture
def with_photos(intake: Intake) -> Intake:
    intake.deps.partners.put(replace(TRUCKING, photos=True))
    return intake


def test_open_fill_finish(intake: Intake) -> None:
    client, headers = intake.client(), intake.bearer()
    answer = client.post(REPORTS, headers=headers)
    assert answer.status_code == 201
    assert answer.json()["id"].startswith("rep_")
    assert (answer.json()["state"], answer.json()["report"], answer.json()["tip"]) == ("open", {}, None)
    assert answer.json()["expires_at"] == "2026-11-04T12:00:00Z"
    assert [error["code"] for error in answer.json()["to_mend"]] == ["required"]
    address = answer.headers["location"]
    assert client.post(address + "/finish", headers=headers).json()["errors"][0]["path"] == "narrative"
    client.request("PATCH", address, json={"place": {"town": "Ogallala"}, "vehicles": [{"plate": "KPR"}]}, headers=headers)
    changed = client.request("PATCH", address, json={"narrative": "A van.", "vehicles": None, "place": {"state": "NE"}}, headers=headers)
    assert changed.json()["report"] == {"narrative": "A van.", "place": {"town": "Ogallala", "state": "NE"}}
    assert (changed.json()["to_mend"], bool(changed.json()["advice"])) == ([], True)
    first, again = (client.post(address + "/finish", headers=headers) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    with intake.deps.storage.reading() as work:
        tip = work.tips.get(first.json()["id"])
        assert tip is not None
        assert (tip.narrative, tip.place.town, tip.place.state, tip.vehicles) == ("A van.", "Ogallala", "NE", ())
    assert client.get(first.headers["location"], headers=headers).json()["status"] == "received"
    whole = client.get(address, headers=headers).json()
    assert (whole["state"], whole["tip"], whole["report"]) == ("finished", first.json()["id"], {})
    assert len(client.get("/api/v1/tips", headers=headers).json()["tips"]) == 1


def test_after_a_crash_between_tip_and_report_finishing_goes_on(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    client, headers = intake.client(), intake.bearer()
    address = opened(client, headers, narrative="A van.")
    with monkeypatch.context() as broken:
        broken.setattr("ingest.api.lifecycle.Reports.finished", lambda *_: (_ for _ in ()).throw(RuntimeError("the machine stops here")))
        assert client.post(address + "/finish", headers=headers).status_code == 500
    assert client.get(address, headers=headers).json()["state"] == "open"
    answer = client.post(address + "/finish", headers=headers)
    assert (answer.status_code, answer.headers["idempotent-replayed"]) == (201, "true")
    assert client.get(address, headers=headers).json()["state"] == "finished"
    assert len(client.get("/api/v1/tips", headers=headers).json()["tips"]) == 1


def test_another_key_cannot_finish_it_again_and_gets_no_code(intake: Intake) -> None:
    client, headers = intake.client(), intake.bearer()
    address = opened(client, headers, narrative="A van.")
    assert client.post(address + "/finish", headers=headers).status_code == 201
    refused = client.post(address + "/finish", headers=intake.new_bearer())
    assert (refused.status_code, refused.json()["code"]) == (409, "already_finished")
    assert "receipt_code" not in refused.json()


def test_what_is_finished_changes_no_more(with_photos: Intake) -> None:
    client, headers = with_photos.client(), with_photos.bearer()
    address = opened(client, headers, narrative="A van.")
    client.post(address + "/finish", headers=headers)
    jpeg = headers | {"Content-Type": "image/jpeg"}
    answers = [
        client.request("PATCH", address, json={}, headers=headers),
        client.request("DELETE", address, headers=headers),
        client.request("PUT", address + "/attachments/a.jpg", content=picture(), headers=jpeg),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "already_finished")] * 3


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ({"plate": "x"}, "plate"),
        ({"geo": {"lat": "north"}}, "geo.lat"),
        ([], ""),
        ({"narrative": "x" * 20_001}, "narrative"),
        ({"persons": [1]}, "persons[0]"),
    ],
)
def test_what_no_tip_can_hold_is_refused_at_once(intake: Intake, patch: object, path: str) -> None:
    client, headers = intake.client(), intake.bearer()
    address = opened(client, headers, narrative="A van.")
    answer = client.request("PATCH", address, json=patch, headers=headers)
    assert answer.status_code == 422
    assert path in {error["path"] for error in answer.json()["errors"]}
    assert client.get(address, headers=headers).json()["report"] == {"narrative": "A van."}


def test_a_patch_without_end_is_refused(intake: Intake) -> None:
    client, headers = intake.client(), intake.bearer() | {"Content-Type": "application/merge-patch+json"}
    address = opened(client, headers)
    for depth in (500, *range(800, 1_000, 20), 5_000, 20_000):
        answer = client.request("PATCH", address, content=b'{"place":' * depth + b"1" + b"}" * depth, headers=headers)
        assert answer.status_code in (400, 422)


def test_it_holds_no_more_than_a_tip(intake: Intake) -> None:
    client, headers = intake.client(), intake.bearer()
    address = opened(client, headers, persons=[{"description": "é" * 5_000}] * 20)
    answer = client.request("PATCH", address, json={"vehicles": [{"description": "é" * 5_000}] * 20}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_pictures_go_with_the_report(with_photos: Intake) -> None:
    client, headers = with_photos.client(), with_photos.bearer()
    address, jpeg = opened(client, headers, narrative="A van."), headers | {"Content-Type": "image/jpeg"}
    first, again = (client.request("PUT", address + "/attachments/yard-1.jpg", content=picture(), headers=jpeg) for _ in range(2))
    assert first.status_code == again.status_code == 200, first.text
    assert first.json() == again.json()
    assert (first.json()["name"], first.json()["width"]) == ("yard-1.jpg", 8)
    other = client.request("PUT", address + "/attachments/yard-1.jpg", content=picture(200), headers=jpeg)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert [kept["name"] for kept in client.get(address, headers=headers).json()["attachments"]] == ["yard-1.jpg"]
    tip = client.post(address + "/finish", headers=headers).json()["id"]
    with with_photos.deps.storage.reading() as work:
        assert first.json()["id"] in [kept.id for kept in work.attachments.of_tip(tip)]


@pytest.mark.parametrize(
    ("name", "content", "type", "status"),
    [
        ("a.jpg", b"<svg/>", "image/jpeg", 422),
        ("a.jpg", b"", "image/jpeg", 422),
        ("a.svg", b"<svg/>", "image/svg+xml", 415),
        ("..", picture(), "image/jpeg", 404),
        (".hidden", picture(), "image/jpeg", 422),
        ("a b", picture(), "image/jpeg", 422),
        ("x" * 101, picture(), "image/jpeg", 422),
    ],
)
def test_what_is_no_picture_is_refused(with_photos: Intake, name: str, content: bytes, type: str, status: int) -> None:
    client, headers = with_photos.client(), with_photos.bearer()
    address = opened(client, headers)
    answer = client.request("PUT", f"{address}/attachments/{name}", content=content, headers=headers | {"Content-Type": type})
    assert answer.status_code in (status, 405)  # ".." never comes as far as a name
    assert client.get(address, headers=headers).json()["attachments"] == []


def test_pictures_need_an_agreement(intake: Intake) -> None:
    client, headers = intake.client(), intake.bearer()
    address = opened(client, headers)
    answer = client.request("PUT", address + "/attachments/a.jpg", content=picture(), headers=headers | {"Content-Type": "image/jpeg"})
    assert (answer.status_code, answer.json()["code"]) == (403, "photos_off")


def test_dropping_leaves_nothing_but_the_audit(with_photos: Intake) -> None:
    client, headers = with_photos.client(), with_photos.bearer()
    address = opened(client, headers, narrative="A van.")
    kept = client.request("PUT", address + "/attachments/a.jpg", content=picture(), headers=headers | {"Content-Type": "image/jpeg"}).json()
    assert with_photos.deps.blobs.get(kept["id"]) is not None
    assert client.request("DELETE", address, params={"reason": "bored"}, headers=headers).status_code == 422
    gone = client.request("DELETE", address, params={"reason": "withdrawn_consent"}, headers=headers)
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.get(address, headers=headers).status_code == 404
    assert with_photos.deps.blobs.get(kept["id"]) is None
    with with_photos.deps.storage.reading() as work:
        assert work.attachments.get(kept["id"]) is None
        rows = work.audit.of_object(f"report:{address.rpartition('/')[2]}", 10)
        assert [(row.action, row.detail.get("reason")) for row in rows] == [
            ("report.opened", None),
            ("report.dropped", "withdrawn_consent"),
        ]


def test_it_is_nobody_elses(intake: Intake) -> None:
    client = intake.client()
    address = opened(client, intake.bearer(), narrative="A van.")
    for headers in (intake.bearer(SCHOOL.slug), intake.new_bearer(sandbox=True)):
        answers = [
            client.get(address, headers=headers),
            client.request("PATCH", address, json={}, headers=headers),
            client.post(address + "/finish", headers=headers),
            client.request("DELETE", address, headers=headers),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4


def test_it_is_forgotten_in_time(intake: Intake) -> None:
    client, headers = intake.client(), intake.bearer()
    address = opened(client, headers, narrative="A van.")
    intake.clock.forward(hours=72)
    assert client.get(address, headers=headers).status_code == 404
    assert client.post(address + "/finish", headers=headers).status_code == 404


def test_nobody_can_read_it_in_the_database(intake: Intake) -> None:
    opened(intake.client(), intake.bearer(), narrative="unreadable words")
    with intake.deps.partner_side.reading() as work:
        draft = work.drafts.get("rep_" + f"{1:026d}", NOON)
    assert draft is not None
    assert b"unreadable" not in draft.sealed


def test_a_sandbox_report_becomes_a_sandbox_tip(intake: Intake) -> None:
    client, headers = intake.client(), intake.new_bearer(sandbox=True)
    tip = client.post(opened(client, headers, narrative="A van.") + "/finish", headers=headers).json()["id"]
    assert client.get(f"/api/v1/tips/{tip}", headers=headers).status_code == 200
    assert client.get(f"/api/v1/tips/{tip}", headers=intake.bearer()).status_code == 404


RFC_7396 = [  # the test cases of appendix A
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("target", "patch", "result"), RFC_7396)
def test_patches_as_the_rfc_does(target: object, patch: object, result: object) -> None:
    assert merged(target, patch) == result


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(json_values, json_values)
def test_a_patch_laid_over_twice_is_laid_over_once(target: object, patch: object) -> None:
    once = merged(target, patch)
    assert merged(once, patch) == once
