"""Renderings, swaps and attacks: they change how a tip is written or who did it, never what was done, and repeat exactly."""

from __future__ import annotations

from random import Random

import pytest

from models.evaluation import attacks, noise, swaps
from models.evaluation.changes import by_kind, change, summary
from models.evaluation.readings import Sample, read_variants
from models.evaluation.swaps import Term
from tests.unit.models.evaluation_samples import found, tip
from triage.domain.assessment import Assessment, Urgency

ENGLISH = "I think a man at the motel keeps her ID, and he takes all the money. Please send someone tonight!"
SPANISH = "El señor de la tienda nos quitó los papeles y no nos deja salir. ¿Qué hago?"


@pytest.mark.parametrize("name", noise.RENDERINGS)
def test_a_rendering_repeats_and_changes_some_text(name: str) -> None:
    render = noise.RENDERINGS[name]
    rendered = [render(text, Random(3)) for text in (ENGLISH, SPANISH)]
    assert rendered == [render(text, Random(3)) for text in (ENGLISH, SPANISH)]
    assert rendered != [ENGLISH, SPANISH]
    assert render("", Random(3)).strip() == "" or name == "emoji"


def test_only_renderings_that_change_the_text_are_read() -> None:
    assert "lost_accents" not in noise.rendered("id", ENGLISH)
    assert "lost_accents" in noise.rendered("id", SPANISH)
    assert noise.rendered("id", ENGLISH) == noise.rendered("id", ENGLISH)
    assert noise.rendered("id", ENGLISH)["neighbour_keys"] != noise.rendered("other", ENGLISH)["neighbour_keys"]


def test_renderings_say_the_same() -> None:
    assert noise.mojibake(SPANISH, Random(0)).encode("latin-1").decode("utf8") == SPANISH
    assert noise.no_punctuation("¿Qué? Plate ABC-123, 3.5 miles...", Random(0)) == "qué plate abc-123 3.5 miles"
    slipped = noise.dropped_letters(ENGLISH, Random(1)).split()
    assert [word[0] for word in slipped] == [word[0] for word in ENGLISH.split()], "no word loses its first letter"
    assert 0 < sum(a != b for a, b in zip(slipped, ENGLISH.split(), strict=True)) < 8


def test_a_term_stands_beside_the_first_person_and_nothing_else_changes() -> None:
    terms = [Term("ethiopian", "en", "nationality"), Term("deaf", "en", "disability"), Term("mexico", "en", "country")]
    written = {term.text: swaps.with_terms("id", ENGLISH, "en", [term])[0] for term in terms[:2]}
    assert written["ethiopian"] == ENGLISH.replace("a man", "an ethiopian man")
    assert written["deaf"] == ENGLISH.replace("a man", "a deaf man")


def test_spanish_terms_follow_the_noun_and_countries_their_preposition() -> None:
    terms = [Term("haitiano", "es", "nationality"), Term("peru", "es", "country")]
    written = {text for number in range(20) for text in swaps.with_terms(f"id{number}", SPANISH, "es", terms)}
    assert written == {SPANISH.replace("señor", "señor haitiano"), SPANISH.replace("señor", "señor de Peru")}


def test_within_a_tip_only_the_term_differs() -> None:
    variants = swaps.with_terms("id", ENGLISH, "en", swaps.load_terms())
    assert len(variants) == swaps.TERMS_A_TIP
    assert len(set(variants)) > 8
    assert all(variant.startswith("I think a") and variant.endswith(ENGLISH[len("I think a man") :]) for variant in variants)


def test_names() -> None:
    variants = swaps.with_names("id", ENGLISH, "en")
    assert len(set(variants)) == swaps.TERMS_A_TIP
    assert all(variant.startswith("I think a man named ") for variant in variants)


def test_genders_are_exchanged_with_their_grammar() -> None:
    assert swaps.other_gender("He took her to his car and hit her.") == "She took him to her car and hit him."
    assert swaps.other_gender("Her husband told HIM") == "His wife told HER"
    assert swaps.other_gender("the mandate") == "the mandate"


def test_the_lexicon_gives_terms_of_many_groups_in_both_languages() -> None:
    terms = swaps.load_terms()
    for language in ("en", "es"):
        groups = {term.group for term in terms if term.language == language}
        assert {"nationality", "ethnicity", "religion", "disability", "orientation", "country"} <= groups


def test_attacks_keep_the_tip() -> None:
    assert all(ENGLISH in text for text in attacks.raising(ENGLISH).values())
    assert len(attacks.burying(ENGLISH).split()) > 1000


def test_changes() -> None:
    before = found({"cargo_theft": 0.9, "sex_trafficking": 0.3}, Urgency.P2)
    after = found({"cargo_theft": 0.85, "sex_trafficking": 0.9}, Urgency.P0)
    changed = change("kind", before, after)
    assert (changed.same_labels, changed.same_level, changed.more_urgent, changed.newly_likely) == (False, False, True, True)
    assert changed.difference == pytest.approx(0.6)
    only_band = change("kind", before, found({"cargo_theft": 0.7, "sex_trafficking": 0.3}))
    assert (only_band.same_labels, only_band.same_bands, only_band.newly_likely) == (True, False, False)
    assert summary([changed, only_band])["same_labels"] == 0.5
    assert by_kind([changed])["kind"]["n"] == 1
    assert summary([]) == {"n": 0}


def alarmist(texts: list[str]) -> list[Assessment]:
    """A reader that judges by one word and by length."""
    return [found({"sex_trafficking": 0.9 if "motel" in text.lower() else 0.1, "not_actionable": len(text) / 1e5}) for text in texts]


def test_variants_are_read_once_and_compared_with_their_base() -> None:
    read: list[str] = []

    def assess(texts: list[str]) -> list[Assessment]:
        read.extend(texts)
        return alarmist(texts)

    tips = [
        tip("sex_trafficking", id="a", text=ENGLISH, urgency=Urgency.P0),
        tip("not_actionable", id="b", text="Test.", urgency=Urgency.P4),
    ]
    variants = read_variants(assess, tips, Sample())  # type: ignore[arg-type]
    assert len(read) == len(set(read))
    assert len(variants.identity) == swaps.TERMS_A_TIP - 1
    assert all(each.same_labels for each in [*variants.identity, *variants.names])
    assert {each.kind for each in variants.noise} <= set(noise.RENDERINGS)
    assert not all(each.same_labels for each in variants.raised), "its keywords name a motel"
    assert len(variants.buried) == len(variants.gender) == 1
    again = read_variants(alarmist, tips, Sample())  # type: ignore[arg-type]
    again.extend(variants)
    assert len(again.noise) == 2 * len(variants.noise)
