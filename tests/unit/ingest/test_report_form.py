"""The public report form, as a browser without JavaScript uses it."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import httpx
import pytest

from ingest.receive import decode_contact
from ingest.throttle import Throttle
from ingest.web.fields import HONEYPOT
from tests.intake import Client, Intake
from triage.domain.tip import Answer, Channel, Contact, PersonRole, Place, SourceBasis, Tip, Vehicle, WhenBucket

FORM = "/r/prairie-haul"
ALL = f"{FORM}?all=1"
CODE = re.compile(r"(?:\d{4} ){3}\d{4}")


def token_of(page: httpx.Response) -> str:
    found = re.search(r'name="draft" value="([^"]+)"', page.text)
    assert found
    return found[1]


def send(client: Client, token: str = "", **answers: str) -> httpx.Response:
    """Open the form unless a token of one is given, and send the answers; ``__`` stands for a dot in a field's name."""
    token = token or token_of(client.get(ALL))
    named = {name.replace("__", "."): value for name, value in answers.items()}
    return client.post(f"{FORM}/sent", data={"draft": token, "lang": "en", HONEYPOT: "", **named})


def stored(intake: Intake, page: httpx.Response) -> Tip:
    """The tip whose code the page shows."""
    code = CODE.search(page.text)
    assert code
    tip_id = intake.deps.store.tip_of_receipt(intake.deps.sealer.receipt_hash(code[0].replace(" ", "")))
    with intake.deps.storage.reading() as work:
        tip = work.tips.get(tip_id or "")
    assert tip
    return tip


def test_only_what_was_seen_is_needed(intake: Intake) -> None:
    page = send(intake.client(), narrative="A white van.")
    assert page.status_code == 200
    tip = stored(intake, page)
    assert (tip.narrative, tip.channel, tip.partner, tip.language) == ("A white van.", Channel.WEB_FORM, "prairie-haul", "en")
    assert tip.persons == ()
    assert not tip.has_contact


def test_every_answer_is_kept(intake: Intake) -> None:
    answers = {
        "narrative": "First line.\r\nSecond line.",
        "life_threat": "not_sure",
        "place.name": "Big Springs",
        "place.road": "I-80 west",
        "place.exit": "107",
        "place.town": "Ogallala",
        "place.county": "Keith",
        "place.state": "NE",
        "when_bucket": "last_7_days",
        "when_text": " Tuesday ",
        "persons[0].description": "a girl in red",
        "persons[1].description": "a tall man",
        "minor_possible": "yes",
        "vehicles[0].plate": "abc 123",
        "vehicles[0].state": "KS",
        "vehicles[0].description": "white van",
        "vehicles[0].company": "Ruiz",
        "identifiers": "@handle\r\n\r\n308-555-0101",
        "source_basis": "saw",
        "partner.role": "driver",
        "partner.reference": "R-7",
        "contact": "yes",
        "contact.name": "Ann",
        "contact.phone": "402-555-0143",
        "contact.safe_times": "noon",
        "contact.leave_message": "yes",
        "consent.police": "yes",
    }
    tip = stored(intake, send(intake.client(), **answers))
    assert tip.narrative == "First line.\nSecond line."
    assert (tip.life_threat, tip.minor_possible) == (Answer.NOT_SURE, Answer.YES)
    assert tip.place == Place("Big Springs", "I-80 west", "107", "", "Ogallala", "Keith", "NE")
    assert (tip.when_bucket, tip.when_text) == (WhenBucket.LAST_7_DAYS, "Tuesday")
    assert [(p.role, p.description) for p in tip.persons] == [
        (PersonRole.MAY_NEED_HELP, "a girl in red"),
        (PersonRole.WORRYING, "a tall man"),
    ]
    assert tip.vehicles == (Vehicle("abc 123", "KS", "white van", "Ruiz"),)
    assert tip.identifiers == ("@handle", "308-555-0101")
    assert (tip.source_basis, tip.partner_role, tip.partner_reference) == (SourceBasis.SAW, "driver", "R-7")
    assert (tip.consent.police, tip.consent.support) == (True, False)
    sealed = intake.deps.store.contact_of(tip.id)
    assert sealed
    contact = decode_contact(intake.deps.sealer.open_contact(tip.id, sealed))
    assert contact == Contact("Ann", "402-555-0143", safe_times="noon", leave_message=True)


