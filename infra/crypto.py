"""Keys, and what is sealed or signed with them.

Root keys are files of their own, so that they can be held, backed up and replaced by different people:

| file | opens |
|---|---|
| ``contacts.key`` | contact details of senders, and the pictures that they sent |
| ``receipts.key`` | nothing; without it no receipt code can be found again |
| ``server.key`` | form and rate-limit tokens, unfinished reports, webhooks' secrets, pointers; with a caller's own key also its answers |

Every use has a key of its own, derived with HKDF-SHA-256 (RFC 5869). Sealing is AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D):
one version byte, nonce, ciphertext with tag.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ingest.ports import Purpose, Sealer
from triage.domain.errors import TipstreamError
from triage.ports import Blinder, Clock

KEY_FILES = ("contacts.key", "receipts.key", "server.key")

_VERSION = b"\x01"
_KEY_BYTES = 32
_NONCE_BYTES = 12


class KeyFileError(TipstreamError, ValueError):
    """A key file cannot be used; says which and what to do."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The root keys, 32 bytes each. Left out of the representation, so that none is ever printed."""

    contacts: bytes = field(repr=False)
    receipts: bytes = field(repr=False)
    server: bytes = field(repr=False)

    @classmethod
    def load(cls, folder: Path, random: Callable[[int], bytes] = secrets.token_bytes) -> Self:
        """The keys in ``folder``; missing ones are made, with mode 0600 in a folder of mode 0700.

        Several processes may start at once: the first to finish a file wins and all read the same. Raises ``KeyFileError`` for a
        file that others can read or that is no key.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(*(_load(folder / name, random) for name in KEY_FILES))


def _load(path: Path, random: Callable[[int], bytes]) -> bytes:
    if not path.exists():
        _create(path, random(_KEY_BYTES))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyFileError(f"{path} can be read by other users. Run: chmod 600 {path}")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""  # the reason would quote the file
    if len(key) != _KEY_BYTES:
        raise KeyFileError(
            f"{path} is not a key: it must hold {_KEY_BYTES * 2} hex digits. Restore it from the backup; a new one opens nothing old."
        )
    return key


def _create(path: Path, key: bytes) -> None:
    """Write beside, sync, then link: whoever sees the file sees all of it, and nobody replaces another's."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process was first; its key is the one
        path.hardlink_to(beside)
    beside.unlink()


class KeyRingSealer(Sealer):
    """The sealer on AES-GCM and HMAC-SHA-256. ``random`` gives that many random bytes, for nonces."""

    def __init__(self, keys: KeyRing, clock: Clock, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._contacts = AESGCM(_derive(keys.contacts, b"", b"contact"))
        self._receipts = _derive(keys.receipts, b"", b"receipt")
        self._answers = _derive(keys.server, b"", b"answer")
        self._blind = _derive(keys.server, b"", b"blind")
        self._sign = _derive(keys.server, b"", b"sign")
        roots = {Purpose.PHOTO: keys.contacts, Purpose.DRAFT: keys.server, Purpose.WEBHOOK: keys.server}
        self._ciphers = {purpose: AESGCM(_derive(root, b"", purpose.encode())) for purpose, root in roots.items()}
        self._clock = clock
        self._random = random

    def seal_contact(self, tip_id: str, plain: bytes) -> bytes:
        return self._seal(self._contacts, plain, tip_id.encode())

    def open_contact(self, tip_id: str, sealed: bytes) -> bytes:
        return self._open(self._contacts, sealed, tip_id.encode())

    def seal_answer(self, caller_key: str, idempotency_key: str, plain: bytes) -> bytes:
        return self._seal(self._answer_key(caller_key, idempotency_key), plain, b"")

    def open_answer(self, caller_key: str, idempotency_key: str, sealed: bytes) -> bytes:
        return self._open(self._answer_key(caller_key, idempotency_key), sealed, b"")

    def seal(self, purpose: Purpose, bound_to: str, plain: bytes) -> bytes:
        return self._seal(self._ciphers[purpose], plain, bound_to.encode())

    def open(self, purpose: Purpose, bound_to: str, sealed: bytes) -> bytes:
        return self._open(self._ciphers[purpose], sealed, bound_to.encode())

    def receipt_hash(self, code: str) -> str:
        return hmac.digest(self._receipts, code.encode(), hashlib.sha256).hex()

    def blind(self, value: str, day: str) -> str:
        return hmac.digest(self._blind, f"{day}\n{value}".encode(), hashlib.sha256).hex()[:16]

    def sign(self, value: str) -> str:
        payload = f"{int(self._clock.now().timestamp())}.{_to_text(value.encode())}"
        return f"{payload}.{self._mac(payload)}"

    def unsign(self, token: str, max_age_seconds: int) -> str | None:
        payload, _, mac = token.rpartition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(payload).encode()):
            return None
        signed_at, _, value = payload.partition(".")
        age = self._clock.now().timestamp() - int(signed_at)
        return _from_text(value).decode() if age <= max_age_seconds else None

    def _answer_key(self, caller_key: str, idempotency_key: str) -> AESGCM:
        """Both parts, with the length of the first between them, under a salt of the server: nobody opens it alone."""
        return AESGCM(_derive(f"{len(caller_key)}:{caller_key}{idempotency_key}".encode(), self._answers, b"answer"))

    def _mac(self, payload: str) -> str:
        return _to_text(hmac.digest(self._sign, payload.encode(), hashlib.sha256))

    def _seal(self, cipher: AESGCM, plain: bytes, bound_to: bytes) -> bytes:
        nonce = self._random(_NONCE_BYTES)
        return _VERSION + nonce + cipher.encrypt(nonce, plain, bound_to)

    def _open(self, cipher: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
        nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            if sealed[:1] != _VERSION or len(nonce) != _NONCE_BYTES:
                raise InvalidTag
            return cipher.decrypt(nonce, ciphertext, bound_to)
        except InvalidTag as error:
            raise ValueError("this was sealed for something else, under another key, or was changed since") from error


class HmacBlinder(Blinder):
    """HMAC-SHA-256 (RFC 2104) over kind and value, the length of the kind between them."""

    def __init__(self, keys: KeyRing) -> None:
        self._key = _derive(keys.server, b"", b"pointer")

    def digest(self, kind: str, value: str) -> str:
        return hmac.digest(self._key, f"{len(kind)}:{kind}{value}".encode(), hashlib.sha256).hex()


def _derive(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt, b"tipstream/1/" + purpose).derive(key)


def _to_text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _from_text(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
