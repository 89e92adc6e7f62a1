"""A text that says only who somebody is reports nothing; one more fact, and it may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from models.classifier import ACCUSED, Answers, Classifier, Scores, Weights
from models.features import Floats
from models.joint import alone
from models.levels import FACTS
from models.normalise import Normaliser
from models.only_there import LONGEST, OnlyThere
from triage.taxonomy.taxonomy import Taxonomy

WHO_EN = ("Honduran", "Somali", "Black", "Muslim", "transgender", "Vietnamese", "deaf", "Romanian")
WHO_ES = ("hondureño", "haitiano", "musulmán", "ciego", "venezolano")
PLACES_EN = ("at the bus stop", "by the library", "in the parking lot", "on our street", "outside the church", "near gate B6")
PLACES_ES = ("en la esquina", "afuera de la iglesia", "en el parque", "en la parada")
ACTS_EN = (
    "A {who} man is standing {place}.",
    "There is a {who} family {place} every morning.",
    "I saw two {who} women talking {place}, seems odd.",
    "{who} guy was walking {place} and looked nervous",
)
ACTS_ES = (
    "Hay un señor {who} parado {place}.",
    "Un muchacho {who} está sentado {place}, se ve raro.",
    "vi a un hombre {who} caminando {place}",
)
ONE_FACT_MORE_EN = (
    "with a gun",
    "and took her passport",
    "selling pills",
    "and will not let her leave",
    "hitting a child",
    "pulling car handles",
)
ONE_FACT_MORE_ES = ("con una pistola", "y le quitó el pasaporte", "y no la deja salir", "vendiendo pastillas")


def texts(acts: Sequence[str], who: Sequence[str], places: Sequence[str]) -> list[str]:
    return [act.format(who=one, place=place) for act, one, place in product(acts, who, places)]


HARMLESS = [*texts(ACTS_EN, WHO_EN, PLACES_EN), *texts(ACTS_ES, WHO_ES, PLACES_ES)]
ACTS = [f"{text.rstrip('.')} {more}" for text in HARMLESS[::11] for more in (*ONE_FACT_MORE_EN, *ONE_FACT_MORE_ES)]


@pytest.fixture(scope="module")
def only_there() -> OnlyThere:
    return OnlyThere()


def test_who_and_where_is_no_report(only_there: OnlyThere, normaliser: Normaliser) -> None:
    assert len(HARMLESS) > 200
    assert [text for text in HARMLESS if not only_there(normaliser(text))] == []


def test_one_fact_more_may_be_a_report(only_there: OnlyThere, normaliser: Normaliser) -> None:
    assert [text for text in ACTS if only_there(normaliser(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a man is standing by the door",
        "the Honduran woman never goes outside",
        "the Mexican workers can not leave the house",
        "a Black girl says that is not my mom",
        "he sells the Russian girl at the motel",
        "a Black kid, 12, at the station",
        "two Arab men at building ten with a rifle",
        "a deaf man is not eating",
    ],
)
def test_what_may_tell_of_an_act_is_left_to_the_models(text: str, only_there: OnlyThere, normaliser: Normaliser) -> None:
    assert not only_there(normaliser(text))


def test_a_story_is_left_to_the_models(only_there: OnlyThere) -> None:
    assert only_there(f"idterm {'walking ' * (LONGEST - 1)}")
    assert not only_there(f"idterm {'walking ' * LONGEST}")


class Suspicious(Classifier):
    """Finds one probability of every category in every text."""

    def __init__(self, weights: Weights, chance: float) -> None:
        super().__init__(weights)
        self._chance = chance

    def probabilities(self, normalised: Sequence[str]) -> Floats:
        return np.full((len(normalised), len(self.heads)), self._chance, np.float32)


def read(reader: Answers, text: str, taxonomy: Taxonomy, evidence: float = 0.0) -> Scores:
    zeros = np.zeros((1, len(FACTS)), np.float32)
    return reader.scores_of([text], zeros, np.full((1, len(taxonomy.categories)), evidence, np.float32))[0]


@pytest.fixture(scope="module")
def weights(small_weights: Weights, taxonomy: Taxonomy) -> Weights:
    """Weights with which something is likely from 0.8 on, and each category is left to its head."""
    cutoffs = {head: replace(cut, likely=0.8) for head, cut in small_weights.cutoffs.items()}
    return replace(small_weights, cutoffs=cutoffs, joint=alone(len(taxonomy.categories)))


def test_a_suspicion_without_an_act_is_no_accusation(weights: Weights, taxonomy: Taxonomy) -> None:
    reader, excludes = Suspicious(weights, 0.6), {name: category.excludes for name, category in taxonomy.categories.items()}
    found = read(reader, "idterm grownup walking on our street", taxonomy)
    assert found.categories["sex_trafficking"] == pytest.approx(ACCUSED)
    assert "not_actionable" in reader.labels(found, excludes)
    assert read(reader, "idterm grownup walking with gun", taxonomy).categories["sex_trafficking"] == pytest.approx(0.6)


def test_evidence_or_a_sure_model_overrules_it(weights: Weights, taxonomy: Taxonomy) -> None:
    text = "idterm grownup walking on our street"
    assert read(Suspicious(weights, 0.6), text, taxonomy, evidence=1.0).categories["sex_trafficking"] == pytest.approx(0.6)
    assert read(Suspicious(weights, 0.9), text, taxonomy).categories["sex_trafficking"] == pytest.approx(0.9)
