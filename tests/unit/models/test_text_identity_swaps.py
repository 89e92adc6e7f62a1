"""Every identity term in some 200 sentences: whichever it is, the model reads the same text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from models.normalise import Normaliser, load_normaliser

_BREAK = "qqsep"
_SHARES = 12
_SPANISH_ENDINGS = ("o", "a", "os", "as")


@pytest.fixture(scope="module")
def normaliser() -> Normaliser:
    return load_normaliser()


def templates() -> tuple[list[str], list[str]]:
    """All sentences, and those beside a word for a person, in which words with another everyday sense are masked as well."""
    lines = (Path(__file__).parent / "data" / "identity_templates.txt").read_text("utf8").splitlines()
    kept = [line for line in lines if not line.startswith("#")]
    return [line.removeprefix("* ") for line in kept], [line.removeprefix("* ") for line in kept if line.startswith("* ")]


LEXICON = yaml.safe_load(files("models").joinpath("identity_terms.yaml").read_text("utf8"))


def listed(name: str) -> list[str]:
    return [term.strip() for term in LEXICON[name].split(",")]


ALL, BESIDE_PERSON = templates()
GUARDED = {*listed("beside_person"), *listed("after_origin")}
TERMS = sorted(
    {
        term
        for name in LEXICON
        if (name != "masculine_es" and name.endswith(("_en", "_es"))) or name in ("country", "skin")
        for term in listed(name)
    }
    - GUARDED
)


def readings(normaliser: Normaliser, term: str, sentences: Sequence[str]) -> list[str]:
    """How each sentence reads with the term; all are normalised as one text, which is much faster."""
    return normaliser(f" {_BREAK} ".join(sentences).replace("{}", term)).split(f" {_BREAK} ")


def differing(normaliser: Normaliser, terms: Iterable[str], sentences: Sequence[str]) -> list[tuple[str, str]]:
    """The terms, each with a sentence that reads otherwise with it than with "mexican"."""
    wanted = readings(normaliser, "mexican", sentences)
    return [
        (term, sentence)
        for term in terms
        if (found := readings(normaliser, term, sentences)) != wanted
        for sentence, a, b in zip(sentences, wanted, found, strict=True)
        if a != b
    ]


def test_there_are_enough_sentences_and_terms() -> None:
    assert len(ALL) >= 200
    assert len(TERMS) >= 3000
    assert all(template.count("{}") == 1 for template in ALL)


@pytest.mark.parametrize("share", range(_SHARES))
def test_every_term_reads_the_same_in_a_sample_of_the_sentences(share: int, normaliser: Normaliser) -> None:
    assert not differing(normaliser, TERMS[share::_SHARES], ALL[share::_SHARES])


@pytest.mark.slow
def test_every_term_reads_the_same_in_every_sentence(normaliser: Normaliser) -> None:
    assert not differing(normaliser, TERMS, ALL)


def test_words_with_another_sense_read_the_same_beside_a_person(normaliser: Normaliser) -> None:
    spanish = next(at for at, sentence in enumerate(BESIDE_PERSON) if not sentence.isascii())
    assert not differing(normaliser, (term for term in GUARDED if term.endswith(_SPANISH_ENDINGS)), BESIDE_PERSON)
    assert not differing(normaliser, (term for term in GUARDED if not term.endswith(_SPANISH_ENDINGS)), BESIDE_PERSON[:spanish])


@pytest.mark.parametrize("way", ["a Mexican", "from Mexico", "from the Philippines", "half Thai", "a mexcian"])
def test_nationality_and_origin_read_the_same(way: str, normaliser: Normaliser) -> None:
    assert normaliser(f"he is {way} and hit the boy") == normaliser("he is Mexican and hit the boy")


@pytest.mark.parametrize("way", ["does not speak Spanish", "doesn't speak English", "barely speaks Mam", "speaks very little Tagalog"])
def test_whichever_language_somebody_does_not_speak_reads_the_same(way: str, normaliser: Normaliser) -> None:
    assert normaliser(f"she {way}, and he answers") == normaliser("she speaks French, and he answers")


@pytest.mark.parametrize(
    ("he", "she"),
    [
        ("el hombre golpeado está con él", "la mujer golpeada está con ella"),
        ("vi al niño, lo tienen encerrado", "vi a la niña, la tienen encerrada"),
        ("his brother took the old man's checks", "her sister took the old woman's checks"),
        ("the priest locked him in the church", "the imam locked her in the mosque"),
    ],
)
def test_gender_and_faith_read_the_same(he: str, she: str, normaliser: Normaliser) -> None:
    assert normaliser(he) == normaliser(she)
