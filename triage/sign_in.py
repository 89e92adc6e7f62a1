"""Signing in and out: passwords, throttled guesses, sessions.

Guesses are counted per name in the audit log itself, so that the count survives a restart, holds for every process, and a try is
written down before the password is looked at: parallel guesses cannot slip through. An unknown name costs and looks the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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


@dataclass(frozen=True, slots=True)
class Session:
    """A running session: the account and the secret token that the browser holds."""

    user: User
    token: str


class SignIn:
    """Who is there. ``random_token`` gives unguessable text of at least 128 bits, safe in a cookie and without a dot."""

    def __init__(self, storage: Storage, passwords: Passwords, clock: Clock, ids: Ids, random_token: Callable[[], str]) -> None:
        self._storage = storage
        self._passwords = passwords
        self._clock = clock
        self._ids = ids
        self._random_token = random_token

    def sign_in(self, name: str, password: str) -> Session:
        """Start a session. Raises ``NotAllowed`` for a wrong name or password, ``TooMany`` after too many of them."""
        subject = f"name:{hashlib.sha256(name.strip().casefold().encode()).hexdigest()[:16]}"
        with self._storage.writing() as work:
            work.hold([subject])  # tries for one name are counted one after the other, whatever process they come to
            self._check_tries(work, subject)
            user = work.users.by_name(name.strip())
            self._write_down(work, "public", _TRY, subject)
        if not self._right(user, password) or user is None or not user.active:
            raise NotAllowed("the name or the password is not right. Check both, then try again.")
        now = self._clock.now()
        token = f"{int(now.timestamp())}.{self._random_token()}"
        with self._storage.writing() as work:
            work.users.start_session(_hash(token), user.id, now + IDLE)
            self._write_down(work, f"user:{user.id}", _SUCCESS, subject)
        return Session(user, token)

    def session(self, token: str) -> Session | None:
        """The session behind a token, if it runs; using it keeps it running, up to ``LONGEST``."""
        now, began, hashed = self._clock.now(), _began(token), _hash(token)
        if began is None or now >= began + LONGEST:
            return None
        with self._storage.reading() as work:
            user = work.users.by_session(hashed, now)
            long_enough = work.users.by_session(hashed, now + RENEW_BELOW) is not None
        if user is None or not user.active:
            return None
        if not long_enough:
            with self._storage.writing() as work:
                work.hold([_held(hashed)])
                if work.users.by_session(hashed, now) is not None:  # not signed out meanwhile
                    work.users.end_session(hashed)
                    work.users.start_session(hashed, user.id, now + IDLE)
        return Session(user, token)

    def sign_out(self, session: Session) -> None:
        """End the session at once."""
        hashed = _hash(session.token)
        with self._storage.writing() as work:
            work.hold([_held(hashed)])  # a request on its way must not bring the session back
            work.users.end_session(hashed)
            self._write_down(work, f"user:{session.user.id}", "session.end", f"user:{session.user.id}")

    def _right(self, user: User | None, password: str) -> bool:
        if user is None:
            # Hashing takes as long as verifying, so that the clock does not tell a wrong name from a wrong password.
            self._passwords.hash(password)
            return False
        return self._passwords.verify(user.password_hash, password)

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
