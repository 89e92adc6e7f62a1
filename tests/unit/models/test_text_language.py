"""Which language a tip is in."""

from __future__ import annotations

import pytest

from models.language import UNKNOWN, LanguageReader


@pytest.fixture(scope="module")
def reader() -> LanguageReader:
    return LanguageReader()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("there is a truck at exit 12 and a girl is crying in it", "en"),
        ("hay una muchacha llorando en un camión y no la dejan bajar", "es"),
        ("il y a une fille qui pleure dans le camion et personne ne l'aide", "fr"),
        ("在卡车里有一个女孩在哭", "zh"),
        ("есть девушка, которая плачет в грузовике", "ru"),
    ],
)
def test_tells_languages_apart(text: str, code: str, reader: LanguageReader) -> None:
    found = reader.read(text)
    assert found.code == code
    assert found.probability >= 0.5


@pytest.mark.parametrize("text", ["", "   ", "12345 !!", "asdfghjkl"])
def test_says_when_it_cannot_tell(text: str, reader: LanguageReader) -> None:
    assert reader.read(text).code == UNKNOWN


def test_the_forms_language_decides_where_the_text_does_not(reader: LanguageReader) -> None:
    assert reader.read("911", "es-MX").code == "es"


def test_a_clear_text_beats_the_forms_language(reader: LanguageReader) -> None:
    assert reader.read("there is a truck at exit 12 and a girl is crying in it", "es").code == "en"


def test_an_unknown_hint_is_no_hint(reader: LanguageReader) -> None:
    assert reader.read("there is a truck at exit 12", "xx") == reader.read("there is a truck at exit 12")
