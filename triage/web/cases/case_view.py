"""What the head of a case's page shows, and the forms for working on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from triage.domain.access import Viewer
from triage.domain.case import Case, CaseStatus
from triage.domain.case_template import CaseTemplate
from triage.domain.errors import FieldError
from triage.domain.policy import Policy
from triage.domain.work import CaseActKind, TaskState, Truth
from triage.reading import CasePage
from triage.web.cases.words import TRUTHS
from triage.web.thread_view import OUTCOMES, USEFUL
from triage.web.views import Words, county_name, person_name
from triage.web.wording import KINDS, STATUSES, outcome, spell
from triage.workspace.closing import CLOSED, needs_second, to_be_done
from triage.workspace.dossier import Dossier

Templates = Mapping[str, CaseTemplate]


@dataclass(frozen=True, slots=True)
class ToMend:
    """Something that must be mended, and where."""

    address: str
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of the template and its answer."""

    id: str
    title: str
    kind: str
    required: bool
    choices: tuple[str, ...]
    answer: str


def head_values(page: CasePage, known: Dossier, words: Words, policy: Policy) -> dict[str, object]:
    """The head of the page."""
    case, file = page.case, known.file
    agencies = dict.fromkeys(policy.desks[desk].agency for desk in case.desks if desk in policy.desks and policy.desks[desk].agency)
    open_tasks = sum(task.state is TaskState.OPEN for task in known.tasks)
    return {
        "case": case,
        "kind_title": KINDS[case.kind],
        "status_title": STATUSES[case.status],
        "outcome": ended(case),
        "truth": TRUTHS[file.truth] if file and file.truth is not Truth.NOT_KNOWN else "",
        "owner": person_name(case.owner, known.names),
        "desk_title": words.desk(case.desk),
        "also": [words.desk(desk) for desk in case.desks[1:]],
        "agencies": list(agencies),
        "restricted": len(case.restricted_to),
        "urgency_title": words.urgency(case.urgency),
        "categories": [words.category(category) for category in case.categories],
        "where": county_name(case.county, case.state),
        "age": spell(page.now - case.opened_at),
        "next_step": file.next_step if file else "",
        "next_day": _day(file.next_at if file else None),
        "next_late": bool(file and is_late(file.next_at, page.now)),
        "tasks_open": open_tasks,
        "tasks_all": len(known.tasks),
        "merged": known.merged,
    }


def ended(case: Case) -> str:
    """How a case ended, in words; empty while it is open."""
    if case.outcome.startswith(CLOSED):
        found = case.outcome.removeprefix(CLOSED)
        return TRUTHS[Truth(found)] if found in set(Truth) else found
    return outcome(case.outcome) if case.outcome else ""


def work_values(page: CasePage, known: Dossier, viewer: Viewer, templates: Templates) -> dict[str, object]:
    """What can be done with the case now."""
    case, file = page.case, known.file
    closed = case.status is CaseStatus.CLOSED
    template = templates.get(file.template) if file else None
    proposal = next((act for act in reversed(known.case_acts) if act.kind is CaseActKind.PROPOSE_CLOSE), None)
    proposed_by = file.proposer(case.version) if file else ""
    may_act = case.desk in viewer.desks
    missing = to_be_done(file, template, known.tasks, known.entries)
    return {
        "may_act": may_act,
        "may_work": may_act and not closed,
        "may_reopen": may_act and closed and case.outcome.startswith(CLOSED),
        "may_take": may_act and not closed and case.owner != viewer.user,
        "colleagues": [(id, name) for id, name in known.colleagues if id != case.owner],
        "file": file,
        "next_iso": file.next_at.date().isoformat() if file and file.next_at else "",
        "written": (file.updated_at, person_name(file.updated_by, known.names)) if file else None,
        "template": template.title if template else "",
        "offered": [(one.id, one.title) for one in templates.values() if one.fits(case.categories) and one is not template],
        "answers": answers(known, templates),
        "missing": [mend(case.id, error) for error in missing],
        "truths": [(truth.value, title, needs_second(case, truth)) for truth, title in TRUTHS.items() if truth is not Truth.NOT_KNOWN],
        "usefuls": [(useful.value, title) for useful, title in USEFUL.items()],
        "outcomes": [(code.value, title) for code, title in OUTCOMES.items()],
        "proposed_by": person_name(proposed_by, known.names),
        "proposed_by_me": proposed_by == viewer.user,
        "proposed_truth": proposal.target if proposal and proposed_by else "",
        "proposed_note": proposal.note if proposal and proposed_by else "",
        "always_two": case.life_threat,
    }


def answers(known: Dossier, templates: Templates) -> list[Answer]:
    """What the template asks, with the answers so far."""
    file = known.file
    template = templates.get(file.template) if file else None
    if file is None or template is None:
        return []
    return [Answer(one.id, one.title, one.kind.value, one.required, one.choices, file.fields.get(one.id, "")) for one in template.fields]


def mend(case_id: str, error: FieldError, act: str = "close") -> ToMend:
    """Where to mend what a form, or closing, did not take."""
    kind, colon, id = error.path.partition(":")
    here = f"/desk/case/{case_id}"
    address = {"tip": f"/desk/tip/{id}#decide", "task": f"{here}?tab=tasks#{id}", "field": f"{here}#plan-field-{id}"}.get(
        kind if colon else ""
    )
    return ToMend(address or f"#{act}-{error.path or 'note'}", error.message)


def is_late(due: datetime | None, now: datetime) -> bool:
    """Whether a day is over."""
    return due is not None and due.date() < now.date()


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""
