"""Points made coarse, for people who may know the neighbourhood and not the house."""

from __future__ import annotations

import hashlib
import math

CELL = 0.01
"""Of a square on the ground, in degrees of latitude: 1.1 km."""


def coarse(lat: float, lon: float, key: str) -> tuple[float, float]:
    """A point somewhere in the same square of about a kilometre, the same each time for the same ``key``.

    The exact point plays no part beyond its square, so nobody can reckon back to it; ``key`` spreads what lies in one square.
    """
    south = math.floor(lat / CELL) * CELL
    wide = CELL / max(0.01, math.cos(math.radians(south)))
    west = math.floor(lon / wide) * wide
    drawn = hashlib.sha256(key.encode()).digest()
    up, across = (int.from_bytes(drawn[n : n + 4], "big") / 2**32 for n in (0, 4))
    return south + up * CELL, west + across * wide
