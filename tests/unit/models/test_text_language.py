"""Which language a tip is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.language import LANGUAGES, UNKNOWN, LanguageReader

READER = LanguageReader()


@pytest.fixture
def reader() -> LanguageReader:
    return READER


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("there is a truck at exit 12 and a girl is crying in it", "en"),
        ("hay una muchacha llorando en un camión y no la dejan bajar", "es"),
        ("il y a une fille qui pleure dans le camion et personne ne l'aide", "fr"),
        ("在卡车里有一个女孩在哭", "zh"),
        ("есть девушка, которая плачет в грузовике", "ru"),
        ("tem uma menina chorando no caminhão e ninguém ajuda", "pt"),
        ("gen yon ti fi k ap kriye nan kamyon an", "ht"),
        ("may batang umiiyak sa trak", "tl"),
        ("có một cô gái đang khóc trong xe tải", "vi"),
        ("waxay qaateen baasaboorkayga", "so"),
        ("트럭에서 여자가 울고 있어요", "ko"),
        ("ساعدوني من فضلكم", "ar"),
        ("szef zabrał mi paszport i nie płaci", "pl"),
        ("help me", "en"),
        ("HELP", "en"),
        ("pls he has a gun", "en"),
        ("girl crying rm 12", "en"),
        ("trapped in van", "en"),
        ("ayuda", "es"),
        ("Ayúdenme!!", "es"),
        ("no puedo salir", "es"),
        ("niña sola", "es"),
        ("auxilio", "es"),
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


def test_a_text_in_both_languages_is_one_of_them(reader: LanguageReader) -> None:
    assert reader.read("my boss no me paga and he took my pasaporte, necesito ayuda please").code in {"en", "es"}


@given(st.text(st.characters(), max_size=300))
def test_takes_any_text(text: str) -> None:
    found = READER.read(text)
    assert found.code == UNKNOWN or found.code in LANGUAGES
    assert 0 <= found.probability <= 1
