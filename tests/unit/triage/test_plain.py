"""Text as names are compared: the quick way for plain ASCII gives what the long way gives."""

import string

from hypothesis import given
from hypothesis import strategies as st

from triage.plain import plain


@given(st.text(alphabet=string.printable))
def test_the_quick_way_gives_the_same(text: str) -> None:
    assert f"{plain(text)} n".strip() == plain(f"{text} ñ")


def test_accents_case_and_punctuation_do_not_count() -> None:
    assert plain("¡AYÚDENME, por favor!") == "ayudenme por favor"
