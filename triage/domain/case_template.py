"""What a kind of case needs: the questions that must be answered before it closes, and the tasks that it begins with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class FieldKind(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"  # ISO date, such as 2026-11-28


@dataclass(frozen=True, slots=True)
class TemplateField:
    """A question. A ``required`` one must be answered before the case closes; ``choices`` are the answers of a choice."""

    id: str
    title: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateTask:
    """A task that a case begins with. A ``required`` one must end before the case closes; ``within`` says by when, None for no date."""

    title: str
    required: bool = False
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class CaseTemplate:
    """One kind of case. It is offered where the case has one of its ``categories``; one without any is offered everywhere."""

    id: str
    title: str
    categories: frozenset[str] = frozenset()
    fields: tuple[TemplateField, ...] = ()
    tasks: tuple[TemplateTask, ...] = ()

    def fits(self, categories: Collection[str]) -> bool:
        """Whether it is offered for a case with these categories."""
        return not self.categories or not self.categories.isdisjoint(categories)
