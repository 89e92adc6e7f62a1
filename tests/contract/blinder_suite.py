"""What every blinder must do. Subclass it and say how to make one."""

from __future__ import annotations

import re

import pytest

from triage.ports import Blinder

VALUES = ("KPR412", "+14025550143", "rico_77", "1203 w 25th st", "ü", "")


class BlinderSuite:
    def make(self, seed: int) -> Blinder:
        """A blinder whose key follows from ``seed``."""
        raise NotImplementedError

    @pytest.fixture
    def blinder(self) -> Blinder:
        return self.make(1)

    def test_gives_the_same_for_the_same(self, blinder: Blinder) -> None:
        again = self.make(1)
        for value in VALUES:
            assert blinder.digest("plate", value) == blinder.digest("plate", value) == again.digest("plate", value)

    def test_keeps_kinds_apart(self, blinder: Blinder) -> None:
        pairs = [(kind, value) for kind in ("plate", "phone", "p") for value in (*VALUES, "late")]
        assert len({blinder.digest(*pair) for pair in pairs}) == len(pairs)
        assert blinder.digest("p", "late") != blinder.digest("plate", "")

    def test_needs_the_key(self, blinder: Blinder) -> None:
        other = self.make(2)
        assert not {blinder.digest("plate", value) for value in VALUES} & {other.digest("plate", value) for value in VALUES}

    def test_hides_the_value(self, blinder: Blinder) -> None:
        for value in (*VALUES, "a" * 10_000):
            digest = blinder.digest("plate", value)
            assert re.fullmatch("[0-9a-f]{64}", digest)
            assert not value or value.encode().hex() not in digest
