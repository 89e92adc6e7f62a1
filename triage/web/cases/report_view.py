"""A case as a report to print: every statement with the tip that it comes from, and who or what says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from triage.domain.access import Viewer
from triage.domain.assessment import READ_LIMIT
from triage.domain.case_template import CaseTemplate
from triage.domain.policy import Policy
from triage.domain.report import Report, Section
from triage.reading import CasePage, QueueRow
from triage.redaction import redact, tells_of_reporter
from triage.web.cases.case_view import answers, ended
from triage.web.cases.timeline import Kind, timeline
from triage.web.cases.words import CONTENTS, SOURCES, TASK_STATES, THINGS, TRUTHS
from triage.web.views import Words, county_name, person_name
from triage.web.wording import ASSERTIONS, BANDS, KINDS, STATUSES, entity_title, indicator_title, moment
from triage.workspace.dossier import Dossier
from triage.workspace.report import mark
from triage.workspace.things import things

TEXT_SHOWN = 6_000
"""Characters of one tip's text; the rest stands at the tip."""


def case_report(
    page: CasePage, known: Dossier, viewer: Viewer, at: datetime, words: Words, policy: Policy, templates: Mapping[str, CaseTemplate]
) -> Report:
    """The report. What tells who sent a tip is not in it."""
    case = page.case
    sections = [
        _facts(page, known, words, policy),
        *_file(known, templates),
        *(_tip(row, known, words) for row in page.rows),
        *_things(page),
        _tasks(known),
        _timeline(page, known, words, templates),
    ]
    shown = "all of its tips" if not page.earlier else f"the newest {len(page.rows)} of {len(case.tips)} tips"
    notes = (
        mark(viewer, at),
        f"{policy.agency}. {KINDS[case.kind]} {case.id}, version {case.version}; {shown}. Leads to be checked, not findings.",
        "Grades are the Admiralty code: the source from A to F, the content from 1 to 6. Readings and levels are a machine's until "
        "a person has decided. Letters that this file cannot show stand as a question mark; the tips hold them.",
    )
    return Report(f"{KINDS[case.kind]} {case.id}", mark(viewer, at), notes, tuple(sections))


def _facts(page: CasePage, known: Dossier, words: Words, policy: Policy) -> Section:
    case, file = page.case, known.file
    agency = policy.desks[case.desk].agency if case.desk in policy.desks else ""
    rows = (
        ("Desk", ", ".join(part for part in (words.desk(case.desk), agency) if part)),
        ("Owner", person_name(case.owner, known.names) or "nobody"),
        ("Status", STATUSES[case.status] + (f": {ended(case)}" if case.outcome else "")),
        ("Found true", TRUTHS[file.truth] if file else "Not known yet"),
        ("Urgency", f"{case.urgency.value} {words.urgency(case.urgency)}" + (", threat to life" if case.life_threat else "")),
        ("Concerns", ", ".join(words.category(category) for category in case.categories)),
        ("Where", county_name(case.county, case.state)),
        ("Opened", moment(case.opened_at)),
        ("Next step", " ".join(part for part in (file.next_step, moment(file.next_at) if file.next_at else "") if part) if file else ""),
        ("Merged into it", ", ".join(known.merged)),
    )
    return Section("The case", (), ("What", "As it stands"), tuple((what, value) for what, value in rows if value))


def _file(known: Dossier, templates: Mapping[str, CaseTemplate]) -> Iterator[Section]:
    file = known.file
    if file is None:
        return
    by = f"Written by {person_name(file.updated_by, known.names)}, {moment(file.updated_at)}."
    given = tuple((answer.title, answer.answer or "no answer yet") for answer in answers(known, templates))
    if file.summary or given:
        yield Section("Summary", tuple(part for part in (file.summary, by) if part), ("Question", "Answer"), given)


def _tip(row: QueueRow, known: Dossier, words: Words) -> Section:
    tip, reading, grade = row.tip, row.assessment, known.grades.get(row.tip.id)
    lines = [f"Sent through {words.partner(tip.partner)}, received {moment(tip.received_at)}."]
    if grade:
        by = f"by {person_name(grade.by, known.names)}, {moment(grade.at)}"
        lines.append(
            f"Grade {grade.source.value}{grade.content.value} {by}: source {SOURCES[grade.source]}, content {CONTENTS[grade.content]}."
            + (f" {grade.note}" if grade.note else "")
        )
    if reading is None:
        return Section(f"Tip {tip.id}", (*lines, "It was not read yet, so its text is left out."))
    labels = ", ".join(f"{words.category(c.category)} ({BANDS[c.band].lower()})" for c in reading.categories if c.label)
    lines.append(f"Read as: {labels or 'nothing that we look for'}; says {reading.model}.")
    text = redact(tip.text[:READ_LIMIT], reading.entities)
    lines.append("The sender's words: " + text[:TEXT_SHOWN] + (" [the rest stands at the tip]" if len(text) > TEXT_SHOWN else ""))
    own = [entity for entity in reading.entities if tells_of_reporter(entity)]
    rows = tuple(
        (
            indicator_title(finding.indicator),
            tip.text[finding.start : finding.end],
            ASSERTIONS[finding.assertion],
            f"{finding.by} {finding.version}",
        )
        for finding in reading.findings
        if finding.end <= READ_LIMIT and all(finding.end <= entity.start or entity.end <= finding.start for entity in own)
    )
    return Section(f"Tip {tip.id}", tuple(lines), ("Indicator", "In these words", "Meant as", "Says"), rows)


def _things(page: CasePage) -> Iterator[Section]:
    found = things((row.tip, row.assessment) for row in page.rows)
    for kind, title in THINGS.items():
        rows = tuple(
            (entity_title(thing.type), thing.value, mention.tip_id, ", ".join(part for part in (mention.role, mention.how) if part))
            for thing in found
            if thing.kind is kind
            for mention in thing.mentions
        )
        if rows:
            yield Section(title, (), ("What", "Value", "Named by", "How we know"), rows)


def _tasks(known: Dossier) -> Section:
    rows = tuple(
        (
            task.title,
            TASK_STATES[task.state],
            person_name(task.ended_by or task.assignee, known.names),
            moment(task.ended_at) if task.ended_at else (task.due_at.date().isoformat() if task.due_at else ""),
            task.note,
        )
        for task in known.tasks
    )
    return Section("Tasks", () if rows else ("None.",), ("Task", "Stands", "Who", "When", "Note"), rows)


def _timeline(page: CasePage, known: Dossier, words: Words, templates: Mapping[str, CaseTemplate]) -> Section:
    rows = tuple(
        (moment(one.at), one.who, one.what, one.tip, "" if one.kind is Kind.TIP else "; ".join(one.details))
        for one in timeline(page, known, words, templates)
    )
    return Section("Timeline", (), ("When", "Who", "What", "Tip", "Words"), rows)
