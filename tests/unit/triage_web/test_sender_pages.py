"""The console's pages about a tip's sender, as a browser without scripts sees them."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from tests.builders import an_entity
from tests.console import Browser, Console
from tests.unit.triage.test_correspondence import CONTACT, JPEG, add_picture, leave_contact
from triage.domain.case import Message
from triage.domain.sender import OutcomeCode, SenderState, Useful
from triage.domain.tip import Consent
from triage.domain.undo import UNDO_FOR


def messages(desk: Console, tip: str) -> list[Message]:
    with desk.world.storage.reading() as work:
        return work.messages.of_tip(tip)


def opened(desk: Console, tip: str, name: str = "ana", query: str = "") -> Browser:
    browser = desk.browser(name)
    assert browser.get(f"/desk/tip/{tip}{query}").status_code == 200
    return browser


def test_a_message_is_taken_back_before_it_leaves_and_not_after(console: Console) -> None:
    tip = console.world.arrive()
    browser = opened(console, tip)
    for late in (False, True):
        browser.get(f"/desk/tip/{tip}")
        answer = browser.submit(f"/desk/tip/{tip}/message", text="Which exit was it?")
        (written,) = messages(console, tip)
        browser.get(answer.headers["location"])
        console.world.clock.forward(seconds=UNDO_FOR.total_seconds() - (not late))
        answer = browser.submit(f"/desk/undo/message/{written.id}")
        assert answer.status_code == (409 if late else 303)
        assert messages(console, tip) == ([written] if late else [])


def test_a_message_is_sent_and_shown_with_whether_it_was_seen(console: Console) -> None:
    tip = console.world.arrive()
    browser = opened(console, tip)
    answer = browser.submit(f"/desk/tip/{tip}/message", text="Which exit\r\nwas it?")
    (written,) = messages(console, tip)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/tip/{tip}?done=message&undo={written.id}#thread")
    assert written.text == "Which exit\nwas it?"
    page = browser.get(f"/desk/tip/{tip}?done=message").text
    assert "Sent. It leaves in ten seconds; then the sender reads it with their code." in page
    assert "not seen yet" in page
    assert "has no answer yet" in page
    with console.world.storage.writing() as work:
        work.senders.put(SenderState(tip, seen_at=console.world.clock.now()))
        work.messages.add(Message("msg_own", tip, console.world.clock.now(), from_source=True, text="<Exit> 107"))
    page = browser.get(f"/desk/tip/{tip}").text
    assert "seen by the sender" in page
    assert "&lt;Exit&gt; 107" in page
    assert "has no answer yet" not in page


def test_what_should_not_leave_comes_back_marked_and_needs_a_tick(console: Console) -> None:
    entity = an_entity("person", "maria", "Maria", attributes={"name": "Maria"})
    tip = console.world.arrive(read={"entities": [entity]})
    browser = opened(console, tip)
    text = "Was Maria <there> with ABC 1234?"
    page = browser.submit(f"/desk/tip/{tip}/message", text=text)
    assert page.status_code == 422
    assert '<mark class="leak">Maria<span class="how">a name</span></mark>' in page.text
    assert '<mark class="leak">ABC 1234<span class="how">a plate</span></mark>' in page.text
    assert "&lt;there&gt;" in page.text
    assert "<title>Error: " in page.text
    assert messages(console, tip) == []
    fields = {
        name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', look_again(page.text))
    }
    assert browser.post(f"/desk/tip/{tip}/message", fields).status_code == 422  # without the tick
    changed = {**fields, "all_the_same": "yes", "text": text + " And Maria?"}
    assert browser.post(f"/desk/tip/{tip}/message", changed).status_code == 422
    assert messages(console, tip) == []
    assert browser.post(f"/desk/tip/{tip}/message", {**fields, "all_the_same": "yes"}).status_code == 303
    assert [message.text for message in messages(console, tip)] == [text]


def look_again(page: str) -> str:
    found = re.search(r'<div class="errors" id="look-again">.*?</div>', page, re.S)
    assert found
    return found.group()


def test_a_ready_reply_comes_in_the_senders_language_with_a_promise(console: Console) -> None:
    tip = console.world.arrive(language="es")
    browser = opened(console, tip, query="?reply=ask-where")
    assert "¿Dónde fue?" in browser.page.text
    assert f'href="/desk/tip/{tip}?reply=ask-when#message-text"' in browser.page.text
    browser.submit(f"/desk/tip/{tip}/message", text="¿Dónde fue?", promise="tomorrow")
    assert [message.text for message in messages(console, tip)] == ["¿Dónde fue?\n\nVolvemos a mirar aquí a más tardar mañana."]


@pytest.mark.parametrize(("text", "words"), [(" ", "Write what the sender shall read."), ("a" * 4001, "Write at most 4000 characters.")])
def test_nothing_and_too_much_come_back(console: Console, text: str, words: str) -> None:
    tip = console.world.arrive()
    page = opened(console, tip).submit(f"/desk/tip/{tip}/message", text=text)
    assert page.status_code == 422
    assert words in page.text
    assert 'href="#message-text"' in page.text


def test_who_wants_no_messages_is_not_written_to(console: Console) -> None:
    tip = console.world.arrive()
    browser = opened(console, tip)
    with console.world.storage.writing() as work:
        work.senders.put(SenderState(tip, stopped=True))
    assert browser.submit(f"/desk/tip/{tip}/message", text="Which exit?").status_code == 409
    page = browser.get(f"/desk/tip/{tip}").text
    assert "The sender asked for no more messages." in page
    assert f'action="/desk/tip/{tip}/message"' not in page


def test_what_the_sender_took_back_is_said(console: Console) -> None:
    tip, now = console.world.arrive(has_contact=True), console.world.clock.now()
    with console.world.storage.writing() as work:
        work.senders.put(SenderState(tip, withdrawn_at=now, retracted_at=now, retract_reason="sent_by_mistake"))
    page = opened(console, tip).page.text
    assert "Taken back by who sent it" in page
    assert "Sent by mistake" in page
    assert "The sender took back how to reach them" in page
    assert "The sender is anonymous." in page


def test_an_outcome_is_kept_and_shown_again(console: Console) -> None:
    tip = console.world.arrive()
    browser = opened(console, tip)
    assert browser.submit(f"/desk/tip/{tip}/outcome", outcome="helped").status_code == 422
    browser.get(f"/desk/tip/{tip}")
    assert browser.submit(f"/desk/tip/{tip}/outcome", useful="yes", outcome="bad").status_code == 422
    browser.get(f"/desk/tip/{tip}")
    assert browser.submit(f"/desk/tip/{tip}/outcome", useful="partly", outcome="helped").status_code == 303
    with console.world.storage.reading() as work:
        outcome = work.outcomes.get_many([tip])[tip]
    assert (outcome.useful, outcome.code, outcome.released_by) == (Useful.PARTLY, OutcomeCode.HELPED, "usr_ana")
    page = browser.get(f"/desk/tip/{tip}").text
    assert re.search(r'value="partly" required checked', page)
    assert '<option value="helped" selected>' in page


def test_contact_details_are_shown_once_and_for_a_reason(console: Console) -> None:
    tip = console.world.arrive(has_contact=True, consent=Consent(police=True))
    leave_contact(console.world, tip)
    browser = opened(console, tip)
    assert CONTACT.phone not in browser.page.text
    assert browser.submit(f"/desk/tip/{tip}/contact", purpose=" ").status_code == 422
    page = browser.submit(f"/desk/tip/{tip}/contact", purpose="ask about the time")
    assert page.status_code == 200
    assert CONTACT.phone in page.text
    assert page.headers["cache-control"] == "no-store"
    row = next(row for row in console.world.audit(f"tip:{tip}") if row.action == "contact.read")
    assert row.purpose == "ask about the time"
    assert browser.get(f"/desk/tip/{tip}/contact").status_code == 405


def test_a_desk_to_which_the_sender_did_not_agree_gets_none(console: Console) -> None:
    tip = console.world.arrive(has_contact=True)
    leave_contact(console.world, tip)
    browser = opened(console, tip)
    assert "did not agree that your desk may know it" in browser.page.text
    form = re.search(r'name="token" value="(\w+)"', browser.page.text)
    assert form
    page = browser.post(f"/desk/tip/{tip}/contact", {"token": form[1], "purpose": "curious"})
    assert page.status_code == 403
    assert CONTACT.phone not in page.text


def test_a_picture_is_fetched_when_asked_for_grey_first_and_as_nothing_but_a_picture(console: Console) -> None:
    tip = console.world.arrive()
    picture = add_picture(console.world, tip)
    browser = opened(console, tip)
    assert "1 photo added by the sender" in browser.page.text
    assert "<img" not in browser.page.text
    assert "<img" not in browser.get(f"/desk/tip/{tip}/pictures").text
    assert '<img class="veil"' in browser.get(f"/desk/tip/{tip}/pictures?show={picture.id}").text
    assert '<img class="plain"' in browser.get(f"/desk/tip/{tip}/pictures?show={picture.id}&colour=1").text
    looks = [row for row in console.world.audit(f"tip:{tip}") if row.action == "picture.read"]
    assert looks == []
    answer = browser.get(f"/desk/tip/{tip}/picture/{picture.id}")
    assert (answer.content, answer.headers["content-type"]) == (JPEG, "image/jpeg")
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    looks = [row for row in console.world.audit(f"tip:{tip}") if row.action == "picture.read"]
    assert [row.actor for row in looks] == ["user:usr_ana"]


def test_a_picture_is_destroyed_with_a_reason(console: Console) -> None:
    tip = console.world.arrive()
    picture = add_picture(console.world, tip)
    browser = console.browser("ana")
    address = f"/desk/tip/{tip}/picture/{picture.id}"
    browser.get(f"/desk/tip/{tip}/pictures")
    assert browser.submit(f"{address}/destroy", reason="").status_code == 422
    assert browser.submit(f"{address}/destroy", reason="minor_sexual").headers["location"] == f"/desk/tip/{tip}/pictures?done=destroyed"
    page = browser.get(f"/desk/tip/{tip}/pictures?done=destroyed&show={picture.id}").text
    assert "The picture is destroyed." in page
    assert "Sexual image of a minor" in page
    assert "<img" not in page
    assert picture.sha256 in page
    assert browser.get(address).status_code == 404
    assert "0 photos added by the sender, 1 destroyed" in browser.get(f"/desk/tip/{tip}").text


@pytest.mark.parametrize("name", ["vic", "admin"])
def test_whoever_may_not_read_the_tip_finds_nothing_of_it(console: Console, name: str) -> None:
    tip = console.world.arrive()
    picture = add_picture(console.world, tip)
    browser = console.browser(name)
    for path in ("", "/pictures", f"/picture/{picture.id}"):
        assert browser.get(f"/desk/tip/{tip}{path}").status_code == 404


def test_readers_of_another_desk_read_and_do_not_write(console: Console) -> None:
    tip = console.world.arrive()
    picture, case = add_picture(console.world, tip), console.world.case(tip)
    with console.world.storage.writing() as work:
        work.cases.update(replace(case, also=("victim-services",), version=case.version + 1))
    browser = opened(console, tip, "vic")
    assert "people of the tip’s desk write" in browser.page.text
    assert "/outcome" not in browser.page.text
    assert "Destroy" not in browser.get(f"/desk/tip/{tip}/pictures").text
    assert browser.get(f"/desk/tip/{tip}/picture/{picture.id}").status_code == 200
    token = re.search(r'name="token" value="(\w+)"', browser.get(f"/desk/tip/{tip}").text)
    assert token
    for path in ("message", "outcome", f"picture/{picture.id}/destroy"):
        fields = {"token": token[1], "text": "Which exit?", "useful": "yes", "reason": "intimate"}
        assert browser.post(f"/desk/tip/{tip}/{path}", fields).status_code == 403


@pytest.mark.parametrize("path", ["message", "outcome", "contact", "picture/att_1/destroy"])
def test_forms_from_elsewhere_change_nothing(console: Console, path: str) -> None:
    tip = console.world.arrive(has_contact=True, consent=Consent(police=True))
    add_picture(console.world, tip)
    fields = {"token": "x", "text": "Which exit?", "useful": "yes", "purpose": "x", "reason": "intimate"}
    assert console.browser("ana").post(f"/desk/tip/{tip}/{path}", fields).status_code == 403
    assert console.browser().post(f"/desk/tip/{tip}/{path}", fields).headers["location"].startswith("/desk/sign-in")
    assert [row.action for row in console.world.audit(f"tip:{tip}")] == ["tip.decide"]
