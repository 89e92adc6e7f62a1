"""Veils, counts and breaks, as a browser without scripts sees them."""

from __future__ import annotations

import re

from tests.console import Browser, Console
from triage.domain.assessment import Urgency
from triage.domain.tip import Answer

TEXT = "He asked the twelve year old for pictures."


def hard(desk: Console, **given: object) -> str:
    return desk.world.arrive("child_sexual_exploitation", "sex_trafficking", narrative=TEXT, **given)  # type: ignore[arg-type]


def choose(browser: Browser, **fields: str) -> None:
    browser.get("/desk/wellbeing")
    answer = browser.submit("/desk/wellbeing", **{"break_after": "25", **fields})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/wellbeing?done=wellbeing")


def purposes(desk: Console, tip: str) -> list[str]:
    return [row.purpose for row in desk.world.audit(f"tip:{tip}") if row.action == "tip.read"]


def test_a_veil_lies_over_text_and_first_words_until_one_asks(console: Console) -> None:
    tip, browser = hard(console), console.browser("ana")
    assert "twelve" in browser.get(f"/desk/tip/{tip}").text
    choose(browser, veil_child_sexual="1")
    page = browser.get(f"/desk/tip/{tip}").text
    assert "twelve" not in page
    assert "Show the text" in page
    assert "it tells of sexual harm to a child" in page
    assert "twelve" not in browser.get("/desk/queue/trafficking").text
    assert "Veiled: it tells of sexual harm to a child" in browser.page.text
    page = browser.get(f"/desk/tip/{tip}?show=1").text
    assert "twelve" in page
    assert "Show the text" not in page
    assert purposes(console, tip) == ["triage", "triage", "unveiled"]
    assert "twelve" in console.browser("bo").get(f"/desk/tip/{tip}").text  # somebody else's choice is no one else's veil


def test_what_one_opts_out_of_is_folded_away_but_never_a_life_threat(console: Console) -> None:
    tip = hard(console)
    threat = hard(console, life_threat=Answer.YES, urgency=Urgency.P0)
    other = console.world.arrive("sex_trafficking", narrative="A van waits.")
    browser = console.browser("ana")
    choose(browser, away_child_sexual="1")
    page = browser.get("/desk/queue/trafficking").text
    lane, waiting, away = page.split('id="lane"')[1], page.split('id="waiting"')[1], page.split("Left out as you chose (1")[1]
    assert threat in lane.split('id="waiting"')[0]
    assert "Veiled: it tells of" in lane.split('id="waiting"')[0]
    assert other in waiting.split("Left out as you chose")[0]
    assert tip not in waiting.split("Left out as you chose")[0]
    assert tip in away
    assert "twelve" not in page
    assert browser.get(f"/desk/tip/{tip}").status_code == 200  # nothing keeps one from working on it
    assert "twelve" not in browser.page.text


def test_counts_are_shown_to_the_person_alone(console: Console) -> None:
    tip, browser = hard(console), console.browser("ana")
    browser.get(f"/desk/tip/{tip}")
    browser.get(f"/desk/tip/{tip}")
    page = browser.get("/desk/wellbeing").text
    assert re.search(r"Hard tips</th><td>1</td><td>1</td>", page)
    assert "1 hard tip since your last break" in page
    assert re.search(r"Hard tips</th><td>0</td><td>0</td>", console.browser("bo").get("/desk/wellbeing").text)
    choose(browser, veil_child_sexual="1")
    second = hard(console)
    browser.get(f"/desk/tip/{second}")
    assert re.search(r"Hard tips</th><td>1</td>", browser.get("/desk/wellbeing").text)  # what stayed veiled was not seen
    assert 'name="veil_child_sexual" value="1" checked' in browser.page.text


def test_a_break_is_spoken_of_where_one_works_and_answered_in_one_press(console: Console) -> None:
    browser = console.browser("ana")
    choose(browser, break_after="10")
    tips = [hard(console) for _ in range(10)]
    for tip in tips[:9]:
        assert "since your last break. A few" not in browser.get(f"/desk/tip/{tip}").text
    page = browser.get(f"/desk/tip/{tips[9]}").text
    assert "You have opened 10 hard tips since your last break" in page
    assert "You have opened 10" not in browser.get("/desk/keys").text
    assert "You have opened 10" in browser.get("/desk/queue/trafficking").text
    answer = browser.submit("/desk/wellbeing/break", answer="later")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/queue/trafficking")
    assert "You have opened 10" not in browser.get("/desk/queue/trafficking").text
    console.world.clock.forward(minutes=31)
    browser = console.browser("ana")
    assert "You have opened 10" in browser.get("/desk/queue/trafficking").text
    answer = browser.submit("/desk/wellbeing/break", answer="break")
    assert answer.headers["location"] == "/desk/wellbeing?done=break"
    assert "You have opened 10" not in browser.get("/desk/queue/trafficking").text


def test_the_way_back_stays_here(console: Console) -> None:
    browser = console.browser("ana")
    browser.get("/desk/wellbeing")
    answer = browser.submit("/desk/wellbeing/break", answer="later", back="https://elsewhere.example/")
    assert answer.headers["location"] == "/desk"
    browser.get("/desk/wellbeing")
    assert browser.submit("/desk/wellbeing", break_after="x").status_code == 422


def test_the_persons_name_leads_there(console: Console) -> None:
    page = console.browser("ana").get("/desk/keys").text
    assert '<a class="find" href="/desk/wellbeing">Ana<span class="sr">: wellbeing</span></a>' in page