def test_sending_again_shows_the_same_code_and_looking_again_shows_none(intake: Intake) -> None:
    client = intake.client()
    token = token_of(client.get(ALL))
    first = send(client, token, narrative="A van.")
    again = send(client, token, narrative="A van.")
    assert CODE.findall(first.text) == CODE.findall(again.text) != []
    for address in (FORM, f"{FORM}/sent"):
        page = client.get(address)
        assert page.status_code == 200
        assert not CODE.search(page.text)
    assert "You sent this report" in client.get(f"{FORM}/sent").text


def test_going_back_and_changing_the_words_is_a_new_report(intake: Intake) -> None:
    client = intake.client()
    token = token_of(client.get(ALL))
    first, second = send(client, token, narrative="A van."), send(client, token, narrative="A van, plate ABC.")
    assert stored(intake, first).id != stored(intake, second).id


@pytest.mark.parametrize(
    ("answers", "field", "words"),
    [
        ({"narrative": " \n"}, "narrative", "Tell us what you saw or heard. A few words is enough"),
        ({"narrative": "..."}, "narrative", "Tell us what you saw or heard. A few words is enough"),
        ({"narrative": "a" * 10_001}, "narrative", "What you saw must be 10,000 characters or fewer. You can add more after you send"),
        ({"narrative": "a", "contact": "yes"}, "contact.phone", "Enter a phone number or an email, or choose to stay anonymous"),
        ({"narrative": "a", "contact.email": "ann"}, "contact.email", "Enter an email like name@example.com"),
        ({"narrative": "a", "persons[1].description": "b" * 5_001}, "persons[1].description", "This answer is too long"),
        ({"narrative": "a", "identifiers": "c\n" + "b" * 501}, "identifiers", "This answer is too long"),
        ({"narrative": "a", "life_threat": "maybe"}, "life_threat", "Choose one of the answers shown"),
    ],
)
def test_errors_come_first_and_at_the_field_in_the_same_words(intake: Intake, answers: dict[str, str], field: str, words: str) -> None:
    page = send(intake.client(), **answers)
    assert page.status_code == 422
    text = unescape(page.text)
    assert "<title>Error: " in text
    assert text.count(words) == 2
    id = "f-" + re.sub(r"[^a-z0-9]", "-", field)
    assert f'href="#{id}"' in text
    assert f'id="{id}"' in text
    assert f'id="{id}-error"' in text
    assert re.search(rf'aria-describedby="[^"]*{id}-error"', text)


def test_what_was_typed_is_kept_and_escaped(intake: Intake) -> None:
    page = send(intake.client(), narrative="", place__town='<b>Ogallala & "co"', contact="yes", contact__name="Ann", consent__police="yes")
    assert 'value="&lt;b&gt;Ogallala &amp; &#34;co&#34;"' in page.text
    assert 'name="contact" value="yes" checked' in page.text
    assert 'name="consent.police" value="yes" checked' in page.text
    assert page.text.count('<details class="part" open>') == 2
    assert "hreflang" not in page.text, "a language link here would lose what was typed"


def test_staying_anonymous_keeps_nothing_of_the_contact(intake: Intake) -> None:
    tip = stored(intake, send(intake.client(), narrative="A van.", contact="no", contact__phone="402-555-0143"))
    assert not tip.has_contact
    assert intake.deps.store.contact_of(tip.id) is None


def test_a_form_that_was_open_too_long_or_not_ours_is_shown_again_ready_to_send(intake: Intake) -> None:
    client = intake.client()
    token = token_of(client.get(ALL))
    intake.clock.forward(hours=24, seconds=1)
    for stale in (token, "nonsense", intake.deps.sealer.sign("visit:tip_1")):
        page = send(client, stale, narrative="A van.")
        assert page.status_code == 422
        assert "Press Send once more" in page.text
        assert "A van.</textarea>" in page.text
        assert send(client, token_of(page), narrative="A van.").status_code == 200


def test_a_program_that_fills_in_everything_is_held_up_and_a_person_is_not_lost(intake: Intake) -> None:
    client = intake.client()
    page = send(client, narrative="A van.", **{HONEYPOT: "http://spam.example"})
    assert page.status_code == 422
    assert "spam.example" not in page.text
    assert send(client, token_of(page), narrative="A van.").status_code == 200


