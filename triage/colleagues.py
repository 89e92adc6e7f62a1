"""Who can be given a tip, a case or a task: people of the desk that owns the case, who may read it."""

from __future__ import annotations

from triage.domain.access import User, Viewer
from triage.domain.case import Case
from triage.domain.errors import FieldError, InvalidInput
from triage.ports import UnitOfWork


def colleagues(work: UnitOfWork, case: Case) -> list[User]:
    """The people who work at the desk that owns the case and may read it, by name."""
    return [user for user in work.users.all() if case.desk in (viewer := Viewer.of(user)).desks and viewer.reads(case.readers)]


def check_colleague(work: UnitOfWork, case: Case, path: str, user: str) -> None:
    """Raise ``InvalidInput`` unless ``user`` is one of the colleagues; nobody at all is fine."""
    if user and all(user != each.id for each in colleagues(work, case)):
        raise InvalidInput([FieldError(path, "no_colleague", "Choose somebody who works at the desk of this case and may read it.")])
