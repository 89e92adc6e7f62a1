"""Passwords, API keys and session tokens."""

from __future__ import annotations

import hashlib
import random
import re

import pytest

from infra.security import Argon2Passwords
from ingest.registry.api_key import new_api_key, token_hash


def test_a_password_and_its_hash_belong_together() -> None:
    passwords = Argon2Passwords()
    hashed = passwords.hash("correct horse")
    assert hashed.startswith("$argon2id$")
    assert "correct horse" not in hashed
    assert passwords.hash("correct horse") != hashed
    assert passwords.verify(hashed, "correct horse")
    assert not passwords.verify(hashed, "correct horses")


@pytest.mark.parametrize("hashed", ["", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA"])
def test_a_broken_hash_belongs_to_no_password(hashed: str) -> None:
    assert not Argon2Passwords().verify(hashed, "")


def test_keys_are_random_and_stored_as_sha256() -> None:
    source = random.Random(1).randbytes
    key, key_hash = new_api_key(source)
    assert re.fullmatch(r"ts_live_[A-Za-z0-9_-]{43}", key)
    assert key_hash == hashlib.sha256(key.encode()).hexdigest() == token_hash(key)
    assert new_api_key(source)[0] != key
