"""Near-duplicates have near-equal fingerprints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.fingerprint import SIZE, Fingerprinter, likeness

TEXT = "A man at the Pilot off exit 212 keeps three women in a grey van and takes what they earn, he was there again last night around two"
OTHER = "My neighbour waters his lawn during the drought every morning and throws the cuttings over our fence into the children's pool"


def test_a_fingerprint_is_64_numbers_of_32_bits() -> None:
    numbers = Fingerprinter()(TEXT)
    assert len(numbers) == SIZE
    assert all(0 <= number < 2**32 for number in numbers)


def test_the_same_words_give_the_same_fingerprint() -> None:
    assert Fingerprinter()(TEXT) == Fingerprinter()(f"  {TEXT.upper()}!!\n")


def test_fingerprints_stay_comparable_between_releases() -> None:
    assert Fingerprinter()(TEXT)[:3] == (30756175, 46799511, 3726742)


@pytest.mark.parametrize("changed", [TEXT.replace("women", "womn"), f"Hello. {TEXT}", TEXT.replace("grey", "silver")])
def test_small_changes_stay_alike(changed: str) -> None:
    prints = Fingerprinter()
    assert likeness(prints(TEXT), prints(changed)) > 0.7


def test_other_texts_are_not_alike() -> None:
    prints = Fingerprinter()
    assert likeness(prints(TEXT), prints(OTHER)) < 0.15


def test_short_texts_have_none_and_are_like_nothing() -> None:
    prints = Fingerprinter()
    assert prints("help me please now") == ()
    assert likeness((), prints(TEXT)) == 0.0


@given(st.text(st.characters(), max_size=400))
def test_takes_any_text(text: str) -> None:
    assert len(Fingerprinter()(text)) in (0, SIZE)


def test_a_text_does_not_depend_on_the_one_read_before_it() -> None:
    prints = Fingerprinter()
    long = " ".join(f"{TEXT} {number}" for number in range(60))
    assert len(prints(long)) == SIZE
    assert prints(TEXT) == Fingerprinter()(TEXT)
    assert prints(long) == Fingerprinter()(long)
