"""Receipt codes: their check digit, and what people make of them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.receipts import grouped, new_code, read_code

CODES = st.integers(min_value=0).map(lambda seed: new_code(random.Random(seed).randbytes))


@given(CODES)
def test_a_code_is_16_digits_and_reads_back_however_it_is_written(code: str) -> None:
    assert len(code) == 16
    assert code.isdecimal()
    for written in (
        code,
        grouped(code),
        f" {grouped(code)}.\n",
        grouped(code).replace(" ", "-"),
        code.translate({48 + n: 0x0660 + n for n in range(10)}),
    ):
        assert read_code(written) == code


@given(CODES, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(code: str, place: int, by: int) -> None:
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    assert read_code(wrong) is None


@given(CODES, st.integers(0, 14))
def test_two_digits_in_the_wrong_order_are_noticed(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert read_code(swapped) in ({None} if swapped != code else {code})


@pytest.mark.parametrize("typed", ["", "1234", "x" * 16, "1" * 17, "٤٨٢١", "²²²²²²²²²²²²²²²²"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_codes_use_all_of_the_random_bytes_and_keep_leading_zeros() -> None:
    assert new_code(lambda count: bytes(count)) == "0" * 16
    assert new_code(lambda count: b"\x01" + bytes(count - 1)) != "0" * 16


def test_the_check_digit_is_damms() -> None:
    """Damm's own example: 572 has the check digit 4."""
    assert new_code(lambda count: (572).to_bytes(count)) == "0000000000005724"
