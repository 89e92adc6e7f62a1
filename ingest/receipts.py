"""Receipt codes: 16 digits that are the only way back to a report. 15 are random (49.8 bits), the last is a check digit.

The check digit is Damm's (H. M. Damm, 2004, the order-10 totally anti-symmetric quasigroup): it catches every single wrong digit
and every swap of neighbours. Only a keyed hash of a code is ever stored.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

LENGTH = 16

_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def new_code(random: Callable[[int], bytes]) -> str:
    """A new code. ``random`` gives that many random bytes; 16 of them make the bias towards small numbers 2**-78."""
    digits = f"{int.from_bytes(random(16)) % 10 ** (LENGTH - 1):0{LENGTH - 1}d}"
    return digits + _damm(digits)


def read_code(typed: str) -> str | None:
    """The code in what a person typed, whatever script its digits are in and whatever stands between them; None if it is none."""
    digits = "".join(str(unicodedata.decimal(character)) for character in typed if character.isdecimal())
    return digits if len(digits) == LENGTH and _damm(digits) == "0" else None


def grouped(code: str) -> str:
    """The code as people read it: ``4821 0937 5526 1184``."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _damm(digits: str) -> str:
    """The check digit of ``digits``; "0" if they already end in the right one."""
    state = "0"
    for digit in digits:
        state = _DAMM[int(state)][int(digit)]
    return state
