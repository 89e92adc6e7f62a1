"""From the fields of a case's forms to the act that they ask for."""

from __future__ import annotations

from collections.abc import Mapping

from triage.domain.access import Viewer
from triage.domain.errors import NotFound, invalid
from triage.domain.sender import OutcomeCode, Useful
from triage.domain.work import CaseAct, TaskState, Truth
from triage.web.forms import version_of
from triage.workspace.closing import Closing, Ending
from triage.workspace.filing import Filing, Plan
from triage.workspace.tasks import Tasking

Form = Mapping[str, str]
FIELD = "field-"
"""What the name of an answer's field begins with; the template's field id follows."""


class CaseForms:
    """Each form does one act. Raises ``InvalidInput`` for fields that do not fit, and whatever the act raises."""

    def __init__(self, filing: Filing, tasking: Tasking, closing: Closing) -> None:
        self._filing = filing
        self._tasking = tasking
        self._closing = closing

    def act(self, viewer: Viewer, case_id: str, name: str, form: Form) -> CaseAct:
        """An act on the case."""
        filing, closing, note = self._filing, self._closing, form.get("note", "")
        match name:
            case "assign":
                return filing.assign(viewer, case_id, version_of(form, "case"), form.get("owner", ""), note)
            case "follow":
                return filing.follow(viewer, case_id, version_of(form, "case"), form.get("template", ""))
            case "plan":
                return filing.plan(viewer, case_id, version_of(form, "case"), _plan(form))
            case "note":
                return filing.note(viewer, case_id, form.get("text", ""))
            case "close":
                return closing.close(viewer, case_id, version_of(form, "case"), _ending(form))
            case "go-on":
                return closing.go_on(viewer, case_id, version_of(form, "case"), note)
            case "reopen":
                return closing.reopen(viewer, case_id, version_of(form, "case"), note)
            case "task":
                required = form.get("required") == "yes"
                return self._tasking.add(viewer, case_id, form.get("title", ""), form.get("assignee", ""), form.get("due", ""), required)
        raise NotFound("act", name)

    def task(self, viewer: Viewer, case_id: str, task_id: str, name: str, form: Form) -> CaseAct:
        """An act on a task of the case."""
        if name == "give":
            return self._tasking.give(viewer, case_id, task_id, form.get("assignee", ""))
        if name == "end":
            state = TaskState(form["state"]) if form.get("state", "") in set(TaskState) else TaskState.OPEN
            return self._tasking.end(viewer, case_id, task_id, state, form.get("note", ""))
        raise NotFound("act", name)


def _plan(form: Form) -> Plan:
    fields = {name.removeprefix(FIELD): value for name, value in form.items() if name.startswith(FIELD)}
    return Plan(form.get("summary", ""), form.get("next_step", ""), form.get("next_day", ""), fields)


def _ending(form: Form) -> Ending:
    truth, useful, code = form.get("truth", ""), form.get("useful", ""), form.get("outcome", "")
    if useful not in set(Useful):
        raise invalid("useful", "required", "Say how useful the tips were: their senders' organisations learn from it.")
    if code and code not in set(OutcomeCode):
        raise invalid("outcome", "unknown", "Choose what the senders may know, or nothing.")
    found = Truth(truth) if truth in set(Truth) else Truth.NOT_KNOWN
    return Ending(found, form.get("note", ""), Useful(useful), OutcomeCode(code) if code else None)
