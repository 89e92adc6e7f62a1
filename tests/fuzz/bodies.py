"""Bodies that no honest sender would send, each made from a number alone, so that any of them can be made again."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

TIP = {
    "narrative": "A white van, plate starts KPR, stood behind the fuel desk.",
    "lang": "en",
    "life_threat": "not_sure",
    "place": {"name": "Lot 3", "road": "I-80", "town": "Ogallala", "state": "NE"},
    "geo": {"lat": 41.1, "lon": -101.7, "accuracy_m": 5},
    "when_bucket": "last_24_hours",
    "when_text": "around noon",
    "persons": [{"role": "may_need_help", "description": "a girl"}],
    "minor_possible": True,
    "vehicles": [{"plate": "KPR", "state": "NE"}],
    "identifiers": ["@someone"],
    "source_basis": "saw",
    "partner": {"role": "driver", "reference": "R-7"},
    "contact": {"name": "Ana", "phone": "555 0100", "email": "a@b.example", "leave_message": True},
    "consent": {"police": False, "support": True},
    "channel": "api",
}
"""Every field of a tip."""

MESSAGE = {"text": "More."}
RETRACTION = {"reason": "duplicate"}
WEBHOOK = {"url": "https://hooks.example/t", "steps": ["received"]}

FIELDS = (
    "narrative danger where when_text vehicle person online website form draft step code visit text lang action contact.email "
    "contact.phone consent.police consent.support place.name place.town place.state geo.lat geo.lon persons.0.description "
    "vehicles.0.plate source_basis minor_possible when_bucket key token to go secret partner.role partner.reference life_threat"
).split()
"""Names that the public pages use, and some that they do not."""

_NUMBERS = (0, -1, 2**63, 10**400, 1e308, float("nan"), float("inf"))
_SHAPES = (None, True, False, [], [[]], [None], {}, {"": ""}, {"a": {"b": {"c": {"d": 1}}}}, [1] * 300)
_TEXTS = (
    *("", " ", "\x00", "\ud800", "\u202e", "\ufeff", "'", '"', "--", "=1+1", "@SUM(A1)", "\r\nX-Injected: 1", "<script>alert(1)</script>"),
    *("{{7*7}}", "${jndi:ldap://x}", "../../etc/passwd", "%00", "%s%n", "A" * 20_001, "é" * 6_000, "a\u0301" * 400, "👩‍🚒" * 300),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "https://169.254.169.254/", "tip_00000000000000000000000001"),
)
NASTY: tuple[Any, ...] = (*_NUMBERS, *_SHAPES, *_TEXTS)


def json_body(number: int, base: Mapping[str, Any], many: bool = False) -> bytes:
    """Something like ``base``, the first field of which it has, with something wrong in most of them; a list of such if ``many``."""
    chance = random.Random(number)
    value: Any = {name: field for place, (name, field) in enumerate(base.items()) if not place or chance.random() < 0.3}
    for _ in range(chance.randrange(4)):
        value = _spoiled(value, chance)
    if many is (chance.random() < 0.9):
        value = [value] * chance.randrange(4)
    body = _written(value, chance)
    return _broken(body, chance) if chance.random() < 0.3 else body


def form_body(number: int) -> bytes:
    """Answers to a form, or something that is none."""
    chance = random.Random(number)
    pairs = []
    for _ in range(chance.randrange(30)):
        name = chance.choice(FIELDS) if chance.random() < 0.9 else str(chance.choice(NASTY))[:50]
        value = chance.choice(NASTY) if chance.random() < 0.5 else chance.choice(list(TIP.values()))
        pairs.append(f"{_quoted(name)}={_quoted(str(value))}")
    body = "&".join(pairs).encode()
    return _broken(body, chance) if chance.random() < 0.2 else body


def _quoted(text: str) -> str:
    return quote_plus(text.encode("utf8", "surrogatepass"))


def _spoiled(value: Any, chance: random.Random) -> Any:
    """The value with one thing in it replaced, added or taken away."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(list(value))
        match chance.randrange(4):
            case 0:
                return {key: part for key, part in value.items() if key != name}
            case 1:
                return value | {str(chance.choice(NASTY))[:40]: chance.choice(NASTY)}
            case _:
                return value | {name: _spoiled(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.6:
        return [_spoiled(value[0], chance), *value[1:]] * chance.randrange(1, 3)
    return chance.choice(NASTY)


def _written(value: Any, chance: random.Random) -> bytes:
    """As JSON, with surrogates as escapes and sometimes with a key twice."""
    text = json.dumps(value)
    if chance.random() < 0.05 and text.startswith("{") and len(text) > 2:
        text = text[:-1] + ", " + text[1:]
    return text.encode("utf8", "surrogatepass")


def _broken(body: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut, doubled, or nested without end."""
    match chance.randrange(6):
        case 0:
            return body[: chance.randrange(len(body) + 1)]
        case 1:
            return body + chance.randbytes(chance.randrange(20))
        case 2:
            return chance.choice([b"[", b'{"place":', b'{"a":[']) * chance.choice([10, 1_000, 30_000])
        case 3:
            return chance.randbytes(chance.randrange(200))
        case 4:
            return b"\xff\xfe" + body
        case _:
            changed = bytearray(body or b"x")
            for _ in range(chance.randrange(1, 6)):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            return bytes(changed)
