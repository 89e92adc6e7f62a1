"""Who asks, and what that person may see. The default is nothing: a viewer without desks reads no tip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from triage.domain.errors import NotAllowed, NotFound


class Role(StrEnum):
    """What a person does here. A role alone never opens a tip; desks do."""

    ANALYST = "analyst"
    SUPERVISOR = "supervisor"
    MAINTAINER = "maintainer"  # models and labels; reads no case
    ADMIN = "admin"  # users, partners, policy; reads no case


def as_reader(user: str) -> str:
    """How one person stands among the readers of a case, beside desks; no desk's id holds a colon."""
    return f"user:{user}"


@dataclass(frozen=True, slots=True)
class User:
    """An account. ``password_hash`` is argon2id in PHC form; ``desks`` are the desks the person works at.

    ``email`` and ``pager`` are where the person wants to be told that a tip waits; empty for nowhere.
    """

    id: str
    name: str
    display_name: str
    role: Role
    desks: frozenset[str]
    password_hash: str
    active: bool = True
    email: str = ""
    pager: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person (or script) on whose behalf something is read or done: the first argument of everything that shows a case.

    ``purpose`` is why the person looks; it goes into the audit row.
    """

    user: str
    name: str
    role: Role
    desks: frozenset[str]
    purpose: str = ""

    @classmethod
    def of(cls, user: User, purpose: str = "") -> Viewer:
        """The viewer that a signed-in user is. Roles that read no case keep no desk, and neither does an inactive account."""
        works_cases = user.active and user.role in (Role.ANALYST, Role.SUPERVISOR)
        return cls(user.id, user.name, user.role, user.desks if works_cases else frozenset(), purpose)

    @property
    def actor(self) -> str:
        """How the viewer stands in the audit log; ``system:<process>`` for one that is no person."""
        return self.user if self.user.startswith("system:") else f"user:{self.user}"

    @property
    def scope(self) -> frozenset[str]:
        """Everything that may stand among a case's readers for this viewer: the desks, and the person; nothing without a desk."""
        return self.desks | {as_reader(self.user)} if self.desks else self.desks

    def reads(self, readers: Iterable[str]) -> bool:
        """Whether a record with these ``readers`` is open to this viewer."""
        return not self.scope.isdisjoint(readers)

    def check_reads(self, kind: str, id: str, readers: Iterable[str]) -> None:
        """Raise ``NotFound`` unless the viewer may read; a record one may not read does not exist for one."""
        if not self.reads(readers):
            raise NotFound(kind, id)

    def check_works_at(self, desk: str) -> None:
        """Raise ``NotAllowed`` unless the viewer works at ``desk``: reading along does not give the right to decide."""
        if desk not in self.desks:
            raise NotAllowed(
                f"only people of the desk {desk!r} decide about this tip; you may read it. Ask that desk, or have it transferred."
            )
