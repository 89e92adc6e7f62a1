"""What a sender can change after coming back: contact details, who may see them, messages; what is new; what was released."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest

from ingest.receive import Receipt, Sender, decode_contact
from ingest.submission import ConsentIn, ContactIn, Submission
from ingest.web.visits import visit_token
from tests.intake import TRUCKING, Intake
from triage.domain.audit import AuditRow
from triage.domain.case import Message
from triage.domain.events import EventType
from triage.domain.sender import Outcome, OutcomeCode, SenderState, Useful
from triage.domain.tip import Consent, Contact
from triage.domain.undo import UNDO_FOR

PHONE = "402-555-0143"
OTHER = "402-555-0199"


def sent(intake: Intake, contact: bool) -> Receipt:
    details = {"contact": ContactIn(phone=PHONE), "consent": ConsentIn(police=True)} if contact else {}
    return intake.deps.receiver.receive_blocking(Submission(narrative="A white van.", **details), Sender("prairie-haul", "public"))


@pytest.fixture
def anonymous(intake: Intake) -> Receipt:
    return sent(intake, contact=False)


@pytest.fixture
def named(intake: Intake) -> Receipt:
    return sent(intake, contact=True)


def change(intake: Intake, receipt: Receipt, what: str, **fields: str) -> httpx.Response:
    return intake.client().post(f"/r/code/{what}", data={"visit": visit_token(intake.deps, receipt.id), "lang": "en", **fields})


def come_back(intake: Intake, receipt: Receipt) -> str:
    page = intake.client().post("/r/code", data={"code": receipt.code, "lang": "en"})
    assert page.status_code == 200
    return page.text


def contact_of(intake: Intake, receipt: Receipt) -> Contact | None:
    with intake.deps.partner_side.reading() as work:
        sealed = work.contacts.get(receipt.id)
    return None if sealed is None else decode_contact(intake.deps.sealer.open_contact(receipt.id, sealed))


def state_of(intake: Intake, receipt: Receipt) -> SenderState:
    with intake.deps.storage.reading() as work:
        return work.senders.get(receipt.id)


def rows_of(intake: Intake, receipt: Receipt) -> list[AuditRow]:
    with intake.deps.storage.reading() as work:
        return work.audit.of_object(f"tip:{receipt.id}", 20)[1:]


def write(intake: Intake, receipt: Receipt, number: int, text: str = "Which exit?") -> None:
    with intake.deps.storage.writing() as work:
        work.messages.add(Message(f"msg_{number}", receipt.id, intake.clock.now(), from_source=False, text=text, by="usr_1"))
    intake.clock.forward(seconds=UNDO_FOR.total_seconds())


def test_contact_details_left_later_are_sealed_and_never_shown(intake: Intake, anonymous: Receipt) -> None:
    assert "You are anonymous" in come_back(intake, anonymous)
    fields = {"contact.phone": PHONE, "contact.leave_message": "yes", "consent.support": "yes"}
    page = change(intake, anonymous, "contact", **fields)
    assert page.status_code == 200
    assert "We have saved how to reach you." in page.text
    assert PHONE not in page.text + come_back(intake, anonymous)
    assert contact_of(intake, anonymous) == Contact(phone=PHONE, leave_message=True)
    assert state_of(intake, anonymous).consent == Consent(support=True)
    [row] = rows_of(intake, anonymous)
    assert (row.action, row.actor, dict(row.detail)) == ("contact.left", "public", {"police": "false", "support": "true"})
    [event] = [logged.event for logged in intake.events.read("test", [EventType.TIP_AMENDED], 10)]
    assert event.payload == {"tip": anonymous.id, "change": "contact.left"}


def test_others_take_their_place(intake: Intake, named: Receipt) -> None:
    change(intake, named, "contact", **{"contact.email": "a@example.com"})
    assert contact_of(intake, named) == Contact(email="a@example.com")
    assert [row.action for row in rows_of(intake, named)] == ["contact.replaced"]
    assert state_of(intake, named).consent == Consent()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"contact.name": "Ana"}, "Enter a phone number or an email"),
        ({"contact.leave_message": "yes"}, "Enter a phone number or an email"),
        ({"contact.email": "no-address"}, "Enter an email like name@example.com"),
        ({"contact.phone": "1" * 400}, "This answer is too long"),
    ],
)
def test_what_gives_no_way_back_is_shown_again_with_what_was_typed(
    intake: Intake, anonymous: Receipt, fields: dict[str, str], words: str
) -> None:
    page = change(intake, anonymous, "contact", **fields)
    assert page.status_code == 422
    assert page.text.count(words) == 2
    assert all(f'value="{value}"' in page.text for value in fields.values())
    assert re.search(r'<details class="part" open>\s*<summary>Tell us how to reach you', page.text)
    assert contact_of(intake, anonymous) is None


def test_taking_them_back_deletes_them_at_once(intake: Intake, named: Receipt) -> None:
    assert "We have a way to reach you" in come_back(intake, named)
    page = change(intake, named, "withdraw")
    assert "We have deleted your name, phone number and email." in page.text
    assert "You are anonymous" in page.text
    assert contact_of(intake, named) is None
    assert state_of(intake, named) == SenderState(named.id, withdrawn_at=intake.clock.now(), consent=Consent())
    change(intake, named, "withdraw")
    assert [row.action for row in rows_of(intake, named)] == ["contact.withdrawn"]


def test_they_can_be_left_again_after_that(intake: Intake, named: Receipt) -> None:
    change(intake, named, "withdraw")
    change(intake, named, "contact", **{"contact.phone": OTHER})
    assert contact_of(intake, named) == Contact(phone=OTHER)
    assert state_of(intake, named).withdrawn_at is None


def test_who_may_see_them_can_change(intake: Intake, named: Receipt) -> None:
    assert re.search(r'name="consent.police" value="yes" checked', come_back(intake, named))
    page = change(intake, named, "consent", **{"consent.support": "yes"})
    assert "We have saved your choice." in page.text
    assert not re.search(r'name="consent.police" value="yes" checked', page.text)
    assert re.search(r'name="consent.support" value="yes" checked', page.text)
    change(intake, named, "consent", **{"consent.support": "yes"})
    assert [(row.action, dict(row.detail)) for row in rows_of(intake, named)] == [
        ("contact.consent", {"police": "false", "support": "true"})
    ]
    assert contact_of(intake, named) == Contact(phone=PHONE)


def test_messages_stop_and_start(intake: Intake, anonymous: Receipt) -> None:
    page = change(intake, anonymous, "messages", stop="yes")
    assert "We will not write to you any more." in page.text
    assert "You asked us not to write to you" in page.text
    assert state_of(intake, anonymous).stopped
    change(intake, anonymous, "messages", stop="yes")
    page = change(intake, anonymous, "messages", stop="no")
    assert "We may write to you here again." in page.text
    assert not state_of(intake, anonymous).stopped
    assert [row.action for row in rows_of(intake, anonymous)] == ["messages.stopped", "messages.wanted"]


def test_what_the_desk_wrote_is_new_once(intake: Intake, anonymous: Receipt) -> None:
    intake.clock.forward(minutes=1)
    write(intake, anonymous, 1)
    intake.clock.forward(minutes=1)
    write(intake, anonymous, 2, "What color?")
    first, second = come_back(intake, anonymous), come_back(intake, anonymous)
    assert (first.count('class="new"'), second.count('class="new"')) == (2, 0)
    assert "There is something new from us." in first
    intake.clock.forward(minutes=1)
    write(intake, anonymous, 3)
    assert come_back(intake, anonymous).count('class="new"') == 1
    assert [row.action for row in rows_of(intake, anonymous)] == ["thread.seen"] * 2


def test_a_report_that_was_answered_was_read(intake: Intake, anonymous: Receipt) -> None:
    assert "Nobody has read it yet" in come_back(intake, anonymous)
    change(intake, anonymous, "add", text="A plate.")
    assert "Nobody has read it yet" in come_back(intake, anonymous)
    write(intake, anonymous, 1)
    assert "Read by a person" in come_back(intake, anonymous)


def test_own_words_are_never_new(intake: Intake, anonymous: Receipt) -> None:
    change(intake, anonymous, "add", text="A plate.")
    assert 'class="new"' not in come_back(intake, anonymous)


def test_a_released_outcome_is_told_in_words_and_usefulness_is_not(intake: Intake, anonymous: Receipt) -> None:
    outcome = Outcome(anonymous.id, Useful.NO, intake.clock.now(), "usr_1", None)
    with intake.deps.storage.writing() as work:
        work.outcomes.put(outcome)
    assert "What came of it" not in come_back(intake, anonymous)
    with intake.deps.storage.writing() as work:
        work.outcomes.put(replace(outcome, code=OutcomeCode.ACTED_ON))
    page = come_back(intake, anonymous)
    assert "What came of it" in page
    assert "A team acted on what you told us." in page
    assert "usr_1" not in page


@pytest.mark.parametrize("code", OutcomeCode)
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_outcome_has_words(intake: Intake, anonymous: Receipt, code: OutcomeCode, language: str) -> None:
    with intake.deps.storage.writing() as work:
        work.outcomes.put(Outcome(anonymous.id, Useful.YES, intake.clock.now(), "usr_1", code))
    page = intake.client().post("/r/code", data={"code": anonymous.code, "lang": language})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")


def test_photos_are_offered_only_where_the_partner_takes_them(intake: Intake, anonymous: Receipt) -> None:
    assert "/r/photo" not in come_back(intake, anonymous)
    intake.deps.partners.put(replace(TRUCKING, photos=True))
    assert "/r/photo" in come_back(intake, anonymous)


@pytest.mark.parametrize("what", ["add", "contact", "consent", "withdraw", "messages"])
def test_only_a_visit_that_began_with_the_code_can_change(intake: Intake, named: Receipt, what: str) -> None:
    token = visit_token(intake.deps, named.id)
    forged = [f"visit:{named.id}", intake.deps.sealer.sign(f"report:{named.id}"), token[:-1] + ("A" if token[-1] != "A" else "B")]
    intake.clock.forward(seconds=3601)
    for visit in [*forged, token, "", visit_token(intake.deps, "tip_unknown")]:
        fields = {"visit": visit, "text": "Plate.", "contact.phone": OTHER, "stop": "yes", "consent.support": "yes"}
        page = intake.client().post(f"/r/code/{what}", data=fields)
        assert page.status_code == 422
        assert "Enter your code again" in page.text
    assert rows_of(intake, named) == []
    assert contact_of(intake, named) == Contact(phone=PHONE)
    assert intake.client().get(f"/r/code/{what}").status_code == 200
