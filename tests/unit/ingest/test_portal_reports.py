"""The partner's own reports in the portal: listed, followed, answered, taken back, counted; and nothing of anybody else."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import httpx
import pytest

from ingest.domain.bulletin import Bulletin, BulletinKind
from ingest.domain.partner import Staff
from ingest.hooks.hooks import Hooks, Owner
from ingest.receive import Sender
from ingest.registry.api_key import token_hash
from ingest.submission import PartnerIn, PlaceIn, Submission
from ingest.web.portal.routes import portal_routes
from streams.hook_feed import HookFeed
from tests.builders import NOON
from tests.intake import TRUCKING, Intake
from tests.portal import DRIVER, MANAGER, NURSE, Window, employ, signed_in
from triage.domain.case import Message
from triage.domain.sender import Outcome, OutcomeCode, Useful
from triage.domain.undo import UNDO_FOR

WORDS = "A grey van stood behind the fuel desk, and a girl cried in it."


@pytest.fixture
def staffed(intake: Intake) -> Intake:
    employ(intake)
    return intake


def send(intake: Intake, slug: str = "prairie-haul", actor: str = "", reference: str = "", **given: Any) -> str:
    """Send a report; the actor is the partner's key unless given."""
    submission = Submission(narrative=WORDS, partner=PartnerIn("driver", reference or None), **given)
    intake.clock.forward(seconds=1)
    return intake.deps.receiver.receive_blocking(submission, Sender(slug, actor or f"partner:{slug}")).id


def ask(intake: Intake, tip_id: str, text: str = "Which way did it leave?") -> None:
    """The desk writes."""
    intake.clock.forward(seconds=1)
    with intake.deps.storage.writing() as work:
        work.messages.add(Message(intake.deps.ids.new("msg"), tip_id, intake.clock.now(), from_source=False, text=text, by="usr_ana"))
    intake.clock.forward(seconds=UNDO_FOR.total_seconds())


def listed(window: Window, path: str = "/p/reports") -> list[str]:
    return re.findall(r'href="/p/reports/(tip_\w+)"', window.get(path).text)


def test_ones_own_are_listed_newest_first_and_nobody_elses(staffed: Intake) -> None:
    mine = [send(staffed, reference=f"PH-{number}") for number in range(3)]
    send(staffed, "oak-school")
    window = signed_in(staffed)
    assert listed(window) == mine[::-1]
    assert "PH-1" in window.get("/p/reports").text
    assert WORDS not in window.get("/p/reports").text


def test_what_people_sent_by_the_public_form_is_theirs(staffed: Intake) -> None:
    telling = send(staffed, actor="public")
    ask(staffed, telling)
    window = signed_in(staffed, MANAGER)
    assert listed(window) == listed(window, "/p/messages") == []
    assert window.get(f"/p/reports/{telling}").status_code == 404
    assert window.post(f"/p/reports/{telling}/answer", {"text": "Who is this?"}).status_code == 404
    assert telling not in window.get("/p/reports.csv").text
    assert "Fewer than 10 reports" in window.get("/p/numbers").text


def test_the_programs_of_the_partner_learn_nothing_of_it_either(staffed: Intake) -> None:
    deps = staffed.deps
    owner = Owner(TRUCKING, "staff:stf_max")
    webhook, _ = Hooks(deps.partner_side, deps.sealer, deps.clock, deps.ids, deps.random).add(owner, "https://hooks.example/tips")
    feed = HookFeed(staffed.events, deps.partner_side, deps.clock, deps.ids)
    feed.run_once()
    ours, _ = send(staffed), send(staffed, actor="public")
    feed.run_once()
    with deps.partner_side.reading() as work:
        assert {delivery.tip_id for delivery in work.webhooks.deliveries(webhook.id, 10)} == {ours}


