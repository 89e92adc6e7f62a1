"""What people keep about a case: whose it is, what is planned, what its template asks, and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from triage.case_turn import CaseTurn, case_turn
from triage.colleagues import check_colleague
from triage.domain.access import Viewer
from triage.domain.case import Case
from triage.domain.case_template import CaseTemplate, FieldKind, TemplateField
from triage.domain.errors import FieldError, InvalidInput, invalid
from triage.domain.work import CaseAct, CaseActKind, CaseFile, Task
from triage.ports import Clock, Ids, Storage, UnitOfWork
from triage.workspace.checks import TITLE_LIMIT, check_open, day, text
from triage.workspace.people import tell

Templates = Mapping[str, CaseTemplate]


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody wrote into the file. ``next_day`` is an ISO date or empty; ``fields`` are answers by the template's field ids."""

    summary: str = ""
    next_step: str = ""
    next_day: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


class Filing:
    """The acts. ``version`` is that of the case as the viewer saw it."""

    def __init__(self, storage: Storage, templates: Templates, clock: Clock, ids: Ids) -> None:
        self._storage = storage
        self._templates = templates
        self._clock = clock
        self._ids = ids

    def assign(self, viewer: Viewer, case_id: str, version: int, user: str, note: str = "") -> CaseAct:
        """Give the case to somebody of its desk, who is told; take it oneself; or (empty) give it back."""
        note = text("note", note)
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, version) as now:
            check_open(now.case)
            check_colleague(now.work, now.case, "owner", user)
            if user == now.case.owner:
                raise invalid("owner", "unchanged", "The case is with that person already; choose somebody else.")
            now.save(replace(now.case, owner=user))
            act = now.record(CaseActKind.ASSIGN, note=note, target=user, before=now.case.owner)
            tell(now, user, act, "case")
            return act

    def follow(self, viewer: Viewer, case_id: str, version: int, template: str) -> CaseAct:
        """Follow a template: its questions are asked from now on, and its tasks are added; tasks of an earlier template stay."""
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, version) as now:
            check_open(now.case)
            wanted, file = self._templates.get(template), file_of(now.work, now.case, now)
            if wanted is None or not wanted.fits(now.case.categories):
                raise invalid("template", "unknown", "Choose one of the templates that are offered.")
            if file.template == template:
                raise invalid("template", "unchanged", "The case follows this template already.")
            known = {task.title for task in now.work.tasks.of(now.case.id)}
            for task in wanted.tasks:
                if task.title not in known:
                    due = now.now + task.within if task.within else None
                    id = now.new_id("tsk")
                    now.work.tasks.put(Task(id, now.case.id, task.title, viewer.user, now.now, due_at=due, required=task.required))
            now.work.files.put(replace(file, template=template))
            now.touch()
            return now.record(CaseActKind.PLAN, target=template, before=file.template)

    def plan(self, viewer: Viewer, case_id: str, version: int, plan: Plan) -> CaseAct:
        """Write the summary, the next step with its day, and the answers; what is required is asked for when the case closes."""
        summary, step = text("summary", plan.summary), text("next_step", plan.next_step, TITLE_LIMIT)
        due = day("next_day", plan.next_day)
        if due and not step:
            raise invalid("next_step", "required", "Write what is to be done on that day.")
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, version) as now:
            check_open(now.case)
            file = file_of(now.work, now.case, now)
            template = self._templates.get(file.template)
            answers = {**file.fields, **_answers(template.fields if template else (), plan.fields)}
            now.work.files.put(replace(file, summary=summary, next_step=step, next_at=due, fields=answers))
            now.touch()
            return now.record(CaseActKind.PLAN, note=step)

    def note(self, viewer: Viewer, case_id: str, words: str) -> CaseAct:
        """Add a note; it stands in the timeline and cannot be changed."""
        words = text("text", words, required="Write the note.")
        with case_turn(self._storage, self._clock, self._ids, viewer, case_id, None) as now:
            return now.record(CaseActKind.NOTE, note=words)


def file_of(work: UnitOfWork, case: Case, now: CaseTurn) -> CaseFile:
    """The case's file, ready to be changed by whoever acts now; an empty one if there was none."""
    kept = work.files.get(case.id)
    if kept is None:
        return CaseFile(case.id, now.now, now.viewer.user)
    return replace(kept, updated_at=now.now, updated_by=now.viewer.user)


def _answers(asked: tuple[TemplateField, ...], given: Mapping[str, str]) -> dict[str, str]:
    """The answers to what the template asks. Raises ``InvalidInput`` with everything that does not fit."""
    errors, answers = [], {}
    for each in asked:
        answer = given.get(each.id, "").strip()
        answers[each.id] = answer
        if answer and (why := _unfit(each, answer)):
            errors.append(FieldError(f"field-{each.id}", "does_not_fit", f"{each.title}: {why}"))
    if errors:
        raise InvalidInput(errors)
    return answers


def _unfit(asked: TemplateField, answer: str) -> str:
    """What to write instead; empty if the answer fits."""
    if asked.kind is FieldKind.CHOICE:
        return "" if answer in asked.choices else "choose one of the answers."
    if asked.kind is FieldKind.TEXT:
        return "" if len(answer) <= TITLE_LIMIT else f"write at most {TITLE_LIMIT} characters."
    try:
        date.fromisoformat(answer)
    except ValueError:
        return "write a date as year-month-day."
    return ""
