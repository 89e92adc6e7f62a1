"""The sealer's suite, sealers that each break one rule, and the files that hold its keys."""

from __future__ import annotations

import hashlib
import random
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.crypto import KeyRing, KeyRingSealer
from ingest.ports import Sealer
from tests.builders import StillClock
from tests.contract.saboteurs import caught, expected
from tests.contract.sealer_suite import SealerSuite


class KeyRingSuite(SealerSuite):
    adapter: type[KeyRingSealer] = KeyRingSealer

    def make(self, seed: int, clock: StillClock) -> Sealer:
        keys = random.Random(seed)
        return self.adapter(KeyRing(keys.randbytes(32), keys.randbytes(32), keys.randbytes(32)), clock, random.Random(5).randbytes)


class TestKeyRingSealer(KeyRingSuite):
    pass


class SignsForItself(KeyRingSealer):
    def _mac(self, payload: str) -> str:
        return super()._mac(f"{id(self)}{payload}")


class SameNonce(KeyRingSealer):
    def _seal(self, cipher: AESGCM, plain: bytes, bound_to: bytes) -> bytes:
        self._random = bytes
        return super()._seal(cipher, plain, bound_to)


class TakesATail(KeyRingSealer):
    def _open(self, cipher: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
        try:
            return super()._open(cipher, sealed, bound_to)
        except ValueError:
            return super()._open(cipher, sealed[:-1], bound_to)


class AnyTip(KeyRingSealer):
    def seal_contact(self, tip_id: str, plain: bytes) -> bytes:
        return super().seal_contact("", plain)

    def open_contact(self, tip_id: str, sealed: bytes) -> bytes:
        return super().open_contact("", sealed)


class WithoutTheServer(KeyRingSealer):
    def _answer_key(self, caller_key: str, idempotency_key: str) -> AESGCM:
        return AESGCM(hashlib.sha256(f"{len(caller_key)}:{caller_key}{idempotency_key}".encode()).digest())


class OneKeyForAll(KeyRingSealer):
    def seal_answer(self, caller_key: str, idempotency_key: str, plain: bytes) -> bytes:
        return self._seal(self._contacts, plain, self._name(caller_key, idempotency_key))

    def open_answer(self, caller_key: str, idempotency_key: str, sealed: bytes) -> bytes:
        return self._open(self._contacts, sealed, self._name(caller_key, idempotency_key))

    def _name(self, caller_key: str, idempotency_key: str) -> bytes:
        return (f"{len(caller_key)}:{caller_key}{idempotency_key}" if idempotency_key else caller_key).encode()


class PlainHash(KeyRingSealer):
    def receipt_hash(self, code: str) -> str:
        return hashlib.sha256(code.encode()).hexdigest()


class SameTokenEveryDay(KeyRingSealer):
    def blind(self, value: str, day: str) -> str:
        return super().blind(value, "")


class SignsNothing(KeyRingSealer):
    def _mac(self, payload: str) -> str:
        return super()._mac("")


class NeverEnds(KeyRingSealer):
    def unsign(self, token: str, max_age_seconds: int) -> str | None:
        return super().unsign(token, 10**9)


BREAKS = {
    SignsForItself: "test_opens_what_it_sealed",
    SameNonce: "test_hides_what_it_sealed",
    TakesATail: "test_refuses_what_was_changed",
    AnyTip: "test_binds_contacts_to_their_tip",
    WithoutTheServer: "test_answers_need_caller_key_and_server_together",
    OneKeyForAll: "test_purposes_do_not_open_each_other",
    PlainHash: "test_receipts_are_keyed_hashes",
    SameTokenEveryDay: "test_rate_limit_tokens_change_every_day_and_with_the_key",
    SignsNothing: "test_tokens_that_were_changed_or_made_elsewhere_say_nothing",
    NeverEnds: "test_tokens_end_in_time",
}


def test_the_suite_catches(pytester: pytest.Pytester) -> None:
    assert caught(pytester, KeyRingSuite, BREAKS) == expected(BREAKS)


def test_keys_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = KeyRing.load(folder)
    assert KeyRing.load(folder) == first
    assert len({first.contacts, first.receipts, first.server}) == 3
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "contacts.key": 0o600,
        "receipts.key": 0o600,
        "server.key": 0o600,
    }


def test_a_key_that_another_process_made_first_is_the_one(tmp_path: Path) -> None:
    """The other process finishes its file while this one still draws its random bytes."""

    def late(count: int) -> bytes:
        for name in ("contacts", "receipts", "server"):
            path = tmp_path / f"{name}.key"
            if not path.exists():
                path.touch(0o600)
                path.write_text("ab" * 32)
        return bytes(count)

    assert KeyRing.load(tmp_path, late).contacts == b"\xab" * 32
    assert sorted(path.name for path in tmp_path.iterdir()) == ["contacts.key", "receipts.key", "server.key"]


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    KeyRing.load(tmp_path)
    (tmp_path / "server.key").chmod(0o640)
    with pytest.raises(ValueError, match="chmod 600"):
        KeyRing.load(tmp_path)


@pytest.mark.parametrize("text", ["", "zz" * 32, "ab" * 31])
def test_a_file_that_is_no_key_is_refused_and_not_quoted(tmp_path: Path, text: str) -> None:
    path = tmp_path / "contacts.key"
    path.touch(0o600)
    path.write_text(text)
    with pytest.raises(ValueError, match="64 hex digits") as refusal:
        KeyRing.load(tmp_path)
    assert not text or text not in str(refusal.value)


def test_keys_are_never_printed() -> None:
    keys = KeyRing(b"contacts-key-bytes", b"receipts-key-bytes", b"server-key-bytes")
    assert "bytes" not in repr(keys) + str(keys)