def test_too_many_from_one_address_wait_with_their_words_kept(intake: Intake) -> None:
    limits = replace(intake.deps.limits, forms=Throttle(6, timedelta(minutes=10), intake.clock))
    client = intake.client(limits=limits)
    token = token_of(client.get(ALL))
    assert send(client, narrative="Sent at once, which costs five.").status_code == 200
    intake.clock.forward(seconds=2)
    assert send(client, token, narrative="Sent after a while, which costs one.").status_code == 200
    page = send(client, token, narrative="One too many.")
    assert page.status_code == 429
    assert page.headers["retry-after"] == "598"
    assert "Wait 10 minutes" in page.text
    assert "One too many.</textarea>" in page.text


def test_when_nothing_can_be_written_the_words_are_kept(intake: Intake) -> None:
    client = intake.client()
    token = token_of(client.get(ALL))
    intake.writer.close()
    page = send(client, token, narrative="A van.")
    assert page.status_code == 503
    assert "We cannot take reports right now" in page.text
    assert "A van.</textarea>" in page.text
    assert token_of(page) == token


def test_speaks_the_readers_language(intake: Intake) -> None:
    client = intake.client()
    assert "Cuéntenos lo que vio" in client.get(f"{FORM}?lang=es").text
    assert "Cuéntenos lo que vio" in client.get(FORM, headers={"Accept-Language": "de, es-MX;q=0.9, en;q=0.1"}).text
    assert "Tell us what you saw" in client.get(f"{FORM}?lang=xx", headers={"Accept-Language": "xx, en;q=bad"}).text
    page = send(client, narrative="", lang="es")
    assert '<html lang="es">' in page.text
    assert "Con pocas palabras basta" in page.text
    assert stored(intake, send(client, narrative="Una camioneta.", lang="es")).language == "es"


def test_each_sector_gets_its_own_hint(intake: Intake) -> None:
    client = intake.client()
    assert "Truck stop, lot or dock" in client.get(ALL).text
    assert "Truck stop, lot or dock" not in client.get("/r/oak-school?all=1").text


def test_a_suspended_partners_form_says_where_else_to_turn(intake: Intake) -> None:
    for page in (intake.client().get("/r/old-inn"), intake.client().post("/r/old-inn/sent", data={"narrative": "A van."})):
        assert page.status_code == 403
        assert "This form is closed" in page.text
        assert "1-888-373-7888" in page.text


def test_danger_and_survivors_see_help_first(intake: Intake) -> None:
    client = intake.client()
    assert "tel:911" in client.get(FORM).text
    danger = send(client, narrative="Now!", life_threat="yes").text
    assert danger.index('class="danger"') < danger.index('class="receipt"')
    survivor = send(client, narrative="It was me.", source_basis="happened_to_me").text
    assert survivor.index("1-888-373-7888") < survivor.index("What happens next")


def test_leaving_goes_to_a_dull_page_and_clears(intake: Intake) -> None:
    answer = intake.client().get("/r/exit")
    assert (answer.status_code, answer.headers["location"]) == (303, intake.deps.policy.exit_site)
    assert '"cookies"' in answer.headers["clear-site-data"]


@pytest.mark.parametrize(
    ("content", "type", "status"),
    [
        (b"narrative=x", "text/plain", 415),
        (b"x" * (256 * 1024 + 1), "application/x-www-form-urlencoded", 413),
        (b"a=1&" * 300, "application/x-www-form-urlencoded", 422),
        (b"\xff\xfe%zz&narrative=%ff%00", "application/x-www-form-urlencoded", 422),
    ],
)
def test_what_cannot_be_read_gets_a_page(intake: Intake, content: bytes, type: str, status: int) -> None:
    page = intake.client().post(f"{FORM}/sent", content=content, headers={"Content-Type": type})
    assert page.status_code == status
    assert page.text.startswith("<!DOCTYPE html>")


def test_control_characters_are_taken_out_without_a_word(intake: Intake) -> None:
    assert stored(intake, send(intake.client(), narrative="A\x00 van\x1b.")).narrative == "A van."


def test_pages_hold_no_script_or_style_of_their_own_and_stay_small(intake: Intake) -> None:
    client = intake.client()
    for page in (client.get(FORM), client.get(ALL), send(client, narrative=""), send(client, narrative="A van."), client.get("/r/code")):
        assert not re.search(r"<style|<script(?! src)| style=| on[a-z]+=|https?://(?!www\.weather\.gov)", page.text)
    script, style = client.get("/r/static/form.js"), client.get("/r/static/form.css")
    assert len(gzip.compress(style.content)) <= 4 * 1024
    assert len(gzip.compress(script.content)) <= 3 * 1024
    assert client.get("/r/static/other.css").status_code == 404
