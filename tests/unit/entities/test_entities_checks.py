"""Check digits and checksums against published numbers, and against every single wrong character."""

from __future__ import annotations

import pytest

from models.entities.checks import base58check_ok, bech32_ok, container_ok, ethereum_ok, keccak256, vin_ok

CONTAINERS = ("MWCU6059784", "ZEPU0037255", "CSQU3054383", "CBHU3202732", "MSKU1234565")
VINS = ("1M8GDM9AXKP042788", "1G4AH59H45G118341", "11111111111111111")


@pytest.mark.parametrize("number", CONTAINERS)
def test_container_digit_holds_and_each_other_digit_fails(number: str) -> None:
    assert container_ok(number)
    assert not any(container_ok(number[:-1] + digit) for digit in "0123456789" if digit != number[-1])


@pytest.mark.parametrize("number", VINS)
def test_vin_digit_holds_and_each_other_digit_fails(number: str) -> None:
    assert vin_ok(number)
    assert not any(vin_ok(number[:8] + digit + number[9:]) for digit in "0123456789X" if digit != number[8])


@pytest.mark.parametrize("number", ["", "MWCU605978", "MWCX6059784", "1M8GDM9AXKP04278", "IM8GDM9AXKP042788"])
def test_wrong_shape_never_holds(number: str) -> None:
    assert not container_ok(number)
    assert not vin_ok(number)


def test_bitcoin_and_tron_addresses_fail_when_one_character_changes() -> None:
    bitcoin, tron, segwit = (
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        "TJCnKsPa7y5okkXvQAidZBzqx3QyQ6sxMW",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    )
    assert base58check_ok(bitcoin, frozenset({0, 5}))
    assert base58check_ok(tron, frozenset({0x41}))
    assert bech32_ok(segwit)
    assert not base58check_ok(bitcoin[:-1] + "3", frozenset({0, 5}))
    assert not base58check_ok(tron, frozenset({0, 5}))
    assert not bech32_ok(segwit[:-1] + "p")
    assert not bech32_ok(segwit[:-1] + "Q")


def test_keccak_and_the_capitals_of_ethereum() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert ethereum_ok("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
    assert not ethereum_ok("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")
    assert ethereum_ok("0x" + "ab" * 20)
    assert not ethereum_ok("0x" + "ab" * 19)