def test_pages_cover_all_of_them_once(staffed: Intake) -> None:
    sent = [send(staffed) for _ in range(60)]
    window, found, path = signed_in(staffed), [], "/p/reports"
    while path:
        page = window.get(path).text
        found += re.findall(r'href="/p/reports/(tip_\w+)"', page)
        more = re.search(r'class="button quiet" href="(/p/reports\?show=&amp;after=[^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert found == sent[::-1]


def test_a_place_in_the_list_is_of_that_list(staffed: Intake) -> None:
    for _ in range(60):
        send(staffed)
        send(staffed, "oak-school")
    page = signed_in(staffed, NURSE).get("/p/reports").text
    after = re.search(r"after=([^\"]+)", page)
    assert after
    assert signed_in(staffed).get(f"/p/reports?after={after[1]}").status_code == 422
    assert signed_in(staffed).get("/p/reports?after=rubbish").status_code == 422


def test_the_list_narrows_to_open_questions(staffed: Intake) -> None:
    asked, _ = send(staffed), send(staffed)
    ask(staffed, asked)
    window = signed_in(staffed)
    assert listed(window, "/p/reports?show=question") == [asked]
    assert listed(window, "/p/reports?show=closed") == []
    window.post(f"/p/reports/{asked}/answer", {"text": "To the north."})
    assert listed(window, "/p/reports?show=question") == []


def test_questions_come_first_among_messages(staffed: Intake) -> None:
    asked, answered = send(staffed), send(staffed)
    ask(staffed, asked)
    ask(staffed, answered)
    window = signed_in(staffed)
    window.post(f"/p/reports/{answered}/answer", {"text": "To the north."})
    assert listed(window, "/p/messages") == [asked, answered]


def test_a_report_says_where_it_stands_and_what_came_of_it(staffed: Intake) -> None:
    tip_id = send(staffed, reference="PH-7")
    with staffed.deps.storage.writing() as work:
        work.outcomes.put(Outcome(tip_id, Useful.PARTLY, NOON, "usr_ana", OutcomeCode.HELPED))
    page = signed_in(staffed).get(f"/p/reports/{tip_id}").text
    assert "PH-7" in page
    assert "Somebody got help." in page
    assert "<strong>partly</strong>" in page
    assert WORDS not in page
    assert "usr_ana" not in page


def test_an_answer_reaches_the_desk_with_the_name_of_who_wrote_it(staffed: Intake) -> None:
    tip_id = send(staffed)
    ask(staffed, tip_id)
    window = signed_in(staffed)
    assert "Which way did it leave?" in window.get(f"/p/reports/{tip_id}").text
    for _ in range(2):  # a second press changes nothing
        assert window.post(f"/p/reports/{tip_id}/answer", {"text": "North,\r\non 80."}).status_code == 303
    with staffed.deps.storage.reading() as work:
        thread = work.messages.of_tip(tip_id)
        rows = [row for row in work.audit.of_object(f"tip:{tip_id}", 20) if row.action == "tip.amended"]
    assert [(message.from_source, message.text) for message in thread] == [(False, "Which way did it leave?"), (True, "North,\non 80.")]
    assert [row.actor for row in rows] == ["staff:stf_dee"]
    assert "North" not in str(rows)


@pytest.mark.parametrize(("text", "said"), [("  ", "Write what you want to add"), ("x" * 10_001, "10,000 characters or fewer")])
def test_nothing_and_too_much_come_back_with_what_was_typed(staffed: Intake, text: str, said: str) -> None:
    tip_id = send(staffed)
    refused = signed_in(staffed).post(f"/p/reports/{tip_id}/answer", {"text": text})
    assert refused.status_code == 422
    assert said in refused.text
    assert f">\n{text}</textarea>" in refused.text


def test_a_report_can_be_taken_back_for_a_reason(staffed: Intake) -> None:
    tip_id = send(staffed)
    window = signed_in(staffed)
    refused = window.post(f"/p/reports/{tip_id}/retract", {"reason": "because"})
    assert (refused.status_code, "Choose why you take it back" in refused.text) == (422, True)
    assert window.post(f"/p/reports/{tip_id}/retract", {"reason": "duplicate"}).status_code == 303
    page = window.get(f"/p/reports/{tip_id}").text
    assert "You took this report back." in page
    assert "Taken back" in window.get("/p/reports").text
    with staffed.deps.storage.reading() as work:
        assert work.senders.get(tip_id).retract_reason == "duplicate"
        assert work.audit.of_object(f"tip:{tip_id}", 20)[-1].actor == "staff:stf_dee"


def test_the_file_holds_no_formula(staffed: Intake) -> None:
    send(staffed, reference='=HYPERLINK("http://evil.example")')
    send(staffed, reference="PH-1")
    answer = signed_in(staffed).get("/p/reports.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="reports-prairie-haul.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["reference"] for row in rows] == ["PH-1", '\'=HYPERLINK("http://evil.example")']
    assert {row["status"] for row in rows} == {"received"}


def test_numbers_are_of_ones_own_and_say_what_would_help(staffed: Intake) -> None:
    for _ in range(3):
        send(staffed)
    send(staffed, place=PlaceIn(town="Kearney"), when_text="at noon")
    send(staffed, "oak-school")
    page = signed_in(staffed).get("/p/numbers").text
    assert "<dd>4</dd>" in page
    assert "Say when it was." in page
    assert "(3 of 4)" in page


def test_numbers_are_counted_anew_after_a_while(staffed: Intake) -> None:
    window = signed_in(staffed)
    assert "<dd>0</dd>" in window.get("/p/numbers").text
    send(staffed)
    staffed.clock.forward(minutes=4)
    assert "<dd>1</dd>" not in window.get("/p/numbers").text
    staffed.clock.forward(minutes=1)
    assert "<dd>1</dd>" in window.get("/p/numbers").text


def test_what_came_by_the_form_is_told_in_tens_and_not_of_this_month(staffed: Intake) -> None:
    for _ in range(19):
        send(staffed, actor="public")
    window = signed_in(staffed)
    assert "Fewer than 10 reports" in window.get("/p/numbers").text
    staffed.clock.forward(days=30)
    assert "At least 10 reports" in signed_in(staffed).get("/p/numbers").text


def report(window: Window, **answers: str) -> httpx.Response:
    """Open the form and send these answers; ``__`` stands for a dot in a field's name."""
    page = window.get("/p/report")
    draft = re.search(r'name="draft" value="([^"]+)"', page.text)
    assert draft
    return window.post(
        "/p/report", {"draft": draft[1], "lang": "en", **{name.replace("__", "."): value for name, value in answers.items()}}
    )


def test_a_report_keeps_who_sent_it_in_the_audit_log_alone(staffed: Intake) -> None:
    window = signed_in(staffed)
    sent = report(window, narrative=WORDS, partner__role="dispatcher", partner__reference="PH-9")
    assert sent.status_code == 200
    [tip_id] = listed(window)
    assert f"/p/reports/{tip_id}" in sent.text
    assert re.search(r"\d{4} \d{4} \d{4} \d{4}", sent.text)
    with staffed.deps.storage.reading() as work:
        tip = work.tips.get(tip_id)
        actors = [row.actor for row in work.audit.of_object(f"tip:{tip_id}", 9)]
    assert tip is not None
    assert (tip.partner, tip.narrative, tip.partner_role, tip.partner_reference) == ("prairie-haul", WORDS, "dispatcher", "PH-9")
    assert actors == ["staff:stf_dee"]
    assert "dee" not in str(tip).lower()


def test_the_role_is_filled_in_as_the_same_person_gave_it_last(staffed: Intake) -> None:
    report(signed_in(staffed), narrative=WORDS, partner__role="dispatcher")
    assert 'value="dispatcher"' in signed_in(staffed).get("/p/report").text
    assert 'value="dispatcher"' not in signed_in(staffed, MANAGER).get("/p/report").text


def test_a_report_without_words_comes_back_as_it_was(staffed: Intake) -> None:
    window = signed_in(staffed)
    refused = report(window, narrative=" ", place__town="Kearney")
    assert (refused.status_code, 'value="Kearney"' in refused.text) == (422, True)
    assert "Tell us what you saw or heard." in refused.text
    assert report(window, narrative=WORDS, token="0" * 64).status_code == 403
    assert listed(window) == []


def test_a_manager_replaces_a_key_and_sees_the_new_one_once(staffed: Intake) -> None:
    window = signed_in(staffed, MANAGER)
    assert "key_prairie-haul" in window.get("/p/keys").text
    answer = window.post("/p/keys/key_prairie-haul/rotate")
    token = re.search(r"ts_live_[\w-]+", answer.text)
    assert token
    assert token[0] not in window.get("/p/keys").text
    assert staffed.deps.partners.by_key(token_hash(token[0]), staffed.clock.now()) is not None
    assert window.post("/p/keys/key_prairie-haul/rotate").status_code == 409
    with staffed.deps.partner_side.reading() as work:
        assert work.audit.of_object("partner:prairie-haul", 9)[-1].actor == "staff:stf_max"


def test_keys_are_for_managers_and_of_their_own_partner(staffed: Intake) -> None:
    driver, school = signed_in(staffed), signed_in(staffed, NURSE)
    assert (driver.get("/p/keys").status_code, driver.post("/p/keys/key_prairie-haul/rotate").status_code) == (403, 403)
    assert 'href="/p/keys"' not in driver.get("/p/reports").text
    assert school.post("/p/keys/key_prairie-haul/rotate").status_code == 404
    assert "key_prairie-haul" not in school.get("/p/keys").text


# --- partner x page -----------------------------------------------------------------------------------------------------------------------

PAGES = {
    "GET /p/report", "GET /p/reports", "GET /p/reports.csv", "GET /p/reports/{tip}", "GET /p/messages", "GET /p/numbers", "GET /p/keys",
    "GET /p/bulletins", "GET /p/bulletins/{bulletin}", "POST /p/reports/{tip}/answer", "POST /p/reports/{tip}/retract", "POST /p/sign-out",
}  # fmt: skip
"""What needs a session here; the pages of keys, webhooks and imports have their own tests."""
OPEN = {"GET /p/sign-in", "POST /p/sign-in", "GET /p/static/portal.css", "GET /p"}
"""What needs none."""


def addresses(intake: Intake) -> set[str]:
    """Every method and path of the portal."""
    found = set()
    for route in portal_routes(intake.deps):
        for inner in getattr(route, "routes", None) or [route]:
            path = inner.path if inner is route else f"{route.path}{inner.path}"  # type: ignore[attr-defined]
            found |= {f"{method} {path}" for method in (inner.methods or {"GET"}) - {"HEAD"}}
    return found


def try_all(intake: Intake, window: Window, tip_id: str, bulletin_id: str) -> dict[str, tuple[int, str]]:
    """Call every page about this tip and this bulletin; by page the status and the answer."""
    seen = {}
    for address in sorted(addresses(intake) - OPEN, key=lambda address: address == "POST /p/sign-out"):
        method, path = address.split(" ")
        path = re.sub(r"{[^}]+}", "x_unknown", path.replace("{tip}", tip_id).replace("{bulletin}", bulletin_id))
        answer = window.get(path) if method == "GET" else window.post(path, {"text": "Hello.", "reason": "duplicate"})
        seen[address] = (answer.status_code, answer.text + answer.headers.get("location", ""))
    return seen


@pytest.mark.parametrize("person", [DRIVER, MANAGER], ids=lambda person: person.name)
def test_nothing_of_another_partner_is_shown_or_changed(staffed: Intake, person: Staff) -> None:
    theirs = send(staffed, "oak-school", reference="OAK-SECRET")
    ask(staffed, theirs, "OAK-QUESTION")
    with staffed.deps.partner_side.writing() as work:
        work.bulletins.put(Bulletin("bul_oak", BulletinKind.BULLETIN, "OAK-TITLE", "OAK-TEXT", "usr_ana", NOON, partners=("oak-school",)))
    for address, (status, text) in try_all(staffed, signed_in(staffed, person), theirs, "bul_oak").items():
        assert "OAK-" not in text, address
        if "{" in address:
            assert status in (403, 404), address
    with staffed.deps.storage.reading() as work:
        assert len(work.messages.of_tip(theirs)) == 1
        assert work.senders.get(theirs).retracted_at is None
    with staffed.deps.partner_side.reading() as work:
        assert work.bulletins.receipts("bul_oak") == []


def test_ones_own_pages_open(staffed: Intake) -> None:
    mine = send(staffed)
    with staffed.deps.partner_side.writing() as work:
        work.bulletins.put(Bulletin("bul_all", BulletinKind.TRAINING, "To all", "Text", "usr_ana", NOON))
    seen = try_all(staffed, signed_in(staffed, MANAGER), mine, "bul_all")
    assert {address: status for address, (status, _) in seen.items() if address in PAGES and status not in (200, 303)} == {}
    assert seen.keys() >= PAGES


def test_without_a_session_every_page_leads_to_the_sign_in_page(staffed: Intake) -> None:
    mine = send(staffed)
    for address, (status, where) in try_all(staffed, Window(staffed), mine, "bul_all").items():
        assert status == 303, address
        assert "/p/sign-in" in where, address
