"""Every page of the form can be read with six years of school, measured on the words as they stand on it."""

from __future__ import annotations

import re
from html import unescape

import pytest
import textstat

from tests.form_walk import Walk
from tests.intake import Intake

GRADE = 6.0
"""Flesch-Kincaid, the most that a page may need."""

EASE = 70.0
"""Fernández Huerta, the Spanish measure of reading ease: what an easy page has at least."""

_BLOCK = re.compile(r"</?(?:p|li|h\d|label|legend|button|dt|dd|a|summary|title|option|span)\b[^>]*>")


def words_of(html: str) -> str:
    """The words of the main part, every block as a sentence; without numbers to call, the states, and what the reader has written."""
    main = re.sub(r"^.*<main[^>]*>|</main>.*$", "", html, flags=re.DOTALL)
    main = re.sub(
        r"<select.*?</select>|<p class=\"(?:said|code)\">.*?</p>|<ul class=\"lines\">.*?</ul>|<textarea.*?</textarea>",
        " ",
        main,
        flags=re.DOTALL,
    )
    blocks = [unescape(re.sub(r"<[^>]+>", " ", block)).strip() for block in _BLOCK.split(main)]
    return " ".join(block if block[-1] in ".?!:" else f"{block}." for block in blocks if re.search("[A-Za-z]", block))


def pages(intake: Intake, language: str) -> dict[str, str]:
    """The HTML of every page of the form by name."""
    client, found = intake.client(), {}
    for name, address in (
        ("start", "/r/prairie-haul"),
        ("one page", "/r/prairie-haul?all=1"),
        ("code", "/r/code"),
        ("sent before", "/r/prairie-haul/sent"),
    ):
        found[name] = client.get(address, headers={"Accept-Language": language}).text
    walk = Walk.begin(client, language=language)
    while walk.step:
        if walk.step not in found and walk.step == "check":
            saved = walk.page
            found["saved"] = walk.press("save").text
            walk.page = saved
        found[walk.step] = walk.page.text
        if walk.step == "check":
            walk.press("send")
        else:
            danger, basis = {"life_threat": "yes"}, {"source_basis": "happened_to_me"}
            answers = {"danger": danger, "basis": basis, "what": {"narrative": "x"}}
            walk.press("next", **answers.get(walk.step, {}))
    found["sent"] = walk.page.text
    walk = Walk.begin(client, language=language).to("contact")
    for step in ("staff", "consent"):
        walk.press("back") if step == "staff" else walk.to("contact").press("next", contact__phone="4")
        found[step] = walk.page.text
    intake.clock.forward(hours=2)
    found["over"] = walk.press("next").text
    return found


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_is_easy_to_read(intake: Intake, language: str) -> None:
    textstat.set_lang(language)
    found = {name: words_of(html) for name, html in pages(intake, language).items()}
    assert len(found) == 21
    if language == "en":
        grades = {name: textstat.flesch_kincaid_grade(words) for name, words in found.items()}
        assert {name: grade for name, grade in grades.items() if grade > GRADE} == {}
    else:
        eases = {name: textstat.fernandez_huerta(words) for name, words in found.items()}
        assert {name: ease for name, ease in eases.items() if ease < EASE} == {}


def test_hard_words_are_noticed() -> None:
    textstat.set_lang("en")
    hard = "<main><p>Notification of jurisdictional authorities necessitates identification of participating organizations.</p></main>"
    assert textstat.flesch_kincaid_grade(words_of(hard)) > GRADE
