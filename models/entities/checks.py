"""Check digits and checksums. Each function takes a normalised string and says whether it holds; none raises."""

from __future__ import annotations

import hashlib
import re

_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_CONSTANTS = (1, 0x2BC830A3)  # bech32 (BIP 173) and bech32m (BIP 350)
_CONTAINER = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_MASK = (1 << 64) - 1


def container_ok(number: str) -> bool:
    """ISO 6346: letters count from A=10 and skip the multiples of 11; the sum of value x 2^position, mod 11, mod 10, is the last digit."""
    if not _CONTAINER.fullmatch(number):
        return False
    values = [value for value in range(10, 39) if value % 11]
    total = sum((values[ord(char) - 65] if char.isalpha() else int(char)) << place for place, char in enumerate(number[:10]))
    return total % 11 % 10 == int(number[10])


def vin_ok(number: str) -> bool:
    """49 CFR 565: the weighted sum mod 11 stands at position 9, ten as X. Only North American numbers must hold to it."""
    if not _VIN.fullmatch(number):
        return False
    total = sum((_VIN_VALUES.get(char) or int(char)) * weight for char, weight in zip(number, _VIN_WEIGHTS, strict=True))
    return number[8] == "0123456789X"[total % 11]


def base58check_ok(address: str, versions: frozenset[int]) -> bool:
    """Bitcoin's base58check: 25 bytes, a version byte among ``versions``, and the first four bytes of a double SHA-256."""
    number = 0
    for char in address:
        place = _BASE58.find(char)
        if place < 0 or len(address) > 50:
            return False
        number = number * 58 + place
    if number.bit_length() > 200:
        return False
    raw = number.to_bytes(25, "big")
    digest = hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()
    return raw[0] in versions and digest[:4] == raw[21:]


def bech32_ok(address: str) -> bool:
    """BIP 173 and BIP 350: one case, at most 90 characters, and a checksum polynomial of 1 or of the bech32m constant."""
    if address not in (address.lower(), address.upper()) or len(address) > 90:
        return False
    prefix, _, data = address.lower().rpartition("1")
    if not prefix or len(data) < 6 or any(char not in _BECH32 for char in data):
        return False
    values = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix] + [_BECH32.index(char) for char in data]
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, factor in enumerate(_BECH32_GENERATOR):
            if top >> bit & 1:
                check ^= factor
    return check in _BECH32_CONSTANTS


def ethereum_ok(address: str) -> bool:
    """EIP-55: a mixed-case address capitalises each letter whose nibble in the Keccak-256 of the lower-case one is 8 or more.

    An address in one case carries no checksum and holds by its shape.
    """
    body = address[2:]
    if not re.fullmatch(r"0x[0-9a-fA-F]{40}", address):
        return False
    if body in (body.lower(), body.upper()):
        return True
    digest = keccak256(body.lower().encode()).hex()
    return all(char.isupper() == (int(nibble, 16) >= 8) for char, nibble in zip(body, digest, strict=False) if char.isalpha())


def keccak256(data: bytes) -> bytes:
    """Keccak-256 with the original padding (0x01), which Ethereum uses; ``hashlib`` has only the later SHA-3 padding."""
    rate = 136
    padded = bytearray(data) + b"\x01" + bytes(rate - 1 - len(data) % rate)
    padded[-1] |= 0x80
    lanes = [0] * 25
    for block in range(0, len(padded), rate):
        for lane in range(rate // 8):
            lanes[lane] ^= int.from_bytes(padded[block + 8 * lane : block + 8 * lane + 8], "little")
        lanes = _keccak_f(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _keccak_f(a: list[int]) -> list[int]:
    """The permutation Keccak-f[1600]: 24 rounds over 25 lanes of 64 bits (lane x + 5y)."""
    register = 1
    for _ in range(24):
        column = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        a = [a[i] ^ column[(i + 4) % 5] ^ _rotate(column[(i + 1) % 5], 1) for i in range(25)]
        x, y, current = 1, 0, a[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, a[x + 5 * y] = a[x + 5 * y], _rotate(current, (step + 1) * (step + 2) // 2 % 64)
        a = [a[i] ^ (~a[i - i % 5 + (i + 1) % 5] & a[i - i % 5 + (i + 2) % 5]) for i in range(25)]
        for bit in range(7):
            register = (register << 1 ^ (register >> 7) * 0x71) % 256
            if register & 2:
                a[0] ^= 1 << ((1 << bit) - 1)
    return a


def _rotate(value: int, by: int) -> int:
    return (value << by | value >> (64 - by)) & _MASK
