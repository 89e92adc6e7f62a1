"""What every sealer must do. Subclass it and say how to make one."""

from __future__ import annotations

import re

import pytest

from ingest.ports import Sealer
from tests.builders import StillClock

PLAIN = b'{"phone":"402-555-0143"}'


class SealerSuite:
    def make(self, seed: int, clock: StillClock) -> Sealer:
        """A sealer whose root keys follow from ``seed``."""
        raise NotImplementedError

    @pytest.fixture
    def clock(self) -> StillClock:
        return StillClock()

    @pytest.fixture
    def sealer(self, clock: StillClock) -> Sealer:
        return self.make(1, clock)

    def test_opens_what_it_sealed(self, sealer: Sealer, clock: StillClock) -> None:
        again = self.make(1, clock)
        assert again.open_contact("tip_1", sealer.seal_contact("tip_1", PLAIN)) == PLAIN
        assert again.open_answer("caller", "key", sealer.seal_answer("caller", "key", PLAIN)) == PLAIN
        assert again.unsign(sealer.sign("form:ünï.1"), 60) == "form:ünï.1"

    def test_hides_what_it_sealed(self, sealer: Sealer) -> None:
        """Nothing of the plain text shows, and the same text never looks the same twice."""
        for seal in (lambda: sealer.seal_contact("tip_1", PLAIN), lambda: sealer.seal_answer("caller", "key", PLAIN)):
            first, second = seal(), seal()
            assert b"555" not in first
            assert first != second

    def test_refuses_what_was_changed(self, sealer: Sealer) -> None:
        contact, answer = sealer.seal_contact("tip_1", PLAIN), sealer.seal_answer("caller", "key", PLAIN)
        for place in range(len(contact)):
            changed = contact[:place] + bytes([contact[place] ^ 1]) + contact[place + 1 :]
            with pytest.raises(ValueError):
                sealer.open_contact("tip_1", changed)
        for sealed in (b"", b"\x01", contact[:-1], contact + b"x"):
            with pytest.raises(ValueError):
                sealer.open_contact("tip_1", sealed)
        with pytest.raises(ValueError):
            sealer.open_answer("caller", "key", answer[:-1] + bytes([answer[-1] ^ 1]))

    def test_binds_contacts_to_their_tip(self, sealer: Sealer) -> None:
        with pytest.raises(ValueError):
            sealer.open_contact("tip_2", sealer.seal_contact("tip_1", PLAIN))

    def test_answers_need_caller_key_and_server_together(self, sealer: Sealer, clock: StillClock) -> None:
        sealed = sealer.seal_answer("caller", "key", PLAIN)
        for caller, key in (("other", "key"), ("caller", "other"), ("callerk", "ey"), ("", "callerkey")):
            with pytest.raises(ValueError):
                sealer.open_answer(caller, key, sealed)
        with pytest.raises(ValueError):
            self.make(2, clock).open_answer("caller", "key", sealed)

    def test_purposes_do_not_open_each_other(self, sealer: Sealer) -> None:
        with pytest.raises(ValueError):
            sealer.open_answer("tip_1", "", sealer.seal_contact("tip_1", PLAIN))
        with pytest.raises(ValueError):
            sealer.open_contact("caller", sealer.seal_answer("caller", "", PLAIN))

    def test_receipts_are_keyed_hashes(self, sealer: Sealer, clock: StillClock) -> None:
        hashed = sealer.receipt_hash("4821093755261184")
        assert re.fullmatch("[0-9a-f]{64}", hashed)
        assert hashed == self.make(1, clock).receipt_hash("4821093755261184")
        assert hashed not in {sealer.receipt_hash("4821093755261185"), self.make(2, clock).receipt_hash("4821093755261184")}

    def test_rate_limit_tokens_change_every_day_and_with_the_key(self, sealer: Sealer, clock: StillClock) -> None:
        token = sealer.blind("192.0.2.1", "2026-11-01")
        assert re.fullmatch("[0-9a-f]{16}", token)
        assert token == sealer.blind("192.0.2.1", "2026-11-01")
        others = {sealer.blind("192.0.2.1", "2026-11-02"), sealer.blind("192.0.2.2", "2026-11-01")}
        assert token not in others | {self.make(2, clock).blind("192.0.2.1", "2026-11-01")}

    def test_tokens_that_were_changed_or_made_elsewhere_say_nothing(self, sealer: Sealer, clock: StillClock) -> None:
        token = sealer.sign("form:1")
        for place in range(len(token)):
            assert sealer.unsign(token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :], 60) is None
        for nonsense in ("", ".", "..", "a.b.c", "ü.ü.ü", token[:-1], self.make(2, clock).sign("form:1")):
            assert sealer.unsign(nonsense, 60) is None

    def test_tokens_end_in_time(self, sealer: Sealer, clock: StillClock) -> None:
        token = sealer.sign("form:1")
        clock.forward(seconds=60)
        assert sealer.unsign(token, 60) == "form:1"
        clock.forward(seconds=1)
        assert sealer.unsign(token, 60) is None
