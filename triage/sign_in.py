"""Signing in and out: passwords, throttled guesses, sessions.

Guesses are counted per name in the audit log itself, so that the count survives a restart, holds for every process, and a try is
written down before the password is looked at: parallel guesses cannot slip through. An unknown name costs and looks the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

from triage.domain.access import User, Viewer
from triage.domain.audit import AuditRow
from triage.domain.errors import NotAllowed, TooMany
from triage.ports import Clock, Ids, Passwords, Storage, UnitOfWork

TRIES = 5
"""Wrong passwords for one name within ``TRY_WINDOW``; after that every further try is refused unheard."""
TRY_WINDOW = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
"""A session ends after this time without a request."""
RENEW_BELOW = timedelta(minutes=25)
"""A session with less time left than this is extended on its next request: seldom enough to spare a write on most."""
LONGEST = timedelta(hours=12)
"""A session ends after this time in any case: a shift."""

_TRY, _SUCCESS = "session.try", "session.start"


class Account(Protocol):
    """What every kind of account has: an id, a password's hash, and whether it may be used."""

    @property
    def id(self) -> str: ...
    @property
    def password_hash(self) -> str: ...
    @property
    def active(self) -> bool: ...


A = TypeVar("A", bound=Account)
A_co = TypeVar("A_co", bound=Account, covariant=True)
W = TypeVar("W", bound=UnitOfWork)
W_co = TypeVar("W_co", bound=UnitOfWork, covariant=True)


class Accounts(Protocol[A_co]):
    """Where accounts of one kind and their sessions are kept; ``triage.ports.Users`` is one."""

    def by_name(self, name: str, /) -> A_co | None: ...
    def start_session(self, token_hash: str, account_id: str, expires_at: datetime, /) -> None: ...
    def by_session(self, token_hash: str, now: datetime, /) -> A_co | None: ...
    def end_session(self, token_hash: str, /) -> None: ...


class Opens(Protocol[W_co]):
    """Opens units of work in which accounts can be reached."""

    def writing(self) -> W_co: ...
    def reading(self) -> W_co: ...


@dataclass(frozen=True, slots=True)
class SessionOf(Generic[A]):
    """A running session: the account and the secret token that the browser holds."""

    user: A
    token: str


Session = SessionOf[User]
"""A session of the console."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[W, A]):
    """A kind of account: its name in the audit log, where its accounts are, and whether one of them may be here now.

    ``name`` stands before the account's id as the actor of audit rows; tries are counted apart for each kind.
    """

    name: str
    accounts: Callable[[W], Accounts[A]]
    welcome: Callable[[W, A], bool]


class Door(Generic[W, A]):
    """Who is there. ``random_token`` gives unguessable text of at least 128 bits, safe in a cookie and without a dot."""

    def __init__(
        self, kind: Kind[W, A], storage: Opens[W], passwords: Passwords, clock: Clock, ids: Ids, random_token: Callable[[], str]
    ) -> None:
        self._kind = kind
        self._storage = storage
        self._passwords = passwords
        self._clock = clock
        self._ids = ids
        self._random_token = random_token

    def sign_in(self, name: str, password: str) -> SessionOf[A]:
        """Start a session. Raises ``NotAllowed`` for a wrong name or password, ``TooMany`` after too many of them."""
        folded = hashlib.sha256(name.strip().casefold().encode()).hexdigest()[:16]
        subject = f"name:{folded}" if self._kind.name == "user" else f"{self._kind.name}-name:{folded}"
        with self._storage.writing() as work:
            work.hold([subject])  # tries for one name are counted one after the other, whatever process they come to
            self._check_tries(work, subject)
            account = self._kind.accounts(work).by_name(name.strip())
            welcome = account is not None and self._kind.welcome(work, account)
            self._write_down(work, "public", _TRY, subject)
        if not self._right(account, password) or account is None or not welcome:
            raise NotAllowed("the name or the password is not right. Check both, then try again.")
        now = self._clock.now()
        token = f"{int(now.timestamp())}.{self._random_token()}"
        with self._storage.writing() as work:
            self._kind.accounts(work).start_session(_hash(token), account.id, now + IDLE)
            self._write_down(work, self._actor(account), _SUCCESS, subject)
        return SessionOf(account, token)

    def session(self, token: str, using: bool = True) -> SessionOf[A] | None:
        """The session behind a token, if it runs; ``using`` it keeps it running, up to ``LONGEST``."""
        now, began, hashed = self._clock.now(), _began(token), _hash(token)
        if began is None or now >= began + LONGEST:
            return None
        with self._storage.reading() as work:
            accounts = self._kind.accounts(work)
            account = accounts.by_session(hashed, now)
            if account is None or not self._kind.welcome(work, account):
                return None
            long_enough = accounts.by_session(hashed, now + RENEW_BELOW) is not None
        if using and not long_enough:
            with self._storage.writing() as work:
                work.hold([_held(hashed)])
                accounts = self._kind.accounts(work)
                if accounts.by_session(hashed, now) is not None:  # not signed out meanwhile
                    accounts.end_session(hashed)
                    accounts.start_session(hashed, account.id, now + IDLE)
        return SessionOf(account, token)

    def sign_out(self, session: SessionOf[A]) -> None:
        """End the session at once."""
        hashed, actor = _hash(session.token), self._actor(session.user)
        with self._storage.writing() as work:
            work.hold([_held(hashed)])  # a request on its way must not bring the session back
            self._kind.accounts(work).end_session(hashed)
            self._write_down(work, actor, "session.end", actor)

    def _right(self, account: A | None, password: str) -> bool:
        if account is None:
            # Hashing takes as long as verifying, so that the clock does not tell a wrong name from a wrong password.
            self._passwords.hash(password)
            return False
        return self._passwords.verify(account.password_hash, password)

    def _actor(self, account: A) -> str:
        return f"{self._kind.name}:{account.id}"

    def _check_tries(self, work: UnitOfWork, subject: str) -> None:
        """Raise ``TooMany`` if this name had its tries since it last signed in."""
        since = self._clock.now() - TRY_WINDOW
        tries: list[datetime] = []
        for row in work.audit.of_object(subject, 2 * TRIES):
            if row.action == _SUCCESS:
                tries.clear()
            elif row.at > since:
                tries.append(row.at)
        if len(tries) >= TRIES:
            raise TooMany(max(1, int((tries[-TRIES] - since).total_seconds()) + 1))

    def _write_down(self, work: UnitOfWork, actor: str, action: str, object: str) -> None:
        work.audit.append([AuditRow(self._ids.new("aud"), self._clock.now(), actor, action, object)])


class SignIn(Door[UnitOfWork, User]):
    """The door of the console."""

    def __init__(self, storage: Storage, passwords: Passwords, clock: Clock, ids: Ids, random_token: Callable[[], str]) -> None:
        kind: Kind[UnitOfWork, User] = Kind("user", lambda work: work.users, lambda _, user: user.active)
        super().__init__(kind, storage, passwords, clock, ids, random_token)


def viewer_of(session: Session, purpose: str) -> Viewer:
    """The person behind a session, looking for ``purpose``."""
    return Viewer.of(session.user, purpose)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _held(hashed: str) -> str:
    """The name under which a session is held while it is extended or ended."""
    return f"session:{hashed}"


def _began(token: str) -> datetime | None:
    """When the session began: the token says so, and its hash would not be found if that had been changed."""
    seconds, dot, _ = token.partition(".")
    if not dot or not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        return None
    return datetime.fromtimestamp(int(seconds), UTC)
