"""Everything of a case beside its tips: file, tasks, what was done with it, threads, grades. Read after the look was audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from triage.colleagues import colleagues
from triage.domain.access import Viewer
from triage.domain.case import Message, QueueEntry
from triage.domain.work import CaseAct, CaseFile, Grade, Task
from triage.merged import case_ids
from triage.ports import Storage
from triage.reading import CasePage


@dataclass(frozen=True, slots=True)
class Dossier:
    """``file`` is None until somebody wrote into it. Acts and tasks of cases that were merged into this one are among them.

    ``grades`` is the newest grade by tip, ``entries`` every tip's place in a queue. ``names`` shows user ids as people;
    ``colleagues`` are (id, name) of those who can be given work on it.
    """

    file: CaseFile | None
    merged: tuple[str, ...]
    case_acts: tuple[CaseAct, ...]
    tasks: tuple[Task, ...]
    messages: tuple[Message, ...]
    grades: Mapping[str, Grade]
    entries: tuple[QueueEntry, ...]
    colleagues: tuple[tuple[str, str], ...]
    names: Mapping[str, str] = field(default_factory=dict)


def dossier(storage: Storage, viewer: Viewer, page: CasePage) -> Dossier:
    """What belongs to the case of a page that the viewer was shown. Raises ``NotFound`` if it was closed to the viewer meanwhile."""
    with storage.reading() as work:
        case = work.cases.get(page.case.id) or page.case
        viewer.check_reads("case", case.id, case.readers)
        ids = case_ids(work, case.id)
        shown = [row.tip.id for row in page.rows]
        people = colleagues(work, case)
        entries = work.queue.get_many(case.tips)
        grades = {tip: given[-1] for tip, given in work.grades.of_many(shown).items()}
        case_acts = [act for id in ids for act in work.case_acts.of(id)]
        tasks = [task for id in ids for task in work.tasks.of(id)]
        messages = work.messages.of_tips(shown)
        acting = {user for act in case_acts for user in (act.by, act.target, act.before)}
        acting |= {user for task in tasks for user in (task.assignee, task.created_by, task.ended_by)}
        acting |= {message.by for message in messages} | {grade.by for grade in grades.values()}
        known = (work.users.by_id(user) for user in sorted(acting) if user.startswith("usr_"))
        return Dossier(
            file=work.files.get(case.id),
            merged=tuple(id for id in ids if id != case.id),
            case_acts=tuple(sorted(case_acts, key=lambda act: (act.at, act.id))),
            tasks=tuple(sorted(tasks, key=lambda task: (task.created_at, task.id))),
            messages=tuple(messages),
            grades=grades,
            entries=tuple(entries[tip] for tip in case.tips if tip in entries),
            colleagues=tuple((user.id, user.display_name) for user in people),
            names={**page.names, **{user.id: user.display_name for user in known if user is not None}},
        )
