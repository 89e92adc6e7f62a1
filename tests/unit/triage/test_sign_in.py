"""Signing in: throttled, silent about who exists, sessions that end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from infra.security import Argon2Passwords
from tests.world import World
from triage.domain.access import Role, User
from triage.domain.errors import NotAllowed, TooMany
from triage.sign_in import IDLE, LONGEST, TRIES, TRY_WINDOW, Session, SignIn

PASSWORDS = Argon2Passwords()


@pytest.fixture(scope="module")
def sesame() -> str:
    """The hash of the right password, made once: hashing is slow on purpose."""
    return PASSWORDS.hash("open sesame")


@pytest.fixture
def door(world: World, sesame: str) -> SignIn:
    users = [User("usr_ana", "ana", "Ana", Role.ANALYST, frozenset({"cargo"}), sesame)]
    users.append(User("usr_old", "old", "Old", Role.ANALYST, frozenset(), sesame, active=False))
    with world.storage.writing() as work:
        for user in users:
            work.users.put(user)
    tokens = iter(f"{number:064x}" for number in range(100))
    return SignIn(world.storage, PASSWORDS, world.clock, world.ids, lambda: next(tokens))


def test_name_and_password_open_a_session(door: SignIn) -> None:
    session = door.sign_in(" Ana ", "open sesame")
    assert session.user.id == "usr_ana"
    assert door.session(session.token) == session


def test_a_session_ends_at_sign_out(door: SignIn) -> None:
    session = door.sign_in("ana", "open sesame")
    door.sign_out(session)
    assert door.session(session.token) is None


@pytest.mark.parametrize("name", ["ana", "nobody", "old"])
def test_wrong_names_and_passwords_look_the_same(door: SignIn, name: str) -> None:
    with pytest.raises(NotAllowed, match=r"^the name or the password is not right"):
        door.sign_in(name, "open sesame" if name == "old" else "wrong")


@pytest.mark.parametrize("name", ["ana", "nobody"])
def test_after_too_many_tries_even_the_right_password_waits(world: World, door: SignIn, name: str) -> None:
    for _ in range(TRIES):
        with pytest.raises(NotAllowed):
            door.sign_in(name, "wrong")
        world.clock.forward(seconds=10)
    with pytest.raises(TooMany) as refusal:
        door.sign_in(name.upper(), "open sesame")
    assert TRY_WINDOW - timedelta(seconds=60) < timedelta(seconds=refusal.value.retry_after) < TRY_WINDOW
    world.clock.forward(seconds=refusal.value.retry_after)
    if name == "ana":
        assert door.sign_in(name, "open sesame").user.id == "usr_ana"


def test_a_right_password_clears_the_count(door: SignIn) -> None:
    for _ in range(2):
        for _ in range(TRIES - 1):
            with pytest.raises(NotAllowed):
                door.sign_in("ana", "wrong")
        door.sign_in("ana", "open sesame")


def test_the_names_that_were_tried_are_kept_as_hashes(world: World, door: SignIn) -> None:
    with pytest.raises(NotAllowed):
        door.sign_in("my-password-in-the-wrong-field", "x")
    with world.storage.reading() as work:
        assert work.audit.of_object("name:my-password-in-the-wrong-field", 10) == []


def test_a_session_runs_while_it_is_used(world: World, door: SignIn) -> None:
    session = door.sign_in("ana", "open sesame")
    for _ in range(4):
        world.clock.forward(minutes=20)
        assert door.session(session.token) is not None
    world.clock.at += IDLE
    assert door.session(session.token) is None


def test_no_session_outlasts_a_shift(world: World, door: SignIn) -> None:
    session, began = door.sign_in("ana", "open sesame"), world.clock.now()
    while world.clock.now() < began + LONGEST - timedelta(minutes=20):
        world.clock.forward(minutes=20)
        assert door.session(session.token) is not None
    world.clock.forward(minutes=20)
    assert door.session(session.token) is None


def test_a_token_says_when_it_began_and_cannot_be_changed(world: World, door: SignIn) -> None:
    session = door.sign_in("ana", "open sesame")
    seconds, _, secret = session.token.partition(".")
    assert door.session(f"{int(seconds) + 3600}.{secret}") is None


@pytest.mark.parametrize("token", ["", ".", "x.y", "9" * 30 + ".y", "१२.y", "12"])
def test_broken_tokens_find_nobody(door: SignIn, token: str) -> None:
    assert door.session(token) is None


def test_a_deactivated_account_loses_its_session(world: World, door: SignIn) -> None:
    session: Session = door.sign_in("ana", "open sesame")
    with world.storage.writing() as work:
        work.users.put(User("usr_ana", "ana", "Ana", Role.ANALYST, frozenset({"cargo"}), session.user.password_hash, active=False))
    assert door.session(session.token) is None
