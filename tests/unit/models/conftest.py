"""A small corpus in which each category has its own words, and what is trained on it once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models import train
from models.assess import Assessor
from models.classifier import Classifier, Weights
from models.indicators.learned import LearnedReader
from models.indicators.store import load as load_indicators
from models.labelled import LabelledTip
from models.language import LanguageReader
from models.normalise import Normaliser, load_normaliser
from models.pipeline import build_pipeline
from triage.domain.assessment import Urgency
from triage.taxonomy.taxonomy import Taxonomy, load_taxonomy

TOPICS = {
    "sex_trafficking": ("a man sells her from room {n} and keeps all the money she earns", Urgency.P1),
    "cargo_theft": ("somebody cut the seal of trailer {n} and drove off with the load", Urgency.P2),
    "substance_use_overdose": ("he took pills, lips are blue and he is not waking up, floor {n}", Urgency.P0),
    "information_request": ("could you send posters and a speaker to our depot in spring, shift {n}", Urgency.P3),
    "not_actionable": ("testing the form number {n} please ignore this message", Urgency.P4),
}


def small_corpus(writers: int = 6, each: int = 5) -> list[LabelledTip]:
    """Tips of some writers, each of whom writes about every topic."""
    return [
        LabelledTip(
            id=f"w{writer}-{topic}-{number}",
            text=f"{'Hello, ' if writer % 2 else ''}{words.format(n=writer * 10 + number)}{', hurry' if number % 2 else ''}",
            language="en",
            group=f"w{writer}",
            categories=(topic,),
            urgency=urgency,
            flags=("test_message",) if topic == "not_actionable" else (),
            indicators=(),
            entities=(),
        )
        for writer in range(writers)
        for topic, (words, urgency) in TOPICS.items()
        for number in range(each)
    ]


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


@pytest.fixture(scope="session")
def normaliser() -> Normaliser:
    return load_normaliser()


@pytest.fixture(scope="session")
def small_weights(taxonomy: Taxonomy, normaliser: Normaliser) -> Weights:
    return train.fit(small_corpus(), taxonomy, normaliser, lambda what, share: None, count=3).weights


@pytest.fixture(scope="session")
def make_assessor(taxonomy: Taxonomy) -> Callable[[Classifier], Assessor]:
    """Assessors that differ only in their classifier."""
    nlp, language = build_pipeline(), LanguageReader()
    normaliser = load_normaliser()
    learned = LearnedReader(load_indicators(None, normaliser, tuple(taxonomy.indicators)), normaliser, taxonomy)
    return lambda classifier: Assessor(nlp, (classifier, learned), language, taxonomy)


@pytest.fixture(scope="session")
def packaged(taxonomy: Taxonomy) -> Assessor:
    """The model that ships."""
    return Assessor.load(None, taxonomy)


@pytest.fixture
def saved(tmp_path: Path, small_weights: Weights, normaliser: Normaliser) -> Path:
    """A folder that holds the small model."""
    from models import artifact

    artifact.save(tmp_path / "model", small_weights, normaliser, {"corpus_tips": 120})
    return tmp_path / "model"
