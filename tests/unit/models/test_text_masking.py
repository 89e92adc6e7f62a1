"""Identity terms: texts that differ only in them must become the same text."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.masking import IDENTITY, Masker, load_masker
from models.normalise import Normaliser, load_normaliser


@pytest.fixture(scope="module")
def masker() -> Masker:
    return load_masker()


@pytest.fixture(scope="module")
def normaliser() -> Normaliser:
    return load_normaliser()


SWAPS = {
    "nationality": (
        "the {} driver keeps their passports in his cab",
        ["Honduran", "mexican", "Chinese", "Ukranian", "Somali", "Filipino", "german"],
    ),
    "plural": ("two {} at pump 6 were selling pills", ["Guatemalans", "Russians", "Haitians", "Latinos", "Muslims", "Arabs"]),
    "colour": (
        "a {} lady is held in room 12 and can't leave",
        ["black", "white", "brown", "Asian", "Hispanic", "deaf", "blind", "trans", "gay"],
    ),
    "predicate": (
        "he is {} and he said he will burn the church",
        ["black", "white", "Jewish", "autistic", "Polish", "Native American", "queer"],
    ),
    "origin": ("the girl is from {} and owes him 4000", ["Honduras", "El Salvador", "Nigeria", "Puerto Rico", "Vietnam"]),
    "language": ("the man speaks {} and hit the boy", ["Spanish", "Mandarin", "Russian", "Tagalog", "Haitian Creole"]),
    "accent": ("a man with a {} accent took the keys", ["thick", "Russian", "heavy Spanish", "Mexican"]),
    "body": ("she is in a {} and her nephew takes her checks", ["wheelchair", "wheel chair"]),
    "gender": ("the {} hit {} in the parking lot", ["man", "woman", "guy", "lady"]),
    "kin": ("my neighbor's {} sells fentanyl from the porch", ["husband", "wife"]),
    "spanish": ("el patron no deja salir a los {} de la bodega", ["hondureños", "guatemaltecos", "haitianos", "salvadoreñas"]),
    "spanish kin": ("mi {} me pega", ["esposo", "esposa", "marido"]),
    "misspelt": ("the {} man sells guns", ["mexcian", "guatamalan", "phillipino", "hondurian", "venezualan", "haitain"]),
}


@pytest.mark.parametrize(("template", "terms"), SWAPS.values(), ids=SWAPS.keys())
def test_swapping_identity_changes_nothing(template: str, terms: list[str], normaliser: Normaliser) -> None:
    filled = [normaliser(template.format(*[term] * template.count("{}"))) for term in terms]
    assert len(set(filled)) == 1, filled


@pytest.mark.parametrize(
    "text",
    [
        "white van with no plates",
        "black Tahoe at the Pilot",
        "nail polish and a china plate",
        "turkey sandwich",
        "blind spot on the left",
        "he finished early",
    ],
)
def test_other_senses_stay(text: str, masker: Masker) -> None:
    assert IDENTITY not in masker.mask(text.lower().split())


def test_what_was_done_stays(normaliser: Normaliser) -> None:
    words = normaliser("A Mexican guy took the woman's passport and locked her in").split()
    assert {"took", "passport", "locked", "in", IDENTITY} <= set(words)


def test_runs_collapse_to_one(masker: Masker) -> None:
    assert masker.mask("two african american muslim immigrant men".split()) == ["two", IDENTITY, "grownup"]


@given(st.lists(st.text(max_size=8), max_size=30))
def test_any_words_can_be_masked(words: list[str]) -> None:
    masker = Masker({"beside_person": ["white"], "person_nouns": ["man"], "not_a_misspelling": [], "some": ["mexican"]}, {"man": "grownup"})
    masked = masker.mask(words)
    assert len(masked) <= len(words)
    assert not any(a == b == IDENTITY for a, b in itertools.pairwise(masked))
