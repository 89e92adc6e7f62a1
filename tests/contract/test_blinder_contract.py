"""The blinder's suite, and blinders that each break one rule."""

from __future__ import annotations

import hashlib
import random

import pytest

from infra.crypto import HmacBlinder, KeyRing
from tests.contract.blinder_suite import BlinderSuite
from tests.contract.saboteurs import caught, expected
from triage.ports import Blinder


class HmacSuite(BlinderSuite):
    adapter: type[HmacBlinder] = HmacBlinder

    def make(self, seed: int) -> Blinder:
        keys = random.Random(seed)
        return self.adapter(KeyRing(keys.randbytes(32), keys.randbytes(32), keys.randbytes(32)))


class TestHmacBlinder(HmacSuite):
    pass


class NewEveryTime(HmacBlinder):
    def digest(self, kind: str, value: str) -> str:
        return super().digest(kind, f"{value}{id(self)}")


class OneKind(HmacBlinder):
    def digest(self, kind: str, value: str) -> str:
        return super().digest("", f"{kind}{value}")


class PlainHash(HmacBlinder):
    def digest(self, kind: str, value: str) -> str:
        return hashlib.sha256(f"{len(kind)}:{kind}{value}".encode()).hexdigest()


class ShowsIt(HmacBlinder):
    def digest(self, kind: str, value: str) -> str:
        plain = value.encode().hex()
        return (plain + super().digest(kind, value))[:64]


BREAKS = {
    NewEveryTime: "test_gives_the_same_for_the_same",
    OneKind: "test_keeps_kinds_apart",
    PlainHash: "test_needs_the_key",
    ShowsIt: "test_hides_the_value",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, HmacSuite, BREAKS) == expected(BREAKS)
