"""Coming back with a code."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from ingest.receipts import grouped
from ingest.receive import Receipt, Sender
from ingest.submission import Submission
from ingest.throttle import Throttle
from tests.intake import Client, Intake
from triage.domain.case import Message
from triage.domain.events import EventType
from triage.domain.undo import UNDO_FOR

WRONG = "We do not have a report with that code. Check the numbers and try again"


@pytest.fixture
def receipt(intake: Intake) -> Receipt:
    """A report that was sent."""
    return intake.deps.receiver.receive_blocking(Submission(narrative="A white van."), Sender("prairie-haul", "public"))


def visit_of(page: httpx.Response) -> str:
    found = re.search(r'name="visit" value="([^"]+)"', page.text)
    assert found
    return found[1]


def come_back(client: Client, code: str) -> httpx.Response:
    return client.post("/r/code", data={"code": code, "lang": "en"})


def thread(intake: Intake, receipt: Receipt) -> list[Message]:
    with intake.deps.storage.reading() as work:
        return work.messages.of_tip(receipt.id)


def test_a_code_shows_where_the_report_stands_and_nothing_of_its_text(intake: Intake, receipt: Receipt) -> None:
    page = come_back(intake.client(), grouped(receipt.code).replace(" ", "-"))
    assert page.status_code == 200
    assert "Received" in page.text
    assert "2026-11-01" in page.text
    assert "white van" not in page.text
    assert receipt.code not in page.text


@pytest.mark.parametrize("typed", ["", "1234", "0" * 16, "no digits at all"])
def test_a_wrong_code_says_so(intake: Intake, receipt: Receipt, typed: str) -> None:
    page = come_back(intake.client(), typed)
    assert page.status_code == 422
    assert page.text.count(WRONG) == 2


def test_messages_of_the_desk_are_shown_without_a_name(intake: Intake, receipt: Receipt) -> None:
    with intake.deps.storage.writing() as work:
        work.messages.add(Message("msg_1", receipt.id, intake.clock.now() - UNDO_FOR, from_source=False, text="Which <exit>?", by="user_7"))
    page = come_back(intake.client(), receipt.code)
    assert "Which &lt;exit&gt;?" in page.text
    assert "The team" in page.text
    assert "user_7" not in page.text


def test_adding_writes_message_event_and_audit_row(intake: Intake, receipt: Receipt) -> None:
    client = intake.client()
    page = client.post("/r/code/add", data={"visit": visit_of(come_back(client, receipt.code)), "text": "Plate ABC.\r\nExit 107."})
    assert page.status_code == 200
    assert "We have added it to your report" in page.text
    [message] = thread(intake, receipt)
    assert (message.text, message.from_source) == ("Plate ABC.\nExit 107.", True)
    with intake.deps.storage.reading() as work:
        assert [row.action for row in work.audit.of_object(f"tip:{receipt.id}", 10)] == ["tip.received", "tip.amended"]
    newest = intake.events.read("test", [EventType.TIP_AMENDED], 10)
    assert [(logged.event.key, dict(logged.event.payload)) for logged in newest] == [
        (receipt.id, {"tip": receipt.id, "change": "tip.amended", "message": message.id})
    ]


def test_a_second_press_adds_nothing_twice(intake: Intake, receipt: Receipt) -> None:
    client = intake.client()
    visit = visit_of(come_back(client, receipt.code))
    for _ in range(2):
        assert client.post("/r/code/add", data={"visit": visit, "text": "Plate ABC."}).status_code == 200
    assert len(thread(intake, receipt)) == 1


@pytest.mark.parametrize("text", [" ", "a" * 10_001])
def test_nothing_and_too_much_are_refused_with_the_words_kept(intake: Intake, receipt: Receipt, text: str) -> None:
    client = intake.client()
    page = client.post("/r/code/add", data={"visit": visit_of(come_back(client, receipt.code)), "text": text})
    assert page.status_code == 422
    assert f"{text}</textarea>" in page.text
    assert thread(intake, receipt) == []


def test_only_a_visit_that_began_with_the_code_can_add(intake: Intake, receipt: Receipt) -> None:
    client = intake.client()
    fresh = visit_of(come_back(client, receipt.code))
    forged = [f"visit:{receipt.id}", intake.deps.sealer.sign(f"report:{receipt.id}"), fresh[:-1] + ("A" if fresh[-1] != "A" else "B")]
    intake.clock.forward(seconds=3601)
    for visit in [*forged, fresh]:
        page = client.post("/r/code/add", data={"visit": visit, "text": "Plate ABC."})
        assert page.status_code == 422
        assert "Enter your code again" in page.text
    assert thread(intake, receipt) == []


def test_guessing_is_stopped_per_address_and_right_codes_cost_nothing(intake: Intake, receipt: Receipt) -> None:
    client = intake.client(limits=replace(intake.deps.limits, codes=Throttle(2, timedelta(minutes=10), intake.clock)))
    assert [come_back(client, code).status_code for code in [receipt.code] * 5 + ["1"] * 2] == [200] * 5 + [422] * 2
    stopped = come_back(client, receipt.code)
    assert stopped.status_code == 429
    assert "Wait 10 minutes, then try again. Your report is safe" in stopped.text
    assert stopped.headers["retry-after"] == "600"
    intake.clock.forward(minutes=10)
    assert come_back(client, receipt.code).status_code == 200


def test_guessing_is_stopped_everywhere(intake: Intake, receipt: Receipt) -> None:
    everywhere = Throttle(1, timedelta(minutes=10), intake.clock)
    client = intake.client(limits=replace(intake.deps.limits, codes_everywhere=everywhere))
    assert [come_back(client, "1").status_code for _ in range(2)] == [422, 429]


def test_right_and_wrong_codes_take_the_same_time(intake: Intake, receipt: Receipt, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer waits for what is left of the pace; the waiting is noted instead of done."""
    waited: list[float] = []

    async def note(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", note)
    client = intake.client(pace_seconds=60.0)
    for code in (receipt.code, "1"):
        come_back(client, code)
    assert [50 < seconds < 60 for seconds in waited] == [True, True]


def test_asks_for_the_code_in_the_readers_language_and_never_in_the_address(intake: Intake) -> None:
    page = intake.client().get("/r/code?lang=es")
    assert "Volver a su reporte" in page.text
    assert 'method="post"' in page.text
    assert intake.client().get("/r/code/add").status_code == 200
