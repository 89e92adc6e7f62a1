"""Tips over the API: checking only, listing, the thread, taking back, the sandbox, limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from ingest.api.own_tips import SANDBOX_WALK, sandbox_status
from ingest.domain.partner import Quotas
from ingest.throttle import Throttle
from tests.builders import NOON
from tests.intake import SCHOOL, TRUCKING, Client, Intake
from triage.domain.case import Message
from triage.domain.events import EventType
from triage.domain.sender import Outcome, OutcomeCode, Useful
from triage.domain.undo import UNDO_FOR

TIPS = "/api/v1/tips"
VAN = {"narrative": "A white van.", "partner": {"role": "driver", "reference": "R-7"}}


def sent(client: Client, headers: dict[str, str], **given: Any) -> str:
    """The id of a tip that was sent."""
    answer = client.post(TIPS, json={**VAN, **given}, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def events(intake: Intake) -> list[str]:
    """The types of all events, in order."""
    return [logged.event.type for logged in intake.events.read("test", list(EventType), 1_000)]


@pytest.mark.parametrize(
    ("query", "headers"), [("?dry_run=true", {}), ("?dry_run=1", {}), ("", {"Prefer": "respond-async, Validate-Only"})]
)
def test_checking_only_stores_nothing(intake: Intake, query: str, headers: dict[str, str]) -> None:
    client = intake.client()
    answer = client.post(TIPS + query, json=VAN, headers=intake.bearer() | headers)
    assert answer.status_code == 200
    assert answer.json()["valid"] is True
    assert {hint["code"] for hint in answer.json()["advice"]} <= {"reason", "where", "when", "people", "vehicle"}
    assert answer.json()["advice"][0]["message"]
    assert answer.headers.get("preference-applied") == ("validate-only" if headers else None)
    assert events(intake) == []
    assert client.get(TIPS, headers=intake.bearer()).json() == {"tips": [], "next": None}


def test_checking_only_finds_what_sending_would(intake: Intake) -> None:
    client = intake.client()
    bad = {"narrative": "?!", "geo": {"lat": 1}}
    checked, refused = (client.post(TIPS + query, json=bad, headers=intake.bearer()) for query in ("?dry_run=true", ""))
    assert checked.status_code == refused.status_code == 422
    assert checked.json() == refused.json()
    assert client.post(TIPS + "?dry_run=perhaps", json=VAN, headers=intake.bearer()).json()["errors"][0]["path"] == "dry_run"


def test_fields_outside_of_the_agreement_are_refused(intake: Intake) -> None:
    intake.deps.partners.put(replace(TRUCKING, agreed_fields=("place", "partner")))
    client = intake.client()
    answer = client.post(TIPS, json={**VAN, "persons": [], "vehicles": [{"plate": "KPR"}]}, headers=intake.bearer())
    assert answer.status_code == 422
    assert [(error["path"], error["code"]) for error in answer.json()["errors"]] == [("persons", "not_agreed"), ("vehicles", "not_agreed")]
    assert client.post(TIPS, json=VAN, headers=intake.bearer()).status_code == 201


def test_lists_ones_own_newest_first(intake: Intake) -> None:
    client, found = intake.client(), []
    for number in range(5):
        found.append(sent(client, intake.bearer(), partner={"reference": f"R-{number % 2}"}))
        sent(client, intake.bearer(SCHOOL.slug))
        intake.clock.forward(minutes=1)
    whole = client.get(TIPS, headers=intake.bearer())
    assert [tip["id"] for tip in whole.json()["tips"]] == found[::-1]
    assert whole.json()["tips"][0]["status"] == "received"
    assert "link" not in whole.headers
    late = client.get(TIPS, params={"since": "2026-11-01T13:03:00+01:00"}, headers=intake.bearer())
    assert [tip["id"] for tip in late.json()["tips"]] == [found[4], found[3]]
    odd = client.get(TIPS, params={"reference": "R-1"}, headers=intake.bearer())
    assert [tip["id"] for tip in odd.json()["tips"]] == [found[3], found[1]]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from([0, 0, 1]), min_size=1, max_size=9), limit=st.integers(1, 4))
def test_pages_hold_every_tip_once(intake: Intake, steps: list[int], limit: int) -> None:
    client, headers = intake.client(), intake.bearer()
    since = intake.clock.now() + timedelta(seconds=1)
    intake.clock.forward(seconds=1)
    found = []
    for step in steps:  # several in the same moment
        intake.clock.forward(seconds=step)
        found.append(sent(client, headers))
    seen, answer = [], client.get(TIPS, params={"limit": limit, "since": since.isoformat()}, headers=headers)
    while True:
        seen += [tip["id"] for tip in answer.json()["tips"]]
        following = answer.json()["next"]
        assert answer.headers.get("link") == (f'<{following}>; rel="next"' if following else None)
        if following is None:
            break
        sent(client, headers, partner={"reference": "came meanwhile"})
        answer = client.get(following, headers=headers)
    assert seen == sorted(found, reverse=True)
    intake.clock.forward(minutes=1)


def test_a_cursor_is_good_for_its_own_list_only(intake: Intake) -> None:
    client = intake.client()
    for headers in (intake.bearer(), intake.bearer(SCHOOL.slug)):
        sent(client, headers)
        sent(client, headers)
    following = client.get(TIPS, params={"limit": 1}, headers=intake.bearer()).json()["next"]
    assert client.get(following, headers=intake.bearer(SCHOOL.slug)).json()["errors"][0]["code"] == "not_a_cursor"
    assert client.get(following + "&reference=R-7", headers=intake.bearer()).status_code == 422
    token = intake.deps.sealer.sign("visit:tip_1")  # signed by us, for something else
    assert client.get(TIPS, params={"cursor": token}, headers=intake.bearer()).status_code == 422
    intake.clock.forward(hours=25)
    assert client.get(following, headers=intake.bearer()).status_code == 422


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=%D9%A3", "limit"),
        ("since=yesterday", "since"),
        ("since=2026-11-01T12:00:00", "since"),
        ("since=0001-01-01T00:00:00%2B14:00", "since"),
        ("reference=", "reference"),
        ("reference=%00", "reference"),
        ("cursor=", "cursor"),
        ("refrence=R-7", "?"),
        ("cursor=%FF.x.y", "cursor"),
        ("cursor=%C3%A9.%C3%A9", "cursor"),
    ],
)
def test_says_which_filter_is_wrong(intake: Intake, query: str, path: str) -> None:
    answer = intake.client().get(f"{TIPS}?{query}", headers=intake.bearer())
    assert answer.status_code == 422
    assert [error["path"] for error in answer.json()["errors"]] == [path]


def test_messages_are_read_and_answered(intake: Intake) -> None:
    client, headers = intake.client(), intake.bearer()
    tip = sent(client, headers)
    with intake.deps.storage.writing() as work:
        work.messages.add(Message("msg_1", tip, NOON - UNDO_FOR, from_source=False, text="Which gate?", by="usr_1"))
    address = f"{TIPS}/{tip}"
    assert client.get(address, headers=headers).json()["unread_messages"] == 1
    thread = client.get(address + "/messages", headers=headers).json()["messages"]
    assert thread == [{"id": "msg_1", "at": "2026-11-01T11:59:50Z", "side": "agency", "text": "Which gate?"}]
    assert client.get(address, headers=headers).json()["unread_messages"] == 0
    for _ in range(2):
        intake.clock.forward(seconds=1)
        answer = client.post(address + "/messages", json={"text": "The north gate.\nBy the silo."}, headers=headers)
        assert answer.status_code == 201
        assert [message["side"] for message in answer.json()["messages"]] == ["agency", "partner"]
    with intake.deps.storage.reading() as work:
        assert [row.actor for row in work.audit.of_object(f"tip:{tip}", 10) if row.action == "tip.amended"] == ["partner:prairie-haul"]


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": "  \n"}, {"text": 1}, {"text": "a\x00"}, {"text": "x" * 10_001}, {"text": "a", "b": 1}, []]
)
def test_a_message_that_says_nothing_is_refused(intake: Intake, body: object) -> None:
    client = intake.client()
    address = f"{TIPS}/{sent(client, intake.bearer())}/messages"
    assert client.post(address, json=body, headers=intake.bearer()).status_code == 422
    assert client.get(address, headers=intake.bearer()).json() == {"messages": []}


def test_taking_back_is_told_to_the_desk_once_and_deletes_nothing(intake: Intake) -> None:
    client, headers = intake.client(), intake.bearer()
    tip = sent(client, headers)
    first = client.post(f"{TIPS}/{tip}/retract", json={"reason": "not_true"}, headers=headers)
    intake.clock.forward(minutes=1)
    again = client.post(f"{TIPS}/{tip}/retract", json={"reason": "duplicate"}, headers=headers)
    assert first.status_code == again.status_code == 200
    assert first.json()["retracted"] == again.json()["retracted"] == {"reason": "not_true", "retracted_at": "2026-11-01T12:00:00Z"}
    assert events(intake) == [EventType.TIP_RECEIVED, EventType.TIP_AMENDED]
    with intake.deps.storage.reading() as work:
        rows = [row for row in work.audit.of_object(f"tip:{tip}", 10) if row.action == "tip.retracted"]
        assert [(row.actor, dict(row.detail)) for row in rows] == [("partner:prairie-haul", {"reason": "not_true"})]
        assert work.tips.get(tip) is not None
    refused = client.post(f"{TIPS}/{tip}/retract", json={"reason": "bored"}, headers=headers)
    assert refused.status_code == 422
    assert "sent_by_mistake" in refused.json()["errors"][0]["message"]


def test_a_released_outcome_is_told(intake: Intake) -> None:
    client, headers = intake.client(), intake.bearer()
    tip = sent(client, headers)
    with intake.deps.storage.writing() as work:
        work.outcomes.put(Outcome(tip, Useful.PARTLY, NOON, "usr_1", OutcomeCode.ADDED))
    view = client.get(f"{TIPS}/{tip}", headers=headers)
    assert view.json()["outcome"] == {"code": "added", "useful": "partly", "released_at": "2026-11-01T12:00:00Z"}
    assert view.json()["steps"][-1]["step"] == "outcome"
    assert "usr_1" not in view.text


def test_a_sandbox_key_behaves_the_same_and_reaches_nobody(intake: Intake) -> None:
    client, live, sandbox = intake.client(), intake.bearer(), intake.new_bearer(sandbox=True)
    tip = sent(client, sandbox)
    assert events(intake) == [EventType.TIP_PROGRESSED]
    assert [one["id"] for one in client.get(TIPS, headers=sandbox).json()["tips"]] == [tip]
    assert client.get(TIPS, headers=live).json()["tips"] == []
    assert client.get(f"{TIPS}/{tip}", headers=live).status_code == 404
    other = sent(client, live)
    assert client.get(f"{TIPS}/{other}", headers=sandbox).status_code == 404
    told = []
    for age in (0, 4, 5, 10, 59, 60):
        intake.clock.at = NOON + timedelta(seconds=age)
        view = client.get(f"{TIPS}/{tip}", headers=sandbox).json()
        told.append((age, view["status"], len(view["steps"])))
        assert client.get(TIPS, headers=sandbox).json()["tips"][0]["status"] == view["status"]
    assert told == [(0, "received", 1), (4, "received", 1), (5, "read", 4), (10, "with_team", 4), (59, "with_team", 4), (60, "closed", 6)]
    assert view["outcome"]["code"] == "added"
    assert client.get(f"{TIPS}/{other}", headers=live).json()["status"] == "received"


@given(st.integers(-10, 10_000))
def test_a_sandbox_status_never_goes_back(seconds: int) -> None:
    order = [status for _, status, _ in SANDBOX_WALK]
    now, later = (sandbox_status(NOON, NOON + timedelta(seconds=age)) for age in (seconds, seconds + 1))
    assert order.index(now) <= order.index(later)


def test_every_answer_says_what_is_left(intake: Intake) -> None:
    limits = replace(intake.deps.limits, api=Throttle(3, timedelta(seconds=10), intake.clock))
    client, headers = intake.client(limits=limits, tips_a_day=5), intake.bearer()
    first = client.post(TIPS, json=VAN, headers=headers).headers
    assert (first["ratelimit-limit"], first["ratelimit-remaining"], first["ratelimit-reset"]) == ("3", "2", "10")
    assert first["ratelimit-policy"] == '"key";q=3;w=10, "day";q=5;w=86400'
    assert first["ratelimit"] == '"key";r=2;t=10, "day";r=4;t=43200'
    missing = client.get(f"{TIPS}/tip_0", headers=headers)
    assert (missing.status_code, missing.headers["ratelimit-remaining"]) == (404, "1")
    assert client.get("/api/v1/me", headers=headers).json()["requests"]["left"] == 0
    refused = client.get("/api/v1/me", headers=headers)
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (429, "too_many", "10")
    assert refused.headers["ratelimit-remaining"] == "0"


def test_a_day_has_a_quota_that_comes_from_what_is_stored(intake: Intake) -> None:
    intake.deps.partners.put(replace(TRUCKING, quotas=Quotas(tips_a_day=2)))
    headers, sandbox = intake.bearer(), intake.new_bearer(sandbox=True)
    sent(intake.client(), headers)
    client = intake.client()  # another process has not seen the first one go by
    sent(client, headers)
    refused = client.post(TIPS, json=VAN, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "quota_used")
    assert refused.headers["retry-after"] == str(12 * 3600)
    assert client.get("/api/v1/me", headers=headers).json()["tips_today"] == {"limit": 2, "left": 0, "resets_at": "2026-11-02T00:00:00Z"}
    assert client.post(TIPS + "?dry_run=true", json=VAN, headers=headers).status_code == 200
    sent(client, sandbox)
    sent(client, intake.bearer(SCHOOL.slug))
    intake.clock.forward(hours=12)
    sent(client, headers)


def test_who_am_i(intake: Intake) -> None:
    headers = intake.new_bearer(sandbox=True, label="night desk", scopes=())
    me = intake.client().get("/api/v1/me", headers=headers).json()
    assert me["partner"]["slug"] == "prairie-haul"
    assert (me["key"]["label"], me["key"]["sandbox"], me["key"]["scopes"]) == ("night desk", True, [])
    assert headers["Authorization"].removeprefix("Bearer ") not in str(me)


def test_sending_asks_the_store_nothing_but_to_keep_the_tip(intake: Intake) -> None:
    """The hot path: key, scope, limits and quota are known from the first tip on."""
    client, headers, statements = intake.client(), intake.bearer(), []
    sent(client, headers)

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement.split()[0])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        sent(client, headers)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert "SELECT" not in statements
    assert len(statements) <= 5
